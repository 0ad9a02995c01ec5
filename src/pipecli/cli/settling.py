"""The walk of `pipe clean`: one opportunity at a time, one key each; what is settled is one command, to be undone."""

from __future__ import annotations

from collections.abc import Callable

from pipecli.domain import cleaning as rules
from pipecli.domain.money import parse_amount
from pipecli.errors import Conflict, PipeError
from pipecli.render import settling as screen
from pipecli.render.cleaning import counts_line, skipped_line
from pipecli.render.console import console, literal_lines, note
from pipecli.service import cleaning, gates, opportunities, show, undoing
from pipecli.service.answers import Answers
from pipecli.service.cleaning import Asked, Item, Left
from pipecli.service.outcome import Outcome
from pipecli.service.show import Shown
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .again import command_line, lines_of
from .keys import press
from .prompts import ask, ask_close_day, ask_day, choose

SAID, NEXT, LOSE, MERGE, PROVE, DATE, AMOUNT = "c", "n", "l", "m", "p", "d", "a"
SHOW, SKIP, UNDO, QUIT = "o", "s", "u", "q"
BEST = {
    rules.DEAD: LOSE,
    rules.DUPLICATE: MERGE,
    rules.STALE: SAID,
    rules.UNPROVEN: PROVE,
    rules.PAST: DATE,
    rules.UNPLANNED: NEXT,
    rules.UNPRICED: AMOUNT,
    rules.UNDATED: DATE,
}


def settle(place: Workspace, asked: Asked) -> None:
    """Walk through what is to be settled until there is nothing left or the person quits."""
    found = cleaning.left(place, asked)
    if found.items:
        print(counts_line(found))
    else:
        note(_("Nothing to settle."))
    if found.skipped:
        note(skipped_line(found))
    if found.items:
        _Walk(place, asked, found).go()


