"""What is said where a journal holds an event that no program wrote, or that was damaged since."""

from __future__ import annotations

from pipecli.errors import StoreError
from pipecli.text import _

UNREPLAYABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a fold meets in such an event."""


def unreplayable(stream: str, error: Exception) -> StoreError:
    """The error to raise for it."""
    line = _("the journal of stream {stream} cannot be replayed ({error!r}); restore a backup")
    return StoreError(line.format(stream=stream, error=error), stream=stream)
