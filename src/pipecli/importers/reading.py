"""From the texts of a row to its values: days, amounts, stages, the company's own fields; or a refusal.

What the values make of an opportunity is left to `domain.importing`. A refusal is InvalidInput with the field
in front; the caller puts it beside the row. `detail["field"]` is the field it is about, HISTORY where it is a row's
history, nothing where several of a row's fields contradict each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from pipecli.domain.dates import parse_moment
from pipecli.domain.decide import LONGEST_NAME, LONGEST_TEXT, checked_text
from pipecli.domain.fold import fold
from pipecli.domain.importing import Row
from pipecli.domain.importing_digests import fingerprint
from pipecli.domain.importing_forms import plain_day
from pipecli.domain.importing_ids import long_form, own_uid
from pipecli.domain.importing_steps import CLOSED, Step, Timed, in_order, told_once
from pipecli.domain.money import known_currency, parse_amount, shown
from pipecli.domain.moves import LONGEST_NOTE
from pipecli.domain.opportunity import OPEN
from pipecli.domain.pipeline import LOST, WON
from pipecli.domain.values import Reader, contact_parts, tags
from pipecli.errors import InvalidInput
from pipecli.text import _

from .forms import Forms
from .labels import Labels
from .mapping import OWN, RowMapping
from .systems import PIPE, SALESFORCE_DATA

HISTORY = "history"
_ONE_LINE = {
    "name": LONGEST_NAME, "account": LONGEST_NAME, "contact": LONGEST_NAME, "decision_maker": LONGEST_NAME,
    "owner": LONGEST_NAME, "source": LONGEST_NAME, "next_action": LONGEST_NAME * 5,
    "loss_reason": LONGEST_NOTE, "outcome_reason": LONGEST_NOTE,
}  # fmt: skip
_PAST = ("created", "closed", "entered")
_AHEAD = ("close_date", "next_due")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*([ap]m)?", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+")
_JOINER = "\u200d"
"""What Twenty puts before a text that a spreadsheet would take for a formula."""
_PERCENT = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*%?", re.ASCII)
_TRUE = ("true", "1", "1.0", "yes", "y", "vrai", "oui", "x")


_P = ParamSpec("_P")
_T = TypeVar("_T")


class Moment(NamedTuple):
    """A row of a history, still as texts: the line it stands on in its own file, and why it does not fit.

    With a `column` it is no row of its own: that column of the opportunity's own row tells it, and each stage once.
    """

    line: int
    texts: Mapping[str, str]
    fault: str | None = None
    column: str = ""


class RowReader:
    """Reads the rows of one file in one workspace; `system` says whose identifiers they are."""

    def __init__(
        self,
        reader: Reader,
        mapping: RowMapping,
        labels: Labels,
        *,
        currency: str,
        system: str,
        forms: Forms | None = None,
    ) -> None:
        """`forms` says how each column writes its days and numbers; without it they are as `reader` has them."""
        self._reader = reader
        self._forms = forms or Forms()
        self._mapping = mapping
        self._labels = labels
        self._currency = currency
        self._system = system
        self._is_own = system == PIPE.key
        self._alike: Counter[str] = Counter()
        zone = reader.pipeline.timezone
        self._day = lru_cache(maxsize=8192)(
            lambda text, order, serial: parse_moment(plain_day(text, serial=serial), zone, order=order)
        )
        self._zone = ZoneInfo(zone)

    def read(self, line: int, cells: Sequence[str], history: Sequence[Moment]) -> Row:
        """The row's values; raises InvalidInput with the reason why it is refused."""
        texts = self._mapping.texts(cells)
        values: dict[str, Any] = {}
        for name, longest in _ONE_LINE.items():
            if name in texts:
                values[name] = _told(name, self._text, texts[name], longest)
        if not values.get("name"):
            raise InvalidInput(_("it has no name"))
        for name in (*_PAST, *_AHEAD):
            if name in texts:
                values[name] = _told(name, self._date, name, texts[name], past=name in _PAST)
        values |= self._worth(texts) | self._standing(texts)
        if "tags" in texts:
            values["tags"] = _told("tags", _tags, texts["tags"])
        for name in ("contact", "decision_maker"):
            if values.get(name):
                _told(name, contact_parts, values[name])
        own = {
            name.removeprefix(OWN): _told(name, self._own, name.removeprefix(OWN), text)
            for name, text in texts.items()
            if name.startswith(OWN)
        }
        if values["status"] == OPEN and texts.get("probability"):
            values["probability"] = _told("probability", _percent, texts["probability"])
        steps = self._steps(history, values)
        identifier = texts.get("id", "")
        uid = _told("uid", own_uid, identifier) if self._is_own and identifier else None
        foreign = texts.get("foreign") if uid else None
        return Row(line, self._external(identifier, values, own), values, own, steps, uid, foreign or None)

    def _text(self, text: str, longest: int) -> str | None:
        """A text on one line; what was exported here as it was, which one line may not have been."""
        if self._is_own:
            return checked_text(text, _("a text"), LONGEST_TEXT) if text else None
        return one_line(text, longest)

    def _external(
        self, identifier: str, values: Mapping[str, Any], own: Mapping[str, Any]
    ) -> tuple[str, str]:
        """Whose identifier it is and which; without one, all it says and its place among equals."""
        if identifier:
            key = _told("id", one_line, identifier, LONGEST_NAME) or ""
            return self._system, long_form(key) if self._system == SALESFORCE_DATA.key else key
        print_ = fingerprint(values, own)
        self._alike[print_] += 1
        return f"{self._system}:hash", f"{print_}-{self._alike[print_]}"

    def _date(self, name: str, text: str, *, past: bool) -> date | None:
        if not text:
            return None
        day = self._day_of(name, text)
        if past and day > self._reader.today:
            raise InvalidInput(_("{day} is in the future").format(day=day))
        return day

    def _day_of(self, name: str, text: str) -> date:
        order = self._forms.orders.get(name, self._reader.order)
        day: date = self._day(text, order, name in self._forms.serial)
        return day

    def _worth(self, texts: Mapping[str, str]) -> dict[str, Any]:
        named = texts.get("currency", "")
        currency = _told("currency", self._named, named) if named else self._currency
        if "amount" not in texts:
            return {"currency": currency}
        if not texts["amount"]:
            return {"amount": None, "currency": currency}
        minor, found = self._amount(texts["amount"], currency, sole=bool(named))
        return {"amount": minor, "currency": found}

    def _named(self, text: str) -> str:
        """The currency that a code or a sign stands for; raises InvalidInput."""
        if text.isascii() and text.isalpha():
            return known_currency(text)
        return parse_amount(f"1 {text}", self._currency)[1]

    def _amount(self, text: str, currency: str, *, sole: bool) -> tuple[int, str]:
        """Minor units and currency; `sole` refuses a text that names another currency than its row."""
        decimal = self._forms.decimals.get("amount", self._reader.decimal)
        minor, found = _told("amount", parse_amount, text, currency, decimal=decimal)
        if sole and found != currency:
            line = _('amount: "{text}" is not in {currency}, the currency of its row')
            raise InvalidInput(line.format(text=shown(text), currency=currency), field="amount")
        return minor, found

    def _standing(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The stage, where the file has one, and the status; raises InvalidInput where the two contradict."""
        label, word = texts.get("stage", ""), texts.get("status", "")
        status = self._labels.status(word) if word else _flagged(texts)
        if label and (not word or self._is_own) and status in CLOSED:
            place = self._labels.place_of_closed(label)
        else:
            place = self._labels.place(label) if label else None
        if place == WON and status == LOST and not word and "is_won" not in texts:
            status = WON  # it was archived after it was won
        if place in CLOSED and status not in (None, place):
            line = _('its stage is "{stage}" and its status "{status}"')
            raise InvalidInput(line.format(stage=shown(label), status=shown(word or str(status))))
        found: dict[str, Any] = {"status": status or (place if place in CLOSED else OPEN)}
        if "stage" in texts:
            found["stage"] = None if place in CLOSED else place
        return found

    def _own(self, key: str, text: str) -> Any:
        if not text:
            return None
        checked_text(text, key, LONGEST_NOTE)
        if self._reader.pipeline.fields[key].type == "date":
            return self._day_of(OWN + key, text).isoformat()
        decimal = self._forms.decimals.get(OWN + key, self._reader.decimal)
        return self._reader._replace(decimal=decimal).field(key, text)[1]

    def timed(self, history: Sequence[Moment], values: Mapping[str, Any]) -> list[Timed]:
        """The steps of a row's history with the instants they happened at, in the file's order.

        Raises InvalidInput where one of them cannot be read.
        """
        found = [self._moment(moment, values["currency"]) for moment in history]
        return told_once(found, values) if history and history[0].column else found

    def _moment(self, moment: Moment, currency: str) -> Timed:
        try:
            return self._step(moment, currency)
        except InvalidInput as error:
            if moment.column:
                raise InvalidInput(f"{shown(moment.column)}: {error.message}", field=HISTORY) from error
            line = _("line {line} of its history: {reason}")
            raise InvalidInput(line.format(line=moment.line, reason=error.message), field=HISTORY) from error

    def _steps(self, history: Sequence[Moment], values: Mapping[str, Any]) -> tuple[Step, ...]:
        """The history in order; rows of one instant in the order of the pipeline's stages."""
        if not history:
            return ()
        return in_order(self.timed(history, values), [stage.key for stage in self._reader.pipeline.stages])

    def _step(self, moment: Moment, currency: str) -> Timed:
        if moment.fault:
            raise InvalidInput(moment.fault)
        texts = moment.texts
        if not texts["stage"]:
            raise InvalidInput(_("it has no stage"))
        place = self._labels.place(texts["stage"])
        day = _told("at", self._date, "at", texts["at"], past=True)
        if day is None:
            raise InvalidInput(_("it has no date"))
        amount = texts.get("amount")
        minor = self._amount(amount, currency, sole=True)[0] if amount else None
        return datetime.combine(day, self._time(texts["at"])), Step(place, day, minor)

    def _time(self, text: str) -> time:
        """The time of day that a timestamp tells, midnight where it tells none; for ordering only."""
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return _clock(text)
        return (instant.astimezone(self._zone) if instant.tzinfo else instant).time()


def is_true(text: str) -> bool:
    """Whether a flag of an export says yes."""
    return fold(text.strip()) in _TRUE


def _flagged(texts: Mapping[str, str]) -> str | None:
    """Open, won or lost by the flags of an export; None where it has none that say so."""
    if texts.get("is_won") and is_true(texts["is_won"]):
        return WON
    if texts.get("active") and not is_true(texts["active"]):
        return LOST
    if not texts.get("is_closed"):
        return None
    if is_true(texts["is_closed"]):
        return LOST if texts.get("is_won") else None
    return OPEN


def _clock(text: str) -> time:
    found = _CLOCK.search(text)
    if not found:
        return time.min
    half = (found[4] or "").lower()
    hour = int(found[1]) % 12 + (12 if half == "pm" else 0) if half else int(found[1])
    return time(hour, int(found[2]), int(found[3] or 0))


def _told(name: str, read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What is read, or its refusal with the field in front."""
    try:
        return read(*args, **kwargs)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.message}", **{**error.detail, "field": name}) from error


def one_line(text: str, longest: int) -> str | None:
    """A text on one line, None where it is blank; raises InvalidInput where it cannot be stored."""
    text = text.removeprefix(_JOINER)
    if not text:
        return None
    if not text.isprintable():
        text = " ".join(_LINE_BREAKS.split(text))
    return checked_text(text, _("a text"), longest)


def _percent(text: str) -> int:
    found = _PERCENT.fullmatch(text)
    if not found or int(found[1]) > 100:
        raise InvalidInput(_('"{text}" is not a whole number from 0 to 100').format(text=shown(text)))
    return int(found[1])


def _tags(text: str) -> tuple[str, ...]:
    return tags(checked_text(text, _("a text"), LONGEST_NOTE)) if text else ()
