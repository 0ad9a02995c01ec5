"""Conditions in a definition: read with its fields, and examined for what can never hold."""

import pytest

from pipecli.domain.definition import check_definition

DEFINITION = """\
loss_reasons = ["price"]
[[field]]
key = "size"
type = "choice"
choices = ["small", "large"]
[[field]]
key = "broken"
type = "chioce"
[[stage]]
key = "lead"
name = "Qualified lead"
probability = 10
stale_after = "2w"
proves = "They need it."
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  EVERY_TIME
"""
KNOWN = {(8, "error", "unknown_word"), (9, "warning", "few_stages")}

CASES = [
    ("when", "amount >=", "error", "bad_condition"),
    ("when", "amount >= 'x'", "error", "bad_condition"),
    ("when", "amuont >= 20000", "error", "unknown_field"),
    ("when", "1 = 1", "warning", "dead_condition"),
    ("when", "amount > 5 and amount < 3", "warning", "dead_condition"),
    ("when", "size = larg", "error", "unknown_value"),
    ("when", "amount > 2 or not (size in (small, huge))", "error", "unknown_value"),
    ("when", "stage = leed", "error", "unknown_value"),
    ("when", "currency = EURO", "error", "unknown_value"),
    ("when", "unproven", "error", "impossible_condition"),
    ("condition", "=", "error", "bad_condition"),
    ("condition", "2 > 1", "warning", "dead_condition"),
    ("condition", "2 < 1", "error", "dead_condition"),
    ("condition", "stage = lead", "error", "impossible_condition"),
    ("when", "size = SMALL", None, None),
    ("when", "owner = ann", None, None),
    ("when", "stage = lead", None, None),
    ("when", "amount + 1 > 3 and has size", None, None),
    ("condition", "amount > 0", None, None),
]


@pytest.mark.parametrize(("key", "condition", "level", "slug"), CASES)
def test_a_condition_of_a_criterion(key: str, condition: str, level: str | None, slug: str | None) -> None:
    requirement = 'evidence = "note"; ' if key == "when" else ""
    toml = DEFINITION.replace("EVERY_TIME", f'{requirement}{key} = "{condition}"'.replace("; ", "\n  "))
    line = toml.rstrip().count("\n") + 1
    found = {(fault.line, fault.level, fault.slug) for fault in check_definition(toml)}
    assert found - KNOWN == ({(line, level, slug)} if slug else set())
    assert found >= KNOWN


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("close_date < today", []),
        ("clsoe_date < today", ["unknown_field"]),
        ("1 = 1", ["dead_condition"]),
        ("unproven", []),
    ],
)
def test_a_condition_that_makes_a_stage_stale(condition: str, expected: list[str]) -> None:
    toml = DEFINITION.replace("EVERY_TIME", 'evidence = "note"')
    toml = toml.replace("proves =", f'stale_when = "{condition}"\nproves =')
    faults = [fault for fault in check_definition(toml) if fault.line == 14]
    assert [fault.slug for fault in faults] == expected


def test_a_field_whose_type_is_at_fault_is_reported_once() -> None:
    toml = DEFINITION.replace("EVERY_TIME", 'condition = "broken > 3"')
    assert {(fault.line, fault.level, fault.slug) for fault in check_definition(toml)} == KNOWN
