"""Notes and mails as people write them: what may be taken from their words, and what only looks as if it might."""

from __future__ import annotations

from datetime import date

import pytest

from pipecli.domain.ground import Ground
from pipecli.domain.understanding import in_exchange, in_words

from .building import criterion

WANTED = (
    criterion("need", evidence="note", hints=("need", "we want", "besoin")),
    criterion("signer", evidence="note", hints=("decide", "sign", "valide")),
    criterion("terms", evidence="note", hints=("discount", "change", "no offer")),
    criterion("problem", evidence="note", hints=("problem", "problème")),
)
GROUND = Ground(WANTED, ("Jeanne Martin", "Paul Durand"), "EUR", date(2026, 11, 27), None, None, "Acme SAS")


def taken(text: str) -> list[str]:
    return [f"{s.target or s.what} {s.value or s.quote} {s.due}".strip() for s in in_words(text, GROUND)]


def heard(text: str, *, ours: bool = False) -> list[str]:
    found = in_exchange(text, 7, GROUND, ours=ours)
    return [f"{s.target or s.what} {s.value or s.quote} {s.due}".strip() for s in found]


NOTHING_IN_A_NOTE = """\
Met Jeanne on tuesday
vu Jeanne mardi
called Jeanne monday, she was out
Quote sent Friday
holiday from 24 december
Jeanne on leave until 12/12/2026
they are closed until 5 January
c'est Noël, rien avant le 5 janvier
Not before 15 May
Pas de budget avant le 15 mai
do not call before 15 December
never call on Monday
Ne pas rappeler avant lundi
no budget of 48k
they cannot pay 48k
they can't pay, 48k
48k is too expensive
competitor offers 30k
reçu le devis concurrent à 30 k€
100k users
Jeanne valide les congés
Call was good, 5k users
10k run on Sunday
5m away from us
CA de 3 M€
they raised 3m
Plus de budget, 0 €
0 €
moins de 20k
10% discount on 48k
40-50k
40k-50k
40 à 50 k€
Le budget est de 40 à 50 k€
between 40k and 50k
1,234 €
-48k
48 000 € HT soit 57 600 € TTC
Before Jeanne signs we wait for legal
they wait for legal before Jeanne signs
Once Jeanne signs, we start 5 January
Unless Paul approves nothing happens
If Jeanne signs, 48k, send quote friday
Nobody at Acme signs
Acme signs
Legal approves
Neither Jeanne nor Paul signs
Jeanne and Paul decides
Jeanne signs nothing
Jeanne no longer signs
Jeanne doesn't sign
Jeanne ne signe pas
Jeanne n'a pas le dernier mot
Paul ne décide plus
I do not think Jeanne signs
I think Jeanne signs
Si Jeanne signe, on y va
Qui signe ? Peut-être Paul
Bonjour, c'est Marc de Acme
C'est Bon
Paul signs off emails with Cheers
email Jeanne received Friday
mail from Jeanne friday
demo went badly on Monday
show was on Monday
réunion reportée lundi
call done tomorrow
call back Friday or Monday
call Paul 2026-11-20
I signed up to your newsletter
"""


@pytest.mark.parametrize("text", NOTHING_IN_A_NOTE.splitlines())
def test_a_note_that_only_looks_as_if(text: str) -> None:
    assert [s for s in in_words(text, GROUND) if s.what != "proof"] == []


