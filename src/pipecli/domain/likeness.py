"""Names that may be one: accounts, people and opportunities that a person should look at, never merged by themselves.

Names are compared without case, accents, punctuation and the words for what kind of company it is, as they are
written and with their words in order. Two of them are alike when they are the same then, or differ by a slip of the
hand; numbers in them have to agree. Only names that share a half are compared, so that a hundred thousand can be.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from .fold import fold
from .matching import FREE_MAIL

SHORTEST = 5
"""Letters that a name needs for one of them to be a slip."""
LONG = 12
"""Letters from which on there may be two."""
CROWD = 400
"""Names that share a half and are all compared with each other; of more, each with its `NEAREST` in order."""
NEAREST = 40
FEW = 12
"""Names that are all compared with each other, whatever they share."""

_LEGAL = frozenset(
    ("sa", "sas", "sasu", "sarl", "eurl", "snc", "sci", "scop", "inc", "incorporated", "ltd", "limited", "llc", "llp",
     "plc", "corp", "corporation", "co", "company", "gmbh", "ag", "bv", "nv", "spa", "srl", "oy", "ab", "as", "aps",
     "group", "groupe", "the")
)  # fmt: skip
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")

Distance = Callable[[str, str, int], int]
"""How many letters two texts are apart (missing, other or swapped); more than the limit may be any number above it."""


def bare(name: str) -> str:
    """A name without case, accents, punctuation and the words for what kind of company it is."""
    return "".join(_words(name))


def _words(name: str) -> list[str]:
    words = _WORDS.findall(fold(name.replace(".", "").replace("-", "")))
    return [word for word in words if word not in _LEGAL] or words


def slips(a: str, b: str) -> int:
    """How many letters two bare names may be apart and still be one."""
    shortest = min(len(a), len(b))
    return 0 if shortest < SHORTEST else 1 if shortest < LONG else 2


class _Key(NamedTuple):
    """A name as it is compared: its words, bare, its words in order, and its numbers."""

    words: tuple[str, ...]
    bare: str
    ordered: str
    numbers: tuple[str, ...]


def _key(name: str) -> _Key:
    words = _words(name)
    text = "".join(words)
    return _Key(tuple(words), text, "".join(sorted(words)), tuple(_DIGITS.findall(text)))


def _alike(a: _Key, b: _Key, distance: Distance) -> bool:
    """Whether two names may be one."""
    if not a.bare or not b.bare:
        return False
    if a.ordered == b.ordered or a.bare == b.bare:
        return True
    by_word = len(a.words) == len(b.words)
    most = slips(a.bare, b.bare) if by_word else min(1, slips(a.bare, b.bare))
    if not most or a.numbers != b.numbers or abs(len(a.bare) - len(b.bare)) > most:
        return False
    if distance(a.bare, b.bare, most) > most:
        return False
    # Two slips in one short word make another word of it.
    words = zip(a.words, b.words, strict=True) if by_word else ()
    return all(one == two or 0 < distance(one, two, slips(one, two)) <= slips(one, two) for one, two in words)


def pairs(
    names: Sequence[str], distance: Distance, fresh: Collection[int] | None = None
) -> list[tuple[int, int]]:
    """The places of names that may be one, the earlier first; with `fresh`, only pairs that one of those is in.

    Names that are equal letter by letter are pairs too.
    """
    keys = [_key(name) for name in names]
    wanted = range(len(names)) if fresh is None else fresh
    found = set()
    for block in _blocks(keys, wanted):
        for a, b in _candidates(block, keys, wanted):
            pair = (a, b) if a < b else (b, a)
            if pair not in found and _alike(keys[a], keys[b], distance):
                found.add(pair)
    return sorted(found)


def _blocks(keys: Sequence[_Key], wanted: Collection[int]) -> Iterator[list[int]]:
    """The places of names that may be one: those that share the whole, their words in order, or their numbers and
    either half. Each has one of the wanted in it, and another."""
    if len(keys) <= FEW:
        yield list(range(len(keys)))
        return
    yield from _sharing(_wholes, keys, range(len(keys)), wanted)
    numbered: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if len(key.bare) >= SHORTEST:
            numbered[key.numbers].append(place)
    for numbers in {keys[place].numbers for place in wanted}:
        yield from _sharing(_halves, keys, numbered[numbers], wanted)


def _sharing(
    parts: Callable[[_Key], set[str]], keys: Sequence[_Key], places: Sequence[int], wanted: Collection[int]
) -> Iterator[list[int]]:
    """Those of the places that share a part with one of the wanted."""
    if len(places) < 2:
        return
    if len(wanted) < len(places):
        asked = {part for place in places if place in wanted for part in parts(keys[place])}
    else:
        asked = None
    blocks: dict[str, list[int]] = defaultdict(list)
    for place in places:
        for part in parts(keys[place]):
            if asked is None or part in asked:
                blocks[part].append(place)
    yield from (block for block in blocks.values() if len(block) > 1)


def _wholes(key: _Key) -> set[str]:
    return {key.ordered, key.bare} if key.bare else set()


def _halves(key: _Key) -> set[str]:
    """A slip leaves one half as it is, and makes the name at most one letter longer or shorter."""
    text = key.bare
    lengths = {(len(text) - 2) // 2, (len(text) - 1) // 2, len(text) // 2}
    return {part for n in lengths for part in (f"<{n}{text[:n]}", f">{n}{text[-n:]}")}


def _candidates(
    block: Sequence[int], keys: Sequence[_Key], wanted: Collection[int]
) -> Iterator[tuple[int, int]]:
    """The pairs of a block with one of the wanted in them."""
    crowded = len(block) > CROWD
    ordered = sorted(block, key=lambda place: keys[place].bare) if crowded else block
    reach = NEAREST if crowded else len(block)
    for n, place in enumerate(ordered):
        if place in wanted:
            for m in range(max(0, n - reach), min(len(ordered), n + reach + 1)):
                if m > n or (m < n and ordered[m] not in wanted):
                    yield place, ordered[m]


class Person(NamedTuple):
    """Somebody as they are compared: `account` is the id of the account they are of."""

    id: int
    name: str
    mail: str | None
    account: int | None


def same_people(people: Sequence[Person], distance: Distance, since: int = 0) -> list[tuple[Person, Person]]:
    """Pairs that may be one person, the older first: one address, or names alike within an account or a company's mail.

    An address that anybody can have says nothing of a company. Only pairs with one who is at place `since` or later.
    """
    found = set()
    for group in _grouped(people, lambda p: [fold(p.mail)] if p.mail else []):
        found |= {(people[a], people[b]) for a, b in combinations(group, 2) if max(a, b) >= since}
    for group in _grouped(people, _companies):
        fresh = range(bisect_left(group, since), len(group))
        for a, b in pairs([people[place].name for place in group], distance, fresh) if fresh else ():
            one, two = people[group[a]], people[group[b]]
            if not (one.mail and two.mail and _mailbox(one) != _mailbox(two)) or one.account == two.account:
                found.add((one, two))
    return sorted((min(pair), max(pair)) for pair in found)


def _mailbox(person: Person) -> str:
    return fold(person.mail or "").partition("@")[0]


def _companies(person: Person) -> Iterable[str]:
    domain = fold(person.mail or "").partition("@")[2]
    return [
        *([f"a{person.account}"] if person.account is not None else []),
        *([domain] if domain and domain not in FREE_MAIL else []),
    ]


def _grouped(people: Sequence[Person], keys: Callable[[Person], Iterable[str]]) -> list[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for key in keys(person):
            groups[key].append(place)
    return [group for group in groups.values() if len(group) > 1]


class Dealing(NamedTuple):
    """An opportunity as it is compared; `worth` is its amount in the workspace's currency, None where unknown."""

    number: int
    name: str
    account: int | None
    worth: float | None
    owner: str = ""
    contact: int | None = None


