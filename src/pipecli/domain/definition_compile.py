"""The compiled form of a definition: the JSON that `pipeline` reads, from tables without an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipecli.domain.definition_check import amount_key
from pipecli.domain.definition_schedules import compiled_schedules
from pipecli.domain.definition_shape import Table
from pipecli.domain.money import known_currency
from pipecli.domain.pipeline import WON

# Written into the database with the version, so it may not depend on the language of whoever adopts it.
AMOUNT_ASK = "Is the amount still right?"

_KEPT = ("evidence", "exchange", "within", "approval", "when", "valid_for")
_LISTS = ("waivable_by", "hints")
_SWITCHES = ("next_action", "amount_review")


def compiled(definition: Table) -> dict[str, Any]:
    """The whole definition; its conditions have been parsed in place."""
    return {
        "name": definition.get("name", "Pipeline"),
        "currency": known_currency(definition.get("currency", "EUR")),
        "timezone": definition.get("timezone", "Europe/Paris"),
        "template": definition.get("template"),
        "stages": [_stage(stage) for stage in definition["stage"]],
        "won": _won(definition.get("won", Table(()))),
        "lost_name": definition.get("lost", {}).get("name", "Lost"),
        **_lost_labels(definition.get("lost", {})),
        "loss_reasons": {r["key"]: r.get("label", r["key"]) for r in definition["loss_reasons"]},
        "roles": dict(definition.get("roles", {})),
        "fields": [_field(field) for field in definition.get("field", ())],
        **compiled_schedules(definition),
    }


def _labels(table: Mapping[str, Any]) -> dict[str, Any]:
    """What other tools call a stage, only where the definition says it."""
    return {"labels": table["labels"]} if table.get("labels") else {}


def _lost_labels(lost: Mapping[str, Any]) -> dict[str, Any]:
    return {f"lost_{key}": labels for key, labels in _labels(lost).items()}


def _field(field: Table) -> dict[str, Any]:
    return {
        "key": field["key"],
        "type": field["type"],
        "label": field.get("label", field["key"]),
        "choices": field.get("choices", []),
    }


def _stage(stage: Table) -> dict[str, Any]:
    probability = stage["probability"]
    default = probability["default"]
    return {
        "key": stage["key"],
        "name": stage["name"],
        "proves": stage.get("proves", ""),
        "probability": default,
        "probability_min": probability.get("min", default),
        "probability_max": probability.get("max", default),
        "stale_after": stage.get("stale_after"),
        "stale_when": stage.get("stale_when"),
        "entry": [*map(_criterion, stage.get("entry", ())), *_amount_review(stage)],
        "exit": list(map(_criterion, stage.get("exit", ()))),
        **_labels(stage),
    }


def _won(won: Table) -> dict[str, Any]:
    return {
        "key": WON,
        "name": won.get("name", "Won"),
        "proves": won.get("proves", ""),
        "probability": 100,
        "probability_min": 100,
        "probability_max": 100,
        "stale_after": None,
        "stale_when": None,
        "entry": list(map(_criterion, won.get("entry", ()))),
        "exit": [],
        **_labels(won),
    }


def _amount_review(stage: Table) -> list[dict[str, Any]]:
    if not stage.get("amount_review"):
        return []
    return [{"key": amount_key(stage), "ask": stage.get("amount_ask", AMOUNT_ASK), "amount_review": True}]


def _criterion(criterion: Table) -> dict[str, Any]:
    """Only what differs from the default."""
    kept: dict[str, Any] = {"key": criterion["key"], "ask": criterion["ask"]}
    if "field" in criterion:
        kept["field"] = criterion["field"].replace("-", "_")
    if "condition" in criterion:
        kept["compare"] = criterion["condition"]
    if criterion.get("count", 1) != 1:
        kept["count"] = criterion["count"]
    kept |= {key: criterion[key] for key in _KEPT if key in criterion}
    kept |= {key: True for key in _SWITCHES if criterion.get(key)}
    return kept | {key: criterion[key] for key in _LISTS if criterion.get(key)}
