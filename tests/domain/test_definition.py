"""Definitions compiled, located line by line, and compared."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli import templates
from pipecli.domain.definition import check_definition, compile_definition, definition_differences
from pipecli.domain.definition_lines import Path, line_map
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import ConfigError

FULL = """\
name = "Acme"
currency = "chf"
timezone = "Europe/Zurich"
template = "b2b"
loss_reasons = ["no budget", { key = "price", label = "Too dear" }, { key = "other" }]

[roles]
boss = ["ann", "bob", "ann"]
desk = "eve"

[[field]]
key = "effort_days"
type = "number"
label = "Days"

[[field]]
key = "urgent"
type = "yes/no"

[[stage]]
key = "discovery"
name = "Discovery"
proves = '''The problem
  is clear.'''
probability = 25
stale_after = "2w"
stale_when = "close_date < today"

  [[stage.exit]]
  key = "decider"
  ask = "Who signs?"
  field = "decision-maker"
  evidence = "note"
  valid_for = "60d"
  waivable_by = "boss"
  hints = ["sign", "decide"]

  [[stage.exit]]
  key = "talks"
  ask = "Did we talk?"
  exchange = "meeting"
  count = 2
  within = "30d"

[[stage]]
key = "proposal"
name = "Proposal sent"
probability = { default = 50, max = 60 }
amount_review = true

  [[stage.entry]]
  key = "risk"
  ask = "Do we take it?"
  approval = "boss"
  condition = "amount > 0"
  when = "amount >= 20000"

  [[stage.entry]]
  key = "next"
  ask = "What next?"
  next_action = true
  amount_review = false
  count = 1

[won]
name = "Signed"

  [[won.entry]]
  key = "order"
  ask = "Where is the order?"
  evidence = "link"
