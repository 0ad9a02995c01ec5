"""Files that commands write: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from pipecli.errors import InvalidInput
from pipecli.text import _


@contextmanager
def opened(path: str | None, *, private: bool = False) -> Iterator[TextIO]:
    """Stdout, or a file for text; it appears when the context ends well, and `private` for its owner's eyes alone."""
    if path is None or path == "-":
        yield sys.stdout
        return
    with unfinished(path, private=private) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextmanager
def unfinished(path: str, *, private: bool = False) -> Iterator[Path]:
    """Where to write what becomes the file when the context ends well; raises InvalidInput where it cannot be."""
    target = Path(path)
    if not target.name:
        raise InvalidInput(
            _("{path} cannot be written: {error}").format(path=target, error=os.strerror(errno.EISDIR))
        )
    part = target.with_name(f".{target.name}.part")
    try:
        # Made anew, so that nothing that somebody put there beforehand is written through.
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666))
        yield part
        part.replace(target)
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
    finally:
        with suppress(OSError):
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
