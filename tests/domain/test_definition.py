"""Definitions compiled, and what is refused as a whole."""

import json

import pytest

from pipecli import templates
from pipecli.domain.definition import check_definition, compile_definition
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import ConfigError

from .definitions import FULL

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


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("name = 'a'\nstage = = 2\n", 2),
        ("name = 'a'\n\n[[stage]\n", 3),
        ('name = "a"\nasks = """never\nclosed\n\n', 3),
        ("a = 1\na = 2\n", 2),
        ("a = " + "[" * 20_000, None),
        ("a = " + "9" * 5_000, None),
        ("a" * 100_001, None),
    ],
)
def test_text_that_is_no_toml_is_one_fault(toml: str, line: int | None) -> None:
    (fault,) = check_definition(toml)
    assert (fault.level, fault.slug) == ("error", "syntax")
    assert fault.line == line
    assert "at line" not in fault.message
    with pytest.raises(ConfigError):
        compile_definition(toml)
