"""The calibration on screen: each stage's probability beside the one its record suggests, and what that changes."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from pipecli.domain.money import format_amount, from_major
from pipecli.domain.survival import FEWEST_CASES
from pipecli.service.calibrating import Calibration, as_rows
from pipecli.text import _, language

from .console import literal
from .table import print_table
from .views import NEVER_CUT, Column, Record, View, short_day


def view(currency: str) -> View:
    """The stages with what their record says; the record reads `62 of 214` won, from few cases too."""
    return View(
        (
            Column("name", _("Stage"), lambda r: literal(r["name"]), least=12, grows=True),
            _figure("probability", _("now"), lambda r: _percent(r["probability"])),
            _figure("suggested", _("suggested"), _suggested, _changed_style),
            _figure("won", _("won"), _won),
            _figure("open", _("open"), lambda r: str(r["open"] or "–")),
            _figure("low", "95 %", _interval),
            _figure("weighted", _("weighted"), lambda r: _difference(r, currency)),
        )
    )


def _figure(
    key: str, title: str, text: Callable[[Record], str], style: Callable[[Record], str] | None = None
) -> Column:
    return Column(key, title, text, right=True, least=NEVER_CUT, style=style)


def _percent(value: int) -> str:
    return _("{percent} %").format(percent=value)


def _won(record: Record) -> str:
    return _("{k} of {n}").format(k=record["won"], n=record["n"]) if record["n"] else "–"


def _suggested(record: Record) -> str:
    return _("unchanged") if record["suggested"] == record["probability"] else _percent(record["suggested"])


def _changed_style(record: Record) -> str:
    return "" if record["suggested"] == record["probability"] else "bold"


def _interval(record: Record) -> str:
    if record["low"] is None:
        return "–"
    return _("{low}–{high} %").format(low=record["low"], high=record["high"])


def _difference(record: Record, currency: str) -> str:
    """What the suggestion adds to or takes from the weighted forecast."""
    change = from_major(record["weighted_suggested"], currency) - from_major(record["weighted"], currency)
    if not change:
        return "–"
    return ("+" if change > 0 else "−") + format_amount(abs(change), currency, language())


def print_calibration(console: Console, found: Calibration) -> None:
    """The table, what it changes in all, and what held a suggestion back."""
    print_table(console, view(found.currency), as_rows(found))
    console.print()
    for n, line in enumerate(notes(found)):
        console.print(Text(line, style="dim" if n else ""), overflow="fold")


def notes(found: Calibration) -> list[str]:
    """The weighted forecast before and after, then how the suggestions were made, one line each."""
    words = {
        "day": short_day(found.until.isoformat()),
        "now": format_amount(found.total.now, found.currency, language()),
        "then": format_amount(found.total.suggested, found.currency, language()),
    }
    if not found.changes:
        line = _("The record suggests no other probability.")
    elif found.total.now == found.total.suggested:
        line = _("Weighted forecast until {day}: stays at {now}")
    else:
        line = _("Weighted forecast until {day}: {now} → {then}")
    lines = [line.format(**words)]
    for reason, line in _reasons().items():
        held = [literal(found.names[s.stage]) for s in found.suggestions if s.held_by == reason]
        lines += [line.format(stages=", ".join(held), n=FEWEST_CASES)] if held else []
    lines.append(
        _(
            "won: of the closed ones. Suggestions weigh open ones too, by how long they last: wins may take longer."
        )
    )
    if found.changes:
        lines.append(
            _("Chances of a win at any time; what they do to dated forecasts: pipe forecast backtest")
        )
    return lines


def _reasons() -> dict[str, str]:
    return {
        "few_cases": _("{stages}: fewer than {n} closed, too few to say otherwise"),
        "order": _("{stages}: held level with its neighbour, because probabilities never fall on the way"),
        "bounds": _("{stages}: held by the definition's min and max"),
    }
