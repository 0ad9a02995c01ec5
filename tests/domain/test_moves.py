"""Moves: forward through a gate, back, won, lost and open again, and what each is refused for."""

from datetime import timedelta

import pytest

from pipecli.domain import events as ev
from pipecli.domain import moves
from pipecli.domain.pipeline import WON
from pipecli.domain.route import target_of
from pipecli.errors import Conflict, GateNotMet, InvalidInput, NotFound, Required

from .building import TODAY, Case, criterion, pipeline, stage

DAY = timedelta(1)
NEED = criterion("need", evidence="note")
DEAR = criterion("feasible", approval="desk", when="amount >= 20000")
ORDER = criterion("order", evidence="note")
RULES = pipeline(stage("alpha", exit=(NEED, DEAR)), stage("beta"), stage("gamma"), won=(ORDER,))


def ready(**opened: object) -> Case:
    case = Case(RULES, amount=(100, "EUR"), **opened)
    case.proves("need")
    return case


class TestForward:
    @pytest.mark.parametrize(
        ("here", "to", "target"),
        [
            ("alpha", None, "beta"),
            ("alpha", "gamma", "gamma"),
            ("alpha", "Gam", "gamma"),
            ("gamma", None, WON),
            ("alpha", "won", WON),
        ],
    )
    def test_it_goes_to_the_next_stage_unless_told(self, here: str, to: str | None, target: str) -> None:
        case = ready()
        if here != "alpha":
            case.advances(here)

        assert target_of(case.state, RULES, to) == target

    @pytest.mark.parametrize("to", ["alpha", "beta"])
    def test_it_does_not_go_back_or_stay(self, to: str) -> None:
        case = ready()
        case.advances("beta")
        with pytest.raises(InvalidInput, match=f"to go back: pipe back 1 --to {to} --reason TEXT"):
            case.advances(to)

    def test_a_stage_that_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFound, match="the stages are: alpha, beta, gamma"):
            ready().advances("omega")

    def test_it_stores_what_the_gate_rested_on(self) -> None:
        case = ready()
        move = case.advances()

        assert move.kind == ev.STAGE_ADVANCED
        assert move.payload == {
            "from": "alpha",
            "to": "beta",
            "definition": 1,
            "met": {"need": {"evidence": 3}},
            "inapplicable": ["feasible"],
        }

    def test_from_the_last_stage_the_way_forward_is_to_win(self) -> None:
        case = ready()
        case.advances("gamma")
        with pytest.raises(GateNotMet) as refusal:
            case.advances()

        assert refusal.value.detail["to"] == WON
        assert [item["criterion"] for item in refusal.value.detail["unmet"]] == ["order", "reason"]


class TestBack:
    def test_it_goes_to_the_previous_stage_unless_told_and_needs_a_reason(self) -> None:
        case = ready()
        case.advances("gamma")
        with pytest.raises(Required, match="a move back needs a reason"):
            moves.back(case.decision, None, "")
        move = case.returns()

        assert (move.kind, move.payload) == (
            ev.STAGE_RETURNED,
            {"from": "gamma", "to": "beta", "definition": 1},
        )
        assert move.text == "they asked for another offer"
        assert case.returns("alpha").payload["to"] == "alpha"

    @pytest.mark.parametrize("to", ["beta", "gamma"])
    def test_it_does_not_go_forward_or_stay(self, to: str) -> None:
        case = ready()
        case.advances("beta")
        with pytest.raises(InvalidInput, match="to go forward: pipe advance 1"):
            case.returns(to)

    def test_there_is_nothing_before_the_first_stage(self) -> None:
        with pytest.raises(Conflict, match="1 is in the first stage; to give it up: pipe lose 1 REASON"):
            ready().returns()


class TestWin:
    def test_every_gate_that_remains_is_judged_and_the_reason_required(self) -> None:
        case = Case(RULES)
        with pytest.raises(GateNotMet) as refusal:
            moves.win(case.decision, "the price")
        assert [i["criterion"] for i in refusal.value.detail["unmet"]] == ["need", "feasible", "order"]

        case = ready()
        case.proves("order")
        with pytest.raises(GateNotMet) as refusal:
            moves.win(case.decision, " ")
        assert [i["criterion"] for i in refusal.value.detail["unmet"]] == ["reason"]

        won = moves.win(case.decision, " the price ")
        assert (won.kind, won.text) == (ev.WON, "the price")
        assert won.payload["met"] == {"need": {"evidence": 3}, "order": {"evidence": 4}}
        assert (case.state.status, case.state.outcome_reason, case.state.stage) == (
            "won",
            "the price",
            "alpha",
        )


class TestLose:
    @pytest.mark.parametrize(
        ("reason", "key"), [("price", "price"), ("Too Dear", "price"), ("no budget", "no-budget")]
    )
    def test_it_takes_a_reason_of_the_list(self, reason: str, key: str) -> None:
        case = Case(RULES)
        lost = moves.lose(case.decision, reason, "")

        assert lost.payload == {"from": "alpha", "reason": key, "definition": 1}
        assert lost.text is None

    def test_it_needs_one(self) -> None:
        with pytest.raises(Required, match="one of: price, no-budget, other"):
            moves.lose(Case(RULES).decision, " ", "")
        with pytest.raises(InvalidInput, match='no loss reason "weather"'):
            moves.lose(Case(RULES).decision, "weather", "")

    def test_other_needs_a_note(self) -> None:
        case = Case(RULES)
        with pytest.raises(Required) as refusal:
            moves.lose(case.decision, "other", " ")
        assert refusal.value.detail["missing"] == ["note"]
        moves.lose(case.decision, "other", "the founder left")

        assert (case.state.loss_reason, case.state.outcome_reason) == ("other", "the founder left")


class TestReopen:
    def lost(self) -> Case:
        case = ready()
        case.advances()
        moves.lose(case.decision, "price", "")
        return case.on(TODAY + DAY)

    def test_it_opens_in_the_stage_it_was_closed_in_with_a_next_action(self) -> None:
        case = self.lost()
        event = moves.reopen(case.decision, "they called", ("call", TODAY + DAY))

        assert event.payload == {"from": "lost", "to": "beta", "definition": 1}
        assert (case.state.stage, case.state.status) == ("beta", "open")

    def test_it_needs_a_reason_and_a_next_action(self) -> None:
        with pytest.raises(Required, match="reopening needs a reason"):
            moves.reopen(self.lost().decision, "", ("call", TODAY + DAY))
        with pytest.raises(Required, match="needs a dated next action"):
            moves.reopen(self.lost().decision, "they called", None)

    def test_an_open_one_is_open_already(self) -> None:
        with pytest.raises(Conflict, match="1 Rollout is open already"):
            moves.reopen(Case(RULES).decision, "they called", ("call", TODAY))

    def test_where_its_stage_is_no_more_it_starts_again(self) -> None:
        case = self.lost().under(pipeline(stage("first"), stage("second")))
        moves.reopen(case.decision, "they called", ("call", TODAY + DAY))

        assert case.state.stage == "first"
