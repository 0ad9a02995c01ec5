"""Folders for what only its owner may read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def make_private(folder: Path) -> list[Path]:
    """Make a folder and those it lies in, each for its owner alone; what was made, inner ones last.

    Raises OSError.
    """
    made = []
    for path in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        with suppress(FileExistsError):  # somebody else was faster
            path.mkdir(mode=0o700)
            made.append(path)
    return made


def unmake(made: Iterable[Path]) -> None:
    """Remove folders that were made for nothing; one that holds something by now stays."""
    for path in reversed([*made]):
        with suppress(OSError):
            path.rmdir()
