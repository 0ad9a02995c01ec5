"""What a text says that could be written down: evidence by the hints of a criterion, an amount, days, who decides,
what comes next, in English and French.

The rules find words and never weigh them: each find is a suggestion in the words of the text, for a person to accept.
Where a text says two things of one kind, nothing is suggested rather than one of them guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pipecli.errors import InvalidInput

from .date_words import DAYS_FROM_TODAY, MONTHS, PERIOD_ENDS, WEEKDAYS
from .dates import parse_date
from .fold import fold
from .hearing import DECISION, PROMISE, QUESTION, Sentence, comparable, sentences, signs
from .money import parse_amount
from .pipeline import Criterion
from .proposing import NEXT_ACTION, PROOF, VALUE, Suggestion
from .quoting import FEWEST_WORDS, LONGEST
from .wording import exchange_kind, is_link

LONGEST_DAY = 5
"""Words that a day takes at most: `le 15 décembre 2026`."""


class Ground(NamedTuple):
    """What a text is read against: the evidence that is missing, the names known, how days and amounts are written.

    `today` is the day the text is of, by which `friday` is meant.
    """

    criteria: tuple[Criterion, ...]
    people: tuple[str, ...]
    currency: str
    today: date
    decimal: str | None = None
    order: str | None = None


class Found(NamedTuple):
    """An amount or a day in a text: where it stands, in which words."""

    start: int
    end: int
    text: str
    value: object


_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SIGN = r"[€$£¥]|\b(?:EUR|USD|GBP|CHF|CAD|JPY)\b"
_MONEY = re.compile(
    rf"(?:(?:{_SIGN})\s?(?:{_NUMBER})\s?(?:[kKmM](?![\w]))?"
    rf"|(?<![\w.,])(?:{_NUMBER})\s?(?:[kKmM]\s?(?:{_SIGN}|euros?\b)?(?!\w)|{_SIGN}|euros?\b))"
)
_WORD = re.compile(r"[^\s,;()\"“”«»]+")
_PREPOSITIONS = frozenset(
    ("by", "on", "before", "for", "until", "from", "le", "the", "au", "avant", "pour", "du")
)
_NAMED_DAYS = frozenset((*WEEKDAYS, *DAYS_FROM_TODAY, *MONTHS, *PERIOD_ENDS, "in", "dans"))
_AMBIGUOUS_SHORT = frozenset(("mar", "sam", "mer", "sun", "sat", "may", "mai", "an", "wed", "in", "dans"))
_NAME = r"(?P<name>[A-ZÀ-Þ][\w’'-]+(?: (?:de |du |le |la |van |von )?[A-ZÀ-Þ][\w’'-]+){0,2})"
_DECIDES = re.compile(
    rf"\b{_NAME} (?:(?:will|can|is the one who|is going to|va|doit|peut) )?"
    r"(?:decides?\b|signs?\b|approves?\b|has the (?:last|final) (?:word|say)\b|is the decision[- ]maker\b"
    r"|holds? the budget\b|décide\b|décider\b|signe\b|signer\b|tranche\b|valide\b|valider\b|a le dernier mot\b)"
)
_IS_WHO = re.compile(
    rf"\b(?:decision[- ]maker is|signed by|decided by|c['’]est|signé par|décidé par|le décideur est) {_NAME}"
)
_NO_NAME_WORDS = (
    "he she we they it you who that this someone nobody everybody il elle nous vous ils elles on qui cela ce ca "
    "board committee management direction comite the le la les un une if when then so but and mais et si alors"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_ACT_WORDS = (
    "send call write mail email e-mail meet visit prepare book ask check present demo follow ring phone draft plan "
    "organise organize invite remind answer reply schedule show deliver share confirm "
    "envoyer appeler rappeler ecrire rencontrer visiter preparer reserver demander verifier presenter relancer "
    "telephoner planifier organiser inviter repondre montrer livrer partager confirmer proposer fixer "
    "envoie appelle rappelle ecris prepare relance"
)
_ACTS = frozenset(_ACT_WORDS.split())
_PRICED = re.compile(
    r"\b(?:budget\w*|pric\w+|quot\w+|offer\w*|order\w*|total\w*|amount\w*|worth|deal|contract\w*"
    r"|prix|devis|montant\w*|offre\w*|command\w+|contrat\w*|forfait\w*)\b"
)
_CLAUSE = re.compile(r"\s*(?:[,;\n]|\.(?=\s|$)|\bthen\b|\bpuis\b)\s*")


def amounts(text: str, ground: Ground) -> list[Found]:
    """The amounts of money in a text, as (minor units, currency); a bare number is none."""
    found = []
    for place in _MONEY.finditer(text):
        words = place.group().strip()
        try:
            value = parse_amount(words, ground.currency, decimal=ground.decimal)
        except InvalidInput:
            continue
        found.append(Found(place.start(), place.end(), words, value))
    return found


def days(text: str, ground: Ground) -> list[Found]:
    """The days in a text, the longest words for each: `fri`, `15 December`, `in 2 weeks`, `2026-12-31`."""
    words = list(_WORD.finditer(text))
    found: list[Found] = []
    at = 0
    while at < len(words):
        for length in range(min(LONGEST_DAY, len(words) - at), 0, -1):
            run = words[at : at + length]
            day = _day(text[run[0].start() : run[-1].end()].rstrip(".!?:"), ground)
            if day is not None:
                shown = text[run[0].start() : run[-1].end()].rstrip(".!?:")
                found.append(Found(run[0].start(), run[0].start() + len(shown), shown, day))
                at += length - 1
                break
        at += 1
    return found


def _day(words: str, ground: Ground) -> date | None:
    """The day that exactly these words name; None where a text may well mean something else by them."""
    plain = fold(words).replace(".", "").split()
    alone = len(plain) == 1
    if not plain or (alone and (plain[0] in _AMBIGUOUS_SHORT or plain[0] in MONTHS)):
        return None
    named = any(word in _NAMED_DAYS for word in plain)
    if not named and not re.fullmatch(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\+\d+[a-z]?", words):
        return None
    try:
        return parse_date(words, ground.today, order=ground.order)  # type: ignore[arg-type]
    except InvalidInput:
        return None


def deciders(text: str, ground: Ground) -> list[Found]:
    """Who decides or signs by the words of a text; a known name is completed."""
    found = []
    for pattern in (_DECIDES, _IS_WHO):
        for place in pattern.finditer(text):
            words = place["name"].split()
            while words and fold(words[0]) in _NO_NAME:
                words.pop(0)
            name = " ".join(words).removesuffix("'s").removesuffix("’s")
            if name and fold(name) not in WEEKDAYS and fold(name) not in MONTHS:
                found.append(Found(place.start("name"), place.end(), name, _completed(name, ground.people)))
    return found


def _completed(name: str, people: Iterable[str]) -> str:
    parts = fold(name).split()
    fits = [known for known in people if set(parts) <= set(fold(known).split())]
    return fits[0] if len(fits) == 1 else name


def hinted(sentence: Sentence, criterion: Criterion) -> int:
    """How many of a criterion's hints a sentence has; one stands where a word begins, as `sign` in `signs`."""
    plain = comparable(sentence.text)
    return sum(
        bool(re.search(rf"(?<!\w){re.escape(comparable(hint))}", plain)) for hint in criterion.hints if hint
    )


