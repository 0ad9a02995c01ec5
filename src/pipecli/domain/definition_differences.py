"""What changes between two versions of a definition, in lines to read before adopting the new one.

Works on compiled definitions; how many opportunities a change touches is for the service to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pipecli.domain.condition import describe
from pipecli.domain.pipeline import Delivery, deliveries_of, payments_of
from pipecli.domain.schedules import delivery_words, payment_words
from pipecli.text import _, ngettext

Compiled = Mapping[str, Any]


def definition_differences(old: Compiled, new: Compiled) -> list[str]:
    """One line per change from the old compiled definition to the new one; none where nothing changes."""
    return [
        *_settings(old, new),
        *_stage_list(old, new),
        *_stage_contents(old, new),
        *_criteria(old, new),
        *_fields(old, new),
        *_roles(old, new),
        *_loss_reasons(old, new),
        *_schedules(old, new),
    ]


def _settings(old: Compiled, new: Compiled) -> Iterator[str]:
    labels = {
        "name": _("name of the pipeline"),
        "currency": _("currency"),
        "timezone": _("time zone"),
        "template": _("template"),
        "lost_name": _("name of lost"),
    }
    for key, label in labels.items():
        if old.get(key) != new.get(key):
            yield _arrow(label, _or_none(old.get(key)), _or_none(new.get(key)))
    yield from _labels(new["lost_name"], old.get("lost_labels"), new.get("lost_labels"))


def _stage_list(old: Compiled, new: Compiled) -> Iterator[str]:
    """Stages added, removed and moved, in the order of the new definition, the removed ones first."""
    before, after = _keyed(old["stages"]), _keyed(new["stages"])
    for key, stage in before.items():
        if key not in after:
            yield _("stage removed: {stage}").format(stage=stage["name"])
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    previous = None
    for key, stage in after.items():
        words = {"stage": stage["name"], "percent": stage["probability"], "place": _place(previous)}
        if key not in before:
            yield _("stage added: {stage} ({percent} %), {place}").format(**words)
        elif key in moved:
            yield _("stage moved: {stage}, now {place}").format(**words)
        previous = stage["name"]


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest keys, or nearly, whose moving turns one order into the other."""
    blocks = SequenceMatcher(a=before, b=after, autojunk=False).get_matching_blocks()
    stayed = {key for block in blocks for key in before[block.a : block.a + block.size]}
    return set(after) - stayed


def _place(previous: str | None) -> str:
    return _("after {stage}").format(stage=previous) if previous else _("first")


def _stage_contents(old: Compiled, new: Compiled) -> Iterator[str]:
    before = _keyed([*old["stages"], old["won"]])
    for stage in (*new["stages"], new["won"]):
        if stage["key"] in before:
            yield from _one_stage(before[stage["key"]], stage)


def _one_stage(old: Compiled, new: Compiled) -> Iterator[str]:
    name = new["name"]
    if old["name"] != name:
        yield _("stage renamed: {old} → {new}").format(old=old["name"], new=name)
    if _probability(old) != _probability(new):
        yield _arrow(_("{stage}: probability").format(stage=name), _probability(old), _probability(new))
    if old["stale_after"] != new["stale_after"]:
        label = _("{stage}: stale after").format(stage=name)
        yield _arrow(label, _days(old["stale_after"]), _days(new["stale_after"]))
    if old["stale_when"] != new["stale_when"]:
        label = _("{stage}: stale when").format(stage=name)
        yield _arrow(label, _condition(old["stale_when"]), _condition(new["stale_when"]))
    if old["proves"] != new["proves"]:
        yield _arrow(
            _("{stage}: proves").format(stage=name), _or_none(old["proves"]), _or_none(new["proves"])
        )
    yield from _labels(name, old.get("labels"), new.get("labels"))


def _labels(name: str, old: Sequence[str] | None, new: Sequence[str] | None) -> Iterator[str]:
    if (old or []) != (new or []):
        yield _arrow(_("{stage}: labels").format(stage=name), _listed(old), _listed(new))


def _criteria(old: Compiled, new: Compiled) -> Iterator[str]:
    before, after = _placed_criteria(old), _placed_criteria(new)
    for key, (place, criterion) in before.items():
        if key not in after:
            words = {"place": place.shown, "key": key, "ask": criterion["ask"]}
            yield _("{place}: criterion removed: {key} – {ask}").format(**words)
    for key, (place, criterion) in after.items():
        words = {"place": place.shown, "key": key, "ask": criterion["ask"]}
        if key not in before:
            yield _("{place}: criterion added: {key} – {ask}").format(**words)
        else:
            yield from _one_criterion(before[key], (place, criterion))


class _Place(NamedTuple):
    """Where a criterion is asked; `shown` names it, and changes with the name of the stage."""

    stage: str
    side: str
    shown: str


def _placed_criteria(definition: Compiled) -> dict[str, tuple[_Place, Compiled]]:
    """Every criterion by key."""
    placed: dict[str, tuple[_Place, Compiled]] = {}
    for stage in (*definition["stages"], definition["won"]):
        entry = _Place(stage["key"], "entry", _("{stage}, entry").format(stage=stage["name"]))
        leave = _Place(stage["key"], "exit", _("{stage}, exit").format(stage=stage["name"]))
        for place in (entry, leave):
            placed |= {criterion["key"]: (place, criterion) for criterion in stage[place.side]}
    return placed


