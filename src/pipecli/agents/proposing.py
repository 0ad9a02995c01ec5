"""What an agent may propose. Nothing here writes anything but a proposal, under the agent's name.

The docstring of a tool is what the agent is told about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from pydantic import Field

from pipecli.domain.fold import fold
from pipecli.domain.plain import cleaned
from pipecli.errors import Conflict, InvalidInput
from pipecli.service.workspace import Workspace, actor_of
from pipecli.text import _

from .answers import Proposed
from .arguments import Basis, Day, ExchangeNumber, Quote, Ref, Why

UNNAMED = "agent"
LONGEST_NAME = 60
MOST_WAITING = 20
"""Proposals of one agent for one opportunity: more than that, nobody would read."""
RULES = "rules"
"""The name under which the program's own rules propose."""


class Proposing:
    """The tools that propose; `name` is what the agent is called, if not what it says itself."""

    def __init__(self, place: Workspace, name: str | None = None) -> None:
        self._place = place
        self._name = name

    def tools(self) -> tuple[tuple[str, Callable[..., Any]], ...]:
        """Every tool that proposes, with its title."""
        return (
            ("Propose evidence", self.propose_evidence),
            ("Propose a value", self.propose_value),
            ("Propose a next action", self.propose_next_action),
            ("Propose to log an exchange", self.propose_exchange),
            ("Propose a move", self.propose_move),
        )

    def propose_evidence(
        self,
        context: Context[Any, Any],
        ref: Ref,
        criterion: Annotated[str, Field(description="its key, as explain_gate or definition gives it")],
        exchange: ExchangeNumber,
        quote: Annotated[str, Field(description="at least two words of that exchange, copied as they stand")],
        words: Annotated[
            str, Field(description="what the quote shows, where it does not say so itself")
        ] = "",
        why: Why = "",
    ) -> Proposed:
        """Propose that a quote from an exchange proves a criterion. A person decides whether it does.

        The quote has to stand word for word in the exchange; otherwise nothing is proposed.
        """
        return self._propose(context, ref, "proof", criterion, words, exchange=exchange, quote=quote, why=why)

    def propose_value(
        self,
        context: Context[Any, Any],
        ref: Ref,
        field: Annotated[
            str, Field(description="one of fields_to_propose in definition, as amount or close_date")
        ],
        value: Annotated[int | float | str, Field(description="48000, 2026-12-18, a name, ...")],
        exchange: Basis = None,
        quote: Quote = "",
        why: Why = "",
    ) -> Proposed:
        """Propose another value of a field, such as the amount, the close date or the decision-maker."""
        return self._propose(
            context, ref, "value", field, str(value), exchange=exchange, quote=quote, why=why
        )

    def propose_next_action(
        self,
        context: Context[Any, Any],
        ref: Ref,
        action: Annotated[str, Field(description="what to do, as: call Jeanne about who signs")],
        due: Day,
        why: Why = "",
        exchange: Basis = None,
        quote: Quote = "",
        draft: Annotated[
            str, Field(description="a message the person may send; nothing is ever sent here")
        ] = "",
    ) -> Proposed:
        """Propose the next action and its day, instead of the present one."""
        return self._propose(
            context,
            ref,
            "next_action",
            "",
            action,
            due=due,
            exchange=exchange,
            quote=quote,
            why=why,
            draft=draft,
        )

    def propose_exchange(
        self,
        context: Context[Any, Any],
        ref: Ref,
        kind: Literal["call", "mail", "meeting", "note"],
        text: Annotated[
            str, Field(description="what was said, by whom; evidence can quote it once it is accepted")
        ],
        on: Annotated[str, Field(description="the day it was, as YYYY-MM-DD; not in the future")],
        why: Why = "",
    ) -> Proposed:
        """Propose to log a call, mail, meeting or note that is not in the journal yet."""
        return self._propose(context, ref, "exchange", kind, text, due=on, why=why)

    def propose_move(
        self,
        context: Context[Any, Any],
        ref: Ref,
        to: Annotated[str, Field(description="key of an open stage, as definition gives it")],
        why: Why = "",
    ) -> Proposed:
        """Propose to move an opportunity to another stage. The gate is judged when a person accepts it.

        See with explain_gate whether it would be met; winning and losing cannot be proposed.
        """
        return self._propose(context, ref, "move", to, why=why)

    def _propose(
        self, context: Context[Any, Any], ref: int | str, what: str, target: str, value: str = "", **rest: Any
    ) -> Proposed:
        from pipecli.domain.proposing import Suggestion
        from pipecli.service import proposals, proposing

        source = self._source(context)
        waiting = sum(listed.source == source for listed in proposals.waiting(self._place, str(ref)))
        if waiting >= MOST_WAITING:
            line = _("{n} proposals of {source} wait for {ref} already; a person answers them first")
            raise Conflict(line.format(n=waiting, source=source, ref=ref), waiting=waiting)
        made = proposing.make(self._place, str(ref), [Suggestion(what, target, value, **rest)], source)
        if made.dropped:
            raise InvalidInput(made.dropped[0].reason, ref=made.ref)
        if made.known:
            return Proposed(
                ref=made.ref,
                status="known",
                says=_("The same was proposed before: list_proposals tells what became of it."),
            )
        return Proposed(
            ref=made.ref,
            proposal=made.ids[0],
            status="waits",
            says=_("It waits for a person, who reads it with: pipe proposals"),
        )

    def _source(self, context: Context[Any, Any]) -> str:
        """What the agent is called: never what rules or the person it works for are called."""
        client = context.session.client_params
        said = self._name or (client.client_info.name if client else "")
        name = " ".join(cleaned(said).split())[:LONGEST_NAME].strip() or UNNAMED
        taken = {fold(RULES), fold(actor_of(self._place.settings))}
        return f"{name} ({UNNAMED})" if fold(name) in taken else name
