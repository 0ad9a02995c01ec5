"""What an imported row leaves behind to be told again: a short digest of each of its values.

Personal data gets so short a digest that it fits thousands of texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .importing import Row

_PERSONAL = frozenset({"contact", "decision_maker", "loss_reason", "outcome_reason", "next_action"})


def digests(row: Row) -> dict[str, str]:
    """What a later import compares: a short digest of each value that the file fills."""
    said = worth(row)
    if said.get("amount") is not None:
        said["amount"] = "{} {}".format(*said["amount"])
    said |= {f"fields.{key}": value for key, value in row.own.items()}
    if row.steps:
        said["steps"] = " ".join(f"{s.place} {s.on} {s.amount}" for s in row.steps)
    return {key: _digest(row.external, key, value) for key, value in said.items()}


def worth(row: Row) -> dict[str, Any]:
    """The values of a row, its amount with its currency."""
    said = {key: value for key, value in row.values.items() if key != "currency"}
    if said.get("amount") is not None:
        said["amount"] = (said["amount"], row.values["currency"])
    return said


def _digest(external: tuple[str, str], key: str, value: object) -> str:
    text = "\0".join((*external, key, str(value)))
    return hashlib.sha256(text.encode()).hexdigest()[: 4 if key in _PERSONAL else 8]


def fingerprint(values: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What a row without an identifier is known by: all that it says."""
    said = sorted(
        (*((k, str(v)) for k, v in values.items()), *((f"fields.{k}", str(v)) for k, v in own.items()))
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
