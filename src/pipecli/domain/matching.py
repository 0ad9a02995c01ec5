"""Which opportunity a message or a meeting is about, by who takes part and by its subject; nothing is guessed.

Three things are looked at in turn: the addresses of contacts, the domains of those addresses, and the subject.
The first of them that points anywhere decides. Where it points to one open opportunity, that is the one; where it
points to several, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from .fold import fold

SHORTEST_NAME = 4
"""A name of fewer letters says too little when it stands in a subject."""

# Domains that anybody can have an address in: they say nothing of a company.
_FREE_MAIL = """
gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.es outlook.it hotmail.com hotmail.fr
hotmail.de hotmail.es hotmail.it hotmail.co.uk hotmail.be live.com live.fr live.be live.nl live.co.uk msn.com
yahoo.com yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.uk yahoo.ca yahoo.co.in ymail.com rocketmail.com
aol.com aol.fr icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de
tuta.io gmx.com gmx.net gmx.de gmx.fr gmx.at gmx.ch web.de t-online.de freenet.de mail.com mail.ru yandex.com
yandex.ru inbox.ru bk.ru list.ru zoho.com fastmail.com fastmail.fm hey.com hushmail.com mailbox.org posteo.de
posteo.net orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr club-internet.fr
aliceadsl.fr cegetel.net noos.fr voila.fr bluewin.ch sunrise.ch hispeed.ch skynet.be telenet.be proximus.be
libero.it virgilio.it tiscali.it alice.it tin.it terra.es telefonica.net ziggo.nl kpnmail.nl planet.nl
btinternet.com sky.com virginmedia.com talktalk.net comcast.net verizon.net att.net sbcglobal.net cox.net
bellsouth.net charter.net shaw.ca rogers.com sympatico.ca videotron.ca bigpond.com optusnet.com.au qq.com
163.com 126.com sina.com naver.com hanmail.net daum.net rediffmail.com uol.com.br bol.com.br terra.com.br
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())
_WORD = re.compile(r"\w+")


class Incoming(NamedTuple):
    """A message or a meeting as it came in: `key` is what it is known by, `place` is how to name it again.

    `day` is the calendar date in the workspace's time zone, None where `fault` says why there is none.
    """

    number: int
    place: str
    kind: str
    key: str
    day: date | None
    fault: str
    title: str
    sender: str
    addresses: tuple[str, ...]
    text: str


class Standing(NamedTuple):
    """An open opportunity as matching sees it, with the people it names and the account it is of."""

    number: int
    name: str
    account_name: str | None
    account: int | None
    people: tuple[int, ...]


class Known(NamedTuple):
    """A contact whose address is known, and the account it is of."""

    id: int
    mail: str
    account: int | None


class Matcher:
    """The open opportunities and the known addresses, arranged so that a message costs no more than it is long."""

    def __init__(self, standing: Iterable[Standing], people: Iterable[Known]) -> None:
        self._by_person: dict[int, set[int]] = {}
        self._by_account: dict[int, set[int]] = {}
        self._names: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        self._accounts: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for one in standing:
            for person in one.people:
                self._by_person.setdefault(person, set()).add(one.number)
            if one.account is not None:
                self._by_account.setdefault(one.account, set()).add(one.number)
            _enter(self._names, one.name, one.number)
            _enter(self._accounts, one.account_name or "", one.number)
        self._by_address: dict[str, set[int]] = {}
        self._by_domain: dict[str, set[int]] = {}
        for known in people:
            self._remember(known)

    def _remember(self, known: Known) -> None:
        """An address stands for the opportunities that name its owner, else for those of the owner's account.

        Its domain stands for both: a colleague of the owner may write about any of them.
        """
        own = self._by_person.get(known.id, set())
        of_account = self._by_account.get(known.account, set()) if known.account is not None else set()
        if not (own or of_account):
            return
        address = fold(known.mail.strip())
        self._by_address.setdefault(address, set()).update(own or of_account)
        domain = address.rpartition("@")[2]
        if domain and domain not in FREE_MAIL:
            self._by_domain.setdefault(domain, set()).update(own | of_account)

    def candidates(self, addresses: Sequence[str], subject: str) -> list[int]:
        """The open opportunities that fit, one where it is certain, in the order of their numbers."""
        folded = [fold(address) for address in addresses]
        domains = [address.rpartition("@")[2] for address in folded]
        found = _together(self._by_address, folded) or _together(self._by_domain, domains)
        return sorted(found or _named(self._names, subject) or _named(self._accounts, subject))


def _together(index: dict[str, set[int]], keys: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for key in set(keys):
        found |= index.get(key, set())
    return found


def _enter(index: dict[str, list[tuple[tuple[str, ...], int]]], name: str, number: int) -> None:
    words = tuple(_WORD.findall(fold(name)))
    if len("".join(words)) >= SHORTEST_NAME:
        index.setdefault(words[0], []).append((words, number))


def _named(index: dict[str, list[tuple[tuple[str, ...], int]]], subject: str) -> set[int]:
    """The opportunities whose whole name stands in the subject, as words."""
    words = _WORD.findall(fold(subject))
    return {
        number
        for n, word in enumerate(words)
        for name, number in index.get(word, ())
        if tuple(words[n : n + len(name)]) == name
    }
