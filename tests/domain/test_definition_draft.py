"""A first definition from the answers of the interview: it can be adopted as it comes out."""

import pytest

from pipecli.domain.definition import compile_definition
from pipecli.domain.definition_draft import StageAnswer, draft
from pipecli.domain.pipeline import Pipeline


def drafted(*names: str) -> Pipeline:
    stages = [StageAnswer(name, f"What proves {n}?") for n, name in enumerate(names, 1)]
    toml = draft('Acme "Nord"', "CHF", "Europe/Zurich", stages, ["price", "no decision"])
    return Pipeline.from_compiled(1, compile_definition(toml))


def test_it_has_the_stages_in_order_and_one_criterion_to_leave_each() -> None:
    made = drafted("Need known", "Offre envoyée", "Signature")

    assert (made.name, made.currency, made.timezone) == ('Acme "Nord"', "CHF", "Europe/Zurich")
    assert list(made.loss_reasons) == ["price", "no decision"]
    assert [(s.key, s.name, s.probability, s.stale_after) for s in made.stages] == [
        ("need-known", "Need known", 10, 14),
        ("offre-envoyee", "Offre envoyée", 45, 14),
        ("signature", "Signature", 80, 14),
    ]
    assert [(c.key, c.ask, c.evidence, c.side) for c in made.criteria()] == [
        ("need-known-proven", "What proves 1?", "note", "exit"),
        ("offre-envoyee-proven", "What proves 2?", "note", "exit"),
        ("signature-proven", "What proves 3?", "note", "exit"),
    ]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("契約",), ["stage-1"]),
        (("Gagné", "Gagne!"), ["gagne", "stage-2"]),
        (("x" * 60, "x" * 60 + "y"), ["x" * 40, "stage-2"]),
    ],
)
def test_a_name_that_makes_no_key_of_its_own_is_numbered(names: tuple[str, ...], keys: list[str]) -> None:
    made = drafted(*names)

    assert [s.key for s in made.stages] == keys
    assert len({c.key for c in made.criteria()}) == len(names)
