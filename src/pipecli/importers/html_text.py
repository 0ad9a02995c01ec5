"""HTML mail as plain text: what is read, without scripts, styles and markup; a quotation gets ">" in front.

The parser of the standard library can take very long over text that only looks like tags, so it is fed a tag at a
time and never keeps much that is unfinished.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST_HTML = 1_000_000
_MOST_UNFINISHED = 2_000
_DROPPED = ("script", "style", "head", "title", "noscript", "template", "svg")
_BLOCK_TAGS = (
    "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # A style that never ends would swallow all that follows.
        self.CDATA_CONTENT_ELEMENTS = ()  # type: ignore[misc]
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self.end_line(tag == "p")
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "li":
            self._line.append("- ")
        elif tag in ("td", "th"):
            self._line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_line(tag == "p")
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)

    def handle_data(self, data: str) -> None:
        self._line.append(data)

    def end_line(self, paragraph: bool = False) -> None:
        """Close the line, and leave an empty one after a paragraph."""
        words = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line = []
        if words:
            self.lines.append(f"> {words}" if self._quotes else words)
        elif self.lines and self.lines[-1] and not paragraph:
            return
        if paragraph and self.lines and self.lines[-1]:
            self.lines.append("")


def html_to_text(html: str) -> str:
    """The text of an HTML document or of a piece of one; never raises, whatever it is given."""
    parser = _Text()
    for piece in _pieces(_without_dropped(html[:LONGEST_HTML])):
        try:
            parser.feed(piece)
        except (AssertionError, ValueError, IndexError):
            parser.rawdata = ""
        if len(parser.rawdata) > _MOST_UNFINISHED:
            parser.handle_data(parser.rawdata)
            parser.rawdata = ""
    parser.handle_data(parser.rawdata)
    parser.end_line()
    return "\n".join(parser.lines).strip()


def _pieces(html: str) -> list[str]:
    """Tags and the texts between them; what is no tag is escaped."""
    out = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        out.append(html[at:start])
        end = html.find(">", start)
        if end < 0 or not (html[start + 1 : start + 2].isalpha() or html[start + 1 : start + 2] == "/"):
            if end >= 0 and html[start + 1 : start + 2] in "!?":  # a declaration says nothing
                at = end + 1
            else:
                out.append("&lt;")
                at = start + 1
            if end < 0:
                break
            continue
        out.append(html[start : end + 1])
        at = end + 1
    out.append(html[at:].replace("<", "&lt;"))
    return out


def _without_dropped(html: str) -> str:
    """The document without comments and the elements nobody reads; an element that never ends stays."""
    html = _cut(html, html, "<!--", "-->")
    for name in _DROPPED:
        html = _cut(html, html.lower(), f"<{name}", f"</{name}>")
    return html


def _cut(html: str, searched: str, opening: str, closing: str) -> str:
    if len(searched) != len(html):  # a letter whose small form is longer
        searched = html
    out, at = [], 0
    while (start := searched.find(opening, at)) >= 0:
        end = searched.find(closing, start)
        if end < 0:
            break
        following = searched[start + len(opening) : start + len(opening) + 1]
        if opening[-1].isalpha() and (following.isalnum() or following == "-"):  # <header> is no <head>
            out.append(html[at : start + len(opening)])
            at = start + len(opening)
            continue
        out.append(html[at:start])
        at = end + len(closing)
    out.append(html[at:])
    return "".join(out)
