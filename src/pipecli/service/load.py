"""Work to come by week as a use case: a field of the company's own over the definition's delivery; its keys in JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from pipecli.domain import load as rules
from pipecli.domain.load import Load, Work
from pipecli.domain.money import major
from pipecli.domain.pipeline import Field
from pipecli.domain.schedules import share_of_delivery

from .forecast import When
from .measures import Measure, field_measure
from .periods import Period
from .schedules import asked, days_ahead, looked_ahead, sold, spread_by_history, with_history
from .workspace import Workspace


class FieldLoad(NamedTuple):
    """The work that a field counts, by the rules, and what history expects in each week from wins yet to come."""

    measure: Measure
    field: Field
    work: Load
    histories: list[Any]

    @property
    def currency(self) -> str | None:
        """Where the field is money, its currency."""
        return self.measure.currency


def load(workspace: Workspace, field: str, period: Period, when: When = When()) -> FieldLoad:
    """Work to come in a period, of a numeric field, by the delivery in force.

    Raises InvalidInput for a field that is not one of the numeric ones, a day in the future, or a period that
    ends before it starts.
    """
    with asked(workspace, period, when) as question:
        pipeline = question.reading.pipeline
        measure = field_measure(pipeline, field)
        delivery = pipeline.delivery_of(measure.key)
        ahead = looked_ahead(question, measure)
        since = max(question.start, question.reading.today) - timedelta(delivery.start_after + delivery.over)
        work = rules.load(
            sold(question, measure, won_from=since),
            delivery,
            as_of=question.reading.today,
            start=question.start,
            until=question.until,
        )
        periods = [week for week, _work in work.by_week]
        by_day = [share_of_delivery(delivery, day, periods) for day in days_ahead(question)]
        histories = spread_by_history(ahead(), measure, by_day)
        return FieldLoad(measure, pipeline.fields[measure.key], work, histories)


def as_json(found: FieldLoad) -> dict[str, Any]:
    """The keys of `forecast --load`; quantities to two decimals, one group for each week, keyed by its first day."""
    work, currency = found.work, found.currency
    groups = [
        {
            "key": first.isoformat(),
            "label": f"{first:%G-W%V}",
            "until": last.isoformat(),
            **_work(part, currency),
        }
        for (first, last), part in work.by_week
    ]
    return {
        "as_of": work.as_of.isoformat(),
        "from": work.start.isoformat(),
        "until": work.until.isoformat(),
        "field": found.field.key,
        "label": found.field.label,
        "currency": currency,
        "delivery": {"start_after_days": work.delivery.start_after, "over_days": work.delivery.over},
        **_work(work.total, currency),
        "later": _work(work.later, currency),
        "unknown": {"count": work.unknown},
        "undated": {"count": work.undated_count, "quantity": _quantity(work.undated_quantity, currency)},
        "groups": with_history(groups, found.histories),
    }


def _work(work: Work, currency: str | None) -> dict[str, Any]:
    return {
        "won": _quantity(work.won, currency),
        "weighted": _quantity(work.weighted, currency),
        "total": _quantity(work.total, currency),
    }


def _quantity(value: float, currency: str | None) -> int | float:
    if currency is not None:
        return major(round(value), currency)
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded
