"""The forecast on screen: won, weighted and from history for each line, which to believe, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.money import format_amount, format_number, from_major
from pipecli.text import _, language, ngettext

from .table import print_table
from .views import NEVER_CUT, Column, Record, View, amount, day_and_month, plain, subject

_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
}  # fmt: skip
MONDAYS = 8
"""Past forecasts shown beside what came."""


def period_label(key: str, label: str) -> str:
    """`2026-11` as `November 2026`, `2027-Q1` as `1st quarter 2027`; other keys by their label."""
    if len(key) == 7 and key[4] == "-" and key[5:].isdigit():
        return f"{_MONTHS[language()][int(key[5:]) - 1]} {key[:4]}"
    if len(key) == 7 and key[4:6] == "-Q":
        names = {"1": _("1st quarter"), "2": _("2nd quarter"), "3": _("3rd quarter"), "4": _("4th quarter")}
        return f"{names[key[6]]} {key[:4]}"
    return label


def figures(document: Mapping[str, Any]) -> tuple[Callable[[float], str], Callable[[float], str]]:
    """How sums and how estimates read: money of the workspace's currency, or plain numbers of another measure."""
    if document.get("unit") == "number":
        return _plain_number, lambda value: _plain_number(round(value, 1))
    currency = document["currency"]

    def rough(value: float) -> str:
        return format_amount(from_major(round(value), currency), currency, language(), compact=True)

    return lambda value: amount(value, currency), rough


def _plain_number(value: float) -> str:
    whole = round(value, 2)
    return format_number(int(whole) if float(whole).is_integer() else whole, language())


def view(document: Mapping[str, Any]) -> View:
    """The forecast's columns: won, weighted by the rules, what history says is still to come, the new in it."""
    exact, rough = figures(document)
    believed = document["history"]["trusted"]
    pale = "" if believed else "dim"

    def figure(
        key: str, title: str, of: Callable[[Record], float], text: Callable[[float], str], style: str
    ) -> Column:
        return Column(key, title, _shown(of, text), right=True, least=NEVER_CUT, style=lambda r: style)

    def whole(value: float) -> str:
        return rough(value) if document.get("unit") == "number" else exact(round(value))

    ranges = [
        figure(
            key, key.upper(), _quantile("total", key), rough, "bold" if believed and key == "p50" else pale
        )
        for key in ("p10", "p50", "p90")
    ]
    return View(
        (
            Column("label", "", _line_label, least=8, grows=True),
            figure("won", _("won"), lambda r: float(r["won"]["amount"]), exact, "green"),
            figure(
                "weighted", _("weighted"), lambda r: float(r["weighted"]), whole, "" if believed else "bold"
            ),
            *ranges,
            figure("new_business", _("of it new"), _quantile("new_business", "p50"), rough, pale),
        )
    )


def _line_label(record: Record) -> str:
    """The line's period or name; one that the report's own period cuts at its start says from when it counts."""
    label = period_label(record["key"], record["label"])
    start = record.get("from") if record["key"] else None
    whole = ("-01-01", "-04-01", "-07-01", "-10-01") if "-Q" in record["key"] else ("-01",)
    if start is None or start.endswith(whole):
        return label
    return _("{label} from {day}").format(label=label.rsplit(" ", 1)[0], day=day_and_month(start))


def _quantile(part: str, key: str) -> Callable[[Record], float]:
    return lambda record: float(record["history"][part][key])


def _shown(of: Callable[[Record], float], text: Callable[[float], str]) -> Callable[[Record], str]:
    """A figure, `–` for nothing."""
    return lambda record: text(of(record)) if of(record) else "–"


def flat() -> View:
    """The forecast's keys without nesting."""
    return View(())


def print_forecast(console: Console, document: dict[str, Any], *, total: bool, since: str | None) -> None:
    """The table, which column to believe, the last Mondays, what changed, and what the figures leave out."""
    rows = list(document.get("groups", ()))
    if total or not rows:
        rows.append({**document, "key": "", "label": _("Total")})
    print_table(console, view(document), rows)
    console.print()
    console.print(Text(believe(document)), overflow="fold")
    for line in [] if is_over(document) else track(document, console.width):
        console.print(line, no_wrap=True, crop=False)
    for text in (*([since] if since else ()), *notes(document)):
        console.print(Text(text, style="dim"), overflow="fold")


def is_over(document: Mapping[str, Any]) -> bool:
    """Whether nothing in the period is still to come."""
    return bool(document["until"] <= document["as_of"])


def believe(document: Mapping[str, Any]) -> str:
    """Which column to believe, and why."""
    history = document["history"]
    if is_over(document):
        return _("The period is over: what was won is known.")
    if history["trusted"]:
        return _("Believe P10 to P90, from history: {why}.").format(why=history["why"])
    if not any(row["weighted"] for row in (document, *document.get("groups", ()))):
        return _("There is no forecast to believe yet ({why}).").format(why=history["why"])
    return _("Believe the weighted column: {why}.").format(why=history["why"])


