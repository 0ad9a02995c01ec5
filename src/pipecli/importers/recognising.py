"""What a file is: the export of a known system, or a sheet whose columns are guessed from their headers and values.

It says which column would fill which field and how sure that is; whether to go on, to ask or to refuse is left to the
caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipecli.domain.fold import fold, spelled

from .stage_words import outcome_of
from .systems import OTHERS, PIPE, SYSTEMS, System
from .words import COMPANY_WORDS, DEAL_WORDS, LEAST_COMPANY_WORDS, OF_DEALS, WORDS

LEAST_MARKS = 2
SAMPLE = 200
"""Rows whose values are looked at in a guess."""

_DATES = ("created", "closed", "close_date", "next_due")
_DAY = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}.*|\d{1,2}(st|nd|rd|th|er)?[ .-]+[^\W\d]{3,10}\.?,?[ .-]+\d{4}.*|"
    r"[^\W\d]{3,10}\.? \d{1,2}(st|nd|rd|th)?,? \d{4}.*"
)
_DATE = re.compile(rf"{_DAY.pattern}|\d{{5}}")
"""A day, or the number by which a spreadsheet counts it; which a round amount may look like."""
_AMOUNT = re.compile(r"[^\d]{0,6}\d[\d .,'’\u00a0\u202f]*\s*[^\d]{0,6}")
_BARE_AMOUNT = re.compile(r"[€$£]?\s*\d[\d .,'’\u00a0\u202f]*\s*[€$£]?")
_UNIT = re.compile(r"[(\[].*?[)\]]|[€$£]|\b(eur|usd|gbp|chf|ht|ttc)\b")
_THOUSANDS = re.compile(r"\b(k ?€|k ?\$|k ?£|k ?eur(os?)?|k ?usd)(?!\w)", re.IGNORECASE)
_SURE, _LIKELY, _PART = 3, 2, 1
_NEARLY_ALL, _HARDLY_BLANK = 0.9, 0.95


@dataclass(frozen=True, slots=True)
class Guess:
    """The columns of a file by field, as `--map` would say them. `rivals` are fields that several columns fit, with
    these; `doubtful` are those that only the values speak for."""

    columns: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()


def system_of(header: Sequence[str]) -> System | None:
    """The system whose export has such a header: of those with two marks and a name, the one with most columns.

    An export of our own is one as long as its identifiers are left, so that no row of it lands a second time.
    """
    if set(PIPE.marks) <= set(header):
        return PIPE
    plain = {_typed(name) for name in header if name}
    best, most = None, (0, 0)
    for system in SYSTEMS:
        marks = sum(_typed(mark) in plain for mark in system.marks)
        names = any(_typed(name) in plain for name in system.columns["name"])
        if marks < LEAST_MARKS or not names:
            continue
        score = (marks, len(system_columns(system, header)))
        if score > most:
            best, most = system, score
    return best


def is_of_others(header: Sequence[str]) -> bool:
    """Whether a file is a system's export of accounts or contacts, or a sheet that describes companies and has no
    column that only opportunities have."""
    plain = {_typed(name) for name in header if name}
    if sum(_typed(mark) in plain for mark in OTHERS) >= LEAST_MARKS:
        return True
    words = {spelled(name) for name in header if name}
    deals = {spelled(word) for name in OF_DEALS for word in WORDS[name]} | {*DEAL_WORDS}
    return len(words & {*COMPANY_WORDS}) >= LEAST_COMPANY_WORDS and not words & deals


def _typed(name: str) -> str:
    return fold(" ".join(name.replace("’", "'").split()))


def system_columns(system: System, header: Sequence[str]) -> dict[str, str]:
    """The columns of a system's export by field, the flags of a row among them."""
    named: dict[str, str] = {}
    for name in reversed([name for name in header if name]):
        named[_typed(name)] = name
    found: dict[str, str] = {}
    taken: set[str] = set()
    for wanted, candidates in system.columns.items():
        for candidate in candidates:
            parts = [named.get(_typed(part)) for part in candidate.split("|")]
            there = [part for part in parts if part]
            if len(there) == len(parts) and not taken & set(there):
                found[wanted] = there[0] if len(there) == 1 else "{" + "|".join(there) + "}"
                taken |= set(there)
                break
    return found


