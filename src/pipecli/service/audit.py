"""The audit as a use case: the checklist measured today and week by week, what stands behind it, and how to mend it.

It is made from what is projected, never by folding the journal. A share goes out as `{k, n, rate}`, its rate from 0
to 1 and null under ten cases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipecli import clock
from pipecli.domain import hygiene as rules
from pipecli.domain.fold import fold as folded
from pipecli.domain.hygiene import FAULTS, LOSSES, NEXT_ACTION, ON_TIME, POINTS, PROVEN, RULES, Standing
from pipecli.domain.survival import Rate, plain_rate
from pipecli.errors import NotFound
from pipecli.store import hygiene as store
from pipecli.store.hygiene import Subject
from pipecli.text import _

from . import merges
from .workspace import Reading, Workspace

Record = dict[str, Any]
Points = dict[str, Rate]
fold = cache(folded)
_SPAN = timedelta(weeks=rules.WEEKS)


class Asked(NamedTuple):
    """Whose opportunities are audited: an owner's, the actor's own, or (neither) everybody's."""

    owner: str | None = None
    mine: bool = False


class Listed(NamedTuple):
    """An opportunity that something is to be mended in: its faults, what weighs most first, and how to mend that."""

    number: int
    owner: str
    subject: Subject
    faults: tuple[str, ...]
    fix: str


def audit(workspace: Workspace, asked: Asked) -> Record:
    """Everything the audit says, as JSON; `listed` names every opportunity to mend, the worst first.

    Raises NotFound for an owner who never had anything.
    """
    with workspace.read() as reading:
        every = _Found(reading)
        owner = reading.actor if asked.mine else asked.owner
        if owner is not None and not asked.mine and fold(owner) not in every.owners:
            raise NotFound(
                _('no opportunity is of "{text}"; the owners are: {owners}').format(
                    text=owner, owners=", ".join(every.owners.values()) or _("none")
                )
            )
        return _document(every, owner)


def trend(reading: Reading) -> Record:
    """The hygiene of everybody today and a week ago."""
    own = (every := _Found(reading)).of(None)
    now, then = (_hygiene(rules.overall(own.points(day).values())) for day in (every.today, every.days[-2]))
    return {**now, "week_ago": then}


def of_reading(reading: Reading) -> Record:
    """The audit of everybody, over an open workspace."""
    return _document(_Found(reading), None)


def _document(every: _Found, owner: str | None) -> Record:
    own = every.of(None if owner is None else fold(owner))
    weeks = [rules.overall(own.points(day).values()) for day in every.days]
    return {
        "as_of": every.today.isoformat(),
        "owner": None if owner is None else every.owners.get(fold(owner), owner),
        "hygiene": _hygiene(weeks[-1]),
        "eight_weeks_ago": _hygiene(weeks[0]),
        "weeks": [
            {"day": day.isoformat(), **_hygiene(week)} for day, week in zip(every.days, weeks, strict=True)
        ],
        "points": [
            {"point": name, **share(found), **own.details(name)}
            for name, found in own.points(every.today).items()
        ],
        "owners": [_owner(every, key, name) for key, name in every.owners.items()] if owner is None else [],
        **own.understanding(),
        "listed": [_listed(one) for one in own.listed()],
        "merged": merges.counted(every.merged, None if owner is None else fold(owner)),
        "stability": _stability(rules.stability(weeks, own.closed())),
    }


def share(found: Rate) -> Record:
    """A share as it goes out."""
    return {"k": found.k, "n": found.n, "rate": None if found.rate is None else round(found.rate, 4)}


def _hygiene(found: Rate) -> Record:
    """The mean of the points, and how many cases of all of them are as they should be."""
    whole = share(found)
    return {"rate": whole["rate"], "met": whole["k"], "cases": whole["n"]}


