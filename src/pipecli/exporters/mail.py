"""Messages ready for a mail server (RFC 5322, MIME): text in UTF-8, quoted-printable, line ends of the machine's own.

Nothing is sent from here. Several messages in one stream are an mbox (RFC 4155, with `>From ` quoted as in mboxrd).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from time import asctime
from typing import NamedTuple

from pipecli.domain.fold import fold
from pipecli.errors import InvalidInput
from pipecli.text import _

NOWHERE = "pipecli.invalid"
"""The right side of a Message-ID where no domain is known (RFC 2606)."""
_ATOM = "[a-z0-9_+-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_HOST = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"{_HOST}(?:\.{_HOST})*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


class Envelope(NamedTuple):
    """What is not of the text: who writes, to whom, when, and what makes the message the same one again."""

    sender: Address
    to: Address
    sent_at: datetime
    identity: tuple[str, ...]


def checked_domain(text: str) -> str:
    """A domain as written after an @; raises InvalidInput."""
    domain = text.removeprefix("@").lower()
    if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
        raise InvalidInput(_('"{text}" is not a domain; write it as example.com').format(text=text))
    return domain


def address_of(name: str, domain: str | None) -> Address | None:
    """The address of a person: the name where it is one, else the name as a local part, `lea.martin`.

    It has no domain where none is given, so that a mail server takes it for a local user. None where a name makes
    no address in ASCII: nothing is guessed, and no name can carry a header of its own.
    """
    if _CONTROL.search(name):
        return None
    local, at, own = name.strip().lower().rpartition("@")
    if at:
        is_one = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(own)
        return Address(username=local, domain=own) if is_one else None
    local = ".".join(fold(name).split())
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        return None
    return Address(name if name != local else "", local, domain or "")


def message_bytes(subject: str, body: str, language: str, envelope: Envelope) -> bytes:
    """One message; the same text of the same identity has the same Message-ID."""
    message = EmailMessage(policy=default)
    message["From"] = envelope.sender
    message["To"] = envelope.to
    message["Subject"] = " ".join(_CONTROL.sub(" ", subject).split())
    message["Date"] = envelope.sent_at
    text = "\0".join((*envelope.identity, subject, body))
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{envelope.sender.domain or NOWHERE}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = language
    return message.as_bytes()


def mbox_bytes(messages: Iterable[bytes], sent_at: datetime) -> bytes:
    """Messages one after the other, each behind a line that says where it begins."""
    head = f"From pipecli@{NOWHERE} {asctime(sent_at.astimezone(UTC).timetuple())}\n".encode()
    return b"".join(head + _FROM.sub(rb">\1", message) + b"\n" for message in messages)
