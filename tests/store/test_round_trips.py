"""Over a network every answer that is waited for costs: at most 3 for a read and 5 for a write, once connected.

Every command there is stands in one of the tables below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipecli import clock, entry, templates
from pipecli.cli import completion
from pipecli.cli.commands import declared
from pipecli.config import Settings
from pipecli.service import board, refs
from pipecli.service.workspace import Workspace

from .living import TODAY, noon
from .proxy import Line, Proxy

READ, WRITE = 3, 5
Table = dict[str, list[str]]
NEXT = ("-n", "mail", "-d", "+2d")
NOT_ASKED = ("--no-model",)

# One reading each.
READS: Table = {
    "nothing typed": [],
    "today": ["today"],
    "today of everybody": ["today", "--all", "--days", "7"],
    "today as a calendar": ["today", "--ics", "today.ics"],
    "list": ["list"],
    "list of few": ["list", "--limit", "2"],
    "list of mine": ["list", "-m", "--where", "amount > 100"],
    "list where no SQL says it": ["list", "--where", 'source = "fair"'],
    "list as JSON": ["list", "--status", "all", "--json"],
    "list of a stage": ["list", "--stage", "lead", "-a", "Nord", "--tag", "key"],
    "list of a past day": ["list", "--as-of", "2026-01-31"],
    "list of a past day by proof": ["list", "--as-of", "2026-01-31", "--where", "unproven"],
    "show": ["show", "1"],
    "show by name": ["show", "ERP"],
    "show the last one": ["show", "."],
    "show what it was merged into": ["show", "4"],
    "show what others were merged into": ["show", "3"],
    "show of a past day": ["show", "6", "--as-of", "2026-01-31"],
    "show its proof": ["show", "1", "--proof"],
    "show by name its proof": ["show", "ERP", "--proof"],
    "why": ["why", "2"],
    "why of the last one": ["why", "."],
    "next": ["next"],
    "overdue": ["overdue"],
    "overdue by owner": ["overdue", "--by", "owner"],
    "stale": ["stale"],
    "stale by owner": ["stale", "--by", "owner"],
    "summary of the week": ["summary", *NOT_ASKED],
    "summary": ["summary", "1", *NOT_ASKED],
    "summary of the last one": ["summary", ".", *NOT_ASKED],
    "summary by name": ["brief", "ERP", *NOT_ASKED],
    "summary with what was merged": ["brief", "3", *NOT_ASKED],
    "proposals": ["proposals"],
    "proposals of one": ["proposals", "list", "1"],
    "proposals that were answered": ["proposals", "list", "--all", "--mine"],
    "a proposal": ["proposals", "show", "PROPOSAL"],
    "forecast": ["forecast"],
    "forecast as JSON": ["forecast", "--json"],
    "forecast by month": ["forecast", "--by", "month", "--until", "2026-12-31"],
    "forecast by owner": ["forecast", "--by", "owner"],
    "forecast by account": ["forecast", "--by", "account"],
    "forecast by a field": ["forecast", "--by", "effort_days"],
    "forecast of a past day": ["forecast", "--as-of", "2026-01-31"],
    "forecast of a past day by account": ["forecast", "--as-of", "2026-01-31", "--by", "account"],
    "forecast as it was known": ["forecast", "--as-known", "2026-01-31"],
    "forecast of counts": ["forecast", "--measure", "count"],
    "forecast of a field": ["forecast", "--measure", "effort_days"],
    "forecast explained": ["forecast", "--explain"],
    "forecast of a past day explained": ["forecast", "--explain", "--as-of", "2026-01-31"],
    "forecast drawn": ["forecast", "--chart"],
    "forecast in cash": ["forecast", "--cash"],
    "forecast of the work": ["forecast", "--load", "effort_days"],
    "why the forecast moved": ["forecast", "changes"],
    "why the forecast had moved": ["forecast", "changes", "--since", "2026-01-10", "--as-of", "2026-01-31"],
    "backtest": ["forecast", "backtest", "--horizon", "7d"],
    "calibrate": ["forecast", "calibrate"],
    "calibrate, with nothing to adopt": ["forecast", "calibrate", "--adopt", "--yes"],
    "stats": ["stats"],
    "stats of a past day": ["stats", "--as-of", "2026-01-31"],
    "stats funnel": ["stats", "funnel"],
    "stats velocity": ["stats", "velocity"],
    "stats losses": ["stats", "losses", "--as-of", "2026-01-31"],
    "stats owners": ["stats", "owners"],
    "stats sources": ["stats", "sources"],
    "focus": ["focus"],
    "report": ["report"],
    "report of the month": ["report", "monthly", "-o", "report.html"],
    "journal": ["journal"],
    "journal of few": ["journal", "--limit", "2"],
    "journal of one": ["journal", "1"],
    "journal of one with what was merged": ["journal", "3"],
    "journal by name": ["journal", "ERP", "--limit", "2"],
    "journal of the last one": ["journal", "."],
    "rates": ["rates"],
    "rates list": ["rates", "list"],
    "audit": ["audit"],
    "audit of mine": ["audit", "--mine"],
    "audit by owner": ["audit", "--by", "owner"],
    "clean": ["clean", "--json"],
    "clean by owner": ["clean", "--by", "owner"],
    "clean names": ["clean", "--names", "--json"],
    "export as CSV": ["export", "--csv", "-o", "all.csv"],
    "export as JSON": ["export", "--json", "-o", "all.json"],
    "export as a workbook": ["export", "--xlsx", "-o", "all.xlsx"],
    "export the journal": ["export", "--journal", "-o", "all.jsonl"],
    "import, tried": ["import", "leads.csv", "--dry-run"],
    "import of what is known": ["import", "landed.csv"],
    "stages": ["stages"],
    "stages show": ["stages", "show", "--toml"],
    "stages discover": ["stages", "discover", "--workspace"],
    "backups": ["db", "backups"],
    "upgrade of what is up to date": ["db", "upgrade"],
}

# One transaction each.
WRITES: Table = {
    "add": ["add", "Kiosk", *NEXT],
    "add with everything": [
        *("add", "Kiosk", "USD 9k", "-a", "Acmé", "--contact", "Eve <e@acme.example>", "--owner", "bob"),
        *("--set", "decision_maker=Ida", "--source", "web", "--tag", "key", "--close", "eoy", *NEXT),
    ],
    "add to an account": [
        *("add", "Kiosk", "USD 9k", "-a", "Acme", "--contact", "Eve <e@acme.example>", "--owner", "bob"),
        *("--set", "decision_maker=Jeanne", *NEXT),
    ],
    "done": ["done", "1", "We spoke", *NEXT],
    "done by name": ["done", "ERP", "We spoke", *NEXT],
    "done with the last one touched": ["done", ".", "We spoke", *NEXT],
    "next": ["next", "1", "ring them", "-d", "+4d"],
    "snooze": ["snooze", "1", "+9d"],
    "snooze several": ["snooze", "1", "2", "ERP", "4", "+9d"],
    "log": ["log", "1", "call", "They rang"],
    "prove": ["prove", "1", "problem", "They said so"],
    "prove by a file": ["prove", "1", "problem", "--file", "leads.csv"],
    "prove what was merged": ["prove", "4", "need", "They said so"],
    "unprove": ["unprove", "1", "problem"],
    "advance": ["advance", "2", "--prove", "need=Yes", "--set", "contact=Bo"],
    "advance with an account": ["advance", "2", "--set", "account=Borel", "--prove", "need=Yes"],
    "advance by name": ["advance", "Portal", "--prove", "need=Yes"],
    "approve": ["approve", "10", "feasible"],
    "approve, refusing": ["approve", "10", "feasible", "--refuse", "--reason", "too big"],
    "edit": ["edit", "1", "--amount", "50k", "--set", "source=fair"],
    "edit the owner": ["edit", "1", "--owner", "bob"],
    "edit the people": ["edit", "1", "--set", "account=Borel", "--set", "contact=Bo <b@b.example>"],
    "edit the probability": ["edit", "1", "--probability", "30", "--reason", "they hurry"],
    "back": ["back", "1", "--reason", "too early"],
    "win": [
        *("win", "6", "they like us", "--set", "close_date=2026-03-02", "--amount", "4k"),
        *(
            f"--prove={key}=Yes"
            for key in ("need", "problem", "decision-maker", "offer", "answer", "objections")
        ),
        *("--prove", "order=Signed", "--set", "decision_maker=Ana", "--set", "quote_valid_until=2026-04-01"),
    ],
    "lose": ["lose", "1", "price"],
    "reopen": ["reopen", "5", "--reason", "they called", *NEXT],
    "waive": ["waive", "1", "feasible", "--reason", "known"],
    "handover": ["handover", "bob", "postgres"],
    "handover of several": ["handover", "postgres", "bob"],
    "merge": ["merge", "1", "10", "--reason", "one and the same"],
    "merge by name": ["merge", "ERP", "Big", "--reason", "one and the same", "--take", "amount,owner"],
    "accept a proposal": ["proposals", "accept", "PROPOSAL"],
    "reject a proposal": ["proposals", "reject", "PROPOSAL"],
    "rates set": ["rates", "set", "USD", "0.95"],
    "rates set anew": ["rates", "set", "CHF", "1.05"],
    "undo": ["undo"],
}

# One that wrote, then `undo` of it.
UNDONE: Table = {
    "an opportunity with its account": WRITES["add with everything"],
    "a proof": WRITES["prove"],
    "a rate": WRITES["rates set"],
    "a handover": WRITES["handover of several"],
    "a merge": WRITES["merge"],
    "an import": ["import", "leads.csv"],
}

# These look first, then write over a connection of their own, and some look again: each of the two has its limit.
SEVERAL: dict[str, tuple[list[str], str]] = {
    "suggest": (["suggest", *NOT_ASKED], "what is shown is read before the lock is taken"),
    "suggest for one": (["suggest", "1", *NOT_ASKED], "a model may be asked in between"),
    "suggest for the last one": (["suggest", ".", *NOT_ASKED], "a model may be asked in between"),
    "qualify": (["qualify", "1", *NOT_ASKED], "a model may be asked in between"),
    "log a message": (["log", "1", "--mail", "mail.eml"], "its days are read before the lock is taken"),
    "log a meeting": (["log", "1", "--ics", "meeting.ics"], "its days are read before the lock is taken"),
    "import": (["import", "leads.csv"], "rows are decided before the lock is taken"),
    "import mail": (["import", "mail.eml"], "messages are decided before the lock is taken"),
    "adopt": (["stages", "adopt", "changed.toml", "--yes"], "what it changes is shown first"),
}

# These ask no database.
LOCAL: Table = {
    "config": ["config"],
    "xray": ["xray", "leads.csv"],
    "check": ["stages", "check", "changed.toml"],
    "templates": ["stages", "templates"],
    "completion": ["completion", "bash"],
}

EXCEPTIONS = {
    "board": "lives long; what it reads is counted below",
    "go": "lives long; what it reads is counted below",
    "mcp": "lives long; what a tool reads is counted below",
    "doctor": "replays the whole journal, opportunity by opportunity, and compares every row",
    "db backup": "writes a whole journal and asks of all of it whether it is sound, as the doctor does",
    "demo": "writes a whole workspace",
    "init": "makes every table of a workspace, statement by statement",
    "stages edit": "what `stages adopt` does, once the editor is closed",
    "proposals review": "one `proposals accept` or `reject` for each key",
    "db restore": "writes a whole workspace and replays it",
    "db copy": "writes a whole workspace and replays it",
    "forget": "behind its two, it rewrites every table by itself, which no transaction takes",
}

DEFINITION = (
    templates.read("b2b")
    .replace("@me", "postgres")
    .replace("probability = 25", "probability = { default = 25, min = 5, max = 40 }")
    + """
