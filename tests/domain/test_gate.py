"""The gate, criterion kind by criterion kind: what each takes, and what it says is missing."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain import proofs
from pipecli.domain.pipeline import WON
from pipecli.errors import GateNotMet

from .building import TODAY, Case, criterion, leaving, pipeline, stage

DAY = timedelta(1)


@pytest.mark.parametrize("field", ["effort_days", "site", "go_live", "budget", "urgent", "region", "source"])
def test_a_field_criterion_takes_a_field_that_is_set(field: str) -> None:
    case = Case(leaving(criterion("known", field=field)))
    value: Any = {"go_live": "2026-05-01", "urgent": False, "budget": 100, "effort_days": 0}.get(field, "x")

    assert case.unmet() == {"known": ("field",)}
    case.sets(**{field: value})
    assert case.gate().met[0].basis == {"field": field}
    case.sets(**{field: None})
    assert case.unmet() == {"known": ("field",)}


@pytest.mark.parametrize(
    ("field", "value", "cleared"),
    [
        ("contact", 7, None),
        ("decision_maker", 7, None),
        ("account", 8, None),
        ("close_date", date(2026, 5, 1), None),
        ("tags", ("big",), ()),
        ("amount", (500, "USD"), None),
    ],
)
def test_a_field_criterion_reads_the_built_in_fields_too(field: str, value: Any, cleared: Any) -> None:
    case = Case(leaving(criterion("known", field=field)), names={7: "Jeanne", 8: "Acme"})

    assert case.unmet() == {"known": ("field",)}
    case.sets(**{field: value})
    assert case.unmet() == {}
    case.sets(**{field: cleared})
    assert case.unmet() == {"known": ("field",)}


@pytest.mark.parametrize(("days", "missing"), [(None, True), (21, True), (20, False), (3, False)])
def test_a_comparison_takes_a_condition_that_holds_and_not_one_that_is_unknown(
    days: int | None, missing: bool
) -> None:
    case = Case(leaving(criterion("small", compare="effort_days <= 20")))
    case.sets(effort_days=days)

    assert case.unmet() == ({"small": ("comparison",)} if missing else {})


def test_a_comparison_with_today_is_judged_on_the_day() -> None:
    case = Case(leaving(criterion("soon", compare="close_date >= today")))
    case.sets(close_date=TODAY + DAY)

    assert case.unmet() == {}
    assert case.on(TODAY + 2 * DAY).unmet() == {"soon": ("comparison",)}


def test_a_comparison_with_an_amount_in_a_currency_without_a_rate_does_not_hold() -> None:
    case = Case(leaving(criterion("worth-it", compare="amount >= 1000")))
    case.prices(5000, "USD")

    assert case.unmet() == {"worth-it": ("comparison",)}


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("note", {"text": "said so"}),
        ("note", {"quote": "we need it"}),
        ("note", {"link": "https://acme.example/rfp"}),
        ("note", {"path": "/tmp/order.pdf", "sha256": "ab"}),
        ("link", {"link": "https://acme.example/rfp"}),
        ("link", {"text": "https://acme.example/rfp"}),
        ("file", {"path": "/tmp/order.pdf", "sha256": "ab"}),
    ],
)
def test_evidence_is_stored_proof_of_the_form_that_is_asked_for(wanted: str, given: dict[str, str]) -> None:
    case = Case(leaving(criterion("need", evidence=wanted)))

    assert case.unmet() == {"need": ("evidence",)}
    proof = case.proves("need", **given)
    assert case.gate().met[0].basis == {"evidence": proof.seq}


def test_exchange_evidence_rests_on_an_exchange() -> None:
    case = Case(leaving(criterion("told", evidence="exchange")))
    said = case.logs("meeting")

    assert case.unmet() == {"told": ("evidence",)}
    proof = case.proves("told", exchange=said.seq)
    assert case.gate().met[0].basis == {"evidence": proof.seq}


def test_withdrawn_evidence_proves_nothing() -> None:
    case = Case(leaving(criterion("need", evidence="note")))
    case.proves("need")
    proofs.unprove(case.decision, "need")

    assert case.unmet() == {"need": ("evidence",)}


def test_evidence_of_another_form_does_not_count_after_the_definition_changed() -> None:
    case = Case(leaving(criterion("order", evidence="note")))
    case.proves("order", text="they told me")
    older = case.proves("order", link="https://acme.example/order")
    case.proves("order", text="they told me again")
    case.under(leaving(criterion("order", evidence="link")))

    assert case.gate().met[0].basis == {"evidence": older.seq}
    assert case.under(leaving(criterion("order", evidence="file"))).unmet() == {"order": ("evidence",)}


@pytest.mark.parametrize(("age", "missing"), [(0, None), (30, None), (31, "expired")])
def test_evidence_holds_for_as_long_as_it_is_valid(age: int, missing: str | None) -> None:
    case = Case(leaving(criterion("need", evidence="note", valid_for=30)))
    case.proves("need", on=TODAY)

    assert case.on(TODAY + age * DAY).unmet() == ({"need": (missing,)} if missing else {})


def test_older_evidence_recorded_later_does_not_age_what_is_newer() -> None:
    case = Case(leaving(criterion("need", evidence="note", valid_for=30)))
    newer = case.proves("need", on=TODAY)
    case.proves("need", on=TODAY - 90 * DAY)

    assert case.gate().met[0].basis == {"evidence": newer.seq}


@pytest.mark.parametrize(
    ("wanted", "logged", "met"),
    [
        ("meeting", ["meeting"], True),
        ("meeting", ["call", "mail", "note"], False),
        ("call", ["call"], True),
        ("mail", ["mail"], True),
        ("note", ["note"], True),
        ("any", ["mail"], True),
        ("any", [], False),
    ],
)
def test_an_exchange_criterion_takes_an_exchange_of_its_kind(
    wanted: str, logged: list[str], met: bool
) -> None:
    case = Case(leaving(criterion("talk", exchange=wanted)))
    for kind in logged:
        case.logs(kind)

    assert case.unmet() == ({} if met else {"talk": ("exchange",)})


@pytest.mark.parametrize(
    ("ages", "met"),
    [
        ([0, 5], True),
        ([0, 30], True),
        ([0, 31], False),
        ([3], False),
        ([40, 50, 60], False),
        ([1, 2, 3], True),
    ],
)
def test_an_exchange_criterion_counts_those_within_its_window(ages: list[int], met: bool) -> None:
    case = Case(leaving(criterion("talk", exchange="meeting", count=2, within=30)))
    seqs = [case.logs("meeting", TODAY - age * DAY).seq for age in ages]

    assert case.unmet() == ({} if met else {"talk": ("exchange",)})
    if met:
        assert case.gate().met[0].basis == {"exchanges": seqs[-2:]}


def test_a_next_action_criterion_takes_one_that_is_not_overdue() -> None:
    case = Case(leaving(criterion("planned", next_action=True)), next_action=("call", TODAY + 2 * DAY))

    assert case.unmet() == {}
    assert case.on(TODAY + 2 * DAY).unmet() == {}
    assert case.on(TODAY + 3 * DAY).unmet() == {"planned": ("next_action",)}


def test_an_amount_review_takes_an_amount_confirmed_or_changed_in_this_stage() -> None:
    rules = pipeline(stage("alpha"), stage("beta", entry=(criterion("price", amount_review=True),)))

    case = Case(rules, amount=(100_000, "EUR"))
    assert case.unmet() == {"price": ("amount",)}, "the amount it was opened with is no revision"
    case.prices(1000)
    assert case.unmet() == {}, "the same amount confirms it"

    case = Case(rules)
    case.prices(2000)
    assert case.unmet() == {}
    case.prices(None)
    assert case.unmet() == {"price": ("amount",)}, "no amount is no review"


def test_an_amount_reviewed_for_one_stage_is_reviewed_again_for_the_next() -> None:
    rules = pipeline(
        stage("alpha"),
        stage("beta", entry=(criterion("price-beta", amount_review=True),)),
        stage("gamma", entry=(criterion("price-gamma", amount_review=True),)),
    )
    case = Case(rules)
    case.prices(1000)
    case.advances()

    assert case.unmet("gamma") == {"price-gamma": ("amount",)}


def test_an_approval_is_asked_given_or_refused() -> None:
    case = Case(leaving(criterion("feasible", approval="desk")))
    assert case.unmet() == {"feasible": ("approval",)}
    proofs.ask_approval(case.decision, case.gate().unmet[0])
    assert case.unmet() == {"feasible": ("waiting",)}
    case.approves("feasible", refuse=True, reason="not this year")
    assert case.unmet() == {"feasible": ("refused",)}
    given = case.approves("feasible", who="bob")
    assert case.gate().met[0].basis == {"approval": given.seq}


@pytest.mark.parametrize(("age", "missing"), [(10, False), (11, True)])
def test_an_approval_holds_for_as_long_as_it_is_valid(age: int, missing: bool) -> None:
    case = Case(leaving(criterion("feasible", approval="desk", valid_for=10)))
    case.approves("feasible")

    assert case.on(TODAY + age * DAY).unmet() == ({"feasible": ("approval",)} if missing else {})


def test_a_criterion_of_several_requirements_takes_all_of_them() -> None:
    case = Case(
        leaving(criterion("decision-maker", field="decision_maker", evidence="note", exchange="meeting")),
        names={7: "Jeanne"},
    )
    assert case.unmet() == {"decision-maker": ("field", "evidence", "exchange")}
    case.sets(decision_maker=7)
    assert case.unmet() == {"decision-maker": ("evidence", "exchange")}
    proof = case.proves("decision-maker")
    said = case.logs("meeting")
    assert case.gate().met[0].basis == {
        "field": "decision_maker",
        "evidence": proof.seq,
        "exchanges": [said.seq],
    }


class TestWhen:
    @pytest.mark.parametrize(
        ("euros", "applies"), [(None, True), (20_000, True), (50_000, True), (19_999, False)]
    )
    def test_a_blank_amount_does_not_dodge_an_approval(self, euros: int | None, applies: bool) -> None:
        case = Case(leaving(criterion("feasible", approval="desk", when="amount >= 20000")))
        case.prices(euros)

        assert case.unmet() == ({"feasible": ("approval",)} if applies else {})
        assert case.gate().inapplicable == (() if applies else ("feasible",))

    @pytest.mark.parametrize(
        "when",
        [
            "amount >= 20000",
            "amount < 20000",
            "has amount",
            "has amount and amount >= 20000",
            "not (amount < 20000)",
            "amount in (1, 2)",
        ],
    )
    def test_an_amount_in_another_currency_does_not_dodge_an_approval(self, when: str) -> None:
        case = Case(leaving(criterion("feasible", approval="desk", when=when)))
        case.prices(30, "USD")

        assert case.unmet() == {"feasible": ("approval",)}

    def test_whether_there_is_an_amount_can_be_told_in_any_currency(self) -> None:
        case = Case(leaving(criterion("why-no-price", evidence="note", when="not has amount")))
        assert case.unmet() == {"why-no-price": ("evidence",)}
        case.prices(30, "USD")
        assert case.unmet() == {}

    @pytest.mark.parametrize(
        "when", ["effort_days > 5", "region = 'north'", "urgent", "go_live < today", "site in ('x')"]
    )
    def test_an_unset_field_applies(self, when: str) -> None:
        case = Case(leaving(criterion("need", evidence="note", when=when)))

        assert case.unmet() == {"need": ("evidence",)}

    def test_a_field_that_says_no_does_not_apply(self) -> None:
        case = Case(leaving(criterion("need", evidence="note", when="urgent")))
        case.sets(urgent=False)

        assert case.unmet() == {}


class TestWaivers:
    WAIVABLE = criterion("need", evidence="note", waivable_by=("boss",))

    def test_a_waiver_stands_in_for_all_that_the_criterion_takes(self) -> None:
        case = Case(leaving(criterion("need", evidence="note", approval="desk", waivable_by=("boss",))))
        waiver = case.waives("need")

        assert case.gate().met[0].basis == {"waiver": waiver.seq}
        assert case.advances().payload["met"] == {"need": {"waiver": waiver.seq}}

    def test_a_waiver_holds_while_the_stage_it_let_into_lasts(self) -> None:
        case = Case(leaving(self.WAIVABLE))
        case.waives("need")
        case.advances()

        assert case.lapsed() == []
        assert not case.judge.unproven()

    def test_a_waiver_does_not_hold_for_the_next_passage(self) -> None:
        case = Case(leaving(self.WAIVABLE))
        case.waives("need")
        case.advances()
        case.returns()

        assert case.unmet() == {"need": ("evidence",)}

    def test_a_waived_entry_is_to_be_proven_after_a_move_back_into_its_stage(self) -> None:
        case = Case(pipeline(stage("alpha"), stage("beta", entry=(self.WAIVABLE,)), stage("gamma")))
        case.waives("need")
        case.advances()
        assert case.unmet("gamma") == {}
        case.advances()
        case.returns()

        assert case.lapsed() == ["need"]
        assert case.unmet("gamma") == {"need": ("evidence",)}


class TestTheWay:
    RULES = pipeline(
        stage("alpha", entry=(criterion("a-in", evidence="note"),), exit=(criterion("a-out", evidence="note"),)),
        stage("beta", entry=(criterion("b-in", evidence="note"),), exit=(criterion("b-out", evidence="note"),)),
        stage("gamma", entry=(criterion("c-in", evidence="note"),), exit=(criterion("c-out", evidence="note"),)),
        won=(criterion("order", evidence="note"),),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("to", "asked"),
        [
            ("beta", ["a-in", "a-out", "b-in"]),
            ("gamma", ["a-in", "a-out", "b-in", "b-out", "c-in"]),
            (WON, ["a-in", "a-out", "b-in", "b-out", "c-in", "c-out", "order"]),
        ],
    )
    def test_skipping_stages_is_judged_on_all_between(self, to: str, asked: list[str]) -> None:
        assert list(Case(self.RULES).unmet(to)) == asked

    def test_the_own_entry_is_asked_again_only_where_it_is_not_proven(self) -> None:
        case = Case(self.RULES)
        for key in ("a-in", "a-out", "b-in"):
            case.proves(key)
        case.advances()

        assert list(case.unmet("gamma")) == ["b-out", "c-in"]

    def test_a_refused_move_says_everything_and_records_nothing(self) -> None:
        case = Case(self.RULES)
        before = len(case.events)

        with pytest.raises(GateNotMet) as refusal:
            case.advances("gamma")

        assert [item["criterion"] for item in refusal.value.detail["unmet"]] == list(case.unmet("gamma"))
        assert len(case.events) == before

    def test_an_entry_criterion_that_a_new_definition_adds_leaves_the_stage_unproven(self) -> None:
        case = Case(leaving(criterion("need", evidence="note")))
        case.proves("need")
        case.advances()
        alpha = stage("alpha", exit=(criterion("need", evidence="note"),))
        beta = stage("beta", entry=(criterion("scope", evidence="note"),))
        case.under(pipeline(alpha, beta, stage("gamma")))

        assert case.lapsed() == ["scope"]
        assert case.unmet("gamma") == {"scope": ("evidence",)}

    def test_an_opportunity_in_a_stage_that_is_no_more_is_judged_from_the_start(self) -> None:
        case = Case(leaving(criterion("need", evidence="note")))
        case.proves("need")
        case.advances()
        case.under(pipeline(stage("first", exit=(criterion("aim", evidence="note"),)), stage("second")))

        assert case.unmet("second") == {"aim": ("evidence",)}
