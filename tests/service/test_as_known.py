"""Reports on what was known on a day: the forecast, lists and the definition work on it unchanged."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.errors import InvalidInput, NotFound
from pipecli.service import changes, opportunities, rates, stages
from pipecli.service.answers import Answers
from pipecli.service.as_known import Known, as_known
from pipecli.service.forecast import When, as_json, forecast, of_reading
from pipecli.service.periods import Period
from pipecli.service.workspace import Workspace
from pipecli.store.lists import Filter, list_rows

At = Callable[[date], None]
ASKED = Period(date(2026, 3, 1), date(2026, 6, 30))


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def sold(workspace: Workspace, at: At) -> Workspace:
    """10k on 2 March; on the 10th it is recorded that they were 14k from the 4th on; it is the 12th."""
    known = Answers(amount="10k", sets=("close_date=2026-03-20",), next="call", due="2026-03-06")
    opportunities.add(workspace, "ERP", known)
    at(march(10))
    opportunities.edit(workspace, "1", Answers(amount="14k", on="2026-03-04"))
    at(march(12))
    return workspace


def weighted(known: Known) -> float:
    return float(as_json(of_reading(known, ASKED))["weighted"])


def test_the_forecast_as_known_has_not_what_was_backdated_as_of_has(sold: Workspace) -> None:
    assert as_json(forecast(sold, ASKED, when=When(as_of=march(5))))["weighted"] == 1400
    with as_known(sold, march(5)) as known:
        found = as_json(of_reading(known, ASKED))
    assert (found["as_of"], found["weighted"]) == ("2026-03-05", 1000)
    assert as_json(forecast(sold, ASKED, when=When(as_known=march(5)))) == found


def test_as_of_a_day_and_as_known_on_a_later_one(sold: Workspace) -> None:
    def then(known: int) -> float:
        return float(as_json(forecast(sold, ASKED, when=When(march(5), march(known))))["weighted"])

    assert (then(9), then(10)) == (1000, 1400)


def test_what_was_not_known_yet_moves_no_history_forecast(sold: Workspace, at: At) -> None:
    def history() -> dict[str, Any]:
        found: dict[str, Any] = as_json(forecast(sold, ASKED, when=When(as_known=march(9))))["history"]
        return found

    before = history()
    at(march(20))
    opportunities.edit(sold, "1", Answers(amount="90k", on="2026-03-10"))
    opportunities.add(sold, "Old", Answers(amount="5k", next="call", due="+5d", on="2026-03-03"))
    assert history() == before


def test_nothing_was_known_before_the_first_record(sold: Workspace) -> None:
    with pytest.raises(
        NotFound, match="nothing was known yet on 2026-03-01: the first record is of 2026-03-02"
    ):
        forecast(sold, ASKED, when=When(as_known=march(1)))


def test_late_is_late_on_that_day(sold: Workspace) -> None:
    with as_known(sold, march(8)) as known:
        [row] = list_rows(known.driver, Filter(due_before=known.today), known.pipeline, known.today)
    assert (row.number, row.next_due) == (1, "2026-03-06")
    with as_known(sold, march(6)) as known:
        assert not list_rows(known.driver, Filter(due_before=known.today), known.pipeline, known.today)


def test_the_definition_is_the_one_adopted_by_then(sold: Workspace, at: At) -> None:
    toml = stages.current_toml(sold)[1]
    stages.adopt(sold, toml.replace("probability = 10", "probability = 15", 1), {})
    at(march(14))
    with as_known(sold, march(11)) as known:
        assert (known.header.definition, weighted(known)) == (1, 1400)
    with as_known(sold, march(12)) as known:
        assert (known.header.definition, weighted(known)) == (2, 2100)


def test_rates_are_those_set_by_then(sold: Workspace, at: At) -> None:
    rates.set_rate(sold, "USD", "0.5", on="2026-03-02")
    at(march(14))
    with as_known(sold, march(11)) as known:
        assert known.pipeline.rates.convert(100, "USD", known.today) is None
    with as_known(sold, march(12)) as known:
        assert known.pipeline.rates.convert(100, "USD", known.today) == 50


def test_what_changed_between_two_days_that_were_known(sold: Workspace) -> None:
    """On the 9th nobody knew of the 14k, so that nothing had moved since the 3rd."""
    with as_known(sold, march(9)) as known:
        assert changes.of_reading(known, ASKED, since=march(3)).changes.parts == ()
    with as_known(sold, march(10)) as known:
        assert changes.of_reading(known, ASKED, since=march(3)).changes.difference == 40_000


def test_the_day_asked_for_is_not_that_of_the_settings(sold: Workspace, settings: Settings) -> None:
    later = Workspace(Settings(environ={**settings.environ, "PIPE_TODAY": "2026-05-04"}))
    with as_known(later, march(5)) as known:
        assert (known.today, known.actor) == (march(5), "lea")
        with pytest.raises(InvalidInput, match="2026-03-06 is in the future; --as-of looks back"):
            known.as_of(march(6))
