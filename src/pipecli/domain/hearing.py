"""What an exchange says that matters later: its sentences, and the signs of a promise, a decision, a question, an
amount or a date, in English and French.

The rules look at words only. They never say what a sentence means: who reads it gets the sentence, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .date_words import MONTHS, WEEKDAYS
from .fold import fold

PROMISE, DECISION, QUESTION, AMOUNT, DATE = "promise", "decision", "question", "amount", "date"
LONGEST_TEXT = 8_000
"""Characters of one exchange that are listened to."""
LONGEST_SENTENCE = 240
_WEIGHTS = {PROMISE: 4, DECISION: 3, QUESTION: 3, AMOUNT: 2, DATE: 2}

_HEAD = re.compile(r"(?:From|To): ")
_FOLDED_QUOTE = "[…]"
_QUOTED = re.compile(r"[ \t]*>")
_WROTE = re.compile(r"[ \t]*(?:On\b.{5,200}\bwrote ?:|Le\b.{5,200}\ba écrit ?:)[ \t]*")
_OLDER = re.compile(
    r"^[ \t>]*(?:-{3,} ?(?:original message|forwarded message|message d['’]origine|message transféré).*"
    r"|(?:from|de) ?: .*\n[ \t>]*(?:sent|date|envoyé) ?: .*)$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_BULLET = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_END = re.compile(r"[.!?…]+[\"”»’')\]]*\s+(?=[\"“«‘'(\[]?[^\W_a-zß-öø-ÿ])")
_SHORT_FORM = re.compile(
    r"(?:[^\W\d_]|mm|mrs?|ms|mme|mlle|dr|pr|ste?|no|nr|env|ex|cf|art|vs|approx|ref|tel|resp|max|min|incl|excl)"
)
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon)|bonjour|bonsoir|salut|chere?s?|madame|monsieur)\b[^,]{0,40}"
)
_CLOSING = re.compile(
    r"(?:best|kind|warm)? ?(?:regards|wishes)|best|thanks?(?: you)?|cheers|sincerely|yours.{0,15}|merci.{0,20}|"
    r"(?:bien )?cordialement|bien a vous|cdlt|a bientot|sinceres salutations|bonne (?:journee|reception)"
)

# In the text as it is written: a name such as Sandra begins with a capital.
_FUTURE = re.compile(r"\b[a-zà-ÿ]{3,}(?:era|eront|ira|iront|dra|dront|vra|vront)\b")
_NO_FUTURE = frozenset(("camera", "opera", "hydra"))
_DECIDED = re.compile(
    r"\b(?:(?<!who )(?<!qui )decid(?:ed|e[es]?|era|eront|ons)|agree[ds]?|approv\w+|chose[n]?|choos\w+|choisi\w*"
    r"|sign(?:s|ed|ing|e|er|era|ent|ature)?|prefer\w*|accept\w*|refus\w+|reject\w+|confirm\w*"
    r"|valid(?:e|es|er|ee|ent|ons|ated?|ation)|cancel\w*|annul\w+|go(?:es)? ahead|went with|turned down|postpon\w+"
    r"|no longer|ne veu\w+ plus|reporte\w*|reten(?:u\w*|ons)|retient|command(?:e|er|ons|ent)|ordered|d'accord"
    r"|feu vert|green light|go-ahead|budget\w*)\b"
)
_MONEY = re.compile(
    r"[€$£¥] ?\d|\d ?[km]?(?:€|£|\$)|\d ?(?:k ?)?(?:eur|euros?|usd|chf|gbp|dollars?|pounds?|francs?)\b"
    r"|\b\d+(?:[.,]\d+)? ?k\b|\b\d{1,3}(?:[ .,']\d{3})+\b|\d ?%"
)
_LONG_DAYS = "|".join(sorted(word for word in WEEKDAYS if len(word) > 4))
_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_POINT = (
    rf"(?:the |le |la )?(?:end|fin|next|tomorrow|demain|noon|midi|\d{{1,2}}|{_LONG_DAYS}|{_MONTH_NAMES})\b"
)
_PROMISED = re.compile(
    r"\b(?:i|we|they|he|she|you) (?:will|shall)\b"
    r"|\bwill (?:be (?:back|there|ready)|answer|approve|ask|bring|call|check|come|confirm|decide|deliver|get|give"
    r"|join|let|look|make|meet|order|pay|prepare|present|provide|reply|review|send|share|sign|speak|start|talk|take|tell"
    r"|test|try|visit|write)\b"
    r"|\b(?:promis\w*|promet\w*|commit(?:s|ted|ment)?|undertakes?|get(?:s|ting)? back to"
    r"|(?:am|is|are|'re|'m) going to|agreed to|au plus tard|d'ici (?:le|la|au?|fin|\d|\w+di)\b"
    r"|(?:m'|s'|vous |nous )engag\w+|revien\w* vers)\b|\w'll\b"
    r"|\b(?:je|on|nous) (?:(?:vous|te|lui|leur) )(?:rappel\w+|envoi\w*|transmet\w*|confirm\w*|tien\w* au courant)\b"
    rf"|\b(?:send|call|answer|sign|deliver|confirm|pay|decide|order)\w* .{{0,60}}\b(?:by|before) {_POINT}"
    rf"|\b(?:envoyer|rappeler|repondre|signer|livrer|confirmer|payer|decider|commander)\b.{{0,60}}\bavant {_POINT}"
    r"|\b(?:vais|va|vont|allons|allez) (?:(?:vous|nous|te|le|la|les|lui|leur|me|y|en) )?\w+(?:er|ir|re)\b"
    r"|\b(?:je|j'|nous|on|ils?|elles?|vous|tu) ?(?:(?:vous|nous|te|le|la|les|lui|leur|me|y|en|ne) |[tlmn]')*"
    r"\w{2,}(?:rai|ras|ra|rons|rez|ront)\b"
)
_DATED = re.compile(
    rf"\b(?:{_LONG_DAYS})\b|\b\d{{1,2}}(?:er|st|nd|rd|th)? (?:of )?(?:{_MONTH_NAMES})\b"
    rf"|\b(?:{_MONTH_NAMES}) \d{{1,2}}\b|\b(?:by|in|until|before|en|fin|mi|debut|avant|end of) (?:{_MONTH_NAMES})\b"
    r"|\b(?:by|before|avant|pour|d'ici) (?:the|le) \d{1,2}\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b|\b(?:tomorrow|demain|tonight|apres-demain)\b"
    r"|\bnext (?:week|month|quarter|year)\b|\b(?:semaine|annee) prochaine\b|\b(?:mois|trimestre) prochain\b"
    r"|\b(?:end|beginning) of (?:the |next )?(?:week|month|quarter|year)"
    r"|\b(?:fin|debut) (?:de |du )(?:la |l')?(?:semaine|mois|trimestre|annee)"
    r"|\b(?:in|within|dans|sous) (?:\d+|two|three|deux|trois) (?:days?|weeks?|months?|jours?|semaines?|mois)\b"
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'"})


class Sentence(NamedTuple):
    """A sentence as it was written, its line breaks set aside, and the signs in it."""

    text: str
    signs: frozenset[str]

    @property
    def weight(self) -> int:
        """How much it matters later: 0 where there is no sign in it."""
        return sum(_WEIGHTS[sign] for sign in self.signs)


def comparable(text: str) -> str:
    """The text as the rules compare it: folded, with plain apostrophes and single spaces."""
    return " ".join(fold(text).translate(_APOSTROPHES).split())


def signs(text: str) -> frozenset[str]:
    """The signs in a sentence."""
    return _signs(text, comparable(text))


def _signs(text: str, plain: str) -> frozenset[str]:
    future = any(word not in _NO_FUTURE for word in _FUTURE.findall(text))
    asks = text.rstrip("\"”»’') ").endswith("?")
    found = {
        PROMISE: not asks and (future or bool(_PROMISED.search(plain))),
        DECISION: bool(_DECIDED.search(plain)),
        QUESTION: asks,
        AMOUNT: bool(_MONEY.search(plain)),
        DATE: bool(_DATED.search(plain)),
    }
    return frozenset(sign for sign, there in found.items() if there)


def sentences(text: str) -> list[Sentence]:
    """What an exchange says, sentence by sentence: without the head of a mail, greetings, closings and signature."""
    body = _SIGNATURE.split(text[:LONGEST_TEXT])[0]
    found = []
    for block in _blocks(body):
        for sentence in _split(block):
            plain = comparable(sentence)
            bare = plain.strip(" ,.!;:")
            if bare and not _GREETING.fullmatch(bare) and not _CLOSING.fullmatch(bare):
                found.append(Sentence(sentence, _signs(sentence, plain)))
    return found


def own_words(text: str) -> str:
    """What the writer of a text says: without what is quoted from an earlier one, line by line or below a head."""
    head, gap, body = text.partition("\n\n")
    if not any(_HEAD.match(line) for line in head.split("\n")):
        head, gap, body = "", "", text
    kept: list[str] = []
    lines = _OLDER.split(body)[0].split("\n")
    for n, line in enumerate(lines):
        if _WROTE.fullmatch(line):
            below = next((other for other in lines[n + 1 :] if other.strip()), "")
            if not _QUOTED.match(below):
                break
        elif not _QUOTED.match(line):
            kept.append(line)
    return head + gap + "\n".join(kept)


def sender(text: str) -> str:
    """Who wrote a mail, as the head of its text says; "" where it says nothing."""
    head = text.split("\n\n", 1)[0]
    return next((line[6:].strip() for line in head.split("\n")[:4] if line.startswith("From: ")), "")


def address_of(wrote: str) -> str:
    """The address in a sender as a head has it, `Ann <ann@us.example>`; "" where there is none."""
    found = re.search(r"[^\s<>\"]+@[^\s<>\"]+", wrote)
    return found[0].casefold() if found else ""


def is_ours(text: str, ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether a mail was written by our own side, as its head says: one of `ours`, by name or in the address.

    `theirs` are the names and addresses of the client's people: those are never ours.
    """
    wrote = sender(text)
    address = address_of(wrote)
    name = comparable(re.sub(r"<[^>]*>", "", wrote)).strip("\"' ")
    known = {comparable(other) for other in theirs if other}
    if not wrote or address in known or name in known:
        return False
    said = {name, *name.split()[:1], address, address.partition("@")[0]} - {""}
    return any(comparable(own) in said for own in ours if own)


