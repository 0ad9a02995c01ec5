"""Drafts as text: what they say passes the checks of a definition; a rewritten one keeps what somebody wrote."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli import templates
from pipecli.domain.definition import check_definition, compile_definition
from pipecli.domain.discovery import uses
from pipecli.domain.discovery_rewrite import rearranged
from pipecli.domain.discovery_text import (
    DraftedDefinition,
    DraftedEnd,
    DraftedStage,
    definition_text,
    known,
    stage_name,
)
from pipecli.domain.pipeline import Pipeline

from .test_discovery import TODAY, life, practice


def drafted(*names: str, labels: tuple[str, ...] = ()) -> str:
    found = practice()
    found = found._replace(names={**found.names, **{f"k{n}": name for n, name in enumerate(names)}})
    stages = tuple(
        DraftedStage(
            f"k{n}", stage_name(name), labels if n == 0 else (), ("a",), 10 + n, None, found.uses["a"]
        )
        for n, name in enumerate(names)
    )
    won, lost = DraftedEnd("Closed Won", ("Signed",)), DraftedEnd("Closed Lost")
    definition = DraftedDefinition("Ours", "EUR", "Europe/Paris", ("price", "other"), stages, won, lost)
    return definition_text(definition, found)


def test_a_draft_has_nothing_to_mend_and_its_labels_are_read() -> None:
    toml = drafted("Lead", "Talks", "Offer", "Close", labels=("New lead", "Inbound"))
    assert check_definition(toml) == []
    pipeline = Pipeline.from_compiled(1, compile_definition(toml))
    assert pipeline.stages[0].labels == ("New lead", "Inbound")
    assert (pipeline.won.name, pipeline.won.labels) == ("Closed Won", ("Signed",))
    assert (pipeline.lost_name, pipeline.lost_labels) == ("Closed Lost", ())
    assert toml.count("[[stage.exit]]") == 4


def test_a_name_that_says_nothing_is_to_be_given_another() -> None:
    toml = drafted("New", "Talks", "Offer", "Close")
    assert 'name = "New, to be named"' in toml
    assert "name it after what has happened" in toml
    assert [(fault.level, fault.slug, fault.message) for fault in check_definition(toml)] == [
        (
            "warning",
            "to_be_named",
            '"New" says nothing: name the stage after what has happened, such as "Proposal sent"',
        )
    ]
    assert check_definition(toml.replace("New, to be named", "First call held")) == []


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30),
        min_size=4, max_size=6, unique_by=lambda text: text.casefold(),
    )
)  # fmt: skip
def test_whatever_stages_are_called_the_draft_can_be_read(names: list[str]) -> None:
    toml = drafted(*names)
    assert [stage["name"] for stage in tomllib.loads(toml)["stage"]] == [stage_name(name) for name in names]


def test_what_is_known_of_a_stage_is_said_in_lines() -> None:
    found = practice()
    assert known(found.uses["b"], found, ("a", "b")) == [
        "Made of A + B: nothing else tells opportunities less apart.",
        "100 came here, 0 passed it by, 0 went back from it.",
        "100 % of those that come are won, open ones weighed in (n 100).",
        "The 100 won ones stayed 2 days in the median, nine in ten 2 days at most.",
    ]
    quick = uses([life("a0 b0 won9")] * 10, ["a", "b"], TODAY)["a"]
    assert known(quick, found, ("a",))[-1] == (
        "The 10 won ones stayed less than a day in the median, nine in ten less than a day at most."
    )
    empty = uses([], ["a"], TODAY)["a"]
    assert known(empty, found._replace(standing={"a": 3}), ("a",)) == ["3 stand here."]


ORDER = ["discovery", "lead", "proposal", "negotiation"]


@pytest.mark.parametrize("name", templates.names())
def test_a_definition_keeps_all_but_the_place_and_the_figures_of_its_stages(name: str) -> None:
    toml = templates.read(name).replace('"@me"', '"lea"')
    before = compile_definition(toml)
    order = [stage["key"] for stage in before["stages"]]
    order[0], order[1] = order[1], order[0]
    percents = {key: 10 + 10 * n for n, key in enumerate(order)}
    found = rearranged(toml, order, percents, {order[0]: 40}, {key: [f"of {key}"] for key in order})
    after = compile_definition(found)
    assert [stage["key"] for stage in after["stages"]] == order
    assert {s["key"]: s["probability"] for s in after["stages"]} == percents
    assert after["stages"][0]["stale_after"] == 40
    kept = ("name", "proves", "entry", "exit", "stale_when")
    old = {s["key"]: [s[k] for k in kept] for s in before["stages"]}
    assert {s["key"]: [s[k] for k in kept] for s in after["stages"]} == old
    assert {k: v for k, v in after.items() if k != "stages"} == {
        k: v for k, v in before.items() if k != "stages"
    }
    plain = [line for line in found.splitlines() if line.startswith("#") and not line.startswith("#|")]
    assert sorted(plain) == sorted(line for line in toml.splitlines() if line.startswith("#"))


def test_figures_are_written_anew_and_not_once_more() -> None:
    toml = templates.read("b2b")
    order = [stage["key"] for stage in tomllib.loads(toml)["stage"]]
    percents = {key: 10 + n for n, key in enumerate(order)}
    once = rearranged(toml, order, percents, {}, {key: ["1 came here"] for key in order})
    again = rearranged(once, order, percents, {}, {key: ["2 came here"] for key in order})
    assert once.count("#| 1 came here") == len(order)
    assert again == once.replace("#| 1 came", "#| 2 came")


def test_stages_that_are_written_otherwise_stay_as_they_are() -> None:
    stages = ", ".join(f'{{key = "{key}", name = "{key}", probability = 1}}' for key in "ab")
    toml = f'loss_reasons = ["a"]\nstage = [{stages}]\n'
    assert rearranged(toml, ["b", "a"], {"a": 5, "b": 4}, {}, {"a": [], "b": []}) == toml
