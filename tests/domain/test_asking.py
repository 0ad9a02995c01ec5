"""What an unmet gate asks of a person, criterion kind by criterion kind: the question and the answer it takes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import asking, proofs
from pipecli.domain.asking import OF_OTHERS, Question, of_field, of_others, questions
from pipecli.domain.condition import reads
from pipecli.domain.gate import Verdict
from pipecli.domain.pipeline import SETTABLE_FIELDS, WON, Criterion, Field

from .building import FIELDS, TODAY, Case, criterion, leaving, pipeline, stage

DAY = timedelta(1)
ASK = "What about it?"
YES_NO = ("yes", "no")


def asked(case: Case, to: str = "beta") -> list[Question]:
    return questions(case.gate(to), case.state, case.decision.pipeline)


def others(case: Case, to: str = "beta") -> list[str]:
    return [verdict.criterion.key for verdict in of_others(case.gate(to))]


def it(answer: str, field: str = "", **more: Any) -> Question:
    """The question of the criterion `it`; that for a field is labelled with the field's name."""
    return Question("it", ASK, answer, field=field, label=field.replace("_", " "), **more)


@pytest.mark.parametrize(
    ("needs", "question"),
    [
        ({"field": "site"}, it("text")._replace(field="site", label="site")),
        ({"field": "effort_days"}, Question("it", ASK, "number", "effort_days", "effort_days")),
        ({"field": "go_live"}, Question("it", ASK, "day", "go_live", "go_live")),
        ({"field": "budget"}, Question("it", ASK, "amount", "budget", "budget")),
        ({"field": "urgent"}, Question("it", ASK, "yes_no", "urgent", "urgent", choices=YES_NO)),
        ({"field": "region"}, Question("it", ASK, "choice", "region", "region", choices=("north", "south"))),
        ({"field": "account"}, it("text", "account")),
        ({"field": "contact"}, it("text", "contact")),
        ({"field": "decision_maker"}, it("text", "decision_maker")),
        ({"field": "source"}, it("text", "source")),
        ({"field": "tags"}, it("text", "tags")),
        ({"field": "amount"}, it("amount", "amount")),
        ({"field": "close_date"}, it("day", "close_date")),
        ({"evidence": "note"}, it("note")),
        ({"evidence": "link"}, it("link", hint="link")),
        ({"evidence": "file"}, it("file", hint="path of the file")),
        ({"evidence": "exchange"}, it("exchange", hint="what was said")),
        ({"exchange": "mail"}, it("talk", exchange="mail", hint="needs 1 mail")),
        ({"exchange": "any", "count": 3}, it("talk", exchange="call", hint="needs 3 exchanges")),
        (
            {"exchange": "meeting", "count": 2, "within": 30},
            it("talk", exchange="meeting", hint="needs 2 meetings within 30 days"),
        ),
        ({"amount_review": True}, it("amount")._replace(field="amount")),
    ],
)
def test_each_kind_of_criterion_is_one_question(needs: dict[str, Any], question: Question) -> None:
    case = Case(leaving(criterion("it", **needs)))

    assert asked(case) == [question]
    assert others(case) == []


def test_a_field_of_the_company_is_asked_for_by_its_own_label() -> None:
    fields = FIELDS | {"effort_days": Field("effort_days", "number", "Days of work")}
    case = Case(replace(leaving(criterion("it", field="effort_days")), fields=fields))

    assert asked(case) == [Question("it", ASK, "number", "effort_days", "Days of work")]


@pytest.mark.parametrize(
    ("key", "question"),
    [
        ("urgent", Question("", "urgent", "yes_no", "urgent", "urgent", choices=YES_NO)),
        ("close_date", Question("", "close date", "day", "close_date", "close date")),
        ("owner", Question("", "owner", "text", "owner", "owner")),
    ],
)
def test_a_field_that_no_criterion_asks_for_is_asked_for_in_its_own_words(
    key: str, question: Question
) -> None:
    assert of_field(key, leaving()) == question


