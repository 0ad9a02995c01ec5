"""The page of `pipe report --html`: it loads nothing, escapes everything, and can be read by everybody."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pipecli import text
from pipecli.render.report import LONGEST, page
from pipecli.render.report_html import POLICY, STYLES, html_bytes
from tui.browser import PROGRAM, Browser, browser

from .conftest import Pipe

REQUIRED = bool(os.environ.get("PIPECLI_REQUIRE_ALL"))
needs_a_browser = pytest.mark.skipif(PROGRAM is None and not REQUIRED, reason="there is no Chromium here")
HOSTILE = (
    "<script>alert(1)</script>",
    "</style></title></svg><img src=x onerror=alert(1)>",
    "\" onload='alert(1)' x=\"",
    "&amp;&lt;",
    "אבגד\u202eevil\u200b\u200d",
    "Ω" * 5_000,
    "w" * 5_000,
)
VOID = {"meta"}


class Parsed(HTMLParser):
    """A page taken apart: its elements with their attributes, and its text; tags that do not match are a fault."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture
def hostile(house: Pipe) -> Pipe:
    """Everything that can be named is named by somebody who means harm."""
    for n, name in enumerate(HOSTILE):
        words = (
            "add",
            name[:200],
            "5k",
            "-n",
            name[:150],
            "-d",
            f"2026-11-{24 + n % 5}",
            "--owner",
            name[:100],
        )
        assert house(*words, "-a", name[:200], "--close", "2026-12-20").code == 0, name
    assert house("lose", "7", "other", HOSTILE[1]).code == 0
    assert house("edit", "1", "--owner", "<b>").code == 0
    assert house("waive", "1", "feasible", "--reason", HOSTILE[0]).code == 0
    return house


def test_nothing_is_loaded_from_anywhere(hostile: Pipe) -> None:
    content = hostile("report", "--html").out
    found = Parsed(content)
    policies = [m for m in found.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert [m["content"] for m in policies] == [POLICY]
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not re.search(r"https?:|//[a-z]|url\(|@import|@font-face", content)
    assert not {tag for tag, _a in found.elements} & {
        *(
            "script",
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "a",
            "image",
            "use",
            "foreignobject",
        )
    }
    for tag, attributes in found.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "href", "style")
        ], tag


def test_names_are_text_and_nothing_hides_in_them(hostile: Pipe) -> None:
    content = hostile("report", "--html").out
    found = Parsed(content)
    assert "<script>alert(1)</script>" in found.text
    assert "</style></title></svg><img src=x onerror=alert(1)>" in found.text
    assert not set("\u202e\u200b\u200d\u2066\x00\x1b") & set(content)
    assert (
        max(map(len, found.words)) < 800
    )  # the longest sentence of ours, told to who does not see a picture


