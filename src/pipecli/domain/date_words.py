"""The English and French words that dates are typed and shown with; `dates.py` says what they mean.

Every key is folded: no case, no accents, no full stop.
"""

from __future__ import annotations

DAYS_FROM_TODAY = {
    "today": 0,
    "aujourd'hui": 0,
    "aujourdhui": 0,
    "tomorrow": 1,
    "demain": 1,
    "yesterday": -1,
    "hier": -1,
    "apres-demain": 2,
    "apres demain": 2,
    "avant-hier": -2,
    "avant hier": -2,
}

PERIOD_ENDS = {
    "eow": "week",
    "eom": "month",
    "eoq": "quarter",
    "eoy": "year",
    "fds": "week",
    "fdm": "month",
    "fdt": "quarter",
    "fda": "year",
}

# A unit of time as (days, calendar months), of which one is 0.
_DAY, _WEEK, _MONTH, _YEAR = (1, 0), (7, 0), (0, 1), (0, 12)
UNITS = {
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours"), _DAY),
    **dict.fromkeys(("w", "week", "weeks", "s", "sem", "semaine", "semaines"), _WEEK),
    **dict.fromkeys(("m", "month", "months", "mois"), _MONTH),
    **dict.fromkeys(("y", "year", "years", "a", "an", "ans", "annee", "annees"), _YEAR),
}

# The days of a unit where only a length matters.
DURATIONS = {"d": 1, "j": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}

_WEEKDAY_SPELLINGS = (
    "mon monday lun lundi",
    "tue tues tuesday mar mardi",
    "wed weds wednesday mer mercredi",
    "thu thur thurs thursday jeu jeudi",
    "fri friday ven vendredi",
    "sat saturday sam samedi",
    "sun sunday dim dimanche",
)
WEEKDAYS = {word: day for day, words in enumerate(_WEEKDAY_SPELLINGS) for word in words.split()}

_MONTH_SPELLINGS = (
    "jan january janv janvier",
    "feb february fev fevr fevrier",
    "mar march mars",
    "apr april avr avril",
    "may mai",
    "jun june juin",
    "jul july juil juillet",
    "aug august aout",
    "sep sept september septembre",
    "oct october octobre",
    "nov november novembre",
    "dec december decembre",
)
MONTHS = {word: month for month, words in enumerate(_MONTH_SPELLINGS, 1) for word in words.split()}

# Words that point a weekday: +1 to the next one, -1 to the last one.
POINTERS = {
    "next": 1,
    "prochain": 1,
    "prochaine": 1,
    "last": -1,
    "dernier": -1,
    "derniere": -1,
}

SHOWN_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
SHOWN_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": (
        *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
        *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
}

# Singular and plural.
SHOWN_UNITS = {
    "en": {
        "day": ("day", "days"),
        "week": ("week", "weeks"),
        "month": ("month", "months"),
        "year": ("year", "years"),
    },
    "fr": {
        "day": ("jour", "jours"),
        "week": ("semaine", "semaines"),
        "month": ("mois", "mois"),
        "year": ("an", "ans"),
    },
}
