"""Every fault a definition can have, and its exact line.

A definition under test says itself what is expected: `# <- slug` ends a line with an error, `# <~ slug` one
with a warning. Each case is the clean definition below with a passage or two replaced.
"""

import re

import pytest

from pipecli.domain.definition import check_definition
from pipecli.domain.definition_names import is_vague

CLEAN = """\
name = "Sales"
loss_reasons = ["price", "no budget"]

[roles]
boss = ["ann", "bob"]

[[field]]
key = "size"
type = "choice"
choices = ["small", "large"]

[[stage]]
key = "lead"
name = "Qualified lead"
probability = 10
stale_after = "2w"
proves = "They need it."
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"

[[stage]]
key = "discovery"
name = "Discovery"
probability = 25
stale_after = "14d"
proves = "We know who decides."
  [[stage.exit]]
  key = "decider"
  ask = "Who signs?"
  field = "decision_maker"

[[stage]]
key = "proposal"
name = "Proposal sent"
probability = { default = 50, min = 40, max = 60 }
stale_after = "14d"
proves = "They hold an offer."
amount_review = true

[[stage]]
key = "negotiation"
name = "Negotiation"
probability = 75
stale_after = "14d"
proves = "They answered."
  [[stage.exit]]
  key = "risk"
  ask = "Do we take it?"
  approval = "boss"
  when = "amount >= 20000"

[won]
name = "Won"
  [[won.entry]]
  key = "order"
  ask = "Where is the order?"
  evidence = "link"
"""

EXTRA_STAGE = """
[[stage]]
key = "extra{n}"
name = "Verbal agreement {n}"
probability = {percent}
stale_after = "7d"
proves = "They said yes."
amount_review = true
"""


def announced(toml: str) -> list[tuple[int | None, str, str]]:
    """What the comments of a definition announce."""
    levels = {"-": "error", "~": "warning"}
    return [
        (n, levels[sign], slug)
        for n, line in enumerate(toml.split("\n"), 1)
        for sign, slugs in re.findall(r"# <([-~]) ([\w, ]+)$", line)
        for slug in slugs.split(", ")
    ]


def found(toml: str) -> list[tuple[int | None, str, str]]:
    return [(fault.line, fault.level, fault.slug) for fault in check_definition(toml)]


def changed(*edits: str) -> str:
    """The clean definition with passages replaced: old, new, old, new, and so on."""
    toml = CLEAN
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert toml.count(old) == 1, old
        toml = toml.replace(old, new)
    return toml


def stages(count: int) -> str:
    """The clean definition with open stages added until there are so many."""
    more = "".join(EXTRA_STAGE.format(n=n, percent=75 + n) for n in range(1, count - 3))
    return CLEAN.replace("[won]", more + "\n[won]")


def test_the_clean_definition_has_no_fault() -> None:
    assert check_definition(CLEAN) == []


