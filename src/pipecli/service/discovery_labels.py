"""The labels of a file's stages: which of them end an opportunity, and which are one, whatever their spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from typing import NamedTuple

from pipecli.domain.definition_draft import key_of
from pipecli.domain.definition_shape import LONGEST_TEXT
from pipecli.domain.fold import fold, on_one_line, spelled
from pipecli.domain.money import shown
from pipecli.domain.opportunity import OPEN
from pipecli.domain.pipeline import LOST, WON
from pipecli.errors import InvalidInput
from pipecli.importers.labels import typed, without_pipeline
from pipecli.importers.mapping import RowMapping
from pipecli.importers.reading import is_true
from pipecli.importers.stage_words import outcome_of
from pipecli.text import _

from .import_request import Request
from .importing_source import Source, label_pair

MOST_LABELS = 60
LONGEST_NAME = 100
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*%?")
_PROBABILITY = (
    "probability (%)", "probability", "deal probability", "deal - probability", "probabilite", "probabilite (%)",
    "affaire - probabilite",
)  # fmt: skip


class Found(NamedTuple):
    """The labels of a file: by key the name of each stage, by label the stage or outcome it means.

    `spelled` has every spelling of a place, the most frequent first, without the names of pipelines; `percents` the
    mean probability that the file gives those who stand in a stage.
    """

    names: Mapping[str, str]
    places: Mapping[str, str]
    spelled: Mapping[str, list[str]]
    percents: Mapping[str, float]


def labels_of(source: Source, mapping: RowMapping, request: Request) -> Found:
    """The labels that a file and its history have for stages; raises InvalidInput where they cannot be stages."""
    labels = Counter(_labels(source, mapping))
    if not labels:
        raise _no_stage(source, mapping)
    plain = {label: without_pipeline(label) if source.names_pipelines else label for label in labels}
    given, always = _given(source, request), _outcomes_by_flags(source, mapping)
    places: dict[str, str] = {}
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for label, name in plain.items():
        words = spelled(name)
        said = given.get(spelled(label)) or given.get(words) or outcome_of(name) or always.get(words)
        if said in (WON, LOST):
            places[label] = said
        else:
            places[label] = keys.setdefault(words, "") or _key(name, taken)
            keys[words] = places[label]
    names = {place: _readable(plain[label]) for label, place in reversed(places.items()) if place in taken}
    names = {key: names[key] for key in keys.values()}
    _refuse_what_is_no_stage(source, mapping, labels, names)
    spellings: dict[str, list[str]] = {}
    for label, _n in labels.most_common():
        spellings.setdefault(places[label], []).append(_as_label(plain[label]))
    return Found(names, places, spellings, _percents(source, mapping, places))


def _labels(source: Source, mapping: RowMapping) -> Iterator[str]:
    """Every label, as often as it stands there."""
    for line in source.lines:
        if not line.fault and (label := _texts(source, mapping, line.cells).get("stage")):
            yield label
    for moment in source.moments():
        if moment.texts["stage"] and not moment.fault:
            yield moment.texts["stage"]


def _texts(source: Source, mapping: RowMapping, cells: tuple[str, ...]) -> dict[str, str]:
    return mapping.texts((*cells, *[""] * (len(source.table.header) - len(cells))))


def _given(source: Source, request: Request) -> dict[str, str]:
    """What is known of labels beforehand: that they mean won or lost, or with `--stage` that they do not."""
    known = {label: fold(place.strip()) for label, place in source.stages.items()}
    said = {label: fold(place.strip()) for label, place in (label_pair(text) for text in request.stages)}
    for label, place in said.items():
        if place == OPEN and spelled(label) in (WON, LOST):
            raise InvalidInput(
                _('"{label}" is how an opportunity ends, not a stage').format(label=shown(label))
            )
        if place not in (WON, LOST, OPEN):
            line = _(
                '--stage "{label}=KEY": the stages are found in the file; a label can only be won, lost or open'
            )
            raise InvalidInput(line.format(label=shown(label)))
    known = {label: place for label, place in known.items() if place in (WON, LOST)}
    return {spelled(label): place for label, place in {**known, **said}.items()}


def _outcomes_by_flags(source: Source, mapping: RowMapping) -> dict[str, str]:
    """The words of the labels under which everything is over, by flags that an export has for each stage."""
    if not {"is_closed", "is_won"} <= mapping.sources.keys():
        return {}
    ends: dict[str, set[str]] = {}
    for line in source.lines:
        if line.fault:
            continue
        texts = _texts(source, mapping, line.cells)
        label = texts.get("stage", "")
        words = spelled(without_pipeline(label) if source.names_pipelines else label)
        won, closed = is_true(texts["is_won"]), is_true(texts["is_closed"])
        ends.setdefault(words, set()).add(WON if won else LOST if closed else "")
    return {label: next(iter(found)) for label, found in ends.items() if len(found) == 1 and "" not in found}


def _key(label: str, taken: set[str]) -> str:
    fallback = next(key for n in count(1) if (key := f"stage-{n}") not in taken)
    return key_of(label, fallback, taken)


def _readable(label: str) -> str:
    """A label as a name on one line."""
    return on_one_line(label)[:LONGEST_NAME].strip() or "?"


def _as_label(label: str) -> str:
    """A label as it stands in the file, where a definition can say it so."""
    return label if label.isprintable() and len(label) <= LONGEST_TEXT else _readable(label)


def _refuse_what_is_no_stage(
    source: Source, mapping: RowMapping, labels: Counter[str], names: Mapping[str, str]
) -> None:
    if not names:
        listed = [label for label, _n in labels.most_common(5)]
        line = _(
            'every label of {path} means won or lost: {labels}; where one is a stage: --stage "{label}=open"'
        )
        raise InvalidInput(
            line.format(path=source.path, labels=", ".join(map(shown, listed)), label=typed(listed[0]))
        )
    if len(names) > MOST_LABELS:
        line = _(
            '"{column}" has {n} different labels, as in "{label}", and is no column of stages; say which is: '
            "--map stage=COLUMN"
        )
        column, label = shown(_column(source, mapping)), shown(next(iter(names.values())))
        raise InvalidInput(line.format(column=column, n=len(names), label=label))


def _column(source: Source, mapping: RowMapping) -> str:
    if "stage" not in mapping.sources:
        return "stage"
    return source.table.header[mapping.sources["stage"].pieces[0][1]]


def _no_stage(source: Source, mapping: RowMapping) -> InvalidInput:
    header = source.table.header
    if "stage" in mapping.sources:
        line = _(
            '{path}: "{column}" is blank in every row, and nothing else says a stage; say which column does: '
            "--map stage=COLUMN"
        )
        return InvalidInput(
            line.format(
                path=source.path,
                column=shown(_column(source, mapping)),
            )
        )
    line = _(
        "{path}: no column says the stage; the columns are: {columns}; say which does: --map stage=COLUMN"
    )
    listed = ", ".join(shown(name) for name in header if name)
    return InvalidInput(
        line.format(
            path=source.path,
            columns=listed,
        )
    )


def _percents(source: Source, mapping: RowMapping, places: Mapping[str, str]) -> dict[str, float]:
    """The mean probability of those who stand in each stage, in percent, where a column of the file says it."""
    header = source.table.header
    at = next((n for n, name in enumerate(header) if fold(name.strip()) in _PROBABILITY), None)
    if at is None:
        return {}
    told: dict[str, list[float]] = {}
    for line in source.lines:
        if line.fault or at >= len(line.cells):
            continue
        number = _PERCENT.fullmatch(line.cells[at].strip())
        place = places.get(_texts(source, mapping, line.cells).get("stage", ""))
        if number and place not in (None, WON, LOST):
            told.setdefault(str(place), []).append(float(number[1].replace(",", ".")))
    highest = max((max(found) for found in told.values()), default=0.0)
    factor = 100.0 if 0 < highest <= 1 else 1.0
    return {place: factor * sum(found) / len(found) for place, found in told.items()}
