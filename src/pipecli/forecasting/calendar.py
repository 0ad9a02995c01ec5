"""The calendar's own part: pipelines whose wins crowd into the last month of each quarter, or into the first."""

from __future__ import annotations

from datetime import date

import numpy as np

from .history import WON, Days, Floats, Known

_MONTHS = 3
_QUARTERS = 12
_CAUTION = 4.0
"""How far beyond chance the months must differ: twice the two degrees of freedom of three shares."""


def month_of_quarter(known: Known) -> Floats:
    """How many times its even share the first, second and third month of a quarter wins; 1 where that is chance.

    From complete quarters. Pearson's statistic over its own dispersion between quarters (wins come in bursts)
    says how much of the difference to believe (a positive-part James-Stein estimate).
    """
    ends = np.flatnonzero(known.outcome == WON)
    days = known.entered[ends] + known.age[ends]
    table = _by_quarter(days, int(known.entered.min()), known.day) if len(days) else np.zeros((0, _MONTHS))
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2:
        return np.ones(_MONTHS)
    total = table.sum()
    share = table.sum(axis=0) / total
    even = total / _MONTHS
    statistic = float(((table.sum(axis=0) - even) ** 2 / even).sum())
    expected = np.maximum(table.sum(axis=1)[:, None] * share, 0.5)
    bursts = float(((table - expected) ** 2 / expected).sum()) / ((_MONTHS - 1) * (len(table) - 1))
    sure = max(0.0, 1 - _CAUTION * max(bursts, 1.0) / max(statistic, 1e-12))
    return np.asarray(1 + sure * (share * _MONTHS - 1))


def _by_quarter(days: Days, first: int, last: int) -> Floats:
    """Counts by complete quarter, the newest ones, and month of the quarter."""
    begin, end = date.fromordinal(first), date.fromordinal(last + 1)
    start = begin.year * 12 + begin.month - 1 + (begin.day > 1)
    start += -start % _MONTHS
    stop = end.year * 12 + end.month - 1
    stop -= stop % _MONTHS
    start = max(start, stop - _QUARTERS * _MONTHS)
    if stop <= start:
        return np.zeros((0, _MONTHS))
    months = _months(days) - start
    inside = (months >= 0) & (months < stop - start)
    return np.bincount(months[inside], minlength=stop - start).astype(float).reshape(-1, _MONTHS)


def ahead(factors: Floats, day: int, horizon: int) -> Floats:
    """The factor of each of the days behind `day`."""
    return np.asarray(factors[_months(np.arange(day + 1, day + horizon + 1)) % _MONTHS])


def _months(days: Days) -> Days:
    """Months since the year 0 of days counted as `date.toordinal` does."""
    since = (
        (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return np.asarray(since + 1970 * 12)