def _one_criterion(old: tuple[_Place, Compiled], new: tuple[_Place, Compiled]) -> Iterator[str]:
    (place_before, before), (place, after) = old, new
    key = after["key"]
    if place_before[:2] != place[:2]:
        label = _("criterion moved: {key}").format(key=key)
        yield _arrow(label, place_before.shown, place.shown)
    labels = _criterion_labels()
    for name in labels:
        if before.get(name) != after.get(name):
            label = _("{place}: {key}: {what}").format(place=place.shown, key=key, what=labels[name])
            yield _arrow(label, _requirement(name, before), _requirement(name, after))


def _criterion_labels() -> dict[str, str]:
    return {
        "ask": _("question"),
        "field": _("field"),
        "compare": _("condition"),
        "evidence": _("evidence"),
        "exchange": _("exchange"),
        "count": _("how many"),
        "within": _("within"),
        "next_action": _("next action"),
        "amount_review": _("amount review"),
        "approval": _("approval by"),
        "when": _("asked when"),
        "valid_for": _("valid for"),
        "waivable_by": _("waivable by"),
        "hints": _("hints"),
    }


def _requirement(name: str, criterion: Compiled) -> str:
    value = criterion.get(name)
    if name in ("compare", "when"):
        return _condition(value)
    if name in ("within", "valid_for"):
        return _days(value)
    if name in ("next_action", "amount_review"):
        return _("yes") if value else _("no")
    if name == "count":
        return str(value or 1)
    return _listed(value)


def _fields(old: Compiled, new: Compiled) -> Iterator[str]:
    before, after = _keyed(old["fields"]), _keyed(new["fields"])
    for key in before:
        if key not in after:
            yield _("field removed: {field}").format(field=key)
    for key, field in after.items():
        if key not in before:
            yield _("field added: {field} ({type})").format(field=key, type=field["type"])
        else:
            yield from _one_field(before[key], field)


def _one_field(old: Compiled, new: Compiled) -> Iterator[str]:
    labels = {"type": _("type"), "label": _("label"), "choices": _("choices")}
    for name, what in labels.items():
        before, after = old.get(name), new.get(name)
        if before != after:
            label = _("field {field}: {what}").format(field=new["key"], what=what)
            yield _arrow(label, _listed(before), _listed(after))


def _roles(old: Compiled, new: Compiled) -> Iterator[str]:
    before, after = old["roles"], new["roles"]
    for role in before:
        if role not in after:
            yield _("role removed: {role}").format(role=role)
    for role, holders in after.items():
        if role not in before:
            yield _("role added: {role} ({names})").format(role=role, names=_listed(holders))
        elif before[role] != holders:
            yield _arrow(_("role {role}").format(role=role), _listed(before[role]), _listed(holders))


def _loss_reasons(old: Compiled, new: Compiled) -> Iterator[str]:
    before, after = old["loss_reasons"], new["loss_reasons"]
    for key, label in before.items():
        if key not in after:
            yield _("loss reason removed: {reason}").format(reason=label)
    for key, label in after.items():
        if key not in before:
            yield _("loss reason added: {reason}").format(reason=label)
        elif before[key] != label:
            yield _arrow(_("loss reason {key}").format(key=key), before[key], label)


def _schedules(old: Compiled, new: Compiled) -> Iterator[str]:
    """Payment terms and delivery; a field without a rule of its own follows the usual one."""
    terms = payments_of(old), payments_of(new)
    if terms[0] != terms[1]:
        yield _arrow(_("payment"), *map(payment_words, terms))
    usual = [Delivery(**definition.get("delivery", {})) for definition in (old, new)]
    if usual[0] != usual[1]:
        yield _arrow(_("delivery"), *map(delivery_words, usual))
    before, after = deliveries_of(old), deliveries_of(new)
    for field in dict.fromkeys((*before, *after)):
        rules = [own.get(field, usual[n]) for n, own in enumerate((before, after))]
        if rules[0] != rules[1]:
            yield _arrow(_("delivery of {field}").format(field=field), *map(delivery_words, rules))


def _keyed(tables: Sequence[Compiled]) -> dict[str, Compiled]:
    return {table["key"]: table for table in tables}


def _arrow(label: str, old: str, new: str) -> str:
    return _("{label}: {old} → {new}").format(label=label, old=old, new=new)


def _probability(stage: Compiled) -> str:
    default, least, most = stage["probability"], stage["probability_min"], stage["probability_max"]
    if least == most:
        return _("{percent} %").format(percent=default)
    return _("{percent} % ({least} to {most} %)").format(percent=default, least=least, most=most)


def _days(days: int | None) -> str:
    return _("never") if days is None else ngettext("{n} day", "{n} days", days).format(n=days)


def _condition(ast: list[Any] | None) -> str:
    return describe(ast) if ast else _("none")


def _listed(value: Sequence[str] | str | None) -> str:
    return _or_none(value if isinstance(value, str) else ", ".join(value or ()))


def _or_none(value: str | None) -> str:
    return value or _("none")
