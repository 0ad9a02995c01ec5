"""What a person's own words tell: the kind of exchange a next action announced, and whether a text is a link."""

from __future__ import annotations

from pipecli.text import _

from . import events as ev
from .fold import fold

EXCHANGE_KINDS = ("call", "mail", "meeting", "note")
_WORDS = {
    "call": ("call", "phone", "ring", "appeler", "appel", "rappeler", "telephoner"),
    "mail": ("mail", "email", "e-mail", "send", "write", "envoyer", "ecrire", "courriel", "relancer"),
    "meeting": (
        "meet", "meeting", "visit", "demo", "workshop", "lunch", "present", "rencontrer", "reunion", "visite",
        "atelier", "rendez-vous", "rdv", "dejeuner", "presenter",
    ),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}


def kind_name(kind: str) -> str:
    """What people call a kind of exchange."""
    names = {"call": _("call"), "mail": _("mail"), "meeting": _("meeting"), "note": _("note")}
    return names.get(kind, kind)


def action_words(text: str | None) -> str:
    """The words of a next action that there is, or that they were erased."""
    return text or _("(erased)")


def event_name(kind: str) -> str:
    """What people call a kind of event."""
    names = {
        ev.OPENED: _("the opening"),
        ev.DESCRIBED: _("the change of a field"),
        ev.AMOUNT_REVISED: _("the amount"),
        ev.AMOUNT_CONFIRMED: _("the confirmed amount"),
        ev.PROBABILITY_ADJUSTED: _("the probability"),
        ev.CLOSE_DATE_SET: _("the close date"),
        ev.OWNER_CHANGED: _("the change of owner"),
        ev.EVIDENCE_RECORDED: _("the proof"),
        ev.EVIDENCE_WITHDRAWN: _("the withdrawal of a proof"),
        ev.CRITERION_WAIVED: _("the waiver"),
        ev.APPROVAL_REQUESTED: _("the request for approval"),
        ev.APPROVAL_GIVEN: _("the approval"),
        ev.APPROVAL_REFUSED: _("the refused approval"),
        ev.STAGE_ADVANCED: _("the move"),
        ev.STAGE_RETURNED: _("the move back"),
        ev.STAGE_MOVED: _("the move to another stage"),
        ev.STAGE_IMPORTED: _("the imported stage"),
        ev.NEXT_ACTION_SET: _("the next action"),
        ev.NEXT_ACTION_DONE: _("the next action that is done"),
        ev.NEXT_ACTION_SNOOZED: _("the next action that was put off"),
        ev.EXCHANGE_LOGGED: _("the exchange"),
        ev.WON: _("the win"),
        ev.LOST: _("the loss"),
        ev.REOPENED: _("the reopening"),
        ev.ROW_IMPORTED: _("the import"),
        ev.PROPOSAL_MADE: _("the proposal"),
        ev.PROPOSAL_ACCEPTED: _("the accepted proposal"),
        ev.PROPOSAL_REJECTED: _("the rejected proposal"),
        ev.MERGED: _("the merge"),
        ev.ABSORBED: _("the merge"),
        ev.ACCOUNT_ADDED: _("the account"),
        ev.CONTACT_ADDED: _("the contact"),
        ev.WORKSPACE_CREATED: _("the workspace"),
        ev.DEFINITION_ADOPTED: _("the definition"),
        ev.RATE_SET: _("the rate"),
        ev.COMMAND_UNDONE: _("the undo"),
        ev.CONTENT_ERASED: _("the erasure"),
    }
    return names[kind]


def exchange_kind(text: str) -> str:
    """The kind of exchange a text announces by its first word that is one: `call Jeanne` is a call, else a note."""
    for word in fold(text).replace(",", " ").replace(":", " ").split():
        if word in _KINDS:
            return _KINDS[word]
    return "note"


def is_link(text: str) -> bool:
    """Whether a text is an address that can be opened: one word with a scheme."""
    words = text.strip()
    scheme, sign, rest = words.partition(":")
    known = scheme.isascii() and scheme.replace("+", "").isalnum() and scheme[:1].isalpha()
    return bool(sign and known and rest.strip("/") and not any(c.isspace() for c in words)) and (
        rest.startswith("//") or scheme.casefold() == "mailto"
    )
