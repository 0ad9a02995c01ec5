"""Settings on screen."""

from __future__ import annotations

from pipecli.text import _

from .views import Column, View, plain


def settings_view() -> View:
    """Every setting, its value and where it came from."""
    return View(
        (
            Column("key", _("Setting"), plain("key"), style=lambda r: "bold"),
            Column("value", _("Value"), lambda r: r["value"] or "–", least=10, grows=True),
            Column("origin", _("From"), plain("origin"), least=10, grows=True),
        )
    )
