"""A message as an exchange: what it says, whom it is between, when, and what it is known by.

Attachments are named and never kept. What cannot be read is left out of the text or becomes a fault that a person
sees; nothing is guessed, least of all a date.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, tzinfo
from email.message import Message
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from pipecli.domain.matching import Incoming
from pipecli.text import _

from . import mime
from .html_text import html_to_text
from .mime import Part
from .quotes import fold_quotes

LONGEST_BODY = 50_000
"""Characters of one message that are kept."""
FIRST_YEAR = 1980
MOST_ADDRESSES = 20_000
_LONGEST_SAID = 8 * LONGEST_BODY
_MOST_NAMED = 5
_MOST_FILES = 50
_LONGEST_LINE = 300
_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]@\\]{1,128}@[^\s<>,;:\"'()\[\]@\\]{1,255}")
_QUOTED = re.compile(r'"(?:[^"\\\r\n]|\\.)*"')
_COMMAS = re.compile(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")


def read_mail(raw: bytes, number: int, place: str, zone: str, today: date) -> Incoming:
    """The message; `zone` is the IANA time zone in which its day is told, `today` the last day it can have."""
    headers, body = mime.split_message(raw)
    day, fault = day_of(mime.header(headers, "date"), ZoneInfo(zone), today)
    subject = mime.header(headers, "subject")[:_LONGEST_LINE]
    sender = mime.header(headers, "from")[:_LONGEST_LINE]
    said, files = content(headers, body)
    return Incoming(
        number=number,
        place=place,
        kind="mail",
        key=key_of(headers, body),
        day=day,
        fault=fault,
        title=subject,
        sender=sender,
        addresses=addresses(headers, ("from", "reply-to", "to", "cc", "bcc")),
        text=composed(subject, sender, named(headers), said, files),
    )


def composed(title: str, sender: str, recipients: str, said: str, files: list[str]) -> str:
    """The text of an exchange: what it is about, who takes part, what was said, the names of what came with it."""
    head = [title, f"From: {sender}" if sender else "", f"To: {recipients}" if recipients else ""]
    parts = ["\n".join(line for line in head if line)]
    if len(said) > LONGEST_BODY:
        said = said[:LONGEST_BODY].rstrip() + "\n[…]"
    parts.append(said)
    if files:
        more = f" + {len(files) - _MOST_FILES}" if len(files) > _MOST_FILES else ""
        parts.append(_("Attachments: {names}").format(names=", ".join(files[:_MOST_FILES])) + more)
    return "\n\n".join(part for part in parts if part) or _("(no text)")


def content(headers: Message, body: bytes) -> tuple[str, list[str]]:
    """What a message says, its quotations folded, and the names of its attachments."""
    plain: list[str] = []
    rich: list[str] = []
    files: list[str] = []
    for part in mime.walk(headers, body):
        if part.type not in ("text/plain", "text/html") or _is_file(part):
            if name := _file(part):
                files.append(name)
            continue
        text = mime.text_of_part(part)
        if part.type == "text/html":
            text = html_to_text(text)
            if part.alternative:
                rich.append(text)
                continue
        plain.append(text.strip())
    said = "\n\n".join(text for text in plain if text) or "\n\n".join(text for text in rich if text)
    return fold_quotes(said[:_LONGEST_SAID]), files


def _is_file(part: Part) -> bool:
    named = bool(mime.file_name(part.headers))
    return mime.is_attachment(part.headers) or (named and part.type == "text/plain" and not part.alternative)


def _file(part: Part) -> str:
    """The name to show of a part that is no text; "" for one that holds nothing."""
    if name := mime.file_name(part.headers):
        return name
    if part.type == "message/rfc822":
        inside, _body = mime.split_message(part.body)
        return (mime.header(inside, "subject") or part.type)[: mime.LONGEST_FILE_NAME]
    return part.type if part.body.strip() else ""


def key_of(headers: Message, body: bytes) -> str:
    """What a message is known by: its Message-ID, else what it says; the same in whatever file it stands."""
    identifier = mime.header(headers, "message-id").strip("<> ")
    if "@" in identifier or len(identifier) >= 12:
        return _digest("mail", identifier.encode("utf-8", "replace"))
    head = "\n".join(mime.header(headers, name) for name in ("from", "to", "date", "subject"))
    same = body.replace(b"\r\n", b"\n").replace(b"\n>From ", b"\nFrom ").strip()
    return _digest("content", head.encode("utf-8", "replace") + b"\n\n" + same)


def _digest(what: str, content: bytes) -> str:
    return hashlib.sha256(what.encode() + b"\0" + content).hexdigest()[:32]


def addresses(headers: Message, names: tuple[str, ...]) -> tuple[str, ...]:
    """Every address in these headers once, in small letters."""
    found: dict[str, None] = {}
    for name in names:
        value = _QUOTED.sub(" ", mime.raw_header(headers, name))
        for address in _ADDRESS.findall(value) or _ADDRESS.findall(mime.decoded(value)):
            found[mime.storable(mime.decoded(address)).lower().rstrip(".")] = None
    return tuple(list(found)[:MOST_ADDRESSES])


def named(headers: Message) -> str:
    """Whom it went to, the first few of them."""
    raw = mime.raw_header(headers, "to")
    shown = [mime.decoded(one) for one in _COMMAS.split(raw[:2_000])[:_MOST_NAMED]]
    more = raw.count("@") - len(shown)
    text = ", ".join(one for one in shown if one)[:_LONGEST_LINE]
    return f"{text} + {more}" if more > 0 and text else text


def day_of(text: str, zone: tzinfo, today: date) -> tuple[date | None, str]:
    """The day a Date header tells in the time zone, or none and why.

    A header that names no zone, or one nobody knows, keeps the day as it is written.
    """
    if not text:
        return None, _("it has no date")
    moment = _moment(text)
    if moment is None or moment.year < FIRST_YEAR:
        return None, _('its date cannot be read: "{text}"').format(text=text[:40])
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(zone)
        except (OverflowError, ValueError):
            return None, _('its date cannot be read: "{text}"').format(text=text[:40])
    if moment.date() > today:
        return None, _("{day} is in the future").format(day=moment.date())
    return moment.date(), ""


def _moment(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text[:200])
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if found.tzinfo is None and text.rstrip().endswith("-0000"):  # UTC, says RFC 5322
            return found.replace(tzinfo=UTC)
        return found
    return None
