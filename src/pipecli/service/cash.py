"""Money to come by month as a use case: the definition's payment terms over what is won and open; its keys in JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from pipecli.domain import cash as rules
from pipecli.domain.cash import Cash, Due, Figures
from pipecli.domain.money import major
from pipecli.domain.schedules import longest_wait, months, shares

from .forecast import When
from .measures import AMOUNT, measure_of
from .periods import Period
from .schedules import asked, days_ahead, looked_ahead, sold, spread_by_history, with_history
from .workspace import Workspace


class Report(NamedTuple):
    """Cash by the rules, and what history expects in each of its months from wins yet to come."""

    found: Cash
    histories: list[Any]


def cash(workspace: Workspace, period: Period, when: When = When()) -> Report:
    """Money to come in a period by the payment terms in force.

    Raises InvalidInput for a day in the future or a period that ends before it starts.
    """
    with asked(workspace, period, when) as question:
        pipeline = question.reading.pipeline
        measure = measure_of(pipeline, AMOUNT)
        ahead = looked_ahead(question, measure)
        since = question.start - timedelta(longest_wait(pipeline.payments))
        found = rules.cash(
            sold(question, measure, won_from=since),
            pipeline.payments,
            as_of=question.reading.today,
            start=question.start,
            until=question.until,
            currency=pipeline.currency,
        )
        terms, periods = pipeline.payments, months(question.start, question.until)
        by_day = [shares(terms, day, periods) for day in days_ahead(question)]
        return Report(found, spread_by_history(ahead(), measure, by_day))


def as_json(report: Report) -> dict[str, Any]:
    """The keys of `forecast --cash`; amounts in major units, one group for each month of the period."""
    found = report.found
    groups = [
        {"key": month, "label": month, **_due(due, found.currency)} for month, due in found.by_month.items()
    ]
    others = [
        {"currency": code, **_figures(figures, code)}
        for code, figures in sorted(found.totals.items())
        if code != found.currency
    ]
    return {
        "as_of": found.as_of.isoformat(),
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        "currency": found.currency,
        "terms": [{"share": p.share, "after_days": p.after, "label": p.label} for p in found.terms],
        **_figures(found.totals[found.currency], found.currency),
        "other_currencies": others,
        "groups": with_history(groups, report.histories),
    }


def _figures(figures: Figures, currency: str) -> dict[str, Any]:
    return {
        "count": figures.count,
        **_due(figures.due, currency),
        "paid": major(figures.paid, currency),
        "later": _due(figures.later, currency),
        "unpriced": {"count": figures.unpriced},
        "undated": {"count": figures.undated_count, "amount": major(figures.undated_amount, currency)},
    }


def _due(due: Due, currency: str) -> dict[str, Any]:
    return {
        "won_unpaid": major(due.won, currency),
        "weighted": major(due.weighted, currency),
        "total": major(due.total, currency),
    }
