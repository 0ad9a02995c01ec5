"""`pipe config KEY VALUE`: one setting written into the configuration file, where everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .address import from_anywhere
from .config import CHOICES, NUMBERS, Setting, check_setting, config_path, read_file, settings_in
from .errors import ConfigError
from .rewriting import rewrite
from .text import _


def write_setting(
    environ: Mapping[str, str], key: str, value: str | None, *, dry_run: bool = False
) -> Setting:
    """Set a key in the configuration file, or remove it with None; the rest of the file stays as it is.

    What is returned is the setting as the file has it now. Raises InvalidInput for a value that cannot be, ConfigError
    where the file cannot be read, written or understood.
    """
    check_setting(key, value)
    if key == "db" and value is not None:
        value = from_anywhere(value)
    path = config_path(environ)
    read_file(environ)  # one that is not TOML is mended by hand first
    if dry_run:
        return Setting(key, value, str(path))
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    text = "".join(f"{line}\n" for line in _with_setting(lines, key, value))
    if not _says(text, key, value):
        raise ConfigError(
            _("{path} writes {key} in a way of its own; change it there by hand").format(path=path, key=key)
        )
    try:
        rewrite(path, text)  # private: an address may hold a password
    except OSError as error:
        raise ConfigError(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
    return Setting(key, value, str(path))


def _with_setting(lines: list[str], key: str, value: str | None) -> list[str]:
    """The lines of the file with the setting written last in its table, or taken out."""
    table, _dot, name = key.rpartition(".")
    start = 0
    if table:
        header = re.compile(rf"\s*\[\s*{table}\s*\]\s*(#.*)?$")
        start = next((n for n, line in enumerate(lines, 1) if header.match(line)), -1)
        if start < 0 and value is None:
            return lines
        if start < 0:
            lines = [*lines, *([""] if lines else []), f"[{table}]"]
            start = len(lines)
    end = next((n for n in range(start, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[start:end] if not re.match(rf"\s*{name}\s*=", line)]
    while table and end < len(lines) and kept and not kept[-1].strip():
        kept.pop()
    if value is not None:
        kept.append(f"{name} = {_as_toml(key, value)}")
    if table and end < len(lines):
        kept.append("")
    return [*lines[:start], *kept, *lines[end:]]


def _says(text: str, key: str, value: str | None) -> bool:
    """Whether the text of a file is TOML in which the setting has that value."""
    import tomllib

    try:
        return settings_in(tomllib.loads(text)).get(key) == value
    except tomllib.TOMLDecodeError:
        return False


def _as_toml(key: str, value: str) -> str:
    if key in NUMBERS or CHOICES.get(key) == ("true", "false"):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
