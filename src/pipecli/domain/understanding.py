"""What a text says that could be written down: evidence by the hints of a criterion, an amount, days, who decides,
what comes next, in English and French.

The rules find words and never weigh them: each find is a suggestion in the words of the text, for a person to accept.
Where a text says two things of one kind, nothing is suggested rather than one of them guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipecli.errors import InvalidInput

from .date_words import DAYS_FROM_TODAY, MONTHS, PERIOD_ENDS, WEEKDAYS
from .dates import parse_date
from .decision_makers import deciders
from .denial import (
    denies_money,
    is_away,
    is_open_said,
    is_past,
    is_stated,
    may_be_the_price,
    names_the_close,
)
from .fold import fold
from .ground import Found, Ground, Told
from .hearing import PROMISE, Sentence, comparable, own_words, sentences
from .money import parse_amount
from .pipeline import Criterion
from .proposing import NEXT_ACTION, PROOF, VALUE, Suggestion
from .quoting import FEWEST_WORDS, LONGEST
from .wording import exchange_kind, is_link

LONGEST_DAY = 5
"""Words that a day takes at most: `le 15 décembre 2026`."""


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
_AFTER_SUM_WORDS = (
    "agreed confirmed ok okay signed approved accepted validated for all excl incl excluding including ht ttc net "
    "gross hors is it and but total valide d'accord confirme accepte pour est et"
)
_AFTER_SUM = frozenset(_AFTER_SUM_WORDS.split())
_COUNTED = re.compile(
    r"\b(?:users?|visitors?|employees|customers?|clients|downloads|units?|pieces|people|visits|views|km|steps|r[au]n"
    r"|away|utilisateurs?|visiteurs?|salaries|exemplaires|personnes)\b"
)
_BARE = re.compile(r"(?<!\w)\d[\d .,'’\u00a0\u202f]*")
_RANGE_BEFORE = re.compile(
    rf"\d\s?[kKmM]?\s?(?:{_SIGN}|euros?)?\s?(?:[-–—/]|\b(?:to|and|or|à|et|ou)\b)\s*$|[-−–]$"
)
_RANGE_AFTER = re.compile(rf"\s?(?:[-–—/]|\b(?:to|or|à|ou)\b)\s?(?:{_SIGN})?\s?\d")
_SENTENCE = re.compile(r"\s*(?:[;\n]|\.(?=\s|$)|(?<=[?!])(?=\s|$))\s*")
# A comma between two digits is one of a number.
_CLAUSE = re.compile(r"\s*(?:,(?!\d)|(?<!\d),|\bthen\b|\bpuis\b)\s*")
_ENDINGS = "s|es|d|ed|ing|r|er|nt|ent|ons|ez|ee?s?|era|eront"
_OTHER_SIGNS = re.compile(r"\s(?:(?:up|in|out) (?:to|for|here|at|with)|off(?! on))\b")


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
        return parse_date(words, ground.today, order=ground.order)
    except InvalidInput:
        return None


def _sums(text: str, ground: Ground) -> list[Found]:
    """The amounts that may be what this is worth: no range, no count of something else, not somebody else's money."""
    if not may_be_the_price(text):
        return []
    found = amounts(text, ground)
    for one in found:
        before, after = text[: one.start], text[one.end :]
        if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after):
            return []
    return [one for one in found if _is_a_sum(one, text) and one.value != (0, _currency(one))]


def _currency(found: Found) -> str:
    return str(found.value[1]) if isinstance(found.value, tuple) else ""


def _is_a_sum(found: Found, text: str) -> bool:
    """A number with a currency is one; `100k` alone only where nothing is counted by it."""
    if re.search(rf"{_SIGN}|euros?\b", found.text):
        return True
    words = re.split(r"[^\w'-]+", comparable(text[found.end :]).strip())
    follows = words[0] if words else ""
    fits = not follows or follows in _AFTER_SUM or bool(_PRICED.match(follows))
    return fits and not _COUNTED.search(comparable(text))


def says(quote: str, s: Suggestion, type_: str, ground: Ground) -> bool:
    """Whether a quote has the value that is taken from it: the same sum, the same day, the words of anything else."""
    if type_ == "money":
        try:
            value = parse_amount(s.value, ground.currency, decimal=ground.decimal)
        except InvalidInput:
            return False
        sums = [f.value for f in amounts(quote, ground)]
        return value in sums if sums else _digits(s.value) in map(_digits, _BARE.findall(quote))
    if type_ == "date":
        return s.value in [f.value.isoformat() for f in days(quote, ground) if isinstance(f.value, date)]
    words, there = (set(re.findall(r"\w+", comparable(text))) for text in (s.value, quote))
    if s.target == "decision_maker" and s.value in ground.people:
        return bool(words & there)
    return bool(words) and words <= there


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def hinted(sentence: Sentence | Told, criterion: Criterion) -> int:
    """How many of a criterion's hints a sentence has, each as a word with its endings: `sign` in `signs` and `signed`,
    not in `signature`, nor in `signed up to`.
    """
    plain = comparable(sentence.text)
    return sum(any(_fits(hint, plain)) for hint in criterion.hints if hint.strip())


