"""The structure of a message: its headers, its parts and their texts, whatever is broken about them.

The structure is read here and not by the standard library's parser, which goes line by line, keeps every attachment
and takes nested parts as deep as they go. Formats: RFC 5322, 2045 to 2047 and 2231. Nothing here raises.
"""

from __future__ import annotations

import base64
import codecs
import quopri
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

LONGEST_HEADERS = 1 << 20
LONGEST_VALUE = 1 << 20
LONGEST_PARAMETERS = 10_000
LONGEST_PART = 4 << 20
DEEPEST = 60
MOST_PARTS = 1_000
LONGEST_FILE_NAME = 150
# What the standard library raises over headers that are broken.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_NOT_FOR_TEXT = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


class Part(NamedTuple):
    """A part that holds something: its type, its headers, its body still encoded, whether it is an alternative."""

    type: str
    headers: Message
    body: bytes
    alternative: bool


def split_message(raw: bytes) -> tuple[Message, bytes]:
    """The headers and the body; what has no header at all is body alone."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    head = raw[:LONGEST_HEADERS]
    end = _END_OF_HEADERS.search(head)
    if end:
        head, body = raw[: end.start() + 1], raw[end.end() :]
    else:
        head, body = head, raw[LONGEST_HEADERS:]
    try:
        headers = BytesHeaderParser().parsebytes(head)
        left = headers.get_payload()
    except _BROKEN:
        return Message(), raw
    for name in ("content-type", "content-disposition"):
        if len(value := raw_header(headers, name)) > LONGEST_PARAMETERS:
            del headers[name]
            headers[name] = value[:LONGEST_PARAMETERS]
    if isinstance(left, str) and left.strip():  # a line that is no header ends them early
        body = left.encode("utf-8", "surrogateescape") + b"\n\n" + body
    return headers, body


def walk(headers: Message, body: bytes) -> Iterator[Part]:
    """The parts that hold something, in their order, no deeper and no more than the limits."""
    left = [MOST_PARTS]
    yield from _walk(headers, body, 0, False, left)


def _walk(headers: Message, body: bytes, depth: int, alternative: bool, left: list[int]) -> Iterator[Part]:
    kind = content_type(headers)
    boundary = _boundary(headers) if kind.startswith("multipart/") else b""
    pieces = _pieces(body, boundary) if boundary and depth < DEEPEST else None
    if pieces is None:
        if left[0] > 0:
            left[0] -= 1
            yield Part("text/plain" if kind.startswith("multipart/") else kind, headers, body, alternative)
        return
    for piece in pieces:
        if left[0] <= 0:
            return
        below, inside = _split_part(piece)
        yield from _walk(below, inside, depth + 1, alternative or kind == "multipart/alternative", left)


def _split_part(piece: bytes) -> tuple[Message, bytes]:
    if piece[:1] in (b"\n", b"\r"):  # no headers: a text
        return Message(), piece
    return split_message(piece)


def _pieces(body: bytes, boundary: bytes) -> list[bytes] | None:
    """What stands between the boundary lines; None where there is no such line."""
    mark = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    out: list[bytes] = []
    start = None
    for found in mark.finditer(body):
        if start is not None:
            out.append(body[start : found.start()])
        start = found.end() + 1
        if found[1]:
            return out
        if len(out) > MOST_PARTS:
            return out
    if start is None:
        return None
    return [*out, body[start:]]


def _boundary(headers: Message) -> bytes:
    try:
        found = headers.get_boundary()
    except _BROKEN:
        return b""
    return (found or "").rstrip().encode("utf-8", "surrogateescape")[:500]


def content_type(headers: Message) -> str:
    """The type in small letters; text/plain where it is missing or unreadable."""
    try:
        return headers.get_content_type()
    except _BROKEN:
        return "text/plain"


def header(headers: Message, name: str) -> str:
    """The first header of that name as a text on one line, encoded words decoded; "" where there is none."""
    return decoded(raw_header(headers, name))


def raw_header(headers: Message, name: str) -> str:
    """The first header of that name as it stands, unfolded."""
    wanted = name.lower()
    for key, value in headers.raw_items():
        if len(key) == len(wanted) and key.lower() == wanted:
            return str(value)[:LONGEST_VALUE]
    return ""


def decoded(value: str) -> str:
    """Encoded words decoded, raw bytes taken as UTF-8 or else as Windows' Latin, on one line."""
    value = _repaired(value)
    if "=?" in value:
        value = _decoded_words(value)
    return value.strip() if value.isprintable() else storable(_SPACES.sub(" ", value)).strip()


def _repaired(value: str) -> str:
    if value.isascii():
        return value
    return text_of(value.encode("utf-8", "surrogateescape"), None)


def _decoded_words(value: str) -> str:
    try:
        pieces = decode_header(value[:20_000])
    except _BROKEN:
        return value
    out = []
    for piece, charset in pieces:
        out.append(piece if isinstance(piece, str) else text_of(piece, charset))
    return "".join(out)


def text_of(raw: bytes, charset: str | None) -> str:
    """Bytes as text by the charset named, where it can be; else UTF-8, else Windows' Latin."""
    for name in (charset, "utf-8"):
        try:
            if name and _is_for_text(name):
                return raw.decode(name)
        except (LookupError, ValueError):
            continue
    if charset and _is_for_text(charset) and codecs.lookup(charset).name not in ("ascii", "utf-8"):
        return raw.decode(charset, "replace")
    return raw.decode("cp1252", "replace")


def _is_for_text(name: str) -> bool:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, TypeError):
        return False
    return (
        bool(getattr(found, "_is_text_encoding", True)) and found.name.replace("-", "_") not in _NOT_FOR_TEXT
    )


def text_of_part(part: Part) -> str:
    """The text of a part, its transfer encoding and its charset undone."""
    raw = transferred(part.body[:LONGEST_PART], raw_header(part.headers, "content-transfer-encoding"))
    try:
        charset = part.headers.get_content_charset()
    except _BROKEN:
        charset = None
    return storable(text_of(raw, charset).replace("\r\n", "\n").replace("\r", "\n"))


def transferred(body: bytes, encoding: str) -> bytes:
    """The bytes behind a transfer encoding, as far as they can be read."""
    name = encoding.strip().lower()
    try:
        if name == "base64":
            return _from_base64(body)
        if name == "quoted-printable":
            return quopri.decodestring(body)
    except ValueError:
        pass
    return body


def _from_base64(body: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", body)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return base64.b64decode(clean + b"=" * (-len(clean) % 4))


def file_name(headers: Message) -> str:
    """The name a part gives itself, without a folder; "" where it gives none."""
    try:
        name = headers.get_filename() or ""
    except _BROKEN:
        name = ""
    name = decoded(name).replace("\\", "/").rpartition("/")[2]
    return name[:LONGEST_FILE_NAME]


def is_attachment(headers: Message) -> bool:
    """Whether a part says of itself that it is no text to be read on its own."""
    return raw_header(headers, "content-disposition").strip().lower().startswith("attachment")


def storable(text: str) -> str:
    """The text without what a database refuses and without control characters."""
    return _UNSTORABLE.sub("", text)
