"""What is to be settled in a pipeline: the open opportunities in trouble, what most is at stake first, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from pipecli.domain import cleaning as rules
from pipecli.domain.cleaning import KINDS, Claim, Stake, Standing, Trouble
from pipecli.domain.fold import fold
from pipecli.domain.likeness import Dealing
from pipecli.domain.metrics import probability_of, weighted
from pipecli.errors import ConfigError, InvalidInput
from pipecli.store import cleaning as store
from pipecli.store import lists
from pipecli.store.lists import Filter, Row
from pipecli.text import _

from .records import Record, record, stale
from .skipping import Skipped
from .workspace import Reading, Workspace


class Asked(NamedTuple):
    """What is to be settled: kinds of trouble (none: all), whose, and whether what was skipped lately is too."""

    kinds: tuple[str, ...] = ()
    owner: str | None = None
    mine: bool = False
    again: bool = False


class Item(NamedTuple):
    """An opportunity to be settled: everything wrong with it, and the command that settles the first of it.

    `twin` is one that may be the same and is to be kept instead.
    """

    record: Record
    troubles: tuple[Trouble, ...]
    fix: str
    twin: Record | None

    @property
    def kind(self) -> str:
        """The trouble that names it."""
        return self.troubles[0].kind


class Left(NamedTuple):
    """What is to be settled, how many of each kind, and how many were skipped lately and until when at the latest."""

    items: list[Item]
    counts: dict[str, int]
    skipped: int
    until: date | None
    today: date


def kinds_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The kinds of trouble that a person names; raises InvalidInput with the ones there are."""
    found = []
    for word in (w.strip() for text in texts for w in text.split(",") if w.strip()):
        key = fold(word).replace("-", "_").replace(" ", "_")
        fits = [kind for kind in KINDS if kind == key] or [kind for kind in KINDS if kind.startswith(key)]
        if len(fits) != 1:
            raise InvalidInput(
                _('no trouble is called "{word}"; choose of: {kinds}').format(
                    word=word[:40], kinds=", ".join(kinds_shown())
                )
            )
        found += fits
    return tuple(kind for kind in KINDS if kind in found)


def kinds_shown() -> tuple[str, ...]:
    """The kinds of trouble as they are typed."""
    return tuple(kind.replace("_", "-") for kind in KINDS)


def left(workspace: Workspace, asked: Asked) -> Left:
    """What is to be settled now, what most is at stake first."""
    with workspace.read() as reading:
        yard = _Yard(reading, asked)
        skipped = {} if asked.again else _skipped(reading, workspace)
        items = yard.items()
        apart = {i.record["id"]: skipped[i.record["id"]] for i in items if i.record["id"] in skipped}
        kept = [item for item in items if item.record["id"] not in apart]
        counts = Counter(item.kind for item in kept)
        return Left(
            kept,
            {kind: counts[kind] for kind in KINDS if counts[kind]},
            len(apart),
            max(apart.values(), default=None),
            reading.today,
        )


def look(workspace: Workspace, asked: Asked, item: Item) -> Item | None:
    """An item as it is now; None where it is settled."""
    with workspace.read() as reading:
        numbers = [item.record["id"], *([item.twin["id"]] if item.twin else [])]
        rows = {r.number: r for r in lists.rows_of(reading.driver, numbers, reading.pipeline, reading.today)}
        twins = {numbers[0]: numbers[1]} if len(rows) == 2 else {}
        yard = _Yard(reading, asked, {n: r for n, r in rows.items() if r.status == "open"}, twins)
        return next((i for i in yard.items() if i.record["id"] == numbers[0]), None)


def skip(workspace: Workspace, number: int) -> date | None:
    """Leave one alone for a while; until when, None where that cannot be remembered."""
    with workspace.read() as reading:
        until = reading.real_today + timedelta(rules.SKIPPED)
        try:
            _memory(reading, workspace).skip(number, until)
        except (OSError, ConfigError):
            return None
        return until


def _skipped(reading: Reading, workspace: Workspace) -> Mapping[int, date]:
    try:
        return _memory(reading, workspace).numbers()
    except ConfigError:
        return {}


def _memory(reading: Reading, workspace: Workspace) -> Skipped:
    return Skipped(workspace.settings.environ, reading.header.uid, reading.actor, reading.real_today)


