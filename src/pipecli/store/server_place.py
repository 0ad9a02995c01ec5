"""Which database of which server an address leads to, whoever logs in, so that files can be called by it."""

from __future__ import annotations

import hashlib
import os
import re

_LONGEST = 60


def place_of(uri: str) -> str:
    """Host, port and name of the database, as a folder may be called; what the address leaves out as libpq fills it in.

    The address is one that could be connected to.
    """
    from psycopg.pq import Conninfo

    told = {option.keyword: option.val for option in Conninfo.parse(uri.encode()) if option.val}
    usual = {option.keyword: option.val for option in Conninfo.get_defaults() if option.val}
    if b"user" in told and "PGDATABASE" not in os.environ:
        usual[b"dbname"] = told[b"user"]
    found = {**usual, **told}
    parts = [
        found.get(key, b"").decode("utf-8", "replace") for key in (b"service", b"host", b"port", b"dbname")
    ]
    known_by = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
    words = [re.sub(r"[^\w.]+", "_", part).strip("_")[-_LONGEST:] for part in parts if part]
    return "-".join([*words, known_by])
