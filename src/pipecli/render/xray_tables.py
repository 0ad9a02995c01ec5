"""The tables of `pipe xray`: the cycle as practised, who holds what, what history says comes next."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from pipecli.domain.trust import FEWEST_DAYS
from pipecli.text import _

from .audit import sparkline
from .console import literal
from .table import hanging_lines, table_lines
from .views import NEVER_CUT, Column, Record, View
from .xray_words import (
    INDENT,
    Block,
    bad_style,
    bare_percent,
    count,
    days_text,
    money,
    month_text,
    share_text,
    stage_title,
    title,
)

_HOLDERS, _REASONS = 5, 4
_FEWEST_MONTHS = 3
_FAR_OFF = 0.5


def cycle(console: Console, found: Record, width: int) -> Block:
    """Where everything stands, how long it takes, and how often it is won."""
    stages = [one for one in found["stages"] if one["n"] or one["left"]]
    rows: list[dict[str, Any]] = [{**one, "title": stage_title(one)} for one in stages]
    for key, name, span in (
        ("won", _("Won"), found["days_to_win"]),
        ("lost", _("Lost"), found["days_to_loss"]),
    ):
        if found["counts"][key]:
            rows.append(
                {
                    "title": name,
                    "n": found["counts"][key],
                    "amount": found["amounts"][key],
                    "span": span,
                    "end": key,
                }
            )
    priced = any(one["amount"] for one in rows)
    columns = [
        Column("title", _("The cycle"), lambda r: r["title"], least=14, grows=True, style=_end_style),
        Column("n", "n", lambda r: count(r["n"]) if r["n"] else "–", right=True, least=NEVER_CUT),
        Column("days", _("median"), _middle_text, right=True, least=NEVER_CUT),
        Column("slow", "", _slow_text, least=NEVER_CUT, style=_slow_style),
    ]
    if priced:
        worth = Column(
            "amount",
            _("amount"),
            lambda r: money(r["amount"], found) if r["amount"] else "–",
            right=True,
            least=NEVER_CUT,
            drops=True,
        )
        columns.insert(2, worth)
    lines = table_lines(View(tuple(columns)), rows, width, indent=INDENT)
    if lines:
        lines[0] = _headed(lines[0], _("The cycle"))
    lines += _endings(console, found, width)
    return lines


def _endings(console: Console, found: Record, width: int) -> Block:
    """How many of those that ended were won, and what the others were lost to."""
    rate, lines = found["win_rate"], []
    if rate["rate"] is not None:
        line = _("{share} of the {n} that ended were won")
        lines.append(Text(" " * INDENT + line.format(share=share_text(rate["rate"]), n=count(rate["n"]))))
    elif rate["n"]:
        line = _("{k} of the {n} that ended were won").format(k=rate["k"], n=rate["n"])
        lines.append(Text(" " * INDENT + line))
    reasons = [f"{literal(one['reason'])} {count(one['n'])}" for one in found["loss_reasons"]]
    if reasons:
        shown = [*reasons[:_REASONS], *(["…"] if len(reasons) > _REASONS else [])]
        lines += hanging_lines(console, " " * INDENT + _("Lost to: "), " · ".join(shown), width)
    return lines


def _headed(line: Text, title: str) -> Text:
    """A line of titles whose first is the block's: bold, and at the margin like that of other blocks."""
    plain = line.plain
    rest = plain[plain.index(title) + len(title) :]
    return Text.assemble((title, "bold"), " " * INDENT, (rest, "dim"))


def _of(rate: Record) -> str:
    """`63 % of 6,711`, under ten cases `3 of 7`."""
    if rate["rate"] is None:
        return _("{k} of {n}").format(k=rate["k"], n=rate["n"])
    return _("{share} of {n}").format(share=share_text(rate["rate"]), n=count(rate["n"]))


def _end_style(record: Record) -> str:
    return {"won": "green", "lost": "dim"}.get(record.get("end", ""), "")


def _middle_text(record: Record) -> str:
    """Days: to the end, in the stage, or how long it has been open."""
    if "end" in record:
        return days_text(record["span"]["median"]) if record["span"] else "–"
    if record["median_stay"] is not None:
        return days_text(record["median_stay"])
    return days_text(record["median_age"]) if record["median_age"] is not None else "–"


def _slow_text(record: Record) -> str:
    if "end" in record:
        if not record["span"]:
            return ""
        return _("9 in 10 within {most}, longest {longest}").format(
            most=record["span"]["nine_in_ten"], longest=record["span"]["longest"]
        )
    words = []
    if record["left"]:
        words.append(_("{n} went on").format(n=count(record["left"])))
    if record["older"]:
        words.append(_("{n} older than any win").format(n=count(record["older"])))
    if not words and record["median_age"] is not None:
        words.append(_("open so far"))
    return ", ".join(words)


def _slow_style(record: Record) -> str:
    return "red" if record.get("older") else "dim"


