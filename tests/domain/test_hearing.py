"""What an exchange says that matters later: sentences cut where they end, and the signs in them, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.domain.hearing import (
    AMOUNT,
    DATE,
    DECISION,
    PROMISE,
    QUESTION,
    is_ours,
    sender,
    sentences,
    shortened,
    signs,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We will send the signed quote on Friday.", {PROMISE, DECISION, DATE}),
        ("I'll get back to you.", {PROMISE}),
        ("Send the quote by 3 December", {PROMISE, DATE}),
        ("He is going to ask purchasing.", {PROMISE}),
        ("They promised an answer next week.", {PROMISE, DATE}),
        ("The board approved it.", {DECISION}),
        ("She prefers your offer.", {DECISION}),
        ("Their budget is 48k.", {DECISION, AMOUNT}),
        ("€48,000 at most", {AMOUNT}),
        ("Purchasing wants a discount of 5 %", {AMOUNT}),
        ("Can you deliver before March?", {QUESTION, DATE}),
        ('"Who looks after it afterwards?"', {QUESTION}),
        ("See you on 12/03.", {DATE}),
        ("Je vous enverrai le devis signé vendredi.", {PROMISE, DECISION, DATE}),
        ("Le directeur signera en janvier.", {PROMISE, DECISION, DATE}),
        ("On va vérifier avec les achats.", {PROMISE}),
        ("Nous nous engageons à répondre d’ici la fin du mois.", {PROMISE, DATE}),
        ("Je reviens vers vous demain", {PROMISE, DATE}),
        ("Je vous rappelle jeudi.", {PROMISE, DATE}),
        ("Rappeler avant le 15", {PROMISE, DATE}),
        ("Il attend le feu vert du siège.", {DECISION}),
        ("We wait for the green light.", {DECISION}),
        ("Le comité a validé le périmètre.", {DECISION}),
        ("Ils ont décidé d'attendre.", {DECISION}),
        ("D'accord pour 48 000 €", {DECISION, AMOUNT}),
        ("Le budget est de 12,5 k€.", {DECISION, AMOUNT}),
        ("Pouvez-vous livrer avant la fin du mois ?", {QUESTION, DATE}),
        ("« Qui s'en occupe ensuite ? »", {QUESTION}),
        ("Nothing new, still on their list.", set()),
        ("Half a day on site: counts, orders, who decides what.", set()),
        ("Sandra and Véra were there with the camera of the opera.", set()),
        ("Rien de neuf, la caméra et l'opéra.", set()),
        ("The wall is white, that is true.", set()),
        ("We never know what the month will cost.", set()),
        ("Cela est vrai.", set()),
        ("", set()),
    ],
)
def test_signs(text: str, found: set[str]) -> None:
    assert signs(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Met M. Martin and Dr. Roux. They agree.", ["Met M. Martin and Dr. Roux.", "They agree."]),
        ("It costs 3.5 k€. Fine.", ["It costs 3.5 k€.", "Fine."]),
        ("We need\nmore time\nto decide. Sorry.", ["We need more time to decide.", "Sorry."]),
        ("Agreed:\n- the price\n- the day", ["Agreed:", "the price", "the day"]),
        ("Budget ok\nGo in March", ["Budget ok", "Go in March"]),
        ("Hello Jeanne,\n\nThe board agreed.\n\nBest regards\n-- \nPaul\n+33 1 23", ["The board agreed."]),
        ("Bonjour Madame,\nD'accord.\n\nBien cordialement,\nAna", ["D'accord.", "Ana"]),
        ("Re: offer\nFrom: Jeanne <j@acme.example>\nTo: lea\n\nWe sign. […]\n[…]", ["We sign. […]"]),
        ("\r\n\r\n  \r\n", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == found


def test_the_sender_of_a_mail_stands_in_its_head() -> None:
    assert (
        sender("Re: offer\nFrom: Jeanne <j@acme.example>\nTo: lea\n\nFrom: nobody")
        == "Jeanne <j@acme.example>"
    )
    assert sender("We spoke.\n\nFrom: Jeanne") == ""


def test_what_is_too_long_is_cut_between_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one two three", 13) == "one two three"


@given(st.text(max_size=400) | st.text('abÀ. !?\n-:;,…"»()5€', max_size=400))
def test_every_sentence_stands_in_the_text_word_for_word(text: str) -> None:
    """But for white space, and the mark of a list, which is no word."""
    plain = "".join(text.split())
    place = 0
    for sentence in sentences(text):
        wanted = "".join(sentence.text.split())
        start = plain.find(wanted[:1], place)
        for char in wanted:
            place = plain.find(char, place)
            assert place >= 0
            place += 1
        assert start >= 0 and sentence.text == sentence.text.strip()


@pytest.mark.parametrize(
    ("wrote", "own"),
    [
        ("Ann <ann@us.example>", True),
        ("Ann Lee <info@us.example>", True),
        ("sales@us.example", False),
        ("ann@us.example", True),
        ("Jeanne Martin <j@acme.example>", False),
        ("Ann <ann@acme.example>", False),  # the client has an Ann too
    ],
)
def test_a_mail_of_our_own_side(wrote: str, own: bool) -> None:
    text = f"From: {wrote}\nTo: somebody\n\nOur offer is 48k."
    assert is_ours(text, ["ann", "bob"], ["Jeanne Martin", "ann@acme.example"]) is own
    assert not is_ours("Our offer is 48k.", ["ann"], [])
