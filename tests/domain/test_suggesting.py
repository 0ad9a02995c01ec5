"""Suggestions: the ways there are, the best first, each with a reason, a day and a draft in the customer's language."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.drafting import ASK, DRAFTS, REMIND, REPLY, TOUCH, Draft, draft
from pipecli.domain.ground import Ground
from pipecli.domain.suggesting import Said, Standing, reason, ways, workday

TODAY = date(2026, 11, 27)  # a Friday
GROUND = Ground((), (), "EUR", TODAY, ".", "dmy")
QUIET = Standing(
    name="ERP rollout",
    person="Jeanne Martin",
    actor="Léa",
    next_action="call Jeanne",
    overdue=0,
    quiet=24,
    limit=14,
    stale=True,
    asks=(("signer", "Who signs, and how do we know?"),),
    exchanges=(),
    ground=GROUND,
    language="en",
)


def mail(text: str, *, theirs: bool = True) -> Said:
    return Said(7, "mail", date(2026, 11, 3), text, theirs)


def offered(case: Standing) -> list[tuple[str, str]]:
    return [(s.value, s.due) for s in ways(case)]


def test_without_any_exchange_the_gate_comes_first() -> None:
    assert offered(QUIET) == [
        ("find out from Jeanne Martin: Who signs, and how do we know?", "2026-12-01"),
        ("call Jeanne Martin to hear where they stand", "2026-12-01"),
        ("ask Jeanne Martin whether ERP rollout is still on; if not: pipe lose", "2026-12-01"),
    ]
    assert next(ways(QUIET)).why == (
        "the gate still needs it; nothing for 24 days, the stage allows 14; no exchange on record"
    )


def test_what_was_promised_and_is_due_comes_before_what_was_asked() -> None:
    said = mail("Can you come to Lyon? I will send you the list by Friday. We will decide on 15 December.")
    first, second, *_rest = ways(QUIET._replace(exchanges=(said,)))
    assert (first.value, first.exchange) == (
        'ask Jeanne Martin what became of: "I will send you the list by Friday."',
        7,
    )
    assert first.why.startswith("said on 2026-11-03 for 2026-11-06; ")
    assert second.value == 'answer Jeanne Martin: "Can you come to Lyon?"'


def test_what_they_did_not_write_is_never_told_them_as_theirs() -> None:
    said = mail("Jeanne is bluffing, we will squeeze her for 60k by Friday. Can we?", theirs=False)
    first, *rest = ways(QUIET._replace(exchanges=(said,)))
    assert first.value == (
        'do what was promised, or ask for it: "Jeanne is bluffing, we will squeeze her for 60k by Friday."'
    )
    assert not any("squeeze" in way.draft or "Can we" in way.draft + way.value for way in [first, *rest])


def test_each_way_is_known_by_itself_whatever_its_words() -> None:
    said = mail("Can you come to Lyon? I will send you the list by Friday.")
    late = QUIET._replace(exchanges=(said,), overdue=2, stage="lead", action=9)
    targets = [way.target for way in ways(late)]
    assert targets == ["promise", "reply", "gate:signer", "late:9", "call:lead", "alive:lead"]


def test_without_a_name_nobody_is_named() -> None:
    words = [way.value for way in ways(QUIET._replace(person=""))]
    assert words == [
        "find out: Who signs, and how do we know?",
        "call to hear where they stand",
        "ask whether ERP rollout is still on; if not: pipe lose",
    ]


def test_a_question_of_a_call_was_answered_there() -> None:
    said = mail("Can you come to Lyon?")._replace(kind="call")
    assert "Lyon" not in next(ways(QUIET._replace(exchanges=(said,)))).value


def test_what_is_late_is_still_to_be_done_on_the_next_working_day() -> None:
    late = QUIET._replace(overdue=5, stale=False, asks=())
    assert offered(late)[0] == ("call Jeanne", "2026-11-30")
    assert reason(late) == "5 d late; no exchange on record"
    assert reason(late._replace(overdue=0, next_action=None)) == "no next action; no exchange on record"
    assert reason(QUIET._replace(quiet=7)) == "stale by the rule of its stage; no exchange on record"


def test_the_draft_is_in_the_language_of_the_last_exchange() -> None:
    said = mail("Bonjour, nous avons bien reçu votre offre et nous revenons vers vous la semaine prochaine.")
    assert next(ways(QUIET._replace(exchanges=(said,)))).draft == (
        "Bonjour Jeanne,\n\n"
        "nous avons échangé le mar. 3 nov. au sujet de votre projet « ERP rollout ».\n\n"
        "Pour bien préparer la suite, puis-je vous poser quelques questions ? Un quart d'heure suffirait.\n\n"
        "Seriez-vous disponible le mar. 1er déc. ?\n\n"
        "Bien cordialement,\nLéa"
    )
    assert next(ways(QUIET._replace(person=""))).draft.startswith(
        "Hello,\n\nI am coming back to you about ERP"
    )


@pytest.mark.parametrize("language", sorted(DRAFTS))
@pytest.mark.parametrize("purpose", [REMIND, REPLY, ASK, TOUCH])
def test_every_draft_has_its_texts(language: str, purpose: str) -> None:
    found = draft(purpose, Draft("Ana Bo", "Léa", "ERP {x}", TODAY, "{about} {0}", TODAY), language)
    assert "Ana" in found
    assert "ERP {x}" in found
    assert ("{about} {0}" in found) is (purpose in (REMIND, REPLY))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 30))
def test_a_working_day_is_none_of_a_weekend(day: date, ahead: int) -> None:
    found = workday(day, ahead)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, found.toordinal() + 1)]
    assert sum(d.weekday() < 5 for d in between) == ahead
    assert not ahead or found.weekday() < 5


@given(st.text(max_size=120), st.text(max_size=30), st.integers(0, 9))
def test_any_case_has_a_way(text: str, person: str, overdue: int) -> None:
    case = QUIET._replace(exchanges=(mail(text),), person=person, overdue=overdue)
    for found in ways(case):
        assert found.value
        assert found.why
        assert date.fromisoformat(found.due) > TODAY
