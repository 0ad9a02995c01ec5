"""The pipeline definition as use cases: show it, check a file, see what adopting it would do, adopt it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pipecli import templates
from pipecli.domain import events as ev
from pipecli.domain.definition import Fault, check_definition, compile_definition, definition_differences
from pipecli.domain.evolve import fold
from pipecli.domain.facts import Names
from pipecli.domain.gate import Judge
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import Conflict, InvalidInput
from pipecli.store import directory, journal, lists, projection
from pipecli.store import header as headers
from pipecli.store.lists import Filter, Row
from pipecli.text import _, ngettext

from .unit import Unit
from .workspace import Reading, Workspace


class Impact(NamedTuple):
    """What adopting a definition changes, before anything is written.

    `orphaned` maps a stage that goes to the open opportunities in it, `unproven` lists those that the new
    criteria leave without proof in their stage.
    """

    differences: list[str]
    orphaned: dict[str, list[int]]
    moved: dict[str, str]
    unproven: list[int]
    open_count: int
    version: int


def current_toml(workspace: Workspace) -> tuple[int, str]:
    """The version in force and its TOML."""
    with workspace.read() as reading:
        version, toml, _on = headers.definition_versions(reading.driver)[-1]
        return version, toml


def pipeline(workspace: Workspace) -> Pipeline:
    """The pipeline in force."""
    with workspace.read() as reading:
        return reading.pipeline


def check(toml: str) -> list[Fault]:
    """Every fault of a definition."""
    return check_definition(toml, {name: templates.read(name) for name in templates.names()})


def impact(workspace: Workspace, toml: str, moves: Mapping[str, str]) -> Impact:
    """What adopting this definition would change; raises ConfigError where it has errors."""
    compiled = compile_definition(toml)
    with workspace.read() as reading:
        return _looked(reading, compiled, moves).impact


class _Looked(NamedTuple):
    """What was looked at to say what a definition changes: what is open as it is, and everybody's names."""

    impact: Impact
    new: Pipeline
    targets: dict[str, str]
    states: list[tuple[int, Opportunity]]
    names: Names


def _looked(source: Reading | Unit, compiled: dict[str, Any], moves: Mapping[str, str]) -> _Looked:
    new = source.priced(Pipeline.from_compiled(source.header.definition + 1, compiled))
    targets = _targets(moves, source.pipeline, new)
    all_names = source.soon(directory.all_names, source.driver)
    rows = lists.list_rows(source.driver, Filter(), source.pipeline, source.today)
    orphaned: dict[str, list[int]] = {}
    for row in rows:
        if new.index(row.stage) < 0:
            orphaned.setdefault(row.stage, []).append(row.number)
    states, names = _states(source, rows), all_names()
    old = json.loads(source.header.compiled or "{}")
    found = Impact(
        definition_differences(old, compiled),
        {stage: refs for stage, refs in orphaned.items() if stage not in targets},
        {stage: target for stage, target in targets.items() if stage in orphaned},
        _newly_unproven(source, new, targets, states, names),
        len(rows),
        new.version,
    )
    return _Looked(found, new, targets, states, names)


def _targets(moves: Mapping[str, str], old: Pipeline, new: Pipeline) -> dict[str, str]:
    """Where the open opportunities of stages that go are to stand; raises for stages that are not there."""
    targets = {}
    for source, target in moves.items():
        key = old.find_stage(source).key
        if new.index(key) >= 0:
            raise InvalidInput(
                _('stage "{stage}" stays, so that nothing in it needs moving').format(stage=source)
            )
        targets[key] = new.find_stage(target).key
    return targets


def _newly_unproven(
    source: Reading | Unit,
    new: Pipeline,
    targets: Mapping[str, str],
    states: Iterable[tuple[int, Opportunity]],
    names: Names,
) -> list[int]:
    found = []
    for number, state in states:
        if new.index(state.stage) < 0:
            if state.stage in targets:  # moved by the adoption, not by a gate
                found.append(number)
            continue
        was = Judge(state, source.pipeline, source.today, names).unproven()
        if not was and Judge(state, new, source.today, names).unproven():
            found.append(number)
    return found


