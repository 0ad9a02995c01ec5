"""Fields in words: what people call them, and their values as they read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipecli.text import _, language

from .facts import Names
from .money import format_amount
from .pipeline import Pipeline


def labels() -> dict[str, str]:
    """What people call the settable fields that every opportunity has."""
    return {
        "name": _("name"),
        "account": _("account"),
        "contact": _("contact"),
        "owner": _("owner"),
        "amount": _("amount"),
        "close_date": _("close date"),
        "decision_maker": _("decision maker"),
        "source": _("source"),
        "tags": _("tags"),
        "probability": _("probability"),
    }


def label_of(key: str, pipeline: Pipeline) -> str:
    """What people call a field, the company's own included."""
    own = pipeline.fields.get(key)
    return own.label if own else labels().get(key, key.replace("_", " "))


def in_words(key: str, value: Any, pipeline: Pipeline, names: Names) -> str:
    """A value as `Opportunity.values` has it; `names` maps account and contact ids to their names."""
    own = pipeline.fields.get(key)
    if key == "amount":
        return _("none") if value[0] is None else format_amount(value[0], value[1], language())
    if value is None or value in ("", ()):
        return _("none")
    if key in ("account", "contact", "decision_maker"):
        return names.get(value) or _("(erased)")
    if own is not None and own.type == "money":
        return format_amount(value, pipeline.currency, language())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(value) if isinstance(value, tuple) else str(value)
