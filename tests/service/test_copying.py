"""Copying a workspace from either database to either, journal and all."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import settings_of
from pipecli.address import is_postgres
from pipecli.errors import Conflict, InvalidInput, StoreError
from pipecli.service import copying, creating, doctor, opportunities, rates, undoing
from pipecli.service.answers import Answers
from pipecli.service.copying import Copied
from pipecli.service.workspace import Workspace
from pipecli.store import dump
from pipecli.store.opening import open_database

Exported = Callable[[Workspace], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path, server: str) -> str:
    """The address of a place that holds nothing, on either database, other than that of the workspace."""
    if request.param == "sqlite":
        return str(tmp_path / "target.db")
    import psycopg

    name = f"copy_{request.node.name.encode().hex()[-24:]}_{len(tmp_path.name)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database if exists {name}")
        admin.execute(f"create database {name}")
    request.addfinalizer(lambda: _drop(server, name))
    return server.replace("/postgres?", f"/{name}?")


def _drop(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


def test_a_copy_has_the_same_journal_and_goes_on(
    place: Workspace, target: str, journal_of: Exported, tmp_path: Path
) -> None:
    opportunities.add(place, "É \u202e 🚀", Answers(amount="USD 5", next="call", due="+1d"))
    undoing.undo(place)
    rates.set_rate(place, "USD", "0.9")
    told: list[tuple[int, int]] = []
    found = copying.copy(place.settings, place.address, target, progress=lambda *n: told.append(n))
    assert found == Copied(found.source, found.target, 1, 6, 13, 2, 8)
    assert told[-1] == (13, 13)
    other = Workspace(settings_of(target, tmp_path))
    assert journal_of(other) == journal_of(place)
    assert doctor.doctor(other).faults == []
    opportunities.add(other, "Goes on", Answers(next="call", due="+1d"))
    assert doctor.doctor(other).faults == []


def test_what_init_wrote_is_replaced(
    place: Workspace, target: str, journal_of: Exported, tmp_path: Path
) -> None:
    other = Workspace(settings_of(target, tmp_path))
    creating.init(other.settings, template="pme")
    copying.copy(place.settings, place.address, target)
    assert journal_of(other) == journal_of(place)


def test_a_target_that_holds_something_is_left_alone(
    place: Workspace, target: str, journal_of: Exported, tmp_path: Path
) -> None:
    other = Workspace(settings_of(target, tmp_path))
    creating.init(other.settings)
    rates.set_rate(other, "USD", "0.9")
    before = journal_of(other)
    with pytest.raises(Conflict, match="holds something already"):
        copying.copy(place.settings, place.address, target)
    assert journal_of(other) == before


def test_a_dry_run_leaves_nothing(place: Workspace, target: str, tmp_path: Path) -> None:
    found = copying.copy(place.settings, place.address, target, dry_run=True)
    assert (found.events, found.dry_run) == (9, True)
    with (
        pytest.raises(StoreError, match="there is no workspace"),
        Workspace(settings_of(target, tmp_path)).read(),
    ):
        pass


def test_a_dry_run_leaves_no_folder(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    copying.copy(place.settings, place.address, str(tmp_path / "there" / "y" / "x.db"), dry_run=True)
    assert list((tmp_path / "there").iterdir()) == []
    copying.copy(place.settings, place.address, str(tmp_path / "there" / "y" / "x.db"))
    assert stat.S_IMODE((tmp_path / "there" / "y").stat().st_mode) == 0o700


def test_a_copy_that_is_refused_leaves_no_folder(place: Workspace, tmp_path: Path) -> None:
    driver = open_database(place.address, write=True)
    driver.run("update workspace set head = head + 1")
    driver.close()
    with pytest.raises((StoreError, InvalidInput)):
        copying.copy(place.settings, place.address, str(tmp_path / "z" / "y" / "x.db"))
    assert not (tmp_path / "z").exists()


def test_a_copy_that_is_not_the_same_is_not_kept(
    place: Workspace, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(
        driver: object, table: str, rows: list[tuple[object, ...]], insert: object = dump.insert
    ) -> None:
        kept = [row for row in rows if table != "person"]
        insert(driver, table, kept)  # type: ignore[operator]

    monkeypatch.setattr(dump, "insert", lossy)
    with pytest.raises(StoreError, match="is not sound: its journal is another one; nothing was kept of it"):
        copying.copy(place.settings, place.address, target)
    with (
        pytest.raises(StoreError, match="there is no workspace"),
        Workspace(settings_of(target, tmp_path)).read(),
    ):
        pass


def test_a_workspace_is_not_copied_onto_itself(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="name another TARGET"):
        copying.copy(place.settings, place.address, place.address)
    if not is_postgres(place.address):
        link = tmp_path / "link.db"
        link.symlink_to(place.address)
        with pytest.raises(InvalidInput, match="name another TARGET"):
            copying.copy(place.settings, place.address, str(link))


def test_the_source_must_be_a_workspace(place: Workspace, target: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no workspace at"):
        copying.copy(place.settings, str(tmp_path / "nowhere.db"), target)
    assert not (tmp_path / "nowhere.db").exists()
    with pytest.raises(InvalidInput, match="is not a database"):
        copying.copy(place.settings, place.address, "mysql://here/it")


def test_the_lists_of_the_source_may_be_of_another_version(
    place: Workspace, target: str, journal_of: Exported, tmp_path: Path
) -> None:
    driver = open_database(place.address, write=True)
    driver.run("update workspace set projection = 1")
    driver.run("drop table merged")
    driver.close()
    copying.copy(place.settings, place.address, target)
    other = Workspace(settings_of(target, tmp_path))
    assert journal_of(other) == journal_of(place)
    assert doctor.doctor(other).faults == []
