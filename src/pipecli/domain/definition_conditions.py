"""The conditions of a definition: parsed in place, and examined for what can never hold.

After this step `when`, `condition` and `stale_when` hold parsed conditions, or are gone because of a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipecli.domain.condition import COMPARISONS, constant, reads
from pipecli.domain.condition_parser import parse
from pipecli.domain.definition_faults import Faults, nearest
from pipecli.domain.definition_shape import Table
from pipecli.domain.fold import fold
from pipecli.domain.money import CURRENCIES, shown
from pipecli.domain.pipeline import BUILT_IN_FIELDS
from pipecli.errors import InvalidInput
from pipecli.text import _

STATUSES = ("open", "won", "lost")

# Known only outside a gate: at one, every opportunity is open, and what is unproven is what the gate decides.
_NOT_AT_A_GATE = ("closed_on", "loss_reason", "status", "unproven")


class Vocabulary(NamedTuple):
    """What conditions can name: the fields with their types, and the values of those that have a list."""

    types: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]]


def criteria(definition: Table) -> Iterator[tuple[str, Table]]:
    """Every criterion that is written out, each after its side, in the order of the document."""
    for stage in (*definition.get("stage", ()), definition.get("won", Table(()))):
        for side in ("entry", "exit"):
            for criterion in stage.get(side, ()):
                yield side, criterion


def resolve_conditions(faults: Faults, definition: Table) -> None:
    """Parse every condition in place, and report those that cannot be read or cannot be meant."""
    vocabulary = _vocabulary(definition)
    for stage in definition.get("stage", ()):
        _resolve(faults, stage, "stale_when", vocabulary)
        if "stale_when" in stage:
            _report_constant(faults, stage, "stale_when")
    for _side, criterion in criteria(definition):
        for key in ("when", "condition"):
            _resolve(faults, criterion, key, vocabulary)
            if key in criterion:
                _report_constant(faults, criterion, key)
                _report_unknown_at_a_gate(faults, criterion, key)


def _vocabulary(definition: Table) -> Vocabulary:
    own = [field for field in definition.get("field", ()) if "key" in field]
    values = {field["key"]: tuple(field["choices"]) for field in own if field.get("choices")}
    values |= {
        "stage": tuple(stage["key"] for stage in definition.get("stage", ()) if "key" in stage),
        "status": STATUSES,
        "currency": tuple(sorted(CURRENCIES)),
        "loss_reason": tuple(reason["key"] for reason in definition.get("loss_reasons", ())),
    }
    # A field whose own type is at fault is compared with anything, so that one fault is reported once.
    types = {field["key"]: field.get("type", "any") for field in own}
    return Vocabulary(types | BUILT_IN_FIELDS, values)


def _resolve(faults: Faults, table: Table, key: str, vocabulary: Vocabulary) -> None:
    if key not in table:
        return
    try:
        table[key] = parse(table[key], vocabulary.types)
    except InvalidInput as error:
        slug = "unknown_field" if "field" in error.detail else "bad_condition"
        faults.error(table.at(key), slug, error.message)
        del table[key]
        table.refused.add(key)
        return
    for field, value in _compared_texts(table[key]):
        known = vocabulary.values.get(field)
        if known is not None and fold(value) not in map(fold, known):
            line = _('"{field}" is never "{value}"{nearest}')
            line = line.format(field=field, value=shown(value), nearest=nearest(value, known))
            faults.error(table.at(key), "unknown_value", line)


def _compared_texts(ast: list[Any]) -> Iterator[tuple[str, str]]:
    """Every field with each text that it is compared with."""
    kind = ast[0]
    operands = [ast[1], *ast[2]] if kind == "in" else ast[1:3] if kind in COMPARISONS else []
    fields = [node[1] for node in operands if node[0] == "field"]
    texts = [node[1] for node in operands if node[0] == "text"]
    yield from ((field, text) for field in fields for text in texts)
    for part in ast[1:] if kind in ("and", "or", "not") else ():
        yield from _compared_texts(part)


def _report_constant(faults: Faults, table: Table, key: str) -> None:
    answer = constant(table[key])
    if answer is None:
        return
    report = faults.error if key == "condition" and not answer else faults.warning
    line = _('"{key}" always holds: it decides nothing') if answer else _('"{key}" can never hold')
    report(table.at(key), "dead_condition", line.format(key=key))


def _report_unknown_at_a_gate(faults: Faults, criterion: Table, key: str) -> None:
    names = reads(criterion[key])
    for name in _NOT_AT_A_GATE:
        if name in names:
            line = _('a criterion cannot read "{field}", which is not known at a gate').format(field=name)
            faults.error(criterion.at(key), "impossible_condition", line)
    if key == "condition" and "stage" in names:
        line = _("a criterion cannot demand a stage: the stage changes at the very gate that asks for it")
        faults.error(criterion.at(key), "impossible_condition", line)