def in_exchange(text: str, exchange: int, ground: Ground) -> Iterator[Suggestion]:
    """What an exchange says, sentence by sentence, each suggestion with the sentence as its quote."""
    said = [s for s in sentences(text) if len(s.text) <= LONGEST and QUESTION not in s.signs]
    yield from _proofs(said, exchange, ground)
    yield from _values(said, exchange, ground, priced=True)
    yield from _promises(said, exchange, ground)


def _proofs(said: Sequence[Sentence], exchange: int, ground: Ground) -> Iterator[Suggestion]:
    for criterion in ground.criteria:
        ranked = [(hinted(s, criterion), s.weight, -n, s) for n, s in enumerate(said)]
        hits, _weight, _place, best = max(ranked, default=(0, 0, 0, None))
        if not hits or best is None:
            continue
        if criterion.evidence == "link":
            links = [word.strip(".,;()") for word in best.text.split() if is_link(word.strip(".,;()"))]
            if len(links) == 1:
                yield Suggestion(PROOF, criterion.key, links[0])
        elif criterion.evidence in ("note", "exchange") and len(best.text.split()) >= FEWEST_WORDS:
            yield Suggestion(PROOF, criterion.key, exchange=exchange, quote=best.text)


def _values(
    said: Sequence[Sentence], exchange: int, ground: Ground, *, priced: bool = False
) -> Iterator[Suggestion]:
    """An amount, a close date, a decision-maker; with `priced` only an amount of which a sentence says so."""
    sums = [s for s in said if not priced or _PRICED.search(comparable(s.text))]
    for field, found in (
        ("amount", [(f, s) for s in sums for f in amounts(s.text, ground)]),
        ("close_date", [(f, s) for s in said if DECISION in s.signs for f in days(s.text, ground)]),
        ("decision_maker", [(f, s) for s in said for f in deciders(s.text, ground)]),
    ):
        if len({f.value for f, _s in found}) != 1:
            continue
        first, sentence = found[0]
        value = first.value.isoformat() if isinstance(first.value, date) else first.text
        if field == "close_date" and isinstance(first.value, date) and first.value < ground.today:
            continue
        if field == "decision_maker":
            value = str(first.value)
        yield Suggestion(VALUE, field, value, exchange=exchange, quote=sentence.text)


