"""What a person skipped in `pipe clean`, so that it is not asked again at once: a small file beside their workspaces.

It says nothing of an opportunity, so that it is not in the journal: each person skips for themselves, and a file
that is lost only asks again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pipecli.config import data_folder
from pipecli.rewriting import rewrite


class Skipped:
    """The numbers that somebody skipped in one workspace, each until a day."""

    def __init__(self, environ: Mapping[str, str], workspace: str, actor: str, today: date) -> None:
        self._path = data_folder(environ) / "skipped.json"
        self._mine = f"{workspace} {actor}"
        self._today = today.isoformat()

    def numbers(self) -> dict[int, date]:
        """Those that are left alone today, and until when."""
        mine = self._read().get(self._mine, {})
        return {int(n): date.fromisoformat(until) for n, until in mine.items() if until > self._today}

    def skip(self, number: int, until: date) -> None:
        """Leave one alone until a day; what is over is forgotten. Raises OSError where it cannot be written."""
        everything = self._read()
        everything.setdefault(self._mine, {})[str(number)] = until.isoformat()
        kept = {
            who: {n: day for n, day in numbers.items() if day > self._today}
            for who, numbers in everything.items()
        }
        rewrite(self._path, json.dumps({who: n for who, n in kept.items() if n}, indent=1))

    def _read(self) -> dict[str, dict[str, str]]:
        """What the file says; one that is not there, or not readable as such, says nothing."""
        try:
            found = json.loads(Path(self._path).read_text(encoding="utf-8"))
            return {
                str(who): {str(int(n)): date.fromisoformat(day).isoformat() for n, day in numbers.items()}
                for who, numbers in found.items()
            }
        except (OSError, ValueError, AttributeError, TypeError):
            return {}