[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[payment]]
share = 100
label = "on delivery"

[delivery]
start_after = "14d"
over = "6w"
"""
)
FILES = {
    "pipeline.toml": DEFINITION,
    "changed.toml": DEFINITION.replace("probability = 50", "probability = 55"),
    "landed.csv": "id,Opportunity,Account,Amount,Stage,Owner\n"
    "x1,Old win,Ost,3000,Won,bob\nx2,Old loss,Ost,3000,Lost,bob\nx3,Old lead,West,3000,Qualified lead,bob\n",
    "leads.csv": "Opportunity,Account,Amount,Stage,Owner,Contact\n"
    "Kiosk,Borel,3000,Qualified lead,bob,Bo\nTerminal,Acme,4000,Qualified lead,bob,Cy\n",
    "mail.eml": "From: Ana <ana@solo.example>\nTo: me@us.example\nDate: Mon, 23 Feb 2026 08:00:00 +0000\n"
    "Message-ID: <a1@solo.example>\nSubject: Going on\n\nWe want to go on.\n",
    "meeting.ics": "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\nBEGIN:VEVENT\nUID:m1@x\n"
    "DTSTAMP:20260220T090000Z\nDTSTART:20260220T090000Z\nDTEND:20260220T100000Z\nSUMMARY:ERP\n"
    "DESCRIPTION:We met.\nEND:VEVENT\nEND:VCALENDAR\n",
}
LIFE: list[tuple[date, list[str]]] = [
    (date(2026, 1, 5), ["init"]),
    (date(2026, 1, 5), ["stages", "adopt", "pipeline.toml", "--yes"]),
    (
        date(2026, 1, 5),
        ["add", "ERP rollout", "48k", "-a", "Acme", "--contact", "Jeanne <j@acme.example>", *NEXT],
    ),
    (date(2026, 1, 5), ["add", "Portal", "USD 9k", "--set", "effort_days=4", *NEXT]),
    (date(2026, 1, 5), ["add", "Audit", "7k", "-a", "Nord", *NEXT]),
    (date(2026, 1, 5), ["add", "Audit", "7k", "-a", "Nord", "--contact", "Nina <n@nord.example>", *NEXT]),
    (date(2026, 1, 5), ["add", "Site", "5k", "-a", "Sud", "--owner", "bob", *NEXT]),
    (date(2026, 1, 5), ["add", "Solo", "3k", "-a", "Solo", "--contact", "Ana <ana@solo.example>", *NEXT]),
    (date(2026, 1, 5), ["rates", "set", "USD", "0.9"]),
    (date(2026, 1, 12), ["log", "1", "call", "They have a problem because counting costs us two days"]),
    (date(2026, 1, 12), ["advance", "1", "--prove", "need=Two people count by hand"]),
    (date(2026, 1, 12), ["lose", "5", "price"]),
    (date(2026, 1, 20), ["import", "landed.csv"]),
    (date(2026, 2, 10), ["merge", "3", "4"]),
    (date(2026, 2, 10), ["edit", "2", "--set", "effort_days=6", "--set", "source=fair"]),
    (date(2026, 2, 10), ["edit", "6", "--set", "account=Solo & Co", "--amount", "4k"]),
    (date(2026, 2, 10), ["reopen", "5", "--reason", "they called", *NEXT]),
    (date(2026, 2, 20), ["lose", "5", "timing"]),
    (date(2026, 2, 20), ["add", "Big", "90k", "-a", "Acme", "--contact", "Jeanne <j@acme.example>", *NEXT]),
    (date(2026, 2, 20), ["advance", "10", "--prove", "need=Yes"]),
    (date(2026, 2, 20), ["prove", "10", "problem", "They said so"]),
    (date(2026, 2, 20), ["waive", "10", "feasible", "--reason", "known"]),
    (date(2026, 2, 24), ["prove", "1", "problem", "They said so", "--set", "decision_maker=Jeanne"]),
    (date(2026, 2, 24), ["add", "Late", "2k", "-a", "Nord", "--owner", "bob", "-n", "call", "-d", "+1d"]),
    (date(2026, 2, 24), ["log", "6", "meeting", "We met and went through the scope"]),
    (TODAY, ["suggest", *NOT_ASKED]),
    (TODAY, ["prove", "6", "need", "They said so"]),
]


@pytest.fixture(scope="module")
def proxy(server: str) -> Iterator[Proxy]:
    """A proxy before the server of these tests."""
    folder = parse_qs(urlsplit(server).query)["host"][0]
    found = Proxy(f"{folder}/.s.PGSQL.5432")
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(proxy: Proxy) -> Callable[[str], str]:
    """The address of a database behind the proxy."""
    return lambda name: (
        f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
    )


@pytest.fixture(scope="module")
def lived(
    server: str, address: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The name of a database in which two months were lived, and a proposal that waits there."""
    import psycopg

    folder = tmp_path_factory.mktemp("life")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create database trips")
    with pytest.MonkeyPatch.context() as patch:
        _settle(patch, address("trips"), folder)
        for day, words in LIFE:
            clock.freeze(noon(day))
            assert entry.run(words) in (0, 4), words
        clock.freeze(None)
    with psycopg.connect(server.replace("/postgres?", "/trips?")) as made:
        [(proposal,)] = made.execute("select max(id) from proposal where status = 'open'").fetchall()
    yield "trips", str(proposal)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop database trips with (force)")


