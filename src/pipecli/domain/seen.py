"""What a person had before them when they answered, so that answers are not given to what a colleague changed since.

A change that does not touch what is answered stands in nobody's way: a call logged meanwhile refuses no move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.errors import Conflict
from pipecli.text import _, ngettext

from .evolve import fold
from .field_words import in_words, label_of
from .opportunity import Opportunity
from .wording import action_words

if TYPE_CHECKING:
    from .decide import Decision


class Seen(NamedTuple):
    """The stage, the next action (by its event) and the fields' values as they were when the person looked.

    `number` is the opportunity that was looked at; 0 says nothing.
    """

    stage: str
    action: int | None
    values: Mapping[str, Any]
    number: int = 0

    @staticmethod
    def of(state: Opportunity) -> Seen:
        """What somebody sees who looks at this state."""
        return Seen(
            state.stage, state.next_action.seq if state.next_action else None, state.values, state.number
        )


def _refuse_if_merged(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the opportunity that was seen has become a part of this one."""
    if seen is not None and seen.number not in (0, decision.state.number):
        by = _who(decision, lambda state: seen.number in state.absorbed)
        raise Conflict(
            _("{ref} was merged into {kept} {meanwhile}; nothing was changed").format(
                ref=seen.number, kept=decision.state.number, meanwhile=_meanwhile(by)
            ),
            ref=decision.state.number,
            **_named(by),
        )


def _who(decision: Decision, value: Callable[[Opportunity], Any]) -> str:
    """Who made this of the opportunity what it is now; nobody ("") where its history is not known."""
    events = list(decision.history())
    state = fold(events)
    now = value(state) if state else None
    while events:
        last = events.pop()
        before = fold(events)
        if before is None or value(before) != now:
            return last.actor
    return ""


def _meanwhile(who: str) -> str:
    return _("meanwhile by {who}").format(who=who) if who else _("meanwhile")


def _named(who: str) -> dict[str, str]:
    return {"by": who} if who else {}


def refuse_if_moved(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the opportunity is in another stage than the one that was seen, or another one."""
    _refuse_if_merged(decision, seen)
    if seen is not None and decision.state.stage != seen.stage:
        by = _who(decision, lambda state: state.stage)
        raise Conflict(
            _(
                "{ref} {name} was moved to {stage} {meanwhile}; nothing was changed, look again: pipe why {ref}"
            ).format(
                ref=decision.state.number,
                name=decision.state.name,
                stage=decision.pipeline.stage(decision.state.stage).name,
                meanwhile=_meanwhile(by),
            ),
            ref=decision.state.number,
            stage=decision.state.stage,
            **_named(by),
        )


def refuse_if_replanned(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the next action is another than the one that was seen."""
    _refuse_if_merged(decision, seen)
    action = decision.state.next_action
    if seen is not None and (action.seq if action else None) != seen.action:
        now = action_words(action.text) if action else _("none")
        by = _who(decision, lambda state: state.next_action.seq if state.next_action else None)
        raise Conflict(
            _(
                "the next action of {ref} {name} was changed {meanwhile}, it is now: {action}; nothing was changed"
            ).format(
                ref=decision.state.number, name=decision.state.name, action=now, meanwhile=_meanwhile(by)
            ),
            ref=decision.state.number,
            **_named(by),
        )


def refuse_if_rewritten(decision: Decision, fields: Iterable[str], seen: Seen | None) -> None:
    """Raise Conflict where one of these fields has another value than the one that was seen."""
    if seen is None:
        return
    _refuse_if_merged(decision, seen)
    now = decision.state.values
    rewritten = [name for name in fields if now.get(name) != seen.values.get(name)]
    if rewritten:
        by = _who(decision, lambda state: {name: state.values.get(name) for name in rewritten})
        raise Conflict(
            ngettext(
                "{fields} of {ref} {name} was changed {meanwhile}, it is now: {values}; nothing was changed",
                "{fields} of {ref} {name} were changed {meanwhile}, they are now: {values}; nothing was changed",
                len(rewritten),
            ).format(
                fields=", ".join(label_of(name, decision.pipeline) for name in rewritten),
                values=", ".join(
                    in_words(name, now.get(name), decision.pipeline, decision.names) for name in rewritten
                ),
                ref=decision.state.number,
                name=decision.state.name,
                meanwhile=_meanwhile(by),
            ),
            ref=decision.state.number,
            fields=rewritten,
            **_named(by),
        )
