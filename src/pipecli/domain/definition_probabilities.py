"""The probabilities in a definition's text: the bounds they may move in, and the text with others in their place.

Everything else of the text, comments and layout included, stays as somebody wrote it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pipecli.domain.definition_lines import value_places

_BYTE_ORDER_MARK = "\ufeff"
# Nobody is certain of an open opportunity, nor that it is lost.
_LEAST, _MOST = 1, 99


def probability_bounds(toml: str) -> dict[str, tuple[int, int]]:
    """The least and the most that each stage's probability may become in a text without an error, in percent.

    Where somebody may adjust it, that is what the definition allows; else anything short of certain. What stands
    there now is always allowed.
    """
    return {stage["key"]: _bounds(stage["probability"]) for stage in _stages(toml)}


def _bounds(probability: int | Mapping[str, int]) -> tuple[int, int]:
    given = probability if isinstance(probability, Mapping) else {"default": probability}
    now = given["default"]
    return given.get("min", min(_LEAST, now)), given.get("max", max(_MOST, now))


def with_probabilities(toml: str, percents: Mapping[str, int]) -> str:
    """The text of a definition with other probabilities, in percent by stage; those not named stay."""
    mark = _BYTE_ORDER_MARK if toml.startswith(_BYTE_ORDER_MARK) else ""
    text = toml.removeprefix(_BYTE_ORDER_MARK)
    places = value_places(text)
    changes = []
    for n, stage in enumerate(_stages(text)):
        path = ("stage", n, "probability")
        place = places.get(path) or places[(*path, "default")]
        if stage["key"] in percents:
            changes.append((place, percents[stage["key"]]))
    for (start, end), percent in sorted(changes, reverse=True):
        text = f"{text[:start]}{percent}{text[end:]}"
    return mark + text


def _stages(toml: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(toml.removeprefix(_BYTE_ORDER_MARK))["stage"]
    return found
