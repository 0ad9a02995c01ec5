"""The pipelines to start from: one definition per file beside this module, read as they are.

What they mean is `domain/definition.py`'s; this module only lists and reads them.
"""

from __future__ import annotations

from pathlib import Path

from pipecli.errors import NotFound
from pipecli.text import _

_FOLDER = Path(__file__).parent
_NAMES = ("b2b", "pme", "services")


def names() -> tuple[str, ...]:
    """The names of the templates, the one that `init` takes by default first."""
    return _NAMES


def read(name: str) -> str:
    """The TOML of a template; raises NotFound listing the names."""
    if name not in _NAMES:
        raise NotFound(
            _('no template "{name}"; the templates are: {names}').format(name=name, names=", ".join(_NAMES)),
            candidates=list(_NAMES),
        )
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def describe(name: str) -> str:
    """One line that says whom a template suits; raises NotFound like `read`."""
    lines = {
        "b2b": _("selling to companies: lead, discovery, proposal, negotiation"),
        "pme": _("the same idea in French, for a small company: lead qualifié to négociation"),
        "services": _("selling days of work: scoping, capacity approved by delivery, terms, contract"),
    }
    return lines[name] if name in lines else read(name)