SHAPE = {
    "unknown key": ('name = "Sales"', 'title = "Sales" # <- unknown_key'),
    "unknown table": ("[won]", "[stages] # <- unknown_key\n[won]"),
    "unknown key of a stage": ("amount_review = true", "amount_review = true\nprooves = 1 # <- unknown_key"),
    "unknown key of a criterion": (
        'approval = "boss"',
        'approved = "boss" # <- unknown_key\n  evidence = "note"',
    ),
    "unknown key of won": ("[won]", "[won]\nprobability = 100 # <- unknown_key"),
    "missing criterion key": (
        '  [[stage.exit]]\n  key = "need"',
        "  [[stage.exit]] # <- missing_key",
    ),
    "missing ask": (
        '  [[stage.exit]]\n  key = "need"\n  ask = "What do they need?"',
        '  [[stage.exit]] # <- missing_key\n  key = "need"',
    ),
    "missing probability": (
        '[[stage]]\nkey = "lead"',
        '[[stage]] # <- missing_key\nkey = "lead"',
        "probability = 10\n",
        "",
    ),
    "text expected": ('name = "Discovery"', "name = 12 # <- wrong_type"),
    "number expected": ("probability = 25", 'probability = "25" # <- wrong_type'),
    "whole number, no switch": ("probability = 25", "probability = true # <- wrong_type"),
    "switch expected": ("amount_review = true", 'amount_review = "yes" # <- wrong_type'),
    "duration in quotes": (
        'stale_after = "2w"',
        "stale_after = 14 # <- wrong_type",
    ),
    "no duration": (
        'stale_after = "2w"',
        'stale_after = "soon" # <- bad_duration',
    ),
    "list of texts expected": ('choices = ["small", "large"]', "choices = 3 # <- wrong_type"),
    "text in a list expected": (
        'choices = ["small", "large"]',
        'choices = ["small",\n  3, # <- wrong_type\n]',
    ),
    "list of reasons expected": (
        'loss_reasons = ["price", "no budget"]',
        'loss_reasons = "price" # <- wrong_type',
    ),
    "a reason of another type": ('["price", "no budget"]', '["price",\n  7, # <- wrong_type\n]'),
    "a reason without a key": ('["price", "no budget"]', '["price",\n  { label = "x" }, # <- missing_key\n]'),
    "table expected": ('[won]\nname = "Won"\n  [[won.entry]]', "[[won]] # <- wrong_type\n  [[won.entry]]"),
    "roles are a table": ('[roles]\nboss = ["ann", "bob"]', "[[roles]] # <- wrong_type"),
    "field is a list of tables": (
        '[[field]]\nkey = "size"\ntype = "choice"\nchoices = ["small", "large"]',
        "[field] # <- wrong_type",
    ),
    "criteria are tables": ("amount_review = true", "amount_review = true\nentry = [1] # <- wrong_type"),
    "empty text": ('ask = "Who signs?"', 'ask = " " # <- empty_text'),
    "text too long": ('ask = "Who signs?"', f'ask = "{"x" * 501}" # <- text_too_long'),
    "control character": ('ask = "Who signs?"', 'ask = "Who\\u001b[31m" # <- control_characters'),
    "reversed text": ('ask = "Who signs?"', 'ask = "Who\\u202esngis" # <- control_characters'),
    "no key": ('key = "decider"', 'key = "le décideur" # <- bad_key'),
    "a role with a bad name": ("boss = [", '"the boss" = ["ann"] # <- bad_key\nboss = ['),
    "a role without a list": ("boss = [", "clerk = 3 # <- wrong_type\nboss = ["),
    "a field conditions cannot read": ('key = "size"', 'key = "deal-size" # <- bad_key'),
    "unknown evidence": ('evidence = "note"', 'evidence = "nope" # <- unknown_word'),
    "unknown exchange": ('evidence = "note"', 'exchange = "email" # <- unknown_word'),
    "unknown type": ('type = "choice"', 'type = "list" # <- unknown_word'),
    "count of none": ('evidence = "note"', 'exchange = "any"\n  count = 0 # <- bad_count'),
}

