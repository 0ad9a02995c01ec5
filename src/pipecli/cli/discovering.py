"""`pipe stages discover`: the cycle as it is practised, and the draft of a definition that follows from it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import console, note
from pipecli.service.import_request import Request
from pipecli.text import _

from .file_options import NOTHING, Currency, reads_file, typed
from .options import Output, reports, workspace

if TYPE_CHECKING:
    from pipecli.config import Settings
    from pipecli.service.discovering import Discovered

DRAFT = "pipeline.toml"


@reads_file()
@reports
def discover(
    context: typer.Context,
    output: Output,
    request: Request,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help=_("an export, a spreadsheet or a history"))
    ] = None,
    of_workspace: Annotated[
        bool, typer.Option("--workspace", help=_("this workspace's own history instead of a file"))
    ] = False,
    currency: Currency = None,
    draft: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE.toml", help=_("write the draft there"))
    ] = None,
    toml: Annotated[bool, typer.Option("--toml", help=_("print the draft instead of the figures"))] = False,
) -> None:
    if toml and not output.is_table:
        raise InvalidInput(_("choose one format: {names}").format(names=f"--toml --{output.format}"))
    if draft and Path(draft).exists():
        raise InvalidInput(_("{path} exists already: name another file for the draft").format(path=draft))
    found = _found(context, file, of_workspace, request, currency)
    if draft:
        _write(draft, found.toml)
    if toml:
        print(found.toml, end="")
        return
    _report(found, output)
    if output.is_table:
        note("")
        note(_next(found, request, draft, of_workspace))


def _found(
    context: typer.Context, file: str | None, of_workspace: bool, request: Request, currency: str | None
) -> Discovered:
    from pipecli.service import discovering

    place = workspace(context)
    if of_workspace:
        if file is not None or currency or any(part not in NOTHING for part in request):
            raise InvalidInput(_("--workspace reads the journal: no FILE and no option of one goes with it"))
        return discovering.of_workspace(place)
    if file is None:
        raise InvalidInput(_("name a file, or read this workspace's own history: --workspace"))
    return _read(place.settings, file, request, currency)


def _read(settings: Settings, file: str, request: Request, currency: str | None) -> Discovered:
    from pipecli.service import discovering

    from .progress import progress_bar

    with progress_bar(_("Reading")) as progress:
        return discovering.of_file(settings, file, request, currency, progress)


def _write(path: str, toml: str) -> None:
    from .files import unfinished

    with unfinished(path) as part:
        part.write_text(toml, encoding="utf-8")


def _report(found: Discovered, output: Output) -> None:
    if output.is_table:
        from pipecli.render.discovery import print_discovery

        print_discovery(console(), found)
        return
    from pipecli.render.discovery import practice_view
    from pipecli.render.formats import write_list, write_object
    from pipecli.service.discovering import as_json, stage_records

    if output.format in ("json", "jsonl"):
        write_object(as_json(found), output.format)
    else:
        view = practice_view()._replace(keys=None)
        write_list(view, stage_records(found), output.format, id_key="stage")


def _next(found: Discovered, request: Request, written: str | None, of_workspace: bool) -> str:
    """What to type now."""
    if written:
        line = _("The draft is in {path}. Answer its questions, then: pipe stages check {path}")
        return line.format(path=shlex.quote(written))
    if of_workspace:
        return _("Your definition with these figures: pipe stages discover --workspace -o {path}").format(
            path=DRAFT
        )
    rest = shlex.quote(found.origin) + typed(request)
    return (
        _("Start with it: pipe init --from {rest}").format(rest=rest)
        + "\n"
        + _("Or write it down first: pipe stages discover {rest} -o {path}").format(rest=rest, path=DRAFT)
    )


def init_from(
    settings: Settings, file: str, request: Request, currency: str | None, *, dry_run: bool
) -> None:
    """Make a workspace whose stages are those that a file shows, and say how the file comes in."""
    from pipecli.render.discovery import in_short
    from pipecli.service import creating

    from .setup import made

    creating.refuse_existing(settings)
    found = _read(settings, file, request, currency)
    where = creating.init(settings, found.toml, currency=currency, dry_run=dry_run)
    for line in in_short(found):
        note(line)
    if made(settings, where, dry_run=dry_run):
        if found.importable:
            rest = typed(request) + "".join(f" --map {shlex.quote(text)}" for text in found.maps)
            note(_("Bring it in: pipe import {rest}").format(rest=shlex.quote(file) + rest))
        note(_("What proves each stage is still a question: pipe stages edit"))
