"""The doctor: whatever differs from the journal is found and named, and a rebuild repairs what can be."""

from collections.abc import Callable
from datetime import date

import pytest

from pipecli import clock
from pipecli.config import Settings
from pipecli.domain import events as ev
from pipecli.service import creating, doctor, gates, lists, opportunities, undoing
from pipecli.service.answers import Answers
from pipecli.service.lists import Wanted
from pipecli.service.workspace import Workspace
from pipecli.store import imported, journal

from .living import DEFINITION, noon

Change = Callable[..., None]
NEXT = Answers(next="call", due="+5d", amount="10k", sets=("account=Acme", "contact=Ana <a@acme.com>"))


def two_lives(settings: Settings) -> None:
    """Two opportunities and an undone change; the second is lost."""
    workspace = Workspace(settings)
    clock.freeze(noon(date(2026, 2, 2)))
    creating.init(settings, DEFINITION)
    opportunities.add(workspace, "ERP", NEXT)
    opportunities.add(workspace, "CRM", NEXT)
    clock.freeze(noon(date(2026, 2, 5)))
    gates.advance(workspace, "1", Answers(proofs=("need=They told us",)))
    opportunities.edit(workspace, "1", Answers(amount="20k"))
    undoing.undo(workspace)
    opportunities.log(workspace, "1", "call", "They like it", Answers(on="2026-02-03"))
    gates.lose(workspace, "2", "other", "moved abroad")


@pytest.fixture
def build() -> Callable[[Settings], None]:
    return two_lives


@pytest.fixture
def lived(workspace: Workspace) -> Workspace:
    return workspace


def test_a_sound_workspace_is_counted(lived: Workspace) -> None:
    found = doctor.doctor(lived)
    assert (found.opportunities, found.rebuilt, found.faults) == (2, False, [])
    assert found.events == 14
    assert found.rows == 2 + 4 + 3 + 1 + 1 + 2  # opportunity, span, visit, evidence, exchange, next_action


# What was done behind the program's back, and what the doctor says of it.
DRIFT = {
    "a changed row": (
        "update opportunity set amount = 1, search = 'x' where number = 1",
        ["opportunity 1 differs from the journal in amount, search"],
    ),
    "a missing row": ("delete from opportunity where number = 2", ["opportunity 2 is missing"]),
    "a missing part": ("delete from span where opportunity = 2 and n = 2", ["span 2/2 is missing"]),
    "an extra row": (
        "insert into waiver (id, opportunity, criterion, visit, on_day, actor) "
        "values (99, 1, 'met', 1, '2026-02-02', 'eve')",
        ["waiver 99 is not in the journal"],
    ),
    "a renamed account": ("update account set name = 'Other'", ["accounts differ from the journal"]),
    "a missing contact": ("delete from contact", ["contacts differ from the journal"]),
    "a changed day": (
        "update visit set entered_day = '2026-01-01' where opportunity = 1 and n = 2",
        ["visit 1/2 differs from the journal in entered_day"],
    ),
}


@pytest.mark.parametrize("name", DRIFT)
def test_drift_of_the_projection_is_found_and_repaired(lived: Workspace, change: Change, name: str) -> None:
    sound = lists.listing(lived, Wanted(status="all"), 0)
    statement, expected = DRIFT[name]
    change(statement)
    faults = doctor.doctor(lived).faults
    assert [f for f in faults if f in expected] == expected
    if not name.startswith("a renamed"):  # an account's name is part of what its opportunities are found by
        assert faults == expected
    repaired = doctor.doctor(lived, rebuild_projection=True)
    assert (repaired.faults, repaired.rebuilt) == ([], True)
    assert doctor.doctor(lived).faults == []
    assert lists.listing(lived, Wanted(status="all"), 0) == sound


