"""A definition's own text with its stages in another order and with other probabilities and stale days.

Everything else of it, criteria, comments and layout included, stays as somebody wrote it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from .definition_lines import value_places
from .definition_probabilities import with_probabilities
from .discovery_text import FOUND, figures

_STAGE = re.compile(r"\s*\[\[\s*stage\s*\]\]")
_HEADER = re.compile(r"\s*\[{1,2}\s*([A-Za-z0-9_\"'-]+)")


def rearranged(
    toml: str,
    order: Sequence[str],
    percents: Mapping[str, int],
    stale: Mapping[str, int],
    known: Mapping[str, Sequence[str]],
) -> str:
    """The text of a definition without an error, its stages in an order, each under what is known of it.

    A text whose stages are not written as a `[[stage]]` each stays as it is.
    """
    text = _with_stale_days(with_probabilities(toml.removeprefix("\ufeff"), percents), stale)
    keys = [stage["key"] for stage in tomllib.loads(text)["stage"]]
    lines = text.splitlines(keepends=True)
    blocks = _blocks(lines)
    if len(blocks) != len(keys) or sorted(keys) != sorted(order):
        return toml
    parts = {key: lines[start:end] for key, (start, end) in zip(keys, blocks, strict=True)}
    out, at = [], 0
    for key, (start, end) in zip(order, blocks, strict=True):
        out += [*lines[at:start], *_under(parts[key], known[key])]
        at = end
    found = "".join([*out, *lines[at:]])
    return found if _same(tomllib.loads(found)["stage"], order) else toml


def _same(stages: Sequence[Mapping[str, object]], order: Sequence[str]) -> bool:
    return [stage["key"] for stage in stages] == list(order)


def _under(block: Sequence[str], known: Sequence[str]) -> list[str]:
    """The lines of a stage with what is known of it right above its header, instead of what was known before."""
    header = next(n for n, line in enumerate(block) if _STAGE.match(line))
    said = [f"{line}\n" for line in figures(known)]
    above = [line for line in block[:header] if not line.startswith(FOUND)]
    whole = [*above, *said, *block[header:]]
    return whole if whole[-1].endswith("\n") else [*whole[:-1], whole[-1] + "\n", "\n"]


def _blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """From which to which line each stage goes, with the comments above its header."""
    found: list[tuple[int, int]] = []
    start = None
    for n, line in enumerate(lines):
        header = _HEADER.match(line)
        inside = header and header[1].strip("\"'") == "stage"
        if not header or (inside and not _STAGE.match(line)):
            continue
        above = _above(lines, n)
        if start is not None:
            found.append((start, above))
        start = above if inside else None
    if start is not None:
        found.append((start, len(lines)))
    return found


def _above(lines: Sequence[str], n: int) -> int:
    """Where the comments begin that stand right above a line."""
    while n > 0 and lines[n - 1].lstrip().startswith("#"):
        n -= 1
    return n


def _with_stale_days(text: str, stale: Mapping[str, int]) -> str:
    places = value_places(text)
    changes = []
    for n, stage in enumerate(tomllib.loads(text)["stage"]):
        place = places.get(("stage", n, "stale_after"))
        if place and stage["key"] in stale:
            changes.append((place, stale[stage["key"]]))
    for (start, end), days in sorted(changes, reverse=True):
        text = f'{text[:start]}"{days}d"{text[end:]}'
    return text
