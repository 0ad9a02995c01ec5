"""What an address of PostgreSQL is called as a folder."""

from __future__ import annotations

import re

import pytest

from pipecli.store.server_place import place_of


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "uri, words",
    [
        ("postgresql://ana:secret@db.example:5433/crm?sslmode=require", "db.example-5433-crm"),
        ("postgres://ben@db.example:5433/crm", "db.example-5433-crm"),
        ("postgresql://ana@/crm?host=/var/run/postgresql", "var_run_postgresql-5432-crm"),
        ("postgresql://ana@db.example", "db.example-5432-ana"),
        ("postgresql://db.example/a%20b%2Fc", "db.example-5432-a_b_c"),
        ("postgresql://db.example/crm?service=prod", "prod-db.example-5432-crm"),
    ],
)
def test_host_port_and_name(uri: str, words: str) -> None:
    assert re.fullmatch(re.escape(words) + "-[0-9a-f]{8}", place_of(uri))


def test_whoever_logs_in_and_whatever_else_is_asked_it_is_one_place() -> None:
    assert place_of("postgresql://ana:secret@db/crm?sslmode=require") == place_of(
        "postgres://ben@db:5432/crm"
    )


def test_what_looks_alike_is_told_apart() -> None:
    assert place_of("postgresql://db/a_b") != place_of("postgresql://db/a%20b")


def test_the_environment_fills_in_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example")
    monkeypatch.setenv("PGPORT", "5433")
    monkeypatch.setenv("PGDATABASE", "crm")
    assert place_of("postgresql://ana@") == place_of("postgresql://ben@db.example:5433/crm")
