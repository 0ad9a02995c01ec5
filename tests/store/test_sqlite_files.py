"""Everything a file can be instead of a healthy workspace: one clear line each, and nothing changed."""

import os
import signal
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipecli import entry
from pipecli.errors import StoreError
from pipecli.service import creating, demo, doctor, gates, lists, opportunities, restoring
from pipecli.service.exporting import export_journal
from pipecli.store import sqlite
from pipecli.store.driver import Driver
from pipecli.store.opening import open_database

from .files import NEXT, at_path, beside, mode, names


@pytest.fixture
def engine() -> str:
    return "sqlite"


def refusals(path: Path) -> set[str]:
    """What reading, writing and the doctor say, the same one line."""
    workspace = at_path(path)
    lines = set()
    for call in (
        lambda: lists.listing(workspace, lists.Wanted(), 0),
        lambda: opportunities.add(workspace, "x", NEXT),
        lambda: doctor.doctor(workspace),
    ):
        with pytest.raises(StoreError) as caught:
            call()
        lines.add(caught.value.message)
    return lines


# Its own files


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_readable_by_their_owner_alone(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "new" / "deep" / "pipe.db"
    before = os.umask(umask)
    try:
        creating.init(at_path(path).settings)
        driver = open_database(str(path), write=True)
        driver.run("update workspace set uid = 'x'")
        assert [mode(beside(path, ending)) for ending in ("", "-wal", "-shm")] == [0o600] * 3
        driver.close()
    finally:
        os.umask(before)
    assert mode(path.parent) == 0o700


def test_an_empty_file_becomes_a_workspace_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "pipe.db"
    path.touch(mode=0o666)
    creating.init(at_path(path).settings)
    assert mode(path) == 0o600
    assert names(at_path(path)) == []


@pytest.mark.parametrize(
    "name", ["what? 100%.db", "a#b;c&d=e.db", "100%25 é 🎉.db", "C:\\x?mode=ro.db", " .db"]
)
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    workspace = at_path(tmp_path / "a folder? #1" / name)
    creating.init(workspace.settings)
    opportunities.add(workspace, "ERP", NEXT)
    assert names(workspace) == ["ERP"]
    assert {p.name for p in (tmp_path / "a folder? #1").iterdir()} <= {name, name + "-wal", name + "-shm"}


def test_a_name_that_is_no_text_is_a_name(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.db"))
    creating.init(at_path(path).settings)
    assert names(at_path(path)) == []


# Other things than a workspace


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe.db"
    assert refusals(path) == {
        f"there is no workspace at {path}; make one: pipe init, or look around: pipe --demo demo"
    }
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_file_as_folder_are_missing_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "nowhere" / "pipe.db", tmp_path / "file" / "pipe.db"):
        assert all("there is no workspace at" in line for line in refusals(path))
    with pytest.raises(StoreError, match="cannot be made: "):
        creating.init(at_path(tmp_path / "file" / "pipe.db").settings)


def test_a_folder(tmp_path: Path) -> None:
    assert refusals(tmp_path) == {f"{tmp_path} is a folder, not a workspace"}


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    assert refusals(path) == {f"{path} cannot be opened: File name too long"}
    with pytest.raises(StoreError, match="cannot be made: File name too long"):
        creating.init(at_path(path).settings)


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table customers (name text)")
        connection.execute("insert into customers values ('Acme')")
    connection.close()


OTHERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an empty file": (lambda path: path.touch(), "there is no workspace at {path}; make one"),
    "a text file": (lambda path: path.write_text("name,amount\n" * 99), "{path} is damaged or not a pipecli"),
    "a short text": (lambda path: path.write_text("hello"), "{path} is damaged or not a pipecli workspace"),
    "noise": (lambda path: path.write_bytes(bytes(range(256)) * 64), "{path} is damaged or not a pipecli"),
    "zeros": (lambda path: path.write_bytes(bytes(8192)), "{path} is damaged or not a pipecli workspace"),
    "another program's": (other_program, "{path} is a database but not a pipecli workspace"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_that_is_no_workspace_is_said_so_and_left_as_it_is(tmp_path: Path, kind: str) -> None:
    make, expected = OTHERS[kind]
    path = tmp_path / "pipe.db"
    make(path)
    before = path.read_bytes()
    lines = refusals(path)
    assert len(lines) == 1
    assert lines.pop().startswith(expected.format(path=path))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    if kind != "an empty file":
        with pytest.raises(StoreError, match="exists already; nothing was changed"):
            creating.init(at_path(path).settings)
        assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [100, 4096, 9000, 0.5])
def test_a_truncated_file(file: Path, kept: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept if kept > 1 else len(whole) * kept)])
    for line in refusals(file):
        assert line.startswith(f"{file} is damaged or not a pipecli workspace ("), line


