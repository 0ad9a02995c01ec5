"""Commands that show one opportunity and the journal."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.render.console import console, note
from pipecli.text import _

from .options import AsOf, Limit, Output, Ref, reports, rows, workspace
from .prompts import reference


@reports
def show(
    context: typer.Context,
    output: Output,
    ref: Ref = None,
    proof: Annotated[bool, typer.Option("--proof", help=_("the chain of evidence behind its stage"))] = False,
    everything: Annotated[bool, typer.Option("--all", "-a", help=_("the whole timeline"))] = False,
    as_of: AsOf = None,
) -> None:
    from pipecli.render.formats import write_object
    from pipecli.service import lists
    from pipecli.service import show as shows

    place = workspace(context)
    ref = reference(place, ref)
    if proof:
        record, steps = shows.proof(place, ref)
        if output.is_table:
            from pipecli.render.opportunity import print_proof

            print_proof(console(), record, steps)
        else:
            write_object({**record, "proof": [step._asdict() for step in steps]}, output.format)
        return
    shown = shows.show(place, ref, as_of=lists.day(place, as_of))
    if output.is_table:
        from pipecli.render.opportunity import print_show

        print_show(console(), shown, all_entries=everything)
    elif output.format == "quiet":
        print(shown.record["id"])
    else:
        write_object(shows.as_json(shown), output.format)


@reports
def journal(
    context: typer.Context,
    output: Output,
    ref: Ref = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=_("from that day on"))] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help=_("of that person"))] = None,
    limit: Limit = None,
) -> None:
    from pipecli.render import views
    from pipecli.render.formats import write_list
    from pipecli.service import lists
    from pipecli.service import show as shows

    place = workspace(context)
    if ref is not None:
        ref = reference(place, ref)
    page = shows.read_journal(
        place, ref, since=lists.day(place, since), actor=actor, limit=rows(limit, output)
    )
    write_list(
        views.journal(with_stream=ref is None or len({e.stream for e in page.entries}) > 1),
        [shows.entry_json(e) for e in page.entries],
        output.format,
        id_key="seq",
    )
    if output.is_table and page.n > len(page.entries):
        note(
            _("the last {shown} of {n} shown: --limit 0 shows all").format(shown=len(page.entries), n=page.n)
        )