def _owner(every: _Found, key: str, name: str) -> Record:
    points = every.of(key).points(every.today)
    return {
        "owner": name,
        "hygiene": _hygiene(rules.overall(points.values())),
        **{point: share(found) for point, found in points.items()},
    }


def _listed(one: Listed) -> Record:
    return {
        "id": one.number,
        "name": one.subject.name,
        "account": one.subject.account,
        "owner": one.owner,
        "faults": list(one.faults),
        "fix": one.fix,
    }


def _stability(found: rules.Stability) -> Record:
    return {
        **found._asdict(),
        "weeks_needed": rules.WEEKS,
        "rate_needed": rules.STABLE_SHARE,
        "closed_needed": rules.STABLE_CLOSED,
    }


class _Found:
    """What the store tells of everybody, read once; `owners` maps folded names to names."""

    def __init__(self, reading: Reading) -> None:
        driver, self.today = reading.driver, reading.today
        self.pipeline = reading.pipeline
        self.days = [self.today - timedelta(weeks=n) for n in range(rules.WEEKS, -1, -1)]
        standing = reading.soon(store.read_open, driver, self.pipeline, self.today)
        stood = reading.soon(store.read_stood, driver, self.days[:-1])
        closings = reading.soon(store.read_closed, driver, self.days[0])
        undocumented = reading.soon(store.read_undocumented, driver, self.pipeline, self.today)
        recorded = reading.soon(_delays, reading, self.days[0])
        moves = reading.soon(store.read_moves, driver, self.today - _SPAN)
        merged = reading.soon(merges.records, reading, self.today - _SPAN)
        proofs = reading.soon(store.read_proofs, driver)
        first = reading.soon(store.first_command, driver)
        self.open, self.stood, self.closings = standing(), stood(), closings()
        self.undocumented, self.recorded, self.moves = undocumented(), recorded(), moves()
        self.merged, self.proofs = merged(), proofs()
        self.began = _local_days(reading, [first() or clock.stamp(clock.now())])[0]
        names = {fold(s.owner): s.owner for s, _subject in self.open}
        for owner in (*(row.owner for row in self.closings), *(row.owner for row in self.stood)):
            names.setdefault(fold(owner), owner)
        self.owners = {key: names[key] for key in sorted(names)}

    def of(self, owner: str | None) -> _Own:
        """What is told of one owner, by folded name; None is everybody."""
        return _Own(self, owner)


