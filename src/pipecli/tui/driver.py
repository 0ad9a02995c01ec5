"""The driver of a board that is shown in a browser: Textual's own, which ends when the server has gone."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class ServedDriver(WebDriver):
    """Reads from the server what the page says; without a server nobody would ever end the board."""

    def run_input_thread(self) -> None:
        """Read to the end, which is the server's."""
        # The size that Textual begins with is on its way to the application: one that the page has by now comes later.
        self._app.call_from_thread(lambda: None)
        super().run_input_thread()
        self._app.post_message(ExitApp())
