"""The interview of `pipe init`: the company's own stages and what proves each, or a template to start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.render.console import note
from pipecli.text import _

from .prompts import ask, choose, confirm

if TYPE_CHECKING:
    from pipecli.domain.definition_draft import StageAnswer

LEAST_STAGES, MOST_STAGES = 2, 6


def interview(settings: Settings, currency: str | None) -> str:
    """The definition that the answers make, as TOML; raises KeyboardInterrupt where a person gives up."""
    from pipecli import templates
    from pipecli.domain.definition_draft import StageAnswer
    from pipecli.domain.money import known_currency
    from pipecli.service import creating
    from pipecli.service.workspace import actor_of

    names = list(templates.names())
    own = _("my own stages, by a few questions")
    picked = choose(_("Start from?"), [own, *(f"{name}: {templates.describe(name)}" for name in names)])
    if picked:
        return creating.definition_from_template(names[picked - 1], actor_of(settings), currency)
    currency = currency or ask(_("Currency?"), default="EUR", check=known_currency)
    timezone = ask(
        _("Time zone?"),
        default=settings.environ.get("TZ") or "Europe/Paris",
        check=_fault_free(lambda answer: _draft(currency, answer, [StageAnswer("A", "?")], "other")),
    )
    note(_("Name your stages from first contact to signature, 4 to 6 of them; end with an empty line."))
    stages = _stages(currency, timezone)
    reasons = ask(
        _("Why do you lose, in a few words with commas?"),
        default=_("price, timing, competitor, no decision, other"),
        check=_fault_free(lambda answer: _draft(currency, timezone, stages, answer)),
    )
    toml = _draft(currency, timezone, stages, reasons)
    _show_faults(toml)
    return toml


def _stages(currency: str, timezone: str) -> list[StageAnswer]:
    from pipecli.domain.definition_draft import StageAnswer

    stages: list[StageAnswer] = []

    def whole(name: str, question: str) -> str:
        return _draft(currency, timezone, [*stages, StageAnswer(name, question)], "other")

    while len(stages) < MOST_STAGES:
        name = ask(
            _("Stage {n}?").format(n=len(stages) + 1),
            empty=len(stages) >= LEAST_STAGES,
            check=_fault_free(lambda answer: whole(answer, "?")),
        )
        if not name:
            break
        question = ask(
            _("What question, once answered, proves that {name} is done?").format(name=name),
            check=_fault_free(lambda answer, name=name: whole(name, answer)),  # type: ignore[misc]
        )
        stages.append(StageAnswer(name, question))
    return stages


def _draft(currency: str, timezone: str, stages: Sequence[StageAnswer], reasons: str) -> str:
    from pipecli.domain.definition_draft import draft

    words = [word.strip() for word in reasons.split(",") if word.strip()]
    return draft(_("Our pipeline"), currency, timezone, stages, words)


def _fault_free(toml: Callable[[str], str]) -> Callable[[str], None]:
    """A check that refuses an answer with which the definition would have an error."""

    def check(answer: str) -> None:
        from pipecli.service import stages as definitions

        error = next((f for f in definitions.check(toml(answer)) if f.level == "error"), None)
        if error:
            raise InvalidInput(error.message)

    return check


def _show_faults(toml: str) -> None:
    from pipecli.service import stages as definitions

    faults = definitions.check(toml)
    for fault in faults:
        note("  " + fault.message)
    if faults and not confirm(_("Make the workspace with them?")):
        raise KeyboardInterrupt