def test_it_says_its_language_and_its_structure(house: Pipe) -> None:
    found = Parsed(house("report", "--html").out)
    assert found.all("html") == [{"lang": "en"}]
    assert [tag for tag, _a in found.elements if re.fullmatch("h[1-6]", tag)] == ["h1", *["h2"] * 8]
    assert all(head.get("scope") in ("col", "row") for head in found.all("th"))
    assert len(found.all("caption")) == len(found.all("table"))
    ids = [attributes["id"] for _tag, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    pictures = found.all("svg")
    assert len(pictures) == 3
    for picture in pictures:
        assert picture["role"] == "img"
        assert set((picture["aria-labelledby"] or "").split()) <= set(ids)


def test_the_same_figures_are_on_the_page_and_in_the_text(house: Pipe) -> None:
    shown = " ".join(Parsed(house("report", "--html").out).text.split())
    for word in re.findall(r"€[\d.,]+k?", house("report").out):
        assert word in shown


def test_there_is_no_picture_of_nothing(pipe: Pipe) -> None:
    assert pipe("init").code == 0
    found = Parsed(pipe("report", "--html").out)
    assert (found.all("svg"), found.all("figure"), found.all("table")) == ([], [], [])


def test_text_and_markdown_keep_their_form(hostile: Pipe) -> None:
    """Whatever things are called: no control characters, lines of 80 columns, as many cells in each row of a table."""
    assert hostile("edit", "4", "--set", "account=a | b `c` *d*\\").code == 0
    for words in (["--text"], ["--markdown"]):
        assert not set("\u202e\u200b\u200d\x1b\r\t") & set(hostile("report", *words).out)
    assert max(cell_len(line) for line in hostile("report").out.splitlines()) <= 80
    for block in hostile("report", "--markdown").out.split("\n\n"):
        if block.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block
    assert "a \\| b \\`c\\` \\*d\\*\\\\" in hostile("report", "--markdown").out


def test_what_is_written_stands_out_from_what_it_is_written_on() -> None:
    """The contrast that WCAG 2 asks of text, 4.5 to 1 (AA), in light, in dark and on paper."""
    styles = STYLES.read_text(encoding="utf-8")
    grounds = [dict(re.findall(r"--(\w+): (#\w{6});", block)) for block in styles.split(":root")[1:]]
    assert len(grounds) == 3
    for colours in grounds:
        for ink in ("ink", "pale", "accent"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, (ink, colours)


def contrast(one: str, other: str) -> float:
    """How many times brighter one colour is than the other (WCAG 2, relative luminance)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


WORDS = st.text(min_size=1, max_size=300).filter(
    lambda words: not any("\ud800" <= c <= "\udfff" for c in words)
) | st.sampled_from(HOSTILE)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """The figures of a report, which the test below puts other words into."""
    pile = {"count": 1, "amount": 5, "unpriced": 0}
    none = {"count": 0, "amount": 0, "unpriced": 0}
    rate = {"n": 1, "k": 1, "rate": None, "low": None, "high": None, "pooled": True}
    span = {"mean": 0, "p10": 0, "p50": 0, "p90": 0}
    history = {
        "trusted": True,
        "why": "it was closer",
        "n_closed": 1,
        "total": span,
        "new_business": span,
        "existing": span,
    }
    sums = {
        "won": pile,
        "open": pile,
        "weighted": 5,
        "unpriced": none,
        "undated": none,
        "other_currencies": [],
    }
    told = {"id": 1, "name": "", "account": "", "owner": "", "stage": "a", "stage_name": "", "amount": 5}
    told |= {"currency": "EUR"}
    troubles = dict.fromkeys(("overdue", "unplanned", "stale", "troubled"), pile)
    whole = {"as_of": "2026-11-23", "until": "2026-12-31", "currency": "EUR", **sums, "history": history}
    hygiene = {"rate": 0.5, "met": 5, "cases": 10}
    closed = {**told, "closed_on": "2026-11-20", "reason": "x", "reason_label": "", "note": ""}
    return {
        **{"period": "weekly", "from": "2026-11-16", "as_of": "2026-11-23", "pipeline": "", "definition": 1},
        "currency": "EUR",
        "forecast": {**whole, "groups": [{**sums, "key": "2026-Q4", "label": "", "history": history}]},
        "track": [{"day": "2026-11-02", "said": 1, "weighted": 1, "came": 1}],
        "track_days": 30,
        "months": [{"key": "2026-11", "won": 5, "p10": 0, "p50": 1, "p90": 2}],
        "changes": {
            **{"since": "2026-11-15", "until": "2026-12-31", "currency": "EUR", "before": 0, "after": 5},
            "difference": 5,
            "parts": [{"kind": "new", "count": 1, "amount": 5, "opportunities": [told]}],
        },
        "open": pile,
        "settle": {
            "counts": {"approval": 1, "overdue": 1, "unplanned": 0, "stale": 0},
            "pressing": pile,
            "lines": [
                {**told, "section": "approval", "criterion": "ok", "asked_by": "", "asked_on": "2026-11-20"},
                {**told, "section": "overdue", "overdue_days": 3, "next_action": ""},
            ],
        },
        "stages": [
            {
                "stage": "a",
                "stage_name": "",
                "open": pile,
                **troubles,
                "flow": {"to_next": rate, "to_win": rate},
            }
        ],
        "owners": [{"owner": "", "open": pile, **troubles, "hygiene": hygiene}],
        "won": {**pile, "listed": [closed]},
        "lost": {**pile, "listed": [closed], "reasons": [{"reason": "x", "reason_label": "", **pile}]},
        "hygiene": {
            **{"hygiene": hygiene, "eight_weeks_ago": hygiene},
            "weeks": [{"day": f"2026-11-{day}", **hygiene} for day in (16, 23)],
            "points": [],
            "stability": {
                **{"stable": True, "weeks": 8, "rate_needed": 0.8, "closed": 10, "closed_needed": 10},
                "weeks_needed": 8,
            },
        },
        "waivers": [{**told, "criterion": "ok", "waived_by": "", "waived_on": "2026-11-20", "reason": ""}],
        "merges": [
            {**told, "into": 2, "status": "won", "merged_on": "2026-11-20", "merged_by": "", "reason": ""}
        ],
    }


def filled(found: Any, words: str) -> Any:
    """The figures with these words wherever a text from outside stands."""
    if isinstance(found, dict):
        return {key: filled(value, words) for key, value in found.items()}
    if isinstance(found, list):
        return [filled(value, words) for value in found]
    return words if found == "" else found


@settings(deadline=None, max_examples=60)
@given(words=WORDS)
def test_whatever_things_are_called_the_page_has_the_same_elements(
    figures: dict[str, Any], words: str
) -> None:
    plain = Parsed(html_bytes(page(filled(figures, "Acme")), filled(figures, "Acme")).decode())
    content = filled(figures, words)
    found = Parsed(html_bytes(page(content), content).decode())
    kinds = [(tag, sorted({*attributes} - {"class"})) for tag, attributes in found.elements]
    empty = [(tag, sorted({*attributes} - {"class"})) for tag, attributes in plain.elements]
    assert [kind for kind in kinds if kind[0] != "span"] == [kind for kind in empty if kind[0] != "span"]
    assert all(len(word) <= 3 * LONGEST + 200 for word in found.words)


@pytest.fixture
def seen(hostile: Pipe, environment: Path) -> Iterator[Callable[..., list[Any]]]:
    """Opens the page in a browser of some width, in light or dark; what scripts give in it, and nothing goes wrong."""
    file = environment / "week.html"
    assert hostile("report", "-o", str(file)).code == 0

    def look(width: int, scheme: str, *scripts: str) -> list[Any]:
        async def run() -> list[Any]:
            async with browser(environment) as opened:
                await dressed(opened, width, scheme)
                await opened.open(file.as_uri())
                found = [await opened.value(script) for script in scripts]
                assert opened.faults == []
                assert opened.asked_for == [file.as_uri()]
                return found

        return asyncio.run(run())

    yield look
    text.use_language("en")


async def dressed(opened: Browser, width: int, scheme: str) -> None:
    """Make the page as wide as a phone or a desk, and ask for light or dark."""
    await opened.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=740,
        deviceScaleFactor=1,
        mobile=width < 600,
    )
    await opened.call(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
    )


WIDER = """[...document.querySelectorAll("body *:not(.unseen)")].filter(e => {
  if (innerWidth < 600 && e.closest("thead")) return false;  // said beside each figure instead
  const box = e.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.outerHTML.slice(0, 80))"""
GROUND = "getComputedStyle(document.body).backgroundColor"
LETTERS = "getComputedStyle(document.querySelector('svg text')).fill"


@needs_a_browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("scheme", "ground", "letters"),
    [
        ("light", "rgb(255, 255, 255)", "rgb(89, 99, 110)"),
        ("dark", "rgb(20, 23, 27)", "rgb(162, 172, 184)"),
    ],
)
def test_in_a_browser(
    seen: Callable[..., list[Any]], width: int, scheme: str, ground: str, letters: str
) -> None:
    found = seen(
        width,
        scheme,
        "document.documentElement.scrollWidth <= innerWidth",
        WIDER,
        GROUND,
        LETTERS,
        "document.body.innerText",
        "document.querySelectorAll('svg rect').length > 3",
    )
    assert found[:4] == [True, [], ground, letters]
    for words in (
        "€48,000",
        "3 d late: call Jeanne",
        "pipe done 1",
        "<script>alert(1)</script>",
    ):
        assert words in found[4]
    assert found[5] is True


@needs_a_browser
def test_on_paper(hostile: Pipe, environment: Path) -> None:
    """No row, figure or picture is cut by the end of a page, and the heads of a table stand again on the next."""
    file = environment / "week.html"
    assert hostile("report", "-o", str(file)).code == 0

    async def run() -> list[str]:
        async with browser(environment) as opened:
            await opened.call("Emulation.setEmulatedMedia", media="print")
            await opened.open(file.as_uri())
            style = "getComputedStyle(document.querySelector('{}')).{}"
            return [
                await opened.value(style.format(*what))
                for what in (("tbody tr", "breakInside"), ("figure", "breakInside"), ("thead", "display"))
            ]

    assert asyncio.run(run()) == ["avoid", "avoid", "table-header-group"]
