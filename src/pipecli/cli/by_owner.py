"""Lists owner by owner: grouped on a screen, or as letters, one to each owner."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pipecli.errors import InvalidInput
from pipecli.render.console import is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _, ngettext

from .options import Output

if TYPE_CHECKING:
    from pipecli.render.views import View
    from pipecli.service.by_owner import Part
    from pipecli.service.letters import Letter

By = Annotated[str | None, typer.Option("--by", metavar="owner", help=_("owner by owner"))]
Eml = Annotated[bool, typer.Option("--eml", help=_("with --by owner: a mail to each, for sendmail -t"))]
ToDir = Annotated[
    str | None,
    typer.Option("--to-dir", metavar="DIR", help=_("with --eml: a file for each instead of stdout")),
]
Domain = Annotated[
    str | None,
    typer.Option("--domain", metavar="DOMAIN", help=_("with --eml: what stands behind the @ of owners")),
]


class Division(NamedTuple):
    """Whether a list was asked for owner by owner, and whether as letters, where to and at which domain."""

    is_asked: bool
    eml: bool
    folder: str | None
    domain: str | None


def division(
    by: str | None, eml: bool, folder: str | None, domain: str | None, output: Output, limit: int | None
) -> Division:
    """What was asked for; raises InvalidInput where it does not go together."""
    if by not in (None, "owner"):
        raise InvalidInput(_('this list is divided by owner only, not by "{by}": --by owner').format(by=by))
    if eml and by is None:
        raise InvalidInput(_("a mail goes to an owner: --by owner --eml"))
    if (folder is not None or domain is not None) and not eml:
        raise InvalidInput(_("--to-dir and --domain are for mails: --by owner --eml"))
    if eml and (not output.is_table or limit is not None):
        raise InvalidInput(_("--eml writes whole mails: leave out --limit and the other formats"))
    return Division(by is not None, eml, folder, domain)


def print_parts(view: View, parts: Sequence[Part], output: Output) -> None:
    """Print a list owner by owner; other formats than a table have their lines in that order."""
    if not output.is_table:
        from pipecli.render.formats import write_list

        write_list(view, [record for part in parts for record in part.listing.records], output.format)
        return
    from pipecli.render import by_owner
    from pipecli.render.console import console

    by_owner.print_parts(console(), view, parts)
    if hidden := sum(part.listing.n - len(part.listing.records) for part in parts):
        note(_("and {n} more: --limit 0 shows all").format(n=hidden))


def write_letters(
    place: Workspace, topic: str, letters: Sequence[Letter], asked: Division, *, single: bool
) -> bool:
    """Write a message to each owner: files in a folder, else stdout, as an mbox or, of one owner, as it is.

    Whether each could be written; who is left out is named on stderr.
    """
    from pipecli.service.letters import mbox, messages

    from .files import write_bytes

    batch, left_out = messages(place, topic, letters, asked.domain)
    if asked.folder is not None:
        folder = _made(asked.folder)
        for message in batch:
            write_bytes(str(folder / message.name), message.content)
        if batch and is_terminal(sys.stdout):
            n = len(batch)
            note(ngettext("{n} mail in {where}", "{n} mails in {where}", n).format(n=n, where=folder))
    elif batch:
        write_bytes("-", batch[0].content if single else mbox(batch))
    for line in left_out:
        note(line)
    return not left_out


def _made(path: str) -> Path:
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
    return folder
