"""The questions of an import: whether a guess is right, asked once; in a script only what is clear is used."""

from __future__ import annotations

from collections.abc import Mapping

from pipecli.errors import InvalidInput
from pipecli.render.console import literal, note
from pipecli.service.importing_source import Look, require_clear
from pipecli.text import _

from .prompts import ask, can_ask, choose, confirm


def agreed(look: Look) -> Mapping[str, str]:
    """The columns of a guess, shown with what stands under them: agreed on or changed in a terminal.

    In a script they are used where they are clear; raises InvalidInput where not.
    """
    if not can_ask():
        require_clear(look)
    _show(look, look.columns)
    if not can_ask() or confirm(_("Import it so?")):
        return look.columns
    columns = dict(look.columns)
    note(_("Type FIELD=COLUMN for each change, FIELD= to leave a field out; Enter when it is right."))
    while answer := ask(">", empty=True):
        field, sign, column = (part.strip() for part in answer.partition("="))
        if not sign or (column and column not in look.header):
            names = ", ".join(literal(name) for name in look.header if name)
            note(_("  the columns are: {columns}").format(columns=names))
            continue
        columns[field] = column
    return columns


def _show(look: Look, columns: Mapping[str, str]) -> None:
    note(_("{path} is a sheet of its own kind; its columns are taken to be:").format(path=literal(look.path)))
    for field, column in columns.items():
        samples = ", ".join(literal(text)[:30] for text in look.samples.get(field, ()))
        note(f"  {field:<16} {literal(column)}" + (f": {samples}" if samples else ""))
        if field in look.rivals:
            others = ", ".join(literal(name) for name in look.rivals[field][1:])
            note(" " * 18 + _("or is it: {columns}?").format(columns=others))


def sheet_chosen(error: InvalidInput) -> str | None:
    """The sheet that a person chooses where a refusal names several; None where that was not the question."""
    sheets = error.detail.get("sheets")
    if not sheets or len(sheets) < 2 or not can_ask():
        return None
    note(error.message)
    return str(sheets[choose(_("Which sheet?"), sheets)])