@pytest.mark.parametrize("key", SETTABLE_FIELDS)
def test_every_settable_field_is_called_by_what_people_call_it(key: str) -> None:
    answer = {"amount": "amount", "close_date": "day"}.get(key, "text")
    words = key.replace("_", " ")

    assert of_field(key, leaving(), "Well?", "it") == Question("it", "Well?", answer, key, words)


@pytest.mark.parametrize(
    ("compare", "fields"),
    [
        ("effort_days <= 20", [("number", "effort_days")]),
        ("amount >= 1000", [("amount", "amount")]),
        ("close_date >= today", [("day", "close_date")]),
        ("urgent", [("yes_no", "urgent")]),
        ("effort_days <= 20 and budget >= 1000", [("amount", "budget"), ("number", "effort_days")]),
        ("site = 'Lyon' and days_in_stage > 3", [("text", "site")]),
    ],
)
def test_a_comparison_asks_for_each_field_that_can_be_set_and_says_what_it_needs(
    compare: str, fields: list[tuple[str, str]]
) -> None:
    case = Case(leaving(criterion("it", compare=compare)))

    asks = [(q.answer, q.field) for q in asked(case)]
    assert asks == fields
    said = compare.replace("'", '"')
    assert {(q.criterion, q.ask, q.hint) for q in asked(case)} == {("it", ASK, f"needs {said}")}


@pytest.mark.parametrize("compare", ["days_in_stage > 3", "last_exchange_on > today - 14d", "stage = 'beta'"])
def test_a_comparison_of_what_is_computed_asks_nothing_and_waits_for_nobody(compare: str) -> None:
    case = Case(leaving(criterion("it", compare=compare)))

    assert case.unmet() == {"it": ("comparison",)}
    assert asked(case) == []
    assert others(case) == []


def test_expired_evidence_is_asked_for_again_as_at_first() -> None:
    case = Case(leaving(criterion("it", evidence="link", valid_for=30)))
    first = asked(case)
    case.proves("it", link="https://acme.example/order")
    assert asked(case) == []
    case.on(TODAY + 31 * DAY)

    assert case.unmet() == {"it": ("expired",)}
    assert asked(case) == first == [it("link", hint="link")]


def test_an_overdue_next_action_is_asked_for() -> None:
    case = Case(leaving(criterion("it", next_action=True)))
    assert asked(case) == []

    assert asked(case.on(TODAY + 8 * DAY)) == [it("next")]


@pytest.mark.parametrize(
    ("amount", "given_"),
    [
        ((48_000_00, "EUR"), "48000 EUR"),
        ((48_000_50, "EUR"), "48000.5 EUR"),
        ((15_000_00, "USD"), "15000 USD"),
        ((15_000, "JPY"), "15000 JPY"),
        ((0, "EUR"), "0 EUR"),
        (None, ""),
    ],
)
def test_an_amount_to_review_comes_with_the_present_one_as_it_can_be_typed_again(
    amount: tuple[int, str] | None, given_: str
) -> None:
    case = Case(leaving(criterion("it", amount_review=True)), amount=amount)

    assert asked(case) == [Question("it", ASK, "amount", field="amount", given=given_)]


def test_an_approval_is_never_a_question_and_always_of_others() -> None:
    case = Case(leaving(criterion("it", approval="desk")))
    assert (case.unmet(), asked(case), others(case)) == ({"it": ("approval",)}, [], ["it"])
    proofs.ask_approval(case.decision, case.gate().unmet[0])
    assert (case.unmet(), asked(case), others(case)) == ({"it": ("waiting",)}, [], ["it"])
    case.approves("it", refuse=True, reason="not this year")
    assert (case.unmet(), asked(case), others(case)) == ({"it": ("refused",)}, [], ["it"])
    case.approves("it")
    assert (case.unmet(), asked(case), others(case)) == ({}, [], [])


