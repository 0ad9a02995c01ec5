"""One process of a crowd: so many commands of all kinds, each confirmed on standard output once it is written.

`python worker.py ADDRESS NAME COMMANDS SEED`: says `ready`, waits for a line, then says for each command what it did:
the kind of its last event and its stream, or `refused` and why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random

from pipecli.config import Settings
from pipecli.domain.proofs import Proof
from pipecli.domain.seen import Seen
from pipecli.errors import PipeError
from pipecli.service import gates, lists, opportunities, show, undoing, why
from pipecli.service.answers import Answers
from pipecli.service.opportunities import Happened
from pipecli.service.workspace import Workspace

NEXT = Answers(next="call", due="+5d")
SHARED = 12
"""How many opportunities everybody works on; whatever they add besides is theirs."""


class Worker:
    """Somebody who works on what everybody works on, without asking the others."""

    def __init__(self, address: str, name: str, seed: int) -> None:
        environ = {"PIPE_DB": address, "PIPE_ME": name, "PIPE_CONFIG": "/nowhere/x"}
        self.place = Workspace(Settings(environ=environ))
        self.name = name
        self.random = Random(seed)
        self.n = 0

    def command(self) -> tuple[str, str]:
        """One command; the kind of its last event and its stream. Raises PipeError where it is refused."""
        self.n += 1
        acts: tuple[tuple[int, Callable[[str], tuple[str, str]]], ...] = (
            (2, self.add), (4, self.log), (4, self.prove), (4, self.advance), (3, self.done), (3, self.edit),
            (2, self.seen), (1, self.lose), (1, self.reopen), (1, self.back), (2, self.undo), (2, self.look),
        )  # fmt: skip
        (act,) = self.random.choices([a for _weight, a in acts], [weight for weight, _a in acts])
        return act(str(self.random.randint(1, SHARED)))

    def _did(self, outcome: object) -> tuple[str, str]:
        events = outcome.events  # type: ignore[attr-defined]
        return (events[-1].kind, f"o{outcome.ref}") if events else ("nothing", "")  # type: ignore[attr-defined]

    def add(self, _ref: str) -> tuple[str, str]:
        account = f"account=Account {self.random.randint(1, 9)}"
        sets = (account, f"contact={self.name} {self.n}")
        return self._did(opportunities.add(self.place, f"{self.name} {self.n}", NEXT._replace(sets=sets)))

    def log(self, ref: str) -> tuple[str, str]:
        return self._did(opportunities.log(self.place, ref, "call", f"{self.name} said {self.n}", Answers()))

    def prove(self, ref: str) -> tuple[str, str]:
        return self._did(gates.prove(self.place, ref, "need", Proof(text="They told us " * 9), Answers()))

    def advance(self, ref: str) -> tuple[str, str]:
        return self._did(gates.advance(self.place, ref, Answers()))

    def done(self, ref: str) -> tuple[str, str]:
        return self._did(opportunities.done(self.place, ref, Happened("Talked"), NEXT))

    def edit(self, ref: str) -> tuple[str, str]:
        return self._did(
            opportunities.edit(self.place, ref, Answers(amount=f"{self.random.randint(1, 99)}k"))
        )

    def seen(self, ref: str) -> tuple[str, str]:
        """Answer what was looked at, which others may have changed since."""
        seen: Seen = show.show(self.place, ref).seen
        given = Answers(seen=seen, sets=(f"source={self.name}{self.n}",))
        return self._did(opportunities.edit(self.place, ref, given))

    def lose(self, ref: str) -> tuple[str, str]:
        return self._did(gates.lose(self.place, ref, "price", "too dear"))

    def reopen(self, ref: str) -> tuple[str, str]:
        return self._did(gates.reopen(self.place, ref, "they called", NEXT))

    def back(self, ref: str) -> tuple[str, str]:
        return self._did(gates.back(self.place, ref, "too early", Answers()))

    def undo(self, _ref: str) -> tuple[str, str]:
        undone = undoing.undo(self.place)
        return "CommandUndone", f"o{undone.refs[0]}" if undone.refs else ""

    def look(self, ref: str) -> tuple[str, str]:
        lists.listing(self.place, lists.Wanted(), 50)
        why.why(self.place, ref)
        return "nothing", ""


def main(address: str, name: str, commands: str, seed: str) -> None:
    """Work, and say what was done."""
    worker = Worker(address, name, int(seed))
    print("ready", flush=True)
    sys.stdin.readline()
    for _n in range(int(commands)):
        try:
            kind, stream = worker.command()
            print("done", kind, stream, flush=True)
        except PipeError as error:
            print("refused", error.slug, error.message, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
