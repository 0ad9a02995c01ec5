"""A summary on screen: a note by section, each statement behind a mark and in front of the entries it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from pipecli.domain.statements import ASK, GATE, NEXT, PEOPLE, SAID, SECTIONS, STANDING, TOLD, Statement
from pipecli.service.briefing import RULES, Brief
from pipecli.text import _, ngettext

from .console import literal
from .table import print_hanging
from .views import Column, View, plain, title

_NAMED = 3
"""How many entries are named behind a statement; of more the newest."""


def headings() -> dict[str, str]:
    """What each section is called."""
    return {
        STANDING: _("Where it stands"),
        SAID: _("What was said and promised"),
        PEOPLE: _("Who decides"),
        GATE: _("What the gate still needs"),
        NEXT: _("What is planned"),
        ASK: _("What to ask"),
    }


def print_brief(console: Console, found: Brief) -> None:
    """The whole note, and how many statements were dropped."""
    print_title(console, found)
    print_statements(console, found.found.statements)
    _print_end(console, found)


class Telling:
    """A summary on screen while a model writes a part of it: the rules' sections stand where they belong."""

    def __init__(self, console: Console, found: Brief) -> None:
        self._console = console
        self._rules = found
        self._begun: list[str] = []
        self._n = 0
        print_title(console, found)
        self._until(SAID)

    def add(self, statement: Statement) -> None:
        """One statement of the model, under its heading."""
        if not self._begun or self._begun[-1] != statement.section:
            self._until(statement.section)
            print_heading(self._console, statement.section)
            self._begun.append(statement.section)
            self._n = 0
        self._n += 1
        print_statement(self._console, statement, self._n)

    def end(self, found: Brief) -> None:
        """What is left of the rules', who wrote it, and how much was dropped."""
        self._until(None)
        _print_end(self._console, found)

    def fall_back(self) -> None:
        """The summary by rules instead: of what the model has begun as well."""
        if set(self._begun) & set(TOLD):
            self._console.print()
            self._console.print(Text(_("By the rules instead:"), style="yellow"))
        self._begun = [section for section in self._begun if section not in TOLD]
        self._until(None)

    def _until(self, section: str | None) -> None:
        """Print the rules' statements of the sections before one (None: of all) that do not stand there yet."""
        before = SECTIONS[: SECTIONS.index(section)] if section else SECTIONS
        open_ones = [name for name in before if name not in self._begun]
        print_statements(self._console, [s for s in self._rules.found.statements if s.section in open_ones])
        self._begun += open_ones


def print_title(console: Console, found: Brief) -> None:
    """`12 Acme · ERP rollout`."""
    console.print(Text(title(found.record), style="bold"))


def print_statements(console: Console, statements: Iterable[Statement]) -> None:
    """Statements by section, each section under its heading."""
    for section, group in groupby(statements, key=lambda one: one.section):
        print_heading(console, section)
        for n, statement in enumerate(group, 1):
            print_statement(console, statement, n)


def print_heading(console: Console, section: str) -> None:
    """The heading of a section, after an empty line."""
    console.print()
    console.print(Text(headings()[section], style="bold"))


def print_statement(console: Console, statement: Statement, n: int) -> None:
    """One statement; questions are counted."""
    lead, body = "  · ", literal(statement.text)
    if statement.section == ASK:
        lead = f"  {n}. "
    elif body.startswith("✗ "):
        lead, body = "  ✗ ", body[2:]
    words = Text(body, "bold" if statement.section == NEXT else "")
    words.append(f" {marks(statement.seqs)}", "dim")
    print_hanging(console, Text(lead, "red" if "✗" in lead else "dim"), words)


def marks(seqs: Sequence[int]) -> str:
    """`[1421]`: the entries a statement rests on; of many the newest."""
    shown = sorted(seqs)[-_NAMED:]
    more = "…" if len(seqs) > _NAMED else ""
    return f"[{more}{' '.join(map(str, shown))}]"


def _print_end(console: Console, found: Brief) -> None:
    """Who wrote what was not the rules', and how much was dropped, where there is anything to say."""
    dropped, lines = found.found.dropped, []
    if found.source != RULES:
        line = _("Written by {model} from the exchanges; [n] is a journal entry: pipe journal {ref}")
        lines.append(line.format(model=found.source, ref=found.record["id"]))
    if dropped:
        line = ngettext(
            "{n} statement was left out: no entry of this opportunity bears it out",
            "{n} statements were left out: no entry of this opportunity bears them out",
            dropped,
        )
        lines.append(line.format(n=dropped))
    if lines:
        console.print()
    for line in lines:
        print_hanging(console, "", literal(line), "dim")


def view() -> View:
    """The statements as a list."""
    return View(
        (
            Column("section", _("Section"), lambda r: headings()[r["section"]]),
            Column("text", _("Statement"), plain("text"), grows=True),
            Column("entries", _("Entries"), lambda r: " ".join(map(str, r["entries"]))),
        ),
        keys=("section", "text", "entries"),
    )
