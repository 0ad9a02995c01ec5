"""`pipe xray`: the truth about a file on one screen, the worst first; two columns where the terminal is wide."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipecli.domain import xray as rules
from pipecli.domain.survival import FEWEST_CASES
from pipecli.text import _, ngettext

from .console import PIPED_WIDTH, literal
from .table import fit, hanging_lines, table_lines
from .views import Record
from .xray_reading import readings
from .xray_tables import ahead, cycle, holders
from .xray_words import (
    INDENT,
    Block,
    count,
    day_text,
    days_text,
    faults_view,
    field_names,
    money,
    share_text,
    title,
    weight,
)

_GUTTER = 4
_TWO_COLUMNS = 132
_BIG = 0.25
_OLDEST = 3


def print_xray(console: Console, found: Record) -> None:
    """Everything that a file says, in blocks."""
    width = console.width
    two = _TWO_COLUMNS <= width < PIPED_WIDTH
    each = (width - _GUTTER) // 2 if two else width
    left = [_wrong(console, found, each), cycle(console, found, each)]
    right = [holders(found, each), ahead(console, found, each)]
    blocks = [_head(console, found, width), _headline(console, found, width)]
    blocks += [_beside(_stacked(left), _stacked(right), each)] if two else [*left, *right]
    blocks.append(readings(console, found, width))
    console.print(Text("\n").join(_stacked(blocks)), no_wrap=True, crop=False)
    _print_commands(console, found)


def _stacked(blocks: Sequence[Block]) -> Block:
    """Blocks one under the other, a blank line between two."""
    found: Block = []
    for block in blocks:
        if block and found:
            found.append(Text())
        found += block
    return found


def _beside(left: Block, right: Block, each: int) -> Block:
    if not left or not right:
        return left or right
    lines = []
    for one, other in zip_longest(left, right, fillvalue=Text()):
        pad = " " * (each + _GUTTER - one.cell_len)
        line = Text.assemble(one, pad, other)
        line.rstrip()
        lines.append(line)
    return lines


def _head(console: Console, found: Record, width: int) -> Block:
    """The file, its counts and amounts, and as of when it is read."""
    counts, amounts = found["counts"], found["amounts"]
    name = literal(found["path"].rpartition("/")[2])
    n = ngettext("{n} opportunity", "{n} opportunities", counts["n"]).format(n=count(counts["n"]))
    words = {
        "open": _("{n} open").format(n=count(counts["open"])),
        "won": ngettext("{n} win", "{n} wins", counts["won"]).format(n=count(counts["won"])),
        "lost": ngettext("{n} loss", "{n} losses", counts["lost"]).format(n=count(counts["lost"])),
    }
    figures = [
        text + (f" {money(amounts[key], found)}" if amounts[key] else "")
        for key, text in words.items()
        if counts[key] or key == "open"
    ]
    first = Text.assemble((name, "bold"), f"   {n}")
    rest = Text("   ".join(figures))
    whole = Text.assemble(first, "   ", rest)
    lines = [whole] if whole.cell_len <= width else [first, *hanging_lines(console, "", rest, width)]
    said = [_as_of(found)]
    if found["system"]:
        said.insert(0, _("An export of {system}.").format(system=found["system"]))
    if found["events_only"]:
        said.insert(0, _("A history: each opportunity is known by its events alone."))
    if there := found["deleted"]:
        said.append(
            _("All of it is deleted there: it is counted all the same, but an import takes none of it.")
            if there >= counts["n"]
            else ngettext(
                "{n} is deleted there and counted all the same.",
                "{n} are deleted there and counted all the same.",
                there,
            ).format(n=count(there))
        )
    return [*lines, *hanging_lines(console, "", " ".join(said), width, "dim")]


def _as_of(found: Record) -> str:
    if not found["last"]:
        return _("No day could be read in it. Nothing is written.")
    days = _("From {first} to {last}").format(first=day_text(found["first"]), last=day_text(found["last"]))
    if found["as_of"] == found["last"] < found["today"]:
        return _(
            "{days}, read as of that last day; --as-of today looks from today. Nothing is written."
        ).format(days=days)
    if found["as_of"] == found["last"]:
        return _("{days}, read as of that last day. Nothing is written.").format(days=days)
    return _("{days}, read as of {day}. Nothing is written.").format(days=days, day=day_text(found["as_of"]))


def _headline(console: Console, found: Record, width: int) -> Block:
    """The one sentence to remember, and whom it is about."""
    text, style = _worst(found)
    lines = hanging_lines(console, "", text, width, style)
    if found["oldest"]:
        lines.append(_oldest_line(found, width))
    return lines


def _oldest_line(found: Record, width: int) -> Text:
    """Those that weigh most among what is too old, as many as the line holds."""
    line = Text("  " + _("Among them: "))
    line.append(_oldest_text(found["oldest"][0], found))
    for one in found["oldest"][1:_OLDEST]:
        text = "; " + _oldest_text(one, found)
        if line.cell_len + cell_len(text) > width:
            break
        line.append(text)
    return line


def _worst(found: Record) -> tuple[str, str]:
    faults = {one["fault"]: one for one in found["faults"]}
    older, span = faults.get(rules.OLDER), found["days_to_win"]
    if older:
        if older["n"] < found["counts"]["open"]:
            line = ngettext(
                "{k} of the {n} open opportunities whose opening is known{share} is older than any you ever won "
                "({limit}).",
                "{k} of the {n} open opportunities whose opening is known{share} are older than any you ever won "
                "({limit}).",
                older["k"],
            )
        else:
            line = ngettext(
                "{k} of {n} open opportunities{share} is older than any you ever won ({limit}).",
                "{k} of {n} open opportunities{share} are older than any you ever won ({limit}).",
                older["k"],
            )
        words = line.format(
            k=count(older["k"]), n=count(older["n"]), share=weight(older, found), limit=_limit(span)
        )
        return words, "bold red"
    if {"stage", "created", "close_date"} <= {*found["absent"]} - {*found["left_out"]}:
        return _("Nothing in it says a stage or a day: is it a list of opportunities?"), "bold yellow"
    if not found["counts"]["open"]:
        return _("Nothing in it is open: it tells how you won and lost, not what is to come."), "bold"
    late = faults.get(rules.LATE)
    if late:
        line = ngettext(
            "{k} of {n} open opportunities{share} was to close before {day}.",
            "{k} of {n} open opportunities{share} were to close before {day}.",
            late["k"],
        )
        return line.format(
            k=count(late["k"]),
            n=count(late["n"]),
            share=weight(late, found),
            day=day_text(found["as_of"]),
        ), "bold red"
    if span and not span["longest"]:
        return _("Every win was entered on the day it was won: nothing says how long one takes."), "bold"
    if span:
        line = _("Nothing open is older than what you have won ({limit}).")
        return line.format(limit=_limit(span)), "bold green"
    if not found["counts"]["won"]:
        return _("Nothing in it was won, so that nothing says how long a win takes."), "bold"
    return _("It does not say how long a win takes: that needs the days of opening and of closing."), "bold"


def _limit(span: Record) -> str:
    days = days_text(span["longest"])
    if span["n"] >= FEWEST_CASES:
        return days
    return ngettext("{days}, the longest of {n} win", "{days}, the longest of {n} wins", span["n"]).format(
        days=days, n=span["n"]
    )


def _oldest_text(one: Record, found: Record) -> str:
    name = literal(one["name"] or "")
    account = literal(one["account"] or "")
    subject = f"{account} · {name}" if account and account != name else name
    parts = [
        fit(subject, 36),
        *([money(one["amount"], found)] if one["amount"] else []),
        days_text(one["days"]),
    ]
    return ", ".join(parts)


def _wrong(console: Console, found: Record, width: int) -> Block:
    """Every fault with its cases, then what the file cannot say."""
    lines = table_lines(faults_view(found), found["faults"], width, indent=INDENT, titles=False)
    if found["absent"]:
        words = ", ".join(field_names()[name] for name in found["absent"])
        lines += hanging_lines(console, " " * INDENT + _("Nowhere in it: "), words, width, "yellow")
    lines += _concentration(console, found, width)
    return [title(_("What is wrong, the worst first")), *lines] if lines else []


def _concentration(console: Console, found: Record, width: int) -> Block:
    """That one opportunity is a large part of all that is open, where it is."""
    one = found["biggest"]
    if not one or one["share"] < _BIG or found["counts"]["open"] < 2:
        return []
    line = _("{what} is {share} of the open amount")
    text = line.format(what=literal(one["name"] or ""), share=share_text(one["share"]))
    return hanging_lines(console, " " * INDENT, text, width)


def _none_lands(found: Record) -> str:
    """Why there is nothing to type."""
    if found["deleted"]:
        return _("There is nothing to bring in: each of its rows is deleted there.")
    return _("There is nothing to bring in: an import takes none of its rows as they stand.")


def _print_commands(console: Console, found: Record) -> None:
    """What to type to work with it from tomorrow on, never cut: it is there to be copied."""
    console.print()
    if not found["commands"]:
        console.print(Text(_none_lands(found)), soft_wrap=True)
        return
    console.print(title(_("Bring it in")))
    for one in found["commands"]:
        line = Text.assemble(" " * INDENT, (literal(one["command"]), "cyan"))
        words = Text(f"   {one['note']}", style="dim")
        if line.cell_len + words.cell_len <= console.width:
            console.print(Text.assemble(line, words), soft_wrap=True)
        else:
            console.print(line, soft_wrap=True)
            console.print(Text(f" {words}", style="dim"), soft_wrap=True)
