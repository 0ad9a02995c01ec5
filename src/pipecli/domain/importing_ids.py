"""Identifiers: the two spellings of Salesforce, 15 characters in reports and 18 elsewhere, and our own."""

from __future__ import annotations

import re

from pipecli.errors import InvalidInput
from pipecli.text import _

from .money import shown

_SALESFORCE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)
_OWN = re.compile(r"[0-9a-f]{32}", re.ASCII)
SHORT = 15
"""Characters of the short spelling."""
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_form(identifier: str) -> str:
    """The 18 characters of a Salesforce identifier of 15 or 18; any other text stays as it is.

    The last three say which of the first fifteen are capitals, five at a time, the first of each five the lowest bit.
    """
    if not _SALESFORCE.fullmatch(identifier):
        return identifier
    plain = identifier[:SHORT]
    whole = plain + "".join(
        _DIGITS[sum((plain[start + n].isupper()) << n for n in range(5))] for start in (0, 5, 10)
    )
    return whole if len(identifier) == SHORT or identifier == whole else identifier


def own_uid(text: str) -> str:
    """The uid of an opportunity that was exported here; raises InvalidInput where it is none."""
    if not _OWN.fullmatch(text):
        line = _('"{text}" is none that pipe gave; leave it blank for a new opportunity')
        raise InvalidInput(line.format(text=shown(text)))
    return text