def _fits(hint: str, plain: str) -> Iterator[bool]:
    """For each place of a hint whether it is meant there."""
    words = comparable(hint)
    stem = words.removesuffix("e")
    forms = rf"{re.escape(words)}(?:{_ENDINGS})?" + (
        rf"|{re.escape(stem)}(?:ing|ant|ons|ions?)" if stem != words else ""
    )
    for place in re.finditer(rf"(?<!\w)(?:{forms})(?!\w)", plain):
        yield not _OTHER_SIGNS.match(plain, place.end())


def in_exchange(text: str, exchange: int, ground: Ground, *, ours: bool = False) -> Iterator[Suggestion]:
    """What an exchange says, sentence by sentence, each suggestion with the sentence as its quote.

    `ours` says that our own side wrote it: what it promises is ours to do, and it proves nothing of the client.
    """
    said = [s for s in sentences(own_words(text)) if len(s.text) <= LONGEST and is_stated(s.text)]
    if not ours:
        yield from _proofs(said, exchange, ground)
        yield from _values(_told(said), exchange, ground)
    yield from _promises(said, exchange, ground)


def _told(said: Sequence[Sentence]) -> list[Told]:
    """The clauses of sentences; a sum counts only where a sentence says that it is a price, and all of it agrees."""
    found = []
    for sentence in said:
        priced = _PRICED.search(comparable(sentence.text)) and may_be_the_price(sentence.text)
        for clause in _CLAUSE.split(sentence.text):
            found.append(Told(clause if priced else _MONEY.sub("…", clause), sentence.text))
    return found


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


def _values(told: Sequence[Told], exchange: int | None, ground: Ground) -> Iterator[Suggestion]:
    """An amount, a close date, a decision-maker: each only where the text says one of it."""
    for field, found in (
        ("amount", [(f, t) for t in told for f in _sums(t.text, ground)]),
        ("close_date", [(f, t) for t in told if names_the_close(t.text) for f in days(t.text, ground)]),
        ("decision_maker", [(f, t) for t in told for f in deciders(t.text, ground)]),
    ):
        if len({f.value for f, _t in found}) != 1:
            continue
        first, clause = found[0]
        value = first.value.isoformat() if isinstance(first.value, date) else first.text
        if field == "close_date" and isinstance(first.value, date) and first.value < ground.today:
            continue
        if field == "decision_maker":
            value = str(first.value)
        yield Suggestion(VALUE, field, value, exchange=exchange, quote=clause.quote)


def _promises(said: Sequence[Sentence], exchange: int, ground: Ground) -> Iterator[Suggestion]:
    """What was promised for one day that is still to come; the last promise of a text is the one that stands."""
    for sentence in reversed(said):
        found = days(sentence.text, ground)
        if PROMISE not in sentence.signs or len(found) != 1 or is_away(sentence.text):
            continue
        day = found[0].value
        if isinstance(day, date) and day >= ground.today:
            yield Suggestion(
                NEXT_ACTION, "", sentence.text.rstrip("."), day.isoformat(), exchange, sentence.text
            )
        return


def in_words(text: str, ground: Ground) -> list[Suggestion]:
    """What a person's own note says, clause by clause: `Jeanne signs, 48k, send quote fri`.

    A clause that begins with something to do and names a day is the next action. Proofs and values are in the words of
    the clause, without an exchange: the note itself becomes the one they rest on. What hangs on a condition says
    nothing.
    """
    actions: list[Suggestion] = []
    told: list[Told] = []
    for sentence in _SENTENCE.split(text):
        clauses = [] if is_open_said(sentence) else [c.strip() for c in _CLAUSE.split(sentence) if c.strip()]
        unpaid = any(map(denies_money, clauses))
        for clause in filter(is_stated, clauses):
            action = _action(clause, ground)
            if action:
                actions.append(action)
            else:
                told.append(Told(_MONEY.sub("…", clause) if unpaid else clause, clause))
    proofs = []
    for criterion in ground.criteria:
        fits = [t for t in told if hinted(t, criterion) and len(t.quote.split()) >= FEWEST_WORDS]
        if fits and criterion.evidence in ("note", "exchange"):
            best = max(fits, key=lambda t: hinted(t, criterion))
            proofs.append(Suggestion(PROOF, criterion.key, quote=best.quote))
    return [*proofs, *_values(told, None, ground), *(actions if len(actions) == 1 else [])]


def _action(clause: str, ground: Ground) -> Suggestion | None:
    words = fold(clause).split()
    if not words:  # an accent that stands alone
        return None
    if (words[0] not in _ACTS and exchange_kind(words[0]) == "note") or words[1:2] in (["from"], ["de"]):
        return None
    found = days(clause, ground)
    if len(found) != 1 or not isinstance(found[0].value, date) or found[0].value < ground.today:
        return None
    if is_past(clause) or is_away(clause):
        return None
    day = found[0]
    before, after = clause[: day.start].split(), clause[day.end :].split()
    while before and fold(before[-1]) in _PREPOSITIONS:
        before.pop()
    rest = " ".join([*before, *after]).strip(" ,.")
    return Suggestion(NEXT_ACTION, "", rest, found[0].value.isoformat()) if rest else None
