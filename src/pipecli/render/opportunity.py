"""What a command on one opportunity says: one line of success, and the screen of `show`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.dates import format_age, format_day
from pipecli.domain.events import COMMAND_UNDONE, MERGED
from pipecli.domain.money import format_amount, format_number
from pipecli.domain.wording import action_words, kind_name
from pipecli.service.looking import Looked
from pipecli.service.outcome import Outcome
from pipecli.service.show import Entry, ProofStep, Shown
from pipecli.text import _, language, ngettext

from .console import literal, literal_lines
from .gate import EVIDENCE, overtaken, print_gate
from .table import print_hanging, print_table
from .views import (
    action,
    amount,
    journal,
    late_style,
    lateness,
    short_day,
    stage_or_outcome,
    subject_of,
    title,
)

TIMELINE = 12
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def outcome_lines(outcome: Outcome) -> list[str]:
    """What a write did: where it stands and what is next."""
    record, before, after = outcome.record, outcome.before, outcome.after
    parts = [title(record)]
    if before and before.stage != after.stage:
        parts.append(f"{outcome.pipeline.stage(before.stage).name} → {record['stage_name']}")
    elif not after.is_open:
        parts.append(_("won") if after.status == "won" else _("lost"))
    else:
        parts.append(record["stage_name"])
    parts.append(_amount_line(outcome))
    if after.is_open:
        parts.append(f"{record['probability']} %")
    lines = ["   ".join(part for part in parts if part)]
    lines += [
        _("Approval lapsed: {ask} {why}").format(ask=literal(ask), why=literal(why))
        for ask, why in outcome.lapsed
    ]
    if after.next_action and after.is_open:
        lines.append(next_line(after.next_action.text, after.next_action.due))
    return lines


def _amount_line(outcome: Outcome) -> str:
    before, after = outcome.before, outcome.after
    if after.amount is None:
        return ""
    now = format_amount(after.amount, after.currency, language())
    if (
        before
        and before.amount is not None
        and (before.amount, before.currency) != (after.amount, after.currency)
    ):
        was = format_amount(before.amount, before.currency, language())
        return _("{now} (was {was})").format(now=now, was=was)
    return now


def next_line(text: str | None, due: date) -> str:
    """`Next: send proposal, Fri 27 Nov`."""
    return _("Next: {text}, {day}").format(
        text=literal(action_words(text)), day=format_day(due, language(), None)
    )


def planned_line(looked: Looked) -> str:
    """`12 Acme · ERP rollout   next action: send proposal, Fri 27 Nov`."""
    state = looked.state
    name = title({"id": state.number, **subject_of(state, looked.names)})
    planned = state.next_action
    if planned is None:
        return _("{name}   no next action").format(name=name)
    day = format_day(planned.due, language(), None)
    return _("{name}   next action: {text}, {day}").format(
        name=name, text=literal(action_words(planned.text)), day=day
    )


def print_show(console: Console, shown: Shown, *, all_entries: bool = False) -> None:
    """One screen: where it stands, what the gate needs, who is involved, what happened."""
    print_standing(console, shown)
    console.print()
    print_timeline(console, shown, all_entries=all_entries)


def print_standing(console: Console, shown: Shown, *, ways: bool = True) -> None:
    """Where it stands, what is known of it, and what the gate needs."""
    record = shown.record
    console.print(Text(title(record), style="bold"))
    console.print(standing_line(shown))
    console.print()
    facts = _facts(shown)
    wide = max(len(label) for label, _value, _style in facts)
    for label, value, style in facts:
        print_hanging(console, Text(f"  {label:<{wide}}  ", "dim"), literal(value), style)
    if shown.why:
        console.print()
        print_gate(
            console,
            shown.why.report,
            shown.why.pipeline,
            header=False,
            ways=ways,
            overtaken=overtaken(shown.why),
        )


def standing_line(shown: Shown) -> Text:
    """Its stage and for how long, its amount and probability, and what is wrong with it."""
    record = shown.record
    line = Text(stage_or_outcome(record), style={"won": "green", "lost": "dim"}.get(record["status"], "bold"))
    days = record["days_in_stage"]
    if record["status"] == "open":
        line.append(_("  for {age}").format(age=format_age(days, language())), style="dim")
        line.append(f"   {amount(record['amount'], record['currency'])}")
        line.append(_("   {percent} %").format(percent=record["probability"]))
        if shown.is_unproven:
            line.append(_("   unproven"), style="yellow")
        if record["stale"]:
            line.append(_("   stale"), style="yellow")
    else:
        line.append(f"  {short_day(record['closed_on'])}   {amount(record['amount'], record['currency'])}")
    return line


def _facts(shown: Shown) -> list[tuple[str, str, str]]:
    record = shown.record
    facts: list[tuple[str, str, str]] = []
    if record["status"] == "open":
        next_ = action(record)
        words = (
            f"{next_}, {lateness(record)}" if next_ else _("none: pipe next {ref}").format(ref=record["id"])
        )
        facts.append((_("Next action"), words, late_style(record) if next_ else "red"))
    reason = record["outcome_reason"] or ""
    if record["status"] == "lost":
        key = record["loss_reason"]
        facts.append(
            (
                _("Reason"),
                ": ".join(w for w in (key, reason) if w) or _("undocumented"),
                "" if key else "yellow",
            )
        )
    elif record["status"] == "won":
        facts.append((_("Reason"), reason or _("undocumented"), "" if reason else "yellow"))
    facts += [
        (_("Owner"), record["owner"], ""),
        (_("Close date"), _close(record, shown.today), ""),
        (_("Decision-maker"), record["decision_maker"] or "–", ""),
    ]
    if record["source"]:
        facts.append((_("Source"), record["source"], ""))
    if record["tags"]:
        facts.append((_("Tags"), " ".join(record["tags"]), ""))
    facts += [(shown.labels.get(key, key), field_text(value), "") for key, value in record["fields"].items()]
    for person in shown.people:
        details = ", ".join(w for w in (person.mail, person.phone) if w)
        facts.append((_("Contact"), f"{person.name or _('(erased)')}{'  ' + details if details else ''}", ""))
    if shown.state.absorbed:
        facts.append((_("Merged in"), ", ".join(map(str, shown.state.absorbed)), ""))
    if shown.unproven:
        facts.append((_("Unproven"), ", ".join(shown.unproven), "yellow"))
    return facts


def field_text(value: Any) -> str:
    """The value of one of the company's own fields, in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return format_number(value, language())
    return short_day(value) if _ISO_DAY.fullmatch(str(value)) else str(value)


