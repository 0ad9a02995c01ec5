"""Faults of a pipeline definition, collected all at once, each with its line.

The readers and the rules report by path; where that is in the document is looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal, NamedTuple

from pipecli.domain.definition_lines import Path
from pipecli.domain.fold import fold
from pipecli.text import _


class Fault(NamedTuple):
    """One fault: an error makes the definition unusable, a warning is worth a thought."""

    line: int | None
    level: Literal["error", "warning"]
    message: str
    slug: str


class Faults:
    """Collects faults by path; a path that is not in the document counts as its nearest parent's line."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self._found: list[Fault] = []

    def error(self, path: Path, slug: str, message: str) -> None:
        """Report what has to be corrected."""
        self._found.append(Fault(self.line(path), "error", message, slug))

    def warning(self, path: Path, slug: str, message: str) -> None:
        """Report what is probably not meant."""
        self._found.append(Fault(self.line(path), "warning", message, slug))

    def listed(self) -> list[Fault]:
        """All of them by line, those of the whole document first, each once."""
        return sorted(dict.fromkeys(self._found), key=lambda fault: fault.line or 0)

    def line(self, path: Path) -> int | None:
        """Where a path is in the document."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)


def nearest(word: str, known: Iterable[str]) -> str:
    """The ending `: did you mean "…"?` where one of the known words is close, else nothing."""
    folded = {fold(name): name for name in known}
    close = get_close_matches(fold(word[:80]), folded, n=1, cutoff=0.6)
    return _(': did you mean "{word}"?').format(word=folded[close[0]]) if close else ""
