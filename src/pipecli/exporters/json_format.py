"""Opportunities as one JSON array under the contract's keys, written one record a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TextIO


def write_json(records: Iterable[Mapping[str, Any]], out: TextIO) -> int:
    """Write the records as they come; how many there were."""
    count = 0
    for record in records:
        out.write(("[\n" if count == 0 else ",\n") + json.dumps(record, ensure_ascii=False))
        count += 1
    out.write("[]\n" if count == 0 else "\n]\n")
    return count
