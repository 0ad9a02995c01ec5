"""What the names of stages say by themselves, in English and French: that an opportunity is over, or how far it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipecli.domain.fold import spelled
from pipecli.domain.pipeline import LOST, WON

_ANYWHERE = {
    WON: ("won", "gagne", "gagnee", "gagnes", "gagnees", "closedwon"),
    LOST: ("lost", "lose", "perdu", "perdue", "perdus", "perdues", "closedlost"),
}
"""Words that say it wherever they stand."""
_ALONE = {
    WON: ("signed", "signe", "signee", "contract signed", "contrat signe", "customer"),
    LOST: ("abandoned", "abandonne", "abandonnee", "abandon", "disqualified", "disqualifie", "disqualifiee",
           "unqualified", "dead", "cancelled", "canceled", "annule", "annulee", "rejected", "refuse", "refusee",
           "declined", "sans suite", "no decision", "closed no decision"),
}  # fmt: skip
"""Labels that say it where they are all there is."""
_FAR = (
    (10, ("lead", "leads", "prospect", "prospecting", "prospection", "suspect", "new", "nouveau", "nouvelle",
          "premier contact", "first contact", "contact", "contacted", "identified", "identifie", "inbound",
          "opportunity identified")),
    (15, ("appointment", "rdv", "rendez", "call", "appel", "application", "screening", "engaging")),
    (20, ("qualification", "qualified", "qualifie", "qualifiee", "qualify", "qualifying", "meeting")),
    (30, ("discovery", "decouverte", "need", "needs", "besoin", "besoins", "analysis", "analyse", "scoping",
          "cadrage", "audit", "diagnostic")),
    (40, ("demo", "demonstration", "presentation", "value", "decision", "perception", "solution", "poc", "pilot",
          "pilote", "trial", "essai", "test", "evaluation", "etude")),
    (50, ("proposal", "proposition", "quote", "quotation", "devis", "offer", "offre", "price", "pricing",
          "chiffrage", "tender")),
    (60, ("negotiation", "negotiating", "negociation", "review", "objections", "validating", "validation",
          "approval")),
    (70, ("closing", "verbal", "commit", "commitment", "accord", "contract", "contrat", "legal", "juridique",
          "order", "commande", "signature", "signing", "bon pour accord")),
)  # fmt: skip
"""How far words of the field stand on the way; the first of a label's words that is one says where."""
_MIDDLE = 45
_NUMBER = re.compile(r"\W*(\d{1,3})(?!\d)")
_WORD = re.compile(r"[^\W_]+")


def outcome_of(label: str) -> str | None:
    """Won or lost, where a label says so by itself."""
    words = " ".join(_WORD.findall(spelled(label)))
    for outcome, known in _ANYWHERE.items():
        if any(f" {word} " in f" {words} " for word in known):
            return outcome
    return next((outcome for outcome, known in _ALONE.items() if words in known), None)


def by_themselves(labels: Sequence[str], percents: Mapping[str, float]) -> list[str]:
    """The labels of stages in the order that they show without any past: by their probabilities, where all or most
    have one, by the numbers they begin with, else by the words of the field; as they stand where nothing says.
    """
    told = [percents[label] for label in labels if label in percents]
    if len(told) * 2 > len(labels) and len(set(told)) > 1:
        middle = sorted(told)[len(told) // 2]
        return sorted(labels, key=lambda label: (percents.get(label, middle), _how_far(label)))
    numbers = [_NUMBER.match(label) for label in labels]
    if len(labels) > 1 and all(numbers):
        first = {label: int(found[1]) for label, found in zip(labels, numbers, strict=True) if found}
        return sorted(labels, key=lambda label: first[label])
    return sorted(labels, key=_how_far)


def _how_far(label: str) -> int:
    words = _WORD.findall(spelled(label))
    far = {word: place for place, known in _FAR for word in known}
    return next((far[word] for word in words if word in far), _MIDDLE)
