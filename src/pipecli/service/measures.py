"""What a forecast adds up: the amount, how many, or a number of the company's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipecli.domain.fold import fold
from pipecli.domain.money import major
from pipecli.domain.pipeline import Field, Pipeline
from pipecli.errors import InvalidInput
from pipecli.text import _

AMOUNT, COUNT = "amount", "count"


class Measure(NamedTuple):
    """A measure by its key; `field` where it is one of the company's own, `currency` where it is money."""

    key: str
    field: Field | None
    currency: str | None

    def value(self, fields: Mapping[str, Any]) -> float | None:
        """A field's value; None where it has none, or one kept from when the field was of another type."""
        found = fields.get(self.field.key) if self.field else None
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def number(self, value: float) -> int | float:
        """A figure for JSON: money in major units, half up, other measures to four decimals."""
        if self.currency is not None:
            return major(int((value * 100 + 50) // 100), self.currency)
        rounded = round(float(value), 4)
        return int(rounded) if rounded.is_integer() else rounded


def measure_of(pipeline: Pipeline, name: str) -> Measure:
    """The measure a person means: the amount, a count, or a field; raises InvalidInput naming those there are."""
    if name == AMOUNT:
        return Measure(AMOUNT, None, pipeline.currency)
    if name == COUNT:
        return Measure(COUNT, None, None)
    return _field(pipeline, name, (AMOUNT, COUNT, *pipeline.numeric_fields()))


def field_measure(pipeline: Pipeline, name: str) -> Measure:
    """The numeric field a person means; raises InvalidInput naming those there are."""
    if not pipeline.numeric_fields():
        raise InvalidInput(
            _(
                'the definition has no numeric field; add a [[field]] of type "number" or "money": pipe stages edit'
            )
        )
    return _field(pipeline, name, tuple(pipeline.numeric_fields()))


def _field(pipeline: Pipeline, name: str, known: tuple[str, ...]) -> Measure:
    for key, field in pipeline.numeric_fields().items():
        if fold(name).replace("-", "_") == fold(key):
            return Measure(key, field, pipeline.currency if field.type == "money" else None)
    keys = ", ".join(known)
    if name in pipeline.fields:
        line = _("{field} is of type {type} and cannot be added up; what can is: {keys}")
        raise InvalidInput(line.format(field=name, type=pipeline.fields[name].type, keys=keys), field=name)
    raise InvalidInput(
        _('no numeric field "{field}"; what can be added up is: {keys}').format(field=name, keys=keys),
        field=name,
    )
