"""Messages and meetings as exchanges: one given to an opportunity, or a whole mailbox matched to the open ones.

A mailbox is read before the lock is taken and put down on a shelf, so that it is never held; what fits exactly one
open opportunity is taken, all in one command, and what does not is listed for a person. Nothing is taken twice.
"""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipecli import clock
from pipecli.domain import decide
from pipecli.domain.events import opportunity_stream
from pipecli.domain.matching import Incoming, Matcher, Standing
from pipecli.errors import InvalidInput
from pipecli.importers import mailbox
from pipecli.importers.mail import read_mail
from pipecli.importers.mailbox import LONGEST_MESSAGE, Raw
from pipecli.importers.shelf import Shelf
from pipecli.store import directory, exchanges, journal
from pipecli.text import _, ngettext

from . import refs
from .answers import Answers, apply, happened_on, reader, refuse_if_overtaken
from .outcome import Outcome, outcome
from .unit import Unit
from .workspace import Reading, Workspace

MOST_CANDIDATES = 10
STDIN = "-"
_SHEETS = (".csv", ".tsv", ".xlsx", ".xls", ".ods")

Progress = Callable[[int, int], None]


class Source(NamedTuple):
    """Where one message or meeting comes from: `form` is mail or ics, `content` what standard input gave."""

    form: str
    path: str
    content: bytes | None = None


class Candidate(NamedTuple):
    """An opportunity that a message may be about."""

    id: int
    name: str
    account: str | None


class Undecided(NamedTuple):
    """A message or meeting that a person has to give to an opportunity, and why; `place` names it for `log`."""

    incoming: Incoming
    reason: str
    candidates: tuple[Candidate, ...]


class Taken(NamedTuple):
    """What an import of messages did, or with `dry_run` would do.

    `taken` has the opportunities with how many each got; `known` were taken before, `repeated` stand in it more than
    once; `left_out` are events of a calendar that are still to come or were cancelled, `cut` messages too long to be
    read to their end, `passed_over` the files of a folder that are no messages.
    """

    path: str
    taken: list[tuple[Candidate, int]]
    known: int
    repeated: int
    undecided: list[Undecided]
    left_out: int
    cut: int
    dry_run: bool
    passed_over: int = 0

    @property
    def total(self) -> int:
        """How many were taken."""
        return sum(n for _candidate, n in self.taken)


def is_mail(path: str) -> bool:
    """Whether a file or folder holds messages or meetings, by its content."""
    return mailbox.kind_of(Path(path)) is not None


def log_incoming(
    workspace: Workspace, ref: str, source: Source, answers: Answers, *, dry_run: bool = False
) -> Outcome:
    """Record one message or meeting as an exchange of an opportunity, with proofs that rest on it if any.

    Raises InvalidInput where it has no day that can be believed and none was given.
    """
    with workspace.read() as reading:
        incoming = _one(source, reading)
    with workspace.commit("log", dry_run=dry_run) as unit:
        read = reader(unit, workspace.settings)
        number = refs.find(unit.driver, ref, workspace)
        decision = unit.decision(number)
        before = decision.state
        at = exchanges.taken_at(unit.driver, incoming.key)
        if at is not None:
            unit.notes.append(_("It was taken before, at {ref}: nothing was changed.").format(ref=at))
            return outcome(unit, number, before)
        refuse_if_overtaken(decision, answers, moves=False)
        on = happened_on(read, answers.on) or incoming.day
        if on is None:
            line = _("{place}: {fault}; say when it was: --on DATE")
            raise InvalidInput(line.format(place=incoming.place, fault=incoming.fault))
        said = decide.log_exchange(decision, incoming.kind, incoming.text, on, incoming.key)
        apply(unit, read, decision, answers, said.seq)
        decision.require_next_action()
        return outcome(unit, number, before)


def _one(source: Source, reading: Reading) -> Incoming:
    """The message or meeting that a source names; raises InvalidInput."""
    path, wanted = mailbox.named_place(source.path)
    if source.content is not None:
        found = iter([Raw(1, source.path, source.content, source.form == "ics")])
    else:
        found = mailbox.messages(path)
    wants_calendar = source.form == "ics"
    if wants_calendar:
        return mailbox.the_one((one for raw in found for one in _read(raw, reading).found), path, wanted)
    raw = mailbox.the_one(found, path, wanted)
    if raw.is_calendar:
        raise InvalidInput(_("{path} is a calendar: give it as --ics FILE").format(path=path))
    if not raw.content.strip():
        raise InvalidInput(_("{path} is empty").format(path=path))
    return _read(raw, reading).found[0]


class _Found(NamedTuple):
    """What one raw piece holds."""

    found: list[Incoming]
    left_out: int = 0


def _read(raw: Raw, reading: Reading) -> _Found:
    zone = reading.pipeline.timezone
    if not raw.is_calendar:
        return _Found([read_mail(raw.content, raw.number, raw.place, zone, reading.real_today)])
    from pipecli.importers.calendar import read_meetings

    return _Found(*read_meetings(raw.content, raw.place, zone, clock.now()))


