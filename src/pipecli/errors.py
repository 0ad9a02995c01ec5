"""Every error a user can meet, each with a stable slug and structured detail.

The mapping to exit codes lives in `cli/exits.py`, because codes are the command's contract. Messages are
already translated when an error is raised; the slug and the keys of the detail never change with the language.
"""

from typing import Any, ClassVar


class PipeError(Exception):
    """One clear line for the user: what is wrong and what to type instead."""

    slug: ClassVar[str] = "error"

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class InvalidInput(PipeError):
    """What was typed cannot be read, or says something impossible."""

    slug = "invalid_input"


class NotFound(PipeError):
    """Nothing fits what was named."""

    slug = "not_found"


class Ambiguous(PipeError):
    """Several things fit what was named; `detail["candidates"]` lists them."""

    slug = "ambiguous"


class GateNotMet(PipeError):
    """A gate is not met, or a required item is missing; `detail` lists every unmet criterion."""

    slug = "gate_not_met"


class Required(GateNotMet):
    """A required item (a next action, a reason) was not given and nobody could be asked."""

    slug = "required"


class Conflict(PipeError):
    """Somebody else's change, or a later one, stands in the way."""

    slug = "conflict"


class ConfigError(PipeError):
    """The configuration or the pipeline definition has faults."""

    slug = "config"


class StoreError(PipeError):
    """The database cannot be opened, read or written."""

    slug = "store"


class Damaged(StoreError):
    """What stands in the database, or in a copy of it, is not what was once written there."""


class Unanswered(StoreError):
    """The database went away before it said whether a transaction lasts."""


class AssistError(PipeError):
    """The language model could not be reached or gave nothing usable."""

    slug = "assist"
