"""What to type next, ready to be copied: the commands that bring a file in as it was read here."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipecli.domain.money import format_number
from pipecli.domain.opportunity import OPEN
from pipecli.text import _, language, ngettext

from .import_request import Request
from .xray_reading import ALL, Told

_LIST = "OPPORTUNITIES.csv"


class Command(NamedTuple):
    """A command as a shell takes it, and what to know of it."""

    command: str
    note: str = ""


def commands(path: str, request: Request, told: Told) -> list[Command]:
    """The way in; where a column left a question open, the same report with either answer comes first."""
    request = request._replace(maps=tuple(_maps(request, told)))
    ends = [word for label in request.stages for word in ("--stage", label)]
    if told.questions.keys() - {"stage"}:
        return list(_answers(path, request, ends, told))
    if not (told.lands or told.nameless or told.events_only):
        return []
    way = [Command(_typed("init"), _("it has no stages: choose them"))]
    if any(stage.key != ALL for stage in told.pipeline.stages):
        drafted = _typed("init", "--from", path, *request.words(), *ends)
        way = [Command(drafted, _("your stages, drafted from the file"))]
    if told.events_only:
        listed = _typed("import", _LIST, "--history", path)
        return [*way, Command(listed, _("with the list it is the history of"))]
    known = [word for label in request.stages if not _means_open(label) for word in ("--stage", label)]
    return [*way, Command(_typed("import", path, *request.words(), *known), _taken(told))]


def _typed(*words: str) -> str:
    return shlex.join(["pipe", *words])


def _means_open(label: str) -> bool:
    """Whether it says that a label is a stage like others: that, an import needs not be told."""
    return label.rpartition("=")[2].strip().lower() == OPEN


def _maps(request: Request, told: Told) -> Iterator[str]:
    """The columns that were said, and those that somebody has to say: which of several, and those no header names."""
    given = {text.partition("=")[0].strip() for text in request.maps}
    rivals = {field: columns[0] for field, columns in told.look.rivals.items()} if told.look else {}
    yield from request.maps
    for field, column in {**rivals, **told.chosen}.items():
        if field not in given:
            yield f"{field}={column}"


def _taken(told: Told) -> str:
    """How many of the rows land."""
    n, total = (format_number(rows, language()) for rows in (told.lands, told.total))
    if told.lands == told.total:
        return ngettext("{n} row lands", "all {n} rows land", told.total).format(n=n)
    line = ngettext(
        "{n} of {total} rows lands; the others are written out with their reasons",
        "{n} of {total} rows land; the others are written out with their reasons",
        told.lands,
    )
    return line.format(n=n, total=total)


def _answers(path: str, request: Request, ends: Sequence[str], told: Told) -> Iterator[Command]:
    """The report again, with each answer to what was left open; days first."""
    days = (("dmy", _("if the day comes first")), ("mdy", _("if the month comes first")))
    marks = ((",", _("if a comma stands before the decimals")), (".", _("if a dot does")))
    if not told.questions.keys() - {"stage", "amount"}:
        for mark, note in marks:
            yield Command(_typed("xray", path, *request._replace(decimal=mark).words(), *ends), note)
        return
    for order, note in days:
        yield Command(_typed("xray", path, *request._replace(dates=order).words(), *ends), note)
