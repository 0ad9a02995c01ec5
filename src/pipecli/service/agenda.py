"""The agenda as a calendar: next actions as events of a day, kept in step when the file is imported again.

A next action is one event as long as it lives: putting it off moves it. Once it is done, replaced, taken back,
handed to somebody else or its opportunity closed, it stands cancelled in the file for `KEPT` days.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from pipecli.domain.fold import fold
from pipecli.domain.money import format_amount
from pipecli.exporters.ics import Occasion, calendar_bytes
from pipecli.store import agenda
from pipecli.store.agenda import Action, Withdrawn
from pipecli.text import _, language

from .workspace import Reading, Workspace

DAYS = 30
"""How many days ahead a calendar reaches unless told."""
KEPT = 30
"""For how many days a next action that is no more is told to be so."""


class Calendar(NamedTuple):
    """A calendar's bytes, and how many next actions stand in it and how many are cancelled."""

    content: bytes
    standing: int
    cancelled: int


def calendar(workspace: Workspace, *, days: int = DAYS, everybody: bool = False) -> Calendar:
    """The next actions due within so many days and the late ones, the actor's own or everybody's, as a calendar.

    Raises ConfigError where the library that writes it is missing.
    """
    with workspace.read() as reading:
        found = list(occasions(reading, days, everybody=everybody))
        owner = reading.actor
        title = _("Next actions") if everybody else _("Next actions of {owner}").format(owner=owner)
        content = calendar_bytes(title, reading.pipeline.timezone, found)
    cancelled = sum(occasion.is_cancelled for occasion in found)
    return Calendar(content, len(found) - cancelled, cancelled)


def occasions(reading: Reading, days: int, *, everybody: bool = False) -> Iterator[Occasion]:
    """What stands in the calendar: first what is planned or was closed, then what changed hands or was taken back."""
    until, key = reading.today + timedelta(days), None if everybody else fold(reading.actor)
    since = (reading.today - timedelta(KEPT)).isoformat()
    actions = agenda.actions(reading.driver, until=until, since=since, owner=key)
    given_away = None if key is None else reading.soon(_given_away, reading, since, key)
    withdrawn = reading.soon(agenda.withdrawn, reading.driver, since=since)
    for action in actions:
        yield _planned(reading, action)
    for action in given_away() if given_away else ():
        yield _planned(reading, action, mine=False)
    for gone in withdrawn():
        opened = json.loads(gone.opened)
        if key in (None, fold(gone.owner or opened["owner"])):
            yield _taken_back(reading, gone, opened)


def _given_away(reading: Reading, since: str, key: str) -> list[Action]:
    """The next actions of what was this owner's at some time since a day and is no more, closed or not."""
    had = {
        number
        for number, payload in agenda.handed(reading.driver, since=since)
        if key in (fold(json.loads(payload)["owner"]), fold(json.loads(payload).get("from") or ""))
    }
    found = agenda.actions_of(reading.driver, sorted(had), since=since)
    return [action for action in found if action.owner_key != key]


def _uid(reading: Reading, opportunity: str, action: int) -> str:
    return f"{opportunity}-{action}@{reading.header.uid}.pipecli"


def _planned(reading: Reading, action: Action, *, mine: bool = True) -> Occasion:
    due = date.fromisoformat(action.due)
    is_cancelled = action.closed_on is not None or not mine
    stage = reading.pipeline.stage(action.stage).name
    subject = [action.account, action.name]
    return Occasion(
        _uid(reading, action.uid, action.id),
        due,
        _summary(action.text, *subject),
        "\n".join(_description(action, stage)),
        (stage, *json.loads(action.tags)),
        action.changes,
        action.made_at,
        action.changed_at,
        is_cancelled,
        rings=not is_cancelled and due >= reading.today,
    )


def _summary(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _description(action: Action, stage: str) -> Iterator[str]:
    worth = None if action.amount is None else format_amount(action.amount, action.currency, language())
    yield _summary(action.account, action.name)
    yield _summary(stage, worth)
    if action.contact:
        yield _("Contact: {name}").format(name=action.contact)
    yield _("Owner: {name}").format(name=action.owner)
    if action.closed_on is None:
        yield ""
        yield _('pipe done {ref} "what happened" -n "what next" -d fri').format(ref=action.opportunity)


def _taken_back(reading: Reading, action: Withdrawn, opened: dict[str, Any]) -> Occasion:
    return Occasion(
        _uid(reading, opened["uid"], action.id),
        date.fromisoformat(json.loads(action.due)["due"]),
        _summary(action.text, opened["name"]),
        "",
        (),
        action.changes,
        action.made_at,
        action.changed_at,
        is_cancelled=True,
        rings=False,
    )
