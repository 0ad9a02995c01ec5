"""Files that an import leaves beside what it imports: whether they can be written is found out before anything else is.

They are written when all is done, so that an import that fails leaves none.
"""

from __future__ import annotations

from pathlib import Path


def try_writing(path: Path) -> None:
    """Open a file as for writing and leave it as it was; raises OSError or ValueError where it cannot be."""
    if path.is_file() or path.is_dir():
        path.open("a").close()
    elif not path.exists():
        path.open("x").close()
        path.unlink()
