"""The accounts and people that the rows of an import name: found where they are known, added where not."""

from __future__ import annotations

from pipecli.domain.fold import fold
from pipecli.domain.importing import People, Row
from pipecli.domain.likeness import Person
from pipecli.domain.values import contact_parts
from pipecli.store import directory, imported

from .likeness import alike, same_people
from .unit import Unit


class Directory:
    """Accounts by their exact name and contacts by name or address, loaded once; who is missing is added."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        accounts = unit.soon(directory.all_accounts, unit.driver)
        self._added: list[str] = []
        self._people: list[Person] = []
        self._known_people = 0
        self._by_mail: dict[tuple[int | None, str], int] = {}
        self._by_name: dict[tuple[int | None, str], list[tuple[int, bool]]] = {}
        for person in imported.everybody(unit.driver):
            if person.name:
                self._remember(person.id, person.name, person.mail, person.account)
        self._accounts = accounts()
        self._known_people = len(self._people)

    def of(self, row: Row) -> People:
        """The ids of the account and people a row names, added where there are none."""
        values = row.values
        account = self._account(values.get("account"))
        contact, maker = (self._contact(values.get(key), account) for key in ("contact", "decision_maker"))
        return People(account, contact, maker)

    def alike(self) -> list[tuple[str, str]]:
        """Accounts that were added here and may be one that was known, or another of them."""
        if not self._added:
            return []
        fresh = set(self._added)
        return alike(self._added, [name for name in self._accounts if name not in fresh])

    def people_alike(self) -> list[tuple[str, str]]:
        """People who were added here and may be one who was known, or another of them."""
        if len(self._people) == self._known_people:
            return []
        fresh = {person.id for person in self._people[self._known_people :]}
        pairs = same_people(self._people, self._known_people)
        return [(newer.name, older.name) for older, newer in pairs if newer.id in fresh]

    def _account(self, name: str | None) -> int | None:
        if not name:
            return None
        if name not in self._accounts:
            self._accounts[name] = self._unit.add_account(name)
            self._added.append(name)
        return self._accounts[name]

    def _contact(self, text: str | None, account: int | None) -> int | None:
        if not text:
            return None
        name, mail = contact_parts(text)
        found = self._by_mail.get((account, fold(mail))) if mail else None
        if found is None:
            alike = self._by_name.get((account, fold(name)), ())
            found = next((key for key, has_mail in alike if not (mail and has_mail)), None)
        if found is None:
            found = self._unit.add_contact(name, mail, account)
            self._remember(found, name, mail, account)
        return found

    def _remember(self, key: int, name: str, mail: str | None, account: int | None) -> None:
        if mail:
            self._by_mail.setdefault((account, fold(mail)), key)
        self._by_name.setdefault((account, fold(name)), []).append((key, bool(mail)))
        self._people.append(Person(key, name, mail, account))