RULES = {
    "no loss reason": ('loss_reasons = ["price", "no budget"]', "loss_reasons = [] # <- no_loss_reasons"),
    "a loss reason twice": ('"no budget"', '"other",\n "Price", # <- duplicate_key\n'),
    "a label twice": (
        '"no budget"',
        '{ key = "dear", label = "Too dear" },\n { key = "too-dear" }, # <- duplicate_key\n',
    ),
    "currency": ('name = "Sales"', 'currency = "EURO" # <- unknown_currency'),
    "time zone": ('name = "Sales"', 'timezone = "Europe/Pari" # <- unknown_timezone'),
    "time zone that is a path": ('name = "Sales"', 'timezone = "../../etc" # <- unknown_timezone'),
    "time zone that is a folder": ('name = "Sales"', 'timezone = "Europe" # <- unknown_timezone'),
    "a field twice": (
        '[[stage]]\nkey = "lead"',
        '[[field]]\nkey = "SIZE" # <- duplicate_key\ntype = "text"\n[[stage]]\nkey = "lead"',
    ),
    "a field of the program": ('key = "size"', 'key = "amount" # <- reserved_key'),
    "a word of conditions": ('key = "size"', 'key = "Today" # <- reserved_key'),
    "choice without choices": (
        '[[field]]\nkey = "size"\ntype = "choice"\nchoices = ["small", "large"]',
        '[[field]] # <- no_choices\nkey = "size"\ntype = "choice"',
    ),
    "choices without choice": (
        'type = "choice"\nchoices = ["small", "large"]',
        'type = "text"\nchoices = ["small", "large"] # <~ pointless_key',
    ),
    "a stage key twice": ('key = "discovery"', 'key = "Lead" # <- duplicate_key'),
    "a stage name twice": ('name = "Discovery"', 'name = "qualified  LEAD" # <- duplicate_name'),
    "a stage named like an end": ('name = "Won"', 'name = "NEGOTIATION" # <- duplicate_name'),
    "a label of two stages": (
        'proves = "They need it."',
        'proves = "They need it."\nlabels = ["Intro", "New lead"]',
        'name = "Discovery"',
        'name = "Discovery"\nlabels = ["new LEAD"] # <- duplicate_key',
    ),
    "a label that is another stage's name": (
        'name = "Discovery"',
        'name = "Discovery"\nlabels = ["negotiation"] # <- duplicate_key',
    ),
    "a label of a stage and of an end": (
        'name = "Discovery"',
        'name = "Discovery"\nlabels = ["Signed"]',
        "[won]\n",
        '[won]\nlabels = ["signed"] # <- duplicate_key\n',
    ),
    "a label that is no text": ('name = "Discovery"', 'name = "Discovery"\nlabels = [3] # <- wrong_type'),
    "a reserved stage key": ('key = "lead"', 'key = "lost" # <- reserved_key'),
    "a reserved stage name": (
        '[won]\nname = "Won"',
        "[won]",
        'name = "Discovery"',
        'name = "WON" # <- reserved_key',
    ),
    "vague": ('name = "Discovery"', 'name = "Follow-up" # <- vague_name'),
    "vague in French": ('name = "Discovery"', 'name = "À relancer…" # <- vague_name'),
    "no criterion": (
        '[[stage]]\nkey = "proposal"',
        '[[stage]] # <- no_criterion\nkey = "proposal"',
        "amount_review = true\n",
        "",
    ),
    "no proof": (
        '[[stage]]\nkey = "lead"',
        '[[stage]] # <~ no_proves\nkey = "lead"',
        'proves = "They need it."\n',
        "",
    ),
    "never stale": (
        '[[stage]]\nkey = "proposal"',
        '[[stage]] # <~ no_stale_after\nkey = "proposal"',
        'stale_after = "14d"\nproves = "They hold',
        'proves = "They hold',
    ),
    "a question for nothing": (
        'proves = "They need it."',
        'proves = "x"\namount_ask = "Right?" # <~ pointless_key',
    ),
    "below 0": ("probability = 25", "probability = -1 # <- bad_probability"),
    "above 100": ("probability = 25", "probability = 101 # <- bad_probability"),
    "no default": ("{ default = 50, min = 40, max = 60 }", "{ min = 40 } # <- missing_key"),
    "default below min": ("default = 50, min = 40, max = 60 }", "default = 50, min = 55 } # <- bad_bounds"),
    "default above max": ("default = 50, min = 40, max = 60 }", "default = 50, max = 45 } # <- bad_bounds"),
    "falls": ("probability = 25", "probability = 5 # <- falling_probability"),
    "stays": ("probability = 25", "probability = 10 # <~ equal_probability"),
    "the last is sure": ("probability = 75", "probability = 100 # <~ sure_stage"),
    "another is sure": (
        "{ default = 50, min = 40, max = 60 }",
        "100 # <- sure_stage",
        "probability = 75",
        "probability = 100 # <~ sure_stage, equal_probability",
    ),
    "a criterion twice": ('key = "risk"', 'key = "Need" # <- duplicate_key'),
    "a criterion like an amount review": ('key = "risk"', 'key = "amount_proposal" # <- duplicate_key'),
    "nothing required": (
        '[[stage.exit]]\n  key = "decider"',
        '[[stage.exit]] # <- no_requirement\n  key = "decider"',
        'field = "decision_maker"',
        "next_action = false",
    ),
    "unknown field": ('field = "decision_maker"', 'field = "decisionmaker" # <- unknown_field'),
    "a field nobody sets": ('field = "decision_maker"', 'field = "days_in_stage" # <- not_settable'),
    "a next action is no field": ('field = "decision_maker"', 'field = "next_action" # <- not_settable'),
    "proof of nothing expires": ('ask = "Who signs?"', 'ask = "Who?"\n  valid_for = "9d" # <~ pointless_key'),
    "within without exchange": ('ask = "Who signs?"', 'ask = "Who?"\n  within = "9d" # <~ pointless_key'),
    "count without exchange": ('ask = "Who signs?"', 'ask = "Who signs?"\n  count = 2 # <~ pointless_key'),
    "unknown role": ('approval = "boss"', 'approval = "bos" # <- unknown_role'),
    "unknown waiver": (
        'ask = "Who signs?"',
        'ask = "Who signs?"\n  waivable_by = ["boss", "cfo"] # <- unknown_role',
    ),
    "roles missing": (
        '[roles]\nboss = ["ann", "bob"]\n',
        "",
        'approval = "boss"',
        'approval = "boss" # <- unknown_role',
    ),
    "a role twice": ("boss = [", 'BOSS = ["ann"]\nboss = ["ann", "bob"] # <- duplicate_key\nclerk = ['),
    "nobody approves": ('boss = ["ann", "bob"]', "boss = [] # <- empty_role"),
    "nobody in an unused role": ("boss = [", "clerk = [] # <~ empty_role\nboss = ["),
    "a bottleneck": ('boss = ["ann", "bob"]', 'boss = ["ann", "ANN"] # <~ single_holder'),
}
CASES = SHAPE | RULES


