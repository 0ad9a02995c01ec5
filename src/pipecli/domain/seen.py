"""What a person had before them when they answered, so that answers are not given to what a colleague changed since.

A change that does not touch what is answered stands in nobody's way: a call logged meanwhile refuses no move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.errors import Conflict
from pipecli.text import _, ngettext

from .opportunity import Opportunity
from .pipeline import SETTABLE_FIELDS

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
            state.stage, state.next_action.seq if state.next_action else None, _values(state), state.number
        )


def _values(state: Opportunity) -> dict[str, Any]:
    own = {name: getattr(state, name) for name in (*SETTABLE_FIELDS, "probability") if name != "amount"}
    return {**state.fields, **own, "amount": (state.amount, state.currency)}


def _refuse_if_merged(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the opportunity that was seen has become a part of this one."""
    if seen is not None and seen.number not in (0, decision.state.number):
        raise Conflict(
            _("{ref} was merged into {kept} meanwhile; nothing was changed").format(
                ref=seen.number, kept=decision.state.number
            ),
            ref=decision.state.number,
        )


def refuse_if_moved(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the opportunity is in another stage than the one that was seen, or another one."""
    _refuse_if_merged(decision, seen)
    if seen is not None and decision.state.stage != seen.stage:
        raise Conflict(
            _(
                "{ref} {name} was moved to {stage} meanwhile; nothing was changed, look again: pipe why {ref}"
            ).format(
                ref=decision.state.number,
                name=decision.state.name,
                stage=decision.pipeline.stage(decision.state.stage).name,
            ),
            ref=decision.state.number,
            stage=decision.state.stage,
        )


def refuse_if_replanned(decision: Decision, seen: Seen | None) -> None:
    """Raise Conflict where the next action is another than the one that was seen."""
    _refuse_if_merged(decision, seen)
    action = decision.state.next_action
    if seen is not None and (action.seq if action else None) != seen.action:
        now = action.text if action and action.text else _("none")
        raise Conflict(
            _(
                "the next action of {ref} {name} was changed meanwhile, it is now: {action}; nothing was changed"
            ).format(ref=decision.state.number, name=decision.state.name, action=now),
            ref=decision.state.number,
        )


def refuse_if_rewritten(decision: Decision, fields: Iterable[str], seen: Seen | None) -> None:
    """Raise Conflict where one of these fields has another value than the one that was seen."""
    if seen is None:
        return
    _refuse_if_merged(decision, seen)
    now = _values(decision.state)
    rewritten = [name for name in fields if now.get(name) != seen.values.get(name)]
    if rewritten:
        raise Conflict(
            ngettext(
                "{fields} of {ref} {name} was changed meanwhile; nothing was changed",
                "{fields} of {ref} {name} were changed meanwhile; nothing was changed",
                len(rewritten),
            ).format(fields=", ".join(rewritten), ref=decision.state.number, name=decision.state.name),
            ref=decision.state.number,
            fields=rewritten,
        )
