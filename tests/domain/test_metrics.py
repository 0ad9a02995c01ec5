"""Figures of the day: what an opportunity weighs, and when it is stale."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from pipecli.domain import decide, moves
from pipecli.domain.metrics import is_stale, probability_of, weighted
from pipecli.domain.pipeline import Pipeline

from .building import TODAY, Case, pipeline, stage

DAY = timedelta(1)
RULES = pipeline(
    stage("alpha", probability=20, bounds=(10, 40), stale_after=14),
    stage("beta", stale_after=5),
    stage("gamma"),
    stage("delta", stale_after=30, stale_when="go_live < today"),
)


def stale_on(case: Case, day: date, rules: Pipeline = RULES) -> bool:
    """As the lists judge it: from stage entry or the last exchange, and the shield of the next action."""
    o = case.state
    talked = o.last_exchange_on or date.min

    def facts() -> Mapping[str, Any]:
        return case.on(day).judge.facts

    return is_stale(
        status=o.status,
        stage=o.stage,
        quiet_since=max(o.visit.entered_on, talked),
        shield_until=o.next_action.shield if o.next_action else None,
        pipeline=rules,
        today=day,
        facts=facts,
    )


def unshielded(**opened: Any) -> Case:
    return Case(RULES, next_action=("call", TODAY), **opened)


@pytest.mark.parametrize(
    ("status", "adjusted", "percent"),
    [("open", None, 20), ("open", 35, 35), ("open", 0, 0), ("won", 35, 100), ("lost", 35, 0)],
)
def test_the_probability_is_that_of_the_outcome_or_ones_own_or_the_stages(
    status: str, adjusted: int | None, percent: int
) -> None:
    assert probability_of(status, "alpha", adjusted, RULES) == percent


@pytest.mark.parametrize(
    ("amount", "percent", "worth"), [(1000, 25, 250), (3, 50, 2), (0, 50, 0), (None, 50, None)]
)
def test_the_weighted_amount_is_none_without_an_amount(
    amount: int | None, percent: int, worth: int | None
) -> None:
    assert weighted(amount, percent) == worth


class TestStale:
    @pytest.mark.parametrize(("to", "days"), [("alpha", 14), ("beta", 5)])
    def test_each_stage_says_how_long_it_may_be_quiet(self, to: str, days: int) -> None:
        case = unshielded()
        if to != "alpha":
            case.advances(to)

        assert not stale_on(case, TODAY + days * DAY)
        assert stale_on(case, TODAY + (days + 1) * DAY)

    def test_a_stage_without_a_rule_is_never_stale(self) -> None:
        case = unshielded()
        case.advances("gamma")

        assert not stale_on(case, TODAY + 900 * DAY)

    @pytest.mark.parametrize("close", ["won", "lost"])
    def test_what_is_closed_is_never_stale(self, close: str) -> None:
        case = unshielded()
        if close == "won":
            moves.win(case.decision, "the price")
        else:
            moves.lose(case.decision, "price", "")

        assert not stale_on(case, TODAY + 900 * DAY)

    def test_it_counts_from_the_entry_into_the_stage_not_from_creation(self) -> None:
        case = unshielded()
        case.on(TODAY + 30 * DAY).advances("beta")

        assert not stale_on(case, TODAY + 35 * DAY)
        assert stale_on(case, TODAY + 36 * DAY)

    def test_an_exchange_starts_it_anew(self) -> None:
        case = unshielded()
        case.on(TODAY + 10 * DAY).logs()

        assert not stale_on(case, TODAY + 24 * DAY)
        assert stale_on(case, TODAY + 25 * DAY)

    def test_an_exchange_of_long_ago_does_not(self) -> None:
        case = unshielded()
        case.logs("call", TODAY - 90 * DAY)

        assert stale_on(case, TODAY + 15 * DAY)

    def test_a_next_action_shields_until_its_first_due_date(self) -> None:
        case = Case(RULES, next_action=("call", TODAY + 40 * DAY))

        assert not stale_on(case, TODAY + 40 * DAY)
        assert stale_on(case, TODAY + 41 * DAY)

    @pytest.mark.parametrize(
        "put_off",
        [
            lambda case: decide.snooze(case.decision, TODAY + 200 * DAY),
            lambda case: case.plans(TODAY + 200 * DAY),
        ],
        ids=["snoozed", "replaced"],
    )
    def test_putting_it_off_does_not_extend_the_shield(self, put_off: Any) -> None:
        case = Case(RULES, next_action=("call", TODAY + 20 * DAY))
        put_off(case)

        assert not stale_on(case, TODAY + 20 * DAY)
        assert stale_on(case, TODAY + 21 * DAY)

    def test_a_new_action_after_one_that_was_done_shields_anew(self) -> None:
        case = Case(RULES, next_action=("call", TODAY + 20 * DAY))
        decide.finish_next_action(case.decision)
        case.plans(TODAY + 60 * DAY)

        assert not stale_on(case, TODAY + 60 * DAY)

    @pytest.mark.parametrize(("go_live", "stale"), [(TODAY - DAY, True), (TODAY, False), (None, False)])
    def test_a_date_of_ones_own_makes_it_stale_whatever_the_shield(
        self, go_live: date | None, stale: bool
    ) -> None:
        case = Case(RULES, next_action=("call", TODAY + 90 * DAY))
        case.advances("delta")
        case.sets(go_live=go_live and go_live.isoformat())

        assert stale_on(case, TODAY) is stale
