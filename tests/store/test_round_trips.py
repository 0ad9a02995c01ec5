"""Over a network every answer that is waited for costs: at most 3 for a read and 5 for a write, once connected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipecli import entry

from .proxy import Proxy

READS = {
    "list": ["list"],
    "list of few": ["list", "--limit", "2"],
    "list of mine": ["list", "-m", "--where", "amount > 100"],
    "list as JSON": ["list", "--status", "all", "--json"],
    "show": ["show", "1"],
    "show by name": ["show", "ERP"],
    "why": ["why", "2"],
    "today": ["today"],
    "today of everybody": ["today", "--all", "--days", "7"],
    "overdue": ["overdue"],
    "stale": ["stale"],
    "next": ["next"],
    "proposals": ["proposals"],
}
NEXT = ("-n", "mail", "-d", "+2d")
WRITES = {
    "add": ["add", "Kiosk", *NEXT],
    "add with everything": [
        *("add", "Kiosk", "USD 9k", "-a", "Acmé", "--contact", "Ana <a@acme.example>", "--owner", "bob"),
        *("--set", "decision_maker=Ida", "--source", "web", "--tag", "key", "--close", "eoy", *NEXT),
    ],
    "add to an account": [
        *("add", "Kiosk", "USD 9k", "-a", "Acme", "--contact", "Ana <a@acme.example>", "--owner", "bob"),
        *("--set", "decision_maker=Jeanne", *NEXT),
    ],
    "advance": ["advance", "2", "--prove", "need=Yes"],
    "advance with an account": ["advance", "2", "--set", "account=Borel", "--prove", "need=Yes"],
    "advance by name": ["advance", "Portal", "--prove", "need=Yes"],
    "done": ["done", "1", "We spoke", *NEXT],
    "done with the last one touched": ["done", ".", "We spoke", *NEXT],
    "next": ["next", "1", "ring them", "-d", "+4d"],
    "snooze": ["snooze", "1", "+9d"],
    "prove": ["prove", "1", "problem", "They said so"],
    "log": ["log", "1", "call", "They rang"],
    "edit": ["edit", "1", "--amount", "50k", "--set", "source=fair"],
    "back": ["back", "1", "--reason", "too early"],
    "lose": ["lose", "1", "price"],
    "undo": ["undo"],
}


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    """A proxy before the server of these tests."""
    folder = parse_qs(urlsplit(server).query)["host"][0]
    found = Proxy(f"{folder}/.s.PGSQL.5432")
    yield found
    found.close()


@pytest.fixture
def pipe(proxy: Proxy, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command through the proxy, on a workspace with a few opportunities; how many round trips it took."""
    name = urlsplit(postgres).path.strip("/")
    address = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
    for variable, value in {"PIPE_DB": address, "PIPE_CONFIG": str(tmp_path / "no.toml")}.items():
        monkeypatch.setenv(variable, value)

    def run(*words: str) -> int:
        before = proxy.trips
        assert entry.run(list(words)) in (0, 4)
        return proxy.trips - before

    for words in (
        ("init",),
        ("add", "ERP rollout", "48k", "-a", "Acme", "--contact", "Jeanne <j@acme.example>", *NEXT),
        ("add", "Portal", "USD 9k", *NEXT),
        ("add", "Audit", "7k", "-a", "Nord", "-n", "call", "-d", "today"),
        ("log", "1", "call", "They have a need"),
        ("advance", "1", "--prove", "need=Two people count by hand"),
    ):
        run(*words)
    return run


@pytest.mark.parametrize("what", READS)
def test_a_read_takes_three_round_trips(pipe: Callable[..., int], what: str) -> None:
    assert 1 <= pipe(*READS[what]) <= 3


@pytest.mark.parametrize("what", WRITES)
def test_a_write_takes_five_round_trips(pipe: Callable[..., int], what: str) -> None:
    assert 2 <= pipe(*WRITES[what]) <= 5
