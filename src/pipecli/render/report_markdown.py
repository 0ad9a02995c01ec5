"""The periodic report as Markdown, for a wiki or a mail; what comes from outside is shown as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from pipecli.text import _

from .formats import markdown_cell, markdown_lines
from .report import Page, Part, Section, shortened, shortened_text


def write_markdown(page: Page, stream: TextIO) -> None:
    """Write the page."""
    stream.write("\n\n".join("\n".join(block) for block in _blocks(page)) + "\n")


def _blocks(page: Page) -> Iterator[list[str]]:
    yield [f"# {markdown_cell(page.title)}"]
    yield [markdown_cell(page.subtitle)]
    yield [
        "- " + markdown_cell(figure.label) + f": **{markdown_cell(figure.value)}**" + _beside(figure.beside)
        for figure in page.figures
    ]
    for section in page.sections:
        yield from _section(section)
    yield ["---"]
    yield [markdown_cell(page.foot)]


def _beside(text: str) -> str:
    return f" ({markdown_cell(text)})" if text else ""


def _section(section: Section) -> Iterator[list[str]]:
    yield [f"## {markdown_cell(section.title)}"]
    for text in (*section.lead, *([section.trend] if section.trend else ())):
        yield [markdown_cell(text)]
    for part in section.parts:
        if part.title:
            yield [f"### {markdown_cell(part.title)}"]
        yield _table(part)
        if part.more:
            yield [markdown_cell(part.more)]
    for text in section.notes:
        yield [markdown_cell(text)]


def _table(part: Part) -> list[str]:
    """The table; what stands under a row, and the command that settles it as code, are last columns of their own."""
    lines = markdown_lines(shortened(part.view), part.records)
    if part.under:
        cells = ["; ".join(map(shortened_text, part.under(record))) for record in part.records]
        lines = _beside_each(lines, part.under_title, [markdown_cell(cell) for cell in cells])
    if part.command:
        lines = _beside_each(lines, _("Command"), [f"`{part.command(record)}`" for record in part.records])
    return lines


def _beside_each(lines: list[str], title: str, cells: list[str]) -> list[str]:
    return [f"{line} {cell} |" for line, cell in zip(lines, [title, "---", *cells], strict=True)]