def _states(source: Reading | Unit, rows: Iterable[Row]) -> list[tuple[int, Opportunity]]:
    """The opportunities of these rows as their streams say, in the order of the rows."""
    streams = {ev.opportunity_stream(row.number): row.number for row in rows}
    found = {
        streams[stream]: fold(events) for stream, events in journal.load_many(source.driver, list(streams))
    }
    return [(n, state) for n in streams.values() if (state := found.get(n)) is not None]


def adopt(workspace: Workspace, toml: str, moves: Mapping[str, str], *, dry_run: bool = False) -> Impact:
    """Put a new version in force and move the open opportunities of stages that go where they were told to.

    Raises ConfigError for a definition with errors, Conflict where a stage that goes holds opportunities and
    nobody said where they go, or where nothing changes.
    """
    compiled = compile_definition(toml)
    with workspace.commit("adopt", dry_run=dry_run) as unit:
        versions = unit.soon(headers.definition_versions, unit.driver)
        next_version = unit.soon(unit.next_version, "workspace")
        looked = _looked(unit, compiled, moves)
        if looked.impact.orphaned:
            raise _orphans(looked.impact.orphaned)
        if versions()[-1][1] == toml:
            raise Conflict(
                _("this definition is in force already (version {n})").format(n=unit.header.definition)
            )
        new = looked.new
        event = unit.event(
            ev.DEFINITION_ADOPTED,
            "workspace",
            next_version(),
            {"version": new.version, "moves": dict(looked.targets)},
        )
        unit.append(event)
        headers.add_definition(
            unit.driver, new.version, toml, headers.compiled_text(compiled), event.seq, unit.today
        )
        _move_and_judge_again(unit, looked)
        return looked.impact


def _orphans(orphaned: Mapping[str, list[int]]) -> Conflict:
    listed = "; ".join(
        ngettext(
            "{stage} holds {n} open opportunity", "{stage} holds {n} open opportunities", len(refs)
        ).format(stage=stage, n=len(refs))
        for stage, refs in orphaned.items()
    )
    stage = next(iter(orphaned))
    return Conflict(
        _("{listed}; say where they go: --move {stage}=STAGE").format(listed=listed, stage=stage),
        orphaned={stage: refs for stage, refs in orphaned.items()},
    )


def _move_and_judge_again(unit: Unit, looked: _Looked) -> None:
    """Under the new definition every open opportunity is judged again; those without a stage are moved."""
    new = unit.pipeline = looked.new
    unit.names |= looked.names
    moving = [number for number, state in looked.states if new.index(state.stage) < 0]
    refreshed = [
        projection.rows(state, new, looked.names)
        for _n, state in looked.states
        if new.index(state.stage) >= 0
    ]
    for decision in unit.decisions(moving):
        state = decision.state
        payload = {"from": state.stage, "to": looked.targets[state.stage], "definition": new.version}
        decision.record(ev.STAGE_MOVED, payload)
    projection.write_differences(unit.driver, ((rows, rows) for rows in refreshed))


def as_json(workspace: Workspace) -> dict[str, object]:
    """The definition in force as it was compiled, with its version."""
    with workspace.read() as reading:
        return {"version": reading.header.definition, **json.loads(reading.header.compiled or "{}")}


def as_rows(workspace: Workspace) -> list[dict[str, object]]:
    """The stages of the definition in force, with what each counts and how many criteria it has."""
    found = pipeline(workspace)
    return [
        {
            "stage": stage.key,
            "name": stage.name,
            "probability": stage.probability,
            "stale_after": stage.stale_after,
            "entry": [criterion.key for criterion in stage.entry],
            "exit": [criterion.key for criterion in stage.exit],
            "proves": stage.proves,
        }
        for stage in (*found.stages, found.won)
    ]
