"""What a model says of an opportunity is shown statement by statement while it writes; masked values come back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from model_server import ModelServer, Seen
from pipecli import text
from pipecli.config import Settings
from pipecli.domain.statements import PEOPLE, SAID, SECTIONS, Statement
from pipecli.errors import AssistError
from pipecli.service import briefing, opportunities, telling
from pipecli.service.answers import Answers
from pipecli.service.assistance import Assistance
from pipecli.service.workspace import Workspace

HOW = Assistance(send=True)


@pytest.fixture
def place(workspace: Workspace, model: ModelServer) -> Workspace:
    """A workspace with one opportunity, one call (entry 6) and a model."""
    opportunities.add(workspace, "ERP rollout", Answers(sets=("account=Acme",), next="call", due="+5d"))
    opportunities.log(workspace, "1", "call", "Their budget is 48k, ask jeanne@acme.example.", Answers())
    return Workspace(Settings(environ={**workspace.settings.environ, **model.environment}))


def said(words: str, *entries: int, section: str = SAID) -> str:
    return json.dumps({"section": section, "text": words, "entries": entries}, ensure_ascii=False)


def call(place: Workspace) -> int:
    return briefing.brief(place, "1").matter.heard[0].seq


def test_the_first_statement_is_shown_before_the_second_is_written(
    place: Workspace, model: ModelServer
) -> None:
    seq, shown = call(place), []
    scene = Seen((said("They have a budget.", seq) + "\n", said("It is for this year.", seq)))

    def show(statement: Statement) -> None:
        shown.append(statement.text)
        scene.seen.set()

    model.plays(scene)
    found = telling.told(place, briefing.brief(place, "1"), HOW, show)
    assert found is not None and shown == ["They have a budget.", "It is for this year."]
    assert found.source == "openai/test-model"
    assert [s.text for s in found.found.statements if s.section == SAID] == shown


def test_sections_are_in_their_order_whatever_the_model_does(place: Workspace, model: ModelServer) -> None:
    seq = call(place)
    model.says("\n".join([said("Jeanne decides.", seq, section=PEOPLE), said("They have a budget.", seq)]))
    found = telling.told(place, briefing.brief(place, "1"), HOW)
    assert found is not None
    order = [SECTIONS.index(statement.section) for statement in found.found.statements]
    assert order == sorted(order) and set(order) == set(range(len(SECTIONS)))


def test_what_is_masked_is_sent_masked_and_comes_back(place: Workspace, model: ModelServer) -> None:
    settings = Settings(environ={**place.settings.environ, "PIPE_AI_REDACT": "true"})
    masked, seq = Workspace(settings), call(place)
    model.says(said("The budget is [AMOUNT_1], by [MAIL_1].", seq))
    found = telling.told(masked, briefing.brief(masked, "1"), HOW)
    assert found is not None and found.found.dropped == 0
    assert "The budget is 48k, by jeanne@acme.example." in [s.text for s in found.found.statements]
    assert "48k" not in model.texts()[0] and "jeanne" not in model.texts()[0]


def test_a_backslash_in_what_was_masked_ends_no_statement(place: Workspace, model: ModelServer) -> None:
    opportunities.log(place, "1", "mail", "Write to x\\y@evil.example.", Answers())
    masked = Workspace(Settings(environ={**place.settings.environ, "PIPE_AI_REDACT": "true"}))
    seq = call(place)
    model.says("\n".join([said("Write to [MAIL_2] or [MAIL_1].", seq), said("They have a budget.", seq)]))
    found = telling.told(masked, briefing.brief(masked, "1"), HOW)
    assert found is not None and found.found.dropped == 0
    told = [s.text for s in found.found.statements if s.section == SAID]
    assert told == ["Write to x\\y@evil.example or jeanne@acme.example.", "They have a budget."]


def test_it_is_asked_for_the_language_in_use(place: Workspace, model: ModelServer) -> None:
    seq = call(place)
    text.use_language("fr")
    try:
        french = "Le budget est là et la décision est pour cette semaine, dit-on."
        model.plays(said(french, seq), said("They have the budget and it is for this year.", seq))
        found = telling.told(place, briefing.brief(place, "1"), HOW)
        assert found is not None and french in [s.text for s in found.found.statements]
        with pytest.raises(AssistError):
            telling.told(place, briefing.brief(place, "1"), HOW)
    finally:
        text.use_language("en")
    systems: list[Any] = [request["messages"][0]["content"] for request in model.requests]
    assert all("Write the statements in French." in system for system in systems)


def test_where_no_model_is_configured_the_rules_stand(workspace: Workspace) -> None:
    opportunities.add(workspace, "ERP rollout", Answers(next="call", due="+5d"))
    found = briefing.brief(workspace, "1")
    assert telling.told(workspace, found, HOW) is found
