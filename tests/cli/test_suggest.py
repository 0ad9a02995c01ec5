"""`pipe suggest`: what to do about what is late or quiet, the most at stake first; a draft that nobody sends."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from model_server import NAME, ModelServer
from pipecli import clock

from .conftest import Pipe
from .terminal import Terminal

DRAFT = (
    "Hello Jeanne,\n\n"
    "We last spoke on Tue 17 Nov about ERP rollout.\n\n"
    "So that I can prepare the next step well, may I ask you a few questions? Fifteen minutes would do.\n\n"
    "Would you have time on Tue 24 Nov?\n\n"
    "Best regards,\nlea\n"
)
TOLD = {
    "text": "send the offer with two dates",
    "due": "2026-11-25",
    "why": "they went through the scope a week ago",
    "entry": None,
    "draft": "Hello Jeanne,\n\nhere is the offer we spoke about. Would you have time for it this week?\n\nlea",
}


def test_the_list_is_ranked_by_what_is_at_stake(house: Pipe) -> None:
    assert house("suggest") == (
        0,
        "2 opportunities are late or quiet, the most at stake first\n"
        "\n"
        "   Opportunity          Amount  Proposal\n"
        "1  Acme · ERP rollout  €48,000        38\n"
        "     find out from Jeanne Martin: What problem do they want solved?, Tue 24 Nov\n"
        "     the gate still needs it; 3 d late; last: meeting, 2026-11-17\n"
        "4  Sirius · Portal     $15,000        39\n"
        "     find out: What do they need?, Tue 24 Nov\n"
        "     the gate still needs it; 18 d late; nothing for 21 days, the stage allows 14; no exchange on\n"
        "     record\n"
        "\n"
        "pipe suggest REF   pipe proposals accept ID   pipe proposals review\n",
        "",
    )
    again = json.loads(house("suggest", "--json").out)
    assert [(s["ref"], s["id"]) for s in again] == [(1, 38), (4, 39)]  # the same ones, not others
    assert house("suggest", "-m", "-q", me="marc").out == ""
    assert house("suggest", "--limit", "1").err == "and 1 more: pipe suggest --limit 0\n"


def test_accepting_one_makes_it_the_next_action(house: Pipe) -> None:
    house("suggest", "1", "-q")
    assert house("proposals", "accept", "38") == (
        0,
        "1 Acme · ERP rollout   Discovery   €48,000   25 %\n"
        "Next: find out from Jeanne Martin: What problem do they want solved?, Tue 24 Nov\n",
        "",
    )


def test_a_rejected_one_gives_way_to_the_next(house: Pipe) -> None:
    found = []
    for _n in range(9):
        one = json.loads(house("suggest", "1", "--json").out)
        if one["id"] is None:
            break
        found.append(one["text"])
        assert house("proposals", "reject", str(one["id"])).code == 0
    assert found[0] == "find out from Jeanne Martin: What problem do they want solved?"
    assert found[-3:] == [
        "call Jeanne",
        "call Jeanne Martin to hear where they stand",
        "ask Jeanne Martin whether ERP rollout is still on; if not: pipe lose",
    ]
    assert len(found) == len(set(found))
    assert house("suggest", "1").out == "Everything that could be suggested for 1 was rejected before.\n"
    assert house("suggest", "1", "-q").out == ""


def test_one_with_its_draft(house: Pipe) -> None:
    assert house("suggest", "1").out == (
        "1 Acme · ERP rollout   Discovery\n"
        "  Next  find out from Jeanne Martin: What problem do they want solved?, Tue 24 Nov\n"
        "  Why   the gate still needs it; 3 d late; last: meeting, 2026-11-17\n"
        "  By    rules\n"
        "  pipe proposals accept 38\n"
        "\n" + DRAFT
    )
    assert house("suggest", "1", "--draft").out == DRAFT


def test_a_draft_goes_through_the_editor_or_onto_the_clipboard(house: Pipe, environment: Path) -> None:
    editor = environment / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/Jeanne/Ana/" "$1"\necho noise\n', encoding="utf-8")
    editor.chmod(0o700)
    edited = house("suggest", "1", "--edit", env={"EDITOR": str(editor)})
    assert edited.out == DRAFT.replace("Jeanne", "Ana")
    assert (
        house("suggest", "1", "--edit").err
        == "no editor is set; set EDITOR, or: pipe config editor COMMAND\n"
    )
    assert house("suggest", "1", "--edit", env={"EDITOR": "false"}).code == 1
    board = environment / "pbcopy"
    board.write_text(f'#!/bin/sh\ncat > "{environment}/clipboard"\n', encoding="utf-8")
    board.chmod(0o700)
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    assert house("suggest", "1", "--copy", env={"PATH": path}) == (0, "", "The draft is on the clipboard.\n")
    assert (environment / "clipboard").read_text(encoding="utf-8") == DRAFT.rstrip("\n")
    assert house("suggest", "1", "--copy", env={"PATH": "/nowhere"}).code == 1


def test_there_is_always_a_line(house: Pipe) -> None:
    assert house("suggest", "6").out == "6 Kiosk is closed (lost): nothing is left to do.\n"
    closed = json.loads(house("suggest", "6", "--json").out)
    assert (closed["id"], closed["ref"], closed["text"]) == (None, 6, None)
    house("lose", "1", "price"), house("lose", "4", "price")
    assert house("suggest").out == "Nothing is late, and nothing went quiet.\n"
    assert house("suggest", "1", "--mine").code == 2
    assert house("suggest", "--draft").code == 2
    assert house("suggest", "--dry-run").code == 2


def test_one_whose_day_is_past_is_suggested_anew(house: Pipe, at: Callable[[str], None]) -> None:
    old = json.loads(house("suggest", "1", "--json").out)
    assert json.loads(house("suggest", "1", "--json").out)["id"] == old["id"]
    at("2026-12-07")
    new = json.loads(house("suggest", "1", "--json").out)
    assert (new["text"], new["due"]) == (old["text"], "2026-12-08")
    assert new["id"] != old["id"]
    assert json.loads(house("proposals", "--json").out)[0]["id"] == new["id"]
    assert str(old["id"]) not in house("proposals", "-q").out.split()
    assert house("proposals", "accept", str(new["id"])).code == 0
    assert house("doctor").code == 0


def test_in_another_language_it_is_the_same_one(house: Pipe) -> None:
    first = house("suggest", "-q").out
    assert house("suggest", "-q", env={"PIPE_LANG": "fr"}).out == first


def test_a_model_says_it_for_one(house: Pipe, model: ModelServer) -> None:
    model.says_json(TOLD)
    one = json.loads(house("suggest", "1", "--send", "--json", env=model.environment).out)
    assert {key: one[key] for key in ("text", "due", "why", "draft", "source")} == {
        key: TOLD[key] for key in ("text", "due", "why", "draft")
    } | {"source": NAME}
    (data,) = [text.splitlines() for text in model.texts()]
    record = json.loads(json.loads(data[0])["record"])
    assert (record["name"], record["overdue_days"]) == ("ERP rollout", 3)
    assert record["amount"] == "48000 EUR"
    assert [json.loads(line)["text"] for line in data[1:]] == ["Went through the scope"]


def test_an_amount_of_the_record_is_masked_wherever_it_stands(house: Pipe, model: ModelServer) -> None:
    assert house("edit", "1", "--set", "amount=2000").code == 0
    house("log", "1", "mail", "Our budget is 2000, or 300 SEK.")
    for command in (("suggest", "1"), ("qualify", "1"), ("summary", "1")):
        shown = house(*command, "--dry-run", env={**model.environment, "PIPE_AI_REDACT": "true"})
        assert shown.code == 0 and "Our budget is [AMOUNT_" in shown.out
        assert "2000" not in shown.out and "2,000" not in shown.out and "300 SEK" not in shown.out


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"due": "2026-11-01"}, "did not answer in the form"),
        ({"text": "call " * 201}, "suggested more than a next action can hold"),
        ({"due": "tomorrow"}, "did not answer in the form"),
        (
            {"draft": "Bonjour, nous avons bien reçu votre message et nous vous en remercions. Pour la suite, je vous "
                      "propose de nous voir dans les jours qui viennent afin que nous en parlions avec vous."},
            "answered in another language",
        ),
    ],
)  # fmt: skip
def test_where_the_model_fails_the_rules_say_it(
    house: Pipe, model: ModelServer, change: dict[str, str], line: str
) -> None:
    model.says_json(TOLD | change)
    shown = house("suggest", "1", "--send", env=model.environment)
    assert shown.code == 7
    assert line in shown.err
    assert "find out from Jeanne Martin" in shown.out


def test_in_a_terminal_one_key_takes_it(house: Pipe) -> None:
    clock.freeze(None)
    with Terminal("suggest", "1") as terminal:
        terminal.expect("So that I can prepare the next step well")
        terminal.answer("1 of 1: y accept, e edit, n reject, s later, q quit ", "y")
        assert terminal.end() == 0
    assert json.loads(house("show", "1", "--json").out)["next_action"].startswith("find out from Jeanne")
