"""Folding an opportunity's events: total, whatever they say, and the same whoever replays them."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import decide, moves, proofs
from pipecli.domain import events as ev
from pipecli.domain.events import Event
from pipecli.domain.evolve import evolve, fold
from pipecli.domain.opportunity import Opportunity, Span

from .building import TODAY, Case, criterion, leaving, pipeline, stage

DAY = timedelta(1)
PLAIN = pipeline(stage("alpha"), stage("beta"), stage("gamma"))


def span(first: int, last: int | None, **state: Any) -> Span:
    """From one day after TODAY to another: open in alpha, without an amount, Lea's."""
    plain = {"stage": "alpha", "status": "open", "amount": None, "currency": "EUR"}
    plain |= {"probability": None, "close_date": None, "owner": "lea"}
    return Span(TODAY + first * DAY, None if last is None else TODAY + last * DAY, **(plain | state))


class TestFold:
    def test_replaying_the_events_gives_the_state(self) -> None:
        case = Case(leaving(criterion("need", evidence="note")), amount=(100, "EUR"))
        case.on(TODAY + DAY).proves("need")
        case.advances()
        case.sets(source="fair", tags=("big",), effort_days=3, owner="max", close_date=TODAY)
        case.on(TODAY + 2 * DAY).returns()

        assert fold(case.events) == case.state

    def test_nothing_was_opened_by_anything_else(self) -> None:
        assert fold([]) is None
        assert evolve(None, Event(ev.AMOUNT_REVISED, TODAY, {"amount": 1, "currency": "EUR"})) is None

    @pytest.mark.parametrize("kind", ["SomethingNew", ev.CONTENT_ERASED, ev.ROW_IMPORTED])
    def test_a_kind_that_is_not_known_changes_only_the_version(self, kind: str) -> None:
        before = Case(PLAIN).state
        after = evolve(before, Event(kind, TODAY, {"what": 1}, version=9))

        assert isinstance(after, Opportunity)
        assert after.version == 9
        assert [name for name in Opportunity.__slots__ if getattr(after, name) != getattr(before, name)] == [
            "version"
        ]

    @pytest.mark.parametrize("kind", [ev.NEXT_ACTION_DONE, ev.NEXT_ACTION_SNOOZED])
    def test_an_action_that_is_not_there_is_not_closed_or_put_off(self, kind: str) -> None:
        case = Case(PLAIN)
        moves.lose(case.decision, "price", "")
        after = evolve(case.state, Event(kind, TODAY, {"due": "2026-05-01"}, version=9))

        assert after and after.next_action is None
        assert after.closed_actions == case.state.closed_actions

    def test_an_undone_command_leaves_no_trace_but_the_version(self) -> None:
        case = Case(PLAIN)
        opened = [e._replace(command=1) for e in case.events]
        revised = Event(
            ev.AMOUNT_REVISED, TODAY, {"amount": 1, "currency": "EUR"}, seq=3, command=2, version=3
        )
        undone = Event(ev.COMMAND_UNDONE, TODAY, {"command": 2}, seq=4, command=3, version=4)

        assert fold([*opened, revised, undone]) == fold(opened)

    @given(st.permutations(range(1, 9)))
    def test_any_order_of_events_folds_into_something(self, order: list[int]) -> None:
        case = Case(PLAIN, amount=(100, "EUR"))
        case.logs("call")
        case.prices(2)
        case.plans(TODAY + 3 * DAY)
        case.advances()
        case.returns()
        moves.lose(case.decision, "price", "")
        moves.reopen(case.decision, "again", ("call", TODAY))
        opening, *others = case.events
        state = fold([opening, *(others[n - 1] for n in order)])

        assert state is not None
        assert (state.number, state.name, len(state.exchanges)) == (1, "Rollout", 1)
        assert state.status in ("open", "lost")