def test_a_criterion_that_takes_an_approval_and_more_is_of_others_once_the_rest_is_given() -> None:
    case = Case(leaving(criterion("it", evidence="note", approval="desk")))
    assert (asked(case), others(case)) == ([it("note")], [])
    case.proves("it")

    assert (asked(case), others(case)) == ([], ["it"])


def test_all_that_a_criterion_takes_is_asked_in_the_order_it_is_judged_in() -> None:
    case = Case(leaving(criterion("it", field="decision_maker", evidence="note", exchange="meeting")))

    assert asked(case) == [
        it("text", "decision_maker"),
        it("note"),
        it("talk", exchange="meeting", hint="needs 1 meeting"),
    ]
    case.proves("it")
    assert [q.answer for q in asked(case)] == ["text", "talk"]


def test_a_field_that_a_criterion_takes_and_compares_is_asked_for_once() -> None:
    case = Case(leaving(criterion("it", field="close_date", compare="close_date >= today")))

    assert case.unmet() == {"it": ("field", "comparison")}
    assert asked(case) == [it("day", "close_date")]
    case.sets(close_date=TODAY - DAY)
    assert asked(case) == [it("day", "close_date", hint="needs close_date >= today")]
    case.sets(close_date=TODAY)
    assert asked(case) == []


def test_a_field_that_several_criteria_take_is_asked_for_once() -> None:
    case = Case(
        leaving(
            criterion("price", field="amount"),
            criterion("worth-it", compare="amount >= 1000 and effort_days <= 20"),
            criterion("review", amount_review=True),
        )
    )

    assert [(q.criterion, q.field, q.hint) for q in asked(case)] == [
        ("price", "amount", ""),
        ("worth-it", "effort_days", "needs amount >= 1000 and effort_days <= 20"),
    ]


def test_the_questions_of_a_way_come_stage_by_stage_and_none_for_what_does_not_apply() -> None:
    rules = pipeline(
        stage("alpha", exit=(criterion("need", evidence="note"), criterion("dear", evidence="note", when="urgent"))),
        stage("beta", entry=(criterion("offer", evidence="link"),)),
        won=(criterion("order", evidence="file"),),
    )  # fmt: skip
    case = Case(rules)
    case.sets(urgent=False)

    assert [(q.criterion, q.answer) for q in asked(case, WON)] == [
        ("need", "note"),
        ("offer", "link"),
        ("order", "file"),
    ]


# Any gate

ROLES = st.sampled_from(["desk", "empty"])
FORMS = st.sampled_from(["note", "link", "file", "exchange"])
KINDS = st.sampled_from(["call", "mail", "meeting", "note", "any"])
NAMES = st.sampled_from([*SETTABLE_FIELDS, *FIELDS])
CONDITIONS = st.sampled_from(
    [
        "effort_days <= 20",
        "amount >= 1000",
        "close_date >= today and go_live > close_date",
        "urgent or region = 'north'",
        "budget > 0 and days_in_stage > 3",
        "days_in_stage > 3",
        "last_exchange_on > today - 14d",
        "overdue_days = 0",
        "has contact",
        "probability >= 50",
    ]
)
NEEDS: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("field", NAMES),
    ("compare", CONDITIONS),
    ("evidence", FORMS),
    ("exchange", KINDS),
    ("next_action", st.just(True)),
    ("amount_review", st.just(True)),
    ("approval", ROLES),
]
CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        **dict(NEEDS),
        "when": CONDITIONS,
        "count": st.integers(1, 3),
        "valid_for": st.integers(1, 9),
        "waivable_by": st.just(("boss",)),
    },
).filter(lambda needs: any(name in needs for name, _values in NEEDS))
GATES = st.lists(CRITERIA, min_size=1, max_size=5).map(
    lambda found: [criterion(f"c{n}", **needs) for n, needs in enumerate(found)]
)


def log(case: Case, _one: Criterion) -> None:
    case.logs("meeting", TODAY)


