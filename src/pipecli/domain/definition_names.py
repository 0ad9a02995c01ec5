"""Stage names that say nothing: two people read them differently, so they prove nothing (R6)."""

from __future__ import annotations

import re

from pipecli.domain.fold import fold

_VAGUE_ENGLISH = """
    in progress; in process; in work; progress; ongoing; on going; under way; underway; processing;
    started; working; working on it; work in progress; wip; active; open; opened; live; follow up;
    followup; follow ups; to follow up; following up; to follow; pending; waiting; awaiting; on hold;
    hold; parked; stalled; to call; call; call back; callback; to call back; to contact; to chase; chase;
    todo; to do; to be done; doing; misc; miscellaneous; other; others; various; general; default;
    unknown; tbd; to be defined; maybe; possible; hot; warm; cold; new; current; in discussion;
    discussion; in talks; talking; nurture; nurturing; next; later; someday; middle; stage; step; phase
"""
_VAGUE_FRENCH = """
    en cours; en cours de traitement; travail en cours; affaires en cours; avancement; a relancer;
    relance; relances; relancer; relance en cours; relances en cours; a suivre; suivi; suivis; suivi en
    cours; en suivi; en attente; attente; en suspens; en pause; suspendu; en veille; en traitement; a
    traiter; a faire; actif; actifs; active; actives; ouvert; ouverte; ouverts; ouvertes; a appeler; a
    rappeler; rappeler; rappel; a contacter; a recontacter; contacter; divers; autre; autres; general;
    inconnu; a definir; a voir; peut etre; possible; chaud; tiede; froid; nouveau; nouveaux; nouvelle;
    nouvelles; actuel; en discussion; discussions; plus tard; etape
"""
_VAGUE = frozenset(" ".join(name.split()) for name in f"{_VAGUE_ENGLISH};{_VAGUE_FRENCH}".split(";"))


_TO_BE_NAMED = ("to be named", "a nommer")
"""What a draft puts behind such a name, in the languages it may have been drafted in."""


def to_be_named(name: str) -> str | None:
    """The label that a draft took a name from and left to a person, who has not named it yet; None of any other."""
    label, _comma, rest = name.rpartition(", ")
    return label if fold(rest) in _TO_BE_NAMED and is_vague(label) else None


def is_vague(name: str) -> bool:
    """Whether a name is one of the usual empty ones, or only a number: "En cours", "Follow-up", "Step 2"."""
    words = " ".join(re.findall(r"[^\W\d_]+", fold(name)))
    return not words or words in _VAGUE
