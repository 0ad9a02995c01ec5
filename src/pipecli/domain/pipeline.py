"""The pipeline definition as the rules see it: stages, criteria, roles and the company's own fields.

Built from the compiled JSON that the database keeps beside each version's TOML, because reading TOML at every
command costs more than the command. Reading and checking the TOML itself is `definition.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pipecli.errors import InvalidInput, NotFound
from pipecli.text import _

from .fold import fold, spelled
from .rates import Quote, Rates

WON = "won"
LOST = "lost"

# The opportunity's own data that conditions and field criteria can name, with its type.
BUILT_IN_FIELDS: dict[str, str] = {
    "name": "text",
    "account": "text",
    "contact": "text",
    "owner": "text",
    "stage": "text",
    "status": "text",
    "amount": "money",
    "currency": "text",
    "probability": "number",
    "close_date": "date",
    "next_action": "text",
    "next_due": "date",
    "decision_maker": "text",
    "source": "text",
    "tags": "tags",
    "created_on": "date",
    "closed_on": "date",
    "stage_entered_on": "date",
    "days_in_stage": "number",
    "last_exchange_on": "date",
    "overdue_days": "number",
    "loss_reason": "text",
    "unproven": "bool",
}

# What `--set` and a field criterion may write; the rest is computed or has a command of its own.
SETTABLE_FIELDS = (
    "name",
    "account",
    "contact",
    "owner",
    "amount",
    "close_date",
    "decision_maker",
    "source",
    "tags",
)


# Of the company's own fields, those that can be added up and spread over time.
NUMERIC_TYPES = ("number", "money")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the company's own: `type` is text, number, money, date, choice or bool."""

    key: str
    type: str
    label: str
    choices: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether its values can be added up."""
        return self.type in NUMERIC_TYPES


class Payment(NamedTuple):
    """One part of what a won opportunity pays: `share` in percent, due `after` so many days."""

    share: int
    after: int
    label: str = ""


class Delivery(NamedTuple):
    """When what was sold is worked off: from `start_after` days after the win, evenly over `over` calendar days."""

    start_after: int = 0
    over: int = 1


PAID_AT_THE_WIN = (Payment(100, 0),)
AT_ONCE = Delivery()
"""The terms and the delivery of a definition that names none."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing to be proven at the entry or exit of a stage; several requirements in one must all hold.

    `evidence` is note, link, exchange or file; `exchange` is call, mail, meeting, note or any, of which `count`
    are needed within `within` days; `compare` and `when` are parsed conditions; `valid_for` is in days.
    """

    key: str
    ask: str
    side: str
    stage: str
    field: str | None = None
    compare: list[Any] | None = None
    evidence: str | None = None
    exchange: str | None = None
    count: int = 1
    within: int | None = None
    next_action: bool = False
    amount_review: bool = False
    approval: str | None = None
    when: list[Any] | None = None
    valid_for: int | None = None
    waivable_by: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The word that names its main requirement in JSON and in `why`."""
        if self.approval:
            return "approval"
        if self.amount_review:
            return "amount"
        if self.exchange:
            return "exchange"
        if self.next_action:
            return "next_action"
        if self.field:
            return "field"
        return "comparison" if self.compare else "evidence"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: probabilities in percent, `stale_after` in days; `labels` are what other tools call it."""

    key: str
    name: str
    proves: str
    probability: int
    probability_min: int
    probability_max: int
    stale_after: int | None
    stale_when: list[Any] | None
    entry: tuple[Criterion, ...]
    exit: tuple[Criterion, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One version of the definition, complete, with the exchange rates that its conditions compare amounts by."""

    version: int
    name: str
    currency: str
    timezone: str
    stages: tuple[Stage, ...]
    won: Stage
    lost_name: str
    loss_reasons: dict[str, str]
    roles: dict[str, tuple[str, ...]]
    fields: dict[str, Field]
    rates: Rates = field(compare=False)
    template: str | None = None
    payments: tuple[Payment, ...] = PAID_AT_THE_WIN
    delivery: Delivery = AT_ONCE
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    lost_labels: tuple[str, ...] = ()
    former_stages: Mapping[str, str] = field(default_factory=dict, compare=False)

    @staticmethod
    def from_compiled(version: int, compiled: Mapping[str, Any]) -> Pipeline:
        """The pipeline from its compiled JSON (see `definition.compile_definition`), without any exchange rate."""
        return Pipeline(
            version=version,
            name=compiled["name"],
            currency=compiled["currency"],
            timezone=compiled["timezone"],
            stages=tuple(_stage(s) for s in compiled["stages"]),
            won=_stage(compiled["won"]),
            lost_name=compiled["lost_name"],
            loss_reasons=dict(compiled["loss_reasons"]),
            roles={role: tuple(people) for role, people in compiled["roles"].items()},
            fields={
                f["key"]: Field(f["key"], f["type"], f["label"], tuple(f.get("choices", ())))
                for f in compiled["fields"]
            },
            rates=Rates(compiled["currency"]),
            template=compiled.get("template"),
            payments=payments_of(compiled),
            delivery=Delivery(**compiled.get("delivery", {})),
            deliveries=deliveries_of(compiled),
            lost_labels=tuple(compiled.get("lost_labels", ())),
        )

    def priced_by(self, read: Callable[[str], Iterable[Quote]]) -> Pipeline:
        """The same pipeline with the exchange rates that `read` gives for its currency, read when first needed."""
        return replace(self, rates=Rates(self.currency, read))

    def stage(self, key: str) -> Stage:
        """The stage of that key, `won` included; a stage that an older definition had reads as a bare one."""
        for stage in (*self.stages, self.won):
            if stage.key == key:
                return stage
        return Stage(key, self.former_stages.get(key, key), "", 0, 0, 100, None, None, (), ())

    def remembering(self, names: Mapping[str, str]) -> Pipeline:
        """The same with the names, by key, that stages had which it has no more."""
        return replace(self, former_stages=names)

    def index(self, key: str) -> int:
        """The place of an open stage in the order; one that is not of this definition counts as before the first."""
        return next((n for n, stage in enumerate(self.stages) if stage.key == key), -1)

    def find_stage(self, text: str) -> Stage:
        """The open stage a person means by its key or name; raises NotFound listing the keys."""
        wanted = fold(text)
        for stage in self.stages:
            if wanted in (fold(stage.key), fold(stage.name)):
                return stage
        fits = [
            s
            for s in self.stages
            if wanted and (fold(s.key).startswith(wanted) or fold(s.name).startswith(wanted))
        ]
        if len(fits) == 1:
            return fits[0]
        keys = ", ".join(s.key for s in self.stages)
        raise NotFound(_('no stage "{text}"; the stages are: {keys}').format(text=text, keys=keys))

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion of the pipeline, in order of stages, entry before exit, the win's last."""
        for stage in (*self.stages, self.won):
            yield from stage.entry
            yield from stage.exit

    def way_into(self, stage: str) -> Iterator[Criterion]:
        """The criteria on the way into an open stage: those of every stage before it and its own entry."""
        here = self.index(stage)
        for before in self.stages[: max(here, 0)]:
            yield from before.entry
            yield from before.exit
        yield from self.stage(stage).entry

    def criterion(self, key: str) -> Criterion:
        """The criterion of that key; raises NotFound listing the keys."""
        wanted = fold(key).replace("_", "-")
        for criterion in self.criteria():
            if fold(criterion.key).replace("_", "-") == wanted:
                return criterion
        keys = ", ".join(c.key for c in self.criteria())
        raise NotFound(
            _('no criterion "{key}"; the criteria are: {keys}').format(key=key, keys=keys or _("none")),
            criterion=key,
        )

    def loss_reason(self, text: str) -> str:
        """The key of the loss reason a person means; raises InvalidInput listing the keys."""
        wanted = spelled(text)
        for key, label in self.loss_reasons.items():
            if wanted in (spelled(key), spelled(label)):
                return key
        raise InvalidInput(
            _('no loss reason "{text}"; the reasons are: {keys}').format(
                text=text, keys=", ".join(self.loss_reasons)
            )
        )

    def field_types(self) -> dict[str, str]:
        """Every field that conditions can read, with its type."""
        return BUILT_IN_FIELDS | {key: field.type for key, field in self.fields.items()}

    def numeric_fields(self) -> dict[str, Field]:
        """The company's own fields that can be added up, by key."""
        return {key: field for key, field in self.fields.items() if field.is_numeric}

    def delivery_of(self, field: str) -> Delivery:
        """When a field's quantity is worked off: by its own rule, else by that of all fields."""
        return self.deliveries.get(field, self.delivery)

    def holds(self, person: str, role: str) -> bool:
        """Whether a person holds a role, upper and lower case alike."""
        return fold(person) in map(fold, self.roles.get(role, ()))

    def roles_of(self, person: str) -> tuple[str, ...]:
        """The roles a person holds."""
        return tuple(role for role in self.roles if self.holds(person, role))

    def probability(self, stage: str, adjusted: int | None) -> int:
        """The probability of a win in percent: the opportunity's own where it was adjusted, else its stage's."""
        return self.stage(stage).probability if adjusted is None else adjusted


