"""Whether to believe the history forecast or the rules: by what both said on past Mondays, and what came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pipecli.text import _, ngettext

FEWEST_CLOSED = 10
FEWEST_DAYS = 8
"""Past forecasts that must be over before one is believed."""


class Track(NamedTuple):
    """One past day: what the history forecast and the rules said of the days after it, and what came."""

    day: date
    said: float
    weighted: float
    came: float


class Trust(NamedTuple):
    """Whether the history forecast is the one to believe, and why.

    `missed` and `weighted_missed` are the sums of absolute errors over the sum of what came (WAPE), None where
    nothing came.
    """

    trusted: bool
    why: str
    n_closed: int
    missed: float | None
    weighted_missed: float | None


def judge(track: Sequence[Track], n_closed: int, horizon: int) -> Trust:
    """The history forecast is believed once it rests on enough closed opportunities and beat the rules.

    Of few days it is by how often it came closer, because that is all that may be quoted of them. `horizon` is how
    many days behind each past day were asked about.
    """
    missed, weighted = _missed(track, "said"), _missed(track, "weighted")
    if n_closed < FEWEST_CLOSED:
        why = ngettext(
            "only {n} opportunity is closed: too few to learn from",
            "only {n} opportunities are closed: too few to learn from",
            n_closed,
        ).format(n=n_closed)
        if not n_closed:
            why = _("no opportunity is closed yet: there is nothing to learn from")
        return Trust(False, why, n_closed, missed, weighted)
    if len(track) < FEWEST_DAYS:
        why = _("too few past forecasts are over to hold it against what came ({n} of {least})").format(
            n=len(track), least=FEWEST_DAYS
        )
        return Trust(False, why, n_closed, missed, weighted)
    if missed is None or weighted is None:
        why = _("nothing was won in the time it could be held against")
        return Trust(False, why, n_closed, missed, weighted)
    return Trust(*_compared(track, n_closed, horizon, missed, weighted), n_closed, missed, weighted)


def _compared(
    track: Sequence[Track], closed: int, horizon: int, missed: float, weighted: float
) -> tuple[bool, str]:
    """Whether it was better, and by how much both missed; of few days only how often it came closer.

    Where the rules never said anything, for want of amounts or close dates, being better than that is no merit.
    """
    if not any(t.weighted for t in track):
        line = _(
            "over {n} past days the history forecast missed what came in the {days} days after by {missed} %; the "
            "weighted one said nothing on any of them, so that there is nothing to compare it with ({closed} closed "
            "opportunities)"
        )
        return missed < weighted, line.format(
            n=len(track), days=horizon, missed=_percent(missed), closed=closed
        )
    if len(track) < FEWEST_CLOSED:
        closer = sum(abs(t.said - t.came) < abs(t.weighted - t.came) for t in track)
        line = _(
            "the history forecast came closer to what came in the {days} days after than the weighted one on {k} of "
            "{n} past days ({closed} closed opportunities)"
        )
        return 2 * closer > len(track), line.format(days=horizon, k=closer, n=len(track), closed=closed)
    line = _(
        "over {n} past days the history forecast missed what came in the {days} days after by {missed} %, the "
        "weighted one by {weighted} % ({closed} closed opportunities)"
    )
    return missed < weighted, line.format(
        n=len(track), days=horizon, missed=_percent(missed), weighted=_percent(weighted), closed=closed
    )


def _missed(track: Sequence[Track], of: str) -> float | None:
    came = sum(abs(t.came) for t in track)
    return sum(abs(getattr(t, of) - t.came) for t in track) / came if came else None


def _percent(share: float) -> int:
    return round(share * 100)
