"""What a write prints: the opportunity as JSON, its number, or one line of success; notes go to stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipecli.render.console import note
from pipecli.text import _

from .options import Writing

if TYPE_CHECKING:
    from pipecli.service.outcome import Outcome


def report(outcome: Outcome, writing: Writing) -> None:
    """Print the result of a write on one opportunity."""
    report_all([outcome], writing, single=True)


def report_all(outcomes: Sequence[Outcome], writing: Writing, *, single: bool = False) -> None:
    """Print the results of a write on several opportunities."""
    for text in dict.fromkeys(text for outcome in outcomes for text in outcome.notes):
        note(text)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(outcomes[0].record if single else [outcome.record for outcome in outcomes])
    elif writing.format == "quiet":
        for outcome in outcomes:
            print(outcome.ref)
    else:
        from pipecli.render.opportunity import outcome_lines

        for outcome in outcomes:
            for line in outcome_lines(outcome):
                print(line)
            if outcome.asked:
                print(
                    _("Asked for approval: {people}. Nothing moved yet.").format(
                        people=", ".join(outcome.asked)
                    )
                )
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