def _close(record: Mapping[str, Any], today: date) -> str:
    iso = record["close_date"]
    if not iso:
        return _("none")
    past = record["status"] == "open" and date.fromisoformat(iso) < today
    return short_day(iso) + (_(" (past)") if past else "")


def print_timeline(console: Console, shown: Shown, *, all_entries: bool = False) -> None:
    """What happened, the newest first."""
    entries = [e for e in shown.entries if e.live and e.kind not in (COMMAND_UNDONE, MERGED)]
    kept = entries if all_entries else entries[-TIMELINE:]
    print_table(console, journal(with_stream=False), [_line(e, shown) for e in reversed(kept)], titles=False)
    hidden = len(entries) - len(kept)
    if hidden:
        line = ngettext(
            "{n} earlier entry: pipe journal {ref}", "{n} earlier entries: pipe journal {ref}", hidden
        )
        console.print(Text("  " + line.format(n=hidden, ref=shown.record["id"]), style="dim"))


def _line(entry: Entry, shown: Shown) -> dict[str, Any]:
    """An entry of the timeline; one of an opportunity that was merged into this one says so."""
    ref = entry.stream.removeprefix("o")
    if ref == str(shown.record["id"]):
        return entry._asdict()
    return {**entry._asdict(), "summary": _("{ref}: {summary}").format(ref=ref, summary=entry.summary)}


def print_exchanges(console: Console, shown: Shown, limit: int = 0) -> None:
    """What was said, word for word, the newest first; `limit` 0 is all of it."""
    for entry in shown.exchanges[: limit or None]:
        head = (
            f"{short_day(entry.at)}  {kind_name(entry.detail['kind'])}  {literal(entry.actor)}  {entry.seq}"
        )
        console.print(Text(head, style="dim"))
        for line in literal_lines(entry.text or _("(erased)")).splitlines():
            print_hanging(console, "  ", line)


def print_proof(console: Console, record: Mapping[str, Any], steps: list[ProofStep]) -> None:
    """The chain of evidence behind a stage, fit to hand over."""
    console.print(Text(title(record), style="bold"))
    ways = {
        "opened": _("opened"),
        "imported": _("imported, unproven"),
        "moved": _("moved with a new definition"),
        "returned": _("moved back"),
        "reopened": _("reopened"),
        "advanced": _("proven"),
        "won": _("won"),
    }
    for step in steps:
        console.print()
        head = Text.assemble(
            (step.stage_name, "bold"),
            f"  {short_day(step.entered_on)}  ",
            (ways.get(step.how, step.how), "dim"),
        )
        console.print(head)
        for criterion in step.criteria:
            print_hanging(console, Text("  ✓ ", "green"), literal(criterion["ask"]))
            print_hanging(console, EVIDENCE, literal(criterion["evidence"]))
