"""The workspace row and the definition in force: what every command reads first, in one query."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.errors import StoreError
from pipecli.text import _

from .schema import FORMAT, PROJECTION, WRITER

if TYPE_CHECKING:
    from pipecli.domain.pipeline import Pipeline

    from .driver import Driver


_AS_OF = (
    "select version, compiled_json from definition where adopted_on <= :day or version = 1 "
    "order by version desc limit 1"
)
State = tuple[str, int, str]
"""What a journal is known by at one moment: its workspace, its head, and when that was written."""


class Header(NamedTuple):
    """The workspace row, and the compiled definition in force (None before the first)."""

    uid: str
    format: int
    projection: int
    min_writer: int
    head: int
    definition: int
    next_number: int
    recorded_at: str
    compiled: str | None

    @property
    def state(self) -> State:
        """Where the journal is; a restore may bring another one of the same length."""
        return self.uid, self.head, self.recorded_at


def read_header(driver: Driver, *, write: bool) -> Header:
    """The header; raises StoreError where the workspace needs another version of the program."""
    rows = driver.rows(
        "select w.uid, w.format, w.projection, w.min_writer, w.head, w.definition, w.next_number, w.recorded_at, "
        "d.compiled_json from workspace w left join definition d on d.version = w.definition"
    )
    if not rows:
        raise StoreError(
            _("{where} holds no finished workspace; make one: pipe init").format(where=driver.where),
            where=driver.where,
        )
    header = Header(*rows[0])
    newer = header.min_writer > WRITER if write else header.projection > PROJECTION
    if header.format > FORMAT or newer:
        raise written_by_newer(driver, header)
    if header.projection != PROJECTION and not write:
        raise StoreError(
            _("the lists of {where} are of another version; write them anew: pipe db upgrade").format(
                where=driver.where
            ),
            where=driver.where,
        )
    return header


def written_by_newer(driver: Driver, header: Header) -> StoreError:
    """Why this program lets a workspace alone."""
    line = _("{where} was written by a newer pipecli; upgrade the program")
    return StoreError(line.format(where=driver.where), where=driver.where, format=header.format)


def pipeline_of(header: Header) -> Pipeline:
    """The pipeline in force."""
    from pipecli.domain.pipeline import Pipeline

    if header.compiled is None:
        raise StoreError(_("the workspace has no pipeline definition; make one: pipe init"))
    return Pipeline.from_compiled(header.definition, json.loads(header.compiled))


def pipeline_as_of(driver: Driver, header: Header, day: date) -> Pipeline:
    """The pipeline that was in force at the end of a day; before the first adoption, the first one."""
    from pipecli.domain.pipeline import Pipeline

    rows = driver.rows(_AS_OF, {"day": day.isoformat()})
    return Pipeline.from_compiled(rows[0][0], json.loads(rows[0][1])) if rows else pipeline_of(header)


def expect_pipeline_as_of(driver: Driver, day: date) -> None:
    """It will be asked for."""
    driver.ahead(_AS_OF, {"day": day.isoformat()})


def definition_versions(driver: Driver) -> list[tuple[int, str, str]]:
    """Every version with its TOML and the day it was adopted."""
    return [
        (v, toml, on)
        for v, toml, on in driver.rows("select version, toml, adopted_on from definition order by version")
    ]


def compiled_text(compiled: Mapping[str, Any]) -> str:
    """A compiled definition as it is stored: JSON in its own order, that of loss reasons and roles on screen."""
    return json.dumps(compiled, ensure_ascii=False, separators=(",", ":"))


def add_definition(driver: Driver, version: int, toml: str, compiled: str, seq: int, on: date) -> None:
    """Store a version and put it in force."""
    driver.run(
        "insert into definition (version, toml, compiled_json, adopted_seq, adopted_on) "
        "values (:version, :toml, :compiled, :seq, :on_day)",
        {"version": version, "toml": toml, "compiled": compiled, "seq": seq, "on_day": on.isoformat()},
    )
    driver.run("update workspace set definition = :version", {"version": version})


def advance_head(driver: Driver, head: int, next_number: int, recorded_at: str) -> None:
    """Move the journal's head and the counter of opportunities, at the end of a transaction.

    From then on a program that does not know all that this one may have written writes no more.
    """
    values = {"head": head, "next_number": next_number, "recorded_at": recorded_at}
    driver.run(
        "update workspace set head = :head, next_number = :next_number, recorded_at = :recorded_at, "
        "projection = :projection, min_writer = :writer",
        values | {"projection": PROJECTION, "writer": WRITER},
    )
