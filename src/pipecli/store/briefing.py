"""What a summary reads beside the journal of its opportunity, in one query: names, contacts, how long others stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .directory import Person

if TYPE_CHECKING:
    from .driver import Driver

NEWEST = 500
"""Of so many opportunities, the newest, it is read how long they stayed in a stage."""

_PERSON = "p.id, p.name, p.mail, p.phone, c.account_id"
_SQL = (
    "select 'account' as what, a.id, a.name, null as mail, null as phone, a.id as account "
    "from account a where a.id = :account "
    f"union all select 'person', {_PERSON} from contact c join person p on p.id = c.id "
    "where c.account_id = :account "
    f"union all select 'person', {_PERSON} from person p left join contact c on c.id = p.id "
    "where p.id in (:contact, :maker) "
    "union all select 'stay', v.opportunity, v.entered_day, v.left_day, null, null from visit v "
    "where v.stage = :stage and v.opportunity > (select coalesce(max(number), 0) - :newest from opportunity)"
)


class Stay(NamedTuple):
    """How long an opportunity was in a stage: days as text, None where it still is."""

    opportunity: int
    entered: str
    left: str | None


class Around(NamedTuple):
    """What stands around an opportunity: the names it refers to, who is of its account or its own, other stays."""

    names: dict[int, str | None]
    people: list[Person]
    stays: list[Stay]


def read_around(
    driver: Driver, *, account: int | None, contact: int | None, maker: int | None, stage: str
) -> Around:
    """The account, its contacts and the opportunity's own, and the newest stays in a stage."""
    values = {"account": account or 0, "contact": contact or 0, "maker": maker or 0, "stage": stage}
    names: dict[int, str | None] = {}
    people: dict[int, Person] = {}
    stays = []
    for what, number, name, mail, phone, of in driver.rows(_SQL, {**values, "newest": NEWEST}):
        if what == "stay":
            stays.append(Stay(number, name, mail))
            continue
        names[number] = name
        if what == "person":
            people.setdefault(number, Person(number, name, mail, phone, of))
    return Around(names, [people[number] for number in sorted(people)], stays)
