"""Answers to a gate's questions: each kind as the service takes it, what is written, and what it is shown as later."""

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipecli.config import Settings
from pipecli.domain import asking
from pipecli.domain.asking import Question
from pipecli.domain.proofs import Proof
from pipecli.errors import Conflict, GateNotMet, InvalidInput, Required
from pipecli.service import doctor, gates, opportunities, show, stages, undoing
from pipecli.service.answers import Answers, Given, Reading, answered, read_back
from pipecli.service.why import why
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d", amount="10k")
BEFORE = Answers(sets=("source=web",), proofs=("need=told",), evidence=(("old", Proof(text="x")),))

GATE = """\
name = "Small"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price"]
[roles]
boss = ["ann"]
[[field]]
key = "effort"
type = "number"
[[field]]
key = "budget"
type = "money"
[[field]]
key = "region"
type = "choice"
choices = ["north", "south"]
[[field]]
key = "urgent"
type = "yes/no"
[[stage]]
key = "lead"
name = "Lead"
probability = 10
  [[stage.exit]]
  key = "contact"
  ask = "Who do we talk to?"
  field = "contact"
  [[stage.exit]]
  key = "where"
  ask = "Which region?"
  field = "region"
  [[stage.exit]]
  key = "haste"
  ask = "Is it urgent?"
  field = "urgent"
  [[stage.exit]]
  key = "money"
  ask = "What can they spend?"
  field = "budget"
  [[stage.exit]]
  key = "small"
  ask = "Can we do it?"
  condition = "effort <= 20"
  [[stage.exit]]
  key = "signing"
  ask = "When will they sign?"
  condition = "close_date >= today"
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"
  [[stage.exit]]
  key = "problem"
  ask = "What is the problem?"
  evidence = "note"
  [[stage.exit]]
  key = "offer"
  ask = "Where is the offer?"
  evidence = "link"
  [[stage.exit]]
  key = "order"
  ask = "Where is the order?"
  evidence = "file"
  [[stage.exit]]
  key = "told"
  ask = "What did they tell us?"
  evidence = "exchange"
  [[stage.exit]]
  key = "yes"
  ask = "Who said yes?"
  evidence = "exchange"
  [[stage.exit]]
  key = "met"
  ask = "Did we meet?"
  exchange = "meeting"
  [[stage.exit]]
  key = "price"
  ask = "Is the amount still right?"
  amount_review = true
  [[stage.exit]]
  key = "planned"
  ask = "What comes next?"
  next_action = true
[[stage]]
key = "talks"
name = "Talks"
probability = 50
  [[stage.exit]]
  key = "answer"
  ask = "What did they answer?"
  evidence = "note"
[won]
name = "Won"
[lost]
name = "Lost"
"""


def q(answer: str, **more: Any) -> Question:
    return Question("it", "What about it?", answer, **more)


@pytest.mark.parametrize(
    ("question", "given", "added"),
    [
        (q("text", field="site"), Given(" Lyon "), {"sets": ("source=web", "site=Lyon")}),
        (q("day", field="go_live"), Given("+3d"), {"sets": ("source=web", "go_live=+3d")}),
        (q("amount", field="budget"), Given("18k"), {"sets": ("source=web", "budget=18k")}),
        (q("number", field="effort"), Given("12,5"), {"sets": ("source=web", "effort=12,5")}),
        (q("choice", field="region"), Given("north"), {"sets": ("source=web", "region=north")}),
        (q("yes_no", field="urgent"), Given("no"), {"sets": ("source=web", "urgent=no")}),
        (q("text", field="site"), Given("a = b"), {"sets": ("source=web", "site=a = b")}),
        (q("amount", field="amount"), Given(" 48k "), {"amount": "48k"}),
        (q("note"), Given(" We heard it "), {"proofs": ("need=told", "it=We heard it")}),
        (q("note"), Given("1 + 1 = 2"), {"proofs": ("need=told", "it=1 + 1 = 2")}),
        (q("link"), Given("https://x.example"), {"proofs": ("need=told", "it=https://x.example")}),
        (
            q("note"),
            Given("See", 12, " two people lost "),
            {
                "evidence": (
                    ("old", Proof(text="x")),
                    ("it", Proof(text="See", exchange=12, quote="two people lost")),
                )
            },
        ),
        (q("note"), Given("", 12), {"evidence": (("old", Proof(text="x")), ("it", Proof(exchange=12)))}),
        (
            q("note"),
            Given("", None, "two lost"),
            {"evidence": (("old", Proof(text="x")), ("it", Proof(quote="two lost")))},
        ),
        (
            q("exchange"),
            Given("", 12, "yes"),
            {"evidence": (("old", Proof(text="x")), ("it", Proof(exchange=12, quote="yes")))},
        ),
        (q("exchange"), Given(" They said yes "), {"said": (("note", "They said yes", "it"),)}),
        (q("talk", exchange="meeting"), Given(" Scope "), {"said": (("meeting", "Scope", ""),)}),
        (q("next"), Given(" call ", due="fri"), {"next": "call", "due": "fri"}),
        (q("next"), Given(), {"next": "", "due": ""}),
    ],
)
def test_an_answer_is_added_in_the_form_of_its_question(
    question: Question, given: Given, added: dict[str, Any]
) -> None:
    assert answered(question, given, BEFORE) == BEFORE._replace(**added)


