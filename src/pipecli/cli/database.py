"""`pipe db`: backups, restoring them, moving a workspace to another database, upgrading it."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated, Any

import typer
from typer.main import get_command

from pipecli.render.console import is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .again import before, command_line
from .app import bare_typer
from .options import Output, Writing, reports, workspace, writes
from .parsing import Command, Group
from .progress import progress_bar


def group(help_: str) -> Any:
    """The parser of `pipe db`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(db)
    for name, function, words in (
        ("backup", backup, _("Copy the workspace into a file while others work in it, and check the copy.")),
        ("backups", backups_, _("List the backups there are, the newest first.")),
        ("restore", restore, _("Bring a backup or a journal back; what it replaces is kept.")),
        ("copy", copy, _("Move a workspace between SQLite and PostgreSQL, journal and all.")),
        ("upgrade", upgrade, _("Bring the workspace of an older program to this one's version.")),
    ):
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def db(context: typer.Context, output: Output) -> None:
    if context.invoked_subcommand is None:
        _print_backups(workspace(context), output)


@reports
def backups_(context: typer.Context, output: Output) -> None:
    _print_backups(workspace(context), output)


def _print_backups(place: Workspace, output: Output) -> None:
    from pipecli.render import database as screen
    from pipecli.render.formats import write_list
    from pipecli.service import backups

    found = backups.listed(place)
    write_list(screen.backups_view(), screen.records(found), output.format, id_key="file")
    if output.is_table and is_terminal(sys.stdout):
        note(screen.kept_line(found) or _("A backup is made with: pipe db backup FILE"))


def backup(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("where to write it, or a folder"))],
    force: Annotated[bool, typer.Option("--force", help=_("replace a file that is there"))] = False,
) -> None:
    from pathlib import Path

    from pipecli.render.database import backed_up_line
    from pipecli.service import backups

    made = backups.backup(workspace(context), file, force=force)
    print(backed_up_line(made, Path(made.file).stat().st_size))


@writes
def restore(
    context: typer.Context,
    writing: Writing,
    file: Annotated[str, typer.Argument(metavar="FILE", help=_("a backup, or an exported journal"))],
) -> None:
    from pipecli.render import database as screen
    from pipecli.service.bringing_back import bring_back

    with progress_bar(_("Restoring")) as progress:
        found = bring_back(workspace(context), file, dry_run=writing.dry_run, progress=progress)
    back = command_line(before(context), [found.kept or ""])
    _print(writing, screen.restored_json(found), screen.restored_lines(found, back), found.restored.where)


@writes
def copy(
    context: typer.Context,
    writing: Writing,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=_("a file or postgresql://HOST/NAME"))],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help=_("another one, that holds nothing; a file is made"))
    ],
) -> None:
    from pipecli.render import database as screen
    from pipecli.service.copying import copy as copy_workspace

    with progress_bar(_("Copying")) as progress:
        found = copy_workspace(
            workspace(context).settings, source, target, dry_run=writing.dry_run, progress=progress
        )
    _print(writing, found._asdict(), [screen.copied_line(found)], found.target)
    if writing.format == "table" and not writing.dry_run:
        note(_("To work there from now on: pipe config db {target}").format(target=shlex.quote(found.target)))


@writes
def upgrade(context: typer.Context, writing: Writing) -> None:
    from pipecli.render import database as screen
    from pipecli.service.upgrading import upgrade as upgrade_workspace

    found = upgrade_workspace(workspace(context), dry_run=writing.dry_run)
    _print(writing, found._asdict(), screen.upgraded_lines(found), found.where)


def _print(writing: Writing, document: Any, lines: list[str], where: str) -> None:
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(document)
    elif writing.format == "quiet":
        print(where)
    else:
        for line in lines:
            print(line)
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
