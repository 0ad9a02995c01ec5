"""The shape of a pipeline definition: which keys there are, and what kind of value each takes.

Turns the parsed TOML into tables that hold well-formed values only, and reports everything else, so that the
rules in `definition_check` never meet a wrong type. What the values mean together is left to them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pipecli.domain.dates import parse_duration
from pipecli.domain.definition_faults import Faults, nearest
from pipecli.domain.definition_lines import Path
from pipecli.domain.money import shown
from pipecli.errors import InvalidInput
from pipecli.text import _

LONGEST_TEXT = 500
FIELD_TYPES = {
    "text": "text",
    "number": "number",
    "money": "money",
    "date": "date",
    "choice": "choice",
    "yes/no": "bool",
    "bool": "bool",
}
EVIDENCE_FORMS = ("note", "link", "exchange", "file")
EXCHANGE_KINDS = ("call", "mail", "meeting", "note", "any")

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_FIELD_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Refused(Exception):
    """A value that is not what its key takes: the slug of the fault and the line that says why."""

    def __init__(self, slug: str, line: str) -> None:
        super().__init__(line)
        self.slug = slug
        self.line = line


class Value(NamedTuple):
    """A value as it stands in the document, and where faults inside it are reported."""

    faults: Faults
    path: Path
    raw: Any

    def inside(self, name: str | int, raw: Any) -> Value:
        """A value that this one holds."""
        return Value(self.faults, (*self.path, name), raw)

    def attempt(self, read: Reader) -> Any:
        """The well-formed value; a refusal is reported and gives None."""
        try:
            return read(self)
        except Refused as refused:
            self.faults.error(self.path, refused.slug, refused.line)
            return None


Reader = Callable[[Value], Any]
"""Gives the well-formed value, or raises Refused."""


class Table(dict[str, Any]):
    """The well-formed values of one table, and where in the document it stands."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.refused: set[str] = set()

    def lacks(self, key: str) -> bool:
        """Whether a key was not given at all, which a refused value is not."""
        return key not in self and key not in self.refused

    def at(self, key: str) -> Path:
        """The path of one of its keys."""
        return (*self.path, key)


class Key(NamedTuple):
    """One key of a table: how it is read, and whether it has to be there."""

    read: Reader
    required: bool = False


def read_document(faults: Faults, document: Mapping[str, Any]) -> Table:
    """The definition as tables of well-formed values; every other value is reported and left out."""
    return _read_table(Value(faults, (), document), _DEFINITION)


def _read_table(value: Value, keys: Mapping[str, Key]) -> Table:
    table = Table(value.path)
    for name, raw in value.raw.items():
        held = value.inside(name, raw)
        if name not in keys:
            line = _('unknown key "{key}"{nearest}').format(key=shown(name), nearest=nearest(name, keys))
            value.faults.error(held.path, "unknown_key", line)
        elif (well_formed := held.attempt(keys[name].read)) is None:
            table.refused.add(name)
        else:
            table[name] = well_formed
    for name, key in keys.items():
        if key.required and name not in value.raw:
            line = _('"{key}" is missing{where}').format(key=name, where=_where(value.path))
            value.faults.error(value.path, "missing_key", line)
    return table


def _where(path: Path) -> str:
    name = _named(path)
    table = f"[[{name}]]" if path and isinstance(path[-1], int) else f"[{name}]"
    return _(" in this {table}").format(table=table) if path else ""


def _named(path: Path) -> str:
    """The last key of a path, indices passed over."""
    return next(shown(part) for part in reversed(path) if isinstance(part, str))


def _wrong(value: Value, wanted: str) -> Refused:
    return Refused(
        "wrong_type", _('"{key}" has to be {wanted}').format(key=_named(value.path), wanted=wanted)
    )


def _text(value: Value) -> str:
    """A text, on one line."""
    text = value.raw
    if not isinstance(text, str):
        raise _wrong(value, _("a text in quotes"))
    if any(_hostile(char) for char in text):
        raise Refused("control_characters", _("this text holds control characters; type it again"))
    if len(text) > LONGEST_TEXT:
        line = _("this text has {n} characters; {most} are the most").format(n=len(text), most=LONGEST_TEXT)
        raise Refused("text_too_long", line)
    if not text.strip():
        raise Refused("empty_text", _('"{key}" is empty').format(key=_named(value.path)))
    return " ".join(text.split())


