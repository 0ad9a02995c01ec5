"""What a stage rests on, and what becomes of it afterwards: lapses, moves back, thresholds passed too late."""

from datetime import timedelta

import pytest

from pipecli.domain import moves, proofs
from pipecli.domain.pipeline import WON, Criterion, Pipeline

from .building import TODAY, Case, criterion, leaving, pipeline, stage

DAY = timedelta(1)
DEAR = criterion("feasible", approval="desk", when="amount >= 20000")
NEED = criterion("need", evidence="note")


def four_stages(*out_of_alpha: Criterion) -> Pipeline:
    return pipeline(
        stage("alpha", exit=out_of_alpha),
        stage("beta", exit=(criterion("b-out", evidence="note"),)),
        stage("gamma", exit=(criterion("c-out", evidence="note"),)),
        stage("delta"),
        won=(criterion("order", evidence="note"),),
    )


def cheap_and_moved(to: str) -> Case:
    """An opportunity of 10,000 that needed no approval, in a later stage."""
    case = Case(four_stages(DEAR), amount=(10_000_00, "EUR"))
    for key in ("b-out", "c-out"):
        case.proves(key)
    while case.state.stage != to:
        case.advances()
    assert case.lapsed() == []
    return case


class TestApprovals:
    @pytest.mark.parametrize(
        ("change", "lapses"),
        [
            ({"amount": (90_000_00, "EUR")}, True),
            ({"amount": (20_000_00, "EUR")}, True),
            ({"amount": (30_000_00, "USD")}, True),
            ({"amount": None}, True),
            ({"amount": (30_000_00, "EUR")}, False),
            ({"site": "Lyon", "source": "fair"}, False),
        ],
    )
    def test_an_approval_lapses_when_what_its_when_reads_changes(
        self, change: dict[str, object], lapses: bool
    ) -> None:
        case = Case(leaving(DEAR), amount=(30_000_00, "EUR"))
        case.approves("feasible")
        case.sets(**change)

        assert case.unmet() == ({"feasible": ("approval",)} if lapses else {})

    @pytest.mark.parametrize(
        ("when", "change"),
        [
            ("region = 'north'", {"region": "north"}),
            ("close_date > today", {"close_date": TODAY + 9 * DAY}),
            ("owner = 'max'", {"owner": "max"}),
            ("source = 'fair'", {"source": "fair"}),
        ],
    )
    def test_any_field_it_reads_counts(self, when: str, change: dict[str, object]) -> None:
        case = Case(leaving(criterion("feasible", approval="desk", when=when)))
        case.approves("feasible")
        case.sets(**change)

        assert case.unmet() == {"feasible": ("approval",)}

    def test_an_approval_of_a_currency_does_not_lapse_with_the_amount(self) -> None:
        case = Case(leaving(criterion("abroad", approval="desk", when="currency != 'EUR'")))
        case.prices(1000, "USD")
        case.approves("abroad")

        case.prices(2000, "USD")
        assert case.unmet() == {}
        case.prices(2000, "CHF")
        assert case.unmet() == {"abroad": ("approval",)}

    def test_an_approval_without_a_condition_does_not_lapse(self) -> None:
        case = Case(leaving(criterion("feasible", approval="desk")))
        case.approves("feasible")
        case.prices(90_000)

        assert case.unmet() == {}

    def test_a_refusal_after_the_move_leaves_the_stage_unproven(self) -> None:
        case = Case(leaving(criterion("feasible", approval="desk")))
        case.approves("feasible")
        case.advances()
        case.approves("feasible", refuse=True, reason="the factory burned down")

        assert case.lapsed() == ["feasible"]

    def test_an_approval_whose_condition_reads_the_stage_survives_the_move_it_allowed(self) -> None:
        case = Case(leaving(criterion("feasible", approval="desk", when="stage = 'alpha' or amount > 0")))
        case.approves("feasible")
        case.advances()

        assert case.lapsed() == []

    def test_an_approval_is_proof_until_it_expires(self) -> None:
        case = Case(leaving(criterion("feasible", approval="desk", valid_for=10)))
        case.approves("feasible")
        case.advances()

        assert case.judge.proof_until() == TODAY + 10 * DAY
        assert case.on(TODAY + 11 * DAY).lapsed() == ["feasible"]


