"""The columns that tables of the periodic report share."""

from __future__ import annotations

from collections.abc import Sequence

from pipecli.text import _

from .report import Document, worth
from .views import NEVER_CUT, Column, Record, amount, plain, subject

PRESSES = "bold red"
"""How what asks for attention is set."""


def number() -> Column:
    """The opportunity's number, under a title."""
    return Column("id", _("No."), plain("id"), right=True, least=NEVER_CUT, style=lambda r: "bold")


def name() -> Column:
    """The account and the name."""
    return Column("name", _("Opportunity"), subject, least=16, grows=True)


def money() -> Column:
    """The amount in its own currency."""
    return Column(
        "amount", _("Amount"), lambda r: amount(r["amount"], r["currency"]), right=True, least=NEVER_CUT
    )


def count(key: str, title: str, style: str = "") -> Column:
    """How many of a pile, `–` for none; styled where there are any."""
    return Column(
        key,
        title,
        lambda r: str(r[key]["count"] or "–"),
        right=True,
        least=NEVER_CUT,
        style=lambda r: style if r[key]["count"] else "",
    )


def pile_worth(key: str, title: str, document: Document) -> Column:
    """What a pile is worth, `–` for nothing."""
    return Column(f"{key}_amount", title, lambda r: worth(r[key], document), right=True, least=NEVER_CUT)


def troubles(rows: Sequence[Record], document: Document | None = None) -> list[Column]:
    """How many of each pile are late, without a next action (where any is), or quiet; with what is at stake.

    Without a document the amounts are left out.
    """
    columns = []
    for key, title in (("overdue", _("late")), ("unplanned", _("no action")), ("stale", _("quiet"))):
        if key == "unplanned" and not any(row[key]["count"] for row in rows):
            continue
        columns.append(count(key, title, PRESSES))
        if document is not None and key != "unplanned":
            columns.append(pile_worth(key, _("at stake"), document)._replace(drops=key == "stale"))
    return columns