class TestFields:
    def test_an_unset_field_of_ones_own_is_gone_and_a_built_in_one_is_empty(self) -> None:
        case = Case(PLAIN, values={"source": "fair", "tags": ("big",), "effort_days": 3, "site": None})
        assert (case.state.source, case.state.tags, case.state.fields) == (
            "fair",
            ("big",),
            {"effort_days": 3},
        )
        case.sets(source=None, tags=(), effort_days=None)

        assert (case.state.source, case.state.tags, case.state.fields) == (None, (), {})

    def test_the_day_it_was_last_described_is_the_latest_one(self) -> None:
        case = Case(PLAIN)
        assert case.state.described_on is None
        case.sets(site="Lyon")
        decide.set_values(case.decision, {"site": "Nice"}, TODAY - 9 * DAY)

        assert case.state.described_on == TODAY

    def test_an_import_says_where_it_is_from(self) -> None:
        payload = {
            "number": 4, "uid": "u", "name": "A", "owner": "lea", "stage": "beta", "definition": 1, "currency": "EUR",
            "imported": True, "external": ["hubspot", "77"], "close_date": "2026-05-01",
        }  # fmt: skip
        state = fold([Event(ev.OPENED, TODAY, payload, seq=1, version=1)])

        assert state is not None
        assert (state.external, state.imported, state.visit.how) == (("hubspot", "77"), True, "imported")
        assert state.close_date == date(2026, 5, 1)
        assert state.last_exchange_on is None

    def test_the_last_exchange_is_the_latest_by_its_day(self) -> None:
        case = Case(PLAIN)
        case.logs("call", TODAY - DAY)
        case.logs("mail", TODAY - 30 * DAY)

        assert case.state.last_exchange_on == TODAY - DAY

    def test_the_last_day_is_that_of_the_latest_event(self) -> None:
        case = Case(PLAIN)
        case.on(TODAY + 5 * DAY).logs("call", TODAY + 4 * DAY)
        case.logs("call", TODAY + DAY)

        assert case.state.last_on == TODAY + 4 * DAY


class TestSpans:
    def test_a_span_is_the_state_from_day_to_day(self) -> None:
        case = Case(PLAIN)
        case.on(TODAY + 2 * DAY).prices(10)
        case.on(TODAY + 5 * DAY).advances()
        case.on(TODAY + 9 * DAY)
        moves.lose(case.decision, "price", "")

        assert case.state.spans == (
            span(0, 2),
            span(2, 5, amount=1000),
            span(5, 9, amount=1000, stage="beta"),
            span(9, None, amount=1000, stage="beta", status="lost"),
        )

    def test_of_one_day_the_last_state_counts(self) -> None:
        case = Case(PLAIN)
        case.on(TODAY + DAY).prices(10)
        case.prices(20)

        assert case.state.spans == (span(0, 1), span(1, None, amount=2000))

    def test_what_is_taken_back_within_the_day_was_never_so(self) -> None:
        case = Case(PLAIN)
        case.on(TODAY + DAY).advances()
        case.returns()

        assert case.state.spans == (span(0, None),)

    def test_what_is_no_part_of_it_starts_no_span(self) -> None:
        case = Case(PLAIN)
        case.on(TODAY + DAY).logs()
        case.sets(site="Lyon")
        case.prices(None)

        assert case.state.spans == (span(0, None),)

    def test_the_owner_the_close_date_and_a_probability_of_ones_own_are_part_of_it(self) -> None:
        case = Case(pipeline(stage("alpha", probability=20, bounds=(10, 40)), stage("beta")))
        case.on(TODAY + DAY).sets(owner="max", close_date=TODAY)
        decide.adjust_probability(case.decision, 30, "they called")

        assert case.state.spans[-1] == span(1, None, owner="max", close_date=TODAY, probability=30)


class TestVisits:
    def test_each_stay_in_a_stage_is_a_visit_that_ends_in_one_way(self) -> None:
        case = Case(PLAIN, amount=(100, "EUR"))
        case.on(TODAY + DAY).advances()
        case.on(TODAY + 2 * DAY).returns()
        case.on(TODAY + 3 * DAY).advances("gamma")
        moves.win(case.decision, "the price")

        stays = [(v.n, v.stage, v.how, v.outcome, v.amount) for v in case.state.visits]
        assert stays == [
            (1, "alpha", "opened", "advanced", 100),
            (2, "beta", "advanced", "returned", 100),
            (3, "alpha", "returned", "advanced", 100),
            (4, "gamma", "advanced", "won", 100),
        ]
        assert [(v.entered_on, v.left_on) for v in case.state.visits] == [
            (TODAY, TODAY + DAY),
            (TODAY + DAY, TODAY + 2 * DAY),
            (TODAY + 2 * DAY, TODAY + 3 * DAY),
            (TODAY + 3 * DAY, TODAY + 3 * DAY),
        ]

    def test_reopening_is_a_new_visit_and_leaves_the_closed_one_as_it_was(self) -> None:
        case = Case(PLAIN)
        moves.lose(case.decision, "price", "too much")
        assert (case.state.status, case.state.loss_reason, case.state.outcome_reason) == (
            "lost",
            "price",
            "too much",
        )
        assert case.state.closed_on == TODAY
        case.on(TODAY + 9 * DAY)
        moves.reopen(case.decision, "they called", ("call", TODAY + 10 * DAY))

        assert [(v.how, v.outcome, v.left_on) for v in case.state.visits] == [
            ("opened", "lost", TODAY),
            ("reopened", None, None),
        ]
        o = case.state
        assert (o.status, o.loss_reason, o.outcome_reason, o.closed_on) == ("open", None, None, None)
        assert o.is_open

    def test_a_probability_of_ones_own_ends_with_the_stage(self) -> None:
        case = Case(pipeline(stage("alpha", probability=20, bounds=(10, 40)), stage("beta")))
        decide.adjust_probability(case.decision, 30, "they called")
        case.advances()

        assert case.state.probability is None