def test_a_page_overwritten_is_found_by_the_doctor_or_refused(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(size - 4096)
        stream.write(b"\xff" * 4096)
    try:
        assert doctor.doctor(at_path(file)).faults != []
    except StoreError as error:
        assert "is damaged or not a pipecli workspace" in error.message


def test_an_init_that_died_after_making_the_file_can_be_done_again(tmp_path: Path) -> None:
    path = tmp_path / "pipe.db"
    sqlite.create_sqlite(path).close()
    assert path.stat().st_size > 0
    creating.init(at_path(path).settings)
    assert doctor.doctor(at_path(path)).faults == []


@pytest.mark.parametrize("again", ["init", "demo", "restore"])
def test_a_process_that_died_over_the_first_page_left_nothing(file: Path, tmp_path: Path, again: str) -> None:
    """The page was on its way out of a journal that takes it back; who only reads cannot, and called it read-only."""
    path, journal = tmp_path / "new.db", tmp_path / "journal.jsonl"
    path.write_bytes(file.read_bytes()[:4096])
    nothing_before = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + struct.pack(">IIIII", 0, 1, 0, 512, 4096)
    beside(path, "-journal").write_bytes(nothing_before.ljust(512, b"\0"))
    with journal.open("w", encoding="utf-8", newline="") as out:
        export_journal(at_path(file), out)
    settings = at_path(path).settings
    made: dict[str, Callable[[], object]] = {
        "init": lambda: creating.init(settings),
        "demo": lambda: demo.demo(settings, size=2),
        "restore": lambda: restoring.restore(settings, journal),
    }
    if again == "init":
        assert refusals(path) == {
            f"there is no workspace at {path}; make one: pipe init, or look around: pipe --demo demo"
        }
    made[again]()
    assert doctor.doctor(at_path(path)).faults == []


# Locks


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)


@pytest.fixture
def locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Another connection that is writing."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    yield other
    other.close()


def test_a_write_while_another_writes_gives_up_with_one_line(
    file: Path, impatient: None, locked: sqlite3.Connection
) -> None:
    with pytest.raises(StoreError) as caught:
        opportunities.add(at_path(file), "x", NEXT)
    assert caught.value.message == f"{file} is locked by another process; try again when it is done"
    assert names(at_path(file)) == ["ERP"]
    locked.execute("rollback")
    opportunities.add(at_path(file), "CRM", NEXT)
    assert names(at_path(file)) == ["ERP", "CRM"]


def test_a_write_waits_for_another_one_to_end(
    file: Path, locked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks more often the longer it waits, so that nobody is passed over by those who come later."""
    now, pauses = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        now[0] += seconds
        pauses.append(seconds)
        if now[0] > sqlite.BUSY_SECONDS - 1:
            locked.execute("rollback")

    monkeypatch.setattr(sqlite.time, "sleep", sleep)
    monkeypatch.setattr(sqlite.time, "monotonic", lambda: 1 + now[0])
    assert opportunities.add(at_path(file), "CRM", NEXT).ref == 2
    assert pauses == sorted(pauses, reverse=True)
    assert (pauses[0], pauses[-1]) == (0.02, 0.002)
    assert now[0] > 29


def test_ctrl_c_ends_a_write_that_waits(
    file: Path,
    locked: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    pauses = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(sqlite.time, "sleep", sleep)
    monkeypatch.setenv("PIPE_DB", str(file))
    monkeypatch.setenv("PIPE_CONFIG", str(tmp_path / "none"))
    assert entry.run(["add", "CRM", "-n", "call", "-d", "+3d"]) == 130
    assert (capsys.readouterr().out, len(pauses)) == ("", 1)
    assert names(at_path(file)) == ["ERP"]


def test_a_read_is_never_held_up_by_a_write(file: Path, impatient: None, locked: sqlite3.Connection) -> None:
    locked.execute("update workspace set uid = 'x'")
    assert names(at_path(file)) == ["ERP"]


def test_an_exclusive_lock_holds_up_reads_too(file: Path, impatient: None) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("pragma journal_mode=delete")
    other.execute("begin exclusive")
    assert refusals(file) == {f"{file} is locked by another process; try again when it is done"}
    other.close()


# Dry runs


def test_a_dry_run_leaves_the_file_byte_for_byte(file: Path) -> None:
    workspace = at_path(file)
    before = file.read_bytes()
    assert opportunities.add(workspace, "CRM", NEXT, dry_run=True).ref == 2
    assert gates.lose(workspace, "1", "price", "dear", dry_run=True).record["status"] == "lost"
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


# What a dead process leaves


def test_what_a_killed_process_committed_is_read(left: Path) -> None:
    assert names(at_path(left)) == ["ERP", "CRM"]
    assert doctor.doctor(at_path(left)).faults == []


def test_what_a_killed_process_committed_is_built_on(left: Path) -> None:
    assert opportunities.add(at_path(left), "Web", NEXT).ref == 3
    assert names(at_path(left)) == ["ERP", "CRM", "Web"]
    assert doctor.doctor(at_path(left)).faults == []


@pytest.fixture
def driver_of(file: Path) -> Iterator[Callable[[], Driver]]:
    opened: list[Driver] = []

    def open_it() -> Driver:
        opened.append(open_database(str(file), write=True))
        return opened[-1]

    yield open_it
    for driver in opened:
        driver.close()


def test_what_is_committed_is_safe_from_a_power_cut(driver_of: Callable[[], Driver]) -> None:
    driver = driver_of()
    assert driver.rows("pragma journal_mode") == [("wal",)]
    assert driver.rows("pragma synchronous") == [(2,)]
    assert driver.rows("pragma foreign_keys") == [(1,)]
    assert driver.rows("pragma secure_delete") == [(1,)]
