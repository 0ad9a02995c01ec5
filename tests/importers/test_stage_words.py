"""What the names of stages say by themselves."""

from __future__ import annotations

import pytest

from pipecli.importers.stage_words import by_themselves, outcome_of


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("Won", "won"), ("Closed Won", "won"), ("closedwon", "won"), ("Fermée gagnée", "won"), ("GAGNÉ !", "won"),
        ("Signé", "won"), ("Closed - Won", "won"), ("Lost", "lost"), ("Closed-Lost to Competition", "lost"),
        ("Perdue", "lost"), ("Abandonné", "lost"), ("Sans suite", "lost"), ("9. Perdu", "lost"),
        ("Proposal", None), ("To be signed", None), ("Offre refusée une fois", None), ("Wonderful", None), ("", None),
    ],
)  # fmt: skip
def test_a_label_says_that_it_is_over(label: str, outcome: str | None) -> None:
    assert outcome_of(label) == outcome


@pytest.mark.parametrize(
    ("labels", "percents", "found"),
    [
        (["Offer", "Lead"], {"Lead": 10.0, "Offer": 50.0}, ["Lead", "Offer"]),
        (["Zeta", "Alpha"], {"Zeta": 90.0, "Alpha": 20.0}, ["Alpha", "Zeta"]),
        (["3 - Offer", "1 - Talk", "2 - Demo"], {}, ["1 - Talk", "2 - Demo", "3 - Offer"]),
        (["Négociation", "Devis envoyé", "Découverte", "Prospect"], {},
         ["Prospect", "Découverte", "Devis envoyé", "Négociation"]),
        (["Contract Sent", "Decision Maker Bought-In", "Presentation Scheduled", "Qualified To Buy",
          "Appointment Scheduled"], {},
         ["Appointment Scheduled", "Qualified To Buy", "Decision Maker Bought-In", "Presentation Scheduled",
          "Contract Sent"]),
        (["Xylo", "Alto"], {}, ["Xylo", "Alto"]),
        (["Xylo", "Alto"], {"Alto": 10.0}, ["Xylo", "Alto"]),
    ],
)  # fmt: skip
def test_labels_stand_in_the_order_they_show(
    labels: list[str], percents: dict[str, float], found: list[str]
) -> None:
    assert by_themselves(labels, percents) == found
