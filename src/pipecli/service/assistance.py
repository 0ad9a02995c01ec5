"""How a use case asks a language model: only where one is configured, and only once a person has agreed.

    model = assistance.model_of(workspace, how)      # None: go by the rules
    request = Request("summary", RULES, parts, facts, language="fr")
    answer = assistance.ask(workspace, request, how, on_text=None)   # None: a dry run, the request was shown

Every fault is an AssistError: a command shows what the rules say, then lets it through (exit 7).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipecli.errors import AssistError, ConfigError
from pipecli.text import _

from .workspace import Workspace

if TYPE_CHECKING:
    from pipecli.assist.model import Answer
    from pipecli.assist.request import Prepared, Request
    from pipecli.config import ModelSettings, Settings


@dataclass(frozen=True)
class Assistance:
    """How one run may ask a model, as its caller was told: `cli/options.py` makes it from `@assists`.

    `agree` shows what would be sent and asks a person, None where nobody is there; `send` agrees beforehand. `show`
    is given the request of a dry run, `tell` each answer, to say what it cost and what was left out. `wait` says that a
    model is being asked and gives what takes that back, called once something came, and maybe again.
    """

    no_model: bool = False
    dry_run: bool = False
    send: bool = False
    agree: Callable[[Prepared], bool] | None = None
    show: Callable[[Prepared], None] | None = None
    tell: Callable[[Answer], None] | None = None
    wait: Callable[[Prepared], Callable[[], None]] | None = None


def model_of(workspace: Workspace, how: Assistance) -> ModelSettings | None:
    """The model to ask, None where the rules are to do; raises ConfigError for a dry run that would ask none."""
    settings = None if how.no_model else workspace.settings.model()
    if settings is None and how.dry_run:
        raise ConfigError(
            _(
                "no model is asked, so nothing would be sent; to choose one: pipe config ai.model PROVIDER/NAME"
            )
        )
    return settings


def ask(
    workspace: Workspace,
    request: Request,
    how: Assistance,
    *,
    on_text: Callable[[str], None] | None = None,
) -> Answer | None:
    """The model's answer, None for a dry run; raises AssistError, also where nobody agreed.

    No transaction may be open: an answer takes its time, and nothing waits for it.
    """
    from pipecli.assist.request import prepared

    settings = model_of(workspace, how)
    if settings is None:
        raise ConfigError(_("no model is configured; to choose one: pipe config ai.model PROVIDER/NAME"))
    ready = prepared(request, settings)
    if how.dry_run:
        if how.show:
            how.show(ready)
        return None
    _agree(workspace, ready, how)
    answer = _answered(ready, how, on_text)
    if how.tell:
        how.tell(answer)
    return answer


def _answered(ready: Prepared, how: Assistance, on_text: Callable[[str], None] | None) -> Answer:
    waited = how.wait(ready) if how.wait else lambda: None

    def show(text: str) -> None:
        waited()
        if on_text:
            on_text(text)

    try:
        from pipecli.assist.model import complete

        return complete(ready, on_text=show if on_text else None)
    finally:
        waited()


def forget_agreements(settings: Settings) -> None:
    """Ask again before the next call, in every workspace: what a model is told has changed."""
    from pipecli.assist import consent

    consent.forget(settings.environ)


def _agree(workspace: Workspace, ready: Prepared, how: Assistance) -> None:
    from pipecli.assist import consent

    with workspace.read() as reading:
        uid, actor = reading.header.uid, reading.actor
    environ, model = workspace.settings.environ, ready.settings.name
    if consent.is_given(environ, uid, ready.settings):
        return
    if not how.send and how.agree is None:
        raise AssistError(
            _(
                "nobody agreed yet to send texts of this workspace to {model}; look with --dry-run, then add --send"
            ).format(model=model)
        )
    if not how.send and how.agree and not how.agree(ready):
        raise AssistError(_("nothing was sent to {model}").format(model=model))
    consent.give(environ, uid, ready.settings, actor)
