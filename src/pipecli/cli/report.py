"""The periodic report: `pipe report`, a page that a founder opens on Monday."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import is_terminal, note
from pipecli.text import _

from .files import opened, write_bytes
from .options import one_format, workspace

_FORMATS = ("html", "markdown", "text", "json")
_ENDINGS = {".html": "html", ".htm": "html", ".md": "markdown", ".txt": "text", ".json": "json"}


def report(
    context: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="[weekly|monthly]", help=_("the last week, or the last month"))
    ] = "weekly",
    html: Annotated[bool, typer.Option("--html", help=_("one page that needs nothing else"))] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help=_("for a wiki or a mail"))] = False,
    text: Annotated[bool, typer.Option("--text", help=_("for a terminal or a mail; usual"))] = False,
    json: Annotated[bool, typer.Option("--json", help=_("the figures, as JSON"))] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help=_("write there; the ending says what, if no option does")
        ),
    ] = None,
) -> None:
    wanted = one_format({"html": html, "markdown": markdown, "text": text, "json": json}, _FORMATS)
    if wanted == "table":
        wanted = _of_ending(Path(output or "").suffix)
    if wanted == "html" and output in (None, "-") and is_terminal(sys.stdout):
        raise InvalidInput(_("a page is for a browser: pipe report --html -o report.html"))
    from pipecli.service import report as reports

    _write(reports.report(workspace(context), period), wanted, output)
    if output not in (None, "-") and is_terminal(sys.stdout):
        note(_("The report is in {where}").format(where=output))


def _of_ending(ending: str) -> str:
    """What a file's ending says it is; raises InvalidInput for one that no report has."""
    if ending and ending.lower() not in _ENDINGS:
        raise InvalidInput(
            _('a report cannot be written as "{ending}"; the endings are: {endings}').format(
                ending=ending[:20], endings=", ".join(_ENDINGS)
            )
        )
    return _ENDINGS.get(ending.lower(), "text")


def _write(found: dict[str, Any], wanted: str, path: str | None) -> None:
    if wanted == "json":
        from pipecli.render.console import json_text

        with opened(path) as stream:
            stream.write(json_text(found, stream, indent=2) + "\n")
        return
    from pipecli.render.report import page

    made = page(found)
    if wanted == "html":
        from pipecli.render.report_html import html_bytes

        write_bytes("-" if path is None else path, html_bytes(made, found))
        return
    with opened(path) as stream:
        if wanted == "markdown":
            from pipecli.render.report_markdown import write_markdown

            write_markdown(made, stream)
        else:
            from pipecli.render.report_text import write_text

            write_text(made, stream)
