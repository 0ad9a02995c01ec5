"""`pipe forecast calibrate`: the probability each stage has earned, and a definition that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, note
from pipecli.text import _

from .options import DryRun, Output, Writing, reports, workspace

if TYPE_CHECKING:
    from pipecli.service.calibrating import Calibration


@reports
def calibrate(
    context: typer.Context,
    output: Output,
    adopt: Annotated[
        bool, typer.Option("--adopt", help=_("put the suggested probabilities in force as a new version"))
    ] = False,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("do not ask"))] = False,
) -> None:
    from pipecli.service import calibrating

    if adopt and output.format not in ("table", "json", "quiet"):
        raise InvalidInput(
            _("--adopt answers with --json or --quiet; leave --{name} out").format(name=output.format)
        )
    found = calibrating.calibrate(workspace(context))
    if not adopt or output.is_table:
        _print(found, output)
    if not adopt:
        if output.is_table and found.changes:
            note(_("Nothing was changed; to put these in force: pipe forecast calibrate --adopt"))
        return
    if not found.changes:
        note(_("Nothing to adopt: version {n} has these probabilities.").format(n=found.version))
        return
    from .stages import put_in_force

    put_in_force(context, found.toml, [], Writing(dry_run, output.format), yes=yes)


def _print(found: Calibration, output: Output) -> None:
    from pipecli.service.calibrating import as_json, as_rows

    if output.is_table:
        from pipecli.render.calibration import print_calibration

        print_calibration(console(), found)
    elif output.format == "json":
        from pipecli.render.formats import write_object

        write_object(as_json(found), output.format)
    else:
        from pipecli.render.calibration import view
        from pipecli.render.formats import write_list

        write_list(view(found.currency), as_rows(found), output.format, id_key="stage")
