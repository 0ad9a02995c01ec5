"""The rules of a good pipeline definition, over tables whose values are well-formed.

Errors are what breaks a rule of the method (at most eight stages, names that mean something, an objective
criterion at each) or could never work; warnings are what is probably not meant. Shape is `definition_shape`'s
business, conditions are `definition_conditions`', the text itself is `definition`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pipecli.domain.condition_parser import RESERVED
from pipecli.domain.definition_conditions import criteria
from pipecli.domain.definition_faults import Faults, nearest
from pipecli.domain.definition_lines import Path
from pipecli.domain.definition_names import is_vague, to_be_named
from pipecli.domain.definition_shape import Table
from pipecli.domain.fold import fold, spelled
from pipecli.domain.money import known_currency, shown
from pipecli.domain.pipeline import BUILT_IN_FIELDS, LOST, SETTABLE_FIELDS, WON
from pipecli.errors import InvalidInput
from pipecli.text import _

PLACEHOLDER = "@me"
"""The holder of a role in a template: whoever makes the workspace."""

# Won and lost together count as one stage.
FEWEST_STAGES, USUAL_STAGES, MOST_STAGES = 5, 7, 8

_REQUIREMENTS = ("field", "condition", "evidence", "exchange", "next_action", "amount_review", "approval")


def check_rules(faults: Faults, definition: Table) -> None:
    """Report every rule that the definition breaks."""
    _check_place(faults, definition)
    _check_loss_reasons(faults, definition)
    _check_fields(faults, definition)
    stages = definition.get("stage", [])
    _check_stage_count(faults, definition)
    _check_stage_names(faults, definition)
    for n, stage in enumerate(stages):
        _check_stage(faults, stage, is_last=n == len(stages) - 1)
    _check_probabilities(faults, stages)
    _check_criterion_keys(faults, definition)
    for _side, criterion in criteria(definition):
        _check_criterion(faults, criterion, definition)
    _check_roles(faults, definition)


def amount_key(stage: Table) -> str:
    """The key of the criterion that a stage's `amount_review` stands for."""
    return f"amount-{stage.get('key', '')}"


def _check_place(faults: Faults, definition: Table) -> None:
    """Currency and time zone."""
    if "currency" in definition:
        try:
            known_currency(definition["currency"])
        except InvalidInput as error:
            faults.error(definition.at("currency"), "unknown_currency", error.message)
    if "timezone" in definition:
        _check_timezone(faults, definition)


def _check_timezone(faults: Faults, definition: Table) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    name = definition["timezone"]
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        line = _('"{name}" is not a time zone such as Europe/Paris{nearest}')
        line = line.format(name=shown(name), nearest=nearest(name, available_timezones()))
        faults.error(definition.at("timezone"), "unknown_timezone", line)


def _check_loss_reasons(faults: Faults, definition: Table) -> None:
    reasons = definition.get("loss_reasons", [])
    if not reasons and "loss_reasons" not in definition.refused:
        line = _(
            '"loss_reasons" is missing or empty: a loss needs a reason, such as ["price", "timing", "other"]'
        )
        faults.error(definition.at("loss_reasons"), "no_loss_reasons", line)
    seen: dict[str, Path] = {}
    for reason in reasons:
        spellings = {spelled(reason[key]) for key in ("key", "label") if key in reason}
        clash = next((seen[word] for word in sorted(spellings) if word in seen), None)
        if clash is not None:
            _report_duplicate(faults, reason.path, clash, _('the loss reason "{name}"'), reason["key"])
        seen |= dict.fromkeys(spellings, reason.path)


def _check_fields(faults: Faults, definition: Table) -> None:
    own = definition.get("field", [])
    _report_repeated(faults, own, "key", "duplicate_key", _('the field "{name}"'))
    for field in own:
        if field.get("key") in BUILT_IN_FIELDS or field.get("key", "").lower() in RESERVED:
            line = _('"{key}" is a word of the program: name the field otherwise').format(key=field["key"])
            faults.error(field.at("key"), "reserved_key", line)
        is_choice = field.get("type") == "choice"
        if is_choice and not field.get("choices") and "choices" not in field.refused:
            line = _('a field of type choice needs "choices", a list of texts')
            faults.error(field.path, "no_choices", line)
        if "choices" in field and "type" in field and not is_choice:
            _report_pointless(faults, field, "choices", _('type = "choice"'))


def _check_stage_count(faults: Faults, definition: Table) -> None:
    stages = definition.get("stage", [])
    count = len(stages) + 1
    if definition.lacks("stage") or ("stage" in definition and not stages):
        faults.error((), "no_stages", _("there is no stage: add at least one [[stage]]"))
    elif "stage" in definition.refused:
        return
    elif count > MOST_STAGES:
        line = _("{n} stages, won and lost counted as one: {most} are the most, and 5 to 7 are usual")
        faults.error(stages[MOST_STAGES - 1].path, "too_many_stages", line.format(n=count, most=MOST_STAGES))
    elif count > USUAL_STAGES:
        line = _("{n} stages, won and lost counted as one: 5 to 7 are usual, more confuse").format(n=count)
        faults.warning(stages[USUAL_STAGES - 1].path, "many_stages", line)
    elif count < FEWEST_STAGES:
        line = _("{n} stages, won and lost counted as one: 5 to 7 are usual").format(n=count)
        faults.warning(stages[-1].path, "few_stages", line)


