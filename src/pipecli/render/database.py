"""What `pipe db` says: backups and when they were made, what was restored, copied or upgraded."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipecli.text import _, language, ngettext

from .views import NEVER_CUT, Column, Record, View

if TYPE_CHECKING:
    from pipecli.service.backups import Backup
    from pipecli.service.bringing_back import BroughtBack
    from pipecli.service.copies import Checked
    from pipecli.service.copying import Copied
    from pipecli.service.upgrading import Upgraded

_ELSEWHERE = ("asked", "exported")
"""Why those were made that lie where they were asked for."""
_UNITS = ("kB", "MB", "GB", "TB")


def backups_view() -> View:
    """Backups: when, why, how much, where."""
    return View(
        (
            Column("made_at", _("Made"), lambda r: moment(r["made_at"]), least=NEVER_CUT),
            Column("why", _("Why"), lambda r: _why(str(r["why"])), least=NEVER_CUT),
            Column("events", _("Events"), _events, right=True, least=NEVER_CUT),
            Column("bytes", _("Size"), lambda r: size(r["bytes"]), right=True, least=NEVER_CUT),
            Column("file", _("File"), _file, least=NEVER_CUT),
        ),
        keys=("file", "made_at", "why", "events", "bytes"),
    )


def records(found: list[Backup]) -> list[Mapping[str, Any]]:
    """Backups as records."""
    return [backup._asdict() for backup in found]


def kept_line(found: list[Backup]) -> str | None:
    """Where those are that the program keeps, and how one is brought back; None where there is none."""
    folder = next((str(Path(b.file).parent) for b in found if b.why not in _ELSEWHERE), None)
    line = _("Those made by pipe itself are in {folder}; back to one: pipe db restore FILE")
    return line.format(folder=shlex.quote(folder)) if folder else None


def _file(record: Record) -> str:
    """The path; the name alone of one that the program keeps, which is enough to restore it."""
    path = str(record["file"])
    return path if record["why"] in _ELSEWHERE else Path(path).name


def _events(record: Record) -> str:
    return "–" if record["events"] is None else str(record["events"])


def _why(why: str) -> str:
    words = {
        "asked": _("asked for"),
        "exported": _("exported"),
        "upgrade": _("before an upgrade"),
        "restore": _("before a restore"),
        "damaged": _("was damaged"),
    }
    return words.get(why, why)


def moment(stamp: str) -> str:
    """`2026-11-23 09:00`: an instant in the machine's own time zone."""
    from datetime import datetime

    return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"


def size(count: int) -> str:
    """`212 kB`."""
    if count < 1000:
        return ngettext("{n} byte", "{n} bytes", count).format(n=count)
    power = min(max(1, (len(str(count)) - 1) // 3), len(_UNITS))
    value, unit = count / 1000**power, _UNITS[power - 1]
    shown = f"{value:.0f}" if value >= 10 else f"{value:.1f}".replace(".", "," if language() == "fr" else ".")
    return f"{shown} {unit}"


def backed_up_line(made: Checked, count: int) -> str:
    """What was backed up to where."""
    return ngettext(
        "Backed up {n} event of {where} in {file} ({size}); opened it and found it sound.",
        "Backed up {n} events of {where} in {file} ({size}); opened it and found it sound.",
        made.events,
    ).format(n=made.events, where=made.of, file=made.file, size=size(count))


def restored_lines(found: BroughtBack, back: str) -> list[str]:
    """What was restored, and where that is kept which it replaced; `back` is what brings back what it replaced."""
    made = found.restored
    lines = [
        ngettext("Restored {n} opportunity", "Restored {n} opportunities", made.opportunities).format(
            n=made.opportunities
        )
        + _(", {events} events in {where}").format(events=made.events, where=made.where)
    ]
    if found.other:
        lines.append(_("It was another workspace than the one in the backup."))
    if found.erased:
        lines.append(
            ngettext(
                "A person who was erased since is back: {commands}",
                "People who were erased since are back: {commands}",
                len(found.erased),
            ).format(commands="; ".join(f"pipe forget {contact}" for contact in found.erased))
        )
    if found.kept and found.damaged:
        lines.append(_("The damaged file is kept as it was: {file}").format(file=found.kept))
    elif found.kept:
        lines.append(
            _("What it held before ({n} events) is kept; back to it: {command}").format(
                n=found.replaced_events, command=back
            )
        )
    elif found.replaced_events:  # a dry run
        lines.append(_("What it holds now ({n} events) would be kept.").format(n=found.replaced_events))
    return lines


def restored_json(found: BroughtBack) -> Mapping[str, Any]:
    """The same for machines."""
    return {**found.restored._asdict(), **{k: v for k, v in found._asdict().items() if k != "restored"}}


def copied_line(found: Copied) -> str:
    """What was copied from where to where."""
    return ngettext(
        "Copied {n} opportunity, {events} events from {source} to {target}; the doctor found it sound.",
        "Copied {n} opportunities, {events} events from {source} to {target}; the doctor found it sound.",
        found.opportunities,
    ).format(n=found.opportunities, events=found.events, source=found.source, target=found.target)


def upgraded_lines(found: Upgraded) -> list[str]:
    """What was upgraded, and where the copy from before is."""
    if found.was == found.now:
        return [
            _("Nothing to do: {where} is of this program's version ({n}).").format(
                where=found.where, n=found.now
            )
        ]
    line = _("Upgraded {where} from version {was} to {now}").format(
        where=found.where, was=found.was, now=found.now
    )
    if found.kept is None:
        return [f"{line}."]
    counts = ngettext("{n} opportunity", "{n} opportunities", found.opportunities).format(
        n=found.opportunities
    )
    return [
        f"{line}: "
        + _("{opportunities}, {events} events; the doctor found it sound.").format(
            opportunities=counts, events=found.events
        ),
        _("As it was, it is kept in {file}").format(file=found.kept),
    ]