def holders(found: Record, width: int) -> Block:
    """Owners, those with the most that is dead first."""
    owners = [one for one in found["owners"] if one["open"]]
    if not owners:
        return []
    shown = owners[:_HOLDERS]
    priced = any(one["amount"] for one in owners)
    words = _("Who holds what")
    columns = [
        Column("owner", words, lambda r: literal(r["owner"] or _("nobody")), least=14, grows=True),
        Column("open", _("open"), lambda r: count(r["open"]), right=True, least=NEVER_CUT),
    ]
    if priced:
        columns.append(
            Column("amount", _("amount"), lambda r: money(r["amount"], found), right=True, least=NEVER_CUT)
        )
    if any(one["older"]["k"] for one in owners):
        columns.append(
            Column(
                "older", _("older than any win"), _older_text, right=True, least=NEVER_CUT, style=_older_style
            )
        )
    if any(one["late"] for one in owners):
        columns.append(
            Column(
                "late",
                _("past close date"),
                lambda r: count(r["late"]) if r["late"] else "–",
                right=True,
                least=NEVER_CUT,
                drops=True,
            )
        )
    if any(one["win_rate"]["k"] for one in owners):
        columns.append(
            Column(
                "won",
                _("won"),
                lambda r: _of(r["win_rate"]) if r["win_rate"]["n"] else "–",
                right=True,
                least=NEVER_CUT,
                drops=True,
            )
        )
    lines = table_lines(View(tuple(columns)), shown, width, indent=INDENT)
    lines[0] = _headed(lines[0], words)
    if rest := len(owners) - len(shown):
        more = _("and {n} more").format(n=rest)
        lines.append(Text(" " * INDENT + more, style="dim"))
    return lines


def _older_text(record: Record) -> str:
    older = record["older"]
    if not older["k"]:
        return "–"
    return (
        f"{count(older['k'])}  {bare_percent(older):>5}" if older["rate"] is not None else count(older["k"])
    )


def _older_style(record: Record) -> str:
    return bad_style(record["older"]) if record["older"]["k"] else ""


def ahead(console: Console, found: Record, width: int) -> Block:
    """What history says of the months ahead, how it went so far, and how far to trust that."""
    forecast = found["forecast"]
    counted = forecast is not None and forecast["measure"] == "count"
    lines = [
        title(_("What history says comes next, in wins") if counted else _("What history says comes next"))
    ]
    if forecast is None:
        return [*lines, *hanging_lines(console, " " * INDENT, _sentence(found["no_forecast"]), width)]

    def figure(value: float) -> str:
        return count(round(value)) if counted else money(round(value), found)

    view = View(
        (
            Column("from", "", lambda r: month_text(r["from"]), least=NEVER_CUT),
            Column(
                "p50",
                _("middle"),
                lambda r: figure(r["p50"]),
                right=True,
                least=NEVER_CUT,
                style=lambda r: "bold",
            ),
            Column(
                "range",
                _("8 in 10 times"),
                lambda r: _("{low} to {high}").format(low=figure(r["p10"]), high=figure(r["p90"])),
                right=True,
                least=NEVER_CUT,
            ),
        )
    )
    table = table_lines(view, forecast["months"], width, indent=INDENT)
    lines += table
    lines += _trend(found, width, is_money=not counted)
    text, style = _trust(forecast)
    return [*lines, *hanging_lines(console, " " * INDENT, text, width, style)]


def _trust(forecast: Record) -> tuple[str, str]:
    """How far it was off when past days were forecast again, each with what was known then."""
    n, missed = forecast["past_days"], forecast["missed"]
    if missed is None or n < FEWEST_DAYS:
        line = _(
            "Take it for a guess: too few past days are long enough ago to hold it against ({n} of {least})."
        )
        return line.format(n=n, least=FEWEST_DAYS), "yellow"
    line = _("Held against {n} past Mondays it missed what came in the {days} days after by {missed}.")
    words = line.format(n=n, days=forecast["days_ahead"], missed=share_text(missed))
    if missed < _FAR_OFF:
        return words, "dim"
    return _("{words} Take it for a guess.").format(words=words), "yellow"


def _trend(found: Record, width: int, *, is_money: bool) -> Block:
    """What was won and opened month by month as bars, with the month that runs and a usual one."""
    months = found["months"]
    rows = []
    for key, name in (
        ("amount" if is_money else "won", _("Won by month")),
        ("opened", _("Opened by month")),
    ):
        values = [month[key] for month in months]
        if len(months) < _FEWEST_MONTHS or not max(values):
            continue
        usual = sorted(values[:-1])[len(values[:-1]) // 2]
        text = (lambda value: money(value, found)) if key == "amount" else count
        words = _("{last} in {month}, usually {usual}").format(
            last=text(values[-1]), month=month_text(f"{months[-1]['month']}-01"), usual=text(usual)
        )
        bars = sparkline([value / max(values) for value in values])
        rows.append({"title": name, "bars": bars, "words": words})
    view = View(
        (
            Column("title", "", lambda r: r["title"], least=NEVER_CUT),
            Column("bars", "", lambda r: r["bars"], least=NEVER_CUT, style=lambda r: "cyan"),
            Column("words", "", lambda r: r["words"], least=20, grows=True),
        )
    )
    return table_lines(view, rows, width, indent=INDENT, titles=False)


def _sentence(text: str) -> str:
    return _ended(text[:1].upper() + text[1:])


def _ended(text: str) -> str:
    return text if text.endswith(".") else text + "."