def payments_of(compiled: Mapping[str, Any]) -> tuple[Payment, ...]:
    """The payment terms of a compiled definition, the first due first."""
    return tuple(Payment(**payment) for payment in compiled.get("payments", ())) or PAID_AT_THE_WIN


def deliveries_of(compiled: Mapping[str, Any]) -> dict[str, Delivery]:
    """The fields of a compiled definition that are delivered in a way of their own."""
    return {field: Delivery(**rule) for field, rule in compiled.get("deliveries", {}).items()}


def _stage(compiled: Mapping[str, Any]) -> Stage:
    return Stage(
        key=compiled["key"],
        name=compiled["name"],
        proves=compiled.get("proves", ""),
        probability=compiled["probability"],
        probability_min=compiled["probability_min"],
        probability_max=compiled["probability_max"],
        stale_after=compiled.get("stale_after"),
        stale_when=compiled.get("stale_when"),
        entry=tuple(_criterion(c, "entry", compiled["key"]) for c in compiled.get("entry", ())),
        exit=tuple(_criterion(c, "exit", compiled["key"]) for c in compiled.get("exit", ())),
        labels=tuple(compiled.get("labels", ())),
    )


def _criterion(compiled: Mapping[str, Any], side: str, stage: str) -> Criterion:
    values = dict(compiled)
    for name in ("waivable_by", "hints"):
        values[name] = tuple(values.get(name, ()))
    return Criterion(side=side, stage=stage, **values)
