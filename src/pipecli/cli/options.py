"""Options that many commands share, declared once, and the decorators that add them to a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pipecli.config import is_text
from pipecli.errors import InvalidInput, PipeError
from pipecli.service.workspace import Workspace
from pipecli.text import _

if TYPE_CHECKING:
    from pipecli.service.assistance import Assistance


class Output(NamedTuple):
    """The format a command was asked for."""

    format: str

    @property
    def is_table(self) -> bool:
        """Whether a person reads it."""
        return self.format == "table"


TABLE = Output("table")


class Writing(NamedTuple):
    """How a write was asked for: tried only, and what it prints."""

    dry_run: bool
    format: str


# Parameters that name a file.
_PATHS = frozenset({"draft", "file", "from_file", "history", "ics", "mail", "mapping", "output", "to_dir"})
_FORMATS = ("json", "jsonl", "csv", "markdown", "quiet")
# Where a group leaves the format it was asked for, for the command behind it.
_FORMAT = "pipecli.format"


def _flag(name: str, help_: str, short: str | None = None) -> Any:
    names = [f"--{name.replace('_', '-')}", *([short] if short else [])]
    return Annotated[bool, typer.Option(*names, help=help_)]


def reports(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that lists things the format options; it receives them as `output`."""
    flags = {
        "json": _flag("json", _("as JSON")),
        "jsonl": _flag("jsonl", _("as JSON Lines")),
        "csv": _flag("csv", _("as CSV")),
        "markdown": _flag("markdown", _("as a Markdown table")),
        "quiet": _flag("quiet", _("ids only"), "-q"),
    }

    def choose(values: dict[str, Any]) -> Output:
        return Output(one_format(values, _FORMATS))

    return extended(command, "output", flags, choose)


def writes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that changes something `--dry-run`, `--json` and `--quiet`; it receives them as `writing`."""
    flags = {
        "dry_run": DryRun,
        "json": _flag("json", _("as JSON")),
        "quiet": _flag("quiet", _("ids only"), "-q"),
    }

    def choose(values: dict[str, Any]) -> Writing:
        return Writing(values.pop("dry_run"), one_format(values, ("json", "quiet")))

    return extended(command, "writing", flags, choose)


NoModel = _flag("no-model", _("by the rules alone, ask no model"))
Send = _flag("send", _("agree that texts of this workspace go to the model, from now on"))


def assists(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that may ask a model its options; it receives an Assistance as `how`."""
    flags = {
        "no_model": NoModel,
        "dry_run": _flag("dry-run", _("print the exact request to the model, send nothing, change nothing")),
        "send": Send,
        "verbose": _flag("verbose", _("say what the model was sent and what it cost"), "-v"),
    }

    def choose(values: dict[str, Any]) -> Assistance:
        from .agreeing import assistance

        return assistance(**{name: values.pop(name) for name in flags})

    return extended(command, "how", flags, choose)


def one_format(values: dict[str, Any], formats: tuple[str, ...]) -> str:
    """The one format asked for, taken out of the values; `table` where none is. Raises InvalidInput for two."""
    chosen = [name for name in formats if values.pop(name)]
    if len(chosen) > 1:
        raise InvalidInput(_("choose one format: {names}").format(names=" ".join(f"--{n}" for n in chosen)))
    return chosen[0] if chosen else "table"


def extended(
    command: Callable[..., Any],
    name: str,
    kinds: dict[str, Any],
    choose: Callable[[dict[str, Any]], Any],
    *,
    default: object = False,
) -> Callable[..., Any]:
    """The command with options of these kinds beside its own; what `choose` makes of them it receives as `name`."""

    @wraps(command)
    def called(**values: Any) -> Any:
        _refuse_what_is_not_text(values)
        _inherit_format(values)
        typed = dict(values)
        try:
            return command(**{name: choose(values)}, **values)
        except PipeError as error:
            _give_answers_back(error, values.get("context"), typed)
            raise

    signature = inspect.signature(command, eval_str=True)
    own = [p for key, p in signature.parameters.items() if key != name]
    added = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for key, kind in kinds.items()
    ]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + added
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {p.name: p.annotation for p in parameters}
    return called


