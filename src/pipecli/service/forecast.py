"""The forecast as a use case: by the rules and from history, for a period, a grouping, a measure and a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pipecli.domain import forecast as rules
from pipecli.domain.dates import add_months
from pipecli.domain.forecast import Entry, Forecast, Sums
from pipecli.domain.metrics import probability_of
from pipecli.domain.money import major
from pipecli.domain.pipeline import Field, Pipeline
from pipecli.domain.rates import day_of_rate
from pipecli.errors import InvalidInput
from pipecli.store.forecast import Line, line_of, read_lines, read_lines_as_of
from pipecli.text import _

from .measures import AMOUNT, COUNT, Measure, measure_of
from .past import rows_as_of
from .periods import Period, bounds
from .workspace import Reading, Workspace

if TYPE_CHECKING:
    from .changes import Summary
    from .outlook import HistoryForecast, Split

MONTHS_BACK = 6
GROUPINGS = ("month", "quarter", "owner", "stage", "account", "source")


class When(NamedTuple):
    """The day a report looks back to: as things stood at its end, or as they were known at its end."""

    as_of: date | None = None
    as_known: date | None = None


class Report(NamedTuple):
    """The forecast by rules with the labels of its groups, and the history forecast of the same days.

    `splits` holds what history says of the whole period under "", and of each group by its key.
    """

    found: Forecast
    labels: dict[str, str]
    measure: Measure
    pipeline: Pipeline
    history: HistoryForecast
    splits: dict[str, Split]


@contextmanager
def looking_back(workspace: Workspace, when: When) -> Iterator[Reading]:
    """The workspace open for a report; raises InvalidInput for days in the future, NotFound before the first record."""
    if when.as_known is None:
        with workspace.read(as_of=when.as_of) as reading:
            yield reading
        return
    from .as_known import as_known

    with as_known(workspace, when.as_known) as known:
        if when.as_of is not None:
            known.as_of(when.as_of)
        yield known


def forecast(
    workspace: Workspace,
    period: Period,
    *,
    by: str | None = None,
    measure: str = AMOUNT,
    when: When = When(),
    usual_lines: bool = False,
) -> Report:
    """The forecast of a period; raises InvalidInput for one that ends before it starts, or an unknown grouping.

    `usual_lines` has this month, this quarter and the next instead of the months of a period that was not given.
    """
    with looking_back(workspace, when) as reading:
        return of_reading(
            reading, period, by=by, measure=measure, past=when.as_of is not None, usual_lines=usual_lines
        )


def with_changes(
    workspace: Workspace,
    period: Period,
    *,
    by: str | None,
    measure: str,
    when: When,
    usual_lines: bool,
) -> tuple[Report, Summary | None]:
    """The forecast, and what moved it since the last Monday where it is of amounts."""
    from .changes import summary

    with looking_back(workspace, when) as reading:
        past = when.as_of is not None
        moved = reading.soon(summary, reading, period, past=past) if measure == AMOUNT else None
        report = of_reading(reading, period, by=by, measure=measure, past=past, usual_lines=usual_lines)
        return report, moved and moved()


def of_reading(
    reading: Reading,
    period: Period,
    *,
    by: str | None = None,
    measure: str = AMOUNT,
    past: bool = False,
    usual_lines: bool = False,
) -> Report:
    """The forecast over an open workspace, as of the reading's day; `past` reads the state at its end."""
    from .outlook import history_forecast

    start, until = bounds(period.start, period.until, reading.today)
    measured, grouping = measure_of(reading.pipeline, measure), _grouping(by, reading.pipeline)
    lines: dict[str, tuple[date, date]] | None = None
    if usual_lines and period == Period():
        lines = rules.usual_lines(reading.today)
        start = min(first for first, _last in lines.values())
    elif grouping in (rules.MONTH, rules.QUARTER):
        lines = rules.periods(grouping, start, until)
    ahead = reading.soon(history_forecast, reading, until, measured)
    stored = read(reading, start, measured, by=grouping, past=past)
    keys, labels = (
        (None, {}) if lines is not None or not grouping else _keys(stored, grouping, reading.pipeline)
    )
    found = rules.forecast(
        [entry_of(line, measured, reading) for line in stored],
        as_of=reading.today,
        start=start,
        until=until,
        currency=reading.pipeline.currency,
        lines=lines,
        keys=keys,
    )
    if grouping == "stage":
        ordered = sorted(found.groups, key=lambda g: reading.pipeline.index(g.key))
        found = found._replace(groups=tuple(ordered))
    history = ahead()
    splits = {"": history.split(start, until)}
    for group in found.groups:
        splits[group.key] = history.split(
            *(group.days or (start, until)), None if group.days else group.numbers
        )
    return Report(found, labels, measured, reading.pipeline, history, splits)


def _grouping(by: str | None, pipeline: Pipeline) -> str | None:
    if by is None or by in GROUPINGS or by in pipeline.fields:
        return by
    raise InvalidInput(
        _('cannot group by "{by}"; group by: {keys}').format(
            by=by, keys=", ".join((*GROUPINGS, *pipeline.fields))
        )
    )


