"""What a gate says: for each kind of criterion the way to meet it, and the report under the contract's keys."""

from datetime import timedelta
from typing import Any

import pytest

from pipecli.domain import proofs
from pipecli.domain.guidance import exchange_need, gate_report, gate_sentence
from pipecli.domain.pipeline import WON

from .building import TODAY, Case, criterion, leaving, pipeline, stage

ITEM = ["criterion", "kind", "ask", "how", "waivable", "side"]


def report(case: Case, to: str = "beta", **more: Any) -> dict[str, Any]:
    return gate_report(case.gate(to), case.state, case.decision.pipeline, **more)


@pytest.mark.parametrize(
    ("needs", "kind", "how"),
    [
        ({"evidence": "note"}, "evidence", 'pipe prove 1 it "how we know"'),
        ({"evidence": "link"}, "evidence", "pipe prove 1 it --link URL"),
        ({"evidence": "file"}, "evidence", "pipe prove 1 it --file PATH"),
        ({"evidence": "exchange"}, "evidence", 'pipe done 1 "what was said" --prove it'),
        ({"field": "site"}, "field", "pipe edit 1 --set site=VALUE"),
        ({"field": "amount"}, "field", "pipe edit 1 --set amount=N"),
        ({"field": "site", "evidence": "note"}, "field", 'pipe edit 1 --set site=VALUE; pipe prove 1 it "how we know"'),
        ({"compare": "amount > 0"}, "comparison", "needs amount > 0: pipe edit 1 --set amount=VALUE"),
        ({"exchange": "meeting", "count": 2, "within": 30}, "exchange",
         'needs 2 meetings within 30 days: pipe log 1 meeting "what was said"'),
        ({"exchange": "any"}, "exchange", 'needs 1 exchange: pipe log 1 call "what was said"'),
        ({"next_action": True}, "next_action", 'pipe next 1 "what" -d DATE'),
        ({"amount_review": True}, "amount", "pipe advance 1 --amount N"),
        ({"approval": "desk"}, "approval", "pipe advance 1 --ask asks eve, bob; they type: pipe approve 1 it"),
        ({"approval": "empty"}, "approval", "pipe advance 1 --ask asks nobody; they type: pipe approve 1 it"),
    ],
)  # fmt: skip
def test_each_kind_says_what_to_type(needs: dict[str, Any], kind: str, how: str) -> None:
    case = Case(leaving(criterion("it", **needs)))
    if kind == "next_action":
        case.on(TODAY + timedelta(60))
    (item,) = report(case)["unmet"]

    assert (item["kind"], item["how"]) == (kind, how)


def test_what_was_asked_refused_or_has_expired_says_so() -> None:
    case = Case(leaving(criterion("it", approval="desk"), criterion("need", evidence="note", valid_for=5)))
    proofs.ask_approval(case.decision, case.gate().unmet[0])
    case.proves("need")
    case.on(TODAY + timedelta(6))

    assert [item["how"] for item in report(case)["unmet"]] == [
        "asked of eve, bob, who type: pipe approve 1 it",
        'the proof has expired: pipe prove 1 need "how we know"',
    ]
    case.approves("it", refuse=True, reason="too big")
    assert report(case)["unmet"][0]["how"] == (
        "refused by desk (eve, bob); when that is settled: pipe approve 1 it"
    )


@pytest.mark.parametrize(
    ("kind", "count", "within", "words"),
    [
        ("call", 1, None, "needs 1 call"),
        ("mail", 3, None, "needs 3 mails"),
        ("note", 2, 1, "needs 2 notes within 1 day"),
        ("any", 2, 14, "needs 2 exchanges within 14 days"),
    ],
)
def test_how_many_exchanges_are_needed_is_said_in_words(
    kind: str, count: int, within: int | None, words: str
) -> None:
    assert exchange_need(criterion("it", exchange=kind, count=count, within=within)) == words


class TestReport:
    RULES = pipeline(
        stage("alpha", exit=(criterion("need", evidence="note", waivable_by=("boss",)),)),
        stage("beta", entry=(criterion("scope", evidence="note"),)),
        won=(criterion("order", evidence="note"),),
    )

    def test_it_has_the_keys_of_the_contract_and_no_others(self) -> None:
        case = Case(self.RULES)
        case.proves("need")
        said = report(case, evidence={"need": '"they said so", note 2026-03-02, lea'})

        assert said == {
            "ref": 1,
            "from": "alpha",
            "to": "beta",
            "ready": False,
            "unmet": [
                {
                    "criterion": "scope",
                    "kind": "evidence",
                    "ask": "What about scope?",
                    "how": 'pipe prove 1 scope "how we know"',
                    "waivable": False,
                    "side": "entry",
                }
            ],
            "met": [
                {
                    "criterion": "need",
                    "kind": "evidence",
                    "ask": "What about need?",
                    "how": "",
                    "waivable": True,
                    "side": "exit",
                    "evidence": '"they said so", note 2026-03-02, lea',
                }
            ],
        }
        assert list(said["unmet"][0]) == ITEM
        assert list(said["met"][0]) == [*ITEM, "evidence"]

    def test_it_is_ready_when_nothing_is_unmet(self) -> None:
        case = Case(self.RULES)
        case.proves("need")
        case.proves("scope")

        assert report(case)["ready"] is True
        assert report(case)["met"][0]["evidence"] == ""

    def test_a_win_takes_a_reason_as_well(self) -> None:
        said = report(Case(leaving()), WON, win_reason=True)

        assert said["ready"] is False
        assert said["unmet"] == [
            {
                "criterion": "reason",
                "kind": "reason",
                "ask": "Why did they say yes?",
                "how": 'pipe win 1 "why they said yes"',
                "waivable": False,
                "side": "entry",
            }
        ]


@pytest.mark.parametrize(
    ("to", "keys", "line"),
    [
        ("beta", ["need"], "1 cannot move to beta: need is not met; see pipe why 1"),
        ("beta", ["need", "scope"], "1 cannot move to beta: need, scope are not met; see pipe why 1"),
        ("won", ["order", "reason"], "1 cannot move to won: order, reason are not met; see pipe why 1"),
        ("won", ["reason"], '1 can be won: say why, pipe win 1 "why they said yes"'),
    ],
)
def test_a_refusal_is_one_line(to: str, keys: list[str], line: str) -> None:
    assert gate_sentence({"ref": 1, "to": to, "unmet": [{"criterion": key} for key in keys]}) == line
