"""The command line: the program's own options, commands loaded as they are typed, and how it is invoked."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from pipecli.config import Settings
from pipecli.service.workspace import Workspace

from .commands import Declared, declared, program_help
from .exits import INTERRUPTED, OK
from .parsing import Command, Group, explained

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LoadedWhenTyped(MutableMapping[str, Any]):
    """The commands by name; each is imported and built when it is first asked for."""

    def __init__(self, commands: Sequence[Declared]) -> None:
        self._declared = {command.name: command for command in commands}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = build(self._declared[name])
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


def build(command: Declared) -> Any:
    """The parser of one command."""
    module = import_module(f".{command.module}", __package__)
    function = getattr(module, command.function)
    if command.function == "group":
        made: Any = function(command.help)
    else:
        alone = bare_typer()
        alone.command(command.name, cls=Command, help=command.help)(function)
        made = get_command(alone)
    made.name = command.name
    return made


def bare_typer(**attributes: Any) -> typer.Typer:
    """A Typer as this program uses it: plain help, no completion of its own, errors left to us."""
    return typer.Typer(
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
        **attributes,
    )


class Program(Group):
    """The program itself, whose help is written from the table of commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the program's help."""
        formatter.write(program_help() + "\n")


def start(
    context: typer.Context,
    db: Annotated[str | None, typer.Option("--db", metavar="FILE|URL")] = None,
    demo: Annotated[bool, typer.Option("--demo")] = False,
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|fr")] = None,
    version: Annotated[bool, typer.Option("--version", "-V")] = False,
) -> None:
    """Settle which workspace the run is about; bare, show what to do now."""
    if version:
        from pipecli import __version__

        print(f"pipe {__version__}")
        raise typer.Exit
    flags = {key: value for key, value in (("db", db), ("lang", lang)) if value}
    context.obj = Workspace(Settings(flags=flags, demo=demo))
    context.call_on_close(lambda: _tell(context.obj))
    if context.invoked_subcommand is None:
        from .listing import show_today

        show_today(context.obj)


def _tell(workspace: Workspace) -> None:
    """Say what is to be known beside the answer of a command."""
    if workspace.told:
        from pipecli.render.console import note

        for text in workspace.told:
            note(text)


def program() -> Any:
    """The whole command line's parser."""
    app = bare_typer(name="pipe", cls=Program)
    app.callback(invoke_without_command=True)(start)
    parser = get_command(app)
    parser.commands = LoadedWhenTyped(declared())  # type: ignore[attr-defined]
    return parser


def invoke(arguments: Sequence[str]) -> int:
    """Run the command line; its exit code. Raises PipeError, for what the parser refuses as well."""
    try:
        code = program()(args=list(arguments), prog_name="pipe", standalone_mode=False)
    except TyperException as error:
        raise explained(error) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit as error:  # Typer's and rich's answer to a reader of stdout that has gone
        raise BrokenPipeError from error
    if code == INTERRUPTED:  # as Typer reports Ctrl-C
        raise KeyboardInterrupt
    return code if isinstance(code, int) else OK
