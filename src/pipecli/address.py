"""The address of a database: what of it may be shown, who logs in by it, and whether it can be read at all.

`postgresql://USER:PASSWORD@HOST:PORT/NAME?KEY=VALUE`, as libpq reads it (PostgreSQL manual, 34.1.1.2 Connection URIs).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote

# Greedy up to the last "@": a password may hold what it should have written as %40.
_USER_INFO = re.compile(r"(://[^:/@?\s]*):.*@")
_NAMED = re.compile(r"((?:^|[?&\s])(?:ssl)?password\s*=\s*)('[^']*'|[^&\s]*)")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
_HOSTS = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?")
_KEYWORDS = re.compile(r"(^|\s)(host|hostaddr|port|dbname|user|password|passfile|service|sslmode)\s*=")


def without_password(address: str) -> str:
    """The address of a database, or a text that repeats one, as it may be shown."""
    return _NAMED.sub(r"\1***", _USER_INFO.sub(r"\1@", address))


def is_ambiguous(address: str) -> bool:
    """Whether a `postgresql://` address holds a character that must be written as %XX where it stands.

    libpq would take a part of the password for the host, and repeat it in its error.
    """
    rest = address.partition("://")[2]
    before_path = re.split(r"[/?]", rest, maxsplit=1)[0]
    user, at, hosts = before_path.partition("@")
    if not at:
        user, hosts = "", before_path
    return (
        bool(_HALF_ENCODED.search(rest))
        or "@" in hosts
        or any(character.isspace() for character in user)
        or not all(_HOSTS.fullmatch(host) for host in hosts.split(","))
    )


def is_postgres(address: str) -> bool:
    """Whether the address is of a PostgreSQL database."""
    return address.startswith(("postgresql://", "postgres://"))


def user_in(address: str) -> str | None:
    """Who logs in by a `postgresql://` address; None where it does not say."""
    rest, _mark, query = address.partition("://")[2].partition("?")
    named, at, _hosts = rest.partition("@")
    user = unquote(named.partition(":")[0]) if at else ""
    return user or next(iter(parse_qs(query).get("user", ())), None)


def from_anywhere(address: str) -> str:
    """The address as it can be kept: that of a file must not depend on the folder one is in."""
    file = address.removeprefix("sqlite:///")
    if "://" in file or is_keywords(file):
        return address
    try:
        return str(Path(file).expanduser().absolute())
    except RuntimeError:  # there is no home folder
        return address


def is_keywords(address: str) -> bool:
    """Whether it is libpq's other form, `host=… dbname=…`, which is not read here."""
    return bool(_KEYWORDS.search(address))
