"""Data in and out: import, export, demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import is_terminal, note
from pipecli.service.import_request import Request
from pipecli.text import _, ngettext

from .exits import FAILURE, OK
from .file_options import Stages, reads_file
from .files import opened, unfinished
from .options import Writing, workspace, writes
from .progress import progress_bar

if TYPE_CHECKING:
    from pipecli.service.importing import Imported
    from pipecli.service.workspace import Workspace


def demo(
    context: typer.Context,
    size: Annotated[int, typer.Option("--size", min=1, metavar="N", help=_("how many opportunities"))] = 60,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help=_("another seed, another sample"))] = 1,
) -> None:
    from pipecli.service.demo import demo as fill

    place = workspace(context)
    with progress_bar(_("Filling")) as progress:
        made = fill(place.settings, size=size, seed=seed, progress=progress)
    print(
        _("{n} opportunities ({open} open, {won} won, {lost} lost), {events} events in {where}").format(
            n=made.opportunities,
            open=made.open,
            won=made.won,
            lost=made.lost,
            events=made.events,
            where=made.where,
        )
    )


@reads_file(Stages)
@writes
def import_(
    context: typer.Context,
    writing: Writing,
    request: Request,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help=_("an export, a spreadsheet, mail, a calendar or a journal"))
    ],
    rejected: Annotated[
        str | None,
        typer.Option("--rejected", metavar="FILE", help=_("where rows that cannot land are written")),
    ] = None,
    save_mapping: Annotated[
        str | None,
        typer.Option("--save-mapping", metavar="FILE.toml", help=_("write the columns and labels down")),
    ] = None,
) -> int:
    from pipecli.service.mail import is_mail
    from pipecli.service.restoring import is_journal

    place = workspace(context)
    if is_mail(file):
        if request.maps or request.stages or request.mapping or request.history or rejected:
            raise InvalidInput(
                _("{file} holds messages or meetings, which need no mapping").format(file=file)
            )
        return _take(place, file, writing)
    if is_journal(Path(file)):
        if request.maps or request.stages or request.mapping or request.history or save_mapping:
            raise InvalidInput(
                _("{file} is a journal: it is restored as it is, without a mapping").format(file=file)
            )
        return _restore(place, file, writing)
    from pipecli.render.importing import import_document, import_lines, next_step, print_preview

    request = request._replace(rejected=rejected, save_mapping=save_mapping)
    found = _imported(place, file, request, writing.dry_run)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(import_document(found))
    elif writing.format == "table":
        if writing.dry_run:
            print_preview(found)
        for line in import_lines(found):
            print(line)
    for text in found.notes:
        note(text)
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
    if writing.format == "table" and is_terminal(sys.stdout) and (step := next_step(found)):
        print(step)
    return FAILURE if found.rejected else OK


def _take(place: Workspace, file: str, writing: Writing) -> int:
    """Take messages and meetings; a failure only where not one of them could be."""
    from pipecli.render.mail import mail_document, mail_lines, mail_notes
    from pipecli.service.mail import import_messages

    with progress_bar(_("Reading")) as progress:
        found = import_messages(place, file, dry_run=writing.dry_run, progress=progress)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(mail_document(found))
    elif writing.format == "table":
        for line in mail_lines(found):
            print(line)
    for text in mail_notes(found):
        note(text)
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
    return FAILURE if found.undecided and not found.total and not found.known else OK


def _imported(place: Workspace, file: str, request: Request, dry_run: bool) -> Imported:
    """The import, asked which sheet in a terminal where that is open."""
    from pipecli.service.importing import import_file

    from .importing import agreed, sheet_chosen

    with progress_bar(_("Importing")) as progress:
        try:
            return import_file(place, file, request, dry_run=dry_run, progress=progress, agree=agreed)
        except InvalidInput as error:
            sheet = sheet_chosen(error)
            if sheet is None:
                raise
        request = request._replace(sheet=sheet)
        return import_file(place, file, request, dry_run=dry_run, progress=progress, agree=agreed)


def _restore(place: Workspace, file: str, writing: Writing) -> int:
    from pipecli.service.restoring import restore

    made = restore(place.settings, Path(file), dry_run=writing.dry_run)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(made._asdict())
    elif writing.format == "table":
        print(
            ngettext("Restored {n} opportunity", "Restored {n} opportunities", made.opportunities).format(
                n=made.opportunities
            )
            + _(", {events} events in {where}").format(events=made.events, where=made.where)
        )
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
    return OK


def export(
    context: typer.Context,
    csv: Annotated[
        bool, typer.Option("--csv", help=_("opportunities as CSV, to be edited and imported again"))
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=_("the same as JSON"))] = False,
    xlsx: Annotated[
        bool,
        typer.Option("--xlsx", help=_("a workbook: opportunities, contacts, exchanges, …; with -o FILE")),
    ] = False,
    journal: Annotated[
        bool, typer.Option("--journal", help=_("everything, nothing lost, to restore an empty workspace"))
    ] = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help=_("write there instead of stdout"))
    ] = None,
) -> None:
    formats = (("csv", csv), ("json", json), ("xlsx", xlsx), ("journal", journal))
    chosen = [name for name, wanted in formats if wanted]
    if len(chosen) != 1:
        raise InvalidInput(_("choose one of --csv, --json, --xlsx and --journal"))
    if xlsx:
        _export_workbook(workspace(context), output)
        return
    from pipecli.service import exporting

    write = {
        "csv": exporting.export_csv,
        "json": exporting.export_json,
        "journal": exporting.export_journal,
    }[chosen[0]]
    # A journal holds every address and every word; it is as private as the workspace itself.
    with opened(output, private=journal) as stream:
        write(workspace(context), stream)
    if journal and output:
        from pipecli.service.backups import exported

        exported(workspace(context), output)


def _export_workbook(place: Workspace, path: str | None) -> None:
    if path is None or path == "-":
        raise InvalidInput(_("a workbook is not for reading here: pipe export --xlsx -o FILE.xlsx"))
    from pipecli.service.workbook import export_xlsx

    with unfinished(path) as part, part.open("wb") as stream:
        cut = export_xlsx(place, stream)
    if cut:
        line = ngettext(
            "{n} text was longer than a cell can hold and was cut; --journal has it whole",
            "{n} texts were longer than a cell can hold and were cut; --journal has them whole",
            cut,
        )
        note(line.format(n=cut))
