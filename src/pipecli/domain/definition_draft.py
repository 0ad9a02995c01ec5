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
        f"name = {_quoted(name)}",
        f"currency = {_quoted(currency)}",
        f"timezone = {_quoted(timezone)}",
        f"loss_reasons = [{', '.join(map(_quoted, loss_reasons))}]",
    ]
    step = (_HIGHEST - _LOWEST) / max(1, len(stages) - 1)
    taken: set[str] = set()
    for n, stage in enumerate(stages):
        key = _key(stage.name, f"stage-{n + 1}", taken)
        lines += [
            "",
            "[[stage]]",
            f"key = {_quoted(key)}",
            f"name = {_quoted(stage.name)}",
            f"probability = {round(_LOWEST + n * step)}",
            'stale_after = "14d"',
            f"proves = {_quoted(stage.question)}",
            "",
            "  [[stage.exit]]",
            f"  key = {_quoted(_key(stage.name + ' proven', f'proof-{n + 1}', taken))}",
            f"  ask = {_quoted(stage.question)}",
            '  evidence = "note"',
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _key(name: str, fallback: str, taken: set[str]) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in fold(name))
    key = "-".join(part for part in words.split("-") if part)[:40] or fallback
    if key in taken or key in ("won", "lost"):
        key = fallback
    taken.add(key)
    return key