def _check_stage_names(faults: Faults, definition: Table) -> None:
    stages = definition.get("stage", [])
    _report_repeated(faults, stages, "key", "duplicate_key", _('the stage "{name}"'))
    outcomes = [definition[key] for key in (WON, LOST) if "name" in definition.get(key, ())]
    _report_repeated(faults, [*stages, *outcomes], "name", "duplicate_name", _('the stage name "{name}"'))
    _check_labels(faults, [*stages, *(definition[key] for key in (WON, LOST) if key in definition)])
    for stage in stages:
        for key in ("key", "name"):
            if fold(stage.get(key, "")) in (WON, LOST):
                line = _('"{word}" is how an opportunity ends, not a stage: write [won] or [lost]')
                faults.error(stage.at(key), "reserved_key", line.format(word=stage[key]))
        if "name" in stage and is_vague(stage["name"]):
            line = _('"{name}" is vague: name what has happened, such as "Proposal sent"')
            faults.error(stage.at("name"), "vague_name", line.format(name=shown(stage["name"])))
        if label := to_be_named(stage.get("name", "")):
            line = _(
                '"{label}" says nothing: name the stage after what has happened, such as "Proposal sent"'
            )
            faults.warning(stage.at("name"), "to_be_named", line.format(label=shown(label)))


def _check_labels(faults: Faults, places: list[Table]) -> None:
    """A label that another tool uses can mean one stage only, and not that of another name."""
    seen = {spelled(place["name"]): (place, place.at("name")) for place in places if "name" in place}
    for place in places:
        own: set[str] = set()
        for n, label in enumerate(place.get("labels", ())):
            path = (*place.at("labels"), n)
            whose, first = seen.setdefault(spelled(label), (place, path))
            if whose is not place or fold(label) in own:
                _report_duplicate(faults, path, first, _('the label "{name}"'), label)
            own.add(fold(label))


def _check_stage(faults: Faults, stage: Table, *, is_last: bool) -> None:
    name = shown(stage.get("name", stage.get("key", "")))
    objective = any(stage.get(key) or key in stage.refused for key in ("entry", "exit", "amount_review"))
    if not objective:
        line = _('stage "{name}" has no criterion: what objectively proves that an opportunity is here?')
        faults.error(stage.path, "no_criterion", line.format(name=name))
    if stage.lacks("proves"):
        line = _('stage "{name}" has no "proves": say in a sentence what is true of whatever is here')
        faults.warning(stage.path, "no_proves", line.format(name=name))
    if stage.lacks("stale_after"):
        line = _('stage "{name}" has no "stale_after": nothing will be found stale here').format(name=name)
        faults.warning(stage.path, "no_stale_after", line)
    if "amount_ask" in stage and stage.get("amount_review") is not True:
        _report_pointless(faults, stage, "amount_ask", "amount_review = true")
    _check_bounds(faults, stage, is_last=is_last)


def _check_bounds(faults: Faults, stage: Table, *, is_last: bool) -> None:
    bounds = stage.get("probability", {})
    if "default" not in bounds:
        return
    default = bounds["default"]
    if not bounds.get("min", default) <= default <= bounds.get("max", default):
        line = _("the default probability is not between min and max")
        faults.error(stage.at("probability"), "bad_bounds", line)
    if default == 100:
        report = faults.warning if is_last else faults.error
        line = _("an open opportunity is never certain: 100 % is for those that are won")
        report(stage.at("probability"), "sure_stage", line)


def _check_probabilities(faults: Faults, stages: list[Table]) -> None:
    """They may not fall from one stage to the next."""
    certain = [stage for stage in stages if "default" in stage.get("probability", ())]
    for before, after in pairwise(certain):
        was, now = before["probability"]["default"], after["probability"]["default"]
        words = {"now": now, "was": was, "stage": shown(before.get("name", ""))}
        if now < was:
            line = _('the probability falls to {now} %, from {was} % at "{stage}"').format(**words)
            faults.error(after.at("probability"), "falling_probability", line)
        elif now == was:
            line = _('the probability stays at {now} %, as at "{stage}"').format(**words)
            faults.warning(after.at("probability"), "equal_probability", line)


def _check_criterion_keys(faults: Faults, definition: Table) -> None:
    seen: dict[str, Path] = {}
    for path, key in _criterion_keys(definition):
        folded = fold(key).replace("_", "-")
        if folded in seen:
            _report_duplicate(faults, path, seen[folded], _('the criterion "{name}"'), key)
        seen.setdefault(folded, path)