class _Walk:
    """One round: where it is, what was settled and skipped, and which places the commands of this round were at."""

    def __init__(self, place: Workspace, asked: Asked, found: Left) -> None:
        self._place, self._asked, self._items = place, asked, found.items
        self._at = 0
        self._settled: set[int] = set()
        self._skipped: set[int] = set()
        self._written: list[int] = []
        self._answered: list[str] = []
        self._acts: dict[str, Callable[[Item, Shown], None]] = {
            SAID: self._talk, NEXT: self._plan, LOSE: self._lose, MERGE: self._merge, PROVE: self._prove,
            DATE: self._date, AMOUNT: self._price,
        }  # fmt: skip

    def go(self) -> None:
        """Card after card; Ctrl-C at a card ends it as `q` does, with what was settled written already."""
        try:
            while self._at < len(self._items) and self._card():
                pass
        finally:
            over = len(self._settled | self._skipped)
            print()
            print(
                screen.ending(
                    len(self._settled),
                    len(self._skipped),
                    len(self._items) - over,
                    written=bool(self._written),
                )
            )

    def _card(self) -> bool:
        """Show the present one and do what its key says; False to quit."""
        item = cleaning.look(self._place, self._asked, self._items[self._at])
        if item is None:
            self._settled.add(self._at)
            self._at += 1
            return True
        shown = show.show(self._place, str(item.record["id"]))
        screen.print_item(console(), item, shown, place=(self._at + 1, len(self._items)))
        return self._obey(item, shown)

    def _obey(self, item: Item, shown: Shown) -> bool:
        """Do what a key says; `?` and any other that says nothing shows again which there are."""
        keys = self._keys(item)
        screen.print_keys(console(), keys, _best(item))
        key = _pressed(keys)
        if key not in keys:
            return self._obey(item, shown)
        if key == QUIT:
            return False
        if key == SKIP:
            self._skip(item)
        elif key == UNDO:
            self._undo()
        elif key == SHOW:
            from pipecli.render.opportunity import print_show

            print()
            print_show(console(), shown)
            return self._obey(item, shown)
        else:
            self._act(key, item, shown)
        return True

    def _keys(self, item: Item) -> dict[str, str]:
        kinds = {trouble.kind for trouble in item.troubles}
        merge = {MERGE: _("merge into {ref}").format(ref=item.twin["id"])} if item.twin else {}
        return {
            SAID: _("talked"),
            NEXT: _("next"),
            LOSE: _("lose"),
            **merge,
            **({PROVE: _("prove")} if rules.UNPROVEN in kinds else {}),
            DATE: _("date"),
            AMOUNT: _("amount"),
            SKIP: _("skip"),
            SHOW: _("whole"),
            **({UNDO: _("undo")} if self._written else {}),
            QUIT: _("quit"),
        }

    def _act(self, key: str, item: Item, shown: Shown) -> None:
        """One command; Ctrl-C at a question of it takes nothing and comes back to the card."""
        self._answered = []
        try:
            self._acts[key](item, shown)
        except KeyboardInterrupt:
            print()
            return
        except PipeError as error:
            print(literal_lines(f"  {error.message}"))
            for line in self._answered:
                print(literal_lines("  " + _("Your answers: {command}").format(command=line)))
            return
        self._written.append(self._at)

    def _say(self, outcome: Outcome) -> None:
        from pipecli.render.opportunity import outcome_lines

        for line in outcome_lines(outcome):
            print(f"  {line}")
        for text in outcome.notes:
            note(text)

    def _talk(self, item: Item, shown: Shown) -> None:
        said = opportunities.Happened(ask(_("What was said?")))
        answers = Answers(next=ask(_("What is the next action?")), due=ask_day(), seen=shown.seen)
        words = ["done", _ref(item)] if shown.state.next_action else ["log", _ref(item), "note"]
        self._answered = [command_line(words, [said.text], _planning(answers))]
        if shown.state.next_action:
            self._say(opportunities.done(self._place, _ref(item), said, answers))
        else:
            self._say(opportunities.log(self._place, _ref(item), "note", said.text, answers))

    def _plan(self, item: Item, shown: Shown) -> None:
        words, due = ask(_("What is the next action?")), ask_day()
        self._answered = [command_line(["next"], [_ref(item), words], ["--due", due])]
        self._say(opportunities.set_next(self._place, _ref(item), words, due, seen=shown.seen))

    def _lose(self, item: Item, shown: Shown) -> None:
        reasons = shown.pipeline.loss_reasons
        reason = list(reasons)[choose(_("Why was it lost?"), list(reasons.values()))]
        words = ask(_("What happened?"), empty=reason != "other")
        self._answered = [command_line(["lose"], [_ref(item), reason, *([words] if words else [])])]
        self._say(gates.lose(self._place, _ref(item), reason, words, seen=shown.seen))

    def _merge(self, item: Item, shown: Shown) -> None:
        from pipecli.render.merging import merged_lines

        from .merging import merged

        assert item.twin is not None
        found = merged(self._place, str(item.twin["id"]), _ref(item), [], dry_run=False)
        for line in merged_lines(found):
            print(f"  {line}")

    def _prove(self, item: Item, shown: Shown) -> None:
        from .questions import completed

        ref, criteria = _ref(item), [shown.pipeline.criterion(key) for key in shown.unproven]
        mine = [criterion for criterion in criteria if criterion.kind != "approval"]
        if not mine:
            raise Conflict(_("only an approval is missing: pipe advance {ref} asks for it").format(ref=ref))
        picked = choose(_("Prove which one?"), [c.ask for c in mine]) if len(mine) > 1 else 0
        proven, _waiting = completed(
            Answers(seen=shown.seen),
            None,
            lambda given: gates.proven_with(self._place, ref, given),
            only=(mine[picked].key,),
            keep=lambda given: self._keep(ref, given),
        )
        plan = self._planned(shown)
        answers = proven._replace(next=plan.next, due=plan.due) if plan.next else proven
        self._say(gates.answer(self._place, ref, answers))

    def _date(self, item: Item, shown: Shown) -> None:
        self._edit(item, shown, f"close_date={ask_close_day()}")

    def _price(self, item: Item, shown: Shown) -> None:
        currency, decimal = shown.state.currency, self._place.settings.get("decimal").value
        worth = ask(_("How much is it?"), check=lambda text: parse_amount(text, currency, decimal=decimal))
        self._edit(item, shown, f"amount={worth}")

    def _edit(self, item: Item, shown: Shown, text: str) -> None:
        answers = self._planned(shown)._replace(sets=(text,))
        self._keep(_ref(item), answers)
        self._say(opportunities.edit(self._place, _ref(item), answers))

    def _keep(self, ref: str, answers: Answers) -> None:
        self._answered = lines_of(ref, answers)

    def _planned(self, shown: Shown) -> Answers:
        """What comes along: the next action, where there is none, without which nothing is taken."""
        if shown.state.next_action:
            return Answers(seen=shown.seen)
        words = ask(_("What is the next action?"))
        return Answers(next=words, due=ask_day(), seen=shown.seen)

    def _skip(self, item: Item) -> None:
        if cleaning.skip(self._place, item.record["id"]) is None:
            note(_("that it was skipped cannot be written down; it will be asked again"))
        self._skipped.add(self._at)
        self._at += 1

    def _undo(self) -> None:
        from pipecli.render.closing import undone_lines

        try:
            found = undoing.undo(self._place)
        except PipeError as error:
            print(literal_lines(f"  {error.message}"))
            return
        for line in undone_lines(found, redo=False):
            print(f"  {line}")
        self._at = self._written.pop()
        self._settled.discard(self._at)
        self._skipped.discard(self._at)


def _best(item: Item) -> str:
    """The key that settles it: a plan where there is none, for a plan alone keeps nothing else from being stale."""
    unplanned = item.kind == rules.STALE and item.record["next_action"] is None
    return NEXT if unplanned else BEST[item.kind]


def _planning(answers: Answers) -> list[str]:
    return ["--next", answers.next or "", "--due", answers.due or ""]


def _ref(item: Item) -> str:
    return str(item.record["id"])


def _pressed(keys: dict[str, str]) -> str:
    """A key; the space bar skips, arrows and the like are none."""
    while not (key := press().casefold().replace(" ", SKIP)):
        pass
    return key
