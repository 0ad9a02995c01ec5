"""The workspace as use cases see it: one way to read it and one way to change it.

`Workspace.read` opens it read-only with the pipeline in force. `Workspace.commit` opens one transaction, takes
the lock, then loads state; what is decided inside is written together, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pipecli import clock
from pipecli.address import is_postgres
from pipecli.config import Settings
from pipecli.errors import Conflict, InvalidInput, Unanswered
from pipecli.store.header import (
    Header,
    expect_pipeline_as_of,
    pipeline_as_of,
    pipeline_of,
    read_header,
    written_by_newer,
)
from pipecli.store.opening import database_user, open_database
from pipecli.store.rates import expect_rates, read_rates
from pipecli.store.schema import PROJECTION
from pipecli.text import _

if TYPE_CHECKING:
    from pipecli.domain.pipeline import Pipeline
    from pipecli.domain.rates import Quote, Rates
    from pipecli.store.driver import Driver

    from .unit import Unit

P = ParamSpec("P")
T = TypeVar("T")
PREPARATIONS = 3


def actor_of(settings: Settings) -> str:
    """Who is typing: on PostgreSQL whoever logged in to the database, workspace or not; else whom the settings name."""
    if not is_postgres(settings.database()):
        return settings.actor
    driver = open_database(settings.database(), write=False)
    try:
        return database_user(driver) or settings.actor
    finally:
        driver.close()


class Reading:
    """A workspace open for reading: its driver, header and pipeline, and the day the report is made for."""

    def __init__(self, driver: Driver, header: Header, settings: Settings) -> None:
        self.driver = driver
        self.header = header
        self.pipeline: Pipeline = self.priced(pipeline_of(header))
        self.real_today = clock.today(self.pipeline.timezone)
        self.today = settings.report_day() or self.real_today
        self._last_day = self.real_today
        self._settings = settings
        self._names: dict[int, str | None] = {}
        self._quoted: dict[str, list[Quote]] = {}

    def soon(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Begin a part of a report: over a network all that were begun go on together; call for its result once."""
        return self.driver.soon(read, *args, **kwargs)

    def around(self, number: int) -> None:
        """Learn the names that an opportunity refers to, in the same round trip as what was expected before."""
        from pipecli.store.directory import names_around

        self._names |= names_around(self.driver, number)

    def names_in(self, streams: Sequence[str]) -> None:
        """Learn the names that were ever set in these opportunities."""
        from pipecli.store import directory

        self._names |= directory.names_in(self.driver, streams)

    def names_with(self, number: int) -> None:
        """Learn the names that were ever set in an opportunity and in those that were merged into it."""
        from pipecli.store import directory, journal

        self._names |= directory.names_said(self.driver, *journal.streams_of(number))

    def names(self, ids: Iterable[int | None]) -> dict[int, str | None]:
        """The names of these accounts and contacts, by id; what is known already is not asked again."""
        from pipecli.store import directory

        wanted = {i for i in ids if i is not None}
        self._names |= directory.names(self.driver, wanted - self._names.keys())
        return {i: self._names[i] for i in wanted if i in self._names}

    @property
    def actor(self) -> str:
        """Who is asking: on PostgreSQL the database's user, else whom the settings name."""
        return database_user(self.driver) or self._settings.actor

    def as_of(self, day: date) -> Pipeline:
        """The pipeline in force at the end of a day; also makes it the day of the report.

        Raises InvalidInput for a day that has not come.
        """
        if day > self.real_today:
            raise InvalidInput(_("{day} is in the future; --as-of looks back").format(day=day))
        self.today = self._last_day = day
        self.pipeline = self.priced(pipeline_as_of(self.driver, self.header, day))
        return self.pipeline

    def priced(self, pipeline: Pipeline) -> Pipeline:
        """A pipeline with the exchange rates of this reading, read when an amount first needs one."""
        return pipeline.priced_by(self._quotes)

    @property
    def rates(self) -> Rates:
        """The exchange rates into the pipeline's currency, none later than the day of a report on the past."""
        return self.pipeline.rates

    def _quotes(self, currency: str) -> list[Quote]:
        if currency not in self._quoted:
            self._quoted[currency] = read_rates(self.driver, currency)
        return [quote for quote in self._quoted[currency] if quote.on <= self._last_day]


