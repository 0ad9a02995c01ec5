"""The pipeline definition as use cases: show it, check a file, see what adopting it would do, adopt it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from pipecli import templates
from pipecli.domain import events as ev
from pipecli.domain.definition import Fault, check_definition, compile_definition, definition_differences
from pipecli.domain.evolve import fold
from pipecli.domain.gate import Judge
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.pipeline import Pipeline
from pipecli.errors import Conflict, InvalidInput, NotFound
from pipecli.store import directory, journal, lists, projection
from pipecli.store import header as headers
from pipecli.store.lists import Filter
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


def toml_of(workspace: Workspace, version: int) -> str:
    """The TOML of a version; raises NotFound."""
    with workspace.read() as reading:
        texts = {v: toml for v, toml, _on in headers.definition_versions(reading.driver)}
    if version not in texts:
        line = _("there is no version {n} of the definition; the last one is {last}")
        raise NotFound(line.format(n=version, last=max(texts)))
    return texts[version]


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
        new = reading.priced(Pipeline.from_compiled(reading.header.definition + 1, compiled))
        targets = _targets(moves, reading.pipeline, new)
        rows = lists.list_rows(reading.driver, Filter(), reading.pipeline, reading.today)
        orphaned: dict[str, list[int]] = {}
        for row in rows:
            if new.index(row.stage) < 0:
                orphaned.setdefault(row.stage, []).append(row.number)
        old = json.loads(reading.header.compiled or "{}")
        return Impact(
            definition_differences(old, compiled),
            {stage: refs for stage, refs in orphaned.items() if stage not in targets},
            {stage: target for stage, target in targets.items() if stage in orphaned},
            _newly_unproven(reading, new, targets),
            len(rows),
            new.version,
        )


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


def _newly_unproven(reading: Reading, new: Pipeline, targets: Mapping[str, str]) -> list[int]:
    names = directory.all_names(reading.driver)
    found = []
    for number, state in _open_states(reading):
        if new.index(state.stage) < 0:
            if state.stage in targets:  # moved by the adoption, not by a gate
                found.append(number)
            continue
        was = Judge(state, reading.pipeline, reading.today, names).unproven()
        if not was and Judge(state, new, reading.today, names).unproven():
            found.append(number)
    return found


def _open_states(source: Reading | Unit) -> list[tuple[int, Opportunity]]:
    rows = lists.list_rows(source.driver, Filter(), source.pipeline, source.today)
    states = []
    for row in rows:
        state = fold(journal.load_stream(source.driver, ev.opportunity_stream(row.number)))
        if state is not None:
            states.append((row.number, state))
    return states


def adopt(workspace: Workspace, toml: str, moves: Mapping[str, str], *, dry_run: bool = False) -> Impact:
    """Put a new version in force and move the open opportunities of stages that go where they were told to.

    Raises ConfigError for a definition with errors, Conflict where a stage that goes holds opportunities and
    nobody said where they go, or where nothing changes.
    """
    compiled = compile_definition(toml)
    before = impact(workspace, toml, moves)
    if before.orphaned:
        raise _orphans(before.orphaned)
    with workspace.commit("adopt", dry_run=dry_run) as unit:
        old_toml = headers.definition_versions(unit.driver)[-1][1]
        if old_toml == toml:
            raise Conflict(
                _("this definition is in force already (version {n})").format(n=unit.header.definition)
            )
        old = unit.pipeline
        new = unit.priced(Pipeline.from_compiled(unit.header.definition + 1, compiled))
        targets = _targets(moves, old, new)
        version = unit.next_version("workspace")
        event = unit.event(
            ev.DEFINITION_ADOPTED, "workspace", version, {"version": new.version, "moves": dict(targets)}
        )
        unit.append(event)
        headers.add_definition(
            unit.driver, new.version, toml, headers.compiled_text(compiled), event.seq, unit.today
        )
        _move_and_judge_again(unit, new, targets)
        return before


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


def _move_and_judge_again(unit: Unit, new: Pipeline, targets: Mapping[str, str]) -> None:
    """Under the new definition every open opportunity is judged again; those without a stage are moved."""
    names = directory.all_names(unit.driver)
    states = _open_states(unit)
    unit.pipeline = new
    refreshed = []
    for number, state in states:
        if new.index(state.stage) >= 0:
            rows = projection.rows(state, new, names)
            refreshed.append((rows, rows))
            continue
        if state.stage not in targets:
            raise _orphans({state.stage: [number]})
        decision = unit.decision(number)
        payload = {"from": state.stage, "to": targets[state.stage], "definition": new.version}
        decision.record(ev.STAGE_MOVED, payload)
    projection.write_differences(unit.driver, refreshed)


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
