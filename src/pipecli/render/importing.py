"""What an import did, or would do: the first rows as they land, the counts, the rejected rows and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipecli.service.importing import Imported
from pipecli.text import _, ngettext

from .console import console, literal
from .table import print_table
from .views import opportunities

MOST_REASONS = 5


def print_preview(found: Imported) -> None:
    """Which column fills which field, and the first rows as they would land."""
    out = console()
    for field, column in found.columns.items():
        out.print(f"  {field:<16} {literal(column)}", highlight=False)
    if found.preview:
        out.print()
        print_table(out, opportunities(), [record for _line, record in found.preview])
        out.print()


def import_lines(found: Imported) -> list[str]:
    """The counts, then the reasons of what was rejected and where it stands."""
    parts = [
        _("{n} landed").format(n=found.landed),
        _("{n} updated").format(n=found.updated),
        _("{n} unchanged").format(n=found.unchanged),
        _("{n} rejected").format(n=len(found.rejected)),
    ]
    lines = [", ".join(parts) + "."]
    reasons = Counter(literal(row.reason) for row in found.rejected)
    for reason, n in reasons.most_common(MOST_REASONS):
        first = next(row.line.number for row in found.rejected if literal(row.reason) == reason)
        lines.append(
            ngettext("  line {line}: {reason}", "  {n} rows, first line {line}: {reason}", n).format(
                n=n, line=first, reason=reason
            )
        )
    if len(reasons) > MOST_REASONS:
        lines.append(_("  and {n} more reasons").format(n=len(reasons) - MOST_REASONS))
    if found.rejected_file:
        lines.append(_("Rejected rows: {file}").format(file=found.rejected_file))
    lines += _updates(found)
    for difference in found.differences[:MOST_REASONS]:
        lines.append(
            _("  {ref}: {field} is {here} here, {file} in line {line}; left as it is").format(
                ref=difference.ref,
                field=difference.field,
                here=literal(difference.here),
                file=literal(difference.file),
                line=difference.line,
            )
        )
    if len(found.differences) > MOST_REASONS:
        lines.append(_("  and {n} more differences").format(n=len(found.differences) - MOST_REASONS))
    return lines


def next_step(found: Imported) -> str | None:
    """What to do once something has landed."""
    return _("Next: pipe today --all") if found.landed and not found.dry_run else None


def _updates(found: Imported) -> list[str]:
    """Which fields of which opportunities changed, of many how often each."""
    told = [update for update in found.updates if update.fields]
    if len(told) <= MOST_REASONS:
        return [_("  {ref}: {fields} updated").format(ref=u.ref, fields=", ".join(u.fields)) for u in told]
    counted = Counter(field for update in told for field in update.fields)
    fields = ", ".join(f"{field} ({n})" for field, n in counted.most_common())
    return [_("  updated: {fields}").format(fields=fields)]


def import_document(found: Imported) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "file": found.path,
        "system": found.system,
        "dry_run": found.dry_run,
        "landed": found.landed,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "rejected": [{"line": row.line.number, "reason": row.reason} for row in found.rejected],
        "rejected_file": found.rejected_file,
        "left_out": [row._asdict() for row in found.left_out],
        "columns_not_read": list(found.unread),
        "updates": [update._asdict() for update in found.updates],
        "differences": [difference._asdict() for difference in found.differences],
        "columns": found.columns,
        "preview": [record for _line, record in found.preview],
    }