def _give_answers_back(error: PipeError, context: typer.Context | None, typed: dict[str, Any]) -> None:
    """Where a person was asked, the refusal holds the command lines that would have said what they answered."""
    if context is not None and context.meta:
        from .again import given_back

        if lines := given_back(context, typed):
            error.detail["answers"] = lines


def _inherit_format(values: dict[str, Any]) -> None:
    """`forecast --json backtest` is `forecast backtest --json`: a group hands its format on to its commands."""
    context = values.get("context")
    if context is None:
        return
    typed = {name for name in _FORMATS if values.get(name)}
    if context.invoked_subcommand:
        context.meta[_FORMAT] = typed
    for name in context.meta.get(_FORMAT, ()):
        if name in values:
            values[name] = True


def refuse_before_subcommand(context: typer.Context) -> None:
    """Raise InvalidInput where a group was given an option, other than a format, that its command never sees."""
    own = {parameter.name: parameter for parameter in context.command.params}
    for name, value in context.params.items():
        if value not in (None, False, []) and name not in _FORMATS:
            raise InvalidInput(
                _("{option} belongs behind the command: pipe {path} {command} {option} …").format(
                    option=own[name].opts[0],
                    path=context.command_path.removeprefix("pipe "),
                    command=context.invoked_subcommand,
                )
            )


def _refuse_what_is_not_text(values: dict[str, Any]) -> None:
    """Bytes that the terminal's encoding does not know name files at most; nothing else takes them."""
    for key, value in values.items():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and key not in _PATHS and not is_text(word):
                raise InvalidInput(
                    _("{value} is not text in the encoding of this terminal").format(value=ascii(word[:40]))
                )


def workspace(context: typer.Context) -> Workspace:
    """The workspace this run is about."""
    found: Workspace = context.obj
    return found


DryRun = _flag("dry_run", _("say what would happen, change nothing"))
Ref = Annotated[str | None, typer.Argument(metavar="REF", help=_("number, part of a name or account, or ."))]
Criterion = Annotated[str | None, typer.Argument(metavar="CRITERION", help=_("a criterion's key"))]
Next = Annotated[str | None, typer.Option("--next", "-n", metavar="TEXT", help=_("the next action"))]
Due = Annotated[
    str | None, typer.Option("--due", "-d", metavar="DATE", help=_("when it is due: fri, +3d, 2026-12-31"))
]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("the day it happened, if not today"))]
Sets = Annotated[list[str] | None, typer.Option("--set", "-s", metavar="K=V", help=_("set a field"))]
Proofs = Annotated[
    list[str] | None, typer.Option("--prove", "-p", metavar="CRITERION=TEXT", help=_("record evidence"))
]
Amount = Annotated[
    str | None, typer.Option("--amount", metavar="N", help=_("the amount, changed or confirmed"))
]
To = Annotated[str | None, typer.Option("--to", metavar="STAGE", help=_("the stage to reach"))]
Reason = Annotated[str | None, typer.Option("--reason", "-r", metavar="TEXT", help=_("why"))]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=_("as it stood at the end of that day"))
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", "-l", metavar="N", min=0, help=_("rows to show, 0 for all; a table shows 50")),
]
Mine = Annotated[bool, typer.Option("--mine", "-m", help=_("only mine"))]
ExitCode = Annotated[bool, typer.Option("--exit-code", help=_("exit 8 if anything is listed"))]

ROWS = 50


def rows(limit: int | None, output: Output, usual: int = ROWS) -> int:
    """How many rows to show, 0 for all: what was asked for, else the usual number in a table only."""
    return limit if limit is not None else usual if output.is_table else 0
