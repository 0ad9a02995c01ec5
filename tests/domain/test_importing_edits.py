"""What was edited in a row that was exported here, and what is only old."""

from datetime import date
from typing import Any

import pytest

from pipecli.domain.importing import Row
from pipecli.domain.importing_edits import edited

FIRST = {
    "name": "Roll", "status": "open", "stage": "lead", "probability": 10, "currency": "EUR", "amount": 1_000_000,
    "close_date": date(2027, 1, 10), "owner": "ann", "next_action": "call", "next_due": date(2026, 12, 1),
    "tags": ("a", "b"),
}  # fmt: skip


def row(**values: Any) -> Row:
    own = {"effort": values.pop("effort", 3)}
    return Row(7, ("pipe", "u1"), {k: v for k, v in (FIRST | values).items() if v != "gone"}, own)


@pytest.mark.parametrize(
    ("since", "changes", "written", "stale", "left"),
    [
        # since: what changed here after the export; changes: what was edited in the file
        pytest.param({"amount": 2_500_000}, {}, {}, ["amount"], [], id="old"),
        pytest.param({"amount": 2_500_000, "currency": "USD"}, {}, {}, ["amount"], [], id="old currency"),
        pytest.param(
            {"amount": 2_500_000, "owner": "marc"},
            {"tags": ("c",), "effort": 8},
            {"tags": ("c",), "effort": 8},
            ["amount", "owner"],
            [],
            id="edited beside",
        ),
        pytest.param(
            {"amount": 2_500_000, "owner": "marc"},
            {"amount": 3_000_000},
            {},
            ["owner"],
            [("amount", "25000 EUR", "30000 EUR")],
            id="both",
        ),
        pytest.param(
            {"amount": 2_500_000, "owner": "marc"}, {"amount": 2_500_000}, {}, ["owner"], [], id="agreed"
        ),
        pytest.param(
            {"next_action": "send", "owner": "marc"},
            {"next_due": date(2026, 12, 5)},
            {},
            ["owner", "next_action"],
            [("next_due", "2026-12-01", "2026-12-05")],
            id="half of an action",
        ),
        pytest.param(
            {"stage": "offer", "probability": 50, "owner": "marc"},
            {"status": "lost", "probability": "gone"},
            {"probability": "gone"},
            ["stage", "owner"],
            [("status", "open", "lost")],
            id="lost there, moved here",
        ),
        pytest.param(
            {"status": "lost", "probability": "gone", "next_action": None, "next_due": None},
            {"tags": ()},
            {"tags": ()},
            ["status", "next_action", "next_due", "probability"],
            [],
            id="lost here",
        ),
        pytest.param(
            {"effort": 5, "owner": "marc"},
            {"effort": 4, "tags": ("x",)},
            {"tags": ("x",)},
            ["owner"],
            [("fields.effort", "5", "4")],
            id="own field",
        ),
    ],
)
def test_only_what_was_edited_is_taken(
    since: dict[str, Any],
    changes: dict[str, Any],
    written: dict[str, Any],
    stale: list[str],
    left: list[tuple[str, str, str]],
) -> None:
    now = row(**since)
    found = edited(row(**changes), 1, now, [now, row()])
    assert found.row == row(**since | written)
    assert sorted(found.stale) == sorted(stale)
    assert [(d.field, d.here, d.file) for d in found.differences] == left


def test_the_last_change_may_be_edited_again_at_once() -> None:
    """What agrees with now as well as with before is taken to be of now."""
    now = row(amount=2_500_000)
    found = edited(row(amount=2_600_000), 1, now, [now, row()])
    assert (found.row, found.stale, found.differences) == (row(amount=2_600_000), (), [])
