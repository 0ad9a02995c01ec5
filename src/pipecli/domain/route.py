"""Which way an opportunity can go: whether it may move at all, and which stage a move means."""

from __future__ import annotations

from pipecli.errors import Conflict, InvalidInput
from pipecli.text import _

from .opportunity import Opportunity
from .pipeline import WON, Pipeline


def require_open(opportunity: Opportunity) -> None:
    """Raise Conflict unless the opportunity is open."""
    o = opportunity
    if o.is_open:
        return
    if o.is_merged:
        raise Conflict(
            _("{ref} was merged into {kept}").format(ref=o.number, kept=o.merged_into), ref=o.number
        )
    status = _("won") if o.status == "won" else _("lost")
    raise Conflict(
        _(
            "{ref} {name} is {status} since {day}; to go on: pipe reopen {ref} --reason TEXT -n NEXT -d DUE"
        ).format(ref=o.number, name=o.name, status=status, day=o.closed_on),
        ref=o.number,
        status=o.status,
    )


def target_of(opportunity: Opportunity, pipeline: Pipeline, to: str | None) -> str:
    """The stage that `advance` means: the named one, else the next, `won` from the last.

    Raises InvalidInput where the named stage is not further on.
    """
    here = pipeline.index(opportunity.stage)
    if to is None:
        return pipeline.stages[here + 1].key if here + 1 < len(pipeline.stages) else WON
    if to == WON:
        return WON
    stage = pipeline.find_stage(to)
    if pipeline.index(stage.key) <= here:
        raise InvalidInput(
            _(
                "{name} is not further on than {here}; to go back: pipe back {ref} --to {key} --reason TEXT"
            ).format(
                name=stage.name,
                here=pipeline.stage(opportunity.stage).name,
                ref=opportunity.number,
                key=stage.key,
            )
        )
    return stage.key
