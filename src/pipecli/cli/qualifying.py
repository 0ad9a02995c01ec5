"""`pipe qualify`: what the exchanges of an opportunity prove and say, as proposals to accept one by one."""

from __future__ import annotations

import sys

import typer

from pipecli.render.console import console, is_terminal
from pipecli.service.assistance import Assistance

from .options import Output, Ref, assists, reports, workspace
from .prompts import can_ask, reference


@assists
@reports
def qualify(context: typer.Context, output: Output, how: Assistance, ref: Ref = None) -> None:
    from pipecli.render.formats import write_list
    from pipecli.render.proposals import as_record, print_qualified, view
    from pipecli.service import proposals
    from pipecli.service.qualifying import qualify as read

    place = workspace(context)
    found = read(place, reference(place, ref), how)
    if how.dry_run and found.made is None and found.is_open and found.read:
        return  # the request was shown
    number = str(found.shown.record["id"])
    listed = proposals.waiting(place, number) if found.is_open else []
    if not output.is_table:
        write_list(view(), [as_record(item) for item in listed], output.format)
    else:
        print_qualified(console(), found, listed)
        if listed and can_ask() and is_terminal(sys.stdout):
            from .reviewing import review

            review(place, listed)
    if found.fault:
        raise found.fault
