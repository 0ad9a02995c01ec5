"""Proposals: what rules, a model or an agent would write, which a person accepts or rejects.

A proposal is an event of its own and changes nothing of the opportunity. What it rests on is checked when it is made:
a quote stands word for word in an exchange of this opportunity, a criterion, field or stage is one there is. Accepting
one is an ordinary decision of the person who accepts, through the same rules as anything typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from pipecli.errors import Conflict, InvalidInput
from pipecli.text import _

from . import events as ev
from .decide import LONGEST_NAME, LONGEST_TEXT, Decision, checked_text
from .events import Event
from .fold import fold
from .opportunity import Opportunity, Proposal
from .pipeline import WON
from .quoting import found, visible
from .route import target_of
from .wording import EXCHANGE_KINDS

PROOF, VALUE, NEXT_ACTION, EXCHANGE, MOVE = "proof", "value", "next_action", "exchange", "move"
KINDS = (PROOF, VALUE, NEXT_ACTION, EXCHANGE, MOVE)


class Suggestion(NamedTuple):
    """What is proposed: `target` is a criterion, a field, a kind of exchange or a stage; of a next action by the rules
    which of their ways it is, else "".

    `value` is what would be written, as a person would type it: evidence in words, a field's value, a next action, the
    text of an exchange. `due` is the day of a next action, or the one on which an exchange was, as YYYY-MM-DD. It rests
    on `exchange`, in the words of `quote`. `why` tells the reason, `draft` is a message that may be sent.
    """

    what: str
    target: str = ""
    value: str = ""
    due: str = ""
    exchange: int | None = None
    quote: str = ""
    why: str = ""
    draft: str = ""


_TEXTS = ("value", "due", "quote", "why", "draft")


def body_of(suggestion: Suggestion) -> str:
    """The texts of a suggestion as the content of its event."""
    texts = {name: getattr(suggestion, name) for name in _TEXTS if getattr(suggestion, name)}
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)


def suggestion_of(proposal: Proposal, body: str | None) -> Suggestion | None:
    """A suggestion from its event and content; None where the content was erased."""
    if body is None:
        return None
    return Suggestion(proposal.what, proposal.target, exchange=proposal.exchange, **json.loads(body))


def same(a: Suggestion, b: Suggestion) -> bool:
    """Whether two suggestions are one, so that an answer to the first is one to the second.

    Evidence for a criterion is the same where it rests on the same exchange, in whatever words; a next action where it
    is the same of the rules' ways, in whatever language.
    """
    if (a.what, a.target) != (b.what, b.target):
        return False
    if a.what == PROOF:
        return a.exchange == b.exchange and (a.exchange is not None or fold(a.value) == fold(b.value))
    if a.what == NEXT_ACTION and a.target:
        return a.exchange == b.exchange
    return fold(a.value) == fold(b.value) and (a.what != EXCHANGE or a.due == b.due)


def checked(decision: Decision, suggestion: Suggestion, texts: Mapping[int, str]) -> Suggestion:
    """The suggestion as it may be proposed, its quote as it stands in the exchange.

    `texts` has the exchanges of this opportunity by their numbers. Raises InvalidInput where it names what is not
    there, or where a quote does not stand word for word in the exchange it names.
    """
    s = suggestion._replace(
        value=visible(suggestion.value),
        due=visible(suggestion.due),
        why=visible(suggestion.why),
        draft=visible(suggestion.draft),
    )
    if s.exchange is not None and s.exchange not in texts:
        raise InvalidInput(
            _("{ref} has no exchange {exchange}").format(ref=decision.state.number, exchange=s.exchange)
        )
    if s.quote:
        s = s._replace(quote=_quoted(s, texts))
    for name in _TEXTS:
        if len(getattr(s, name)) > LONGEST_TEXT:
            raise InvalidInput(_("a proposal cannot be that long"))
    return _aimed(decision, s)


def _quoted(s: Suggestion, texts: Mapping[int, str]) -> str:
    place = texts.get(s.exchange or 0, "")
    words = found(s.quote, place, fewest=2 if s.what == PROOF else 1)
    if words is None:
        raise InvalidInput(_("the quote does not stand word for word in exchange {n}").format(n=s.exchange))
    return words


def _aimed(decision: Decision, s: Suggestion) -> Suggestion:
    """The suggestion with its target as the definition writes it."""
    pipeline = decision.pipeline
    if s.what == PROOF:
        criterion = pipeline.criterion(s.target)
        if criterion.evidence is None:
            raise InvalidInput(_("{criterion} is not met by evidence").format(criterion=criterion.key))
        if not (s.quote or s.value.strip()):
            raise InvalidInput(_("a proof needs words or a quote"))
        return s._replace(target=criterion.key)
    if s.what == MOVE:
        return s._replace(target=_stage_ahead(decision, s.target), value="")
    if s.what == EXCHANGE and s.target == "mail":
        line = _("a mail is taken from its file, by a person: pipe log {ref} --mail FILE")
        raise InvalidInput(line.format(ref=decision.state.number))
    if s.what == EXCHANGE and s.target not in EXCHANGE_KINDS:
        kinds = ", ".join(kind for kind in EXCHANGE_KINDS if kind != "mail")
        line = _('"{kind}" is not a kind of exchange; the kinds are: {kinds}')
        raise InvalidInput(line.format(kind=s.target, kinds=kinds))
    if s.what in (NEXT_ACTION, EXCHANGE):
        longest = LONGEST_NAME * 5 if s.what == NEXT_ACTION else LONGEST_TEXT
        value = checked_text(s.value, _("a proposal"), longest)
        return s._replace(value=value, due=_possible_day(decision, s))
    if s.what != VALUE:
        raise InvalidInput(
            _('"{what}" is not a kind of proposal; the kinds are: {kinds}').format(
                what=s.what, kinds=", ".join(KINDS)
            )
        )
    return s._replace(value=checked_text(s.value, _("a proposal"), LONGEST_TEXT))


def _stage_ahead(decision: Decision, text: str) -> str:
    """The key of an open stage further on; that it is won, nobody proposes."""
    stage = target_of(decision.state, decision.pipeline, text)
    if stage == WON:
        line = _('a win cannot be proposed; a person says so: pipe win {ref} "why they said yes"')
        raise InvalidInput(line.format(ref=decision.state.number))
    return stage


def _possible_day(decision: Decision, s: Suggestion) -> str:
    """The day of a next action that can still be done, or of an exchange that can have been."""
    day = _iso_day(s.due)
    if s.what == EXCHANGE and day > decision.today:
        raise InvalidInput(
            _("{day} is in the future; what happened can be dated {today} at the latest").format(
                day=day, today=decision.today
            )
        )
    if s.what == NEXT_ACTION and day < decision.today:
        line = _("a next action cannot be due in the past: {day}; write today, +3d or fri")
        raise InvalidInput(line.format(day=day))
    return day.isoformat()


def _iso_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(_('"{day}" is not a day; write it as 2026-12-31').format(day=text[:40])) from None


def propose(
    decision: Decision,
    suggestion: Suggestion,
    source: str,
    earlier: Iterable[Suggestion] = (),
    *,
    replaces: int | None = None,
) -> Event | None:
    """Put a checked suggestion on the list; None where an earlier one, whatever became of it, is the same.

    It may take the place of one that waits. Raises Conflict where the opportunity is closed.
    """
    decision.require_open()
    if any(same(suggestion, other) for other in earlier):
        return None
    payload: dict[str, object] = {
        "what": suggestion.what,
        "target": suggestion.target,
        "source": checked_text(source, _("a source"), LONGEST_NAME),
    }
    if suggestion.exchange is not None:
        payload["exchange"] = suggestion.exchange
    if replaces is not None:
        payload["replaces"] = replaces
    return decision.record(ev.PROPOSAL_MADE, payload, text=body_of(suggestion))


def require_ground(state: Opportunity, suggestion: Suggestion) -> None:
    """Raise Conflict where the exchange that a suggestion rests on was taken back since."""
    if suggestion.exchange is not None and suggestion.exchange not in {x.seq for x in state.exchanges}:
        raise Conflict(
            _("exchange {n}, on which this rests, was taken back since; reject it").format(
                n=suggestion.exchange
            ),
            exchange=suggestion.exchange,
        )


def answer(decision: Decision, seq: int, *, accept: bool, reason: str = "") -> Event:
    """Write down what became of a proposal; raises Conflict where it was answered before."""
    proposal = next(p for p in decision.state.proposals if p.seq == seq)
    if proposal.status != "open":
        raise Conflict(_answered_before(proposal), proposal=seq, status=proposal.status)
    if accept and decision.state.overtaken(proposal):
        raise Conflict(
            _(
                "what proposal {seq} is about was changed since it was made; look again: pipe show {ref}"
            ).format(seq=seq, ref=decision.state.number),
            proposal=seq,
        )
    kind = ev.PROPOSAL_ACCEPTED if accept else ev.PROPOSAL_REJECTED
    return decision.record(kind, {"proposal": seq, "source": proposal.source}, text=reason.strip() or None)


def _answered_before(proposal: Proposal) -> str:
    line = (
        _("proposal {seq} was accepted by {who} on {day}")
        if proposal.status == "accepted"
        else _("proposal {seq} was rejected by {who} on {day}")
    )
    return line.format(seq=proposal.seq, who=proposal.decided_by, day=proposal.decided_on)