class _Own:
    """An owner's part of what was found, and the figures made of it."""

    def __init__(self, every: _Found, owner: str | None) -> None:
        self._every, self._owner = every, owner
        self._today = every.today.isoformat()
        self._standings = [s for s, _subject in every.open if self._has(s.owner)]
        self._faults = {s.number: rules.faults(s, self._today) for s in self._standings}

    def _has(self, owner: str) -> bool:
        return self._owner is None or fold(owner) == self._owner

    def points(self, day: date) -> Points:
        """The five points at the end of a day; no cases on a day before there was a workspace."""
        if day < self._every.began and day != self._every.today:
            return {point: Rate(0, 0) for point in POINTS}
        last = date.max if day == self._every.today else day
        lost = [row for row in self._every.closings if self._has(row.owner) and row.day <= last.isoformat()]
        return {
            **(self._now() if day == self._every.today else self._then(day.isoformat())),
            LOSSES: plain_rate(sum(row.documented for row in lost), sum(row.lost for row in lost)),
            ON_TIME: rules.in_time(sum(self._delays(day).values(), Counter())),
        }

    def _now(self) -> Points:
        """In the order of `POINTS`; the losses and the delays are filled in by the caller."""
        failed = Counter(fault for found in self._faults.values() for fault in found)
        n = len(self._standings)
        unproven = failed[rules.IMPORTED] + failed[rules.EXPIRED] + failed[rules.LAPSED]
        return _ordered(n, n - failed[rules.NO_ACTION], n - unproven, n - failed[rules.BY_HAND])

    def _then(self, day: str) -> Points:
        rows = [row for row in self._every.stood if row.day == day and self._has(row.owner)]
        return _ordered(
            sum(row.open for row in rows),
            sum(row.dated for row in rows),
            sum(row.proven for row in rows),
            sum(row.by_rules for row in rows),
        )

    def _delays(self, day: date) -> dict[str, Counter[int]]:
        """By owner, the delays of what was recorded over the last `WINDOW` days before the end of a day."""
        found: dict[str, Counter[int]] = defaultdict(Counter)
        first = day - timedelta(rules.WINDOW)
        for (owner, on, delay), n in self._every.recorded.items():
            if first < on <= day and self._has(owner):
                found[owner][delay] += n
        return found

    def details(self, point: str) -> Record:
        """What is said beside a point."""
        count = Counter(fault for found in self._faults.values() for fault in found)
        if point == NEXT_ACTION:
            return {"overdue": sum(rules.is_overdue(s, self._today) for s in self._standings)}
        if point == PROVEN:
            return {
                "imported": count[rules.IMPORTED],
                "expired": count[rules.EXPIRED],
                "lapsed": count[rules.LAPSED],
                "waived": sum(s.waived for s in self._standings),
            }
        if point == LOSSES:
            own = [loss for loss in self._every.undocumented if self._has(loss.owner)]
            return {"undocumented": len(own), "undocumented_imported": sum(loss.imported for loss in own)}
        if point == ON_TIME:
            slow = rules.slowest(self._delays(self._every.today))
            return {
                "days": rules.WINDOW,
                "slowest": slow and {"owner": slow[0], "median_days": slow[1]},
            }
        return {"by_hand": count[rules.BY_HAND]}

    @cached_property
    def _words(self) -> tuple[list[rules.Proof], list[rules.Copied]]:
        """One-word and copied proofs that an opportunity of this owner's is among."""
        own, proofs = set(self._faults), self._every.proofs
        single = [proof for proof in rules.one_word(proofs) if proof.number in own]
        copies = [copy for copy in rules.copied(proofs) if own.intersection(p.number for p in copy.proofs)]
        return single, copies

    def understanding(self) -> Record:
        """Why the stages are not understood by all: moves back, one-word and copied proofs, owners apart."""
        single, copies = self._words
        moves = [row for row in self._every.moves if self._has(row[0])]
        return {
            "moves_back": {"back": sum(row[1] for row in moves), "on": sum(row[2] for row in moves)},
            "one_word": [{**_reference(proof), "text": proof.text} for proof in single],
            "copied": [
                {"text": copy.text, "proofs": [_reference(proof) for proof in copy.proofs]} for copy in copies
            ],
            "owners_apart": [self._apart(found) for found in self._owners_apart()],
        }

    def _owners_apart(self) -> list[rules.Apart]:
        every = self._every
        judged = (
            (s, not {rules.IMPORTED, rules.EXPIRED, rules.LAPSED}.intersection(rules.faults(s, self._today)))
            for s, _subject in every.open
        )
        return [found for found in rules.apart(judged) if self._has(found.owner)]

    def _apart(self, found: rules.Apart) -> Record:
        return {
            "stage": found.stage,
            "stage_name": self._every.pipeline.stage(found.stage).name,
            "owner": found.owner,
            "own": share(found.own),
            "others": share(found.others),
        }

    def listed(self) -> list[Listed]:
        """The opportunities to mend: by the fault that weighs most, then those with most of them and by amount."""
        single, copies = self._words
        weak: dict[int, dict[str, str]] = defaultdict(dict)
        for fault, proofs in (
            (rules.ONE_WORD, single),
            (rules.COPIED, [proof for copy in copies for proof in copy.proofs]),
        ):
            for proof in proofs:
                weak[proof.number].setdefault(fault, proof.criterion)
        found = [
            self._open_one(standing, subject, weak.get(standing.number, {}))
            for standing, subject in self._every.open
            if self._has(standing.owner) and (self._faults[standing.number] or standing.number in weak)
        ]
        found += [
            Listed(
                loss.number,
                loss.owner,
                loss.subject,
                (rules.UNDOCUMENTED,),
                fix(rules.UNDOCUMENTED, loss.number),
            )
            for loss in self._every.undocumented
            if self._has(loss.owner)
        ]
        return sorted(found, key=_weight)

    def _open_one(self, standing: Standing, subject: Subject, weak: Mapping[str, str]) -> Listed:
        faults = (*self._faults[standing.number], *weak)
        command = fix(
            faults[0],
            standing.number,
            weak.get(faults[0], ""),
            self._every.pipeline.stage(standing.stage).probability,
        )
        return Listed(standing.number, standing.owner, subject, faults, command)

    def closed(self) -> int:
        """How many were won or lost in all."""
        return sum(row.won + row.lost for row in self._every.closings if self._has(row.owner))