def import_messages(
    workspace: Workspace, path: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Taken:
    """Take every message and past meeting of a mailbox, calendar or folder that fits one open opportunity.

    `progress` is told how many bytes of how many are read. Raises InvalidInput where it cannot be read, or where a
    folder has files and not one of them is a message.
    """
    others = mailbox.passed_over(Path(path)) if mailbox.kind_of(Path(path)) == mailbox.FOLDER else []
    with Shelf() as shelf:
        with workspace.read() as reading:
            left_out, cut = _put_down(shelf, path, reading, progress)
        if others and not len(shelf) and not left_out:
            raise _no_messages(path, others)
        run = _Run(shelf, path, left_out, cut, dry_run)
        found = workspace.prepare("import", run.build, dry_run=dry_run)
        return found._replace(passed_over=len(others))


def _no_messages(path: str, others: list[Path]) -> InvalidInput:
    """What to say of a folder in which nothing was read."""
    sheets = [file for file in others if file.suffix.lower() in _SHEETS]
    if sheets:
        line = ngettext(
            "{path} holds no messages, but {n} spreadsheet; import it by itself: pipe import {file}",
            "{path} holds no messages, but {n} spreadsheets; import them one by one: pipe import {file}",
            len(sheets),
        )
        text = line.format(path=path, n=len(sheets), file=shlex.quote(str(sheets[0])))
    else:
        line = ngettext(
            "{path} holds no messages: its {n} file is not .eml, .mbox or .ics",
            "{path} holds no messages: none of its {n} files is .eml, .mbox or .ics",
            len(others),
        )
        text = line.format(path=path, n=len(others))
    return InvalidInput(text, path=path)


def _put_down(shelf: Shelf, path: str, reading: Reading, progress: Progress | None) -> tuple[int, int]:
    """Read everything onto the shelf; how many events were left out, and how many messages were cut."""
    left_out = cut = done = 0
    for raw in mailbox.messages(Path(path)):
        found = _read_or_refused(raw, reading, alone=raw.place == path)
        left_out += found.left_out
        cut += len(raw.content) >= LONGEST_MESSAGE
        done += len(raw.content)
        for one in found.found:
            shelf.put(one._replace(number=len(shelf) + 1))
        if progress:
            progress(done, max(done, _size(path)))
    return left_out, cut


def _read_or_refused(raw: Raw, reading: Reading, *, alone: bool) -> _Found:
    """What a piece holds; one of several that cannot be read is listed with its fault."""
    try:
        return _read(raw, reading)
    except InvalidInput as error:
        if alone:
            raise
        key = hashlib.sha256(raw.content).hexdigest()[:32]
        refused = Incoming(0, raw.place, "meeting", key, None, error.message, "", "", (), "")
        return _Found([refused])


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


class _Run:
    """One import of messages; `build` may be asked several times, each time for a unit of work of its own."""

    def __init__(self, shelf: Shelf, path: str, left_out: int, cut: int, dry_run: bool) -> None:
        self._shelf = shelf
        self._path = path
        self._left_out = left_out
        self._cut = cut
        self._dry_run = dry_run

    def build(self, unit: Unit) -> Taken:
        """Decide on every message in the unit and say what became of them."""
        taken_before = unit.soon(exchanges.taken, unit.driver)
        people = unit.soon(exchanges.known_people, unit.driver)
        standing = {one.number: one for one in exchanges.standing(unit.driver)}
        matcher, before = Matcher(standing.values(), people()), taken_before()
        seen: set[str] = set()
        known = repeated = 0
        accepted: list[tuple[str, int, int]] = []
        undecided: list[Undecided] = []
        for n, incoming in enumerate(self._shelf):
            if incoming.key in seen:
                repeated += 1
                continue
            seen.add(incoming.key)
            if incoming.key in before:
                known += 1
                continue
            fits = matcher.candidates(incoming.addresses, incoming.title)
            if len(fits) == 1 and incoming.day:
                accepted.append((incoming.day.isoformat(), n, fits[0]))
            else:
                undecided.append(_undecided(incoming, [standing[number] for number in fits]))
        undecided.sort(key=lambda one: not one.candidates)
        counts = self._log(unit, accepted)
        taken = [(_candidate(standing[number]), n) for number, n in sorted(counts.items())]
        return Taken(self._path, taken, known, repeated, undecided, self._left_out, self._cut, self._dry_run)

    def _log(self, unit: Unit, accepted: list[tuple[str, int, int]]) -> Counter[int]:
        """Record what was accepted in the order of its days, no more than one text held at a time."""
        counts = Counter(number for _day, _n, number in accepted)
        if not counts:
            return counts
        all_names = unit.soon(directory.all_names, unit.driver)
        streams = {opportunity_stream(number): number for number in counts}
        histories = journal.load_many(unit.driver, list(streams))
        unit.names |= all_names()
        for stream, events in histories:
            unit.know(streams[stream], events)
        for _day, n, number in sorted(accepted):
            incoming = self._shelf.get(n)
            decision = unit.decision(number)
            decide.log_exchange(decision, incoming.kind, incoming.text, incoming.day, incoming.key)
            unit.release(number)
        for number in counts:
            unit.settle(number)
        return counts


def _candidate(one: Standing) -> Candidate:
    return Candidate(one.number, one.name, one.account_name)


def _undecided(incoming: Incoming, fits: list[Standing]) -> Undecided:
    """Why a message is for a person to decide on, without its text, which nobody needs for that."""
    if incoming.fault:
        reason = incoming.fault
    elif fits:
        line = ngettext("it fits {n} open opportunity", "it fits {n} open opportunities", len(fits))
        reason = line.format(n=len(fits))
    else:
        reason = _("it fits no open opportunity")
    short = incoming._replace(text="", addresses=incoming.addresses[:3])
    return Undecided(short, reason, tuple(_candidate(one) for one in fits[:MOST_CANDIDATES]))


def deciding(found: Taken) -> Iterator[tuple[Undecided, str]]:
    """What is left to decide, each with the command that settles it."""
    for one in found.undecided:
        option = "--ics" if one.incoming.kind == "meeting" else "--mail"
        on = " --on DATE" if one.incoming.fault else ""
        yield one, f"pipe log REF {option} {shlex.quote(one.incoming.place)}{on}"
