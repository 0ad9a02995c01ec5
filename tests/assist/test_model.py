"""The door itself: the real litellm against a model of our own, what is sent whole, and every way it goes wrong."""

from __future__ import annotations

import json
import logging
import socket
from dataclasses import replace

import pytest

from model_server import KEY, NAME, Cut, ModelServer, Raw, Says, Scene, Seen, Slow, Status
from pipecli.assist.model import complete
from pipecli.assist.request import Request, prepared
from pipecli.config import ModelSettings
from pipecli.errors import AssistError

from .asking import ENGLISH, FORMED, FREE, settings_of

FORM = {"proofs": [{"criterion": "need", "entry": 12, "quote": "signs at 48 k€"}], "amount": "48 k€"}


def never(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s")


def test_a_free_text_is_sent_whole_and_shown_as_it_arrives(model: ModelServer) -> None:
    model.says(ENGLISH)
    shown: list[str] = []
    ready = prepared(FREE, settings_of(model))
    answer = complete(ready, on_text=shown.append, pause=never)
    assert (answer.text, answer.value, answer.left_out) == (ENGLISH, {}, ())
    assert (answer.model, answer.tokens_sent, answer.tokens_received, answer.cost) == (NAME, 120, 30, None)
    assert "".join(shown) == ENGLISH and len(shown) > 10
    assert model.requests == [
        {
            "model": "test-model",
            "messages": ready.sent["messages"],
            "max_tokens": 200,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]
    assert model.keys == [f"Bearer {KEY}"]


def test_a_form_is_sent_whole_and_read(model: ModelServer) -> None:
    model.says_json({**FORM, "proofs": [*FORM["proofs"], "something else"]})
    ready = prepared(FORMED, settings_of(model))
    answer = complete(ready, pause=never)
    assert (answer.text, answer.value, answer.dropped) == ("", FORM, 1)
    assert (answer.tokens_sent, answer.tokens_received) == (120, 30)
    assert model.requests == [
        {
            "model": "test-model",
            "messages": ready.sent["messages"],
            "max_tokens": 300,
            "response_format": {"type": "json_object"},
        }
    ]


def test_the_first_words_are_shown_before_the_last_are_written(model: ModelServer) -> None:
    scene = Seen(("Jeanne is to sign ", "for the whole of it [12]."))
    model.plays(scene)
    shown: list[str] = []

    def show(text: str) -> None:
        shown.append(text)
        scene.seen.set()  # only now the model goes on

    answer = complete(prepared(FREE, settings_of(model)), on_text=show, pause=never)
    assert shown[0] == "Jeanne is to sign "
    assert answer.text == "Jeanne is to sign for the whole of it [12]."


def test_what_is_masked_never_leaves_and_is_back_in_the_answer(model: ModelServer) -> None:
    settings = settings_of(model, redact=True)
    model.plays(
        Says(pieces=("Jeanne is at [MA", "IL_1] or [PHONE_1], ", "and it is to be [AMO", "UNT_1] in all.")),
        json.dumps({"proofs": [{"criterion": "need", "entry": 12, "quote": "signs at [AMOUNT_1]."}]}),
    )
    shown: list[str] = []
    answer = complete(prepared(FREE, settings), on_text=shown.append, pause=never)
    assert answer.text == "Jeanne is at jeanne@acme.example or 06 12 34 56 78, and it is to be 48 k€ in all."
    assert "".join(shown) == answer.text
    formed = complete(prepared(FORMED, settings), pause=never)
    assert formed.value["proofs"][0]["quote"] in FORMED.parts[0].text
    sent = json.dumps(model.requests, ensure_ascii=False)
    assert "[MAIL_1]" in sent
    assert not any(hidden in sent for hidden in ("jeanne@", "06 12", "48 k"))


def test_what_an_answer_holds_that_is_not_seen_is_gone(model: ModelServer) -> None:
    model.plays(
        "\x1b[31mJeanne\u200b is to sign\x1b]0;owned\x07 for \u202ethe whole [bold]of it[/bold] [12].",
        json.dumps({"proofs": [{"criterion": "need", "entry": 12, "quote": "signs\u200b at\x1b[2J 48 k€"}]}),
    )
    shown: list[str] = []
    answer = complete(prepared(FREE, settings_of(model)), on_text=shown.append, pause=never)
    assert answer.text == "Jeanne is to sign for the whole [bold]of it[/bold] [12]." == "".join(shown)
    formed = complete(prepared(FORMED, settings_of(model)), pause=never)
    assert formed.value["proofs"][0]["quote"] == "signs at 48 k€"


@pytest.mark.parametrize("first", [Status(429), Status(500), Status(503)])
@pytest.mark.parametrize("request_, good", [(FREE, ENGLISH), (FORMED, json.dumps(FORM))])
def test_one_more_try_after_a_rate_limit_or_a_fault_of_the_server(
    model: ModelServer, first: Status, request_: Request, good: str
) -> None:
    waited: list[float] = []
    model.plays(first, good)
    answer = complete(prepared(request_, settings_of(model)), pause=waited.append)
    assert answer.text == ENGLISH or answer.value == FORM
    assert waited == [2.0]
    assert len(model.requests) == 2 and model.requests[0] == model.requests[1]


@pytest.mark.parametrize(
    "asked, waits",
    [("7", [7.0]), ("0", [2.0]), ("-5", [2.0]), ("nan", [2.0]), ("31", []), ("inf", []), ("Fri, 27 Nov", [])],
)
def test_the_wait_is_what_the_server_asks_for_unless_that_is_long(
    model: ModelServer, asked: str, waits: list[float]
) -> None:
    waited: list[float] = []
    model.plays(Status(429, headers={"retry-after": asked}), Status(429))
    with pytest.raises(AssistError) as error:
        complete(prepared(FREE, settings_of(model)), pause=waited.append)
    assert error.value.message == f"{NAME} is asked too often; try again in a minute"
    assert waited == waits and len(model.requests) == 1 + len(waits)


BROKEN = "the answer of openai/test-model broke off"
DECLINED = "openai/test-model declined to answer"
NOTHING = "openai/test-model answered nothing"
NOT_ACCEPTED = (
    "openai/test-model does not accept the key; set the right one in the environment: OPENAI_API_KEY"
)
LONGER = "the answer of openai/test-model is longer than the {n} tokens it was given"
NO_FORM = "openai/test-model did not answer in the form it was asked for"
OTHER_LANGUAGE = "openai/test-model answered in another language than it was asked for"
TOO_LONG = "the request is longer than openai/test-model takes; to send less: pipe config ai.budget 6000"
FRENCH = (
    "Jeanne est prête à signer pour le tout, et elle attend le devis que nous devons lui envoyer vendredi."
)
SORRY = "I'm sorry, but I can't help with that."


@pytest.mark.parametrize(
    "scene, message",
    [
        (Status(401, f"Incorrect API key provided: {KEY}"), NOT_ACCEPTED),
        (Status(403, "not yours"), NOT_ACCEPTED),
        (Status(404, "no such model"), "{address} knows no such model: openai/test-model"),
        (
            Status(429, "quota", code="insufficient_quota"),
            "the account of openai/test-model has nothing left to spend",
        ),
        (Status(400, "This model's maximum context length is 4096 tokens."), TOO_LONG),
        (
            Status(400, f"odd parameter, {KEY}"),
            "openai/test-model cannot be asked: BadRequestError, litellm.BadRequestError: OpenAIException - "
            "odd parameter, ***",
        ),
        (Slow(), "openai/test-model sent nothing for 0.1 s; to wait longer: pipe config ai.timeout 1"),
        (Cut(), BROKEN),
        (Cut(rudely=False), BROKEN),
        (Cut(pieces=()), BROKEN),
        (Says("It is", ending="content_filter"), DECLINED),
        (SORRY, DECLINED),
        (Says("It is as it ", ending="length"), LONGER.format(n=200)),
        ("on " * 4000, LONGER.format(n=200)),
        ("", NOTHING),
        (" \n\u200b", NOTHING),
        (Raw('{"choices": []}'), NOTHING),
        (FRENCH, OTHER_LANGUAGE),
    ],
)
def test_a_free_text_that_goes_wrong_is_one_line(model: ModelServer, scene: Scene, message: str) -> None:
    model.plays(scene)
    with pytest.raises(AssistError) as error:
        complete(
            prepared(FREE, settings_of(model, timeout=0.1 if isinstance(scene, Slow) else 30)), pause=never
        )
    assert error.value.message == message.format(address=model.address)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "scene, message",
    [
        (Status(401, f"Incorrect API key provided: {KEY}"), NOT_ACCEPTED),
        (Slow(), "openai/test-model sent nothing for 0.1 s; to wait longer: pipe config ai.timeout 1"),
        (Says(refusal="I will not"), DECLINED),
        (Says("{}", ending="content_filter"), DECLINED),
        (Says('{"proofs": [', ending="length"), LONGER.format(n=300)),
        ("", NOTHING),
        ("{'proofs': []}", NO_FORM),
        (SORRY, NO_FORM),
        ('{"amount": "48 k€"}', NO_FORM),
        (Raw('{"choices": []}'), NOTHING),
    ],
)
def test_a_form_that_goes_wrong_is_one_line(model: ModelServer, scene: Scene, message: str) -> None:
    model.plays(scene)
    with pytest.raises(AssistError) as error:
        complete(
            prepared(FORMED, settings_of(model, timeout=0.1 if isinstance(scene, Slow) else 30)), pause=never
        )
    assert error.value.message == message
    assert len(model.requests) == 1


@pytest.mark.parametrize("scene", [Status(500), Raw("<html>busy</html>")])
def test_a_server_that_fails_twice_has_a_fault_of_its_own(model: ModelServer, scene: Scene) -> None:
    model.plays(scene, scene)
    waited: list[float] = []
    with pytest.raises(AssistError) as error:
        complete(prepared(FORMED, settings_of(model)), pause=waited.append)
    assert error.value.message == f"{model.address} has a fault of its own; try again later"
    assert waited == [2.0]


def test_nothing_is_tried_again_once_a_part_was_shown(model: ModelServer) -> None:
    model.plays(Cut(("Jeanne is to ", "sign ")), ENGLISH)
    shown: list[str] = []
    with pytest.raises(AssistError, match=BROKEN):
        complete(prepared(FREE, settings_of(model)), on_text=shown.append, pause=never)
    assert "".join(shown) == "Jeanne is to sign "


@pytest.mark.parametrize(
    "settings, message",
    [
        (
            ModelSettings("nosuch"),
            '"nosuch" names no provider that litellm knows; write it as openai/NAME, mistral/NAME or ollama/NAME',
        ),
        (
            ModelSettings("openai/x", "http://127.0.0.1:9/v1"),
            "http://127.0.0.1:9/v1 cannot be reached; is the network up, and the address right?",
        ),
        (
            ModelSettings("ollama/x", "http://127.0.0.1:9"),
            "http://127.0.0.1:9 cannot be reached; is the network up, and the address right?",
        ),
        (
            ModelSettings("gemini/x", "http://127.0.0.1:9"),
            "http://127.0.0.1:9 cannot be reached; is the network up, and the address right?",
        ),
    ],
)
@pytest.mark.parametrize("request_", [FREE, FORMED])
def test_a_model_that_is_not_there_is_one_line(
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    settings: ModelSettings,
    message: str,
    request_: Request,
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with pytest.raises(AssistError) as error:
        complete(prepared(request_, settings), pause=never)
    assert error.value.message == message


def test_a_key_that_is_missing_is_asked_for_by_its_name(
    model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(AssistError) as error:
        complete(prepared(FREE, settings_of(model)), pause=never)
    assert error.value.message == "openai/test-model needs a key; set it in the environment: OPENAI_API_KEY"
    assert model.requests == []


@pytest.mark.parametrize(
    "scene, message",
    [
        (Status(401), "{name} does not accept the key; set the right one in the environment: {key}"),
        (Status(404), "{address} knows no such model: {name}"),
        (Status(429), "{name} is asked too often; try again in a minute"),
        (Status(529), "{address} has a fault of its own; try again later"),
    ],
)
@pytest.mark.parametrize("provider", ["anthropic", "mistral", "gemini", "openrouter"])
@pytest.mark.parametrize("request_", [FREE, FORMED])
def test_the_faults_of_other_providers_are_the_same_lines(
    model: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    scene: Status,
    message: str,
    provider: str,
    request_: Request,
) -> None:
    key = f"{provider.upper()}_API_KEY"
    monkeypatch.setenv(key, KEY)
    model.fails(scene)
    settings = ModelSettings(f"{provider}/some-model", model.address)
    with pytest.raises(AssistError) as error:
        complete(prepared(request_, settings), pause=lambda seconds: None)
    expected = message.format(name=settings.name, address=model.address, key=key)
    assert error.value.message == expected
    monkeypatch.delenv(key)
    model.fails(Status(401))
    with pytest.raises(AssistError) as error:
        complete(prepared(request_, settings), pause=lambda seconds: None)
    assert error.value.message == f"{settings.name} needs a key; set it in the environment: {key}"


def test_the_cost_is_told_where_the_price_is_known(model: ModelServer) -> None:
    model.plays(Says(ENGLISH, sent=1000, received=100))
    answer = complete(prepared(FREE, replace(settings_of(model), name="openai/gpt-4o-mini")), pause=never)
    assert answer.cost == pytest.approx(1000 * 0.15e-6 + 100 * 0.6e-6)


@pytest.mark.parametrize("name", ["ollama/llama3.2", "ollama_chat/llama3.2"])
def test_a_model_of_ollama_is_asked_at_its_address_and_nowhere_else(
    model: ModelServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    reached: set[object] = set()
    connect = socket.socket.connect

    def watched(self: socket.socket, address: object) -> None:
        reached.add(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    settings = ModelSettings(name, model.root, budget=9000)
    model.plays(ENGLISH, json.dumps(FORM))
    free, formed = prepared(FREE, settings), prepared(FORMED, settings)
    answer = complete(free, pause=never)
    assert (answer.text, answer.tokens_sent, answer.tokens_received, answer.cost) == (ENGLISH, 120, 30, 0.0)
    assert complete(formed, pause=never).value == FORM
    assert model.requests == [
        {
            "model": "llama3.2",
            "messages": [{**message, "images": []} for message in ready.sent["messages"]],
            "options": {"num_predict": ready.request.answer_tokens, "num_ctx": 9000},
            **more,
        }
        for ready, more in ((free, {"stream": True}), (formed, {"stream": False, "format": "json"}))
    ]
    assert free.sent["model"] == "ollama_chat/llama3.2"
    assert reached == {("127.0.0.1", int(model.root.rpartition(":")[2]))}


@pytest.mark.parametrize(
    "thoughts", ["<think>They {ask} for it.\n\nSo</think>\n\n", "\n<think></think>", " "]
)
def test_what_a_model_thinks_aloud_is_not_its_answer(model: ModelServer, thoughts: str) -> None:
    model.plays(thoughts + ENGLISH, thoughts + json.dumps(FORM))
    shown: list[str] = []
    assert complete(prepared(FREE, settings_of(model)), on_text=shown.append, pause=never).text == ENGLISH
    assert "".join(shown).strip() == ENGLISH
    assert complete(prepared(FORMED, settings_of(model)), pause=never).value == FORM


def test_a_model_that_only_thinks_answers_nothing(model: ModelServer) -> None:
    model.says("<think>What could they mean by")
    shown: list[str] = []
    with pytest.raises(AssistError, match=NOTHING):
        complete(prepared(FREE, settings_of(model)), on_text=shown.append, pause=never)
    assert shown == []


def test_nothing_is_said_on_the_streams_by_the_library(
    model: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    model.plays(Status(401), Status(400), Cut())
    for _n in range(3):
        with pytest.raises(AssistError):
            complete(prepared(FREE, settings_of(model)), pause=never)
    logging.shutdown()
    assert capfd.readouterr() == ("", "")