def _hostile(char: str) -> bool:
    if char in "\n\t":
        return False
    return unicodedata.category(char) in ("Cc", "Cs") or char in _DIRECTION_MARKS


def _key(value: Value) -> str:
    text = _text(value)
    if not _KEY.fullmatch(text):
        line = _('"{key}" is not a key; use letters without accents, digits, - and _, 40 at most')
        raise Refused("bad_key", line.format(key=shown(text)))
    return text


def _field_key(value: Value) -> str:
    """A name that conditions can read, where `-` is a subtraction."""
    text = _key(value)
    if not _FIELD_KEY.fullmatch(text):
        line = _('"{key}" is not the key of a field; start with a letter, and write _ for -')
        raise Refused("bad_key", line.format(key=text))
    return text


def _one_of(words: Mapping[str, str]) -> Reader:
    def read(value: Value) -> str:
        text = _text(value)
        if text not in words:
            line = _('"{word}" is none of {words}{nearest}').format(
                word=shown(text), words=", ".join(words), nearest=nearest(text, words)
            )
            raise Refused("unknown_word", line)
        return words[text]

    return read


def _switch(value: Value) -> bool:
    if not isinstance(value.raw, bool):
        raise _wrong(value, _("true or false, without quotes"))
    return value.raw


def _whole(value: Value) -> int:
    if not isinstance(value.raw, int) or isinstance(value.raw, bool):
        raise _wrong(value, _("a whole number"))
    return value.raw


def _percent(value: Value) -> int:
    percent = _whole(value)
    if not 0 <= percent <= 100:
        raise Refused("bad_probability", _("a probability is from 0 to 100 percent"))
    return percent


def _count(value: Value) -> int:
    count = _whole(value)
    if not 1 <= count <= 99:
        raise Refused("bad_count", _("a count of exchanges is from 1 to 99"))
    return count


def _duration(value: Value) -> int:
    """Days."""
    return _days(value, least=1)


def _days(value: Value, least: int) -> int:
    if not isinstance(value.raw, str):
        raise _wrong(value, _('a duration in quotes, such as "14d" or "2w"'))
    try:
        return parse_duration(_text(value), least=least)
    except InvalidInput as error:
        raise Refused("bad_duration", error.message) from None


def _delay(value: Value) -> int:
    """Days, none of them included."""
    return _days(value, least=0)


def _share(value: Value) -> int:
    share = _whole(value)
    if not 1 <= share <= 100:
        raise Refused("bad_share", _("a share of the amount is from 1 to 100 percent"))
    return share


def _texts(value: Value) -> list[str]:
    """A list of texts, none twice; one text alone counts as a list of one."""
    if isinstance(value.raw, str):
        return [_text(value)]
    if not isinstance(value.raw, list):
        raise _wrong(value, _("a list of texts, such as {example}").format(example='["a", "b"]'))
    read = (value.inside(n, raw).attempt(_text) for n, raw in enumerate(value.raw))
    return list(dict.fromkeys(text for text in read if text is not None))


def _probability(value: Value) -> Table:
    """Fixed, or with the bounds within which it may be adjusted; always a table here."""
    if isinstance(value.raw, Mapping):
        return _read_table(value, _PROBABILITY)
    table = Table(value.path)
    table["default"] = _percent(value)
    return table


def _table(keys: Mapping[str, Key]) -> Reader:
    def read(value: Value) -> Table:
        if not isinstance(value.raw, Mapping):
            raise _wrong(value, _("a table, written {header}").format(header=f"[{_named(value.path)}]"))
        return _read_table(value, keys)

    return read


def _tables(keys: Mapping[str, Key]) -> Reader:
    def read(value: Value) -> list[Table]:
        if not isinstance(value.raw, list) or not all(isinstance(held, Mapping) for held in value.raw):
            name = ".".join(part for part in value.path if isinstance(part, str))
            raise _wrong(value, _("a list of tables, each written {header}").format(header=f"[[{name}]]"))
        return [_read_table(value.inside(n, held), keys) for n, held in enumerate(value.raw)]

    return read


