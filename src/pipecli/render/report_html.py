"""The periodic report as one HTML file that needs nothing else: no script, no font, no address to ask.

It reads on a phone, on paper, in light and in dark. Every text goes through `escaped`; the page forbids itself to load
anything, should something get past it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipecli.text import language

from .report import Figure, Page, Part, Section, escaped, shortened, shortened_text
from .report_pictures import Picture, pictures
from .views import Column, Record, View

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_FEW = 3
"""Columns that would stand too far apart over the whole width."""
_LONG = 20
"""Letters of a word that may be broken anywhere, so that it does not widen its column."""
STYLES = Path(__file__).with_name("report.css")


def html_bytes(page: Page, document: Mapping[str, Any]) -> bytes:
    """The page as a file."""
    return "\n".join(_lines(page, pictures(document))).encode()


def _safe(text: str) -> str:
    """Text from outside: cut where it is endless."""
    return escaped(shortened_text(text))


def _lines(page: Page, drawn: Mapping[str, Picture]) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="{language()}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="robots" content="noindex">'
    yield f"<title>{_safe(page.title)}</title>"
    yield f"<style>\n{STYLES.read_text(encoding='utf-8')}</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield f"<h1>{_safe(page.title)}</h1>"
    yield f"<p>{escaped(page.subtitle)}</p>"
    yield "</header>"
    yield "<main>"
    yield '<dl class="figures">'
    yield from map(_figure, page.figures)
    yield "</dl>"
    for section in page.sections:
        yield from _section(section, drawn.get(section.key))
    yield "</main>"
    yield f"<footer><p>{escaped(page.foot)}</p></footer>"
    yield "</body>"
    yield "</html>"
    yield ""


def _figure(figure: Figure) -> str:
    presses = ' class="presses"' if figure.presses else ""
    beside = f"<dd>{escaped(figure.beside)}</dd>" if figure.beside else ""
    return f"<div{presses}><dt>{escaped(figure.label)}</dt><dd>{escaped(figure.value)}</dd>{beside}</div>"


def _section(section: Section, picture: Picture | None) -> Iterator[str]:
    yield f'<section id="{section.key}" aria-labelledby="{section.key}-head">'
    yield f'<h2 id="{section.key}-head">{escaped(section.title)}</h2>'
    for text in section.lead:
        yield f"<p>{escaped(text)}</p>"
    if picture:
        yield f"<figure>{picture.svg}{_legend(picture)}</figure>"
    for part in section.parts:
        yield from _part(part, section)
    for text in section.notes:
        yield f'<p class="note">{escaped(text)}</p>'
    yield "</section>"


def _legend(picture: Picture) -> str:
    keys = "".join(f'<span class="key-{n}">{escaped(name)}</span>' for n, name in enumerate(picture.legend))
    return f"<figcaption>{keys}</figcaption>" if keys else ""


def _part(part: Part, section: Section) -> Iterator[str]:
    view = shortened(part.view)
    classes = [*(["narrow"] if len(view.columns) <= _FEW else []), *(["tall"] if part.under else [])]
    yield f'<table role="table"{_classed(classes)}>'
    hidden = "" if part.title else ' class="unseen"'
    yield f"<caption{hidden}>{escaped(part.title or section.title)}</caption>"
    yield f'<thead role="rowgroup"><tr role="row">{"".join(map(_head, view.columns))}</tr></thead>'
    yield '<tbody role="rowgroup">'
    for record in part.records:
        yield f'<tr role="row">{"".join(_cells(part, view, record))}</tr>'
    yield "</tbody>"
    yield "</table>"
    if part.more:
        yield f'<p class="note">{escaped(part.more)}</p>'


def _head(column: Column) -> str:
    number = ' class="n"' if column.right else ""
    return f'<th scope="col" role="columnheader"{number}>{escaped(column.title)}</th>'


def _cells(part: Part, view: View, record: Record) -> Iterator[str]:
    """The cells of a row: its name is the head of the row, with what stands under it."""
    named = next(n for n, column in enumerate(view.columns) if not column.right)
    for n, column in enumerate(view.columns):
        text = _safe(column.text(record))
        if n == named:
            under = "".join(_under(part, record))
            yield f'<th scope="row" role="rowheader"><bdi>{text}</bdi>{under}</th>'
            continue
        classes = [*(["n"] if column.right else []), *_classes(column, record)]
        if max(map(len, text.split()), default=0) > _LONG:
            classes.append("long")
        yield f'<td role="cell"{_classed(classes)} data-label="{escaped(column.title)}"><bdi>{text}</bdi></td>'


def _classed(classes: Sequence[str]) -> str:
    return f' class="{" ".join(classes)}"' if classes else ""


def _under(part: Part, record: Record) -> Iterator[str]:
    for text in part.under(record) if part.under else ():
        yield f'<span class="under"><bdi>{_safe(text)}</bdi></span>'
    if part.command:
        yield f"<code>{_safe(part.command(record))}</code>"


def _classes(column: Column, record: Record) -> list[str]:
    """How a terminal would set the cell, as classes: `red` and `yellow` press, the rest by their names."""
    words = column.style(record).split() if column.style else []
    return sorted({"presses" if word in ("red", "yellow") else word for word in words})
