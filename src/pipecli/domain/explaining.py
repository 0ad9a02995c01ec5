"""What moves the chance of one opportunity away from what its stage usually gives, in words."""

from __future__ import annotations

from typing import NamedTuple

from pipecli.text import _, ngettext

_FELT = 0.15
"""A difference of less than this share of the chance goes without saying."""


class Standing(NamedTuple):
    """One opportunity's chances from 0 to 1, by one day: of one entering its stage now, of this one at its age, and
    with the probability set by hand (percent, None where the stage's holds).

    `unrated` is the currency of an amount that has no rate; `known` is whether its amount was known that day, which an
    import that came later says nothing of.
    """

    entering: float
    chance: float
    days: int
    own: int | None
    usual: int
    overdue_close: bool
    priced: bool
    unrated: str | None = None
    known: bool = True


def moved_by(standing: Standing) -> list[str]:
    """What a reader should know to understand the chance; nothing where it is what the stage gives."""
    out = []
    if standing.own is not None and standing.own != standing.usual:
        line = _("set by hand to {own} %, the stage's is {usual} %")
        out.append(line.format(own=standing.own, usual=standing.usual))
    change = standing.chance - standing.entering
    if standing.own is None and abs(change) > _FELT * max(standing.entering, standing.chance):
        raised = ngettext(
            "{n} day in the stage raises it from {usual} %",
            "{n} days in the stage raise it from {usual} %",
            standing.days,
        )
        lowered = ngettext(
            "{n} day in the stage lowers it from {usual} %",
            "{n} days in the stage lower it from {usual} %",
            standing.days,
        )
        line = raised if change > 0 else lowered
        out.append(line.format(n=standing.days, usual=_percent(standing.entering)))
    if standing.overdue_close:
        out.append(_("its close date is past"))
    if not standing.priced:
        out.append(_("no amount: taken as what such wins usually bring"))
    elif not standing.known:
        out.append(_("its amount came with a later import: taken as what such wins usually bring"))
    if standing.unrated:
        out.append(
            _("an amount in {currency}, without a rate: counted, not priced").format(
                currency=standing.unrated
            )
        )
    return out


def _percent(chance: float) -> int:
    return round(chance * 100)
