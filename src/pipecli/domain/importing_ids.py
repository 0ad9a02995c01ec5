"""Identifiers that are the same in two spellings: Salesforce gives 15 characters in reports and 18 elsewhere."""

from __future__ import annotations

import re

_SALESFORCE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?", re.ASCII)
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_form(identifier: str) -> str:
    """The 18 characters of a Salesforce identifier of 15 or 18; any other text stays as it is.

    The last three say which of the first fifteen are capitals, five at a time, the first of each five the lowest bit.
    """
    if not _SALESFORCE.fullmatch(identifier):
        return identifier
    plain = identifier[:15]
    whole = plain + "".join(
        _DIGITS[sum((plain[start + n].isupper()) << n for n in range(5))] for start in (0, 5, 10)
    )
    return whole if len(identifier) == 15 or identifier == whole else identifier