def _ordered(n: int, dated: int, proven: int, by_rules: int) -> Points:
    none = Rate(0, 0)
    found = {NEXT_ACTION: plain_rate(dated, n), PROVEN: plain_rate(proven, n), RULES: plain_rate(by_rules, n)}
    return {point: found.get(point, none) for point in POINTS}


def _reference(proof: rules.Proof) -> Record:
    return {"id": proof.number, "criterion": proof.criterion}


def _weight(one: Listed) -> tuple[int, int, float, int]:
    return FAULTS.index(one.faults[0]), -len(one.faults), -one.subject.rank, one.number


def fix(fault: str, ref: int, criterion: str = "", probability: int = 0) -> str:
    """The command that mends a fault of an opportunity."""
    if fault == rules.NO_ACTION:
        return f"pipe next {ref} TEXT -d DUE"
    if fault == rules.BY_HAND:
        return f"pipe edit {ref} --probability {probability} -r TEXT"
    if fault in (rules.ONE_WORD, rules.COPIED):
        return f"pipe prove {ref} {criterion} TEXT"
    if fault == rules.UNDOCUMENTED:
        return f"pipe reopen {ref} -r TEXT -n TEXT -d today; pipe lose {ref} REASON"
    return f"pipe why {ref}"


def _delays(reading: Reading, first: date) -> Mapping[tuple[str, date, int], int]:
    """By owner, day of recording and delay in days: how many events; enough for the window before a first day."""
    zone = ZoneInfo(reading.pipeline.timezone)
    start = datetime.combine(first - timedelta(rules.WINDOW), time(), zone).astimezone(UTC)
    rows = store.read_recorded(reading.driver, clock.stamp(start))
    found: Counter[tuple[str, date, int]] = Counter()
    for row, on in zip(rows, _local_days(reading, [row.minute for row in rows]), strict=True):
        found[row.owner, on, (on - date.fromisoformat(row.happened)).days] += row.n
    return found


def _local_days(reading: Reading, instants: Sequence[str]) -> list[date]:
    """The days that instants (UTC, at least to the minute) fall on in the workspace's time zone."""
    zone = ZoneInfo(reading.pipeline.timezone)
    known: dict[str, date] = {}
    for instant in instants:
        minute = instant[:16]
        if minute not in known:
            known[minute] = datetime.fromisoformat(f"{minute}+00:00").astimezone(zone).date()
    return [known[instant[:16]] for instant in instants]


def below(found: Record, least: int) -> bool:
    """Whether the hygiene is under so many percent; too few cases for a percentage are not."""
    rate = found["hygiene"]["rate"]
    return rate is not None and 100 * rate < least


def flattened(rows: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Rows without nesting, a share's keys behind its own."""
    return [
        {
            name: value
            for key, found in row.items()
            for name, value in (
                [(f"{key}_{inner}", v) for inner, v in found.items()]
                if isinstance(found, dict)
                else [(key, found)]
            )
        }
        for row in rows
    ]
