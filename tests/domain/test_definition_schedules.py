"""Payment terms and delivery in a definition: checked, compiled, read back, and compared with another version."""

import pytest

from pipecli.domain.definition import check_definition, compile_definition, definition_differences
from pipecli.domain.pipeline import AT_ONCE, PAID_AT_THE_WIN, Delivery, Payment, Pipeline

from .definitions import FULL

TERMS = """
[[payment]]
share = 70
after = "2m"

[[payment]]
share = 30
label = "deposit"
"""
DELIVERY = """
[delivery]
start_after = "2w"
over = "6w"

[delivery.effort_days]
over = "3d"
"""


def pipeline(toml: str) -> Pipeline:
    return Pipeline.from_compiled(1, compile_definition(toml))


def errors(toml: str) -> list[tuple[int | None, str, str]]:
    faults = [fault for fault in check_definition(toml) if fault.level == "error"]
    return [(fault.line, fault.slug, fault.message) for fault in faults]


def test_what_is_due_first_comes_first_and_a_delay_is_nothing_unless_given() -> None:
    assert pipeline(FULL + TERMS).payments == (Payment(30, 0, "deposit"), Payment(70, 60))


def test_a_field_takes_from_the_usual_delivery_what_it_does_not_say_itself() -> None:
    found = pipeline(FULL + DELIVERY)
    assert (found.delivery, found.delivery_of("effort_days")) == (Delivery(14, 42), Delivery(14, 3))
    assert found.delivery_of("other") == Delivery(14, 42)


def test_a_definition_without_them_compiles_as_before_there_were_any() -> None:
    compiled = compile_definition(FULL)
    assert not {"payments", "delivery", "deliveries"} & set(compiled)
    found = Pipeline.from_compiled(1, compiled)
    assert (found.payments, found.delivery, found.deliveries) == (PAID_AT_THE_WIN, AT_ONCE, {})
    assert found.delivery_of("effort_days") == Delivery(start_after=0, over=1)


def test_an_empty_delivery_is_none() -> None:
    assert compile_definition(FULL + "\n[delivery]\n") == compile_definition(FULL)


def test_only_numbers_and_money_can_be_spread() -> None:
    assert list(pipeline(FULL).numeric_fields()) == ["effort_days"]


LINES = FULL.count("\n")


@pytest.mark.parametrize(
    ("toml", "line", "slug", "message"),
    [
        ("[[payment]]\nshare = 30\n", 2, "bad_shares", "the shares of all [[payment]] add up to 30 %, not to 100"),
        (
            "[[payment]]\nshare = 60\n[[payment]]\nafter = '0d'\nshare = 60\n",
            5,
            "bad_shares",
            "the shares of all [[payment]] add up to 120 %, not to 100",
        ),
        ("[[payment]]\nshare = 0\n", 2, "bad_share", "a share of the amount is from 1 to 100 percent"),
        ("[[payment]]\nshare = 33.4\n", 2, "wrong_type", '"share" has to be a whole number'),
        ("[[payment]]\nafter = '1d'\n", 1, "missing_key", '"share" is missing in this [[payment]]'),
        (
            "[[payment]]\nshare = 100\nafter = '-1d'\n",
            3,
            "bad_duration",
            '"-1d" is not a duration; write 14d, 2w, 3m or 1y, from 0 to 3650 days',
        ),
        ("[payment]\nshare = 100\n", 1, "wrong_type", '"payment" has to be a list of tables, each written [[payment]]'),
        ("[[delivery]]\nover = '1d'\n", 1, "wrong_type", '"delivery" has to be a table, written [delivery]'),
        (
            "[delivery]\nover = '0d'\n",
            2,
            "bad_duration",
            '"0d" is not a duration; write 14d, 2w, 3m or 1y, from 1 to 3650 days',
        ),
        ("[delivery]\nstart_afte = '1d'\n", 2, "unknown_key", 'unknown key "start_afte": did you mean "start_after"?'),
        ("[delivery]\neffort_days = '1d'\n", 2, "unknown_key", 'unknown key "effort_days"'),
        (
            "[delivery.effort]\nover = '1d'\n",
            1,
            "unknown_field",
            'unknown field "effort": did you mean "effort_days"?',
        ),
        (
            "[delivery.urgent]\nover = '1d'\n",
            1,
            "not_numeric",
            'the field "urgent" is no number and no money: nothing of it can be delivered',
        ),
        (
            "[delivery.effort_days]\nover = 1\n",
            2,
            "wrong_type",
            '"over" has to be a duration in quotes, such as "14d" or "2w"',
        ),
    ],
)  # fmt: skip
def test_a_fault_has_its_line(toml: str, line: int, slug: str, message: str) -> None:
    assert errors(FULL + toml) == [(LINES + line, slug, message)]


