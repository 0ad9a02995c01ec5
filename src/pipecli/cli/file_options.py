"""The options that say how a file is to be read, declared once for every command that takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from pipecli.errors import InvalidInput
from pipecli.service.import_request import Request
from pipecli.text import _

from .options import extended

NOTHING: tuple[object, ...] = (None, ())
"""What stands in a request where nothing was asked."""
Maps = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help=_("which column fills a field"))
]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", metavar="LABEL=KEY", help=_("which stage a label means, or won, lost")),
]
Ends = Annotated[
    list[str] | None,
    typer.Option(
        "--stage", metavar="LABEL=won|lost|open", help=_("that a label means won or lost, or does not")
    ),
]
MappingFile = Annotated[
    str | None, typer.Option("--mapping", metavar="FILE.toml", help=_("columns and labels written down"))
]
History = Annotated[
    str | None,
    typer.Option("--history", metavar="FILE", help=_("the past: columns id, stage, at, amount")),
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=_("which sheet of a spreadsheet"))]
Dates = Annotated[
    str | None,
    typer.Option("--dates", metavar="dmy|mdy", help=_("which comes first where a column leaves it open")),
]
Decimal = Annotated[
    str | None,
    typer.Option("--decimal", metavar=",|.", help=_("the decimal mark where a column leaves it open")),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help=_("of a CSV file, where it is misread"))
]
Currency = Annotated[str | None, typer.Option("--currency", metavar="CODE", help=_("such as EUR"))]


def reads_file(stages: Any = Ends) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command that reads a file the options of how; it receives them as `request`.

    `stages` is what its labels can be said to mean. Raises InvalidInput for a form of dates or numbers that is none.
    """
    kinds = {
        "maps": Maps,
        "stages": stages,
        "mapping": MappingFile,
        "history": History,
        "sheet": Sheet,
        "dates": Dates,
        "decimal": Decimal,
        "encoding": Encoding,
    }

    def choose(values: dict[str, Any]) -> Request:
        given = {name: values.pop(name) for name in kinds}
        return Request(
            **given
            | {
                "maps": tuple(given["maps"] or ()),
                "stages": tuple(given["stages"] or ()),
                "dates": one_of("--dates", given["dates"], ("dmy", "mdy")),
                "decimal": one_of("--decimal", given["decimal"], (",", ".")),
            }
        )

    return lambda command: extended(command, "request", kinds, choose, default=None)


def one_of(option: str, given: str | None, choices: Sequence[str]) -> str | None:
    """What was given, if it is one of the choices; raises InvalidInput."""
    if given is not None and given not in choices:
        raise InvalidInput(_("{field} is one of: {choices}").format(field=option, choices=", ".join(choices)))
    return given


def typed(request: Request) -> str:
    """The options as a shell takes them, without what labels mean."""
    import shlex

    return "".join(f" {shlex.quote(word)}" for word in request.words())
