"""Messages for a mail server: whole bytes, addresses made of names, nothing that a name or text can add."""

from __future__ import annotations

import email
import mailbox
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from email.headerregistry import Address
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.errors import InvalidInput
from pipecli.exporters.mail import Envelope, address_of, checked_domain, mbox_bytes, message_bytes

SENT = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1)))
ENVELOPE = Envelope(
    Address(username="lea", domain="example.com"),
    Address("Marc Été", "marc.ete", "example.com"),
    SENT,
    ("uid", "stale", "2026-11-23", "Marc Été"),
)

PLAIN = ENVELOPE._replace(to=Address(username="marc", domain="example.com"))


def test_a_message_byte_for_byte() -> None:
    assert message_bytes("Late", "Acmé · ERP\nFrom me\n", "fr", PLAIN).decode("ascii") == (
        "From: lea@example.com\n"
        "To: marc@example.com\n"
        "Subject: Late\n"
        "Date: Mon, 23 Nov 2026 10:00:00 +0100\n"
        "Message-ID: <7029ec3eda5b604ceee714f2cd48f634@example.com>\n"
        "Auto-Submitted: auto-generated\n"
        'Content-Type: text/plain; charset="utf-8"\n'
        "Content-Transfer-Encoding: quoted-printable\n"
        "MIME-Version: 1.0\n"
        "Content-Language: fr\n"
        "\n"
        "Acm=C3=A9 =C2=B7 ERP\n"
        "From me\n"
    )


def test_accents_in_headers_are_encoded() -> None:
    made = message_bytes("1 opportunité dormante", "x\n", "fr", ENVELOPE)
    read = email.message_from_bytes(made, policy=default)
    assert made.isascii()
    assert (read["Subject"], read["To"]) == ("1 opportunité dormante", "Marc Été <marc.ete@example.com>")


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("lea", None, "lea"),
        ("lea", "example.com", "lea@example.com"),
        ("Léa  Martin", "example.com", '"Léa  Martin" <lea.martin@example.com>'),
        ("Lea@Acme.example", "example.com", "lea@acme.example"),
        ("o_b+c-2", None, "o_b+c-2"),
    ],
)
def test_the_address_of_a_name(name: str, domain: str | None, expected: str) -> None:
    found = address_of(name, domain)
    assert found is not None
    assert (str(found) if found.display_name else found.addr_spec) in (expected, expected.replace('"', ""))


HOSTILE = [
    *(
        "lea\nBcc: x@y.example",
        "lea\r\nx",
        "lea\x00",
        "Jean (Paris)",
        "a,b",
        "李",
        "",
        " ",
        ".",
        "a..b",
        "-\u2028x",
    ),
    *("a@b@c", "a b@c.example", "a@", "@b", "a@b c", "é@é.example", "<a>", '"a"', "a/../b", "x" * 65),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_of_other_names_no_address_is_made(name: str) -> None:
    assert address_of(name, "example.com") is None


@pytest.mark.parametrize(
    "text", ["", "@", "a b", "a\nBcc: x", "a@b", "-a.example", "a..b", "x" * 254, "é.example"]
)
def test_what_is_no_domain(text: str) -> None:
    with pytest.raises(InvalidInput):
        checked_domain(text)


def test_a_domain_may_have_its_at() -> None:
    assert checked_domain("@Example.com") == "example.com"


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(name=TEXT, subject=TEXT, body=TEXT)
def test_no_text_adds_a_header(name: str, subject: str, body: str) -> None:
    to = address_of(name, "example.com") or ENVELOPE.to
    made = message_bytes(subject, body, "en", ENVELOPE._replace(to=to))
    assert made.isascii() and all(len(line) <= 998 for line in made.splitlines())
    read = email.message_from_bytes(made, policy=default)
    assert read.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version", "Content-Language"),
    ]
    assert read["To"].addresses[0].addr_spec == to.addr_spec
    assert len(read["To"].addresses) == 1 and not read.defects


def test_the_same_text_has_the_same_id() -> None:
    first = message_bytes("x", "y", "en", ENVELOPE)
    later = message_bytes("x", "y", "en", ENVELOPE._replace(sent_at=SENT + timedelta(hours=1)))
    other = message_bytes("x", "z", "en", ENVELOPE)
    ids = [email.message_from_bytes(m)["Message-ID"] for m in (first, later, other)]
    assert ids[0] == ids[1] != ids[2]
    nowhere = ENVELOPE._replace(sender=Address(username="lea"))
    assert b"@pipecli.invalid>" in message_bytes("x", "y", "en", nowhere)


def test_an_mbox_is_read_back(tmp_path: Path) -> None:
    batch = [
        message_bytes("a", "From me\n>From you\n", "en", ENVELOPE),
        message_bytes("b", "x\n", "en", ENVELOPE),
    ]
    made = mbox_bytes(batch, SENT.astimezone(UTC))
    assert made.startswith(b"From pipecli@pipecli.invalid Mon Nov 23 09:00:00 2026\nFrom: lea@example.com\n")
    assert b"\n>From me\n>>From you\n\nFrom pipecli@" in made
    (tmp_path / "box").write_bytes(made)
    with closing(mailbox.mbox(tmp_path / "box")) as box:
        assert [m["Subject"] for m in box] == ["a", "b"]
