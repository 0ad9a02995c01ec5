"""Which opportunity a REF names: its number, `.` for the last one touched, or a fragment of name or account."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.domain.events import opportunity_stream
from pipecli.errors import Ambiguous, NotFound
from pipecli.store import directory, journal, search
from pipecli.store.driver import Driver
from pipecli.store.opening import database_user
from pipecli.store.search import Hit
from pipecli.text import _

from .workspace import Workspace


def resolve(workspace: Workspace, ref: str) -> int:
    """The number a REF means; raises NotFound, or Ambiguous with the candidates."""
    with workspace.read() as reading:
        return find(reading.driver, ref, workspace)


def find(driver: Driver, ref: str, workspace: Workspace, *, whole: bool = False) -> int:
    """The number a REF means, over an open database; that of one that was merged leads to the one it went into.

    Its stream is expected to be loaded next, `whole` or as a fold needs it.
    """
    text = ref.strip().removeprefix("#")
    if text == ".":
        return _last(driver, database_user(driver) or workspace.settings.actor, whole)
    if _is_number(text):
        search.expect_number(driver, int(text))
        _expect(driver, int(text), whole)
        hit = search.by_number(driver, int(text))
        if hit:
            return hit.number
        kept = search.merged_into(driver, int(text))
        if kept is not None:
            _expect(driver, kept, whole)
            workspace.tell(_("{ref} was merged into {kept}").format(ref=int(text), kept=kept))
            return kept
        raise NotFound(
            _("there is no opportunity {ref}; pipe list shows the open ones").format(ref=text), ref=text
        )
    number = _by_fragment(driver, text)
    _expect(driver, number, whole)
    return number


def expecting(workspace: Workspace, ref: str, *, whole: bool = False) -> Callable[[Driver], None]:
    """For `Workspace.read`: this REF will be looked up, and what it names loaded."""
    text = ref.strip().removeprefix("#")

    def expect(driver: Driver) -> None:
        if _is_number(text):
            search.expect_number(driver, int(text))
            _expect(driver, int(text), whole)
        elif text == ".":
            journal.expect_last_touched(driver, driver.login or workspace.settings.actor)
        elif text:
            search.expect_fragment(driver, text)

    return expect


def _expect(driver: Driver, number: int, whole: bool) -> None:
    expect_it = journal.expect_whole_stream if whole else journal.expect_stream
    expect_it(driver, opportunity_stream(number))
    directory.expect_names_around(driver, number)
    if whole:
        directory.expect_people_around(driver, number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _last(driver: Driver, actor: str, whole: bool) -> int:
    for number in journal.last_touched(driver, actor):
        _expect(driver, number, whole)
        if search.by_number(driver, number):  # one whose opening was undone is no more
            return number
    raise NotFound(
        _("{actor} has touched no opportunity yet; name one by its number").format(actor=actor), ref="."
    )


def _by_fragment(driver: Driver, text: str) -> int:
    hits: list[Hit] = []
    if text:
        hits = search.by_fragment(driver, text, open_only=True) or search.by_fragment(
            driver, text, open_only=False
        )
    if not hits:
        raise NotFound(
            _('no opportunity fits "{ref}"; pipe list shows the open ones').format(ref=_shortened(text)),
            ref=text,
        )
    if len(hits) == 1:
        return hits[0].number
    listed = ", ".join(f"{h.number} {h.name}" for h in hits[:5])
    more = _(" and {n} more").format(n=len(hits) - 5) if len(hits) > 5 else ""
    raise Ambiguous(
        _('"{ref}" fits {n}: {listed}{more}; name one by its number').format(
            ref=_shortened(text), n=len(hits), listed=listed, more=more
        ),
        ref=text,
        candidates=[
            {"id": h.number, "name": h.name, "account": h.account, "owner": h.owner, "stage": h.stage}
            for h in hits
        ],
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def candidates(workspace: Workspace, limit: int = 30) -> list[Hit]:
    """What a pick list offers where no REF was given: mine first, late first."""
    with workspace.read() as reading:
        return search.open_for(reading.driver, reading.actor, limit)


def closed(workspace: Workspace, text: str, limit: int) -> list[Hit]:
    """Closed opportunities by number, or by words of name and account."""
    with workspace.read() as reading:
        hits = search.by_fragment(reading.driver, text, open_only=False) if text else []
        if _is_number(text):
            hits = [hit for hit in (search.by_number(reading.driver, int(text)),) if hit] + hits
        return [hit for hit in hits if hit.status != "open"][:limit]
