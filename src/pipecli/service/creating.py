"""Making a workspace: its tables, the pipeline definition it starts with, and nothing else."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from pipecli import clock, templates
from pipecli.config import Settings
from pipecli.domain import events as ev
from pipecli.domain.definition import compile_definition
from pipecli.domain.events import Event
from pipecli.domain.money import known_currency
from pipecli.errors import StoreError, Unanswered
from pipecli.store import journal
from pipecli.store.driver import Driver
from pipecli.store.header import Header, add_definition, advance_head, compiled_text, read_header
from pipecli.store.opening import (
    create_database,
    database_user,
    discard,
    open_database,
    shared_folder,
)
from pipecli.store.schema import begin_making, create_tables, has_workspace
from pipecli.text import _

from .unanswered import commit_whole
from .workspace import actor_of

DEFAULT_TEMPLATE = "b2b"


def definition_from_template(name: str, actor: str, currency: str | None = None) -> str:
    """A template's TOML with its placeholder holder replaced by the actor, and another currency if one is given."""
    toml = templates.read(name).replace('"@me"', json.dumps(actor, ensure_ascii=False))
    if currency:
        toml = re.sub(r'(?m)^currency = "\w+"', f'currency = "{known_currency(currency)}"', toml, count=1)
    return toml


def init(
    settings: Settings,
    toml: str | None = None,
    *,
    template: str = DEFAULT_TEMPLATE,
    currency: str | None = None,
    dry_run: bool = False,
) -> str:
    """Make the workspace the settings name; raises StoreError where there is one. Returns where it is."""
    if dry_run:
        refuse_existing(settings)
        compile_definition(toml or definition_from_template(template, actor_of(settings), currency))
        return settings.database()
    with creating(settings) as (driver, actor):
        adopt_first(driver, actor, toml or definition_from_template(template, actor, currency))
        return driver.where


def risk(settings: Settings) -> str | None:
    """What to know before trusting the place of the workspace with it; None where there is nothing."""
    folder = shared_folder(settings.database())
    if folder is None:
        return None
    return _(
        "{folder} is synced or on a network: a SQLite file there can lose what is written; "
        "share a pipeline with PostgreSQL instead"
    ).format(folder=folder)


def refuse_existing(settings: Settings) -> None:
    """Raise StoreError where there is a workspace already: nobody is to be asked for one in vain."""
    try:
        driver = open_database(settings.database(), write=False)
    except StoreError:
        return
    try:
        if has_workspace(driver):
            raise StoreError(
                _("{where} exists already; nothing was changed").format(where=driver.where),
                where=driver.where,
            )
    finally:
        driver.close()


@contextmanager
def creating(settings: Settings) -> Iterator[tuple[Driver, str]]:
    """A new database with its tables, inside a transaction that is committed at the end or leaves nothing behind."""
    address = settings.database()
    driver = create_database(address)
    # The lock first: whoever fails to get it must not remove a file that another process is filling.
    begin_making(driver)
    try:
        create_tables(driver)
        yield driver, database_user(driver) or settings.actor
        commit_whole(address, driver)
    except Unanswered:  # it may be there
        driver.close()
        raise
    except BaseException:
        _let_go(address, driver)
        raise
    driver.close()


def _let_go(address: str, driver: Driver) -> None:
    """Leave nothing of it; a workspace that was there before us stays, as does what cannot be looked at any more."""
    try:
        driver.rollback()
        if not has_workspace(driver):
            discard(address, driver)
    except StoreError:
        pass  # the error before it says why
    finally:
        driver.close()


def adopt_first(driver: Driver, actor: str, toml: str) -> Header:
    """Write the first definition into an empty workspace, inside the caller's transaction."""
    compiled = compile_definition(toml)
    today = clock.today(compiled["timezone"])
    at = clock.stamp(clock.now())
    journal.add_command(driver, journal.CommandRow(1, uuid.uuid4().hex, actor, None, at, "init", "cli", None))
    created = Event(ev.WORKSPACE_CREATED, today, {}, seq=1, stream="workspace", version=1)
    adopted = Event(ev.DEFINITION_ADOPTED, today, {"version": 1}, seq=2, stream="workspace", version=2)
    journal.append(driver, [created, adopted], 1, at)
    add_definition(driver, 1, toml, compiled_text(compiled), 2, today)
    advance_head(driver, 2, 1, at)
    return read_header(driver, write=True)
