"""Journal entries in words: one line for each event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.domain.money import format_amount
from pipecli.domain.pipeline import Pipeline
from pipecli.domain.wording import kind_name
from pipecli.text import _, language

Names = Mapping[int, str | None]


def summary(event: Event, pipeline: Pipeline, names: Names) -> str:
    """What happened, in one line; an event of a kind this program does not know shows its kind."""
    words = _SUMMARIES.get(event.kind)
    return words(event, pipeline, names) if words else event.kind


def what_was_done(events: Sequence[Event], pipeline: Pipeline, names: Names) -> str:
    """What a command did, by its events: three at most, each said once."""
    words = list(dict.fromkeys(_shortened(summary(event, pipeline, names)) for event in events))
    return "; ".join(words[:3]) + ("; …" if len(words) > 3 else "")


def _shortened(text: str) -> str:
    line = " ".join(text[:200].split())
    return line if len(line) <= 60 else line[:59] + "…"


def named_in(event: Event) -> list[int]:
    """The accounts and contacts whose names an event is told with."""
    if event.kind == ev.CONTACT_ADDED:
        return [event.payload["person"]]
    if event.kind == ev.DESCRIBED:
        changes = event.payload["changes"]
        return [changes[k] for k in ("account", "contact", "decision_maker") if changes.get(k)]
    return []


def said(event: Event) -> str:
    """The text of an event as a reader sees it: its first line, or that it was erased."""
    if event.text is None:
        return _("(erased)") if "content" in event.payload else ""
    if event.kind == ev.EVIDENCE_RECORDED:
        parts = json.loads(event.text)
        return " ".join(parts[k] for k in ("quote", "text", "link", "path") if parts.get(k))
    if event.kind == ev.PROPOSAL_MADE:
        parts = json.loads(event.text)
        return " ".join(parts[k] for k in ("value", "due", "quote") if parts.get(k))
    return event.text


def _with(line: str, text: str) -> str:
    return _("{ref}: {summary}").format(ref=line, summary=text) if text else line


def _amount(minor: int | None, currency: str) -> str:
    return _("no amount") if minor is None else format_amount(minor, currency, language())


def _opened(event: Event, pipeline: Pipeline, names: Names) -> str:
    p = event.payload
    words = _("imported in {stage}") if p.get("imported") else _("opened in {stage}")
    return (
        words.format(stage=pipeline.stage(p["stage"]).name) + ", " + _amount(p.get("amount"), p["currency"])
    )


def _described(event: Event, pipeline: Pipeline, names: Names) -> str:
    parts = []
    for key, value in event.payload["changes"].items():
        shown = names.get(value) if key in ("account", "contact", "decision_maker") and value else value
        if isinstance(shown, list):
            shown = " ".join(shown)
        parts.append(f"{key} = {'–' if shown in (None, '') else shown}")
    return ", ".join(parts)


def _revised(event: Event, pipeline: Pipeline, names: Names) -> str:
    p = event.payload
    return _("amount {now} (was {was})").format(
        now=_amount(p["amount"], p["currency"]),
        was=_amount(p.get("was"), p.get("was_currency") or p["currency"]),
    )


def _move(event: Event, pipeline: Pipeline, names: Names) -> str:
    p = event.payload
    line = f"{pipeline.stage(p['from']).name} → {pipeline.stage(p['to']).name}"
    return _with(line, said(event) if event.text else "")


def _lost(event: Event, pipeline: Pipeline, names: Names) -> str:
    reason = event.payload.get("reason")
    line = _("lost ({reason})").format(reason=reason) if reason else _("lost")
    return _with(line, said(event))


def _kind(event: Event) -> str:
    kind, source = kind_name(event.payload["kind"]), event.payload.get("proposed_by")
    return f"{kind} ({_('proposed by {source}').format(source=source)})" if source else kind


def _proposed(event: Event, pipeline: Pipeline, names: Names) -> str:
    p = event.payload
    aim = _("next action") if p["what"] == "next_action" else p["target"] or p["what"]
    return _with(_("{source} proposed {aim}").format(source=p["source"], aim=aim), said(event))


def _words(pattern: Callable[[], str], *keys: str) -> Callable[[Event, Pipeline, Names], str]:
    def words(event: Event, pipeline: Pipeline, names: Names) -> str:
        return _with(pattern().format(**{key: event.payload.get(key) for key in keys}), said(event))

    return words


def _absorbed(event: Event, pipeline: Pipeline, names: Names) -> str:
    return _("{ref} was merged into it").format(ref=event.payload["number"])


_SUMMARIES: dict[str, Callable[[Event, Pipeline, Names], str]] = {
    ev.OPENED: _opened,
    ev.DESCRIBED: _described,
    ev.AMOUNT_REVISED: _revised,
    ev.AMOUNT_CONFIRMED: lambda e, p, n: _("amount {now} confirmed").format(
        now=_amount(e.payload["amount"], e.payload["currency"])
    ),
    ev.PROBABILITY_ADJUSTED: lambda e, p, n: (
        _("probability {percent} %: {reason}").format(percent=e.payload["probability"], reason=said(e))
        if e.payload["probability"] is not None
        else _("probability back to that of the stage")
    ),
    ev.CLOSE_DATE_SET: _words(lambda: _("close date {close_date}"), "close_date"),
    ev.OWNER_CHANGED: _words(lambda: _("owner {owner}"), "owner"),
    ev.EVIDENCE_RECORDED: _words(lambda: _("proved {criterion}"), "criterion"),
    ev.EVIDENCE_WITHDRAWN: _words(lambda: _("withdrew the proof of {criterion}"), "criterion"),
    ev.CRITERION_WAIVED: _words(lambda: _("waived {criterion}"), "criterion"),
    ev.APPROVAL_REQUESTED: _words(lambda: _("asked {role} to approve {criterion}"), "criterion", "role"),
    ev.APPROVAL_GIVEN: _words(lambda: _("approved {criterion} for {role}"), "criterion", "role"),
    ev.APPROVAL_REFUSED: _words(lambda: _("refused {criterion} for {role}"), "criterion", "role"),
    ev.STAGE_ADVANCED: _move,
    ev.STAGE_RETURNED: _move,
    ev.STAGE_MOVED: _move,
    ev.STAGE_IMPORTED: _move,
    ev.NEXT_ACTION_SET: lambda e, p, n: _("next {due}: {text}").format(due=e.payload["due"], text=said(e)),
    ev.NEXT_ACTION_DONE: lambda e, p, n: _("next action done"),
    ev.NEXT_ACTION_SNOOZED: _words(lambda: _("next action put off to {due}"), "due"),
    ev.EXCHANGE_LOGGED: lambda e, p, n: _with(_kind(e), said(e)),
    ev.PROPOSAL_MADE: _proposed,
    ev.PROPOSAL_ACCEPTED: _words(lambda: _("accepted proposal {proposal} of {source}"), "proposal", "source"),
    ev.PROPOSAL_REJECTED: _words(lambda: _("rejected proposal {proposal} of {source}"), "proposal", "source"),
    ev.WON: _words(lambda: _("won")),
    ev.LOST: _lost,
    ev.MERGED: _words(lambda: _("merged into {into}"), "into"),
    ev.ABSORBED: _absorbed,
    ev.REOPENED: _words(lambda: _("reopened")),
    ev.ROW_IMPORTED: lambda e, p, n: _("its row was imported again"),
    ev.ACCOUNT_ADDED: _words(lambda: _("account {name}"), "name"),
    ev.CONTACT_ADDED: lambda e, p, n: _("contact {name}").format(
        name=n.get(e.payload["person"]) or _("(erased)")
    ),
    ev.WORKSPACE_CREATED: lambda e, p, n: _("workspace made"),
    ev.DEFINITION_ADOPTED: _words(lambda: _("definition {version} adopted"), "version"),
    ev.RATE_SET: _words(
        lambda: _("1 {currency} = {rate} {base} from {on} on"), "currency", "rate", "base", "on"
    ),
    ev.COMMAND_UNDONE: _words(lambda: _("took back command {command}"), "command"),
    ev.CONTENT_ERASED: lambda e, p, n: _("content erased"),
}
