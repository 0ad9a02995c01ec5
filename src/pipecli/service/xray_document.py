"""What a file says as one document: under the keys that `--json` has, and that the screen is drawn from."""

from __future__ import annotations

from typing import Any

from pipecli.domain.money import major
from pipecli.domain.survival import FEWEST_CASES
from pipecli.domain.xray import Holder, Portion, Span, Standing
from pipecli.domain.xray_cases import Case

from .xray import Ahead, Seen
from .xray_commands import commands
from .xray_reading import NO_CURRENCY

OLDEST = 20
Document = dict[str, Any]


def document(seen: Seen) -> Document:
    """All figures of a file, amounts in major units; `commands` are what brings it in."""
    found, told, code = seen.found, seen.told, seen.currency
    return {
        "path": seen.path,
        "system": told.source.system.name if told.source.system else None,
        "events_only": told.events_only,
        "as_of": found.today.isoformat(),
        "today": seen.today.isoformat(),
        "first": found.first and found.first.isoformat(),
        "last": found.last and found.last.isoformat(),
        "currency": None if code == NO_CURRENCY else code,
        "counts": {"n": found.n, "open": found.open.n, "won": found.won.n, "lost": found.lost.n},
        "amounts": {
            "open": major(found.open.amount, code),
            "won": major(found.won.amount, code),
            "lost": major(found.lost.amount, code),
        },
        "elsewhere": [
            {"currency": other, "n": n, "amount": major(total, other)}
            for other, (n, total) in sorted(seen.elsewhere.items())
        ],
        "win_rate": _share(found.won.n, found.won.n + found.lost.n),
        "days_to_win": _span(found.to_win),
        "days_to_loss": _span(found.to_loss),
        "stages": [_standing(one, seen) for one in found.places],
        "faults": [{"fault": key, **_portion(portion, code)} for key, portion in found.faults],
        "absent": list(found.absent),
        "owners": [_holder(one, code) for one in found.holders],
        "loss_reasons": [{"reason": reason, "n": n} for reason, n in found.reasons],
        "oldest": [_case(one, seen) for one in found.oldest[:OLDEST]],
        "biggest": _biggest(seen),
        "months": [
            {
                "month": f"{one.start:%Y-%m}",
                "opened": one.opened,
                "won": one.won,
                "amount": major(one.amount, code),
            }
            for one in found.months
        ],
        "forecast": _ahead(seen.ahead) if seen.ahead else None,
        "no_forecast": seen.why_not,
        **_reading(seen),
        "commands": [one._asdict() for one in commands(seen.path, seen.request, seen.told)],
    }


def _share(k: int, n: int) -> Document:
    """`k` of `n`, with the rate where there are enough cases to quote one."""
    return {"k": k, "n": n, "rate": round(k / n, 4) if n >= FEWEST_CASES else None}


def _portion(portion: Portion, code: str) -> Document:
    amounts = {"amount": major(portion.amount, code), "of_amount": major(portion.of_amount, code)}
    return {**_share(portion.n, portion.of), **amounts}


def _span(span: Span | None) -> Document | None:
    if span is None:
        return None
    return {
        "n": span.n,
        "median": span.median,
        "nine_in_ten": span.most if span.n >= FEWEST_CASES else None,
        "longest": span.longest,
    }


def _standing(one: Standing, seen: Seen) -> Document:
    names = {stage.key: stage.name for stage in seen.told.pipeline.stages}
    return {
        "stage": _stage(one.place, seen),
        "stage_name": names.get(one.place, one.place) or None,
        "n": one.n,
        "amount": major(one.amount, seen.currency),
        "median_age": one.age,
        "older": one.older,
        "left": one.left,
        "median_stay": one.stay,
    }


def _holder(one: Holder, code: str) -> Document:
    return {
        "owner": one.owner,
        "open": one.open,
        "amount": major(one.amount, code),
        "older": _portion(one.older, code),
        "late": one.late,
        "win_rate": _share(one.won, one.won + one.lost),
    }


def _case(one: Case, seen: Seen) -> Document:
    return {
        "line": one.line,
        "name": one.name,
        "account": one.account,
        "amount": None if one.amount is None else major(one.amount, seen.currency),
        "days": one.age(seen.found.today),
        "owner": one.owner,
        "stage": _stage(one.place, seen),
    }


def _stage(place: str, seen: Seen) -> str | None:
    """A stage by its key; None in a file that names no stages."""
    return place if any(stage.key == place and stage.name for stage in seen.told.pipeline.stages) else None


def _biggest(seen: Seen) -> Document | None:
    one, open_ = seen.found.biggest, seen.found.open
    if one is None or not one.amount:
        return None
    return {**_case(one, seen), "share": round(one.amount / open_.amount, 4)}


def _ahead(ahead: Ahead) -> Document:
    from .outlook import range_json

    return {
        "measure": ahead.measure.key,
        "n_closed": ahead.closed,
        "past_days": ahead.past_days,
        "days_ahead": ahead.days_ahead,
        "missed": None if ahead.missed is None else round(ahead.missed, 4),
        "months": [
            {
                "from": month.start.isoformat(),
                "until": month.until.isoformat(),
                **range_json(month.split.total, ahead.measure),
            }
            for month in ahead.months
        ],
        "total": range_json(ahead.total.total, ahead.measure),
    }


def _reading(seen: Seen) -> Document:
    """How the file was read: its columns, what was guessed, left out or deleted there, what an import would take."""
    told = seen.told
    header = told.source.table.header
    look = told.look
    return {
        "columns": {name: one.said(header) for name, one in told.mapping.sources.items()},
        "guessed": sorted({*(look.columns if look else ()), *told.chosen}),
        "by_values": sorted(told.chosen),
        "ended_by_close_date": _ended_by_close_date(seen),
        "values_above": [cell for cell in header if cell] if told.headless else [],
        "rivals": {name: list(those) for name, those in look.rivals.items()} if look else {},
        "deleted": told.deleted,
        "unread": [one._asdict() for one in told.unread],
        "left_out": {name: error.message for name, error in told.questions.items()},
        "rows": told.total,
        "rows_taken": told.lands,
    }


def _ended_by_close_date(seen: Seen) -> bool:
    """Whether the close date of what is over stands for the day it ended, for want of a better one."""
    told, filled = seen.told, seen.told.mapping.sources
    over = seen.found.won.n + seen.found.lost.n
    return bool(
        over and "close_date" in filled and "closed" not in filled and not any(r.steps for r in told.rows)
    )
