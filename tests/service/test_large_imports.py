"""Large imports: never held, told as they go, and all of it or nothing where there is no room."""

from __future__ import annotations

import errno
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.config import Settings
from pipecli.errors import StoreError
from pipecli.service import creating, doctor, exporting
from pipecli.service.importing import Imported, Request, import_file
from pipecli.service.workspace import Workspace
from pipecli.spool import Spool
from pipecli.store.opening import open_database

MAPS = Request(maps=("id=Id", "name=Deal", "stage=Phase", "amount=Value", "next_action=Next", "next_due=Due"))


def deals(folder: Path, count: int, price: int = 100) -> str:
    """A file of that many rows; a longer one begins with the rows of a shorter one."""
    file = folder / f"{count}-{price}.csv"
    lines = [
        f"{n},Deal {n} of a company with a long name,{'Won' if n % 3 == 0 else 'lead'},{n * price},call,2027-01-05"
        for n in range(1, count + 1)
    ]
    file.write_text("\n".join(["Id,Deal,Phase,Value,Next,Due", *lines]) + "\n")
    return str(file)


def counts(found: Imported) -> tuple[int, int, int]:
    return found.landed, found.updated, found.unchanged


def peak(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_file_is_never_held(workspace: Workspace, tmp_path: Path) -> None:
    """Landing, reading the same again and updating all cost little more for many rows than for few."""
    small, large = deals(tmp_path, 1_000), deals(tmp_path, 3_000)
    few = peak(lambda: import_file(workspace, small, MAPS))
    assert peak(lambda: import_file(workspace, large, MAPS)) < few + 4_000_000
    assert peak(lambda: import_file(workspace, large, MAPS)) < few + 4_000_000
    dearer = deals(tmp_path, 3_000, 101)
    assert peak(lambda: import_file(workspace, dearer, MAPS)) < few + 4_000_000


def test_what_lands_beyond_one_portion_is_known_and_updated(workspace: Workspace, tmp_path: Path) -> None:
    assert counts(import_file(workspace, deals(tmp_path, 1_100), MAPS)) == (1_100, 0, 0)
    assert counts(import_file(workspace, deals(tmp_path, 1_102), MAPS)) == (2, 0, 1_100)
    assert counts(import_file(workspace, deals(tmp_path, 1_102, 101), MAPS)) == (0, 1_102, 0)
    assert doctor.doctor(workspace).faults == []


class Full:
    """A file on a disk that fills up after some writes."""

    def __init__(self, room: int) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._room = room

    def write(self, block: bytes) -> int:
        self._room -= 1
        if self._room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(block)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 3, 6])
def test_without_room_for_temporary_files_nothing_lands(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    made: list[Full] = []

    def temporary() -> Any:
        made.append(Full(room))
        return made[-1]

    file = deals(tmp_path, 2_000)
    with monkeypatch.context() as patched:
        patched.setattr("pipecli.spool.temporary_file", temporary)
        with pytest.raises(StoreError, match=r"has no room for what is read .*nothing was changed"):
            import_file(workspace, file, MAPS)
    for one in made:
        one.close()
    assert doctor.doctor(workspace).opportunities == 0


@pytest.mark.parametrize("pages", [60, 70, 90, 120, 200])
def test_a_disk_that_fills_half_way_leaves_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """The file may grow by a few pages only, wherever in the writing that ends."""
    from pipecli.service import workspace as of_workspace

    def small(address: str, *, write: bool) -> Any:
        driver = open_database(address, write=write)
        if write:
            driver.rows(f"pragma max_page_count={pages}")
        return driver

    with monkeypatch.context() as patched:
        patched.setattr(of_workspace, "open_database", small)
        with pytest.raises(StoreError, match=r"no space left where .* is; nothing was written"):
            import_file(workspace, deals(tmp_path, 3_000), MAPS)
    found = doctor.doctor(workspace)
    assert (found.opportunities, found.faults) == (0, [])
    assert counts(import_file(workspace, deals(tmp_path, 3_000), MAPS)) == (3_000, 0, 0)


VALUES = st.lists(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(allow_nan=False)), max_size=4
)


@given(st.lists(VALUES, max_size=600), st.integers(0, 600))
def test_what_is_put_down_is_read_again_in_its_order(values: list[list[Any]], cut: int) -> None:
    spool = Spool()
    for value in values[:cut]:
        spool.put(value)
    assert list(spool) == values[:cut]
    for value in values[cut:]:
        spool.put(value)
    first, second = iter(spool), iter(spool)
    assert [(next(first), next(second)) for _value in values] == [(value, value) for value in values]
    assert len(spool) == len(values)


def test_all_of_it_on_postgresql(frozen_clock: Any, postgres: str, tmp_path: Path) -> None:
    environ = {"PIPE_DB": postgres, "PIPE_ME": "lea", "PIPE_CONFIG": str(tmp_path / "config.toml")}
    place = Workspace(Settings(environ=environ))
    creating.init(place.settings)
    assert counts(import_file(place, deals(tmp_path, 1_100), MAPS)) == (1_100, 0, 0)
    assert counts(import_file(place, deals(tmp_path, 1_102, 101), MAPS)) == (2, 1_100, 0)
    own = tmp_path / "own.csv"
    with own.open("w", encoding="utf-8", newline="") as stream:
        exporting.export_csv(place, stream)
    assert counts(import_file(place, str(own))) == (0, 0, 1_102)
    assert doctor.doctor(place).faults == []