def read(
    reading: Reading, won_from: date, measure: Measure, *, by: str | None = None, past: bool
) -> list[Line]:
    """What is open and what was won since a day; `past` as it stood at the end of the reading's day."""
    own = by in reading.pipeline.fields or measure.field is not None
    if not past:
        return read_lines(
            reading.driver, won_from=won_from, as_of=reading.today, accounts=by == "account", fields=own
        )
    if not own and by not in ("account", "source"):
        return read_lines_as_of(reading.driver, won_from=won_from, as_of=reading.today)
    return [
        line_of(row)
        for row in rows_as_of(reading, reading.today)
        if row.status == "open" or (row.status == "won" and (row.closed_on or "") >= won_from.isoformat())
    ]


def entry_of(line: Line, measure: Measure, reading: Reading) -> Entry:
    """A stored line as a forecast sees it; an amount in another currency is in the pipeline's, if there is a rate."""
    pipeline, won = reading.pipeline, line.status == "won"
    day = date.fromisoformat(line.day) if line.day else None
    percent = probability_of(line.status, line.stage, line.probability, pipeline)
    if measure.key == COUNT:
        return Entry(line.number, won, day, percent, pipeline.currency, 1)
    if measure.field is not None:
        value = measure.value(json.loads(line.fields))
        return Entry(line.number, won, day, percent, pipeline.currency, value)
    currency, amount = line.currency, line.amount
    if amount is not None and currency != pipeline.currency:
        converted = pipeline.rates.convert(amount, currency, day_of_rate(day if won else None, reading.today))
        if converted is not None:
            currency, amount = pipeline.currency, converted
    return Entry(line.number, won, day, percent, currency, amount)


def _keys(lines: list[Line], by: str, pipeline: Pipeline) -> tuple[dict[int, str], dict[str, str]]:
    """The group of each opportunity by its number, and what the groups are called."""
    if by == "stage":
        return {line.number: line.stage for line in lines}, {s.key: s.name for s in pipeline.stages}
    if by in GROUPINGS:
        return {line.number: getattr(line, by) or _("none") for line in lines}, {}
    field = pipeline.fields[by]
    values = {line.number: json.loads(line.fields).get(by) for line in lines}
    return {
        number: _("none") if value is None else _shown(value, field, pipeline)
        for number, value in values.items()
    }, {}


def _shown(value: Any, field: Field, pipeline: Pipeline) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.type == "money" and isinstance(value, int):
        return str(major(value, pipeline.currency))
    return str(value)


def as_json(report: Report) -> dict[str, Any]:
    """The forecast under the contract's keys."""
    found = report.found
    out: dict[str, Any] = {
        "as_of": found.as_of.isoformat(),
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        **_measure(report.measure),
        **_sums(found.total, found.currency, report.measure),
        "history": _history(report, ""),
    }
    if found.groups:
        out["groups"] = [
            {
                "key": g.key,
                "label": report.labels.get(g.key, g.key),
                **({"from": g.days[0].isoformat(), "until": g.days[1].isoformat()} if g.days else {}),
                **_sums(g.sums, found.currency, report.measure),
                "history": _history(report, g.key),
            }
            for g in found.groups
        ]
    return out


def _measure(measure: Measure) -> dict[str, str]:
    """Named where it is not the amount; its unit is money of the workspace's currency, or a number."""
    if measure.key == AMOUNT:
        return {}
    return {"measure": measure.key, "unit": "number" if measure.currency is None else "money"}


def _history(report: Report, key: str) -> dict[str, Any]:
    from .outlook import as_json as history_json

    return history_json(report.history, report.splits[key], report.measure, over=report.found.until)


def track_json(report: Report) -> list[dict[str, Any]]:
    """Past Mondays: what the history forecast and the rules said of the days after, and what came."""
    number = report.measure.number
    return [
        {
            "day": t.day.isoformat(),
            "said": number(t.said),
            "weighted": number(t.weighted),
            "came": number(t.came),
        }
        for t in report.history.track
    ]


def months_json(report: Report) -> list[dict[str, Any]]:
    """Month by month, half a year back and on to the end of the period: won, and won with what history adds to it."""
    found, number = report.found, report.measure.number
    back = add_months(found.as_of.replace(day=1), -MONTHS_BACK)
    out = []
    for key, (start, until) in rules.periods(rules.MONTH, back, max(found.until, found.as_of)).items():
        won = report.history.won(start, until)
        ahead = report.history.split(start, until).total
        out.append(
            {
                "key": key,
                "won": number(won),
                **{name: number(value) for name, value in ahead._asdict().items() if name != "mean"},
            }
        )
    return out


def _sums(sums: Mapping[str, Sums], currency: str, measure: Measure) -> dict[str, Any]:
    own = sums.get(currency, Sums())
    others = [
        {"currency": code, **_figures(other, lambda value, code=code: major(round(value), code))}
        for code, other in sorted(sums.items())
        if code != currency
    ]
    return {"currency": currency, **_figures(own, measure.number), "other_currencies": others}


def _figures(sums: Sums, number: Any) -> dict[str, Any]:
    return {
        "won": {"count": sums.won_count, "amount": number(sums.won_amount)},
        "open": {"count": sums.open_count, "amount": number(sums.open_amount)},
        "weighted": number(sums.weighted_cents / 100),
        "unpriced": {"count": sums.unpriced},
        "undated": {"count": sums.undated_count, "amount": number(sums.undated_amount)},
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
        **flattened_history(line["history"]),
    }


def flattened_history(history: Mapping[str, Any]) -> dict[str, Any]:
    """The ranges of a line without nesting, for CSV."""
    return {
        f"{part}_{figure}": history[part][figure]
        for part in ("existing", "new_business", "total")
        for figure in ("mean", "p10", "p50", "p90")
    }
