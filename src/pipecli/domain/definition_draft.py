"""A first definition from the answers of a short interview: stages in order, and what proves each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from .fold import fold

_LOWEST, _HIGHEST = 10, 80


class StageAnswer(NamedTuple):
    """A stage as a person named it, and the question whose answer proves it is done."""

    name: str
    question: str


def draft(
    name: str, currency: str, timezone: str, stages: Sequence[StageAnswer], loss_reasons: Sequence[str]
) -> str:
    """The TOML of a definition with these stages, probabilities rising evenly, one criterion to leave each."""
    lines = [
        f"name = {quoted(name)}",
        f"currency = {quoted(currency)}",
        f"timezone = {quoted(timezone)}",
        f"loss_reasons = [{', '.join(map(quoted, loss_reasons))}]",
    ]
    step = (_HIGHEST - _LOWEST) / max(1, len(stages) - 1)
    taken: set[str] = set()
    for n, stage in enumerate(stages):
        key = key_of(stage.name, f"stage-{n + 1}", taken)
        lines += [
            "",
            "[[stage]]",
            f"key = {quoted(key)}",
            f"name = {quoted(stage.name)}",
            f"probability = {round(_LOWEST + n * step)}",
            'stale_after = "14d"',
            f"proves = {quoted(stage.question)}",
            "",
            "  [[stage.exit]]",
            f"  key = {quoted(key_of(stage.name + ' proven', f'proof-{n + 1}', taken))}",
            f"  ask = {quoted(stage.question)}",
            '  evidence = "note"',
        ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as a basic string of TOML, whose escapes are those of JSON but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_of(name: str, fallback: str, taken: set[str]) -> str:
    """A key made from a name, its fallback where that makes none or one that is taken; it counts as taken then."""
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in fold(name))
    key = "-".join(part for part in words.split("-") if part)[:40] or fallback
    if key in taken or key in ("won", "lost"):
        key = fallback
    taken.add(key)
    return key
