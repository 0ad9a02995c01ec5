"""From typed text to values: amounts, days and the company's own fields by their types."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from pipecli.errors import InvalidInput
from pipecli.text import _

from .dates import Order, parse_date
from .fold import fold
from .money import known_currency, parse_amount
from .pipeline import SETTABLE_FIELDS, Pipeline

LARGEST_NUMBER = 1e12
_MARK_ALONE = r"[-+]?[1-9]\d{0,2}([.,])\d{3}"
_GROUPED = r"[-+]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?"


class Reader(NamedTuple):
    """How text is read here: the pipeline's currency and fields, the day, and the configured forms."""

    pipeline: Pipeline
    today: date
    decimal: str | None
    order: Order | None

    def day(self, text: str, *, past: bool = False) -> date:
        """A day; weekday names mean the next one, or the last one for what happened."""
        return parse_date(text, self.today, prefer="past" if past else "future", order=self.order)

    def amount(self, text: str, currency: str | None = None) -> tuple[int, str]:
        """An amount in minor units with its currency, the pipeline's (or the one given) unless the text names one."""
        return parse_amount(text, known_currency(currency or self.pipeline.currency), decimal=self.decimal)

    def field(self, key: str, text: str, currency: str | None = None) -> tuple[str, Any]:
        """A settable field's key and the value that text gives it; empty text unsets it.

        Raises InvalidInput for a field that is not there or cannot be set, and for text its type cannot read.
        """
        name = self.field_key(key)
        words = text.strip()
        if not words:
            return name, () if name == "tags" else None
        if name == "amount":
            return name, self.amount(words, currency)
        if name == "close_date":
            return name, self.day(words)
        if name == "tags":
            return name, tags(words)
        if name in SETTABLE_FIELDS:
            return name, words
        return name, self._own(name, words)

    def field_key(self, key: str) -> str:
        """The field a person means; raises InvalidInput with the ones there are."""
        name = fold(key.strip()).replace("-", "_")
        short = {"close": "close_date", "tag": "tags"}.get(name, name)
        for known in (*SETTABLE_FIELDS, *self.pipeline.fields):
            if fold(known).replace("-", "_") == short:
                return known
        raise InvalidInput(
            _('no field "{key}" can be set; the fields are: {keys}').format(
                key=key, keys=", ".join((*SETTABLE_FIELDS, *self.pipeline.fields))
            ),
            field=key,
        )

    def _own(self, name: str, text: str) -> Any:
        field = self.pipeline.fields[name]
        if field.type == "date":
            return self.day(text).isoformat()
        if field.type == "money":
            return self._money(name, text)
        if field.type == "number":
            return self._number(name, text)
        if field.type == "bool":
            return _yes_or_no(name, text)
        if field.type == "choice":
            for choice in field.choices:
                if fold(choice) == fold(text):
                    return choice
            raise InvalidInput(
                _("{field} is one of: {choices}").format(field=name, choices=", ".join(field.choices)),
                field=name,
            )
        return text

    def _money(self, name: str, text: str) -> int:
        minor, currency = self.amount(text)
        if currency != self.pipeline.currency:
            raise InvalidInput(
                _("{field} is in {currency}, not in {other}").format(
                    field=name, currency=self.pipeline.currency, other=currency
                ),
                field=name,
            )
        return minor

    def _number(self, name: str, text: str) -> int | float:
        """Marks between thousands are read as in amounts; `1,234` alone follows the configured decimal mark."""
        plain = "".join(text.split()).replace("−", "-")
        alone = re.fullmatch(_MARK_ALONE, plain)
        if alone and alone[1] == "," and self.decimal is None:
            line = _(
                "{field} = {text} is ambiguous: write it without a mark between thousands, or with a dot"
            )
            raise InvalidInput(line.format(field=name, text=text[:40]), field=name)
        grouped = re.fullmatch(_GROUPED, plain, re.ASCII)
        if grouped and not (alone and alone[1] == (self.decimal or ".")):
            plain = plain.replace(grouped[1], "")
        plain = plain.replace(",", ".")
        if not re.fullmatch(r"[-+]?\d+(\.\d+)?", plain, re.ASCII) or abs(float(plain)) > LARGEST_NUMBER:
            raise InvalidInput(
                _('{field} is a number, not "{text}"').format(field=name, text=text[:40]), field=name
            )
        value = float(plain)
        return int(value) if value == int(value) else value


def _yes_or_no(name: str, text: str) -> bool:
    words = fold(text)
    if words in ("yes", "y", "true", "1", "oui", "o", "vrai"):
        return True
    if words in ("no", "n", "false", "0", "non", "faux"):
        return False
    raise InvalidInput(_('{field} is yes or no, not "{text}"').format(field=name, text=text[:40]), field=name)


def tags(text: str) -> tuple[str, ...]:
    """Tags from text with commas or spaces between them, once each."""
    return tuple(
        dict.fromkeys(word.strip().strip("|") for word in text.replace(",", " ").split() if word.strip("|, "))
    )


def split_assignment(text: str) -> tuple[str, str]:
    """`KEY=VALUE` apart; raises InvalidInput where there is no `=`."""
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise InvalidInput(_('"{text}" is not KEY=VALUE').format(text=text[:40]))
    return key.strip(), value


def contact_parts(text: str) -> tuple[str, str | None]:
    """A contact's name and address from `Jeanne <j@acme.com>`, a bare name or a bare address."""
    words = text.strip()
    if "<" in words and words.endswith(">"):
        name, _sign, mail = words[:-1].partition("<")
        mail = mail.strip()
        if "@" not in mail or " " in mail:
            raise InvalidInput(
                _('"{mail}" is not an address; write "Jeanne <j@acme.com>"').format(mail=mail[:40])
            )
        return name.strip().strip('"') or mail, mail
    if "@" in words and " " not in words:
        return words, words
    return words, None
