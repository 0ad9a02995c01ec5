"""Statistics of stages on screen: the funnel, the pace and the losses, each figure with how many cases it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from pipecli.domain.statistics import EVERYBODY, PIPELINE
from pipecli.service.statistics import Table
from pipecli.text import _, ngettext

from .table import print_table
from .views import NEVER_CUT, Column, Record, View, amount, money_column


def count_column(key: str, title: str, *, drops: bool = False) -> Column:
    """A column of counts, `–` for none."""
    return Column(key, title, lambda r: _count(r.get(key)), right=True, least=NEVER_CUT, drops=drops)


def _count(n: int | None) -> str:
    return str(n) if n else "–"


def rate_column(key: str, title: str) -> Column:
    """A column of rates with their interval and cases."""
    return Column(key, title, lambda r: rate_text(r, key), least=NEVER_CUT)


def rate_text(record: Record, key: str) -> str:
    """`76 % (69–82) n 158`; under ten cases `3 of 7`, and behind it the rate of the level above."""
    found, above = record[key], record.get(f"{key}_above")
    if found["rate"] is not None:
        return _("{rate} % ({low}–{high}) n {n}").format(
            rate=percent(found["rate"]), low=percent(found["low"]), high=percent(found["high"]), n=found["n"]
        )
    if not found["n"]:
        return "–"
    few = _("{k} of {n}").format(k=found["k"], n=found["n"])
    if not above:
        return few
    return few + _(", all {rate} % n {n}").format(rate=percent(above["rate"]), n=above["n"])


def short_rate(record: Record, key: str) -> str:
    """`76 % n 158`; under ten cases as `rate_text` has it."""
    found = record[key]
    if found["rate"] is None:
        return rate_text(record, key)
    return _("{rate} % n {n}").format(rate=percent(found["rate"]), n=found["n"])


def percent(share: float) -> int:
    """A share from 0 to 1 in whole percent, half up."""
    return int(100 * share + 0.5)


def stage_column() -> Column:
    """The stage's name."""
    return Column("stage", _("Stage"), lambda r: str(r["stage_name"]), least=14, grows=True)


def funnel_view() -> View:
    """What became of those that entered each stage."""
    return View(
        (
            stage_column(),
            count_column("entered", _("in")),
            count_column("went_on", _("on")),
            count_column("lost", _("lost")),
            count_column("moved_back", _("back"), drops=True),
            count_column("still_there", _("there"), drops=True),
            rate_column("to_next", _("goes on")),
            rate_column("to_win", _("is won")),
        )
    )


def print_funnel(console: Console, table: Table) -> None:
    """How many there are, the funnel, and how to read it."""
    print_counts(console, table)
    print_table(console, funnel_view(), table.rows)
    notes = [
        _("Each opportunity counts once in a stage, by what its last stay there led to."),
        *rate_notes(table, rates_of(table.rows, "to_next", "to_win")),
    ]
    over = [(row["stage_name"], row["skipped"]) for row in table.rows if row["skipped"]]
    if over:
        places = ", ".join(_("{n} over {stage}").format(n=n, stage=name) for name, n in over)
        notes.append(_("Passed {places}: not counted there.").format(places=places))
    print_notes(console, notes)


def print_counts(console: Console, table: Table) -> None:
    """`182 opportunities: 45 won, 92 lost, 45 open`."""
    found = table.counts
    words = ngettext("{n} opportunity", "{n} opportunities", found["n"]).format(n=found["n"])
    outcomes = _("{won} won, {lost} lost, {open} open").format(**found)
    console.print(Text(_("{name}: {words}").format(name=words, words=outcomes), style="bold"))
    console.print()


Rates = list[tuple[Record, Record | None]]


def rates_of(rows: Sequence[Record], *keys: str) -> Rates:
    """The rates of rows, each with that of the level above."""
    return [(row[key], row[f"{key}_above"]) for row in rows for key in keys]


def rate_notes(table: Table, rates: Rates) -> list[str]:
    """How to read rates: why one is not what the closed ones alone would say, and what stands for one there is not."""
    notes = []
    if any(not rate["pooled"] for rate, _above in rates):
        notes.append(_("In brackets the 95 % interval."))
        if table.counts["open"]:
            words = _(
                "Rates weigh in what is still open (Aalen–Johansen): of the closed ones alone, {won} of {n} were won."
            ).format(won=table.counts["won"], n=table.counts["won"] + table.counts["lost"])
            notes[0] = f"{words} {notes[0]}"
    few = [above["level"] if above else "" for rate, above in rates if rate["n"] and rate["pooled"]]
    if few:
        notes.append(_few_cases(set(few) - {""}))
    return notes


def _few_cases(levels: set[str]) -> str:
    """What stands for a rate of too few cases."""
    if not levels:
        return _("Under 10 cases there is no rate.")
    if levels == {EVERYBODY}:
        return _("Under 10 cases there is no rate: behind the count stands everybody's.")
    if levels == {PIPELINE}:
        return _("Under 10 cases there is no rate: behind the count stands that of the whole pipeline.")
    return _(
        "Under 10 cases there is no rate: behind the count stands everybody's, or else the whole pipeline's."
    )


