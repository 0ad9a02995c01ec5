"""Where copies of a workspace were made to, as far as this program made them: lines in the folder of its own copies.

They are what an erasure names, and what pruning spares. A copy that was moved, or made by other means, is not known.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from pipecli import clock
from pipecli.store.folders import make_private

ASKED, EXPORTED, COPIED = "asked", "exported", "copied"
_FILE = "made.jsonl"


class Noted(NamedTuple):
    """A copy that was made: its file, or the address of a database on a server; when, why, and how many events it had.

    `asked` is a backup, `exported` a journal; `copied` leads to another workspace, of which this one is a copy or that
    is one of this.
    """

    file: str
    made_at: str
    why: str
    events: int


def note(folder: Path, file: str, why: str, events: int) -> None:
    """Put a line down; raises OSError where that cannot be written."""
    line = {"file": file, "made_at": clock.stamp(clock.now()), "events": events, "why": why}
    make_private(folder)
    path = folder / _FILE
    with os.fdopen(
        os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8"
    ) as out:
        out.write(json.dumps(line) + "\n")


def noted(folder: Path) -> list[Noted]:
    """What was put down in a folder, the last line for each file; older programs noted backups only."""
    try:
        lines = (folder / _FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found: dict[str, Noted] = {}
    for line in lines:
        try:
            said = json.loads(line)
            one = Noted(
                str(said["file"]), str(said["made_at"]), str(said.get("why", ASKED)), int(said["events"])
            )
        except (ValueError, KeyError, TypeError, AttributeError):  # a line that was cut off
            continue
        found[one.file] = one
    return list(found.values())