@pytest.mark.parametrize(
    "text",
    [
        "Once Jeanne signs, we start 5 January",
        "they wait for legal before Jeanne signs",
        "Before they decide we need legal",
        "Unless Paul decides we need nothing",
        "Nobody at Acme signs",
        "I do not think Jeanne signs",
        "I hope that they need it",
        "Jeanne ne valide rien",
        "Qui signe ? Peut-être Paul qui valide",
        "Paul signs off emails with Cheers",
        "I signed up to your newsletter",
        "Sign in to read more",
        "Change your password",
        "the signature of it is missing",
    ],
)
def test_a_note_that_proves_nothing(text: str) -> None:
    assert taken(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("52,5 k€", ["amount 52,5 k€"]),
        ("48k agreed", ["amount 48k"]),
        ("budget is 48k", ["amount 48k"]),
        ("budget 60k, they want a demo on 12/12", ["amount 60k"]),
        ("no news, 48k", ["amount 48k"]),
        ("C'est OK pour 48k", ["amount 48k"]),
        ("Deal is worth €48k", ["amount €48k"]),
        ("C'est Jeanne qui signe", ["signer C'est Jeanne qui signe", "decision_maker Jeanne Martin"]),
        ("c'est Ines de Vries qui tranche", ["decision_maker Ines de Vries"]),
        ("Marc Dupont approves the order", ["decision_maker Marc Dupont"]),
        ("not Jeanne, Paul decides", ["signer Paul decides", "decision_maker Paul Durand"]),
        ("said that Paul decides", ["signer said that Paul decides", "decision_maker Paul Durand"]),
        ("said that Marc decides", ["signer said that Marc decides"]),  # nobody knows Marc
        ("Jeanne has the final word", ["decision_maker Jeanne Martin"]),
        ("they sign by 15 December 2026", ["signer they sign by 15 December 2026", "close_date 2026-12-15"]),
        ("décision le 15 décembre 2026", ["close_date 2026-12-15"]),
        ("contract will be signed on 15 December 2026",
         ["signer contract will be signed on 15 December 2026", "close_date 2026-12-15"]),
        ("rappeler lundi", ["next_action rappeler 2026-11-30"]),
        ("call Fred on 3 Dec", ["next_action call Fred 2026-12-03"]),
        ("relancer André avant le 3 décembre", ["next_action relancer André 2026-12-03"]),
        ("sent the quote, 48k, call them 2026-12-03", ["amount 48k", "next_action call them 2026-12-03"]),
        ("we want it. Paul will sign in May", ["need we want it", "signer Paul will sign in May",
                                                "decision_maker Paul Durand"]),
        ("Nous avons besoin de vous", ["need Nous avons besoin de vous"]),
    ],
)  # fmt: skip
def test_a_note_that_says_so(text: str, found: list[str]) -> None:
    assert taken(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "We need nothing. We do not want to sign. There is no problem. No offer was attached.",
        "Nobody will decide or approve it. Without a discount the change is off.",
        "I signed up to your newsletter. Sign in to read the issue. Change your password.",
        "Nous n'avons pas besoin de vous. Jeanne ne signe pas. Pas de problème pour nous.",
        "If we need it, we decide then. Si Jeanne signe, on a besoin de vous.",
        "There is no budget of 48k this year. The budget is not 48k.",
        "A competitor made an offer of 30k€. The rebate on the price is 5k€.",
        "The contract is 12 k€ per year over three years.",
        "Budget of 40-50 k€. Budget: 40/50k€",
        "Total order 100k units",
        "They will not sign before 15 December. The decision was postponed from 15 December 2026 on.",
        "Signature of the NDA on 3/12/2026.",
        "Jeanne approves of your tone.",
        "We will not send it by 15 December. We promise nothing for 15 December.",
        "We will be closed until 15 December. I'll be on holiday from 24 December.",
        "On Mon, Nov 2, 2026 Ann wrote:\n> Our budget is 48k€\n> We will call on 15 December.\n\nThanks.",
        "Le 12 novembre 2026 à 10:00, Ann a écrit :\n> Notre budget est de 48 k€.\n> Jeanne signe.",
        "Le 12 novembre 2026 à 10:00, Ann a écrit :\nNotre budget est de 48 k€.\nJeanne signe.",
        "Fine.\n-----Original Message-----\nFrom: Ann\nSent: Monday\nOur budget is 48k€. Jeanne signs.",
        "Fine.\nFrom: Ann\nSent: Monday\nOur budget is 48k€. Jeanne signs.",
    ],
)
def test_an_exchange_that_only_looks_as_if(text: str) -> None:
    assert heard(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We needed it yesterday.", ["need We needed it yesterday."]),
        ("Who is deciding: the two of them.", ["signer Who is deciding: the two of them."]),
        ("They asked for discounts.", ["terms They asked for discounts."]),
        ("Le budget est de 52,5 k€.", ["amount 52,5 k€"]),
        ("From: Ann\nTo: Jeanne\n\nThe budget is 48k€.", ["amount 48k€"]),
        ("> We need what you wrote\n\nJeanne will sign on 15 December 2026.",
         ["signer Jeanne will sign on 15 December 2026.", "close_date 2026-12-15",
          "decision_maker Jeanne Martin",
          "next_action Jeanne will sign on 15 December 2026 2026-12-15"]),
    ],
)  # fmt: skip
def test_an_exchange_that_says_so(text: str, found: list[str]) -> None:
    assert heard(text) == found


def test_our_own_mail_proves_nothing_and_promises_for_us() -> None:
    mail = "You need it. Our offer is 48k€ and Jeanne signs. I will send you the quote by 4 December 2026."
    assert heard(mail, ours=True) == ["next_action I will send you the quote by 4 December 2026 2026-12-04"]
