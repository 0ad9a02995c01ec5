"""Files that commands write: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipecli.errors import InvalidInput
from pipecli.text import _


@contextmanager
def opened(path: str | None) -> Iterator[TextIO]:
    """Stdout, or a file for text; it appears when the context ends well."""
    if path is None or path == "-":
        yield sys.stdout
        return
    with unfinished(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextmanager
def unfinished(path: str) -> Iterator[Path]:
    """Where to write what becomes the file when the context ends well; raises InvalidInput where it cannot be."""
    target = Path(path)
    if not target.name:
        raise InvalidInput(
            _("{path} cannot be written: {error}").format(path=target, error=os.strerror(errno.EISDIR))
        )
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: str, content: bytes) -> None:
    """Write bytes, as they are, to stdout (`-`) or to a file."""
    if path != "-":
        with unfinished(path) as part:
            part.write_bytes(content)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