def _settle(patch: pytest.MonkeyPatch, address: str, folder: Path) -> None:
    environ = {
        "PIPE_DB": address,
        "PIPE_CONFIG": str(folder / "no.toml"),
        "XDG_DATA_HOME": str(folder / "data"),
    }
    for variable, value in environ.items():
        patch.setenv(variable, value)
    patch.chdir(folder)


@pytest.fixture
def here(
    lived: tuple[str, str], address: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The database that was lived in, which a test leaves as it finds it."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    _settle(monkeypatch, address(lived[0]), tmp_path)
    return address(lived[0])


@pytest.fixture
def copied(
    here: str, server: str, address: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A copy of the database that was lived in."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create database copied template trips strategy file_copy")
    monkeypatch.setenv("PIPE_DB", address("copied"))
    yield address("copied")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop database copied with (force)")


@pytest.fixture
def pipe(proxy: Proxy, lived: tuple[str, str]) -> Callable[[list[str]], list[Line]]:
    """Runs a command through the proxy; the connections it made."""

    def run(words: list[str]) -> list[Line]:
        before = len(proxy.lines)
        assert entry.run([lived[1] if word == "PROPOSAL" else word for word in words]) in (0, 4)
        return proxy.lines[before:]

    return run


Pipe = Callable[[list[str]], list[Line]]


def counts(lines: list[Line]) -> list[tuple[int, bool]]:
    """The round trips of each connection, and whether it wrote."""
    return [(line.trips, line.writes) for line in lines]


def within(lines: list[Line]) -> bool:
    """Whether each connection kept to its limit."""
    return all(1 <= line.trips <= (WRITE if line.writes else READ) for line in lines)


@pytest.mark.parametrize("what", READS)
def test_a_read_takes_three_round_trips(here: str, pipe: Pipe, what: str) -> None:
    lines = pipe(READS[what])
    assert [line.writes for line in lines] == [False], what
    assert within(lines), counts(lines)


@pytest.mark.parametrize("what", WRITES)
def test_a_write_takes_five_round_trips(copied: str, pipe: Pipe, what: str) -> None:
    lines = pipe(WRITES[what])
    assert [line.writes for line in lines] == [True], what
    assert within(lines), counts(lines)


@pytest.mark.parametrize("what", UNDONE)
def test_taking_it_back_takes_five_as_well(copied: str, pipe: Pipe, what: str) -> None:
    pipe(UNDONE[what])
    for words in (["undo"], ["undo", "--redo"]):
        lines = pipe(words)
        assert [line.writes for line in lines] == [True]
        assert within(lines), counts(lines)


@pytest.mark.parametrize("what", SEVERAL)
def test_what_looks_before_it_writes_keeps_to_both_limits(copied: str, pipe: Pipe, what: str) -> None:
    words, why = SEVERAL[what]
    lines = pipe(words)
    assert 2 <= len(lines) <= 3, why
    assert within(lines), counts(lines)


def test_an_erasure_looks_and_writes_within_both_limits(copied: str, pipe: Pipe) -> None:
    look, write, *_swept = pipe(["forget", "Ana", "--yes"])
    assert (look.writes, write.writes) == (False, True)
    assert within([look, write]), counts([look, write])


@pytest.mark.parametrize("what", LOCAL)
def test_what_asks_no_database(here: str, pipe: Pipe, what: str) -> None:
    assert counts(pipe(LOCAL[what])) == []


def test_every_command_is_counted_or_says_why_not() -> None:
    tables = (READS, WRITES, LOCAL, {what: words for what, (words, _why) in SEVERAL.items()})
    counted = {" ".join(words[:2]) for table in tables for words in table.values()}
    counted |= {words[0] for table in tables for words in table.values() if words}
    for name in _commands():
        assert (name in counted) != (name in EXCEPTIONS), name
    assert set(_commands()) >= EXCEPTIONS.keys()


def _commands() -> Iterator[str]:
    """Every command by its name, those of a group behind it."""
    for command in declared():
        yield command.name
        if command.function == "group":
            made = import_module(f"pipecli.cli.{command.module}").group("")
            yield from (f"{command.name} {name}" for name in made.commands)


def _workspace(address: str) -> Workspace:
    return Workspace(Settings(environ={"PIPE_DB": address, "PIPE_CONFIG": "no.toml"}))


BESIDE: dict[str, Callable[[Workspace], object]] = {
    "the board": board.read,
    "the pick list": refs.candidates,
    "a search of what is closed": lambda place: refs.closed(place, "Old", 20),
    "references, completed": lambda place: completion._found("ref", "E", place.settings.environ),
    "owners, completed": lambda place: completion._found("owner", "b", place.settings.environ),
    "criteria, completed": lambda place: completion._found("criterion", "", place.settings.environ),
}


@pytest.mark.parametrize("what", BESIDE)
def test_what_is_read_beside_commands(here: str, proxy: Proxy, what: str) -> None:
    before = len(proxy.lines)
    BESIDE[what](_workspace(here))
    assert len(proxy.lines) == before + 1
    assert within(proxy.lines[before:])


def test_what_an_agent_reads(here: str, proxy: Proxy) -> None:
    pytest.importorskip("mcp")
    from pipecli.agents.reading import Reading

    tools = Reading(_workspace(here))
    given = {"search": ["ERP"], "show_opportunity": [1], "read_exchange": [6, None], "explain_gate": [1]}
    for _title, tool in tools.tools():
        before = len(proxy.lines)
        if tool.__name__ != "read_exchange":
            tool(*given.get(tool.__name__, []))
            assert within(proxy.lines[before:]), tool.__name__
            assert 1 <= len(proxy.lines) - before <= 2