def print_notes(console: Console, notes: Sequence[str]) -> None:
    """What helps to read a table, below it."""
    if notes:
        console.print()
    for line in notes:
        console.print(Text(line, style="dim"), overflow="fold")


def median_text(record: Record) -> str:
    """Days: the median, `more than N`, or from the shortest to the longest of too few."""
    if record["median_days"] is not None:
        return str(record["median_days"])
    if record["median_over_days"] is not None:
        return _("more than {n}").format(n=record["median_over_days"])
    short, long = record["shortest_days"], record["longest_days"]
    if short is None:
        return "–"
    return str(short) if short == long else _("{short} to {long}").format(short=short, long=long)


def _p90_text(record: Record) -> str:
    if record["p90_days"] is not None:
        return str(record["p90_days"])
    over = record["p90_over_days"]
    return "–" if over is None else _("more than {n}").format(n=over)


def velocity_view() -> View:
    """How long stays last, and whole cycles."""
    return View(
        (
            Column("stage", _("Days in"), _stay, least=8, grows=True),
            count_column("n", _("stays")),
            count_column("ended", _("over")),
            Column("median_days", _("median"), median_text, right=True, least=NEVER_CUT),
            Column("p90_days", _("P90"), _p90_text, right=True, least=NEVER_CUT),
            count_column("still_there", _("still there")),
            Column(
                "longer_than_p90",
                _("beyond P90"),
                lambda r: _count(r["longer_than_p90"]),
                right=True,
                least=NEVER_CUT,
                style=lambda r: "yellow" if r["longer_than_p90"] else "",
            ),
        )
    )


def _stay(record: Record) -> str:
    cycles = {"won": _("opened to won"), "lost": _("opened to lost")}
    return cycles.get(record["cycle"]) or str(record["stage_name"])


def print_velocity(console: Console, table: Table) -> None:
    """The pace of each stage, and how to read it."""
    print_table(console, velocity_view(), table.rows)
    notes = [_("Half of the stays are over by the median, nine in ten by the P90; open ones are weighed in.")]
    if any(row["median_days"] is None and row["ended"] for row in table.rows):
        notes.append(_("Under 10 stays that are over: the shortest and the longest."))
    print_notes(console, notes)


def losses_view() -> View:
    """Loss reasons by stage, one line each."""
    return _losses(
        Column("reason", _("Reason"), _reason, least=8, grows=True),
        Column("stage", _("Stage"), lambda r: str(r["stage_name"]), least=8, grows=True),
    )


def _losses(*leads: Column) -> View:
    return View(
        (
            *leads,
            count_column("count", _("lost")),
            money_column("amount", _("Amount")),
            rate_column("share", _("of all lost")),
        )
    )


def _reason(record: Record) -> str:
    return str(record["reason_label"] or _("undocumented"))


def print_losses(console: Console, table: Table) -> None:
    """What was lost in all, then each reason with its stages."""
    lost = table.total["count"]
    sums = amount(sum(row["amount"] for row in table.total["reasons"]), table.currency)
    head = _("{n} lost, {amount}").format(n=lost, amount=sums)
    undocumented = table.total["undocumented"]
    if undocumented:
        head += _("; {n} without a reason").format(n=undocumented)
    console.print(Text(head, style="bold"))
    console.print()
    lines: list[Record] = []
    for reason in table.total["reasons"]:
        lines.append(reason)
        lines += [row for row in table.rows if row["reason"] == reason["reason"]]
    lead = Column("reason", _("Reason"), _reason_or_stage, least=8, grows=True, style=_weight)
    share = Column("share", _("of all lost"), _if_reason(lambda r: rate_text(r, "share")), least=NEVER_CUT)
    print_table(console, View((*_losses(lead).columns[:-1], share)), lines)
    print_notes(console, unpriced_notes(table))


def _reason_or_stage(record: Record) -> str:
    return f"  {record['stage_name']}" if "stage" in record else _reason(record)


def _if_reason(text: Callable[[Record], str]) -> Callable[[Record], str]:
    return lambda r: "" if "stage" in r else text(r)


def _weight(record: Record) -> str:
    return "" if "stage" in record else "bold"


def unpriced_notes(table: Table) -> list[str]:
    """What the amounts leave out."""
    notes = []
    if table.no_amount:
        notes.append(
            ngettext(
                "{n} has no amount: counted, not priced",
                "{n} have no amount: counted, not priced",
                table.no_amount,
            ).format(n=table.no_amount)
        )
    notes += [
        ngettext(
            "{n} opportunity in {currency} has no rate: counted, not priced",
            "{n} opportunities in {currency} have no rate: counted, not priced",
            n,
        ).format(n=n, currency=currency)
        for currency, n in table.no_rate.items()
    ]
    return notes