def test_a_file_is_read_when_it_is_given_as_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "order.pdf"
    file.write_bytes(b"PO 4711" * 300_000)  # more than is read at once
    digest = hashlib.sha256(b"PO 4711" * 300_000).hexdigest()

    assert answered(q("file"), Given(f" {file} "), Answers()) == Answers(
        evidence=(("it", Proof(path=str(file), sha256=digest)),)
    )


@pytest.mark.parametrize(
    ("name", "why_not"), [("nosuch.pdf", "No such file or directory"), ("", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_no_answer(tmp_path: Path, name: str, why_not: str) -> None:
    path = tmp_path / name

    with pytest.raises(InvalidInput) as refusal:
        answered(q("file"), Given(str(path)), Answers())
    assert refusal.value.message == f"{path} cannot be read as evidence: {why_not}"


# What is being typed


@pytest.mark.parametrize(
    ("answer", "text", "means"),
    [
        (asking.DAY, "fri", date(2026, 3, 6)),
        (asking.DAY, "+3d", date(2026, 3, 5)),
        (asking.DAY, "2026-12-31", date(2026, 12, 31)),
        (asking.AMOUNT, "18k", (18_000_00, "EUR")),
        (asking.AMOUNT, "500 USD", (500_00, "USD")),
        (asking.AMOUNT, "1200,50", (1200_50, "EUR")),
        (asking.DAY, " ", None),
        (asking.AMOUNT, "", None),
        (asking.TEXT, "fri", None),
        (asking.NUMBER, "18k", None),
    ],
)
def test_a_day_or_an_amount_is_read_back(workspace: Workspace, answer: str, text: str, means: object) -> None:
    with workspace.read() as reading:
        assert read_back(Reading(reading.pipeline, reading.today, workspace.settings), answer, text) == means


@pytest.mark.parametrize(("answer", "text"), [(asking.DAY, "2026-13"), (asking.AMOUNT, "lots")])
def test_what_cannot_be_read_yet_says_so(workspace: Workspace, answer: str, text: str) -> None:
    with workspace.read() as reading, pytest.raises(InvalidInput, match=text):
        read_back(Reading(reading.pipeline, reading.today, workspace.settings), answer, text)


def test_what_is_typed_is_read_back_as_the_settings_say(workspace: Workspace, settings: Settings) -> None:
    french = Settings(environ={**settings.environ, "PIPE_DECIMAL": ",", "PIPE_DATE_ORDER": "dmy"})
    with workspace.read() as reading:
        read = [
            read_back(Reading(reading.pipeline, reading.today, french), *asked)
            for asked in ((asking.AMOUNT, "1.176"), (asking.DAY, "05/06/2026"))
        ]
    assert read == [(1176_00, "EUR"), date(2026, 6, 5)]


def test_a_day_that_was_and_the_currency_of_the_opportunity_are_read_as_they_are_written(
    workspace: Workspace,
) -> None:
    with workspace.read() as reading:
        how = Reading(reading.pipeline, reading.today, workspace.settings, past=True, currency="USD")
    assert read_back(how, asking.DAY, "fri") == date(2026, 2, 27)
    assert read_back(how._replace(past=False), asking.DAY, "fri") == date(2026, 3, 6)
    assert read_back(how, asking.AMOUNT, "12k") == (12_000_00, "USD")


# A whole gate, answered question by question


@pytest.fixture
def place(workspace: Workspace, at: Callable[[date], None]) -> Workspace:
    """1 in lead, before a gate that asks for every kind of answer, its next action late; a call is on record."""
    stages.adopt(workspace, GATE, {})
    opportunities.add(workspace, "ERP", NEXT._replace(due="today"))
    at(date(2026, 3, 3))
    opportunities.log(workspace, "1", "call", "We lose two days a week, and Jeanne said yes.", Answers())
    return workspace


@pytest.fixture
def order(tmp_path: Path) -> Path:
    file = tmp_path / "order.pdf"
    file.write_bytes(b"PO 4711")
    return file


@pytest.fixture
def said(order: Path, place: Workspace) -> dict[str, Given]:
    """An answer to each question, by criterion; two rest on the call that is on record."""
    call = show.show(place, "1").exchanges[0].seq
    return {
        "contact": Given("Jeanne Martin <jeanne@acme.example>"),
        "where": Given("north"),
        "haste": Given("no"),
        "money": Given("18k"),
        "small": Given("12"),
        "signing": Given("+30d"),
        "need": Given("One stock for all shops"),
        "problem": Given("", call, "We lose two days a week"),
        "offer": Given("https://offers.example/1"),
        "order": Given(str(order)),
        "told": Given("They want it by spring"),
        "yes": Given("", call, "Jeanne said yes"),
        "met": Given("Went through the scope"),
        "price": Given("12k"),
        "planned": Given("send the contract", due="+7d"),
    }


def everything(place: Workspace, said: dict[str, Given]) -> Answers:
    """Answers to all that the gate asks of a person."""
    shown = show.show(place, "1")
    assert shown.why is not None
    answers = Answers(seen=shown.seen)
    for question in asking.questions(shown.why.gate, shown.state, shown.pipeline):
        answers = answered(question, said[question.criterion], answers)
    return answers


def test_the_gate_asks_each_thing_once_in_the_order_of_the_definition(place: Workspace) -> None:
    shown = show.show(place, "1")
    assert shown.why is not None

    assert [
        (found.criterion, found.answer)
        for found in asking.questions(shown.why.gate, shown.state, shown.pipeline)
    ] == [
        ("contact", "text"),
        ("where", "choice"),
        ("haste", "yes_no"),
        ("money", "amount"),
        ("small", "number"),
        ("signing", "day"),
        ("need", "note"),
        ("problem", "note"),
        ("offer", "link"),
        ("order", "file"),
        ("told", "exchange"),
        ("yes", "exchange"),
        ("met", "talk"),
        ("price", "amount"),
        ("planned", "next"),
    ]


def test_who_answers_all_of_it_passes_the_gate_in_one_command(
    place: Workspace, said: dict[str, Given], order: Path
) -> None:
    answers = everything(place, said)
    assert gates.tried(place, "1", answers, None).report["ready"] is True
    outcome = gates.advance(place, "1", answers)

    kept = ("stage", "contact", "amount", "close_date", "next_action", "next_due", "fields")
    assert {key: outcome.record[key] for key in kept} == {
        "stage": "talks",
        "contact": "Jeanne Martin",
        "amount": 12_000,
        "close_date": "2026-04-02",
        "next_action": "send the contract",
        "next_due": "2026-03-10",
        "fields": {"region": "north", "urgent": False, "budget": 18_000, "effort": 12},
    }
    _record, steps = show.proof(place, "1")
    rests_on = {found["criterion"]: found["evidence"] for found in steps[-1].criteria}
    assert rests_on.keys() == said.keys()
    assert {key: rests_on[key] for key in ("need", "problem", "offer", "order", "told", "yes", "met")} == {
        "need": '"One stock for all shops", note 2026-03-03, lea',
        "problem": '"We lose two days a week", call 2026-03-03, lea',
        "offer": "https://offers.example/1, link 2026-03-03, lea",
        "order": f"{order}, file 2026-03-03, lea",
        "told": '"They want it by spring", note 2026-03-03, lea',
        "yes": '"Jeanne said yes", call 2026-03-03, lea',
        "met": "meeting 2026-03-03",
    }
    assert doctor.doctor(place).faults == []


@pytest.mark.parametrize("missing", ["contact", "small", "problem", "order", "yes", "met", "price"])
def test_what_is_left_out_is_what_the_gate_still_asks(
    place: Workspace, said: dict[str, Given], missing: str
) -> None:
    shown = show.show(place, "1")
    assert shown.why is not None
    answers = Answers(seen=shown.seen)
    for question in asking.questions(shown.why.gate, shown.state, shown.pipeline):
        if question.criterion != missing:
            answers = answered(question, said[question.criterion], answers)

    found = gates.tried(place, "1", answers, None)
    assert [item["criterion"] for item in found.report["unmet"]] == [missing]
    with pytest.raises(GateNotMet) as refusal:
        gates.advance(place, "1", answers)
    assert [item["criterion"] for item in refusal.value.detail["unmet"]] == [missing]
    assert show.show(place, "1").seen == shown.seen  # nothing of it was written


def test_answers_are_kept_without_a_move(place: Workspace, said: dict[str, Given]) -> None:
    answers = Answers(seen=show.show(place, "1").seen)
    for key, answer in (("need", "note"), ("problem", "note"), ("told", "exchange")):
        answers = answered(Question(key, "", answer), said[key], answers)
    outcome = gates.answer(place, "1", answers)

    assert [e.kind for e in outcome.events] == [
        "ExchangeLogged",
        "EvidenceRecorded",
        "EvidenceRecorded",
        "EvidenceRecorded",
    ]
    assert outcome.record["stage"] == "lead"
    assert {item["criterion"]: item["evidence"] for item in why(place, "1").report["met"]} == {
        "need": '"One stock for all shops", note 2026-03-03, lea',
        "problem": '"We lose two days a week", call 2026-03-03, lea',
        "told": '"They want it by spring", note 2026-03-03, lea',
    }


def test_a_file_is_kept_as_its_path_and_digest(place: Workspace, order: Path) -> None:
    answers = answered(Question("order", "", asking.FILE), Given(str(order)), Answers())
    outcome = gates.answer(place, "1", answers)
    order.unlink()

    (event,) = outcome.events
    digest = hashlib.sha256(b"PO 4711").hexdigest()
    assert dict(event.payload) == {"criterion": "order", "form": "file", "sha256": digest}
    assert why(place, "1").report["met"][0]["evidence"] == f"{order}, file 2026-03-03, lea"


@pytest.mark.parametrize(
    ("key", "answer", "given", "refusal"),
    [
        ("offer", "link", Given("the other folder"), "offer needs a link: --link URL"),
        ("need", "note", Given("x", 99), "1 has no exchange 99; pipe show 1 lists them"),
        ("need", "note", Given(""), 'the proof of need needs words: --prove need="how we know"'),
        ("told", "exchange", Given(""), "what was said cannot be empty"),
        ("met", "talk", Given(" "), "what was said cannot be empty"),
    ],
)
def test_what_is_no_proof_is_refused_and_nothing_kept(
    place: Workspace, key: str, answer: str, given: Given, refusal: str
) -> None:
    before = show.show(place, "1").seen
    first = Answers(sets=("region=north",))

    with pytest.raises(InvalidInput) as found:
        gates.answer(place, "1", answered(Question(key, "", answer, exchange="meeting"), given, first))
    assert found.value.message == refusal
    assert show.show(place, "1").seen == before


@pytest.mark.parametrize(
    ("given", "missing"), [(Given("call"), "next_due"), (Given(due="+3d"), "next_action")]
)
def test_half_a_next_action_is_none(place: Workspace, given: Given, missing: str) -> None:
    answers = answered(Question("planned", "", asking.NEXT), given, Answers())

    with pytest.raises(Required) as refusal:
        gates.answer(place, "1", answers)
    assert refusal.value.detail["missing"] == [missing]


def test_a_closed_one_takes_no_answers(place: Workspace) -> None:
    gates.lose(place, "1", "price", "")

    with pytest.raises(Conflict, match="1 ERP is lost since 2026-03-03"):
        gates.answer(place, "1", Answers(proofs=("need=told",)))


def test_a_dry_run_answers_as_the_real_one_and_keeps_nothing(
    place: Workspace, said: dict[str, Given]
) -> None:
    answers = answered(Question("need", "", asking.NOTE), said["need"], Answers())
    before = show.show(place, "1").seen
    dry = gates.answer(place, "1", answers, dry_run=True)

    assert show.show(place, "1").seen == before
    assert dry == gates.answer(place, "1", answers)


def test_undoing_a_proof_that_quotes_an_exchange_leaves_the_exchange(place: Workspace) -> None:
    call = show.show(place, "1").exchanges[0]
    question = Question("need", "", asking.NOTE)
    gates.answer(place, "1", answered(question, Given("", call.seq, "two days a week"), Answers()))
    assert [item["criterion"] for item in why(place, "1").report["met"]] == ["need"]
    undoing.undo(place)

    assert show.show(place, "1").exchanges == [call]
    assert why(place, "1").report["met"] == []
