"""What a summary says of one opportunity: statements, each with the numbers of the journal entries it rests on.

Whoever wrote them, rules or a model, they pass the same test: one that rests on no entry of this opportunity, or
names one that is not, is dropped and counted.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from .quoting import found

STANDING, SAID, PEOPLE, GATE, NEXT, ASK = "standing", "said", "people", "gate", "next", "ask"
SECTIONS = (STANDING, SAID, PEOPLE, GATE, NEXT, ASK)
"""In the order in which they are read."""
TOLD = (SAID, PEOPLE, ASK)
"""What a model may write; the rest stays the rules'."""


class Statement(NamedTuple):
    """One thing that is said, the section it belongs to, and the journal entries it rests on."""

    section: str
    text: str
    seqs: tuple[int, ...]


class Grounded(NamedTuple):
    """The statements that rest on something, and how many did not."""

    statements: tuple[Statement, ...]
    dropped: int


def rests_on_entries(statement: Statement, entries: Container[int]) -> bool:
    """Whether a statement says something, and every entry it names (at least one) is one of these."""
    return bool(statement.text.strip() and statement.seqs) and all(seq in entries for seq in statement.seqs)


def grounded(statements: Iterable[Statement], entries: Container[int]) -> Grounded:
    """The statements that rest on these entries, in their order; the others are counted."""
    kept, dropped = [], 0
    for statement in statements:
        if rests_on_entries(statement, entries):
            kept.append(statement)
        else:
            dropped += 1
    return Grounded(tuple(kept), dropped)


_DOUBLE = '“”„‟«»"＂〝〞〟「」『』'
# Every kind of quotation mark; one that is not closed quotes to the end. The single ones are apostrophes within a word
# and behind it, so that they only open where a word may begin, and close where it has ended.
_QUOTED = (
    re.compile(f"[{_DOUBLE}]([^{_DOUBLE}]+)(?:[{_DOUBLE}]|$)"),
    re.compile("“([^“”]+)”"),
    re.compile("«([^«»]+)»"),
    re.compile("„([^„“”]+)[“”]"),
    re.compile(r"(?:(?<!\w)['‘’‚‛`´]|‹)\s*(?=\S)(.+?)(?:(?<=\w)['‘’‛`´](?!\w)|(?<!\w)['‘’‛`´](?!\w)|[›‹]|$)"),
    re.compile("›([^‹›]+)‹"),
)
_PAIRS = re.compile("<<|>>|``|''")
_EDGES = " .,;:!?…\u00a0\u202f'‘’‚‛`´‹›" + _DOUBLE
_QUOTE_WORDS = 3
"""From so many words on, what stands between quotation marks is a quote; fewer are a name or a turn of phrase."""


def quotes_hold(statement: Statement, texts: Mapping[int, str]) -> bool:
    """Whether everything a statement quotes stands word for word in an entry that it names."""
    text = _PAIRS.sub('"', statement.text)
    quotes = [found.strip(_EDGES) for pattern in _QUOTED for found in pattern.findall(text)]
    sources = [texts.get(seq, "") for seq in statement.seqs]
    return all(
        any(_stands(quote, source) for source in sources)
        for quote in quotes
        if len(quote.split()) >= _QUOTE_WORDS
    )


def _stands(quote: str, source: str) -> bool:
    """Whether a quote is in a text; its first letter may have become small or large where it was put."""
    return any(found(q, source) is not None for q in (quote, quote[:1].swapcase() + quote[1:]))
