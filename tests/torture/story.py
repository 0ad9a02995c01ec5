"""A story in which every command that writes occurs, each to be killed at any moment and to meet a failing disk.

In the words {other} is an address, {given} a folder of files to read, {place} one to write to, and {proposal} the
number of the proposal that waits longest.
"""

from __future__ import annotations

from typing import NamedTuple

GROUPS = frozenset({"db", "stages", "rates", "proposals", "forecast"})


class Deed(NamedTuple):
    """One command, and what it changes.

    `command`: the workspace. `new`: it makes one where none is. `target`: it fills the one at {other}, which is empty,
    or as `pipe init` left it where `fresh`. `file`: only the file `writes`, which is there before where `already`.
    `upgrade`: lists of an older program, and `rebuild` wrong ones. `restore`: another state of the workspace, in the
    place of a file that is `damaged`. The `short` ones alone are a story too. After one that `keeps`, the state is kept
    in {given}, as a backup and as a journal.
    """

    words: str
    kind: str = "command"
    writes: str = ""
    already: bool = False
    fresh: bool = False
    short: bool = False
    keeps: bool = False

    @property
    def name(self) -> str:
        """The command by which it is counted."""
        words = [word for word in self.words.split() if not word.startswith("-")]
        return " ".join(words[: 2 if words[0] in GROUPS else 1])


_BOUGHT = '--prove "need=Two people cost too much" --set close_date=2026-12-18'
STORY = (
    Deed("demo --size 8", "new"),
    Deed("init", "new", short=True),
    Deed("stages adopt {given}/stages.toml --yes", short=True),
    Deed(
        'add "ERP rollout" 48k -a Acme -n "call Jeanne" -d +4d --contact "Jeanne Martin <jeanne@acme.example>"',
        short=True,
    ),
    Deed('add "ERP roll-out" 30k -a "ACME Inc" -n "send offer" -d +2d --owner marc'),
    Deed('add Portal "USD 15000" -a Sirius -n "mail Ana" -d +9d --contact "Ana Berg <ana@sirius.example>"'),
    Deed("rates set USD 0.92"),
    Deed(
        'log 1 meeting "Jeanne Martin: we need a new ERP, stock errors cost us two people. The budget is 52k."',
        short=True,
        keeps=True,
    ),
    Deed("qualify 1"),
    Deed("proposals accept {proposal}"),
    Deed("proposals reject {proposal} --reason no"),
    Deed("suggest 2"),
    Deed('prove 1 need "They told us at length"'),
    Deed("unprove 1 need"),
    Deed(f"advance 1 {_BOUGHT}"),
    Deed('approve 1 feasible --reason "we can"'),
    Deed('waive 3 need --reason "They bought before"'),
    Deed("edit 2 --amount 31k --set source=fair"),
    Deed('next 2 "send the offer" -d +3d'),
    Deed("snooze 2 3 +12d"),
    Deed('done 2 "They have it" -n "call again" -d +6d'),
    Deed("handover marc lea"),
    Deed("merge 1 2 --take amount"),
    Deed("undo"),
    Deed("undo --redo"),
    Deed('lose 3 price "twice as dear"'),
    Deed('reopen 3 --reason "they called" -n "mail Ana" -d +5d'),
    Deed(f"win 3 fast {_BOUGHT}"),
    Deed("back 1 --to lead --reason early"),
    Deed("import {given}/deals.csv --map name=Deal --map id=Id --map amount=Value", short=True),
    Deed("undo --untouched", short=True),
    Deed("import {given}/box", short=True),
    Deed("import {given}/meetings.ics"),
    Deed("import {given}/journal.jsonl", "new"),
    Deed("stages edit"),
    Deed("doctor --rebuild", "rebuild"),
    Deed("export --journal -o {place}/all.jsonl", "file", "all.jsonl", already=True, short=True),
    Deed("export --xlsx -o {place}/all.xlsx", "file", "all.xlsx"),
    Deed("report --html -o {place}/report.html", "file", "report.html"),
    Deed("config decimal ,", "file", "config.toml", short=True),
    Deed("db backup {place}/backup", "file", "backup"),
    Deed("db backup {place}/backup --force", "file", "backup", already=True, short=True),
    Deed("db restore {given}/backup", "restore", short=True),
    Deed("db restore {given}/backup", "new"),
    Deed("db restore {given}/backup", "damaged", short=True),
    Deed("db copy {db} {other}", "target", short=True),
    Deed("db copy {db} {other}", "target", fresh=True),
    Deed("db upgrade", "upgrade", short=True),
    Deed('log 1 note "Lists of an older program"', "upgrade"),
    Deed('forget "Jeanne Martin" --yes', short=True),
)


SHORT = tuple(deed for deed in STORY if deed.short)
