"""Amounts of money: integers of minor units with an ISO 4217 currency, read from and written for people.

Reading refuses whatever has two meanings instead of guessing. Converting between currencies is `rates.py`'s
job, and which currency and decimal mark a workspace uses is for the caller to say.
"""

from __future__ import annotations

import re
from typing import NoReturn

from pipecli.errors import InvalidInput
from pipecli.text import _


def _codes(line: str) -> tuple[str, ...]:
    return tuple(line.split())


# ISO 4217 list one, with the funds codes that contracts are written in. Metals, bond units and test codes
# have no minor unit and are left out.
CURRENCIES = frozenset(
    _codes(
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD "
        "CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
        "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW "
        "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD "
        "NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS "
        "VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
    )
)
_EXPONENTS = {
    **dict.fromkeys(_codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"), 0),
    **dict.fromkeys(_codes("BHD IQD JOD KWD LYD OMR TND"), 3),
    **dict.fromkeys(_codes("CLF UYW"), 4),
}

# A sign means its first currency, unless the workspace's own is among the others; if the first is empty, it
# means nothing elsewhere.
_SIGNS: dict[str, tuple[str, ...]] = {
    "$": _codes(
        "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD "
        "SRD TTD TWD UYU XCD"
    ),
    "¥": ("JPY", "CNY"),
    "£": ("GBP", "EGP", "FKP", "GIP", "SHP"),
    "kr": ("", "SEK", "DKK", "NOK", "ISK"),
    "€": ("EUR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "us$": ("USD",),
    "c$": ("CAD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "hk$": ("HKD",),
    "nz$": ("NZD",),
    "s$": ("SGD",),
    "r$": ("BRL",),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₺": ("TRY",),
    "₪": ("ILS",),
    "₴": ("UAH",),
    "₦": ("NGN",),
    "₫": ("VND",),
    "฿": ("THB",),
    "zł": ("PLN",),
    "kč": ("CZK",),
    "fr": ("CHF",),
    "fr.": ("CHF",),
}
CURRENCY_SIGNS = frozenset(_SIGNS)
"""Every sign or short word that is read as a currency, in small letters."""
_SIGN_OF = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}

LIMIT = 10**12
"""The largest amount that is believed, in major units."""

_LONGEST = 60
_LONGEST_DECIMAL = 400
_MINUS = "-−–("
_SPACES = str.maketrans(dict.fromkeys("\t\u00a0\u2007\u2009\u202f", " ") | {"’": "'"})
_GROUPED = r"[0-9]+|[1-9][0-9]{0,2}([ .,'])[0-9]{3}(?:\1[0-9]{3})*"


def shown(text: str) -> str:
    """What was typed, fit for an error's one line: 40 characters at most, control characters escaped."""
    plain = text[:80].translate(_SPACES).strip()
    escaped = "".join(char if char.isprintable() else repr(char)[1:-1] for char in plain)
    return escaped if len(escaped) <= 40 else escaped[:39] + "…"


def exponent(currency: str) -> int:
    """How many decimals a currency has: 0 for JPY, 3 for KWD, 2 for most."""
    return _EXPONENTS.get(currency, 2)


def _unit(currency: str) -> int:
    """How many minor units make one major unit."""
    return int(10 ** exponent(currency))


def known_currency(code: str) -> str:
    """The code in capitals; raises InvalidInput if ISO 4217 does not have it."""
    capitals = code.strip().upper() if code.isascii() else ""
    if capitals not in CURRENCIES:
        line = _('"{code}" is not a currency; write its ISO 4217 code, such as EUR, USD or CHF')
        raise InvalidInput(line.format(code=shown(code)), code=code)
    return capitals


def parse_amount(text: str, currency: str, *, decimal: str | None = None) -> tuple[int, str]:
    """Read an amount as people type it: `18k`, `18 000 €`, `USD 500`, `18.000,50`.

    `currency` is the workspace's, meant where the text names none; `decimal` is the configured decimal mark,
    "," or ".", which settles what `1,234` is. Returns the minor units (0 or more) and the currency. Raises
    InvalidInput if the text is no amount, is negative, is finer than the currency's smallest unit, exceeds
    10^12 major units, or is ambiguous while `decimal` is None; then `detail["readings"]` has both.
    """
    plain = text.strip().translate(_SPACES)
    if not plain:
        _refuse(_("no amount was given; write 18000, 18k, 18,000.50 or USD 500"), text)
    found = len(plain) <= _LONGEST and re.fullmatch(
        r"([^0-9]*)([0-9](?:[0-9 .,']*[0-9])?)([^0-9]*)", plain, re.ASCII
    )
    if not found:
        _refuse_unread(text)
    before, number, after = found.groups()
    sign = before.strip(_MINUS + " ")
    factor, tail = _read_suffix(after.strip(_MINUS + ") "), currency)
    chosen = _agreed_currency(text, sign, tail, currency)
    if any(char in before + after for char in _MINUS + ")"):
        _refuse(_('"{text}" is negative; write an amount of zero or more, such as 18000'), text)
    whole, fraction = _read_number(text, number, factor > 1, decimal)
    if int(whole + fraction) * factor > LIMIT * 10 ** len(fraction):
        _refuse(_('"{text}" is too large to be an amount; the most is 1,000,000m'), text)
    return _minor_units(text, whole, fraction, factor, chosen), chosen


def _refuse(line: str, text: str, **words: str) -> NoReturn:
    raise InvalidInput(line.format(text=shown(text), **words), text=text)


def _refuse_unread(text: str) -> NoReturn:
    _refuse(_('"{text}" is not an amount; write 18000, 18k, 1.2m, 18,000.50 or USD 500'), text)


def _currency_named(unit: str, workspace: str) -> str | None:
    """The currency a sign or a code stands for, in a workspace of that currency; None if it is neither."""
    meanings = _SIGNS.get(unit.lower())
    if meanings:
        return workspace if workspace in meanings else meanings[0] or None
    return unit.upper() if unit.isascii() and unit.upper() in CURRENCIES else None


def _read_suffix(tail: str, workspace: str) -> tuple[int, str]:
    """The factor that `k` or `m` stands for (else 1), and the currency sign or code that follows it."""
    if tail[:1] in ("k", "K", "m", "M") and _currency_named(tail, workspace) is None:
        return (1_000 if tail[0] in "kK" else 1_000_000), tail[1:].strip()
    return 1, tail


def _agreed_currency(text: str, before: str, after: str, workspace: str) -> str:
    """The one currency named around the number: `$500 CAD` names one, `€500 USD` two."""
    units = before.split() + after.split()
    if not units:
        return workspace
    for unit in units:
        if _currency_named(unit, workspace) is None:
            if re.fullmatch(r"[A-Za-z]{3}", unit):
                known_currency(unit)
            _refuse_unread(text)
    for code in (_currency_named(unit, workspace) for unit in reversed(units)):
        if code and all(_currency_named(unit, code) == code for unit in units):
            return code
    _refuse(_('"{text}" names two currencies; keep one of them, as in USD 500'), text)


def _read_number(text: str, number: str, multiplied: bool, decimal: str | None) -> tuple[str, str]:
    """The digits before and after the decimal mark, grouping removed."""
    marks = [char for char in number if char in ".,"]
    whole, fraction = number, ""
    if len(marks) == 1 or len(set(marks)) == 2:
        whole, _mark, fraction = number.rpartition(marks[-1])
    if len(marks) == 1 and not multiplied and re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        if decimal is None:
            _refuse_ambiguous(text, whole, fraction)
        if marks[0] != decimal:
            whole, fraction = whole + fraction, ""
    last_mark_repeats = bool(fraction) and marks[-1] in whole
    if last_mark_repeats or not re.fullmatch(_GROUPED, whole) or not re.fullmatch("[0-9]*", fraction):
        _refuse(_('"{text}" is not grouped by thousands; write 18000, 18,000.50 or 18.000,50'), text)
    return re.sub("[^0-9]", "", whole), fraction


def _refuse_ambiguous(text: str, whole: str, fraction: str) -> NoReturn:
    """Both readings are shown in a spelling that has only one."""
    shorter = fraction.rstrip("0")
    as_decimal = f"{whole}.{shorter}" if shorter else whole
    readings = [whole + fraction, as_decimal + "0" if len(shorter) == 3 else as_decimal]
    line = _('"{text}" is ambiguous: write {thousands} or {decimals}')
    message = line.format(text=shown(text), thousands=readings[0], decimals=readings[1])
    raise InvalidInput(message, text=text, readings=readings)


def _minor_units(text: str, whole: str, fraction: str, factor: int, currency: str) -> int:
    """The exact number of minor units; raises InvalidInput where it is too fine."""
    scale: int = 10 ** len(fraction)
    minor, rest = divmod(int(whole + fraction) * factor * _unit(currency), scale)
    if rest:
        smallest = f"{major(1, currency):.{exponent(currency)}f}"
        line = _('"{text}" is too fine: the smallest amount of {currency} is {smallest}; round it')
        _refuse(line, text, currency=currency, smallest=smallest)
    return minor


def format_amount(minor: int, currency: str, language: str = "en", *, compact: bool = False) -> str:
    """An amount for a person: `€48,000.50` or `48 000,50 €`; compact, `€48.5k` or `48,5 k€`.

    Decimals show only if they are not zero. Compact keeps three significant figures, whole units below a
    thousand, and groups nothing, because `1,230m` would read back as 1.23 million. French groups with U+202F
    and puts U+00A0 before the sign.
    """
    places = exponent(currency)
    if compact:
        size, suffix = _compacted(abs(minor), places)
        number = size.replace(".", ",") if language == "fr" else size
    else:
        size, suffix = _decimal_text(abs(minor), places), ""
        number = localised(size, language)
    minus = "-" if minor < 0 and size != "0" else ""
    sign = _SIGN_OF.get(currency)
    if language == "fr":
        return f"{minus}{number}\u00a0{suffix.upper() if suffix == 'm' else suffix}{sign or currency}"
    return f"{minus}{sign or currency + ' '}{number}{suffix}"


def _decimal_text(minor: int, places: int) -> str:
    """`4800050` with 2 places as `48000.50`; no decimals if they are all zero."""
    whole, rest = divmod(minor, 10**places)
    return f"{whole}.{rest:0{places}d}" if rest else str(whole)


def _compacted(minor: int, places: int) -> tuple[str, str]:
    """The number at three significant figures, half up, and its suffix: nothing, `k` or `m`."""
    unit = int(10**places)
    step = unit * int(10 ** max(0, len(str(minor // unit)) - 3))
    units = (minor + step // 2) // step * step // unit
    if units < 1_000:
        return str(units), ""
    thousands, suffix = (3, "k") if units < 1_000_000 else (6, "m")
    text = _decimal_text(units, thousands)
    return (text.rstrip("0") if "." in text else text), suffix


def localised(number: str, language: str) -> str:
    """Plain digits with `.` as the decimal mark, grouped and marked as the language does."""
    whole, mark, fraction = number.partition(".")
    if language == "fr":
        return f"{int(whole):,}".replace(",", "\u202f") + mark.replace(".", ",") + fraction
    return f"{int(whole):,}{mark}{fraction}"


def format_number(value: int | float, language: str = "en") -> str:
    """A number for a person, grouped, with six decimals at most and no trailing zeros."""
    if isinstance(value, float) and value - value != 0:
        return str(value)
    text = str(abs(value)) if isinstance(value, int) else f"{abs(value):.6f}".rstrip("0").rstrip(".")
    return ("-" if value < 0 and text != "0" else "") + localised(text, language)


def major(minor: int, currency: str) -> int | float:
    """Minor units as a JSON number of major units: an int if integral, else the nearest float."""
    unit = _unit(currency)
    return minor / unit if minor % unit else minor // unit


def from_major(value: int | float | str, currency: str) -> int:
    """The inverse of `major`, by way of decimal digits; text is plain, as in `-1234.50`.

    The sign is kept, because differences are negative, and the size is any, because sums are larger than what they
    are made of. Raises InvalidInput if it is not a number or is finer than the currency's smallest unit.
    """
    text = _plain_decimal(value)
    found = len(text) <= _LONGEST_DECIMAL and re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]+))?", text)
    if not found:
        _refuse(_('"{text}" is not a number; write it as 18000 or 18000.50'), text)
    minus, whole, fraction = found.groups(default="")
    size = _minor_units(text, whole, fraction, 1, currency)
    return -size if minus else size


def _plain_decimal(value: int | float | str) -> str:
    """The digits of a number without an exponent; an integer too long to print is given as a power of ten."""
    if isinstance(value, float) and "e" in repr(value):
        from decimal import Decimal

        return format(Decimal(repr(value)), "f")
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_DECIMAL:
        return f"10^{_LONGEST_DECIMAL}"
    return str(value)


def share(minor: int, percent: int) -> int:
    """A percentage of an amount, in minor units, halves rounded away from zero."""
    product = minor * percent
    size = (abs(product) + 50) // 100
    return -size if product < 0 else size
