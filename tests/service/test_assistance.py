"""A use case asks a model only where one is configured, and only once a person has agreed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_server import NAME, ModelServer, Says, Status
from pipecli.assist.model import Answer
from pipecli.assist.request import Part, Prepared, Request
from pipecli.config import Settings
from pipecli.errors import AssistError, ConfigError
from pipecli.service.assistance import Assistance, ask, forget_agreements, model_of
from pipecli.service.workspace import Workspace

ANSWER = "They are to sign on Friday, and it is the director who decides [3]."
REQUEST = Request("summary", "Sum up.", (Part(3, "We sign on Friday"),), language="en")


def with_model(workspace: Workspace, model: ModelServer, **more: str) -> Workspace:
    """The workspace with that model configured."""
    environ = {**workspace.settings.environ, **model.environment, **more}
    return Workspace(Settings(environ=environ))


def test_without_a_model_nothing_is_asked(workspace: Workspace) -> None:
    assert model_of(workspace, Assistance()) is None
    with pytest.raises(ConfigError, match="no model is configured"):
        ask(workspace, REQUEST, Assistance(send=True))
    with pytest.raises(ConfigError) as error:
        model_of(workspace, Assistance(dry_run=True))
    assert error.value.message == (
        "no model is asked, so nothing would be sent; to choose one: pipe config ai.model PROVIDER/NAME"
    )


def test_a_model_that_is_not_to_be_asked_is_as_none(workspace: Workspace, model: ModelServer) -> None:
    place = with_model(workspace, model)
    assert model_of(place, Assistance(no_model=True)) is None
    settings = model_of(place, Assistance())
    assert settings is not None and settings.name == NAME


def test_a_dry_run_shows_the_request_and_sends_nothing(workspace: Workspace, model: ModelServer) -> None:
    shown: list[Prepared] = []
    place = with_model(workspace, model)
    assert ask(place, REQUEST, Assistance(dry_run=True, send=True, show=shown.append)) is None
    model.says(ANSWER)
    answer = ask(place, REQUEST, Assistance(send=True))
    assert answer is not None and answer.text == ANSWER
    sent: dict[str, Any] = {**shown[0].sent, "model": "test-model"}
    assert sent.pop("api_base") == model.address
    assert model.requests == [sent]


def test_where_nobody_is_there_to_agree_nothing_is_sent(workspace: Workspace, model: ModelServer) -> None:
    with pytest.raises(AssistError) as error:
        ask(with_model(workspace, model), REQUEST, Assistance())
    assert error.value.message == (
        "nobody agreed yet to send texts of this workspace to openai/test-model; look with --dry-run, then add --send"
    )
    assert model.requests == []


def test_a_person_is_asked_once_and_no_is_no(workspace: Workspace, model: ModelServer) -> None:
    asked: list[Prepared] = []
    place = with_model(workspace, model)

    def agree(answer: bool) -> Assistance:
        return Assistance(agree=lambda ready: asked.append(ready) or answer)

    with pytest.raises(AssistError, match=f"nothing was sent to {NAME}"):
        ask(place, REQUEST, agree(False))
    assert model.requests == []
    model.plays(ANSWER, ANSWER, ANSWER)
    ask(place, REQUEST, agree(True))
    ask(place, REQUEST, agree(False))  # is not asked any more
    ask(place, REQUEST, Assistance())
    assert len(asked) == 2 and len(model.requests) == 3
    assert [message["content"] for message in asked[1].sent["messages"]] == [
        message["content"] for message in model.requests[0]["messages"]
    ]


def test_what_changes_what_is_sent_is_asked_again(workspace: Workspace, model: ModelServer) -> None:
    model.plays(ANSWER)
    ask(with_model(workspace, model), REQUEST, Assistance(send=True))
    for change in ({"PIPE_AI_MODEL": "openai/other"}, {"PIPE_AI_REDACT": "true"}):
        with pytest.raises(AssistError, match="nobody agreed yet"):
            ask(with_model(workspace, model, **change), REQUEST, Assistance())
    forget_agreements(workspace.settings)
    with pytest.raises(AssistError, match="nobody agreed yet"):
        ask(with_model(workspace, model), REQUEST, Assistance())
    assert len(model.requests) == 1


def test_what_came_of_it_is_told(workspace: Workspace, model: ModelServer) -> None:
    told: list[Answer] = []
    words: list[str] = []
    model.says(ANSWER)
    answer = ask(
        with_model(workspace, model), REQUEST, Assistance(send=True, tell=told.append), on_text=words.append
    )
    assert told == [answer] and "".join(words) == ANSWER


def test_it_is_said_that_a_model_is_asked_until_something_came(
    workspace: Workspace, model: ModelServer
) -> None:
    seen: list[str] = []

    def wait(ready: Prepared) -> Callable[[], None]:
        seen.append(f"asking {ready.settings.name}")
        return lambda: seen.append("waited")

    place = with_model(workspace, model)
    model.plays(Says(pieces=("They are to sign on Friday, ", "and ")), Status(401))
    ask(place, REQUEST, Assistance(send=True, wait=wait), on_text=seen.append)
    assert seen[:3] == [f"asking {NAME}", "waited", "They are to sign on Friday, "]
    assert seen[-1] == "waited"
    seen.clear()
    with pytest.raises(AssistError):
        ask(place, REQUEST, Assistance(wait=wait))
    assert seen == [f"asking {NAME}", "waited"]


def test_no_key_is_kept_anywhere(workspace: Workspace, model: ModelServer, tmp_path: Path) -> None:
    model.says(ANSWER)
    place = with_model(workspace, model)
    ask(place, REQUEST, Assistance(send=True))
    key = model.environment["OPENAI_API_KEY"]
    assert [f for f in tmp_path.rglob("*") if f.is_file() and key.encode() in f.read_bytes()] == []
    assert key not in str(place.settings.all())
