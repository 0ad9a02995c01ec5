"""When money comes in and work falls due after a win: the definition's payment terms and delivery, applied to days.

Money is split exactly, the last payment taking the remainder. Work is spread evenly over calendar days, weekends
included, and read by weeks, in which they do not show. Periods are pairs of a first and a last day, both included.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipecli.text import _, ngettext

from .dates import month_bounds
from .pipeline import Delivery, Payment

Period = tuple[date, date]


def payments(amount: int, won_on: date, terms: Sequence[Payment]) -> list[tuple[date, int]]:
    """The days on which an amount comes in and how much of it each brings, in the unit of the amount.

    The parts add up to the amount: each is rounded down, the last takes the remainder.
    """
    parts = [amount * payment.share // 100 for payment in terms[:-1]]
    days = [won_on + timedelta(payment.after) for payment in terms]
    return list(zip(days, [*parts, amount - sum(parts)], strict=True))


def window(won_on: date, delivery: Delivery) -> Period:
    """The first and the last day on which something won that day is worked off."""
    first = won_on + timedelta(delivery.start_after)
    return first, first + timedelta(delivery.over - 1)


def spread(quantity: float, won_on: date, delivery: Delivery) -> list[tuple[date, date, float]]:
    """A quantity over the weeks in which it falls: the first and last day of each part, and the part."""
    parts = weeks(*window(won_on, delivery))
    return [(*part, quantity * _length(part) / delivery.over) for part in parts]


def shares(terms: Sequence[Payment], won_on: date, periods: Sequence[Period]) -> list[float]:
    """The share, from 0 to 1, of an amount won that day that comes in in each period."""
    dues = [(won_on + timedelta(payment.after), payment.share / 100) for payment in terms]
    return [sum(share for day, share in dues if first <= day <= last) for first, last in periods]


def share_of_delivery(delivery: Delivery, won_on: date, periods: Sequence[Period]) -> list[float]:
    """The share, from 0 to 1, of a quantity won that day that is worked off in each period."""
    span = window(won_on, delivery)
    return [max(0, _length(_overlap(period, span))) / delivery.over for period in periods]


def longest_wait(terms: Sequence[Payment]) -> int:
    """How many days after a win the last payment comes in."""
    return max(payment.after for payment in terms)


def weeks(first: date, last: date) -> list[Period]:
    """The weeks, Monday to Sunday, of the days from first to last, cut to them at both ends."""
    if first > last:
        return []
    monday = first - timedelta(first.weekday())
    starts = (monday + timedelta(n) for n in range(0, (last - monday).days + 1, 7))
    return [_overlap((start, start + timedelta(6)), (first, last)) for start in starts]


def months(first: date, last: date) -> list[Period]:
    """The calendar months of the days from first to last, cut to them at both ends."""
    found = []
    while first <= last:
        end = min(month_bounds(first)[1], last)
        found.append((first, end))
        first = end + timedelta(1)
    return found


def _overlap(period: Period, other: Period) -> Period:
    return max(period[0], other[0]), min(period[1], other[1])


def _length(period: Period) -> int:
    """Days from the first to the last; zero or less where the period ends before it begins."""
    return (period[1] - period[0]).days + 1


def payment_words(terms: Sequence[Payment]) -> str:
    """The terms as people say them: `30 % at the win (deposit), 70 % after 60 days`."""
    return ", ".join(_one_payment(payment) for payment in terms)


def _one_payment(payment: Payment) -> str:
    when = _("at the win")
    if payment.after:
        when = ngettext("after {n} day", "after {n} days", payment.after).format(n=payment.after)
    words = _("{share} % {when}").format(share=payment.share, when=when)
    return f"{words} ({payment.label})" if payment.label else words


def delivery_words(delivery: Delivery) -> str:
    """A delivery as people say it: `starts 14 days after the win, over 42 days`."""
    start = _("starts with the win")
    if delivery.start_after:
        start = ngettext(
            "starts {n} day after the win", "starts {n} days after the win", delivery.start_after
        ).format(n=delivery.start_after)
    over = ngettext("over {n} day", "over {n} days", delivery.over).format(n=delivery.over)
    return f"{start}, {over}"
