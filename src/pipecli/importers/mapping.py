"""Which column fills which field: from the headers themselves, from `--map`, or from a mapping file.

A mapping gives each row's texts by field; what the texts mean is left to `reading`. Without a mapping,
columns named like a field are taken; exports of known systems and guesses are `recognising`'s.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pipecli.domain.fold import fold
from pipecli.domain.money import known_currency, shown
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import InvalidInput
from pipecli.text import _

from .delimited import opened
from .systems import FLAGS

FIELDS = (
    "id", "name", "account", "contact", "owner", "amount", "currency", "stage", "status", "created",
    "closed", "close_date", "loss_reason", "outcome_reason", "source", "tags", "decision_maker",
    "next_action", "next_due",
)  # fmt: skip
HISTORY_FIELDS = ("id", "stage", "at", "amount")
OWN = "field."
"""What an export puts before the key of a field of the company's own."""

_SYNONYMS = {
    "id": ("opportunity_id", "deal_id", "external_id"),
    "name": ("opportunity", "opportunity_name", "deal", "deal_name", "title"),
    "account": ("account_name", "company", "company_name", "customer", "client"),
    "contact": ("contact_name",),
    "owner": ("sales_rep", "rep", "sales_agent", "salesperson"),
    "amount": ("value", "deal_value"),
    "stage": ("deal_stage",),
    "status": ("outcome",),
    "created": ("created_on", "created_at", "created_date", "opened"),
    "closed": ("closed_on", "closed_at", "closed_date"),
    "close_date": ("close", "expected_close", "expected_close_date"),
    "loss_reason": ("lost_reason",),
    "source": ("lead_source",),
    "tags": ("tag",),
    "next_action": ("next_step",),
    "at": ("date", "timestamp", "changed_at"),
}
_READ = {"date_order": ("dmy", "mdy"), "decimal": (",", "."), "currency": (), "system": ()}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TABLES = ("columns", "stages", "defaults", "read", "history")
LONGEST_MAPPING = 1 << 20
"""Bytes."""


class Source(NamedTuple):
    """Where a field's text comes from: columns, each with the words before it, and the words after all.

    With `either` the first of the columns that is not blank says it alone.
    """

    pieces: tuple[tuple[str, int], ...]
    suffix: str = ""
    either: bool = False

    def text(self, cells: Sequence[str]) -> str:
        """The cells joined; the words before a blank cell, or before the first one there is, are left out."""
        if self.either:
            return next((cell for _w, n in self.pieces if (cell := cells[n].strip())), "")
        out, worded = "", False
        for n, (before, column) in enumerate(self.pieces):
            cell = cells[column].strip()
            worded = bool(cell) and (bool(out) or n == 0)
            out += before + cell if worded else cell
        return out + self.suffix if worded else out

    def named(self, header: Sequence[str]) -> str:
        """The columns as a question about them names them."""
        return " + ".join(header[n] for _words, n in self.pieces)

    def said(self, header: Sequence[str]) -> str:
        """The same as a mapping says it."""
        names = [header[n] for _words, n in self.pieces]
        if self.either:
            return "{" + "|".join(names) + "}"
        if len(names) == 1 and not self.pieces[0][0] and not self.suffix:
            return names[0]
        return "".join(
            words + "{" + name + "}" for (words, _n), name in zip(self.pieces, names, strict=True)
        ) + (self.suffix)


@dataclass(frozen=True, slots=True)
class MappingFile:
    """What a mapping file says, its names still unchecked against a file and a pipeline."""

    columns: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None
    currency: str | None = None
    system: str = "csv"


@dataclass(frozen=True, slots=True)
class RowMapping:
    """The fields a file fills, each with its source, and what a blank cell stands for."""

    sources: Mapping[str, Source]
    defaults: Mapping[str, str]

    def texts(self, cells: Sequence[str]) -> dict[str, str]:
        """Every filled field's text, trimmed; blank where neither the row nor a default says anything."""
        found = {name: source.text(cells) for name, source in self.sources.items()}
        for name, text in self.defaults.items():
            if not found.get(name):
                found[name] = text
        return found