def guessed(header: Sequence[str], rows: Sequence[Sequence[str]], taken: Iterable[str]) -> Guess:
    """The columns of a sheet that somebody made, from the words of its header and what stands under them.

    `taken` are fields that are said already.
    """
    scores: list[tuple[int, str, int]] = []
    for n, name in enumerate(header):
        for wanted, words in WORDS.items():
            score = _fit(name, words, wanted == "id")
            if score and _values_fit(wanted, [row[n] for row in rows if n < len(row)]):
                scores.append((score, wanted, n))
    done = set(taken)
    columns: dict[str, int] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    for level in (_SURE, _LIKELY, _PART):
        here = [(wanted, n) for score, wanted, n in scores if score == level]
        for wanted in WORDS:
            fits = [n for w, n in here if w == wanted and n not in columns.values()]
            if wanted in done or not fits:
                continue
            done.add(wanted)
            if len(fits) > 1:
                rivals[wanted] = tuple(header[n] for n in fits)
            columns[wanted] = fits[0]
    doubtful = _name_from_values(header, rows, columns, done)
    return Guess({k: _template(k, header[n]) for k, n in columns.items()}, rivals, doubtful)


def _fit(name: str, words: Sequence[str], identifies: bool) -> int:
    plain = " ".join(_UNIT.sub(" ", _typed(_THOUSANDS.sub(" ", name)).replace("_", " ")).split()).strip(
        " :*#"
    )
    if not plain or (plain.endswith(" id") and not identifies):
        return 0
    if plain in words:
        return _SURE
    if identifies:
        return 0
    if any(len(word) > 3 and plain.startswith(word + " ") for word in words):
        return _LIKELY
    return _PART if any(len(word) > 4 and f" {word} " in f" {plain} " for word in words) else 0


def _values_fit(wanted: str, cells: Sequence[str]) -> bool:
    """Whether what stands in a column can be what the field is."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return True
    if wanted in _DATES:
        return _share(filled, _DATE) >= 0.5
    if wanted == "amount":
        return _share(filled, _AMOUNT) >= 0.5 and _share(filled, _DAY) < 0.5
    if wanted == "id":
        return len(set(filled)) == len(filled)
    if wanted in ("name", "account", "contact", "stage", "owner", "status"):
        return _share(filled, _DATE) < 0.5
    return True


def _share(filled: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(cell)) for cell in filled) / len(filled)


def _name_from_values(
    header: Sequence[str], rows: Sequence[Sequence[str]], columns: dict[str, int], done: set[str]
) -> tuple[str, ...]:
    """A name where no header says which: the account's column, else the words that differ most."""
    if "name" in done:
        return ()
    if "account" in columns:
        columns["name"] = columns["account"]
        return ("name",)
    best, most = None, 0.5
    for n, name in enumerate(header):
        cells = [row[n].strip() for row in rows if n < len(row) and row[n].strip()]
        if not name or n in columns.values() or not cells:
            continue
        if _share(cells, _DATE) or _share(cells, _AMOUNT) or not all(any(map(str.isalpha, c)) for c in cells):
            continue
        variety = len(set(cells)) / len(rows)
        if variety > most:
            best, most = n, variety
    if best is None:
        return ()
    columns["name"] = best
    return ("name",)


def wordiest(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Of the columns of words that are hardly ever blank, the one whose words differ most; blank headers are left
    alone. Blank where there is none."""
    best, most = "", 0
    for n, name in enumerate(header):
        filled = [cell for row in rows if n < len(row) and (cell := row[n].strip())]
        is_full = len(filled) >= _HARDLY_BLANK * len(rows)
        if not name or not filled or not is_full or not all(any(map(str.isalpha, cell)) for cell in filled):
            continue
        if _share(filled, _DATE) < _NEARLY_ALL and len(set(filled)) > most:
            best, most = name, len(set(filled))
    return best


def by_values(header: Sequence[str], rows: Sequence[Sequence[str]], taken: Iterable[str]) -> dict[str, str]:
    """The columns of a sheet whose values alone say what they are: days, a stage, an amount; blank headers are left
    alone, and so are fields in `taken`. For a report that says so, not for anything that is written.
    """
    done, found = set(taken), dict[str, str]()
    columns = {
        name: filled
        for n, name in enumerate(header)
        if name and (filled := [cell for row in rows if n < len(row) and (cell := row[n].strip())])
    }
    days = [name for name, filled in columns.items() if _share(filled, _DAY) >= _NEARLY_ALL]
    for wanted, name in zip((f for f in ("created", "close_date") if f not in done), days, strict=False):
        found[wanted] = name
    ends = [name for name, filled in columns.items() if any(map(outcome_of, set(filled)))]
    if ends and not {"stage", "status"} & done:
        found["stage"] = ends[0]
    numbers = [
        name
        for name, filled in columns.items()
        if name not in days and not _typed(name).endswith("id")
        if _share(filled, _BARE_AMOUNT) >= _NEARLY_ALL
    ]
    if numbers and "amount" not in done:
        found["amount"] = numbers[0]
    return found


def _template(wanted: str, column: str) -> str:
    """The column as a mapping says it; amounts in thousands get their `k`."""
    if wanted == "amount" and _THOUSANDS.search(column):
        return "{" + column + "}k"
    return column