def _promises(said: Sequence[Sentence], exchange: int, ground: Ground) -> Iterator[Suggestion]:
    """What was promised for one day that is still to come; the last promise of a text is the one that stands."""
    for sentence in reversed(said):
        found = days(sentence.text, ground)
        if PROMISE in sentence.signs and len(found) == 1 and isinstance(found[0].value, date):
            day = found[0].value
            if day >= ground.today:
                yield Suggestion(
                    NEXT_ACTION, "", sentence.text.rstrip("."), day.isoformat(), exchange, sentence.text
                )
            return


def in_words(text: str, ground: Ground) -> list[Suggestion]:
    """What a person's own note says, clause by clause: `Jeanne signs, 48k, send quote fri`.

    A clause that begins with something to do and names a day is the next action. Proofs and values are in the words of
    the clause, without an exchange: the note itself becomes the one they rest on.
    """
    clauses = [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]
    actions = [found for clause in clauses if (found := _action(clause, ground))]
    rest = [clause for clause in clauses if _action(clause, ground) is None]
    told = [Sentence(clause, signs(clause)) for clause in rest]
    proofs = []
    for criterion in ground.criteria:
        fits = [s for s in told if hinted(s, criterion) and len(s.text.split()) >= FEWEST_WORDS]
        if fits and criterion.evidence in ("note", "exchange"):
            best = max(fits, key=lambda s: hinted(s, criterion))
            proofs.append(Suggestion(PROOF, criterion.key, quote=best.text))
    values = [s._replace(exchange=None) for s in _values(told, 0, ground)]
    return [*proofs, *values, *(actions if len(actions) == 1 else [])]


def _action(clause: str, ground: Ground) -> Suggestion | None:
    first = fold(clause.split()[0])
    if first not in _ACTS and exchange_kind(first) == "note":
        return None
    found = days(clause, ground)
    if len(found) != 1 or not isinstance(found[0].value, date):
        return None
    day = found[0]
    before, after = clause[: day.start].split(), clause[day.end :].split()
    while before and fold(before[-1]) in _PREPOSITIONS:
        before.pop()
    words = " ".join([*before, *after]).strip(" ,.")
    return Suggestion(NEXT_ACTION, "", words, found[0].value.isoformat()) if words else None
