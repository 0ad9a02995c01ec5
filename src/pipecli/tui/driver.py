"""The driver of a board that is shown in a browser: Textual's own, which ends when the server has gone."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class ServedDriver(WebDriver):
    """Reads keys from the server; without one nobody would ever end the board."""

    def run_input_thread(self) -> None:
        """Read what the server sends, to its end."""
        super().run_input_thread()
        self._app.post_message(ExitApp())
