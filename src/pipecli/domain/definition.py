"""The pipeline definition as TOML: checked as a whole, compiled, and compared with another version.

This module joins the steps: the text is parsed, its lines are mapped, shapes are read, conditions are parsed
and the rules are checked, so that a founder sees every fault at once, each with its line. The steps
themselves are the `definition_*` modules beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pipecli.domain.definition_check import check_rules
from pipecli.domain.definition_compile import compiled
from pipecli.domain.definition_conditions import resolve_conditions
from pipecli.domain.definition_differences import definition_differences
from pipecli.domain.definition_faults import Fault, Faults, nearest
from pipecli.domain.definition_lines import line_map
from pipecli.domain.definition_schedules import check_schedules
from pipecli.domain.definition_shape import Table, read_document
from pipecli.domain.money import shown
from pipecli.errors import ConfigError
from pipecli.text import _, ngettext

__all__ = ["Fault", "check_definition", "compile_definition", "definition_differences"]

_LONGEST = 100_000
# What adapting a template means more than.
_SETTINGS = ("name", "currency", "timezone", "template", "payment", "delivery")


def check_definition(toml: str, templates: Mapping[str, str] | None = None) -> list[Fault]:
    """Every fault of a definition, by line, those of the whole document first; bad content never raises.

    With the shipped templates (name to TOML), a definition that is still one of them is pointed out.
    """
    return _examined(toml, templates or {})[0]


def compile_definition(toml: str) -> dict[str, Any]:
    """The compiled JSON that `Pipeline.from_compiled` reads; warnings do not stop it.

    Raises ConfigError on any error: its message names the first, `detail["faults"]` holds all faults.
    """
    faults, definition = _examined(toml, {})
    errors = [fault for fault in faults if fault.level == "error"]
    if errors or definition is None:
        raise ConfigError(_summary(errors), faults=[fault._asdict() for fault in faults])
    return compiled(definition)


def _summary(errors: list[Fault]) -> str:
    first, more = errors[0], len(errors) - 1
    line = first.message
    if first.line is not None:
        line = _("line {line}: {message}").format(line=first.line, message=first.message)
    if not more:
        return line
    rest = ngettext("and {n} more: pipe stages check FILE", "and {n} more: pipe stages check FILE", more)
    return f"{line} … {rest.format(n=more)}"


def _examined(toml: str, templates: Mapping[str, str]) -> tuple[list[Fault], Table | None]:
    """The faults, and the definition if its text could be read."""
    text = toml.removeprefix("\ufeff")
    try:
        document = _parsed(text)
    except ValueError as error:
        return [_syntax_fault(text, str(error))], None
    faults = Faults(line_map(text))
    definition = read_document(faults, document)
    resolve_conditions(faults, definition)
    check_rules(faults, definition)
    check_schedules(faults, definition)
    _check_templates(faults, document, definition, templates)
    return faults.listed(), definition


def _parsed(text: str) -> dict[str, Any]:
    """The document; raises ValueError for whatever the parser gives up on."""
    if len(text) > _LONGEST:
        raise ValueError(_("longer than {n:,} characters").format(n=_LONGEST))
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(_("brackets nested too deeply")) from None


def _syntax_fault(text: str, reason: str) -> Fault:
    """The parser's words, its position taken out of them."""
    place = re.search(r" ?\((?:at line (\d+), column \d+|at end of document)\)$", reason)
    line = None
    if place:
        reason = reason[: place.start()]
        line = int(place[1]) if place[1] else text.rstrip().count("\n") + 1
    message = _("this cannot be read as TOML: {reason}").format(reason=reason)
    return Fault(line, "error", message, "syntax")


def _check_templates(
    faults: Faults, document: Mapping[str, Any], definition: Table, templates: Mapping[str, str]
) -> None:
    name = definition.get("template")
    if templates and name is not None and name not in templates:
        line = _('no template "{name}"{nearest}').format(name=shown(name), nearest=nearest(name, templates))
        faults.warning(definition.at("template"), "unknown_template", line)
    if any(_substance(document) == _substance(tomllib.loads(text)) for text in templates.values()):
        line = _("this is the template as shipped; make its stages and criteria your own: pipe stages edit")
        faults.warning((), "untouched_template", line)


def _substance(document: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a definition a company's own: all but its settings and who holds which role."""
    substance = {key: value for key, value in document.items() if key not in _SETTINGS}
    roles = substance.get("roles")
    if isinstance(roles, Mapping):
        substance["roles"] = sorted(roles)
    return substance
