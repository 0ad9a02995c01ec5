"""The payment terms and the delivery of a definition: checked, and compiled.

Both are optional, and a definition without them compiles as it did before there were any.
"""

from __future__ import annotations

from typing import Any

from pipecli.domain.definition_faults import Faults, nearest
from pipecli.domain.definition_shape import Table
from pipecli.domain.money import shown
from pipecli.domain.pipeline import NUMERIC_TYPES
from pipecli.text import _


def check_schedules(faults: Faults, definition: Table) -> None:
    """Report shares that are not the whole amount, and deliveries of what cannot be spread."""
    _check_shares(faults, definition)
    _check_deliveries(faults, definition)


def _check_shares(faults: Faults, definition: Table) -> None:
    payments = definition.get("payment", [])
    if not payments or not all("share" in payment for payment in payments):
        return
    total = sum(payment["share"] for payment in payments)
    if total != 100:
        line = _("the shares of all [[payment]] add up to {total} %, not to 100").format(total=total)
        faults.error(payments[-1].at("share"), "bad_shares", line)


def _check_deliveries(faults: Faults, definition: Table) -> None:
    if "delivery" not in definition:
        return
    delivery = definition["delivery"]
    types = {field["key"]: field.get("type") for field in definition.get("field", ()) if "key" in field}
    # A field whose own type is at fault has that one fault reported.
    numeric = [key for key, type_ in types.items() if type_ is None or type_ in NUMERIC_TYPES]
    for key in delivery["fields"]:
        if key not in types:
            line = _('unknown field "{field}"{nearest}').format(field=shown(key), nearest=nearest(key, types))
            faults.error(delivery.at(key), "unknown_field", line)
        elif key not in numeric:
            line = _('the field "{field}" is no number and no money: nothing of it can be delivered')
            faults.error(delivery.at(key), "not_numeric", line.format(field=key))
    if not numeric and not definition.refused & {"field"}:
        line = _('"{key}" does nothing here without {other}')
        other = _("a [[field]] of type number or money")
        faults.warning(delivery.path, "pointless_key", line.format(key="delivery", other=other))


def compiled_schedules(definition: Table) -> dict[str, Any]:
    """The keys `payments`, `delivery` and `deliveries`, each only where the definition has it."""
    found: dict[str, Any] = {}
    payments = [_payment(payment) for payment in definition.get("payment", ())]
    if payments:
        found["payments"] = sorted(payments, key=lambda payment: int(payment["after"]))
    if "delivery" in definition:
        usual = dict(definition["delivery"])
        own = usual.pop("fields")
        found["delivery"] = usual
        found["deliveries"] = {key: usual | dict(rule) for key, rule in own.items()}
    return {key: value for key, value in found.items() if value}


def _payment(payment: Table) -> dict[str, Any]:
    return {"share": payment["share"], "after": payment.get("after", 0), "label": payment.get("label", "")}
