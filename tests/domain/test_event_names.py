"""Every kind of event has a name that people read."""

from pipecli.domain import events as ev
from pipecli.domain.wording import event_name


def test_every_kind_of_event_has_a_name_in_words() -> None:
    kinds = [
        value for key, value in vars(ev).items() if key.isupper() and isinstance(value, str) and key[0] != "_"
    ]
    assert len(kinds) > 30
    assert all(event_name(kind).startswith("the ") for kind in kinds)