class TestNextActions:
    def test_the_shield_is_the_first_due_date(self) -> None:
        case = Case(PLAIN, next_action=("call", TODAY + 3 * DAY))
        decide.snooze(case.decision, TODAY + 20 * DAY)

        action = case.state.next_action
        assert action and (action.due, action.shield) == (TODAY + 20 * DAY, TODAY + 3 * DAY)

    @pytest.mark.parametrize(("due", "shield"), [(30, 3), (1, 1)])
    def test_replacing_an_action_that_was_not_done_does_not_extend_it(self, due: int, shield: int) -> None:
        case = Case(PLAIN, next_action=("call", TODAY + 3 * DAY))
        case.plans(TODAY + due * DAY)

        action = case.state.next_action
        assert action and (action.due, action.shield) == (TODAY + due * DAY, TODAY + shield * DAY)
        assert [(c.action.text, c.outcome) for c in case.state.closed_actions] == [("call", "replaced")]

    def test_after_one_that_was_done_the_shield_starts_anew(self) -> None:
        case = Case(PLAIN, next_action=("call", TODAY + 3 * DAY))
        decide.finish_next_action(case.decision)
        case.plans(TODAY + 30 * DAY)

        assert case.state.next_action and case.state.next_action.shield == TODAY + 30 * DAY
        assert [c.outcome for c in case.state.closed_actions] == ["done"]

    def test_closing_the_opportunity_closes_its_action(self) -> None:
        case = Case(PLAIN)
        moves.win(case.decision, "the price")

        assert case.state.next_action is None
        assert [(c.outcome, c.closed_on) for c in case.state.closed_actions] == [("won", TODAY)]


def test_an_approval_remembers_who_asked() -> None:
    case = Case(leaving(criterion("feasible", approval="desk")))
    proofs.ask_approval(case.decision, case.gate().unmet[0])
    case.approves("feasible", who="bob")
    word = case.state.approvals["feasible"]

    assert (word.status, word.actor, word.asked_by, word.role) == ("given", "bob", "lea", "desk")


def test_the_latest_proof_is_the_one_that_happened_last() -> None:
    case = Case(leaving(criterion("need", evidence="note")))
    newer = case.proves("need")
    link = case.proves("need", link="https://acme.example", on=TODAY - DAY)
    found = (case.state.proof("need"), case.state.proof("need", "link"), case.state.proof("need", "file"))

    assert [proof and proof.seq for proof in found] == [newer.seq, link.seq, None]


class TestWaivers:
    WAIVABLE = criterion("need", evidence="note", waivable_by=("boss",))

    def test_one_is_in_force_from_the_day_it_is_given_to_the_end_of_the_stage_it_lets_into(self) -> None:
        case = Case(leaving(self.WAIVABLE))
        assert case.state.waivers_in_force == ()
        given = case.waives("need")
        assert [w.seq for w in case.state.waivers_in_force] == [given.seq]
        case.advances()
        assert [w.seq for w in case.state.waivers_in_force] == [given.seq]
        case.returns()
        assert case.state.waivers_in_force == ()

    def test_one_that_a_gate_did_not_need_is_over_with_its_stage(self) -> None:
        dear = criterion("need", evidence="note", when="amount > 5k", waivable_by=("boss",))
        case = Case(leaving(dear), amount=(1_000_00, "EUR"))
        case.waives("need")
        case.advances()
        assert case.state.waivers_in_force == ()
