"""Proof as people give it: which form it has, what it is refused for, and who may waive or approve."""

import json
from typing import Any

import pytest

from pipecli.domain import events as ev
from pipecli.domain import moves, proofs
from pipecli.domain.proofs import Proof
from pipecli.errors import Conflict, InvalidInput, NotFound, PipeError, Required

from .building import TODAY, Case, criterion, leaving

FILE = Proof(path="/tmp/order.pdf", sha256="ab12")


class TestEvidence:
    @pytest.mark.parametrize(
        ("proof", "form", "body"),
        [
            (Proof(text="they said so"), "note", {"text": "they said so"}),
            (Proof(quote="we need it"), "note", {"quote": "we need it"}),
            (Proof(text=" https://acme.example"), "link", {"text": " https://acme.example"}),
            (Proof(text="mailto:a@b.example"), "link", {"text": "mailto:a@b.example"}),
            (Proof(link="https://acme.example", quote="3"), "link", {"link": "https://acme.example", "quote": "3"}),
            (FILE, "file", {"path": "/tmp/order.pdf"}),
        ],
    )  # fmt: skip
    def test_its_form_is_told_from_what_was_given(
        self, proof: Proof, form: str, body: dict[str, str]
    ) -> None:
        event = proofs.prove(Case(leaving(criterion("need", evidence="note"))).decision, "need", proof)

        assert event.kind == ev.EVIDENCE_RECORDED
        assert (event.payload["criterion"], event.payload["form"]) == ("need", form)
        assert event.text is not None
        assert json.loads(event.text) == body

    def test_a_file_is_known_by_its_hash(self) -> None:
        event = proofs.prove(Case(leaving(criterion("need", evidence="file"))).decision, "need", FILE)

        assert event.payload == {"criterion": "need", "form": "file", "sha256": "ab12"}

    def test_an_exchange_is_cited_and_its_words_are_not_copied(self) -> None:
        case = Case(leaving(criterion("need", evidence="note")))
        said = case.logs()
        event = case.proves("need", exchange=said.seq)

        assert event.payload == {"criterion": "need", "form": "exchange", "exchange": said.seq}
        assert event.text is None

    def test_an_exchange_of_another_opportunity_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="1 has no exchange 99; pipe show 1 lists them"):
            Case(leaving(criterion("need", evidence="note"))).proves("need", exchange=99)

    @pytest.mark.parametrize(
        ("wanted", "proof", "words"),
        [
            ("link", Proof(text="over the phone"), "need needs a link: --link URL"),
            ("file", Proof(link="https://acme.example"), "need needs a file: --file PATH"),
            ("exchange", Proof(text="over the phone"), "need needs an exchange: --exchange ID"),
            ("exchange", FILE, "need needs an exchange"),
            (
                "link",
                Proof(link="ask Jeanne"),
                '"ask Jeanne" is not a link; write it whole, such as https://…',
            ),
            ("note", Proof(text=" "), "evidence for need cannot be empty: say how we know"),
            ("note", Proof(text="a\x00b"), "evidence has characters that are not text"),
            ("link", Proof(link="https://acme.example", quote=" "), "evidence cannot be empty"),
        ],
    )
    def test_what_is_not_of_the_form_asked_for_is_refused(
        self, wanted: str, proof: Proof, words: str
    ) -> None:
        case = Case(leaving(criterion("need", evidence=wanted)))
        with pytest.raises(InvalidInput) as refusal:
            proofs.prove(case.decision, "need", proof)

        assert refusal.value.message.startswith(words)
        assert case.state.evidence == ()

    @pytest.mark.parametrize(
        ("needs", "words"),
        [
            ({"approval": "desk"}, "it is an approval: pipe approve 1 it"),
            ({"amount_review": True}, "it is about the amount: pipe advance 1 --amount N"),
            ({"exchange": "meeting"}, "it needs an exchange: pipe log 1 meeting TEXT"),
            ({"exchange": "any"}, "it needs an exchange: pipe log 1 call TEXT"),
            ({"next_action": True}, "it needs a dated next action: pipe next 1 TEXT -d DUE"),
            ({"field": "site"}, "it is about a field: pipe edit 1 --set site=VALUE"),
            (
                {"compare": "amount > 0"},
                "it holds by itself when the opportunity's fields say so: pipe why 1",
            ),
        ],
    )
    def test_a_criterion_that_takes_no_evidence_says_what_it_takes(
        self, needs: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(InvalidInput) as refusal:
            Case(leaving(criterion("it", **needs))).proves("it")

        assert refusal.value.message == words
        assert refusal.value.detail == {"criterion": "it"}

    def test_a_criterion_that_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFound, match='no criterion "neeed"; the criteria are: need'):
            Case(leaving(criterion("need", evidence="note"))).proves("neeed")

    def test_all_evidence_of_a_criterion_is_withdrawn_at_once(self) -> None:
        case = Case(leaving(criterion("need", evidence="note"), criterion("scope", evidence="note")))
        for key in ("need", "need", "scope"):
            case.proves(key)
        proofs.unprove(case.decision, "NEED")

        assert [e.criterion for e in case.state.evidence] == ["scope"]
        with pytest.raises(Conflict, match="need has no evidence to withdraw"):
            proofs.unprove(case.decision, "need")


