"""What stands there as a person is about to be asked about an opportunity: what they answer is judged against it."""

from __future__ import annotations

from typing import NamedTuple

from pipecli.domain.facts import Names
from pipecli.domain.opportunity import Opportunity
from pipecli.domain.seen import Seen

from . import refs
from .why import load
from .workspace import Workspace


class Looked(NamedTuple):
    """An opportunity as somebody saw it, with the names it refers to."""

    state: Opportunity
    seen: Seen
    names: Names


def look(workspace: Workspace, ref: str) -> Looked:
    """The opportunity as it stands now; raises NotFound."""
    with workspace.read(refs.expecting(workspace, ref)) as reading:
        number = refs.find(reading.driver, ref, workspace)
        reading.around(number)
        state = load(reading, number)
        return Looked(state, Seen.of(state), reading.names((state.account,)))
