"""Writing a mapping down in TOML, as `--mapping` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipecli.domain.definition_draft import quoted
from pipecli.errors import InvalidInput
from pipecli.text import _

from .beside import try_writing
from .mapping import MappingFile


def write_mapping_file(path: Path, mapping: MappingFile) -> None:
    """Write the mapping; raises InvalidInput where the file cannot be written."""
    read = {
        "date_order": mapping.date_order,
        "decimal": mapping.decimal,
        "currency": mapping.currency,
        "system": mapping.system,
    }
    tables: dict[str, Mapping[str, str]] = {
        "columns": mapping.columns,
        "stages": mapping.stages,
        "defaults": mapping.defaults,
        "history": mapping.history,
        "read": {key: value for key, value in read.items() if value},
    }
    text = "\n".join(_table(name, table) for name, table in tables.items() if table)
    with _refused(path):
        path.write_text(text, encoding="utf-8")


def require_place(path: Path) -> None:
    """Raises InvalidInput where a mapping could not be written there."""
    with _refused(path):
        try_writing(path)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        line = _("{path} cannot be written: {error}")
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(line.format(path=path, error=reason), path=str(path)) from error


def _table(name: str, table: Mapping[str, str]) -> str:
    lines = "".join(f"{_key(key)} = {quoted(value)}\n" for key, value in table.items())
    return f"[{name}]\n{lines}"


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if plain else quoted(key)