class TestWaivers:
    RULES = leaving(
        criterion("need", evidence="note", waivable_by=("boss", "desk")), criterion("scope", evidence="note")
    )

    @pytest.mark.parametrize("who", ["ann", "ANN", "bob"])
    def test_whoever_holds_one_of_its_roles_may_waive(self, who: str) -> None:
        event = Case(self.RULES).waives("need", who)

        assert event.payload == {"criterion": "need", "visit": 1}
        assert (event.actor, event.text) == (who, "the customer is known")

    @pytest.mark.parametrize(
        ("key", "who", "reason", "words"),
        [
            ("need", "lea", "in a hurry", "need can be waived by boss (ann), desk (eve, bob), not by lea"),
            ("scope", "ann", "in a hurry", "scope cannot be waived: the definition names no role for it"),
            ("need", "ann", " ", "a waiver needs a reason: add --reason TEXT"),
        ],
    )
    def test_nobody_else_may_and_never_without_a_reason(
        self, key: str, who: str, reason: str, words: str
    ) -> None:
        case = Case(self.RULES).by(who)
        with pytest.raises(PipeError) as refusal:
            proofs.waive(case.decision, key, reason)

        assert refusal.value.message == words
        assert case.state.waivers == ()


class TestApprovals:
    RULES = leaving(criterion("feasible", approval="desk"), criterion("need", evidence="note"))

    @pytest.mark.parametrize("who", ["eve", "Bob"])
    def test_each_holder_of_the_role_may_approve(self, who: str) -> None:
        event = Case(self.RULES).approves("feasible", who, reason=" fine ")

        assert (event.kind, event.text) == (ev.APPROVAL_GIVEN, "fine")
        assert event.payload == {"criterion": "feasible", "role": "desk"}

    def test_a_refusal_needs_a_reason(self) -> None:
        case = Case(self.RULES)
        with pytest.raises(Required, match="a refusal needs a reason"):
            case.approves("feasible", refuse=True)
        event = case.approves("feasible", refuse=True, reason="too big")

        assert (event.kind, event.text) == (ev.APPROVAL_REFUSED, "too big")

    def test_nobody_else_may(self) -> None:
        with pytest.raises(Conflict, match=r"feasible is approved by desk \(eve, bob\), not by lea"):
            Case(self.RULES).approves("feasible", "lea")

    def test_a_role_that_nobody_holds_says_so(self) -> None:
        with pytest.raises(Conflict, match=r"approved by empty \(nobody\), not by ann"):
            Case(leaving(criterion("feasible", approval="empty"))).approves("feasible", "ann")

    def test_what_is_no_approval_is_proven(self) -> None:
        with pytest.raises(InvalidInput, match="need is not an approval; prove it: pipe prove 1 need TEXT"):
            Case(self.RULES).approves("need")

    def test_it_is_asked_for_once(self) -> None:
        case = Case(self.RULES)
        for _ in range(2):
            proofs.ask_approval(case.decision, case.gate().unmet[0])

        assert [e.kind for e in case.events].count(ev.APPROVAL_REQUESTED) == 1

    def test_after_a_refusal_it_is_not_asked_for_again(self) -> None:
        case = Case(self.RULES)
        case.approves("feasible", refuse=True, reason="too big")
        proofs.ask_approval(case.decision, case.gate().unmet[0])

        assert case.events[-1].kind == ev.APPROVAL_REFUSED


@pytest.mark.parametrize(
    "act", [lambda c: c.proves("need"), lambda c: c.waives("need"), lambda c: c.approves("need")]
)
def test_a_closed_opportunity_is_proven_nothing_more(act: Any) -> None:
    case = Case(leaving(criterion("need", evidence="note")))
    moves.lose(case.decision, "price", "")

    with pytest.raises(Conflict, match=f"is lost since {TODAY}"):
        act(case)
