"""Where messages come from: recognised by content, split where a message begins and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.errors import InvalidInput
from pipecli.importers import mailbox
from pipecli.importers.mailbox import kind_of, messages, named_place, split_mailbox, the_one

ENVELOPE = b"From a@b.example Mon Jan  5 10:00:00 2026\n"


def split(content: bytes) -> list[bytes]:
    return list(split_mailbox(content.splitlines(keepends=True)))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (ENVELOPE + b"Subject: a\n\none\n", [b"Subject: a\n\none\n"]),
        (ENVELOPE + b"Subject: a\n\none\n\n" + ENVELOPE + b"Subject: b\n\ntwo\n",
         [b"Subject: a\n\none\n\n", b"Subject: b\n\ntwo\n"]),
        (ENVELOPE + b"Subject: a\n\nFrom here at 10:00 on\nwe go\n",
         [b"Subject: a\n\nFrom here at 10:00 on\nwe go\n"]),
        (ENVELOPE + b"Subject: a\n\n>From here\n", [b"Subject: a\n\nFrom here\n"]),
        (ENVELOPE + b"Subject: a\n\nx\n" + ENVELOPE + b"Subject: b\n", [
            b"Subject: a\n\nx\n" + ENVELOPE + b"Subject: b\n"]),  # no empty line before it
        (b"From - Mon Jan  5 10:00:00 2026\r\nSubject: a\r\n\r\none\r\n\r\nFrom \r\nSubject: b\r\n\r\ntwo\r\n",
         [b"Subject: a\r\n\r\none\r\n\r\n", b"Subject: b\r\n\r\ntwo\r\n"]),
        (b"no mailbox at all\n", []),
    ],
)  # fmt: skip
def test_split(content: bytes, expected: list[bytes]) -> None:
    assert split(content) == expected


@given(st.lists(st.text("abc \n:>F", max_size=40), min_size=1, max_size=5))
def test_as_many_messages_come_out_as_went_in(bodies: list[str]) -> None:
    box = b"".join(ENVELOPE + b"Subject: s\n\n" + body.encode() + b"\n\n" for body in bodies)
    assert len(split(box)) == len(bodies)


def test_a_message_is_cut_where_it_gets_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "LONGEST_MESSAGE", 100)
    first, second = split(
        ENVELOPE + b"Subject: a\n" + b"x" * 50 + b"\n" + b"y\n" * 100 + b"\n" + ENVELOPE + b"Subject: b\n\nz"
    )
    assert 100 <= len(first) < 110 and second == b"Subject: b\n\nz"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x", b"From: a@b.example\nTo: c@d.example\n\nhi", "mail"),
        ("x", b"Received: from a\n by b\nDate: today\n\nhi", "mail"),
        ("x", ENVELOPE + b"Subject: a\n\nhi", "mailbox"),
        ("x", b"\xef\xbb\xbfBEGIN:VCALENDAR\nEND:VCALENDAR", "calendar"),
        ("x.csv", b"name,amount\nFrom: a,1\n", None),
        ("x.csv", b"From: a\nTo,b\n", None),
        ("x.eml", b"", "mail"),
        ("x.mbox", b"", "mailbox"),
        ("x.jsonl", b'{"kind": "workspace"}\n', None),
        ("x.csv", b"", None),
    ],
)
def test_kinds(tmp_path: Path, name: str, content: bytes, kind: str | None) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert kind_of(file) == kind


def test_what_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "none") is None
    assert kind_of(tmp_path) == "folder"
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(messages(tmp_path / "none"))


def test_a_folder_has_its_messages_by_name_and_follows_no_link(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", "notes.txt", "sub/c.eml", "box/cur/1:2,S", "box/tmp/2"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"Subject: " + name.encode() + b"\nFrom: x\n\n")
    (tmp_path / "d.mbox").write_bytes(ENVELOPE + b"Subject: d\n\n1\n\n" + ENVELOPE + b"Subject: d\n\n2\n")
    (tmp_path / "link.eml").symlink_to(tmp_path / "a.eml")
    (tmp_path / "round").symlink_to(tmp_path)
    found = list(messages(tmp_path))
    assert [raw.place.removeprefix(f"{tmp_path}/") for raw in found] == [
        "a.eml", "b.eml", "box/cur/1:2,S", "d.mbox#1", "d.mbox#2", "sub/c.eml",
    ]  # fmt: skip
    assert [raw.number for raw in found] == [1, 2, 3, 4, 5, 6]


def test_one_of_several_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "box"
    file.write_bytes(b"")
    assert named_place(f"{file}#2") == (file, 2)
    assert named_place(str(file)) == (file, None)
    odd = tmp_path / "box#3"
    odd.write_bytes(b"")
    assert named_place(str(odd)) == (odd, None)
    assert the_one("ab", file, 2) == "b" and the_one("a", file, None) == "a"
    for items, wanted, text in (("ab", None, "holds several"), ("ab", 3, "holds 2"), ("", None, "holds 0")):
        with pytest.raises(InvalidInput, match=text):
            the_one(items, file, wanted)