def track(document: Mapping[str, Any], width: int) -> list[Text]:
    """What history said on the last Mondays of the days after them, and what it was; as many as fit."""
    said = document.get("track", [])[-MONDAYS:]
    while len(said) > 1 and max(line.cell_len for line in _track(document, said)[2:]) > width:
        said = said[1:]
    return _track(document, said) if said else []


def _track(document: Mapping[str, Any], said: Sequence[Mapping[str, Any]]) -> list[Text]:
    _exact, rough = figures(document)
    rows = [
        [_("On Monday"), *(day_and_month(t["day"]) for t in said)],
        [_("we said"), *(rough(t["said"]) for t in said)],
        [_("it was"), *(rough(t["came"]) for t in said)],
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    out = []
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        out.append(Text("  ".join(cells), style="dim" if number == 0 else ""))
    head = _("The {days} days after each of the last Mondays, by history, and what came:")
    return [Text(""), Text(head.format(days=document["track_days"]), style="dim"), *out, Text("")]


def notes(document: Mapping[str, Any]) -> list[str]:
    """What the figures leave out, one line each."""
    exact, _rough = figures(document)
    lines = []
    unpriced, undated = document["unpriced"]["count"], document["undated"]["count"]
    if unpriced:
        lines.append(_unpriced(unpriced, document.get("measure")))
    if undated:
        line = ngettext(
            "{n} open opportunity has no close date, or a past one: in no period",
            "{n} open opportunities have no close date, or a past one: in no period",
            undated,
        ).format(n=undated)
        worth = document["undated"]["amount"]
        lines.append(f"{line} ({exact(worth)})" if worth else line)
    lines += _settled_by(unpriced=bool(unpriced and not document.get("measure")), undated=bool(undated))
    return lines + [_apart(other) for other in document["other_currencies"]]


def _settled_by(*, unpriced: bool, undated: bool) -> list[str]:
    """The command that settles what is left out."""
    kinds = [*(["unpriced"] if unpriced else []), *(["past-close-date", "no-close-date"] if undated else [])]
    return [_("to settle them: pipe clean --only {kinds}").format(kinds=",".join(kinds))] if kinds else []


def _unpriced(n: int, measure: str | None) -> str:
    """That some have nothing to add up: no amount, or none of the field that is the measure."""
    if measure:
        return ngettext(
            "{n} open opportunity has no {field}: counted, not added up",
            "{n} open opportunities have no {field}: counted, not added up",
            n,
        ).format(n=n, field=measure)
    return ngettext(
        "{n} open opportunity has no amount: counted, not priced",
        "{n} open opportunities have no amount: counted, not priced",
        n,
    ).format(n=n)


def _apart(other: Mapping[str, Any]) -> str:
    """What another currency comes to: it is never added to the workspace's own."""
    parts = (
        (_("won {amount}"), other["won"]["amount"]),
        (_("open {amount}"), other["open"]["amount"]),
        (_("weighted {amount}"), other["weighted"]),
        (_("{amount} in no period"), other["undated"]["amount"]),
    )
    words = [words.format(amount=amount(value, other["currency"])) for words, value in parts if value]
    return _("{currency} stands apart, without a rate: {figures}").format(
        currency=other["currency"], figures=", ".join(words) or _("nothing priced")
    )


def explain_view(document: Mapping[str, Any]) -> View:
    """The forecast opportunity by opportunity: what the rule and what history give it."""
    exact, rough = figures(document)
    until = day_and_month(document["until"])

    def figure(key: str, title: str, text: Callable[[Record], str], style: str = "") -> Column:
        return Column(key, title, text, right=True, least=NEVER_CUT, style=lambda r: style)

    def worth(record: Record) -> str:
        if record["amount"] is None:
            return "–"
        own = record["currency"] == document["currency"]
        return exact(record["amount"]) if own else amount(record["amount"], record["currency"])

    return View(
        (
            figure("id", "", plain("id"), "bold"),
            Column("name", _("Opportunity"), subject, least=16, grows=True),
            Column("stage", _("Stage"), plain("stage_name"), least=10),
            figure("amount", _("Amount"), worth),
            figure("probability", _("rule"), lambda r: f"{r['probability']} %"),
            figure("by_until", _("by {day}").format(day=until), lambda r: f"{round(r['by_until'])} %"),
            figure("expected", _("adds"), lambda r: rough(r["expected"]), "bold"),
        )
    )


def print_explained(console: Console, document: dict[str, Any], lines: Sequence[Record]) -> None:
    """The sum opportunity by opportunity, each with what moved it."""

    def why(record: Record) -> list[Text]:
        return [Text(f"      {words}", style="dim") for words in record["moved"]]

    _exact, rough = figures(document)
    print_table(console, explain_view(document), lines, below=why)
    history = document["history"]
    console.print()
    for words, part in (
        (_("Opportunities that exist: {mean} expected, {p10} to {p90}"), history["existing"]),
        (_("Business not opened yet: {mean} expected, {p10} to {p90}"), history["new_business"]),
        (_("Together: {mean} expected, {p10} to {p90}"), history["total"]),
    ):
        text = words.format(mean=rough(part["mean"]), p10=rough(part["p10"]), p90=rough(part["p90"]))
        console.print(Text(text), overflow="fold")
