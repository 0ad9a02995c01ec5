"""The stage labels of a file: which stage or end each of them means, and how they are compared and shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from pipecli.domain.decide import LONGEST_NAME
from pipecli.domain.fold import on_one_line, spelled
from pipecli.domain.importing_steps import CLOSED
from pipecli.domain.money import shown
from pipecli.domain.opportunity import OPEN
from pipecli.domain.pipeline import LOST, WON, Pipeline
from pipecli.errors import InvalidInput
from pipecli.text import _

_QUOTED = re.compile(r'["$`\\]')
_PIPELINE = re.compile(r"\s*\([^()]*\)\s*$")
_OPEN_WORDS = ("open", "ouvert", "ouverte", "en cours")
_WON_WORDS = ("won", "gagne", "gagnee")
_LOST_WORDS = ("lost", "perdu", "perdue")


class Labels:
    """What the file's words for stages mean; it remembers those that mean nothing here."""

    def __init__(
        self, pipeline: Pipeline, given: Mapping[str, str], *, pipelines_named: bool = False
    ) -> None:
        """`given` maps labels to stages, `won` or `lost`; with `pipelines_named` a label may end with the name of its
        pipeline in brackets. Raises InvalidInput where a given one names no stage.
        """
        self._pipeline = pipeline
        self._pipelines_named = pipelines_named
        self._places = dict.fromkeys((*_WON_WORDS, pipeline.won.name, *pipeline.won.labels), WON)
        self._places |= dict.fromkeys((*_LOST_WORDS, pipeline.lost_name, *pipeline.lost_labels), LOST)
        self._places |= {stage.key: stage.key for stage in pipeline.stages}
        for stage in pipeline.stages:
            self._places |= dict.fromkeys((*stage.labels, stage.name), stage.key)
        self._places = {spelled(label): place for label, place in self._places.items()}
        known = {spelled(label): self._target(label, key) for label, key in given.items()}
        self._places |= known
        self._keys = {s.key: s.key for s in pipeline.stages if spelled(s.key) not in known}
        self.known: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def _target(self, label: str, key: str) -> str:
        place = self._places.get(spelled(key))
        if place is None:
            keys = ", ".join((*(s.key for s in self._pipeline.stages), *CLOSED))
            line = _('no stage "{key}" for the label "{label}"; the stages are: {keys}')
            raise InvalidInput(line.format(key=shown(key), label=shown(label), keys=keys))
        return place

    def place(self, label: str) -> str:
        """The stage, `won` or `lost` that a label means; raises InvalidInput where it means none."""
        place = self.place_of_closed(label)
        (self.known if place else self.unknown)[label] += 1
        if place is None:
            line = _('no stage "{label}"; map it: --stage "{label}=KEY"')
            raise InvalidInput(line.format(label=typed(label)), field="stage")
        return place

    def place_of_closed(self, label: str) -> str | None:
        """What a label means of a row that is known to be closed: None where it means nothing here."""
        place = self._keys.get(label) or self._places.get(spelled(label))
        if place is None and self._pipelines_named:
            place = self._places.get(spelled(without_pipeline(label)))
        return place

    def status(self, word: str) -> str:
        """Open, won or lost; raises InvalidInput where a word means none of them."""
        if spelled(word) in _OPEN_WORDS:
            return OPEN
        place = self._places.get(spelled(word))
        if place not in CLOSED:
            line = _('no status "{word}": it is open, won or lost; map it: --stage "{word}=won"')
            raise InvalidInput(line.format(word=typed(word)), field="status")
        return place

    def require_some(self, instead: str = "") -> None:
        """Raise InvalidInput where not one label of the whole file means anything, with every one of them.

        `instead` says what else can be done.
        """
        if not self.unknown or self.known:
            return
        labels = [label for label, _n in self.unknown.most_common(20)]
        raise InvalidInput(
            _(
                "no label of the file is a stage: {labels}; the stages are {keys}; "
                'map them: --stage "{label}=KEY"'
            ).format(
                labels=", ".join(map(shown, labels)),
                keys=", ".join((*(s.key for s in self._pipeline.stages), *CLOSED)),
                label=typed(labels[0]),
            )
            + instead,
            labels=labels,
        )


def without_pipeline(label: str) -> str:
    """A label without the name of its pipeline: HubSpot writes "Closed Won (Sales Pipeline)"."""
    return _PIPELINE.sub("", label) or label


def typed(label: str) -> str:
    """A label as a shell takes it between double quotes, whole, so that what is printed can be typed."""
    plain = on_one_line(label)
    return shown(label) if len(plain) > LONGEST_NAME else _QUOTED.sub(r"\\\g<0>", plain)