"""

COMPILED = {
    "name": "Acme",
    "currency": "CHF",
    "timezone": "Europe/Zurich",
    "template": "b2b",
    "stages": [
        {
            "key": "discovery",
            "name": "Discovery",
            "proves": "The problem is clear.",
            "probability": 25,
            "probability_min": 25,
            "probability_max": 25,
            "stale_after": 14,
            "stale_when": ["<", ["field", "close_date"], ["today"]],
            "entry": [],
            "exit": [
                {
                    "key": "decider",
                    "ask": "Who signs?",
                    "field": "decision_maker",
                    "evidence": "note",
                    "valid_for": 60,
                    "waivable_by": ["boss"],
                    "hints": ["sign", "decide"],
                },
                {"key": "talks", "ask": "Did we talk?", "exchange": "meeting", "count": 2, "within": 30},
            ],
        },
        {
            "key": "proposal",
            "name": "Proposal sent",
            "proves": "",
            "probability": 50,
            "probability_min": 50,
            "probability_max": 60,
            "stale_after": None,
            "stale_when": None,
            "entry": [
                {
                    "key": "risk",
                    "ask": "Do we take it?",
                    "compare": [">", ["field", "amount"], ["number", 0]],
                    "approval": "boss",
                    "when": [">=", ["field", "amount"], ["number", 20000]],
                },
                {"key": "next", "ask": "What next?", "next_action": True},
                {"key": "amount-proposal", "ask": "Is the amount still right?", "amount_review": True},
            ],
            "exit": [],
        },
    ],
    "won": {
        "key": "won",
        "name": "Signed",
        "proves": "",
        "probability": 100,
        "probability_min": 100,
        "probability_max": 100,
        "stale_after": None,
        "stale_when": None,
        "entry": [{"key": "order", "ask": "Where is the order?", "evidence": "link"}],
        "exit": [],
    },
    "lost_name": "Lost",
    "loss_reasons": {"no budget": "no budget", "price": "Too dear", "other": "other"},
    "roles": {"boss": ["ann", "bob"], "desk": ["eve"]},
    "fields": [
        {"key": "effort_days", "type": "number", "label": "Days", "choices": []},
        {"key": "urgent", "type": "bool", "label": "urgent", "choices": []},
    ],
}

SMALL = """\
loss_reasons = ["price"]
[[stage]]
key = "lead"
name = "Qualified lead"
probability = 10
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"
"""


def test_a_whole_definition_compiles() -> None:
    assert compile_definition(FULL) == COMPILED


def test_what_is_left_out_has_a_default() -> None:
    compiled = compile_definition(SMALL)
    kept = ("name", "currency", "timezone", "template", "lost_name", "roles", "fields")
    assert {key: compiled[key] for key in kept} == {
        "name": "Pipeline",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "template": None,
        "lost_name": "Lost",
        "roles": {},
        "fields": [],
    }
    assert compiled["won"]["name"] == "Won"


@pytest.mark.parametrize("toml", [FULL, SMALL, *map(templates.read, templates.names())])
def test_the_compiled_form_is_json_that_the_pipeline_reads(toml: str) -> None:
    compiled = compile_definition(toml)
    assert json.loads(json.dumps(compiled)) == compiled
    pipeline = Pipeline.from_compiled(3, compiled)
    assert [stage.key for stage in pipeline.stages] == [stage["key"] for stage in compiled["stages"]]


def test_a_question_of_its_own_for_the_amount() -> None:
    toml = FULL.replace("amount_review = true", 'amount_review = true\namount_ask = "Toujours bon ?"')
    review = Pipeline.from_compiled(1, compile_definition(toml)).criterion("amount-proposal")
    assert (review.ask, review.side, review.kind) == ("Toujours bon ?", "entry", "amount")


def test_a_byte_order_mark_does_not_matter() -> None:
    assert compile_definition("\ufeff" + SMALL) == compile_definition(SMALL)


def test_windows_line_ends_do_not_matter() -> None:
    toml = SMALL.replace("probability = 10", "probability = 1000").replace("\n", "\r\n")
    assert [fault.line for fault in check_definition(toml) if fault.level == "error"] == [5]


def test_the_first_error_is_raised_with_all_in_the_detail() -> None:
    toml = SMALL.replace('"Qualified lead"', '"Pending"').replace('"note"', '"nota"').replace("10", "110")
    with pytest.raises(ConfigError) as raised:
        compile_definition(toml)
    assert raised.value.message == (
        'line 4: "Pending" is vague: name what has happened, such as "Proposal sent"'
        " … and 2 more: pipe stages check FILE"
    )
    assert raised.value.detail["faults"] == [fault._asdict() for fault in check_definition(toml)]


def test_one_error_of_the_whole_document_has_no_line_and_no_more() -> None:
    with pytest.raises(ConfigError) as raised:
        compile_definition(SMALL.replace('loss_reasons = ["price"]\n', ""))
    assert raised.value.message.startswith('"loss_reasons" is missing or empty')
    assert "more" not in raised.value.message


TORTURE = '''\
# comment with [brackets] and "quotes
a = 1 # = 2
b.c."d.e" = """x
[[no.header]]
key = 1""" # "
'q=1' = \'\'\'a
\'\'\'\'\'
list = [ # [
  1, [2,
  3], { x = 1, y.z = [ "]" ] }, # }
  2024-01-01T00:00:00.123,

  "last",
]
empty = {}
none = []
[t."u\\u0041"] # header
k = -1.5e3
"" = "\\"[["

[[s]]
key = "a"
  [[s.x]]
  k = """"q""\\""""""
[[s]]
  [[s.x]]
  [[ s . "x" ]]
  p = { default = 1, min = 2 }
  [s.x.sub]
  z = 1979-05-27 07:32:00
[deep.er]
[deep]
'''

TORTURE_LINES = {
    ("a",): 2,
    ("b",): 3,
    ("b", "c"): 3,
    ("b", "c", "d.e"): 3,
    ("q=1",): 6,
    ("list",): 8,
    ("list", 0): 9,
    ("list", 1): 9,
    ("list", 1, 0): 9,
    ("list", 1, 1): 10,
    ("list", 2): 10,
    ("list", 2, "x"): 10,
    ("list", 2, "y"): 10,
    ("list", 2, "y", "z"): 10,
    ("list", 2, "y", "z", 0): 10,
    ("list", 3): 11,
    ("list", 4): 13,
    ("empty",): 15,
    ("none",): 16,
    ("t",): 17,
    ("t", "uA"): 17,
    ("t", "uA", "k"): 18,
    ("t", "uA", ""): 19,
    ("s",): 21,
    ("s", 0): 21,
    ("s", 0, "key"): 22,
    ("s", 0, "x"): 23,
    ("s", 0, "x", 0): 23,
    ("s", 0, "x", 0, "k"): 24,
    ("s", 1): 25,
    ("s", 1, "x"): 26,
    ("s", 1, "x", 0): 26,
    ("s", 1, "x", 1): 27,
    ("s", 1, "x", 1, "p"): 28,
    ("s", 1, "x", 1, "p", "default"): 28,
    ("s", 1, "x", 1, "p", "min"): 28,
    ("s", 1, "x", 1, "sub"): 29,
    ("s", 1, "x", 1, "sub", "z"): 30,
    ("deep",): 31,
    ("deep", "er"): 31,
}


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of a parsed document."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in held:
        yield (*path, name)
        yield from paths(inner, (*path, name))


def test_the_line_map_follows_every_form_of_toml() -> None:
    assert set(paths(tomllib.loads(TORTURE))) == set(TORTURE_LINES)
    assert line_map(TORTURE) == TORTURE_LINES


@pytest.mark.parametrize("name", templates.names())
def test_the_line_map_covers_a_template(name: str) -> None:
    toml = templates.read(name)
    lines = line_map(toml)
    assert set(lines) == set(paths(tomllib.loads(toml)))
    keys = {
        path: line for path, line in lines.items() if path[-1] in ("ask", "when", "probability", "proves")
    }
    assert all(toml.split("\n")[line - 1].strip().startswith(f"{path[-1]} =") for path, line in keys.items())


WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x7f"), max_size=6)
SCALARS = st.one_of(
    st.integers(-9, 9).map(str),
    st.booleans().map(lambda b: str(b).lower()),
    WORDS.map(json.dumps),
    st.just("'#'"),
)
SPACES = st.sampled_from(["", " ", "\n", " # ] } ,\n"])


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    parts = [draw(SPACES) + part + draw(SPACES) for part in draw(st.lists(inner, max_size=3))]
    return f"[{','.join(parts)}]"


def inline_tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.dictionaries(WORDS.map(json.dumps), inner, max_size=3)
    return pairs.map(lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}")


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(arrays(inner), inline_tables(inner)), max_leaves=8)


@given(st.lists(st.tuples(st.sampled_from(["", "[t{n}]\n", "[[u]]\n", "[u.v{n}]\n"]), VALUES), max_size=6))
def test_the_line_map_has_exactly_the_paths_of_the_document(parts: list[tuple[str, str]]) -> None:
    toml = "".join(f"{header.format(n=n)}key{n} = {value}\n" for n, (header, value) in enumerate(parts))
    try:
        document = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return
    assert set(line_map(toml)) == set(paths(document))


def difference(old: str, new: str, toml: str = FULL) -> list[str]:
    assert old in toml
    return definition_differences(compile_definition(toml), compile_definition(toml.replace(old, new)))


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
    longer = FULL.replace("\n[won]", THIRD + "[won]")
    assert definition_differences(compile_definition(longer), compile_definition(FULL)) == [
        "stage removed: Verbal agreement",
        "Verbal agreement, entry: criterion removed: amount-verbal – Is the amount still right?",
    ]


def test_a_moved_stage_is_the_only_one_named() -> None:
    old = compile_definition(FULL.replace("\n[won]", THIRD + "[won]"))
    first, second, third = old["stages"]
    moved = {**old, "stages": [third, first, second]}
    assert definition_differences(old, moved) == ["stage moved: Verbal agreement, now first"]
    assert definition_differences(old, old) == []
