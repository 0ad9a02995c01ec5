"""The probability that each stage has earned: how often what entered it was won in the end, by the record.

Open ones are censored, by days since the stage was first entered (`survival`). What the longest record leaves
undecided counts as the definition says, and the definition itself as `PRIOR_CASES` closed ones, so that a suggestion
from few cases stays near it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .survival import FEWEST_CASES, MISSED, OPEN, REACHED, Cases, ended, interval, worth_in_cases

PRIOR_CASES = 3
# So little that a stage of few cases takes the probability of a neighbour with enough where the two would fall.
_GIVES_WAY = 1e-6


class Rule(NamedTuple):
    """A stage's probability as the definition has it, and the bounds it may move in, in percent.

    `opinion` is what the first definition that had the stage gave it, where that is another: the record is weighed
    against it, so that what was adopted from the record does not count as an opinion of its own.
    """

    stage: str
    percent: int
    least: int
    most: int
    opinion: int | None = None


class Suggestion(NamedTuple):
    """A stage's probability now and as suggested, in percent, with the record behind it.

    `low` and `high` are the 95 % interval of the record, in percent, None under `FEWEST_CASES` closed ones.
    `held_by` says what kept the suggestion from what the record says: `few_cases`, `order` (probabilities may not
    fall from one stage to the next) or `bounds`; None where nothing did.
    """

    stage: str
    now: int
    suggested: int
    won: int
    lost: int
    open: int
    low: int | None
    high: int | None
    held_by: str | None

    @property
    def closed(self) -> int:
        """How many cases the suggestion rests on."""
        return self.won + self.lost


def win_chance(cases: Cases, otherwise: float) -> float:
    """The probability, from 0 to 1, that what enters a stage is won in the end; `otherwise` for what is undecided.

    Of one case at least.
    """
    found = ended(cases)
    decided = sum(one.mass for one in found)
    won = sum(one.mass for one in found if one.case.outcome == REACHED)
    return (won + (cases.total() - decided) * otherwise) / cases.total()


def rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest values that never fall, by weighted least squares (pool adjacent violators; Ayer et al. 1955)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            before = blocks.pop()
            both = before[1] + block[1]
            block = ((before[0] * before[1] + block[0] * block[1]) / both, both, before[2] + block[2])
        blocks.append(block)
    return [value for value, _weight, size in blocks for _n in range(size)]


def suggest(rules: Sequence[Rule], cases: Mapping[str, Cases]) -> list[Suggestion]:
    """A probability for each stage, in the order of the rules: never falling, and each within its bounds.

    `cases` has for each stage every opportunity that ever entered it, once: whether it was won, from the day it came.
    """
    records = [_record(rule, cases.get(rule.stage, Cases())) for rule in rules]
    ordered = rising([r.percent for r in records], [r.weight for r in records])
    bounds = _rising_bounds(rules)
    return [
        _suggestion(rule, record, percent, within)
        for rule, record, percent, within in zip(rules, records, ordered, bounds, strict=True)
    ]


class _Record(NamedTuple):
    """What the record of a stage says, in percent, and as how many cases it weighs."""

    percent: float
    weight: float
    won: int
    lost: int
    open: int


def _record(rule: Rule, cases: Cases) -> _Record:
    won, lost, open_ = (
        sum(n for case, n in cases.items() if case.outcome == outcome) for outcome in (REACHED, MISSED, OPEN)
    )
    if won + lost < FEWEST_CASES:
        return _Record(rule.percent, _GIVES_WAY, won, lost, open_)
    opinion = rule.percent if rule.opinion is None else rule.opinion
    said, known = opinion / 100, worth_in_cases(ended(cases))
    weight = known + PRIOR_CASES
    chance = (known * win_chance(cases, said) + PRIOR_CASES * said) / weight
    return _Record(100 * chance, weight, won, lost, open_)


def _rising_bounds(rules: Sequence[Rule]) -> list[tuple[int, int]]:
    """Bounds that never fall either, so that values cut to them rise where they rose before.

    The definition's own probabilities rise within their bounds, so that there is always room.
    """
    least = [max(rule.least for rule in rules[: n + 1]) for n in range(len(rules))]
    most = [min(rule.most for rule in rules[n:]) for n in range(len(rules))]
    return list(zip(least, most, strict=True))


def _suggestion(rule: Rule, record: _Record, percent: float, within: tuple[int, int]) -> Suggestion:
    suggested = min(max(_rounded(percent), within[0]), within[1])
    low = high = held_by = None
    few = record.won + record.lost < FEWEST_CASES
    if not few:
        low, high = (_rounded(100 * end) for end in interval(record.percent / 100, record.weight))
    if suggested != _rounded(percent):
        held_by = "bounds"
    elif suggested != _rounded(record.percent):
        held_by = "order"
    elif few:
        held_by = "few_cases"
    return Suggestion(
        rule.stage, rule.percent, suggested, record.won, record.lost, record.open, low, high, held_by
    )


def _rounded(percent: float) -> int:
    return int(percent + 0.5)
