"""Two opportunities that are one: the one that is kept takes over all that was said, proven and proposed of the other.

The other one's stream ends with the merge, and it counts nowhere any more. What it knows and the kept one does not
is filled in; where both know, the kept one's stands, unless another value is taken. Its stage is that of the kept
one: what was proven of the other is judged at the next gate, like any evidence. Approvals and waivers stay behind,
because they were given to other figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from pipecli.errors import Conflict, InvalidInput
from pipecli.text import _

from . import events as ev
from .decide import Decision, reason_given, set_values
from .opportunity import OPEN, Opportunity
from .pipeline import LOST, WON

FIELDS = (
    "name", "account", "contact", "decision_maker", "owner", "amount", "close_date", "source", "next_action",
)  # fmt: skip
"""What may differ beside the company's own fields, in the order in which it is shown."""
_FIGURES = frozenset({"amount", "close_date", "next_action"})
_OF_THE_ACCOUNT = frozenset({"contact", "decision_maker"})
_STANDING = {LOST: 0, OPEN: 1, WON: 2}


class Difference(NamedTuple):
    """A field that both know and know otherwise: amounts as (minor units, currency), people and accounts as ids."""

    field: str
    kept: Any
    other: Any


def differences(kept: Opportunity, other: Opportunity) -> list[Difference]:
    """Where the two say different things, in the order of `FIELDS`, then the company's own fields."""
    found = [Difference(key, _value(kept, key), _value(other, key)) for key in _keys(kept, other)]
    return [d for d in found if None not in (d.kept, d.other) and d.kept != d.other]


def _keys(kept: Opportunity, other: Opportunity) -> list[str]:
    # A plan for something that is over, and a plan that is over, do not compete.
    own = dict.fromkeys((*kept.fields, *other.fields))
    return [key for key in (*FIELDS, *own) if key != "next_action" or kept.is_open]


def _value(o: Opportunity, key: str) -> Any:
    if key == "amount":
        return None if o.amount is None else (o.amount, o.currency)
    if key == "next_action":
        return (o.next_action.text or "", o.next_action.due) if o.next_action else None
    return getattr(o, key) if key in FIELDS else o.fields.get(key)


