"""Drafts of a message to a customer, in the language that was last spoken with them. Nobody but a person sends one.

The texts are the customer's language, not that of the screen, which is why they do not go through the catalogue.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from .dates import format_day

REMIND, REPLY, ASK, TOUCH = "remind", "reply", "ask", "touch"

DRAFTS = {
    "en": {
        "greeting": "Hello {person},",
        "nobody": "Hello,",
        "since": "we last spoke on {day} about {name}",
        "first": "I am coming back to you about {name}",
        REMIND: 'You had told me: "{about}" May I ask where that stands?',
        REPLY: 'You had asked: "{about}"\n\n[your answer]',
        ASK: "So that I can prepare the next step well, may I ask you a few questions? Fifteen minutes would do.",
        TOUCH: "I would like to hear where you stand, and what you need from us to go on.",
        "end": "Would you have time on {day}?",
        "closing": "Best regards,\n{actor}",
    },
    "fr": {
        "greeting": "Bonjour {person},",
        "nobody": "Bonjour,",
        "since": "nous avons échangé le {day} au sujet de votre projet « {name} »",
        "first": "je reviens vers vous au sujet de votre projet « {name} »",
        REMIND: "Vous m'aviez dit : « {about} » Puis-je vous demander où vous en êtes ?",
        REPLY: "Vous m'aviez demandé : « {about} »\n\n[votre réponse]",
        ASK: "Pour bien préparer la suite, puis-je vous poser quelques questions ? Un quart d'heure suffirait.",
        TOUCH: "J'aimerais savoir où vous en êtes, et ce qu'il vous faut de notre part pour avancer.",
        "end": "Seriez-vous disponible le {day} ?",
        "closing": "Bien cordialement,\n{actor}",
    },
}


class Draft(NamedTuple):
    """What a draft is about: to whom, from whom, of what; when they last spoke, words to quote, a day to propose."""

    person: str
    actor: str
    name: str
    since: date | None
    about: str
    due: date


def draft(purpose: str, message: Draft, language: str) -> str:
    """The message, in English or French."""
    texts = DRAFTS[language]
    who = message.person.split()[0] if message.person.strip() else ""
    since = texts["since" if message.since else "first"].format(
        day=format_day(message.since, language, message.since) if message.since else "", name=message.name
    )
    paragraphs = [
        (texts["greeting"] if who else texts["nobody"]).format(person=who),
        (since[0].upper() + since[1:] if language == "en" else since).removesuffix(".") + ".",
        texts[purpose].format(about=message.about),
        texts["end"].format(day=format_day(message.due, language, message.due)),
        texts["closing"].format(actor=message.actor),
    ]
    return "\n\n".join(paragraphs)
