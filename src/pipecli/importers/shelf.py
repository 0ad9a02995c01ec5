"""What was read, put down in a file without a name until it is wanted, so that a large mailbox is never held.

The file lies where the system keeps temporary files, can be read by nobody else and is gone when it is closed.
"""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterator
from datetime import date
from types import TracebackType

from pipecli.domain.matching import Incoming


class Shelf:
    """Messages in the order in which they were put down, each to be read again by its place."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._starts = array("q")

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._starts)

    def put(self, incoming: Incoming) -> None:
        """Put one down."""
        day = incoming.day.isoformat() if incoming.day else None
        self._starts.append(self._file.seek(0, 2))
        self._file.write(json.dumps(incoming._replace(day=day)).encode() + b"\n")  # type: ignore[arg-type]

    def get(self, n: int) -> Incoming:
        """The one that was put down as the n-th, counted from 0."""
        self._file.seek(self._starts[n])
        return _read(self._file.readline())

    def __iter__(self) -> Iterator[Incoming]:
        return (self.get(n) for n in range(len(self)))


def _read(line: bytes) -> Incoming:
    found = Incoming(*json.loads(line))
    day = date.fromisoformat(found.day) if found.day else None  # type: ignore[arg-type]
    return found._replace(day=day, addresses=tuple(found.addresses))
