"""What changes between two definitions, line by line."""

import pytest

from pipecli.domain.definition import compile_definition, definition_differences

from .definitions import FULL as BEFORE


def difference(old: str, new: str) -> list[str]:
    assert BEFORE.count(old) == 1
    after = BEFORE.replace(old, new)
    return definition_differences(compile_definition(BEFORE), compile_definition(after))


THIRD = """
[[stage]]
key = "verbal"
name = "Verbal agreement"
probability = 90
amount_review = true
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ('"Acme"', '"Ajax"', ["name of the pipeline: Acme → Ajax"]),
        ('template = "b2b"\n', "", ["template: b2b → none"]),
        ('"chf"', '"EUR"', ["currency: CHF → EUR"]),
        ('"Europe/Zurich"', '"Europe/Paris"', ["time zone: Europe/Zurich → Europe/Paris"]),
        (
            "[won]",
            '[lost]\nlabels = ["Closed Lost", "Dead"]\n[won]\nlabels = ["Closed Won"]',
            ["Lost: labels: none → Closed Lost, Dead", "Signed: labels: none → Closed Won"],
        ),
        ("[won]", '[lost]\nname = "Gone"\n[won]', ["name of lost: Lost → Gone"]),
        ('name = "Discovery"', 'name = "Scoping"', ["stage renamed: Discovery → Scoping"]),
        ('name = "Signed"', 'name = "Won"', ["stage renamed: Signed → Won"]),
        ("probability = 25", "probability = 30", ["Discovery: probability: 25 % → 30 %"]),
        (
            "{ default = 50, max = 60 }",
            "55",
            ["Proposal sent: probability: 50 % (50 to 60 %) → 55 %"],
        ),
        ('stale_after = "2w"\n', "", ["Discovery: stale after: 14 days → never"]),
        ('stale_after = "2w"', 'stale_after = "1d"', ["Discovery: stale after: 14 days → 1 day"]),
        ('stale_when = "close_date < today"\n', "", ["Discovery: stale when: close_date < today → none"]),
        (
            "[won]",
            '[won]\nproves = "They signed."',
            ["Signed: proves: none → They signed."],
        ),
        (
            "\n[won]",
            THIRD + "[won]",
            [
                "stage added: Verbal agreement (90 %), after Proposal sent",
                "Verbal agreement, entry: criterion added: amount-verbal – Is the amount still right?",
            ],
        ),
        (
            '  [[stage.exit]]\n  key = "talks"',
            '  [[stage.entry]]\n  key = "talks"',
            ["criterion moved: talks: Discovery, exit → Discovery, entry"],
        ),
        ('key = "order"', 'key = "paper"', [
            "Signed, entry: criterion removed: order – Where is the order?",
            "Signed, entry: criterion added: paper – Where is the order?",
        ]),
        ("Who signs?", "Who buys?", ["Discovery, exit: decider: question: Who signs? → Who buys?"]),
        ('"60d"', '"90d"', ["Discovery, exit: decider: valid for: 60 days → 90 days"]),
        ("count = 2", "count = 1", ["Discovery, exit: talks: how many: 2 → 1"]),
        ('waivable_by = "boss"', 'waivable_by = ["boss", "desk"]', [
            "Discovery, exit: decider: waivable by: boss → boss, desk",
        ]),
        ("next_action = true\n", 'evidence = "note"\n', [
            "Proposal sent, entry: next: evidence: none → note",
            "Proposal sent, entry: next: next action: yes → no",
        ]),
        ("amount >= 20000", "amount >= 50000", [
            "Proposal sent, entry: risk: asked when: amount >= 20000 → amount >= 50000",
        ]),
        ('condition = "amount > 0"\n', "", ["Proposal sent, entry: risk: condition: amount > 0 → none"]),
        ('[[field]]\nkey = "urgent"\ntype = "yes/no"\n', "", ["field removed: urgent"]),
        ("[won]", '[[field]]\nkey = "size"\ntype = "choice"\nchoices = ["s"]\n[won]', [
            "field added: size (choice)",
        ]),
        ('label = "Days"', 'label = "Work"', ["field effort_days: label: Days → Work"]),
        ('desk = "eve"\n', "", ["role removed: desk"]),
        ('desk = "eve"', 'desk = "eve"\nsales = ["joe"]', ["role added: sales (joe)"]),
        ('desk = "eve"', "desk = []", ["role desk: eve → none"]),
        ('"no budget", ', "", ["loss reason removed: no budget"]),
        ('{ key = "other" }', '{ key = "other" }, "timing"', ["loss reason added: timing"]),
        ('"Too dear"', '"Price"', ["loss reason price: Too dear → Price"]),
    ],
)  # fmt: skip
def test_a_difference_is_one_readable_line(old: str, new: str, lines: list[str]) -> None:
    assert difference(old, new) == lines


def test_a_removed_stage_takes_its_criteria_along() -> None:
    longer = BEFORE.replace("\n[won]", THIRD + "[won]")
    assert definition_differences(compile_definition(longer), compile_definition(BEFORE)) == [
        "stage removed: Verbal agreement",
        "Verbal agreement, entry: criterion removed: amount-verbal – Is the amount still right?",
    ]


def test_a_moved_stage_is_the_only_one_named() -> None:
    old = compile_definition(BEFORE.replace("\n[won]", THIRD + "[won]"))
    first, second, third = old["stages"]
    moved = {**old, "stages": [third, first, second]}
    assert definition_differences(old, moved) == ["stage moved: Verbal agreement, now first"]
    assert definition_differences(old, old) == []
