"""Exit codes: the command's contract with scripts."""

from __future__ import annotations

from pipecli import errors

OK = 0
FAILURE = 1
USAGE = 2
LISTED = 8
INTERRUPTED = 130

_CODES: tuple[tuple[type[errors.PipeError], int], ...] = (
    (errors.InvalidInput, USAGE),
    (errors.NotFound, 3),
    (errors.Ambiguous, 3),
    (errors.GateNotMet, 4),
    (errors.Conflict, 5),
    (errors.StoreError, 6),
    (errors.AssistError, 7),
    (errors.ConfigError, FAILURE),
)


def code_of(error: errors.PipeError) -> int:
    """The exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILURE)
