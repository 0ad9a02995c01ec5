"""The hygiene: what `pipe audit` says, of all and owner by owner."""

from __future__ import annotations

from functools import partial
from typing import Any

from pipecli.render.audit import print_audit, print_owners
from pipecli.service import audit
from pipecli.tui.painting import Print

from .report import ReportScreen

LISTED = 20
"""Opportunities to mend that are shown, the worst first."""


class HygieneScreen(ReportScreen):
    """Whether the data is good enough to decide on."""

    mode = "hygiene"

    def find(self) -> dict[str, Any]:
        return audit.audit(self.desk.workspace, audit.Asked(None, False))

    def prints(self, found: dict[str, Any]) -> list[Print]:
        shown = {**found, "listed": found["listed"][:LISTED]}
        return [
            partial(print_audit, found=shown, listed=len(found["listed"])),
            partial(print_owners, found=found),
        ]