def read_mapping_file(path: Path) -> MappingFile:
    """A mapping file's tables; raises InvalidInput where it cannot be read or says what no mapping can."""
    with opened(path) as stream:
        raw = stream.read(LONGEST_MAPPING + 1)
    try:
        if len(raw) > LONGEST_MAPPING:
            raise ValueError(_("it is too long"))
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            _("{path} is not a mapping in TOML: {error}").format(path=path, error=error), path=str(path)
        ) from error
    unknown = [name for name in document if name not in _TABLES]
    if unknown:
        raise _misfit(path, unknown[0], _TABLES)
    tables = {name: _texts(path, name, document.get(name, {})) for name in _TABLES}
    read = _read_settings(path, tables["read"])
    return MappingFile(
        tables["columns"],
        tables["stages"],
        tables["defaults"],
        tables["history"],
        read.get("date_order"),
        read.get("decimal"),
        read.get("currency"),
        read.get("system", "csv"),
    )


def _texts(path: Path, name: str, table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise _no_text(path, name)
    for key, value in table.items():
        if not isinstance(value, str):
            raise _no_text(path, f"{name}.{key}")
    return dict(table)


def _no_text(path: Path, key: str) -> InvalidInput:
    line = _("{path}: {key} has to be a table of texts in quotes").format(path=path, key=shown(key))
    return InvalidInput(line, path=str(path))


def _read_settings(path: Path, table: Mapping[str, str]) -> dict[str, str]:
    for key, value in table.items():
        if key not in _READ:
            raise _misfit(path, f"read.{key}", tuple(f"read.{known}" for known in _READ))
        if _READ[key] and value not in _READ[key]:
            raise InvalidInput(
                _("{path}: {key} is one of: {choices}").format(
                    path=path, key=key, choices=" ".join(_READ[key])
                ),
                path=str(path),
            )
        if not value.strip() or len(value) > 40:
            raise InvalidInput(
                _("{path}: {key} cannot have that value").format(path=path, key=key), path=str(path)
            )
    return {k: known_currency(v) if k == "currency" else v.strip() for k, v in table.items()}


def _misfit(path: Path, name: str, known: Iterable[str]) -> InvalidInput:
    line = _('{path}: a mapping has no "{name}"; it has: {known}')
    return InvalidInput(line.format(path=path, name=shown(name), known=", ".join(known)), path=str(path))


def row_mapping(
    header: Sequence[str],
    pipeline: Pipeline,
    given: Mapping[str, str],
    file: MappingFile,
    found: Mapping[str, str] = MappingProxyType({}),
) -> RowMapping:
    """The mapping of a file with that header: `given` (from `--map`), the mapping file, what was recognised (`found`),
    then the headers themselves. A field that is given as blank is left out.

    Raises InvalidInput for a field or column that is not there, and where nothing names the opportunity.
    """
    known = (*FIELDS, *(OWN + key for key in pipeline.fields), *FLAGS)
    said = {_field(name, pipeline, known): text for name, text in (*file.columns.items(), *given.items())}
    sources = {name: _source(text, header) for name, text in said.items() if text.strip()}
    if not file.columns:
        used = columns_of(sources)
        for name, text in ((_field(name, pipeline, known), text) for name, text in found.items()):
            if name in said:
                continue
            if not text.strip():
                said[name] = ""
            elif name == "id" or not used & columns_of({name: _source(text, header)}):
                sources[name] = _source(text, header)
        plain = [name for name in known if name not in said and name not in FLAGS]
        sources = _recognised(header, plain, sources) | sources
    defaults = {_field(name, pipeline, known): text.strip() for name, text in file.defaults.items()}
    if "name" not in sources and "name" not in defaults:
        raise InvalidInput(
            _("nothing names the opportunity; the columns are: {columns}; say which: --map {example}").format(
                columns=", ".join(shown(name) for name in header if name),
                example=argument("name", next((name for name in header if name), "COLUMN")),
            ),
            columns=list(header),
        )
    return RowMapping(sources, defaults)


def columns_of(sources: Mapping[str, Source]) -> set[int]:
    """The places of the columns that fill a field."""
    return {column for source in sources.values() for _words, column in source.pieces}


def exact_columns(header: Sequence[str], pipeline: Pipeline, taken: Iterable[str]) -> dict[str, str]:
    """The columns that are named like a field, as a mapping says them; fields in `taken` are left alone."""
    known = (*FIELDS, *(OWN + key for key in pipeline.fields))
    found = _recognised(header, [name for name in known if name not in set(taken)], {})
    return {name: source.said(header) for name, source in found.items()}


def field_names(given: Mapping[str, str], pipeline: Pipeline) -> set[str]:
    """The import fields that a person's `--map` names; raises InvalidInput where one is none."""
    known = (*FIELDS, *(OWN + key for key in pipeline.fields), *FLAGS)
    return {_field(name, pipeline, known) for name in given}


def history_mapping(
    header: Sequence[str], file: MappingFile, known: Mapping[str, str] = MappingProxyType({})
) -> RowMapping:
    """The mapping of a history with that header, `known` being the columns by which it was recognised.

    Raises InvalidInput where id, stage or at is missing.
    """
    sources = {name: _source(text, header) for name, text in known.items() if name in HISTORY_FIELDS}
    for name, text in file.history.items():
        if _plain(name) not in HISTORY_FIELDS:
            raise InvalidInput(
                _('a history has no field "{name}"; it has: {known}').format(
                    name=shown(name), known=", ".join(HISTORY_FIELDS)
                )
            )
        sources[_plain(name)] = _source(text, header)
    sources = _recognised(header, HISTORY_FIELDS, sources) | sources
    missing = [name for name in HISTORY_FIELDS[:3] if name not in sources]
    if missing:
        raise InvalidInput(
            _(
                "a history has the columns id, stage, at and amount; {missing} is missing among: {columns}"
            ).format(missing=", ".join(missing), columns=", ".join(shown(name) for name in header if name)),
            columns=list(header),
        )
    return RowMapping(sources, {})


def argument(name: str, column: str) -> str:
    """What `--map` is to be given, as a shell takes it."""
    return f'"{name}={shown(column)}"' if " " in column else f"{name}={shown(column)}"


def _plain(name: str) -> str:
    return fold(name.strip()).replace("-", "_").replace(" ", "_")


def _field(name: str, pipeline: Pipeline, known: Sequence[str]) -> str:
    """The import field a person means; the company's own go by their keys, with or without `field.`."""
    wanted = _plain(name)
    for candidate in known:
        if wanted in (_plain(candidate), _plain(candidate.removeprefix(OWN))):
            return candidate
    short = {"close": "close_date", "tag": "tags"}.get(wanted)
    if short:
        return short
    raise InvalidInput(
        _('no field "{name}" can be imported; the fields are: {known}').format(
            name=shown(name), known=", ".join((*FIELDS, *pipeline.fields))
        ),
        field=name,
    )


def _recognised(
    header: Sequence[str], known: Sequence[str], taken: Mapping[str, Source]
) -> dict[str, Source]:
    """The columns named like a field that no mapping has.

    A column that a mapping uses already is left alone, but for the identifier, which often names the row as well.
    """
    used = columns_of(taken)
    named = {_plain(name): n for n, name in reversed(list(enumerate(header))) if name}
    free = {name: n for name, n in named.items() if n not in used}
    found = {}
    for name in known:
        columns = named if name == "id" else free
        words = map(_plain, (name, name.removeprefix(OWN), *_SYNONYMS.get(name, ())))
        column = next((columns[word] for word in words if word in columns), None)
        if name not in taken and column is not None:
            found[name] = Source((("", column),))
    return found


def _source(text: str, header: Sequence[str]) -> Source:
    """A column by its name, several in words (`{product} · {account}`), or the first that says something (`{a|b}`)."""
    if "{" not in text or text.strip() in header:
        return Source((("", _column(text, header)),))
    whole = _PLACEHOLDER.fullmatch(text.strip())
    if whole and "|" in whole[1] and whole[1].strip() not in header:
        return Source(tuple(("", _column(name, header)) for name in whole[1].split("|")), either=True)
    pieces, at = [], 0
    for found in _PLACEHOLDER.finditer(text):
        pieces.append((text[at : found.start()], _column(found[1], header)))
        at = found.end()
    if not pieces:
        raise _no_column(text, header)
    return Source(tuple(pieces), text[at:])


def _column(name: str, header: Sequence[str]) -> int:
    wanted = name.strip()
    if wanted and wanted in header:
        return list(header).index(wanted)
    fits = [n for n, column in enumerate(header) if column and fold(column) == fold(wanted)]
    if len(fits) != 1:
        raise _no_column(name, header)
    return fits[0]


def _no_column(name: str, header: Sequence[str]) -> InvalidInput:
    return InvalidInput(
        _('no column "{name}"; the columns are: {columns}').format(
            name=shown(name), columns=", ".join(shown(column) for column in header if column)
        ),
        column=name,
        columns=list(header),
    )