# What no rebuild can repair: the journal itself. `{call}` is the event of the exchange.
DAMAGE = {
    "a deleted last event": (
        "delete from event where seq = (select max(seq) from event)",
        "the journal has 13 events up to 13, its head says 14",
    ),
    "a deleted event": (
        "delete from event where kind = 'ExchangeLogged'",
        "the journal has 13 events up to 14, its head says 14",
    ),
    "a gap in a stream": (
        "update event set version = version + 1 where stream = 'o1' and kind = 'ExchangeLogged'",
        "the versions of stream o1 have a gap",
    ),
    "an instant that goes back": (
        "update event set recorded_at = '2020-01-01T00:00:00.000000Z' where seq = 14",
        "event 14 was recorded before the one it follows",
    ),
    "a deleted command": ("delete from command where id = 11", "event 11 belongs to no command"),
    "a changed text": (
        "update content set body = 'They hate it' where body = 'They like it'",
        "the text of event 13 is not what was recorded",
    ),
    "a changed reason": (
        "update content set body = 'moved away' where body = 'moved abroad'",
        "the text of event 14 is not what was recorded",
    ),
    "a text emptied": (
        "update content set body = null where body = 'They like it'",
        "the text of event 13 is not what was recorded",
    ),
    "a deleted text": ("delete from content where body = 'They like it'", "the text of event 13 is missing"),
    "a text of another event": (
        "insert into content (id, salt, sha256, media, body, erased_at) values (1, '', '', '', '', null)",
        "the text of event 1 is not what was recorded",
    ),
    "a command to come": (
        "insert into command values (99, 'u', 'lea', null, '2026', 'edit', 'cli', null)",
        "command 99 stands beyond the head of the journal, 14",
    ),
    "a text to come": (
        "insert into content (id, salt, sha256, media, body, erased_at) values (99, '', '', '', '', null)",
        "content 99 stands beyond the head of the journal, 14",
    ),
    "another number": (
        "update event set stream = 'o7' where stream = 'o2'",
        "stream o7 opens number 2",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_to_the_journal_is_found(lived: Workspace, change: Change, name: str) -> None:
    statement, expected = DAMAGE[name]
    change(statement)
    assert expected in doctor.doctor(lived).faults


def test_a_text_that_was_erased_on_request_is_no_fault(lived: Workspace, change: Change) -> None:
    change("update content set body = null, erased_at = '2026-02-06' where body = 'They like it'")
    assert doctor.doctor(lived).faults == []


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("not json", "event 10 of the journal is damaged"),
        ("{}", "the journal of stream o1 cannot be replayed"),
        ("[]", "the journal of stream o1 cannot be replayed"),
    ],
)
def test_an_event_that_cannot_be_read_is_a_fault(
    lived: Workspace, change: Change, payload: str, expected: str
) -> None:
    change("update event set payload = :payload where kind = 'StageAdvanced'", payload=payload)
    assert [fault[: len(expected)] for fault in doctor.doctor(lived).faults] == [expected]


def test_an_undone_opening_is_sound(lived: Workspace) -> None:
    opportunities.add(lived, "Third", NEXT._replace(sets=("account=New", "contact=Bo")))
    undoing.undo(lived)
    found = doctor.doctor(lived)
    assert (found.opportunities, found.faults) == (2, [])
    undoing.undo(lived, redo=True)
    assert doctor.doctor(lived).opportunities == 3


def test_a_rebuild_writes_no_event(lived: Workspace) -> None:
    before = doctor.doctor(lived)
    assert doctor.doctor(lived, rebuild_projection=True)._replace(rebuilt=False) == before


def test_one_opportunity_that_stands_here_twice_is_found(lived: Workspace) -> None:
    """Known by a uid, or by an identifier of one system; that of another system is another opportunity."""
    with lived.commit("test") as unit:
        (opened, *_rest) = journal.load_stream(unit.driver, "o1")
        for uid, external in [
            (opened.payload["uid"], None),
            ("u4", ["hubspot", "7"]),
            ("u5", ["hubspot", "7"]),
            ("u6", ["odoo", "7"]),
            ("u7", ["pipe", "7"]),
            ("u8", ["pipe", "7"]),
        ]:
            number, decision = unit.opening()
            decision.record(
                ev.OPENED,
                {**opened.payload, "number": number, "uid": uid, "external": external},
                opened.occurred_on,
            )
    with lived.read() as reading:
        assert imported.externals(reading.driver) == {("hubspot", "7"): 5, ("odoo", "7"): 6}
    assert doctor.doctor(lived).faults == [
        f"1, 3 are one opportunity: each is known as {opened.payload['uid']}; pipe merge 1 3",
        "4, 5 are one opportunity: each is known as hubspot 7; pipe merge 4 5",
    ]
