"""The board: its columns, the cursor, the filters, the mouse, and the keys that lead elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.events import MouseScrollDown
from textual.widgets import Input

from pipecli.errors import Conflict
from pipecli.service import gates, opportunities
from pipecli.service.answers import Answers
from pipecli.service.workspace import Workspace
from pipecli.tui.screens.agenda import AgendaScreen
from pipecli.tui.screens.board import BoardScreen
from pipecli.tui.screens.detail import DetailScreen
from pipecli.tui.screens.forecast import ForecastScreen
from pipecli.tui.screens.go import GoScreen
from pipecli.tui.screens.hygiene import HygieneScreen
from pipecli.tui.screens.keys import KeysScreen
from pipecli.tui.widgets.column import StageColumn
from pipecli.tui.widgets.stages import Stages

from .conftest import Board, OnBoard


def cards(board: Board) -> list[list[int]]:
    """The numbers of the cards, a list for each stage."""
    return [[c.number for c in column.column.cards] for column in board.app.screen.query(StageColumn)]


def test_every_stage_has_its_figures_and_its_cards_in_the_order_of_what_needs_doing(
    on_board: OnBoard,
) -> None:
    async def look(board: Board) -> None:
        assert cards(board) == [[3, 2, 4, 5], [1], [], []]
        lines = board.seen().splitlines()
        assert lines[0].split("·")[0].split() == ["Board", "Agenda", "Forecast", "Hygiene", "lea"]
        assert lines[0].endswith("Mon 23 Nov  ·  5 opportunities, €63,000, $15,000 without a rate")
        assert lines[1].split() == ["Qualified", "lead", "4", "Discovery", "1", "Proposal", "sent", "0",
                                    "Negotiation", "0"]  # fmt: skip
        assert lines[2].split("  ")[0].strip() == "€15k+"
        assert "weighted €1.5k" in lines[2] and "weighted €12k" in lines[2]
        card = [line[1:28].rstrip() for line in lines[4:8]]
        assert card == [
            "▌3 Portal",
            "▌Sirius             $15,000",
            "▌! 18 d late ~          lea",
            "▌mail Ana",
        ]

    on_board(look)


@pytest.mark.parametrize(
    "keys, chosen",
    [
        ("down", 2),
        ("j", 2),
        ("j j j j j j", 5),
        ("j k", 3),
        ("j up", 3),
        ("right", 1),
        ("l", 1),
        ("l h", 3),
        ("j j right left", 4),
        ("right right", None),
        ("end", 5),
        ("G home", 3),
        ("pagedown", 5),
        ("pagedown pageup", 3),
    ],
)
def test_the_cursor_goes_where_the_keys_say(on_board: OnBoard, keys: str, chosen: int | None) -> None:
    async def move(board: Board) -> None:
        assert board.chosen == 3
        await board.press(*keys.split())
        assert board.chosen == chosen

    on_board(move)


def test_the_text_filters_as_it_is_typed_and_escape_brings_everything_back(on_board: OnBoard) -> None:
    async def filter_(board: Board) -> None:
        await board.press("j", "slash")
        for typed, found in (
            ("a", [[3, 2, 4, 5], [1], [], []]),
            ("c", [[], [1], [], []]),
            ("é", [[], [], [], []]),
        ):
            await board.type(typed)
            assert cards(board) == found, typed
        assert "0 fit  Esc clears" in board.seen()
        await board.press("backspace", "enter")
        assert isinstance(board.app.focused, Stages) and board.chosen == 1
        assert "1 fits  Esc clears" in board.seen()
        await board.press("escape")
        assert cards(board)[0] == [3, 2, 4, 5]
        assert board.chosen == 2, "the cursor is back on the card it was on"
        assert "fits" not in board.seen()

    on_board(filter_)


def test_escape_in_the_filter_clears_it(on_board: OnBoard) -> None:
    async def filter_(board: Board) -> None:
        await board.press("slash")
        await board.type("bor")
        assert cards(board) == [[2], [], [], []]
        await board.press("escape")
        assert cards(board) == [[3, 2, 4, 5], [1], [], []]
        assert board.app.screen.query_one("FilterBar").display is False

    on_board(filter_)


@pytest.mark.parametrize(
    "key, found, words",
    [
        ("m", [[3, 2, 4], [1], [], []], "owner lea"),
        ("o", [[3], [1], [], []], "overdue"),
        ("t", [[3], [], [], []], "stale"),
    ],
)
def test_a_key_shows_mine_overdue_or_stale_ones_and_all_again(
    on_board: OnBoard, key: str, found: list[list[int]], words: str
) -> None:
    async def filter_(board: Board) -> None:
        await board.press(key)
        assert cards(board) == found
        assert words in board.seen().splitlines()[1]
        await board.press(key)
        assert cards(board) == [[3, 2, 4, 5], [1], [], []]

    on_board(filter_)


def test_owners_and_tags_are_picked_from_those_there_are(on_board: OnBoard) -> None:
    async def pick(board: Board) -> None:
        await board.press("f")
        assert (
            "owner lea  4" in board.seen() and "owner marc  1" in board.seen() and "tag key" in board.seen()
        )
        await board.press("j", "down", "enter")
        assert cards(board) == [[5], [], [], []]
        await board.press("f", "k", "enter")
        assert cards(board) == [[], [], [], []], "of Marc's none has the tag"
        await board.press("f", "home", "enter", "f", "k", "enter")
        assert cards(board) == [[], [1], [], []]
        await board.press("f", "escape")
        assert cards(board) == [[], [1], [], []]
        await board.press("f", "home", "enter")
        assert cards(board) == [[3, 2, 4, 5], [1], [], []]

    on_board(pick)


@pytest.mark.parametrize(
    "keys, screen",
    [
        ("tab", AgendaScreen),
        ("tab tab", ForecastScreen),
        ("tab tab tab", HygieneScreen),
        ("tab tab tab tab", BoardScreen),
        ("shift+tab", HygieneScreen),
        ("4", HygieneScreen),
        ("2", AgendaScreen),
        ("3 1", BoardScreen),
        ("g", GoScreen),
        ("g escape", BoardScreen),
        ("enter", DetailScreen),
        ("enter escape", BoardScreen),
        ("question_mark", KeysScreen),
        ("question_mark escape", BoardScreen),
        ("enter tab", AgendaScreen),
    ],
)
def test_keys_lead_to_the_screens_and_back(on_board: OnBoard, keys: str, screen: type) -> None:
    async def go(board: Board) -> None:
        await board.press(*keys.split())
        assert isinstance(board.app.screen, screen)

    on_board(go)


def test_the_mouse_chooses_opens_scrolls_and_goes_to_screens(on_board: OnBoard) -> None:
    async def click(board: Board) -> None:
        column = board.app.screen.query(StageColumn)[1]
        await board.pilot.click(column, offset=(3, 4))
        await board.settle()
        assert board.chosen == 1
        await board.pilot.click(column, offset=(3, 1))
        assert board.chosen == 1, "a click on the head chooses none"
        await board.pilot.click(column, offset=(3, 4), times=2)
        await board.settle()
        assert isinstance(board.app.screen, DetailScreen)
        await board.press("escape")
        await board.pilot.click(board.app.screen.query("Tab")[1])
        await board.settle()
        assert isinstance(board.app.screen, AgendaScreen)

    on_board(click)


def test_the_wheel_scrolls_a_column_that_is_longer_than_the_screen(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    for n in range(8):
        assert pipe("add", f"More {n}", "-n", "call", "-d", "+9d", me="lea") == 0

    async def scroll(board: Board) -> None:
        column = board.app.screen.query(StageColumn)[0]
        assert "▼ 8" in board.seen() and "▲" not in board.seen()
        for _turn in range(3):
            event = MouseScrollDown(column, 3, 5, 0, 1, 0, False, False, False)
            column.post_message(event)
        await board.settle()
        assert "▲ 3  ▼ 5" in board.seen()
        assert board.chosen == 3
        await board.press("end")
        assert board.chosen == 14 and "▲ 8" in board.seen()

    on_board(scroll, size=(80, 24))


def test_where_there_is_no_room_for_all_stages_those_around_the_cursor_are_shown(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        first = board.seen().splitlines()[1]
        assert "Qualified lead" in first and "Discovery" in first and "Negotiation" not in first
        assert "›" in first
        await board.press("right", "right", "right")
        after = board.seen().splitlines()[1]
        assert "Negotiation" in after and "Qualified lead" not in after and "‹" in after

    on_board(look, size=(50, 24))


def test_the_footer_shows_the_keys_that_apply(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        assert (
            board.seen()
            .splitlines()[-1]
            .startswith("a Advance d Done n Next b Back w Win x Lose e Edit / Filter")
        )
        await board.press("right", "right")
        assert board.chosen is None
        assert board.seen().splitlines()[-1].split() == ["/", "Filter", "?", "Keys", "q", "Quit"]
        await board.press("a", "d", "x", "enter")
        assert isinstance(board.app.screen, BoardScreen)

    on_board(look)


def test_read_only_nothing_can_be_written(on_board: OnBoard) -> None:
    async def look(board: Board) -> None:
        assert "read only" in board.seen().splitlines()[0]
        assert board.seen().splitlines()[-1].split() == ["/", "Filter", "?", "Keys", "q", "Quit"]
        await board.press("a", "d", "n", "b", "w", "x", "e", "c", "p", "s", "v", "W", "plus", "u", "U")
        assert isinstance(board.app.screen, BoardScreen) and board.notes == []
        await board.press("enter")
        assert isinstance(board.app.screen, DetailScreen)
        await board.press("d")
        assert isinstance(board.app.screen, DetailScreen)

    on_board(look, readonly=True)


def test_a_read_only_workspace_refuses_every_write_by_any_way(place: Workspace) -> None:
    looked_at = Workspace(place.settings, "board", readonly=True)
    with pytest.raises(Conflict, match="to look at only; nothing was changed"):
        opportunities.set_next(looked_at, "1", "call", "fri")
    assert gates.tried(looked_at, "1", Answers(), None).report["ready"] is False, "trying is no write"


def test_the_palette_finds_commands_and_opportunities(on_board: OnBoard) -> None:
    async def find(board: Board) -> None:
        await board.press("colon")
        await board.type("erp")
        await board.pilot.pause(0.5)
        await board.settle()
        assert "1 Acme · ERP rollout" in board.seen()
        await board.press("down", "enter")
        assert isinstance(board.app.screen, DetailScreen) and board.chosen == 1
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen) and board.chosen == 1
        await board.press("colon")
        await board.type("Forecast")
        await board.pilot.pause(0.5)
        await board.settle()
        await board.press("down", "enter")
        assert isinstance(board.app.screen, ForecastScreen)

    on_board(find)


def test_the_palette_finds_closed_opportunities_and_shows_names_as_they_are(
    on_board: OnBoard, pipe: Callable[..., int]
) -> None:
    assert pipe("add", "Zed [/] [@click=app.quit]x[/]", "-n", "call", "-d", "today") == 0

    async def find(board: Board) -> None:
        await board.press("colon")
        await board.type("zed")
        await board.pilot.pause(0.5)
        await board.settle()
        assert "7 Zed [/] [@click=app.quit]x[/]" in board.seen()
        await board.press("escape", "colon")
        await board.type("kiosk")
        await board.pilot.pause(0.5)
        await board.settle()
        assert "6 Acme · Kiosk  closed" in board.seen()
        await board.press("down", "enter")
        assert isinstance(board.app.screen, DetailScreen) and board.chosen == 6

    on_board(find)


def test_the_palette_changes_the_theme(on_board: OnBoard) -> None:
    async def change(board: Board) -> None:
        assert board.app.theme == "pipe-dark"
        board.app.action_switch_theme()
        await board.settle()
        assert board.app.theme == "pipe-light"
        assert board.app.screen.styles.background.hex.lower() == "#f7f8fa"

    on_board(change)


def test_q_quits_and_a_colon_typed_in_a_form_is_a_colon(on_board: OnBoard) -> None:
    async def quit_(board: Board) -> None:
        await board.press("n", "q", "colon", "question_mark")
        assert isinstance(board.app.focused, Input) and board.app.focused.value == "q:?"
        await board.press("escape", "escape", "q")
        assert not board.app.is_running

    on_board(quit_)


def test_letters_that_come_faster_than_the_screen_are_neither_lost_nor_commands(on_board: OnBoard) -> None:
    async def type_fast(board: Board) -> None:
        await board.pilot.press("slash", *"training")
        await board.settle()
        assert board.app.screen.query_one("#filter-text", Input).value == "training"
        assert cards(board) == [[4], [], [], []]
        await board.press("enter")
        await board.pilot.press("n", *"awaxd", "enter", *"fri")
        await board.settle()
        assert [field.value for field in board.app.screen.query(Input)] == ["awaxd", "fri"]
        await board.press("escape", "escape")
        assert isinstance(board.app.screen, BoardScreen)

    on_board(type_fast)
