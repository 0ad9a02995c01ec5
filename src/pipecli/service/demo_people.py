"""Who the sample company sells to, and who sells: invented accounts, contacts and sellers, as many as needed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import NamedTuple

from pipecli.domain.fold import fold

SELLERS = ("lea", "paul", "sofia", "jonas", "nadia", "tom", "clara", "hugo")
MOST_SELLERS = 8
# The one who writes things down days later.
LATE_RECORDER = "paul"

_FIRST = (
    "Jeanne", "Karim", "Anna", "Luis", "Marie", "Thomas", "Ingrid", "Pierre", "Camille", "Ravi", "Helena",
    "Olivier", "Giulia", "Stefan", "Aisha", "Mathieu", "Katarina", "Bruno", "Elodie", "Youssef", "Femke",
    "Andrea", "Nils", "Sandrine", "Pavel", "Carla", "Damien", "Leila", "Oscar", "Valerie", "Emil", "Rosa",
    "Gilles", "Petra", "Samir", "Laure", "Viktor", "Teresa", "Antoine", "Mina", "Joris", "Beatriz",
    "Cedric", "Yuki", "Fabien", "Lotte",
)  # fmt: skip
_LAST = (
    "Martin", "Benali", "Lindqvist", "Ferreira", "Moreau", "Keller", "Olsen", "Caron", "Dubreuil", "Nair",
    "Costa", "Lemaire", "Rinaldi", "Brandt", "Diallo", "Perrin", "Novak", "Almeida", "Garnier", "Haddad",
    "de Wit", "Conti", "Berg", "Roussel", "Horak", "Vidal", "Chauvin", "Rahmani", "Nyberg", "Faure",
    "Krause", "Ortega", "Blanchet", "Steiner", "Mansour", "Tessier", "Sokolov", "Marques", "Renaud",
    "Okafor", "Jansen", "Pinto", "Aubert", "Tanaka", "Delorme", "Verhoeven", "Lacroix", "Eriksen", "Bonnet",
    "Salgado",
)  # fmt: skip
_WELL_KNOWN = (
    "Borelle & Fils", "Nordhaven", "Siriane", "Maison Tavel", "Brickfield Supplies", "Olmetto Foods",
    "Castelune", "Ardent Packaging", "Vasko Transport", "Lumigraph", "Rivebelle Clinics", "Tannhof Tools",
    "Peltier Outdoor", "Quillon Press", "Marenda Hotels", "Stavron Marine", "Ecluse Habitat",
    "Corbeau Timber", "Fennwick Dairy", "Hexagrain", "Iverne Cosmetics", "Joncquet Textiles",
    "Kestrane Labs", "Lorvaux Wines", "Mistral Frames", "Novalpe Sports", "Ostrel Lighting",
    "Pomarede Orchards", "Quartel Optics", "Rosenkamp Bakeries", "Saltmarsh Energy", "Tressel Bridges",
    "Ulmann Glass", "Verdane Gardens", "Wexcombe Motors", "Ystrel Seeds", "Zellige Ceramics",
    "Alderbrook Care", "Balcarne Steel", "Cindervale Heating",
)  # fmt: skip
_STEMS = (
    "Alvane", "Brenor", "Calyx", "Dorsane", "Elmere", "Farrow", "Galder", "Hollin", "Isarn", "Jorvane",
    "Kelmar", "Lanvec", "Morvan", "Nerval", "Orlane", "Pavric", "Quenel", "Rostane", "Selvik", "Tarvos",
    "Umbrel", "Valcor", "Wendal", "Yvrac", "Zornel", "Ambrel", "Belcour", "Corvane", "Drumel", "Estrel",
    "Fontal", "Gravane", "Hestin", "Ilvane", "Jandel", "Kordan", "Lorick", "Mandel", "Nolvic", "Orvane",
    "Perlin", "Ravel", "Sarnec", "Tolvane",
)  # fmt: skip
_TRADES = (
    "Foods", "Logistics", "Tools", "Clinics", "Packaging", "Textiles", "Timber", "Optics", "Transport",
    "Hotels", "Press", "Labs", "Marine", "Seeds", "Glass", "Heating", "Furniture", "Plastics", "Bakeries",
    "Gardens", "Motors", "Metals", "Care", "Sports", "Paper", "Dairy", "Cables", "Pumps", "Wines",
    "Insurance",
)  # fmt: skip
_PLACES = (
    "", "North", "South", "East", "West", "Alps", "Atlantic", "Baltic", "Rhine", "Loire", "Garonne",
    "Danube", "Iberia", "Nordic", "Midlands", "Flanders", "Savoy", "Brittany", "Tuscany", "Bavaria",
    "Saxony", "Jura", "Riviera", "Adriatic",
)  # fmt: skip


class Person(NamedTuple):
    """A contact to be."""

    name: str
    mail: str

    @property
    def first(self) -> str:
        """The name by which one calls them."""
        return self.name.partition(" ")[0]


class Client(NamedTuple):
    """An account and those who work there, by their ids."""

    account: int
    name: str
    contacts: list[tuple[int, Person]]


def sellers(actor: str) -> tuple[str, ...]:
    """Everybody who owns opportunities: the actor first."""
    others = [name for name in SELLERS if name != fold(actor)]
    return (actor, *others[: MOST_SELLERS - 1])


def account_names(rng: Random) -> Iterator[str]:
    """Account names, each once, the best known first; some thirty thousand, then numbered."""
    first = list(_WELL_KNOWN)
    rng.shuffle(first)
    yield from first
    more = [" ".join(filter(None, parts)) for parts in product(_STEMS, _TRADES, _PLACES)]
    rng.shuffle(more)
    yield from more
    for n in range(2, 1_000_000):
        yield from (f"{name} {n}" for name in more)


def person(rng: Random, account: str) -> Person:
    """Somebody who works there."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    local = f"{first}.{last}".lower().replace(" ", "")
    return Person(f"{first} {last}", f"{local}@{domain(account)}")


def domain(account: str) -> str:
    """A mail domain that can belong to nobody."""
    return "".join(c for c in fold(account) if c.isalnum() and c.isascii()) + ".example"