def same_dealings(
    dealings: Sequence[Dealing], accounts: Iterable[tuple[int, int]], distance: Distance
) -> list[tuple[Dealing, Dealing]]:
    """Pairs that may be one opportunity, the older first: names alike, of one account, and worth much the same.

    `accounts` are pairs of accounts that may be one. Much the same is no more than twice as much; an amount that
    is not known speaks against nothing. Without an account only names of two words or more tell anything, and only of
    those with one contact, or one owner and one amount: many sell the same thing to many.
    """
    one_account = _representatives(accounts)
    groups: dict[int | None, list[Dealing]] = defaultdict(list)
    for dealing in sorted(dealings):
        account = dealing.account
        if account is not None or len(_words(dealing.name)) > 1:
            groups[one_account.get(account, account) if account is not None else None].append(dealing)
    found = []
    for group in groups.values():
        if len(group) > 1:
            alike = pairs([dealing.name for dealing in group], distance)
            found += [(group[a], group[b]) for a, b in alike if _may_be_one(group[a], group[b])]
    return sorted(found)


def _may_be_one(a: Dealing, b: Dealing) -> bool:
    if a.account is None and b.account is None:
        one_contact = a.contact is not None and a.contact == b.contact
        one_amount = a.worth is not None and a.worth == b.worth and a.owner == b.owner
        return (one_contact and _worth_the_same(a, b)) or one_amount
    return _worth_the_same(a, b)


def _worth_the_same(a: Dealing, b: Dealing) -> bool:
    if a.worth is None or b.worth is None:
        return True
    return max(a.worth, b.worth) <= 2 * min(a.worth, b.worth)


def _representatives(alike: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of accounts that may be one, the first that stands for all."""
    found: dict[int, int] = {}

    def first(account: int) -> int:
        while account in found:
            account = found[account]
        return account

    for a, b in alike:
        one, two = sorted((first(a), first(b)))
        if one != two:
            found[two] = one
    return {account: first(account) for account in found}
