"""HTML as text, and HTML made to be slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipecli.importers.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain", "plain"),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<html><head><title>T</title><style>p {}</style></head><body>Yes</body></html>", "Yes"),
        ("a<script>alert('<b>x</b>')</script>b", "ab"),
        ("<style>never closed <p>but read</p>", "never closed\n\nbut read"),
        ("a &amp; b &lt;c&gt; &eacute;&#8364;", "a & b <c> é€"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("yes<blockquote>when?<br>where?</blockquote>", "yes\n> when?\n> where?"),
        ("<!-- hidden > --> shown <!-- never closed", "shown <!-- never closed"),
        ('<a title="a > b" href="x">link</a>', "link"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<header>top</header>", "top"),
        ("x <b", "x <b"),
    ],
)
def test_text(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!", "<![CDATA[", "<a x=\"'>", "&#x", "</", "<!--", "<script>", "<div>", '<a "', ">"],
)
def test_hostile_html_is_not_slow(piece: str) -> None:
    begun = time.monotonic()
    html_to_text(piece * (300_000 // len(piece)))
    assert time.monotonic() - begun < 10


@given(
    st.lists(
        st.sampled_from(["<", ">", "<a", " x='", '"', "</p>", "<p>", "&", "#", "<!--", "-->", "é", "\n"])
    )
)
def test_any_markup_gives_text(pieces: list[str]) -> None:
    assert isinstance(html_to_text("".join(pieces)), str)