def _criterion_keys(definition: Table) -> Iterator[tuple[Path, str]]:
    for stage in definition.get("stage", ()):
        if stage.get("amount_review") and "key" in stage:
            yield stage.at("amount_review"), amount_key(stage)
    for _side, criterion in criteria(definition):
        if "key" in criterion:
            yield criterion.at("key"), criterion["key"]


def _check_criterion(faults: Faults, criterion: Table, definition: Table) -> None:
    if not any(criterion.get(key) or key in criterion.refused for key in _REQUIREMENTS):
        line = _("this criterion requires nothing: give it one of {keys}").format(
            keys=", ".join(_REQUIREMENTS)
        )
        faults.error(criterion.path, "no_requirement", line)
    if "field" in criterion:
        _check_field_criterion(faults, criterion, definition)
    if "valid_for" in criterion and not _has_any(criterion, "evidence", "approval"):
        _report_pointless(faults, criterion, "valid_for", _('"evidence" or "approval"'))
    for key in ("within", "count"):
        if key in criterion and not _has_any(criterion, "exchange"):
            _report_pointless(faults, criterion, key, '"exchange"')


def _has_any(table: Table, *keys: str) -> bool:
    return not all(table.lacks(key) for key in keys)


def _check_field_criterion(faults: Faults, criterion: Table, definition: Table) -> None:
    name = criterion["field"].replace("-", "_")
    known = [*SETTABLE_FIELDS, *(field["key"] for field in definition.get("field", ()) if "key" in field)]
    if name in ("next_action", "next_due"):
        line = _("a next action is required by next_action = true, not as a field")
        faults.error(criterion.at("field"), "not_settable", line)
    elif name in BUILT_IN_FIELDS and name not in SETTABLE_FIELDS:
        line = _('nobody can set "{field}", so no criterion can ask for it').format(field=name)
        faults.error(criterion.at("field"), "not_settable", line)
    elif name not in known:
        line = _('unknown field "{field}"{nearest}').format(field=shown(name), nearest=nearest(name, known))
        faults.error(criterion.at("field"), "unknown_field", line)


def _check_roles(faults: Faults, definition: Table) -> None:
    roles = definition.get("roles", Table(()))
    _report_repeated_words(faults, roles)
    uses = list(_role_uses(definition))
    if "roles" not in definition.refused:
        _check_role_uses(faults, roles, uses)
    for role, holders in roles.items():
        used = [criterion for use, _path, criterion in uses if use == role]
        approves = [c.get("key", "") for use, path, c in uses if use == role and path[-1] == "approval"]
        if not holders:
            report = faults.error if used else faults.warning
            report(roles.at(role), "empty_role", _('nobody holds the role "{role}"').format(role=shown(role)))
        elif approves and len(set(map(fold, holders))) == 1 and holders[0] != PLACEHOLDER:
            line = _('only {name} holds the role "{role}", and everybody waits when they are away')
            faults.warning(roles.at(role), "single_holder", line.format(name=shown(holders[0]), role=role))


def _role_uses(definition: Table) -> Iterator[tuple[str, Path, Table]]:
    """Every role that a criterion names, with the key that names it."""
    for _side, criterion in criteria(definition):
        if "approval" in criterion:
            yield criterion["approval"], criterion.at("approval"), criterion
        for role in criterion.get("waivable_by", ()):
            yield role, criterion.at("waivable_by"), criterion


def _check_role_uses(faults: Faults, roles: Table, uses: Iterable[tuple[str, Path, Table]]) -> None:
    for role, path, _criterion in uses:
        if role not in roles and role not in roles.refused:
            line = _('no role "{role}" in [roles]{nearest}')
            faults.error(path, "unknown_role", line.format(role=shown(role), nearest=nearest(role, roles)))


def _report_repeated_words(faults: Faults, roles: Table) -> None:
    seen: dict[str, Path] = {}
    for role in roles:
        if fold(role) in seen:
            _report_duplicate(faults, roles.at(role), seen[fold(role)], _('the role "{name}"'), role)
        seen[fold(role)] = roles.at(role)


def _report_repeated(faults: Faults, tables: Iterable[Table], key: str, slug: str, what: str) -> None:
    seen: dict[str, Path] = {}
    for table in tables:
        if key not in table:
            continue
        word = spelled(table[key])
        if word in seen:
            _report_duplicate(faults, table.at(key), seen[word], what, table[key], slug)
        seen.setdefault(word, table.at(key))


def _report_duplicate(
    faults: Faults, path: Path, first: Path, what: str, name: Any, slug: str = "duplicate_key"
) -> None:
    line = _("{what} is there already, at line {line}")
    faults.error(path, slug, line.format(what=what.format(name=shown(name)), line=faults.line(first)))


def _report_pointless(faults: Faults, table: Table, key: str, without: str) -> None:
    line = _('"{key}" does nothing here without {other}').format(key=key, other=without)
    faults.warning(table.at(key), "pointless_key", line)
