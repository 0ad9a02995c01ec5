"""Values put down in a file without a name until they are wanted, so that a large import is never held.

The file lies where the system keeps temporary files, can be read by nobody else and is gone with the last who
wants them.
"""

from __future__ import annotations

import marshal
import weakref
from collections.abc import Iterator
from typing import IO, Any

from pipecli.errors import StoreError
from pipecli.text import _

_PORTION = 1 << 16
"""Bytes."""
_LENGTH = 8


def temporary_file() -> IO[bytes]:
    """A file that nobody else sees."""
    import tempfile

    return tempfile.TemporaryFile()


class Spool:
    """Tuples of texts, numbers and the like in the order in which they were put down, to be read as often as wanted.

    Raises StoreError where there is no room for them.
    """

    def __init__(self) -> None:
        self._file = temporary_file()
        weakref.finalize(self, self._file.close)
        self._portion: list[bytes] = []
        self._waiting = 0
        self._end = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, value: Any) -> None:
        """Put one down."""
        block = marshal.dumps(value)
        self._portion.append(block)
        self._waiting += len(block)
        self._count += 1
        if self._waiting > _PORTION:
            self._write()

    def _write(self) -> None:
        block = marshal.dumps(self._portion)
        try:
            self._file.seek(self._end)
            self._file.write(len(block).to_bytes(_LENGTH, "little") + block)
            self._file.flush()
        except OSError as error:
            import tempfile

            line = _(
                "{folder} has no room for what is read ({error}); nothing was changed; TMPDIR says where"
            )
            raise StoreError(
                line.format(folder=tempfile.gettempdir(), error=error.strerror or error)
            ) from error
        self._end += _LENGTH + len(block)
        self._portion, self._waiting = [], 0

    def __iter__(self) -> Iterator[Any]:
        place = 0
        while place < self._end:
            self._file.seek(place)
            size = int.from_bytes(self._file.read(_LENGTH), "little")
            portion = marshal.loads(self._file.read(size))
            place += _LENGTH + size
            yield from map(marshal.loads, portion)
        yield from map(marshal.loads, self._portion)