def sell(case: Case, _one: Criterion) -> None:
    case.prices(5000)


def urge(case: Case, _one: Criterion) -> None:
    case.sets(urgent=False, effort_days=30, contact=7)


def give(case: Case, one: Criterion) -> None:
    """Prove a criterion, where words prove it."""
    if one.evidence == "note":
        case.proves(one.key)


def ask(case: Case, one: Criterion) -> None:
    """Ask for the approval of a criterion that only others can give."""
    for verdict in of_others(case.gate()):
        if verdict.criterion.key == one.key:
            proofs.ask_approval(case.decision, verdict)


def refuse(case: Case, one: Criterion) -> None:
    if one.approval == "desk":
        case.approves(one.key, refuse=True, reason="no")


def waive(case: Case, one: Criterion) -> None:
    if one.waivable_by:
        case.waives(one.key)


ACTS: list[Callable[[Case, Criterion], None]] = [log, sell, urge, give, ask, refuse, waive]
LIVES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4)), max_size=8)
ANSWERS = {
    "expired": {"note", "link", "file", "exchange"},
    "evidence": {"note", "link", "file", "exchange"},
    "exchange": {"talk"},
    "next_action": {"next"},
}


def lived(
    criteria: list[Criterion], life: list[tuple[Callable[[Case, Criterion], None], int]], age: int
) -> Case:
    """An opportunity in front of a gate with these criteria, after these acts and so many days."""
    case = Case(leaving(*criteria), names={7: "Jeanne"})
    for act, n in life:
        act(case, criteria[n % len(criteria)])
    return case.on(TODAY + age * DAY)


def fields_of(verdict: Verdict) -> set[str]:
    """The fields that can be set to meet what a verdict misses."""
    one = verdict.criterion
    found = {one.field} if "field" in verdict.missing else set()
    if "comparison" in verdict.missing:
        found |= set(reads(one.compare or []))
    if "amount" in verdict.missing:
        found.add("amount")
    return {name for name in found if name in SETTABLE_FIELDS or name in FIELDS}


@given(GATES, LIVES, st.integers(0, 20))
def test_whatever_is_unmet_is_asked_or_of_others_or_compares_what_is_computed(
    criteria: list[Criterion],
    life: list[tuple[Callable[[Case, Criterion], None], int]],
    age: int,
) -> None:
    case = lived(criteria, life, age)
    found, waiting = asked(case), others(case)

    answers = {(q.criterion, q.answer) for q in found}
    fields = [q.field for q in found if q.field]
    assert len(set(fields)) == len(fields)
    assert {q.criterion for q in found} <= case.unmet().keys() - set(waiting)
    for verdict in case.gate().unmet:
        key, missing = verdict.criterion.key, set(verdict.missing)
        assert (key in waiting) is (missing <= OF_OTHERS)
        assert fields_of(verdict) <= set(fields)
        for need in missing & ANSWERS.keys():
            assert any((key, answer) in answers for answer in ANSWERS[need])
        if key not in waiting and key not in {q.criterion for q in found} and not fields_of(verdict):
            assert missing <= {"comparison", *OF_OTHERS}
            assert not {*reads(verdict.criterion.compare or [])} & {*SETTABLE_FIELDS, *FIELDS}


@given(GATES, LIVES, st.integers(0, 20))
def test_every_question_says_what_it_is_about_and_how_it_is_answered(
    criteria: list[Criterion],
    life: list[tuple[Callable[[Case, Criterion], None], int]],
    age: int,
) -> None:
    for question in asked(lived(criteria, life, age)):
        assert question.ask == f"What about {question.criterion}?"
        assert bool(question.choices) is (question.answer in (asking.CHOICE, asking.YES_NO))
        assert bool(question.exchange) is (question.answer == asking.TALK)
        assert not question.field or question.field in SETTABLE_FIELDS or question.field in FIELDS
        assert not question.given or question.field == "amount"
