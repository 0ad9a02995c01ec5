"""What a person saw before they answered: which change since then stands in their way, and which in nobody's."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain import decide, moves
from pipecli.domain import events as ev
from pipecli.domain.decide import Decision
from pipecli.domain.events import Event
from pipecli.domain.seen import Seen, refuse_if_moved, refuse_if_replanned, refuse_if_rewritten
from pipecli.errors import Conflict

from .building import Case, leaving

Act = Callable[[Case], object]


def a_case() -> Case:
    """One in alpha, whose way to beta and gamma asks nothing."""
    return Case(leaving(), names={7: "Jeanne", 8: "Acme"})


def look(case: Case) -> Seen:
    """What a person sees of it now."""
    return Seen.of(case.state)


def moves_on(case: Case) -> None:
    case.advances()


def goes_back(case: Case) -> None:
    case.returns()


def there_and_back(case: Case) -> None:
    case.advances()
    case.returns()


def plans(case: Case) -> None:
    decide.set_next_action(case.decision, "send the offer", date(2026, 3, 12))


def plans_the_same(case: Case) -> None:
    decide.set_next_action(case.decision, "call", date(2026, 3, 9))


def finishes(case: Case) -> None:
    decide.finish_next_action(case.decision)


def puts_off(case: Case) -> None:
    decide.snooze(case.decision, date(2026, 3, 20))


def loses(case: Case) -> None:
    moves.lose(case.decision, "price", "")


def logs(case: Case) -> None:
    case.logs()


def describes(case: Case) -> None:
    case.sets(site="Lyon")


def hands_over(case: Case) -> None:
    case.sets(owner="marc")


def test_what_is_seen_is_the_stage_the_next_action_and_every_value() -> None:
    case = a_case()
    assert look(case)[:2] == ("alpha", 2)  # event 1 opened it, 2 planned
    case.advances()
    plans(case)
    assert look(case)[:2] == ("beta", 4)
    finishes(case)
    assert look(case)[:2] == ("beta", None)
    case.sets(site="Lyon", owner="marc")
    values = look(case).values
    assert (values["site"], values["owner"], values["amount"]) == (
        "Lyon",
        "marc",
        (case.state.amount, case.state.currency),
    )
    assert {"name", "account", "contact", "close_date", "decision_maker", "probability"} <= set(values)


@pytest.mark.parametrize("act", [moves_on, plans, finishes, loses])
def test_who_looked_at_nothing_is_refused_nothing(act: Act) -> None:
    case = a_case()
    seen = look(case)
    act(case)

    assert is_refused(refuse_if_moved, case, seen) or is_refused(refuse_if_replanned, case, seen)
    refuse_if_moved(case.decision, None)
    refuse_if_replanned(case.decision, None)


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        (moves_on, True),
        (there_and_back, False),
        (plans, False),
        (finishes, False),
        (puts_off, False),
        (loses, False),
        (logs, False),
        (describes, False),
        (hands_over, False),
    ],
)
def test_a_move_is_in_the_way_of_one_who_saw_another_stage(act: Act, refused: bool) -> None:
    case = a_case()
    seen = look(case)
    refuse_if_moved(case.decision, seen)
    act(case)

    if not refused:
        refuse_if_moved(case.decision, seen)
        return
    with pytest.raises(Conflict) as conflict:
        refuse_if_moved(case.decision, seen)
    assert (conflict.value.message, conflict.value.detail) == (
        "1 Rollout was moved to Beta meanwhile; nothing was changed, look again: pipe why 1",
        {"ref": 1, "stage": "beta"},
    )


def test_a_move_back_is_in_the_way_as_well() -> None:
    case = a_case()
    case.advances()
    seen = look(case)
    goes_back(case)

    with pytest.raises(Conflict, match="1 Rollout was moved to Alpha meanwhile"):
        refuse_if_moved(case.decision, seen)


@pytest.mark.parametrize(
    ("act", "now"),
    [
        (plans, "send the offer"),
        (plans_the_same, "call"),
        (finishes, "none"),
        (loses, "none"),
        (puts_off, None),  # it is the same action on another day
        (moves_on, None),
        (logs, None),
        (describes, None),
    ],
)
def test_another_next_action_is_in_the_way_of_one_who_saw_the_one_before(act: Act, now: str | None) -> None:
    case = a_case()
    seen = look(case)
    refuse_if_replanned(case.decision, seen)
    act(case)

    if now is None:
        refuse_if_replanned(case.decision, seen)
        return
    with pytest.raises(Conflict) as conflict:
        refuse_if_replanned(case.decision, seen)
    assert (conflict.value.message, conflict.value.detail) == (
        f"the next action of 1 Rollout was changed meanwhile, it is now: {now}; nothing was changed",
        {"ref": 1},
    )


def test_a_first_next_action_is_in_the_way_of_one_who_saw_none() -> None:
    case = a_case()
    finishes(case)
    seen = look(case)
    logs(case)
    refuse_if_replanned(case.decision, seen)
    plans(case)

    with pytest.raises(Conflict, match="it is now: send the offer; nothing was changed"):
        refuse_if_replanned(case.decision, seen)


WRITES: dict[str, Act] = {
    "name": lambda c: c.sets(name="Rollout 2"),
    "account": lambda c: c.sets(account=8),
    "contact": lambda c: c.sets(contact=7),
    "decision_maker": lambda c: c.sets(decision_maker=7),
    "owner": lambda c: c.sets(owner="marc"),
    "amount": lambda c: c.prices(9000),
    "close_date": lambda c: c.sets(close_date=date(2026, 6, 1)),
    "source": lambda c: c.sets(source="fair"),
    "tags": lambda c: c.sets(tags=("key",)),
    "site": lambda c: c.sets(site="Lyon"),
    "effort_days": lambda c: c.sets(effort_days=12),
    "urgent": lambda c: c.sets(urgent=True),
}


IN_WORDS = {
    "name": "Rollout 2",
    "account": "Acme",
    "contact": "Jeanne",
    "decision_maker": "Jeanne",
    "owner": "marc",
    "amount": "€9,000",
    "close_date": "2026-06-01",
    "source": "fair",
    "tags": "key",
    "site": "Lyon",
    "effort_days": "12",
    "urgent": "yes",
}
"""What people read each field to be."""
LABELS = {"close_date": "close date", "decision_maker": "decision maker"}


@pytest.mark.parametrize("written", WRITES)
def test_a_field_written_since_is_in_the_way_of_its_own_answer_alone(written: str) -> None:
    case = a_case()
    seen = look(case)
    WRITES[written](case)

    refuse_if_rewritten(case.decision, [name for name in WRITES if name != written], seen)
    refuse_if_rewritten(case.decision, WRITES, look(case))
    refuse_if_rewritten(case.decision, WRITES, None)
    with pytest.raises(Conflict) as conflict:
        refuse_if_rewritten(case.decision, WRITES, seen)
    number, name = case.state.number, case.state.name
    assert (conflict.value.message, conflict.value.detail) == (
        f"{LABELS.get(written, written)} of {number} {name} was changed meanwhile, "
        f"it is now: {IN_WORDS[written]}; nothing was changed",
        {"ref": 1, "fields": [written]},
    )


def test_an_amount_that_was_only_confirmed_is_not_another_one() -> None:
    case = a_case()
    case.prices(9000)
    seen = look(case)
    case.prices(9000)

    refuse_if_rewritten(case.decision, ["amount"], seen)


def test_a_field_that_was_cleared_since_is_in_the_way() -> None:
    case = a_case()
    case.sets(site="Lyon")
    seen = look(case)
    case.sets(site=None)

    with pytest.raises(Conflict, match="site of 1 Rollout was changed meanwhile"):
        refuse_if_rewritten(case.decision, ["site"], seen)


# Whatever happens

ACTS: list[Act] = [logs, moves_on, goes_back, plans, puts_off, describes, hands_over, *WRITES.values()]
LIVES = st.lists(st.sampled_from(ACTS), max_size=8)


def live(case: Case, acts: list[Act]) -> list[Event]:
    """Do these acts, less the moves that lead out of the stages; the events they made."""
    known = len(case.events)
    ends: dict[Act, str] = {moves_on: "gamma", goes_back: "alpha"}
    for act in acts:
        if case.state.stage != ends.get(act):
            act(case)
    return case.events[known:]


def written(events: list[Event]) -> set[str]:
    """The fields that these events wrote."""
    own = {ev.AMOUNT_REVISED: "amount", ev.CLOSE_DATE_SET: "close_date", ev.OWNER_CHANGED: "owner"}
    described = {name for e in events if e.kind == ev.DESCRIBED for name in e.payload["changes"]}
    return described | {own[e.kind] for e in events if e.kind in own}


def is_refused(refuse: Callable[[Decision, Seen], None], case: Case, seen: Seen) -> bool:
    try:
        refuse(case.decision, seen)
    except Conflict:
        return True
    return False


@given(LIVES, LIVES, st.lists(st.sampled_from(sorted(WRITES)), max_size=4, unique=True))
def test_what_is_refused_is_what_is_no_more_as_it_was_seen(
    before: list[Act], since: list[Act], fields: list[str]
) -> None:
    case = a_case()
    live(case, before)
    seen, stage = look(case), case.state.stage
    happened = live(case, since)

    assert is_refused(refuse_if_moved, case, seen) is (case.state.stage != stage)
    assert is_refused(refuse_if_replanned, case, seen) is (ev.NEXT_ACTION_SET in {e.kind for e in happened})
    expected = [name for name in fields if name in written(happened)]
    try:
        refuse_if_rewritten(case.decision, fields, seen)
    except Conflict as conflict:
        assert conflict.detail == {"ref": 1, "fields": expected}
    else:
        assert expected == []


@given(LIVES)
def test_who_looks_again_is_refused_nothing(life: list[Act]) -> None:
    case = a_case()
    live(case, life)
    seen = look(case)

    assert not is_refused(refuse_if_moved, case, seen)
    assert not is_refused(refuse_if_replanned, case, seen)
    refuse_if_rewritten(case.decision, WRITES, seen)
