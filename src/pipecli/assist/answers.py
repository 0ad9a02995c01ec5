"""Reading an answer that was to be JSON: the object in it, held against the shape that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipecli.domain.plain import cleaned

_REFUSED = object()


def parsed(text: str, shape: Mapping[str, Any]) -> tuple[dict[str, Any], int] | None:
    """The object of an answer and how many items of its lists did not fit; None where there is none of that shape."""
    found = _object_in(text)
    misfits: list[Any] = []
    fitted: Any = _REFUSED if found is None else _fitted(found, shape, misfits)
    return None if fitted is _REFUSED else (fitted, len(misfits))


def _object_in(text: str) -> dict[str, Any] | None:
    """The first JSON object in the text, which a model may have put between other words or fences."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        found, _end = json.JSONDecoder(strict=False).raw_decode(
            text, start
        )  # line breaks stand in texts as they are
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _fitted(value: Any, shape: Any, misfits: list[Any]) -> Any:
    if isinstance(shape, Mapping):
        return _fitted_object(value, shape, misfits) if isinstance(value, dict) else _REFUSED
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _REFUSED
        items = [_fitted(item, shape[0], misfits) for item in value]
        misfits += [item for item in items if item is _REFUSED]
        return [item for item in items if item is not _REFUSED]
    if isinstance(shape, bool):
        return value if isinstance(value, bool) else _REFUSED
    if isinstance(shape, int):
        return _whole(value)
    return _words(value)


def _fitted_object(value: dict[str, Any], shape: Mapping[str, Any], misfits: list[Any]) -> Any:
    fitted: dict[str, Any] = {}
    for key, inner in shape.items():
        name = key.removesuffix("?")
        found = value.get(name)
        if found is None and name != key:
            fitted[name] = None
            continue
        fitted[name] = _fitted(found, inner, misfits)
        if fitted[name] is _REFUSED:
            return _REFUSED
    return fitted


def _whole(value: Any) -> Any:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else _REFUSED


def _words(value: Any) -> Any:
    """A text, without what its escapes may have hidden; a number stands for its digits: models drop the quotes."""
    if isinstance(value, str):
        return cleaned(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _REFUSED
