"""The pipeline as the rules see it: found by what people type, and read from its compiled form."""

from typing import Any

import pytest

from pipecli.domain.pipeline import BUILT_IN_FIELDS, Pipeline
from pipecli.errors import InvalidInput, NotFound

from .building import FIELDS, criterion, pipeline, stage

RULES = pipeline(
    stage(
        "lead",
        entry=(criterion("a-in", evidence="note"),),
        exit=(criterion("decision-maker", evidence="note"),),
        probability=10,
    ),
    stage("study", entry=(criterion("b-in", evidence="note"),)),
    stage("stop", exit=(criterion("c-out", evidence="note"),)),
    won=(criterion("order", evidence="note"),),
)


class TestStages:
    @pytest.mark.parametrize("text", ["study", "STUDY", "Study", "stu", "Sţudy"])
    def test_a_stage_is_meant_by_its_key_its_name_or_how_they_begin(self, text: str) -> None:
        assert RULES.find_stage(text).key == "study"

    @pytest.mark.parametrize("text", ["st", "", "won", "omega"])
    def test_what_means_none_or_several_is_not_found(self, text: str) -> None:
        with pytest.raises(NotFound, match=f'no stage "{text}"; the stages are: lead, study, stop'):
            RULES.find_stage(text)

    def test_a_stage_of_an_older_definition_reads_as_a_bare_one(self) -> None:
        gone = RULES.stage("gone")

        assert (gone.name, gone.probability, gone.entry, gone.exit, gone.stale_after) == (
            "gone",
            0,
            (),
            (),
            None,
        )
        assert RULES.index("gone") == -1
        assert [RULES.index(s.key) for s in RULES.stages] == [0, 1, 2]
        assert RULES.stage("won") is RULES.won

    @pytest.mark.parametrize(("adjusted", "percent"), [(None, 10), (0, 0), (35, 35)])
    def test_the_probability_is_ones_own_or_the_stages(self, adjusted: int | None, percent: int) -> None:
        assert RULES.probability("lead", adjusted) == percent

    @pytest.mark.parametrize(
        ("to", "keys"),
        [
            ("lead", ["a-in"]),
            ("study", ["a-in", "decision-maker", "b-in"]),
            ("stop", ["a-in", "decision-maker", "b-in"]),
            ("gone", []),
        ],
    )
    def test_the_way_into_a_stage_is_all_before_it_and_its_own_entry(self, to: str, keys: list[str]) -> None:
        assert [c.key for c in RULES.way_into(to)] == keys


class TestCriteria:
    def test_they_are_in_order_the_wins_last(self) -> None:
        found = [(c.key, c.side, c.stage) for c in RULES.criteria()]

        assert found == [
            ("a-in", "entry", "lead"),
            ("decision-maker", "exit", "lead"),
            ("b-in", "entry", "study"),
            ("c-out", "exit", "stop"),
            ("order", "entry", "won"),
        ]

    @pytest.mark.parametrize("text", ["decision-maker", "Decision_Maker", "DÉCISION-MAKER"])
    def test_one_is_meant_by_its_key(self, text: str) -> None:
        assert RULES.criterion(text).key == "decision-maker"

    def test_another_is_not_found(self) -> None:
        with pytest.raises(NotFound, match='no criterion "x"; the criteria are: a-in, decision-maker,'):
            RULES.criterion("x")
        with pytest.raises(NotFound, match="the criteria are: none"):
            pipeline(stage("alpha")).criterion("x")

    @pytest.mark.parametrize(
        ("needs", "kind"),
        [
            ({"evidence": "note"}, "evidence"),
            ({"compare": "amount > 0"}, "comparison"),
            ({"field": "site"}, "field"),
            ({"field": "site", "evidence": "note"}, "field"),
            ({"field": "close_date", "compare": "close_date > today"}, "field"),
            ({"exchange": "call"}, "exchange"),
            ({"next_action": True}, "next_action"),
            ({"amount_review": True}, "amount"),
            ({"approval": "desk", "compare": "amount > 0"}, "approval"),
        ],
    )
    def test_its_kind_is_its_main_requirement(self, needs: dict[str, Any], kind: str) -> None:
        assert criterion("it", **needs).kind == kind


class TestWords:
    @pytest.mark.parametrize(
        ("text", "key"),
        [("price", "price"), ("TOO DEAR", "price"), ("no_budget", "no-budget"), ("No Budget", "no-budget")],
    )
    def test_a_loss_reason_is_meant_by_its_key_or_label(self, text: str, key: str) -> None:
        assert RULES.loss_reason(text) == key

    def test_another_is_refused_with_the_list(self) -> None:
        with pytest.raises(
            InvalidInput, match='no loss reason "weather"; the reasons are: price, no-budget, other'
        ):
            RULES.loss_reason("weather")

    @pytest.mark.parametrize(
        ("person", "roles"), [("ann", ("boss",)), ("EVE", ("desk",)), ("lea", ()), ("", ())]
    )
    def test_a_person_holds_roles_upper_and_lower_case_alike(
        self, person: str, roles: tuple[str, ...]
    ) -> None:
        assert RULES.roles_of(person) == roles
        assert all(RULES.holds(person, role) for role in roles)
        assert not RULES.holds(person, "nobody-knows")

    def test_conditions_read_the_built_in_fields_and_the_companys_own(self) -> None:
        assert RULES.field_types() == BUILT_IN_FIELDS | {key: field.type for key, field in FIELDS.items()}


def test_the_compiled_form_says_it_all() -> None:
    compiled = {
        "name": "Small",
        "currency": "CHF",
        "timezone": "Europe/Zurich",
        "template": "b2b",
        "stages": [
            {
                "key": "lead",
                "name": "Lead",
                "probability": 10,
                "probability_min": 5,
                "probability_max": 20,
                "stale_after": 14,
                "exit": [{"key": "need", "ask": "What?", "evidence": "note", "waivable_by": ["boss"], "valid_for": 30}],
            }
        ],
        "won": {"key": "won", "name": "Won", "probability": 100, "probability_min": 100, "probability_max": 100},
        "lost_name": "Lost",
        "loss_reasons": {"price": "Too dear"},
        "roles": {"boss": ["ann"]},
        "fields": [
            {"key": "region", "type": "choice", "label": "Region", "choices": ["north"]},
            {"key": "site", "type": "text", "label": "Site"},
        ],
    }  # fmt: skip
    made = Pipeline.from_compiled(3, compiled)
    (lead,) = made.stages
    (need,) = lead.exit

    assert (made.version, made.currency, made.timezone, made.template) == (3, "CHF", "Europe/Zurich", "b2b")
    assert (lead.probability_min, lead.probability_max, lead.stale_after, lead.proves) == (5, 20, 14, "")
    assert (need.side, need.stage, need.waivable_by, need.valid_for) == ("exit", "lead", ("boss",), 30)
    assert (made.fields["region"].choices, made.fields["site"].choices) == (("north",), ())
    assert made.roles == {"boss": ("ann",)}