class Workspace:
    """A workspace by its settings; opened anew for each command.

    `origin` is the face that writes: cli, board or mcp. One that is `readonly` refuses every write that is no dry run.
    """

    def __init__(self, settings: Settings, origin: str = "cli", *, readonly: bool = False) -> None:
        self.settings = settings
        self.origin = origin
        self.readonly = readonly
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        """Keep a word for the person who asked, once."""
        if text not in self.told:
            self.told.append(text)

    @property
    def address(self) -> str:
        """Where it is."""
        return self.settings.database()

    @contextmanager
    def read(
        self, expect: Callable[[Driver], None] | None = None, *, as_of: date | None = None
    ) -> Iterator[Reading]:
        """Open it for reading, as it stands at one moment; raises StoreError, InvalidInput for a day to come.

        `expect` says what will be asked of it first; with `as_of` the report is made for the end of that day.
        """
        driver = open_database(self.address, write=False)
        try:
            driver.begin_reading()
            if expect:
                expect(driver)
            if as_of is not None:
                expect_pipeline_as_of(driver, as_of)
            reading = Reading(driver, read_header(driver, write=False), self.settings)
            if as_of is not None:
                reading.as_of(as_of)
            expect_rates(driver, reading.pipeline.currency)
            yield reading
        finally:
            driver.close()

    @contextmanager
    def commit(
        self,
        name: str,
        expect: Callable[[Driver], None] | None = None,
        *,
        dry_run: bool = False,
        agent: str | None = None,
    ) -> Iterator[Unit]:
        """One transaction under one command; written at the end unless it raises or is a dry run.

        `expect` says what will be asked of it first; `agent` names who gives the command in the actor's name, where
        that is not a person.
        """
        if self.readonly and not dry_run:
            raise Conflict(_("this is a board to look at only; nothing was changed"))
        driver = open_database(self.address, write=True)
        try:
            driver.begin()
            if expect:
                expect(driver)
            header = read_header(driver, write=True)
            if header.projection > PROJECTION:
                raise written_by_newer(driver, header)
            kept = None if dry_run else self._keep_older(header)
            unit = self._unit(driver, header, name, agent)
            unit.kept = kept
            yield unit
            unit.write()
            if dry_run:
                read_header(driver, write=True)  # the database says now what it does not let us write
            else:
                self._make_last(unit)
        finally:
            driver.close()  # which takes back what was not made last

    def _keep_older(self, header: Header) -> str | None:
        """Keep a copy of a workspace of an older version before its lists are written anew, its lock held; where."""
        if header.projection == PROJECTION:
            return None
        from . import backups

        kept = backups.keep(self, backups.UPGRADE)
        self.tell(
            _("The lists were of another version and are written anew; a copy is kept in {file}").format(
                file=kept
            )
        )
        return kept

    def _make_last(self, unit: Unit) -> None:
        """Commit; where the database goes away before it answers, return only if it was written all the same."""
        try:
            unit.driver.commit()
        except Unanswered as error:
            from .unanswered import of_command, settle

            settle(self.address, unit.driver, error, of_command(unit))

    def _unit(self, driver: Driver, header: Header, name: str, agent: str | None = None) -> Unit:
        from .unit import Unit

        actor = database_user(driver) or self.settings.actor
        return Unit(driver, header, actor=actor, name=name, origin=self.origin, agent=agent)

    def prepare(self, name: str, build: Callable[[Unit], T], *, dry_run: bool = False) -> T:
        """One transaction under one command whose lock is taken only after everything was decided.

        `build` decides on a connection that reads; if the journal has moved when the lock is held, it is
        asked again, after three times inside the lock. A dry run never takes the lock.
        """
        for _attempt in range(PREPARATIONS):
            unit, result = self._prepared(name, build)
            if unit is None:
                break
            if dry_run or unit.changes_nothing or self._written(unit):
                return result  # type: ignore[return-value]
        with self.commit(name, dry_run=dry_run) as unit:
            return build(unit)

    def _prepared(self, name: str, build: Callable[[Unit], T]) -> tuple[Unit | None, T | None]:
        """The unit and what was decided in it; neither where the projection must be rebuilt first."""
        driver = open_database(self.address, write=False)
        try:
            driver.begin_reading()
            header = read_header(driver, write=True)
            if header.projection != PROJECTION:
                return None, None
            unit = self._unit(driver, header, name)
            return unit, build(unit)
        finally:
            driver.close()

    def _written(self, unit: Unit) -> bool:
        """Write a prepared unit if the journal is still where it was; whether it was written."""
        driver = open_database(self.address, write=True)
        try:
            driver.begin()
            header = read_header(driver, write=True)
            if header != unit.header:
                return False
            unit.carry_to(driver)
            unit.write()
            self._make_last(unit)
            return True
        finally:
            driver.close()
