"""Letters to owners: who gets one, from whom, and the message of each, ready for a mail server.

No addresses of owners are kept: an owner whose name is an address gets it there, another at the name itself, behind
which a domain may be given.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.headerregistry import Address
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipecli import clock
from pipecli.errors import InvalidInput
from pipecli.exporters.mail import Envelope, address_of, checked_domain, mbox_bytes, message_bytes
from pipecli.text import _, language

from .workspace import Workspace


class Letter(NamedTuple):
    """What one owner is told."""

    owner: str
    subject: str
    body: str


class Message(NamedTuple):
    """A message, and a name for its file that no other of its batch has."""

    name: str
    content: bytes


class Batch(NamedTuple):
    """The messages that can go out, and for each owner who has no address a line that says so."""

    messages: list[Message]
    left_out: tuple[str, ...]


def messages(workspace: Workspace, topic: str, letters: Sequence[Letter], domain: str | None) -> Batch:
    """The message of each letter, from the actor.

    Raises InvalidInput for a domain that is none, and where no address can be made of the actor's name.
    """
    domain = checked_domain(domain) if domain is not None else None
    with workspace.read() as reading:
        sender, uid, today = reading.actor, reading.header.uid, reading.today.isoformat()
        sent_at = clock.now().astimezone(ZoneInfo(reading.pipeline.timezone)).replace(microsecond=0)
    by = _address(sender, domain, _("set who you are: pipe config me NAME"))
    found: dict[str, Message] = {}
    left_out = []
    for letter in letters:
        try:
            to = _address(letter.owner, domain, _("give another name: pipe handover FROM TO"))
        except InvalidInput as error:
            left_out.append(error.message)
            continue
        envelope = Envelope(by, to, sent_at, (uid, topic, today, letter.owner))
        name = _free_name(f"{topic}-{to.username}", found)
        found[name] = Message(name, message_bytes(letter.subject, letter.body, language(), envelope))
    return Batch(list(found.values()), tuple(left_out))


def mbox(batch: Sequence[Message]) -> bytes:
    """The messages in one stream."""
    return mbox_bytes((message.content for message in batch), clock.now())


def _address(name: str, domain: str | None, remedy: str) -> Address:
    found = address_of(name, domain)
    if found is None:
        raise InvalidInput(
            _('no mail address can be made of "{name}"; {remedy}').format(name=name, remedy=remedy)
        )
    return found


def _free_name(name: str, taken: dict[str, Message]) -> str:
    n, free = 1, f"{name}.eml"
    while free in taken:
        n += 1
        free = f"{name}-{n}.eml"
    return free
