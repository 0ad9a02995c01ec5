"""Everyday decisions: the time rule, the next action that is always there, amounts, probabilities and texts."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain import decide, moves
from pipecli.domain import events as ev
from pipecli.domain.decide import Decision
from pipecli.errors import Conflict, InvalidInput, PipeError, Required

from .building import TODAY, Case, pipeline, stage

DAY = timedelta(1)
PLAIN = pipeline(stage("alpha", probability=20, bounds=(10, 40)), stage("beta", probability=50))


def closed() -> Case:
    case = Case(PLAIN)
    moves.lose(case.decision, "price", "")
    return case


class TestTime:
    @pytest.mark.parametrize(
        "change",
        [
            lambda d, on: decide.set_values(d, {"amount": (500, "EUR")}, on),
            lambda d, on: decide.set_values(d, {"close_date": date(2026, 9, 1)}, on),
            lambda d, on: decide.set_values(d, {"owner": "max"}, on),
            lambda d, on: decide.adjust_probability(d, 30, "why not", on),
            lambda d, on: moves.advance(d, None, on),
            lambda d, on: moves.lose(d, "price", "", on),
        ],
    )
    def test_a_state_event_is_never_dated_before_the_last_one_nor_in_the_future(self, change: Any) -> None:
        case = Case(PLAIN)
        case.on(TODAY + 5 * DAY).sets(amount=(100, "EUR"))
        case.on(TODAY + 9 * DAY)

        with pytest.raises(InvalidInput) as early:
            change(case.decision, TODAY + 4 * DAY)
        assert early.value.message == (
            "2026-03-06 is before the amount of 2026-03-07; use --on 2026-03-07 or later"
        )
        assert early.value.detail == {"event": "AmountRevised", "seq": 3, "occurred_on": "2026-03-07"}
        with pytest.raises(InvalidInput, match="2026-03-12 is in the future"):
            change(case.decision, TODAY + 10 * DAY)
        change(case.decision, TODAY + 5 * DAY)
        assert case.events[-1].occurred_on == TODAY + 5 * DAY

    def test_an_amount_confirmed_is_state_as_well(self) -> None:
        case = Case(PLAIN, amount=(100, "EUR"))
        with pytest.raises(InvalidInput, match="is before the opening of 2026-03-02"):
            decide.set_values(case.decision, {"amount": (100, "EUR")}, TODAY - DAY)

    @pytest.mark.parametrize(
        "fact",
        [
            lambda c, on: c.logs("call", on),
            lambda c, on: decide.set_values(c.decision, {"site": "Lyon"}, on),
            lambda c, on: decide.finish_next_action(c.decision, on),
        ],
    )
    def test_a_fact_may_lie_before_but_not_in_the_future(self, fact: Any) -> None:
        case = Case(PLAIN)
        fact(case, TODAY - 30 * DAY)
        assert case.events[-1].occurred_on == TODAY - 30 * DAY
        with pytest.raises(InvalidInput, match="in the future"):
            fact(Case(PLAIN), TODAY + DAY)

    def test_a_fact_does_not_hold_up_what_follows(self) -> None:
        case = Case(PLAIN, on=TODAY - 9 * DAY)
        case.logs("call", TODAY)
        decide.set_values(case.decision, {"amount": (500, "EUR")}, TODAY - 5 * DAY)

        assert case.events[-1].kind == ev.AMOUNT_REVISED


class TestOpening:
    def test_it_starts_in_the_first_stage_with_what_was_given(self) -> None:
        case = Case(
            PLAIN,
            name="  Rollout ",
            amount=(4_800_000, "USD"),
            close_date=date(2026, 6, 1),
            values={
                "source": "fair",
                "tags": ("big", "new"),
                "account": 7,
                "contact": None,
                "effort_days": 5,
            },
        )
        o = case.state

        assert (o.name, o.stage, o.status, o.owner) == ("Rollout", "alpha", "open", "lea")
        assert (o.amount, o.currency, o.close_date) == (4_800_000, "USD", date(2026, 6, 1))
        assert (o.source, o.tags, o.account, o.contact, o.fields) == (
            "fair", ("big", "new"), 7, None, {"effort_days": 5},
        )  # fmt: skip
        assert o.next_action and (o.next_action.text, o.next_action.due) == ("call", date(2026, 3, 9))

    def test_without_an_amount_it_is_in_the_pipelines_currency(self) -> None:
        assert (Case(PLAIN).state.amount, Case(PLAIN).state.currency) == (None, "EUR")

    def test_it_needs_a_dated_next_action(self) -> None:
        with pytest.raises(Required) as refusal:
            Case(PLAIN, next_action=None)

        assert refusal.value.detail["missing"] == ["next_action", "next_due"]
        assert refusal.value.message == '1 Rollout needs a dated next action: add -n "what" -d DATE'

    def test_nothing_can_be_read_before_it_was_opened(self) -> None:
        decision = Decision(None, pipeline=PLAIN, today=TODAY, actor="lea", names={}, number_events=lambda: 1)
        with pytest.raises(LookupError):
            _ = decision.state


class TestTexts:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("", "a name cannot be empty"),
            (" \n", "a name cannot be empty"),
            ("x" * 10_000, "a name has 10000 characters; 200 are the most"),
            ("a\x00b", "a name has characters that are not text"),
            ("a\udcffb", "a name has characters that are not text"),
        ],
    )
    def test_a_name_that_cannot_be_kept_is_refused(self, name: str, words: str) -> None:
        for attempt in (lambda: Case(PLAIN, name=name), lambda: Case(PLAIN).sets(name=name)):
            with pytest.raises(InvalidInput) as refusal:
                attempt()
            assert refusal.value.message == words

    @pytest.mark.parametrize("name", ["[bold]x[/]", "\u202eevil", "🚀 go", "\x1b[31mred", "é" * 200])
    def test_any_other_name_is_kept_as_typed(self, name: str) -> None:
        assert Case(PLAIN, name=name).state.name == name

    @pytest.mark.parametrize("field", ["source", "site", "owner", "tags"])
    @pytest.mark.parametrize("text", ["a\x00b", "a\udcffb", "x" * 10_001])
    def test_no_other_text_gets_in_that_cannot_be_kept(self, field: str, text: str) -> None:
        value = (text,) if field == "tags" else text
        with pytest.raises(InvalidInput, match=f"^{field} has"):
            Case(PLAIN).sets(**{field: value})
        if field != "owner":
            with pytest.raises(InvalidInput, match=f"^{field} has"):
                Case(PLAIN, values={field: value})

    @pytest.mark.parametrize("reason", ["", "  ", None])
    def test_a_reason_is_words(self, reason: str | None) -> None:
        with pytest.raises(Required) as refusal:
            decide.reason_given(reason, "a waiver")

        assert refusal.value.message == "a waiver needs a reason: add --reason TEXT"
        assert refusal.value.detail["missing"] == ["reason"]
        assert decide.reason_given(" because ", "a waiver") == "because"


class TestValues:
    def test_what_does_not_change_writes_nothing(self) -> None:
        case = Case(PLAIN, values={"source": "fair", "tags": ("big",), "effort_days": 5}, close_date=TODAY)
        before = list(case.events)
        case.sets(
            source="fair",
            tags=("big",),
            effort_days=5,
            close_date=TODAY,
            owner="lea",
            name="Rollout",
            site=None,
        )

        assert case.events == before

    def test_several_fields_are_described_in_one_event(self) -> None:
        case = Case(PLAIN)
        case.sets(source="fair", tags=("big",), effort_days=5)

        assert case.events[-1].payload == {"changes": {"source": "fair", "tags": ["big"], "effort_days": 5}}

    @pytest.mark.parametrize(
        ("given", "kind", "amount"),
        [
            ((100, "EUR"), ev.AMOUNT_CONFIRMED, 100),
            ((200, "EUR"), ev.AMOUNT_REVISED, 200),
            ((100, "USD"), ev.AMOUNT_REVISED, 100),
            (None, ev.AMOUNT_REVISED, None),
        ],
    )
    def test_the_same_amount_confirms_it_and_another_revises_it(
        self, given: tuple[int, str] | None, kind: str, amount: int | None
    ) -> None:
        case = Case(PLAIN, amount=(100, "EUR"))
        case.sets(amount=given)

        assert case.events[-1].kind == kind
        assert case.state.amount == amount

    def test_clearing_an_amount_that_is_not_there_writes_nothing(self) -> None:
        case = Case(PLAIN)
        case.sets(amount=None)

        assert case.events[-1].kind == ev.NEXT_ACTION_SET

    def test_a_close_date_can_be_cleared(self) -> None:
        case = Case(PLAIN, close_date=TODAY)
        case.sets(close_date=None)

        assert case.state.close_date is None


class TestProbability:
    @pytest.mark.parametrize(("percent", "kept"), [(10, 10), (40, 40), (30, 30), (20, None)])
    def test_within_its_bounds_it_is_the_opportunitys_own(self, percent: int, kept: int | None) -> None:
        case = Case(PLAIN)
        decide.adjust_probability(case.decision, 15, "they hesitate")
        decide.adjust_probability(case.decision, percent, "they called")

        assert case.state.probability == kept
        assert case.events[-1].text == "they called"

    @pytest.mark.parametrize("percent", [-1, 9, 41, 100])
    def test_outside_of_them_it_is_refused(self, percent: int) -> None:
        with pytest.raises(InvalidInput, match="the probability of Alpha is between 10 and 40 %"):
            decide.adjust_probability(Case(PLAIN).decision, percent, "hope")

    def test_a_fixed_one_stays(self) -> None:
        case = Case(PLAIN)
        case.advances()
        with pytest.raises(InvalidInput, match="the probability of Beta is fixed at 50 %"):
            decide.adjust_probability(case.decision, 60, "hope")

    def test_it_needs_a_reason_only_where_it_changes(self) -> None:
        case = Case(PLAIN)
        with pytest.raises(Required, match="needs a reason"):
            decide.adjust_probability(case.decision, 30, " ")
        decide.adjust_probability(case.decision, 20, "")

        assert case.events[-1].kind == ev.NEXT_ACTION_SET


class TestNextAction:
    @pytest.mark.parametrize("act", [decide.snooze, lambda d, due: decide.set_next_action(d, "call", due)])
    def test_it_is_not_due_in_the_past(self, act: Any) -> None:
        case = Case(PLAIN)
        with pytest.raises(InvalidInput, match="2026-03-01"):
            act(case.decision, TODAY - DAY)
        act(case.decision, TODAY)

        assert case.state.next_action and case.state.next_action.due == TODAY

    def test_it_has_words(self) -> None:
        with pytest.raises(InvalidInput, match="a next action cannot be empty"):
            decide.set_next_action(Case(PLAIN).decision, " ", TODAY)

    def test_done_asks_for_the_next_one(self) -> None:
        case = Case(PLAIN)
        decide.finish_next_action(case.decision)

        with pytest.raises(Required):
            case.decision.require_next_action()
        with pytest.raises(Required):
            decide.snooze(case.decision, TODAY)
        with pytest.raises(Conflict, match="1 Rollout has no next action to close"):
            decide.finish_next_action(case.decision)

    def test_what_came_in_without_one_has_none_to_close(self) -> None:
        payload = {
            "number": 1, "uid": "u", "name": "A", "owner": "lea", "stage": "alpha", "definition": 1,
            "currency": "EUR", "imported": True,
        }  # fmt: skip
        decision = Decision(None, pipeline=PLAIN, today=TODAY, actor="lea", names={}, number_events=lambda: 1)
        decision.record(ev.OPENED, payload)
        decide.finish_next_action(decision)

        assert [e.kind for e in decision.events] == [ev.OPENED]

    def test_a_closed_opportunity_needs_none(self) -> None:
        case = closed()
        case.decision.require_next_action()

        assert case.state.next_action is None


class TestClosed:
    @pytest.mark.parametrize(
        "act",
        [
            lambda c: c.plans(TODAY),
            lambda c: decide.snooze(c.decision, TODAY),
            lambda c: decide.finish_next_action(c.decision),
            lambda c: decide.adjust_probability(c.decision, 30, "hope"),
            lambda c: c.advances(),
            lambda c: c.returns(),
            lambda c: moves.win(c.decision, "the price"),
            lambda c: moves.lose(c.decision, "price", ""),
        ],
    )
    def test_what_only_an_open_one_does_is_a_conflict_that_says_how_to_go_on(self, act: Any) -> None:
        with pytest.raises(Conflict) as refusal:
            act(closed())

        assert refusal.value.message == (
            "1 Rollout is lost since 2026-03-02; to go on: pipe reopen 1 --reason TEXT -n NEXT -d DUE"
        )
        assert refusal.value.detail == {"ref": 1, "status": "lost"}

    def test_a_won_one_is_called_won(self) -> None:
        case = Case(PLAIN)
        moves.win(case.decision, "the price")
        with pytest.raises(Conflict, match="is won since 2026-03-02"):
            case.plans(TODAY)

    def test_facts_can_still_be_added(self) -> None:
        case = closed()
        case.logs("call")
        case.sets(source="fair")

        assert (len(case.state.exchanges), case.state.source) == (1, "fair")


@pytest.mark.parametrize("kind", ["call", "mail", "meeting", "note"])
def test_an_exchange_is_of_one_of_four_kinds(kind: str) -> None:
    event = decide.log_exchange(Case(PLAIN).decision, kind, " what was said ")

    assert (event.payload, event.text) == ({"kind": kind}, "what was said")


@pytest.mark.parametrize(("kind", "text"), [("fax", "hello"), ("call", " ")])
def test_another_kind_or_no_words_is_refused(kind: str, text: str) -> None:
    case = Case(PLAIN)
    with pytest.raises(PipeError, match=r"not a kind of exchange|what was said cannot be empty"):
        decide.log_exchange(case.decision, kind, text)

    assert case.state.exchanges == ()