def shortened(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """The sentence, or as many of its words as there is room for and a mark that there are more."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, list items and lines that stand alone, each on one line."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    for n, paragraph in enumerate(paragraphs):
        lines = [line for line in paragraph.split("\n") if line.strip() and line.strip() != _FOLDED_QUOTE]
        if n == 0 and any(_HEAD.match(line) for line in lines[1:] or lines[:1]):
            continue
        block: list[str] = []
        for line in lines:
            if block and (_BULLET.match(line) or _stands_alone(block[-1], line)):
                yield " ".join(" ".join(block).split())
                block = []
            block.append(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
        if block:
            yield " ".join(" ".join(block).split())


def _stands_alone(line: str, below: str) -> bool:
    """Whether a line ends where it does on purpose: it is short and the next one begins anew."""
    return len(line.strip()) < 50 and not below.strip()[:1].islower()


def _split(block: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(block):
        word = re.search(r"(?<!\d)([^\W\d_]+)$", block[max(start, end.start() - 12) : end.start()])
        is_short_form = word is not None and bool(_SHORT_FORM.fullmatch(fold(word[1])))
        if block[end.start()] == "." and is_short_form:
            continue
        yield block[start : end.end()].strip()
        start = end.end()
    if rest := block[start:].strip():
        yield rest
