"""Small files of our own, written anew whole or not at all: who looks finds the old text or the new one."""

from __future__ import annotations

import os
from pathlib import Path


def rewrite(path: Path, text: str) -> None:
    """Put a text in the place of a file's; who may read it, and a link to it, stay as they are. A new file is its
    owner's alone. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.touch(0o600)
        part.write_text(text, encoding="utf-8")
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