@pytest.mark.parametrize("edits", CASES.values(), ids=CASES)
def test_each_fault_has_its_line_level_and_slug(edits: tuple[str, ...]) -> None:
    toml = changed(*edits)
    assert found(toml) == announced(toml)


def test_all_faults_are_reported_at_once() -> None:
    toml = changed(
        'name = "Sales"',
        'nmae = "Sales" # <- unknown_key',
        'name = "Discovery"',
        'name = "En cours" # <- vague_name',
        "probability = 25",
        "probability = 5 # <- falling_probability",
        'approval = "boss"',
        'approval = "bosss" # <- unknown_role',
        'when = "amount >= 20000"',
        'when = "amuont >= 20000" # <- unknown_field',
        'evidence = "link"',
        'evidence = "url" # <- unknown_word',
    )
    assert len(announced(toml)) == 6
    assert found(toml) == announced(toml)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(5, []), (6, []), (7, ["many_stages"]), (8, ["too_many_stages"]), (9, ["too_many_stages"])],
)
def test_won_and_lost_count_as_one_stage(count: int, expected: list[str]) -> None:
    assert [fault.slug for fault in check_definition(stages(count))] == expected


def test_too_many_stages_are_reported_where_the_first_too_many_stands() -> None:
    toml = stages(9)
    (fault,) = check_definition(toml)
    assert fault.line is not None
    assert toml.split("\n")[fault.line] == 'key = "extra4"'
    assert fault.message == "10 stages, won and lost counted as one: 8 are the most, and 5 to 7 are usual"


def test_few_stages_are_a_warning() -> None:
    start, end = CLEAN.index('[[stage]]\nkey = "proposal"'), CLEAN.index("[won]")
    assert found(CLEAN[:start] + CLEAN[end:]) == [(23, "warning", "few_stages")]


@pytest.mark.parametrize("toml", ['loss_reasons = ["price"]', 'stage = []\nloss_reasons = ["price"]'])
def test_a_definition_without_stages(toml: str) -> None:
    assert found(toml) == [(None, "error", "no_stages")]


def test_a_malformed_list_of_stages_is_one_fault() -> None:
    assert found('loss_reasons = ["price"]\nstage = 3') == [(2, "error", "wrong_type")]


def test_a_definition_without_loss_reasons() -> None:
    toml = changed('loss_reasons = ["price", "no budget"]\n', "")
    assert found(toml) == [(None, "error", "no_loss_reasons")]


def test_the_placeholder_of_a_template_holds_its_role() -> None:
    assert found(changed('boss = ["ann", "bob"]', 'boss = "@me"')) == []


MESSAGES = [
    ('proves = "They need it."', 'provs = "x"', 'unknown key "provs": did you mean "proves"?'),
    ('when = "amount >= 20000"', 'when = "size = larg"', '"size" is never "larg": did you mean "large"?'),
    ('field = "decision_maker"', 'field = "amuont"', 'unknown field "amuont": did you mean "amount"?'),
    ('approval = "boss"', 'approval = "Bos"', 'no role "Bos" in [roles]: did you mean "boss"?'),
    (
        'name = "Sales"',
        'timezone = "Europe/Pari"',
        '"Europe/Pari" is not a time zone such as Europe/Paris: did you mean "Europe/Paris"?',
    ),
    (
        'evidence = "link"',
        'evidence = "lnk"',
        '"lnk" is none of note, link, exchange, file: did you mean "link"?',
    ),
    ('  ask = "Who signs?"\n', "", '"ask" is missing in this [[exit]]'),
    ("{ default = 50, min = 40, max = 60 }", "{ min = 4 }", '"default" is missing in this [probability]'),
    ('key = "risk"', 'key = "need"', 'the criterion "need" is there already, at line 19'),
    (
        "probability = 25",
        "probability = 5",
        'the probability falls to 5 %, from 10 % at "Qualified lead"',
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), MESSAGES)
def test_messages_say_what_to_write_instead(old: str, new: str, message: str) -> None:
    assert message in [fault.message for fault in check_definition(changed(old, new))]


VAGUE = ["En cours", "à RELANCER !", "In progress", "follow up", "Follow-Up", "Étape 3", "3", "Divers…"]
MEANINGFUL = ["Lead qualifié", "Proposal sent", "Négociation / validation", "En cours de signature"]


@pytest.mark.parametrize(
    ("name", "expected"), [*((n, True) for n in VAGUE), *((n, False) for n in MEANINGFUL)]
)
def test_vague_names(name: str, expected: bool) -> None:
    assert is_vague(name) is expected
