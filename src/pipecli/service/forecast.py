"""The forecast as a use case: a period, a grouping, a day; and its keys in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from pipecli.domain import forecast as rules
from pipecli.domain.forecast import Forecast, Sums
from pipecli.domain.money import major
from pipecli.errors import InvalidInput
from pipecli.store.forecast import read_cells
from pipecli.text import _

from .workspace import Reading, Workspace

GROUPINGS = tuple(rules.GROUPINGS)


class Period(NamedTuple):
    """First and last day as asked for; None for the usual ones."""

    start: date | None = None
    until: date | None = None


def forecast(
    workspace: Workspace, period: Period, *, by: str | None = None, as_of: date | None = None
) -> tuple[Forecast, dict[str, str]]:
    """The forecast and the labels of its groups; raises InvalidInput for a period that ends before it starts."""
    with workspace.read() as reading:
        if as_of is not None:
            if as_of > reading.real_today:
                raise InvalidInput(_("{day} is in the future; --as-of looks back").format(day=as_of))
            reading.as_of(as_of)
        return of_reading(reading, period, by=by, past=as_of is not None)


def of_reading(
    reading: Reading, period: Period, *, by: str | None, past: bool
) -> tuple[Forecast, dict[str, str]]:
    """The forecast over an open workspace, as of the reading's day."""
    usual = rules.default_period(reading.today)
    start, until = period.start or usual[0], period.until or usual[1]
    if until < start:
        raise InvalidInput(
            _("the period ends {until}, before it starts {start}").format(until=until, start=start)
        )
    cells = read_cells(
        reading.driver, reading.pipeline, as_of=reading.today, start=start, until=until, past=past
    )
    found = rules.forecast(
        cells, as_of=reading.today, start=start, until=until, currency=reading.pipeline.currency, by=by
    )
    labels = {s.key: s.name for s in reading.pipeline.stages} if by == "stage" else {}
    if by == "stage":
        found = found._replace(
            groups=tuple(sorted(found.groups, key=lambda g: reading.pipeline.index(g.key)))
        )
    return found, labels


def as_json(found: Forecast, labels: dict[str, str]) -> dict[str, Any]:
    """The forecast under the contract's keys."""
    out: dict[str, Any] = {
        "as_of": found.as_of.isoformat(),
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        **_sums(found.total, found.currency),
    }
    if found.groups:
        out["groups"] = [
            {"key": g.key, "label": labels.get(g.key, g.key), **_sums(g.sums, found.currency)}
            for g in found.groups
        ]
    return out


def _sums(sums: dict[str, Sums], currency: str) -> dict[str, Any]:
    own = sums.get(currency, Sums())
    others = [
        {"currency": code, **_figures(other, code)}
        for code, other in sorted(sums.items())
        if code != currency
    ]
    return {"currency": currency, **_figures(own, currency), "other_currencies": others}


def _figures(sums: Sums, currency: str) -> dict[str, Any]:
    return {
        "won": {"count": sums.won_count, "amount": major(sums.won_amount, currency)},
        "open": {"count": sums.open_count, "amount": major(sums.open_amount, currency)},
        "weighted": major(sums.weighted, currency),
        "unpriced": {"count": sums.unpriced},
        "undated": {"count": sums.undated_count, "amount": major(sums.undated_amount, currency)},
    }


def flattened(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the forecast without nesting, for CSV."""
    return {
        "key": line["key"],
        "label": line["label"],
        "currency": line["currency"],
        "won_count": line["won"]["count"],
        "won_amount": line["won"]["amount"],
        "open_count": line["open"]["count"],
        "open_amount": line["open"]["amount"],
        "weighted": line["weighted"],
        "unpriced_count": line["unpriced"]["count"],
        "undated_count": line["undated"]["count"],
        "undated_amount": line["undated"]["amount"],
    }
