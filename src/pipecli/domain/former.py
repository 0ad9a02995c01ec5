"""Stages that a changed definition renamed, merged or dropped: under which one they count, and where they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Way(NamedTuple):
    """Every stage there ever was, on the way that the pipeline has now.

    `order` has the present stages in their order, then those that went without a successor; `lasting` says for any
    key under which of these it counts; `place` says where each stands, one that went between its old neighbours.
    """

    order: tuple[str, ...]
    present: int
    lasting: Mapping[str, str]
    place: Mapping[str, float]

    def is_present(self, stage: str) -> bool:
        """Whether the pipeline has the stage now."""
        return stage in self.order[: self.present]


def way(present: Sequence[str], former: Sequence[Sequence[str]], moves: Mapping[str, str]) -> Way:
    """The way from the stages there are now, those of every definition, oldest first, and where stages that went
    were moved.
    """
    places = {key: float(n) for n, key in enumerate(present)}
    known = {key: lasting_stage(key, present, moves) for keys in [*former, present] for key in keys}
    gone: dict[str, float] = {}
    for keys in former:  # the latest definition that had it says where it stood
        anchor, step = -1.0, 0
        for key in keys:
            if known[key] in places:
                anchor, step = places[known[key]], 0
            else:
                step += 1
                gone[known[key]] = anchor + step / (len(keys) + 1)
    return Way((*present, *sorted(gone, key=lambda key: gone[key])), len(present), known, places | gone)


def lasting_stage(key: str, present: Sequence[str], moves: Mapping[str, str]) -> str:
    """The stage that a stage's opportunities were moved to when it went, through any number of changes; else itself."""
    seen: set[str] = set()
    while key not in present and key in moves and key not in seen:
        seen.add(key)
        key = moves[key]
    return key