def merge(
    decision: Decision,
    other: Decision,
    take: Collection[str] = (),
    row: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:
    """Merge the other one into that of the first decision; `take` names fields whose other value is to stand.

    `row` are the digests of the row that the other was imported from: where the kept one was never imported, it is
    known by that row from now on. `reason` is kept with the merge; whoever needs one asks `doubt` before. Raises
    Conflict where the two cannot be one, InvalidInput for a field to take that the other one does not know.
    """
    kept, gone = decision.state, other.state
    refuse_meaningless(kept, gone)
    words = reason_given(reason, _("a merge")) if reason.strip() else None
    values = _filled_in(kept, gone, decision.today) | _taken(kept, gone, take)
    payload = {"into": kept.number, "from": gone.stage, "definition": other.pipeline.version}
    other.record(ev.MERGED, payload, text=words)
    decision.record(ev.ABSORBED, _absorbed(kept, gone, row))
    action = values.pop("next_action", None)
    tags = tuple(dict.fromkeys((*kept.tags, *gone.tags)))
    set_values(decision, values | ({"tags": tags} if tags != kept.tags else {}))
    if action:
        text, due = action
        decision.record(ev.NEXT_ACTION_SET, {"due": due.isoformat()}, text=text)


def refuse_meaningless(kept: Opportunity, gone: Opportunity) -> None:
    """Raise Conflict where the two are one already, or where what is open or won would vanish in what is less."""
    if kept.number == gone.number:
        raise Conflict(_("{ref} cannot be merged into itself; name two").format(ref=kept.number))
    if _STANDING[gone.status] > _STANDING[kept.status]:
        status = {OPEN: _("open"), WON: _("won"), LOST: _("lost")}
        raise Conflict(
            _(
                "{gone} is {status} and {kept} is {other}: keep {gone} instead: pipe merge {gone} {kept}"
            ).format(
                gone=gone.number, status=status[gone.status], kept=kept.number, other=status[kept.status]
            ),
            refs=[kept.number, gone.number],
        )


def doubt(kept: Opportunity, gone: Opportunity, *, accounts_alike: bool) -> str | None:
    """Why the two are hardly one, so that a merge would make a deal vanish; None where nothing speaks against it.

    `accounts_alike` says whether the names of their accounts may be one.
    """
    refs = {"gone": gone.number, "kept": kept.number}
    if None not in (kept.account, gone.account) and kept.account != gone.account and not accounts_alike:
        return _("{gone} is of another account than {kept}").format(**refs)
    if kept.status == gone.status == WON:
        return _("{gone} and {kept} were both won").format(**refs)
    if gone.status == LOST and not _lived_together(kept, gone):
        return _("{gone} was lost, and {kept} was never open at the same time").format(**refs)
    return None


def _lived_together(a: Opportunity, b: Opportunity) -> bool:
    first, second = sorted((a, b), key=lambda o: o.created_on)
    return first.closed_on is None or second.created_on <= first.closed_on


def refuse_doubtful(kept: Opportunity, gone: Opportunity, *, accounts_alike: bool, reason: str) -> None:
    """Raise Conflict where the two are hardly one and nobody says why they are all the same."""
    why = doubt(kept, gone, accounts_alike=accounts_alike)
    if why and not reason.strip():
        raise Conflict(
            _("{why}; if they are one all the same, say why: {command}").format(
                why=why, command=f"pipe merge {kept.number} {gone.number} --reason TEXT"
            ),
            refs=[kept.number, gone.number],
        )


def _filled_in(kept: Opportunity, gone: Opportunity, today: date) -> dict[str, Any]:
    """What only the other one knows; of what is closed no figures, and of the past no close date."""
    found: dict[str, Any] = {}
    for key in _keys(kept, gone):
        value = _value(gone, key)
        missing = value is not None and _value(kept, key) is None
        if missing and (kept.is_open or key not in _FIGURES):
            found[key] = value
    if kept.is_open and found.get("close_date", today) < today:
        del found["close_date"]
    if kept.account is not None and kept.account != gone.account:
        # People are of an account: those of another one are shown, and not mistaken for its own.
        found = {key: value for key, value in found.items() if key not in _OF_THE_ACCOUNT}
    return found


def _taken(kept: Opportunity, gone: Opportunity, take: Collection[str]) -> dict[str, Any]:
    found = {}
    for key in take:
        value = _value(gone, key)
        if value is None:
            raise InvalidInput(
                _("{ref} has no {field} to take").format(ref=gone.number, field=key), field=key
            )
        if key == "next_action" and not kept.is_open:
            raise InvalidInput(
                _("{ref} is closed and takes no next action").format(ref=kept.number), field=key
            )
        found[key] = value
    return found


def _absorbed(kept: Opportunity, gone: Opportunity, row: Mapping[str, str] | None) -> dict[str, Any]:
    people = (gone.contact, gone.decision_maker, *gone.others)
    own = {kept.contact, kept.decision_maker, None}
    payload: dict[str, Any] = {
        "number": gone.number,
        "evidence": [{**e._asdict(), "on": e.on.isoformat()} for e in gone.evidence],
        "exchanges": [{**x._asdict(), "on": x.on.isoformat()} for x in gone.exchanges],
        "proposals": [
            {
                **p._asdict(),
                "on": p.on.isoformat(),
                "decided_on": p.decided_on and p.decided_on.isoformat(),
            }
            for p in gone.proposals
        ],
        "people": list(dict.fromkeys(p for p in people if p not in own)),
        "absorbed": list(gone.absorbed),
    }
    if gone.external and kept.external is None:
        payload |= {"external": list(gone.external), "row": dict(row or {})}
    return payload