class _Yard:
    """The open opportunities of a reading, and which of them may be one: `twins` leads to the one to be kept."""

    def __init__(
        self,
        reading: Reading,
        asked: Asked,
        rows: Mapping[int, Row] | None = None,
        twins: Mapping[int, int] | None = None,
    ) -> None:
        self._reading, self._asked = reading, asked
        self._today, self._pipeline = reading.today, reading.pipeline
        cycles = reading.soon(store.won_cycles, reading.driver)
        self._rows = self._every_row() if rows is None else rows
        self._longest = rules.longest_cycle(cycles())
        self._twins = self._found_twins() if twins is None else twins

    def _every_row(self) -> dict[int, Row]:
        found = lists.list_rows(self._reading.driver, Filter(sort="number"), self._pipeline, self._today)
        return {row.number: row for row in found}

    def items(self) -> list[Item]:
        """What is to be settled, what most is at stake first."""
        found = {row.number: item for row in self._rows.values() if (item := self._item(row))}
        return [found[n] for n in rules.ranked([self._stake(self._rows[n]) for n in found])]

    def _item(self, row: Row) -> Item | None:
        twin = self._rows.get(self._twins.get(row.number, 0))
        if not (self._is_asked(row) or (twin and self._is_asked(twin))):
            return None
        wanted = self._asked.kinds or rules.USUAL
        found = sorted(
            (
                trouble
                for trouble in rules.troubles(self._standing(row), self._longest, self._today)
                if trouble.kind in (*rules.USUAL, *wanted)
            ),
            key=lambda t: t.kind not in wanted,
        )
        if not found or found[0].kind not in wanted:
            return None
        return Item(
            record(row, self._pipeline, self._today),
            tuple(found),
            fix(found[0].kind, row.number, twin.number if twin else None, planned=row.next_due is not None),
            record(twin, self._pipeline, self._today) if twin else None,
        )

    def _is_asked(self, row: Row) -> bool:
        owner = self._reading.actor if self._asked.mine else self._asked.owner
        return owner is None or row.owner_key == fold(owner)

    def _standing(self, row: Row) -> Standing:
        return Standing(
            row.number,
            date.fromisoformat(row.created_on),
            date.fromisoformat(row.quiet_since),
            _day(row.shield_until),
            self._pipeline.stage(row.stage).stale_after,
            stale(row, self._pipeline, self._today),
            self._unproven_since(row),
            _day(row.close_date),
            _day(row.next_due),
            row.amount is not None,
            self._twins.get(row.number),
        )

    def _unproven_since(self, row: Row) -> date | None:
        if row.unproven:
            return max(date.fromisoformat(row.stage_entered_on), _day(row.described_on) or date.min)
        expired = _day(row.proof_until)
        return expired + timedelta(1) if expired and expired < self._today else None

    def _worth(self, row: Row) -> int | None:
        if row.amount is None:
            return None
        return self._pipeline.rates.convert(row.amount, row.currency, self._today)

    def _stake(self, row: Row) -> Stake:
        percent = probability_of(row.status, row.stage, row.probability, self._pipeline)
        return Stake(row.number, weighted(self._worth(row), percent))

    def _found_twins(self) -> dict[int, int]:
        """Of those that may be one, the number that is to go by the number that is to be kept."""
        from .likeness import same_accounts, same_dealings

        rows = self._rows
        used = {row.account_id: row.account for row in rows.values() if row.account_id is not None}
        accounts = same_accounts([(i, name) for i, name in used.items() if name])
        dealings = [
            Dealing(r.number, r.name, r.account_id, self._worth(r), r.owner_key, r.contact_id)
            for r in rows.values()
        ]
        found: dict[int, int] = {}
        for a, b in same_dealings(dealings, accounts):
            one, two = rows[a.number], rows[b.number]
            kept, gone = (one, two) if rules.is_kept(self._claim(one), self._claim(two)) else (two, one)
            found.setdefault(gone.number, kept.number)
        return found

    def _claim(self, row: Row) -> Claim:
        stage = self._pipeline.index(row.stage)
        return Claim(stage, not row.unproven, row.amount is not None, row.last_exchange_on or "")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def fix(kind: str, ref: int, twin: int | None = None, *, planned: bool = True) -> str:
    """The command that settles a trouble; `planned` says that there is a next action, which another one only moves."""
    talk, plan = f"pipe done {ref} TEXT -n TEXT -d DUE", f"pipe next {ref} TEXT -d DUE"
    return {
        rules.DEAD: f"pipe lose {ref} REASON",
        rules.DUPLICATE: f"pipe merge {twin} {ref}",
        rules.STALE: talk if planned else plan,
        rules.UNPROVEN: f"pipe prove {ref} CRITERION TEXT",
        rules.PAST: f"pipe edit {ref} --set close=DATE",
        rules.UNDATED: f"pipe edit {ref} --set close=DATE",
        rules.UNPLANNED: plan,
        rules.UNPRICED: f"pipe edit {ref} --set amount=N",
    }[kind]


def as_json(found: Left) -> dict[str, Any]:
    """What is to be settled, as it goes out."""
    return {
        "as_of": found.today.isoformat(),
        "n": len(found.items),
        "counts": found.counts,
        "skipped": found.skipped,
        "listed": [item_json(item) for item in found.items],
    }


def item_json(item: Item) -> dict[str, Any]:
    """An opportunity's keys, what is wrong with it, and the command that settles the first of it."""
    return {
        **item.record,
        "troubles": [{"kind": t.kind, "since": t.since.isoformat()} for t in item.troubles],
        "twin": item.twin["id"] if item.twin else None,
        "fix": item.fix,
    }


def by_owner(items: Collection[Item]) -> list[dict[str, Any]]:
    """How many are to be settled of each kind, owner by owner, who has most first."""
    counts: dict[str, Counter[str]] = {}
    for item in items:
        counts.setdefault(item.record["owner"], Counter())[item.kind] += 1
    return [
        {"owner": owner, "n": found.total(), **{kind: found[kind] for kind in KINDS}}
        for owner, found in sorted(counts.items(), key=lambda pair: (-pair[1].total(), fold(pair[0])))
    ]
