"""What a message quotes is folded away; what was said this time stays."""

import pytest

from pipecli.importers.quotes import fold_quotes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello", "Hello"),
        ("Yes.\n\nOn Mon, 5 Jan 2026, Lea wrote:\n> When?\n> Where?\n", "Yes.\n\n[…]"),
        ("Yes.\n\nOn Mon, 5 Jan 2026 at 10:00, Lea\n<lea@us.example> wrote:\n\n> When?", "Yes.\n\n[…]"),
        ("Oui.\n\nLe lun. 5 janv. 2026 à 10:00, Lea <lea@us.example> a\nécrit :\n> Quand ?", "Oui.\n\n[…]"),
        ("Oui.\nLe 5 janvier, Lea a écrit :\nQuand ?\nOù ?", "Oui.\n[…]"),
        ("Yes.\n-----Original Message-----\nFrom: Lea\nWhen?", "Yes.\n[…]"),
        ("Oui.\n-----Message d'origine-----\nDe : Lea\nQuand ?", "Oui.\n[…]"),
        ("Yes.\nFrom: Lea\nSent: Monday\nTo: Jeanne\nSubject: x\nWhen?", "Yes.\n[…]"),
        ("Oui.\nDe : Lea\nEnvoyé : lundi\nQuand ?", "Oui.\n[…]"),
        ("On it:\nOn Mon, Lea wrote:\n> a\nfirst\n> b\nsecond", "On it:\n[…]\nfirst\n[…]\nsecond"),
        ("> quoted\n\nanswer", "[…]\n\nanswer"),
        ("> all of it\n> is quoted", "> all of it\n> is quoted"),
        ("On Mon, Lea wrote:\nWhen?", "On Mon, Lea wrote:\nWhen?"),
        ("See.\n---------- Forwarded message ---------\nFrom: A\nDate: x\n> y",
         "See.\n---------- Forwarded message ---------\nFrom: A\nDate: x\n> y"),
        ("From: the beginning it was clear", "From: the beginning it was clear"),
        ("a\n\n\n\nb  ", "a\n\nb"),
        ("", ""),
    ],
)  # fmt: skip
def test_folded(text: str, expected: str) -> None:
    assert fold_quotes(text) == expected
