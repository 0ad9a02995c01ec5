"""The truth about a file before anything is imported: `pipe xray`. It needs no workspace and makes none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.service.import_request import Request
from pipecli.text import _

from .file_options import reads_file
from .options import Output, reports, workspace
from .progress import progress_bar

if TYPE_CHECKING:
    from pipecli.config import Settings
    from pipecli.service.xray import Seen


@reads_file()
@reports
def xray(
    context: typer.Context,
    output: Output,
    request: Request,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("an export, a spreadsheet, or a history"))],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help=_("count ages to that day, not to the file's last one")),
    ] = None,
) -> None:
    from pipecli.service.xray_document import document

    _refuse_others(file)
    seen = _seen(workspace(context).settings, file, request, as_of)
    found = document(seen)
    if output.is_table:
        from pipecli.render.console import console
        from pipecli.render.xray import print_xray

        print_xray(console(), found)
        return
    from pipecli.render.formats import write_json, write_list
    from pipecli.render.views import View

    if output.format == "json":
        write_json(found)
        return
    view = View((), keys=("fault", "k", "n", "rate", "amount", "of_amount"))
    rows = found["oldest"] if output.format == "quiet" else found["faults"]
    if output.format == "markdown":
        from pipecli.render.xray_words import faults_view

        view = faults_view(found)
    write_list(view, rows, output.format, id_key="line")


def _refuse_others(file: str) -> None:
    """Raise InvalidInput for what an import takes and is no list of opportunities."""
    from pathlib import Path

    from pipecli.errors import InvalidInput
    from pipecli.service.mail import is_mail
    from pipecli.service.restoring import is_journal

    if is_mail(file):
        line = _("{file} holds messages or meetings, not opportunities: pipe import takes them")
        raise InvalidInput(line.format(file=file))
    if is_journal(Path(file)):
        line = _("{file} is the journal of a workspace: pipe import restores it, then pipe audit judges it")
        raise InvalidInput(line.format(file=file))


def _seen(settings: Settings, file: str, request: Request, as_of: str | None) -> Seen:
    """The file read and counted, asked which sheet in a terminal where that is open."""
    from pipecli.domain.dates import parse_date
    from pipecli.errors import InvalidInput
    from pipecli.service.xray import see, today_of

    from .importing import sheet_chosen

    day = parse_date(as_of, today_of(settings), prefer="past") if as_of else None
    with progress_bar(_("Reading")) as progress:
        try:
            return see(settings, file, request, day, progress)
        except InvalidInput as error:
            sheet = sheet_chosen(error)
            if sheet is None:
                raise
        return see(settings, file, request._replace(sheet=sheet), day, progress)
