"""The pipeline definition: show, check, edit, adopt, templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from pipecli.errors import ConfigError, InvalidInput
from pipecli.render.console import console, note
from pipecli.service.workspace import Workspace
from pipecli.text import _, ngettext

from .app import bare_typer
from .discovering import discover
from .editing import edit_file, editor_of
from .exits import FAILURE, OK
from .options import Output, Writing, reports, workspace, writes
from .parsing import Command, Group
from .prompts import ask, can_ask, confirm

Moves = Annotated[
    list[str] | None,
    typer.Option(
        "--move", metavar="OLD=NEW", help=_("where the open ones of a stage that goes are to stand")
    ),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help=_("a definition in TOML"))]


def group(help_: str) -> Any:
    """The parser of `pipe stages`."""
    made = bare_typer(help=help_, cls=Group)
    made.callback(invoke_without_command=True)(stages)
    for name, function, words in (
        ("show", show, _("The definition in force, in short or as TOML.")),
        (
            "discover",
            discover,
            _("Draft the stages as they are practised, from a file or this workspace."),
        ),
        ("check", check, _("Report every fault of a definition, with its line.")),
        ("edit", edit, _("Edit the definition in $EDITOR; checked and shown before it is adopted.")),
        ("adopt", adopt, _("Put a definition in force as a new version.")),
        ("templates", templates, _("List the templates, or print one.")),
    ):
        made.command(name, cls=Command, help=words)(function)
    return get_command(made)


@reports
def stages(context: typer.Context, output: Output) -> None:
    if context.invoked_subcommand is None:
        _print_current(workspace(context), output)


@reports
def show(
    context: typer.Context,
    output: Output,
    version: Annotated[
        int | None, typer.Argument(metavar="N", min=1, help=_("a former version, with --toml"))
    ] = None,
    toml: Annotated[bool, typer.Option("--toml", help=_("the TOML, to adapt and adopt"))] = False,
) -> None:
    from pipecli.service import stages as definitions

    if version is not None and not toml:
        raise InvalidInput(_("a former version is shown as it was written: pipe stages show N --toml"))
    if toml:
        place = workspace(context)
        print(definitions.toml_of(place, version) if version else definitions.current_toml(place)[1], end="")
    else:
        _print_current(workspace(context), output)


def _print_current(place: Workspace, output: Output) -> None:
    from pipecli.service import stages as definitions

    if output.is_table:
        from pipecli.render.stages import print_pipeline

        print_pipeline(console(), definitions.pipeline(place))
    elif output.format in ("json", "jsonl"):
        from pipecli.render.formats import write_object

        write_object(definitions.as_json(place), output.format)
    else:
        from pipecli.render.formats import write_list
        from pipecli.render.stages import stages_view

        write_list(stages_view(), definitions.as_rows(place), output.format, id_key="stage")


@reports
def check(context: typer.Context, output: Output, file: File) -> int:
    from pipecli.render.stages import fault_line, faults_view
    from pipecli.service import stages as definitions

    faults = definitions.check(read_definition(file))
    if output.is_table:
        for fault in faults:
            print(fault_line(fault, str(file)))
        errors = sum(f.level == "error" for f in faults)
        note(
            _("{file}: nothing to mend.").format(file=file)
            if not faults
            else ngettext("{n} error, {m} to consider.", "{n} errors, {m} to consider.", errors).format(
                n=errors, m=len(faults) - errors
            )
        )
    else:
        from pipecli.render.formats import write_list

        write_list(faults_view(), [f._asdict() for f in faults], output.format, id_key="slug")
    return FAILURE if any(f.level == "error" for f in faults) else OK


def read_definition(file: Path) -> str:
    """A definition file's text; raises InvalidInput where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(_("{file} cannot be read: {error}").format(file=file, error=reason)) from error


@writes
def adopt(
    context: typer.Context,
    writing: Writing,
    file: File,
    move: Moves = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("do not ask"))] = False,
) -> None:
    put_in_force(context, read_definition(file), move or [], writing, yes=yes)


def put_in_force(context: typer.Context, toml: str, move: list[str], writing: Writing, *, yes: bool) -> bool:
    """Show what a definition changes, ask in a terminal, and adopt it; whether it was."""
    from pipecli.domain.values import split_assignment
    from pipecli.render.stages import impact_lines
    from pipecli.service import stages as definitions

    place = workspace(context)
    moves = dict(split_assignment(text) for text in move)
    impact = definitions.impact(place, toml, moves)
    for line in impact_lines(impact):
        note(line)
    while impact.orphaned and can_ask():
        stage, refs = next(iter(impact.orphaned.items()))
        moves[stage] = ask(_("Where do the {n} of {stage} go?").format(n=len(refs), stage=stage))
        impact = definitions.impact(place, toml, moves)
    certain = yes or writing.dry_run or bool(impact.orphaned) or not can_ask()
    if not certain and not confirm(_("Adopt it?"), default=False):
        note(_("Nothing was changed."))
        return False
    done = definitions.adopt(place, toml, moves, dry_run=writing.dry_run)
    if writing.format == "json":
        from pipecli.render.formats import write_json

        write_json(done._asdict())
    elif writing.format == "quiet":
        print(done.version)
    else:
        print(_("Definition {version} is in force.").format(version=done.version))
    if writing.dry_run:
        note(_("Dry run: nothing was changed."))
    return True


@writes
def edit(context: typer.Context, writing: Writing, move: Moves = None) -> None:
    import tempfile

    from pipecli.render.stages import fault_line
    from pipecli.service import stages as definitions

    place = workspace(context)
    editor = editor_of(place, _("pipe stages show --toml > FILE, then pipe stages adopt FILE"))
    _version, before = definitions.current_toml(place)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pipeline.toml"
        file.write_text(before, encoding="utf-8")
        while True:
            edit_file(editor, file)
            toml = read_definition(file)
            if toml == before:
                note(_("Nothing was changed."))
                return
            faults = definitions.check(toml)
            for fault in faults:
                note(fault_line(fault, file.name))
            if not any(f.level == "error" for f in faults):
                break
            if not can_ask() or not confirm(_("Edit again?")):
                raise ConfigError(_("the definition has errors; nothing was changed"))
        put_in_force(context, toml, move or [], writing, yes=False)


def templates(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help=_("the template to print"))] = None,
) -> None:
    from pipecli import templates as shipped

    if name is not None:
        from pipecli.service.creating import definition_from_template
        from pipecli.service.workspace import actor_of

        print(definition_from_template(name, actor_of(workspace(context).settings)), end="")
        return
    for key in shipped.names():
        print(f"{key:<10} {shipped.describe(key)}")
