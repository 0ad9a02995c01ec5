"""Who decides or signs by the words of a text, in English and French; nobody rather than somebody not meant."""

from __future__ import annotations

import re

from .date_words import MONTHS, WEEKDAYS
from .denial import is_stated, leads_into_a_condition
from .fold import fold
from .ground import Found, Ground
from .hearing import comparable

_NAME = r"(?P<name>[A-ZÀ-Þ][\w’'-]+(?: (?:de |du |le |la |van |von )?[A-ZÀ-Þ][\w’'-]+){0,2})"
_DECIDES = re.compile(
    rf"\b{_NAME} (?:(?:will|can|must|is going to) (?:decide|sign|approve)\b"
    r"|(?:is the one who )?(?:decides|signs|approves)\b|(?:va|doit|peut) (?:décider|signer|trancher|valider)\b"
    r"|has the (?:last|final) (?:word|say)\b|is the decision[- ]maker\b|holds the budget\b"
    r"|(?:décide|signe|tranche|valide)(?!\w)|a le dernier mot\b)"
)
_IS_WHO = re.compile(
    rf"(?:\b[Dd]ecision[- ]maker is {_NAME}|\b[Dd]écideur est {_NAME.replace('name', 'name2')}"
    rf"|\b[Cc]['’]est {_NAME.replace('name', 'name3')} qui (?:décide|signe|tranche|valide|décidera|signera)(?!\w))"
)
_BY_WHOM = re.compile(
    rf"\b(?:(?:will|must|to|has to) be (?:signed|decided|approved) by|is decided by"
    rf"|(?:sera|doit être) (?:signée?|décidée?|validée?) par) {_NAME}"
)
_JOINED = re.compile(r"(?:\b(?:or|and|nor|ou|et|ni)|[/&])\s*$")
_THING = (
    "contract deal order purchase quote offer budget proposal agreement project it commande bon devis offre contrat "
    "projet proposition marche achat accord"
)
# What may follow who decides: the end, a day, or what is sold; `signs off`, `valide les congés` say another thing.
_PLAIN_END = re.compile(
    r"\s*(?:$|[.!:)]|(?:on|by|before|in(?! to\b)|at|next|tomorrow|today|this|avant|en|demain|aujourd'hui|fin|d'ici|\d"
    rf"|alone|seule?|le \d|{'|'.join(sorted(WEEKDAYS))})\b"
    r"|(?:(?:off on )?(?:the|our|your|this|that|le|la|les|un|une|ce|cette|notre|votre|tous les) |l')?(?:new |final )?"
    rf"(?:{_THING.replace(' ', '|')})\b)"
)
_NO_NAME_WORDS = (
    "he she we they it you who that this someone somebody everybody everyone anyone il elle nous vous ils elles on qui "
    "cela ce ca only seul seule also aussi today tomorrow now then there here finally demain enfin donc alors "
    "board committee management direction comite the le la les un une so but and mais et yes oui ok good bon noel "
    "legal finance procurement purchasing sales marketing it hr ceo cfo cto coo juridique achats compta rh daf dg pdg "
    "team equipe company societe client customer budget contract contrat deal order devis offer offre"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())


def deciders(text: str, ground: Ground) -> list[Found]:
    """Who decides or signs by the words of a text; a known name is completed.

    Somebody who is not known has to be named at the beginning, or as the one who decides. Where one of several is not
    plain, none is.
    """
    if not is_stated(text):
        return []
    found: list[Found] = []
    for place in _DECIDES.finditer(text):
        before, after = text[: place.start()], comparable(text[place.end() :])
        if leads_into_a_condition(before) or _JOINED.search(before) or not _PLAIN_END.match(after):
            return []
        name = _person(place["name"], ground, trusted=not before.strip(" -:"))
        if name:
            found.append(Found(place.start(), place.end(), place["name"], name))
    for pattern, trusted in ((_IS_WHO, True), (_BY_WHOM, False)):
        for place in pattern.finditer(text):
            shown = next(word for word in place.groups() if word)
            if name := _person(shown, ground, trusted=trusted):
                found.append(Found(place.start(), place.end(), shown, name))
    return found


def _person(shown: str, ground: Ground, *, trusted: bool) -> str:
    """The name of a person, completed where exactly one of those known has it; "" where it may be none."""
    words = [word.removesuffix("'s").removesuffix("’s") for word in shown.split()]
    while words and fold(words[0]) in _NO_NAME:
        words.pop(0)
    parts = [fold(word) for word in words]
    if not parts or any(
        p in _NO_NAME or p in WEEKDAYS or p in MONTHS for p in parts if p not in ("la", "le")
    ):
        return ""
    for start in range(len(parts)):
        fits = [known for known in ground.people if set(parts[start:]) <= set(fold(known).split())]
        if fits:
            return fits[0] if len(fits) == 1 else " ".join(words[start:])
    if not trusted or set(parts) <= set(fold(ground.account).split()):
        return ""
    return " ".join(words)