class TestAmountReviews:
    RULES = pipeline(
        stage("alpha"),
        stage("beta", entry=(criterion("price", amount_review=True, when="effort_days > 5"),)),
        stage("gamma"),
    )

    def test_an_amount_review_lapses_when_what_its_when_reads_changes(self) -> None:
        case = Case(self.RULES)
        case.sets(effort_days=6)
        case.prices(1000)
        assert case.unmet() == {}

        case.sets(effort_days=60)
        assert case.unmet() == {"price": ("amount",)}
        case.prices(1000)
        assert case.unmet() == {}

    def test_so_it_does_after_the_move(self) -> None:
        case = Case(self.RULES)
        case.sets(effort_days=6)
        case.prices(1000)
        case.advances()
        assert case.lapsed() == []

        case.sets(effort_days=60)
        assert case.lapsed() == ["price"]
        case.prices(1000)
        assert case.lapsed() == []

    def test_a_change_in_a_later_stage_still_counts_after_a_move_back(self) -> None:
        case = Case(self.RULES)
        case.sets(effort_days=6)
        case.prices(1000)
        case.advances()
        case.advances()
        case.sets(effort_days=60)
        case.returns()

        assert case.lapsed() == ["price"]
        assert case.unmet("gamma") == {"price": ("amount",)}


class TestThresholds:
    def test_a_change_past_the_threshold_after_the_move_leaves_the_stage_unproven(self) -> None:
        case = cheap_and_moved("beta")
        case.prices(50_000)

        assert case.judge.unproven()
        assert case.lapsed() == ["feasible"]
        assert case.unmet("gamma") == {"feasible": ("approval",)}
        case.approves("feasible")
        assert not case.judge.unproven()
        assert case.unmet("gamma") == {}

    @pytest.mark.parametrize("here", ["gamma", "delta"])
    def test_however_many_stages_later(self, here: str) -> None:
        case = cheap_and_moved(here)
        case.prices(50_000)

        assert case.lapsed() == ["feasible"]
        assert case.unmet(WON) == {"feasible": ("approval",), "order": ("evidence",)}

    def test_an_approval_given_long_ago_lapses_as_well(self) -> None:
        case = Case(four_stages(DEAR), amount=(20_000_00, "EUR"))
        case.approves("feasible")
        for key in ("b-out", "c-out"):
            case.proves(key)
        case.advances("delta")
        assert case.lapsed() == []

        case.prices(200_000)
        assert case.lapsed() == ["feasible"]

    @pytest.mark.parametrize("to", ["alpha", "beta", "gamma"])
    def test_moving_back_and_forth_does_not_dodge_it(self, to: str) -> None:
        case = Case(four_stages(DEAR), amount=(10_000_00, "EUR"))
        for key in ("b-out", "c-out"):
            case.proves(key)
        case.advances("delta")
        case.returns(to)
        case.prices(50_000)

        assert case.unmet("delta") == {"feasible": ("approval",)}

    def test_a_comparison_that_what_changed_breaks_leaves_the_stage_unproven(self) -> None:
        case = Case(leaving(criterion("small", compare="effort_days <= 20")))
        case.sets(effort_days=5)
        case.advances()
        assert case.lapsed() == []
        case.sets(effort_days=50)

        assert case.lapsed() == ["small"]