def _roles(value: Value) -> Table:
    """Role to the names of those who hold it."""
    if not isinstance(value.raw, Mapping):
        raise _wrong(value, _("a table, written {header}").format(header="[roles]"))
    roles = Table(value.path)
    for role, holders in value.raw.items():
        names = value.inside(role, holders).attempt(_texts)
        if value.inside(role, role).attempt(_key) is None or names is None:
            roles.refused.add(role)
        else:
            roles[role] = names
    return roles


def _delivery(value: Value) -> Table:
    """The rule of every field, and under `fields` those that have one of their own."""
    if not isinstance(value.raw, Mapping):
        raise _wrong(value, _("a table, written {header}").format(header="[delivery]"))
    own = {key: raw for key, raw in value.raw.items() if isinstance(raw, Mapping)}
    rule = _read_table(value._replace(raw={k: v for k, v in value.raw.items() if k not in own}), _DELIVERY)
    rule["fields"] = {key: _read_table(value.inside(key, raw), _DELIVERY) for key, raw in own.items()}
    return rule


def _loss_reasons(value: Value) -> list[Table]:
    """Tables of key and label; a reason given as a text is its own key."""
    if not isinstance(value.raw, list):
        raise _wrong(value, _("a list of texts, such as {example}").format(example='["price", "timing"]'))
    read = (value.inside(n, raw).attempt(_loss_reason) for n, raw in enumerate(value.raw))
    return [reason for reason in read if "key" in (reason or ())]


def _loss_reason(value: Value) -> Table:
    if isinstance(value.raw, Mapping):
        return _read_table(value, _LOSS_REASON)
    reason = Table(value.path)
    reason["key"] = _text(value)
    return reason


def _same(*words: str) -> dict[str, str]:
    return dict(zip(words, words, strict=True))


_PROBABILITY = {"default": Key(_percent, required=True), "min": Key(_percent), "max": Key(_percent)}
_LOSS_REASON = {"key": Key(_text, required=True), "label": Key(_text)}
_FIELD = {
    "key": Key(_field_key, required=True),
    "type": Key(_one_of(FIELD_TYPES), required=True),
    "label": Key(_text),
    "choices": Key(_texts),
}
_CRITERION = {
    "key": Key(_key, required=True),
    "ask": Key(_text, required=True),
    "field": Key(_text),
    "condition": Key(_text),
    "evidence": Key(_one_of(_same(*EVIDENCE_FORMS))),
    "exchange": Key(_one_of(_same(*EXCHANGE_KINDS))),
    "count": Key(_count),
    "within": Key(_duration),
    "next_action": Key(_switch),
    "amount_review": Key(_switch),
    "approval": Key(_text),
    "when": Key(_text),
    "valid_for": Key(_duration),
    "waivable_by": Key(_texts),
    "hints": Key(_texts),
}
_STAGE = {
    "key": Key(_key, required=True),
    "name": Key(_text, required=True),
    "probability": Key(_probability, required=True),
    "stale_after": Key(_duration),
    "stale_when": Key(_text),
    "proves": Key(_text),
    "labels": Key(_texts),
    "amount_review": Key(_switch),
    "amount_ask": Key(_text),
    "entry": Key(_tables(_CRITERION)),
    "exit": Key(_tables(_CRITERION)),
}
_WON = {
    "name": Key(_text),
    "proves": Key(_text),
    "labels": Key(_texts),
    "entry": Key(_tables(_CRITERION)),
}
_LOST = {"name": Key(_text), "labels": Key(_texts)}
_PAYMENT = {"share": Key(_share, required=True), "after": Key(_delay), "label": Key(_text)}
_DELIVERY = {"start_after": Key(_delay), "over": Key(_duration)}
_DEFINITION = {
    "name": Key(_text),
    "currency": Key(_text),
    "timezone": Key(_text),
    "template": Key(_text),
    "loss_reasons": Key(_loss_reasons),
    "roles": Key(_roles),
    "field": Key(_tables(_FIELD)),
    "stage": Key(_tables(_STAGE)),
    "won": Key(_table(_WON)),
    "lost": Key(_table(_LOST)),
    "payment": Key(_tables(_PAYMENT)),
    "delivery": Key(_delivery),
}