def test_a_fault_in_a_share_is_reported_once() -> None:
    assert [slug for _line, slug, _message in errors(FULL + "[[payment]]\nshare = 200\n")] == ["bad_share"]


@pytest.mark.parametrize(
    ("type_", "pointed_out"), [("number", False), ("money", False), ("text", True), ("numbre", False)]
)
def test_a_delivery_without_anything_to_deliver_is_pointed_out(type_: str, pointed_out: bool) -> None:
    toml = (FULL + "[delivery]\nover = '1w'\n").replace('type = "number"', f'type = "{type_}"')
    line = '"delivery" does nothing here without a [[field]] of type number or money'
    assert (line in [fault.message for fault in check_definition(toml)]) == pointed_out


def test_a_type_at_fault_is_reported_once() -> None:
    toml = (FULL + "[delivery.effort_days]\nover = '1w'\n").replace('type = "number"', 'type = "numbre"')
    assert [slug for _line, slug, _message in errors(toml)] == ["unknown_word"]


def test_fields_that_cannot_be_read_are_reported_alone() -> None:
    fields, rest = FULL.index("[[field]]"), FULL.index("[[stage]]")
    toml = 'field = "effort_days"\n' + FULL[:fields] + FULL[rest:] + "[delivery]\nover = '1w'\n"
    messages = [fault.message for fault in check_definition(toml)]
    assert not [message for message in messages if message.startswith('"delivery"')]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", TERMS, ["payment: 100 % at the win → 30 % at the win (deposit), 70 % after 60 days"]),
        (TERMS, TERMS.replace('"2m"', '"1d"'), [
            "payment: 30 % at the win (deposit), 70 % after 60 days → 30 % at the win (deposit), 70 % after 1 day",
        ]),
        ("", DELIVERY, [
            "delivery: starts with the win, over 1 day → starts 14 days after the win, over 42 days",
            "delivery of effort_days: starts with the win, over 1 day → starts 14 days after the win, over 3 days",
        ]),
        (DELIVERY, DELIVERY.split("\n[delivery.effort_days]")[0], [
            "delivery of effort_days: starts 14 days after the win, over 3 days → "
            "starts 14 days after the win, over 42 days",
        ]),
        (DELIVERY, DELIVERY.replace('"2w"', '"1d"'), [
            "delivery: starts 14 days after the win, over 42 days → starts 1 day after the win, over 42 days",
            "delivery of effort_days: starts 14 days after the win, over 3 days → "
            "starts 1 day after the win, over 3 days",
        ]),
        (DELIVERY + TERMS, DELIVERY + TERMS, []),
    ],
)  # fmt: skip
def test_a_difference_is_one_readable_line(before: str, after: str, lines: list[str]) -> None:
    assert (
        definition_differences(compile_definition(FULL + before), compile_definition(FULL + after)) == lines
    )


def test_terms_of_payment_do_not_make_a_template_ones_own() -> None:
    faults = check_definition(FULL + TERMS + DELIVERY, {"b2b": FULL})
    assert "untouched_template" in [fault.slug for fault in faults]