class TestWhatStands:
    def test_what_was_so_at_the_gate_is_not_asked_again_as_time_passes(self) -> None:
        rules = leaving(
            criterion("talk", exchange="meeting", within=30),
            criterion("planned", next_action=True),
            criterion("soon", compare="close_date >= today"),
            criterion("price", amount_review=True),
        )
        case = Case(rules, close_date=TODAY, amount=(1, "EUR"))
        case.logs("meeting")
        case.prices(1000)
        case.advances()

        assert case.on(TODAY + 300 * DAY).lapsed() == []

    def test_a_field_that_is_unset_and_evidence_that_is_withdrawn_leave_the_stage_unproven(self) -> None:
        case = Case(leaving(criterion("known", field="site"), NEED))
        case.sets(site="Lyon")
        case.proves("need")
        case.advances()
        case.sets(site=None)
        assert case.lapsed() == ["known"]
        proofs.unprove(case.decision, "need")
        assert case.lapsed() == ["known", "need"]

    @pytest.mark.parametrize(("age", "missing"), [(30, {}), (31, {"need": ("expired",)})])
    def test_evidence_survives_a_move_back_unless_it_expired(
        self, age: int, missing: dict[str, tuple[str, ...]]
    ) -> None:
        case = Case(leaving(criterion("need", evidence="note", valid_for=30)))
        case.proves("need")
        case.advances()
        case.returns()

        assert case.on(TODAY + age * DAY).unmet() == missing

    def test_the_proof_of_a_stage_is_valid_until_the_first_of_its_evidence_expires(self) -> None:
        case = Case(
            leaving(
                criterion("need", evidence="note", valid_for=30),
                criterion("scope", evidence="note", valid_for=20),
                criterion("aim", evidence="note"),
            )
        )
        for key in ("need", "scope", "aim"):
            case.proves(key)
        assert case.judge.proof_until() is None, "nothing had to be proven to be in the first stage"
        case.advances()

        assert case.judge.proof_until() == TODAY + 20 * DAY
        assert case.on(TODAY + 20 * DAY).lapsed() == []
        assert case.on(TODAY + 21 * DAY).lapsed() == ["scope"]

    def test_an_opportunity_opened_in_a_stage_with_entry_criteria_is_unproven_until_they_are_met(
        self,
    ) -> None:
        case = Case(pipeline(stage("alpha", entry=(NEED,)), stage("beta")))
        assert case.judge.unproven()
        case.proves("need")

        assert not case.judge.unproven()
        assert case.unmet() == {}

    def test_a_reopened_opportunity_rests_on_what_it_rested_on(self) -> None:
        case = Case(leaving(criterion("talk", exchange="meeting", within=30), NEED))
        case.logs("meeting")
        case.proves("need")
        case.advances()
        moves.lose(case.decision, "price", "")
        case.on(TODAY + 90 * DAY)
        moves.reopen(case.decision, "they called", ("call", TODAY + 91 * DAY))

        assert case.state.visit.how == "reopened"
        assert case.lapsed() == []


class TestLandedWithoutAGate:
    def landed(self, kind: str, at: str, *out_of_alpha: Criterion) -> Case:
        case = Case(four_stages(*out_of_alpha))
        case.decision.record(kind, {"from": "alpha", "to": at, "definition": 1})
        return case

    @pytest.mark.parametrize("kind", ["StageImported", "StageMoved"])
    def test_it_is_unproven_until_the_way_into_its_stage_is_proven(self, kind: str) -> None:
        case = self.landed(kind, "beta", NEED)
        assert case.judge.unproven()
        assert case.lapsed() == ["need"]
        case.proves("need")

        assert not case.judge.unproven()

    @pytest.mark.parametrize("kind", ["StageImported", "StageMoved"])
    def test_it_is_unproven_where_there_is_nothing_to_prove(self, kind: str) -> None:
        assert self.landed(kind, "beta").judge.unproven()
        assert self.landed(kind, "delta", NEED).lapsed() == ["c-out"]

    def test_what_lies_behind_it_is_not_asked_when_it_goes_on(self) -> None:
        assert list(self.landed("StageImported", "gamma", NEED).unmet(WON)) == ["c-out", "order"]
