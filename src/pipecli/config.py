"""Settings: flags before the environment, before the configuration file, before what the machine suggests.

The file is flat TOML in the platform's configuration folder (`PIPE_CONFIG` names another). Nothing here opens a
database; `Settings.database` only says where it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .errors import ConfigError, InvalidInput
from .text import LANGUAGES, _, language_of_locale

LONGEST_NAME = 200
KEYS = ("db", "me", "lang", "decimal", "date_order", "editor")
ENVIRONMENT = {
    "db": "PIPE_DB",
    "me": "PIPE_ME",
    "lang": "PIPE_LANG",
    "decimal": "PIPE_DECIMAL",
    "date_order": "PIPE_DATE_ORDER",
    "editor": "VISUAL",
}
CHOICES = {"lang": LANGUAGES, "decimal": (",", "."), "date_order": ("dmy", "mdy")}


class Setting(NamedTuple):
    """One setting: its value (None where nothing says) and where it came from."""

    key: str
    value: str | None
    origin: str


@dataclass(frozen=True)
class Settings:
    """Every setting of this run; `flags` are what the command line said."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    flags: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False

    def get(self, key: str) -> Setting:
        """A setting, checked; raises ConfigError where its value is not one of its choices."""
        setting = self._found(key)
        choices = CHOICES.get(key)
        if setting.value is not None and choices and setting.value not in choices:
            fault = InvalidInput if setting.origin.startswith("--") else ConfigError
            raise fault(
                _("{key} = {value} (from {origin}): it is one of {choices}").format(
                    key=key, value=setting.value, origin=setting.origin, choices=" ".join(choices)
                )
            )
        return setting

    def _found(self, key: str) -> Setting:
        if self.flags.get(key):
            return Setting(key, self.flags[key], f"--{key.replace('_', '-')}")
        variable = ENVIRONMENT[key]
        if self.environ.get(variable):
            return Setting(key, self.environ[variable], variable)
        in_file = read_file(self.environ).get(key)
        if in_file is not None:
            return Setting(key, in_file, str(config_path(self.environ)))
        return self._default(key)

    def _default(self, key: str) -> Setting:
        if key == "db":
            return Setting(key, None, _("the platform's data folder"))
        if key == "me":
            return Setting(key, login_name(self.environ), _("login name"))
        if key == "lang":
            return Setting(key, language_of_locale(self.environ), _("locale"))
        if key == "editor":
            return Setting(
                key, self.environ.get("EDITOR"), "EDITOR" if self.environ.get("EDITOR") else _("not set")
            )
        return self._suggested_by_language(key)

    def _suggested_by_language(self, key: str) -> Setting:
        locale = next((self.environ[n] for n in ("LC_ALL", "LC_NUMERIC", "LANG") if self.environ.get(n)), "")
        lang = self._found("lang")
        chosen = lang.value if lang.origin != _("locale") else locale[:2].lower()
        suggestions = {"decimal": {"fr": ",", "en": "."}, "date_order": {"fr": "dmy"}}
        value = suggestions[key].get(chosen or "")
        return Setting(key, value, _("language") if value else _("not set"))

    def all(self) -> list[Setting]:
        """Every setting, for `pipe config`; a password in the address of a database is not shown."""
        settings = [self.get(key) for key in KEYS]
        address = re.sub(r"(://[^:/@]*):[^/]*@", r"\1@", self.database())
        address = re.sub(r"([?&]password=)[^&]*", r"\1***", address)
        return [Setting("db", address, "--demo" if self.demo else settings[0].origin), *settings[1:]]

    @property
    def actor(self) -> str:
        """Who is typing; raises ConfigError for a name that cannot be written down."""
        setting = self.get("me")
        name = (setting.value or "").strip() or "me"
        if not is_text(name) or len(name) > LONGEST_NAME:
            raise ConfigError(_("me (from {origin}) is not a name").format(origin=setting.origin))
        return name

    def database(self) -> str:
        """The file or address of the workspace."""
        if self.demo:
            return str(data_folder(self.environ) / "demo.db")
        return self.get("db").value or str(data_folder(self.environ) / "pipe.db")

    def report_day(self) -> date | None:
        """The date reports are made for, from PIPE_TODAY; None for the real one."""
        text = self.environ.get("PIPE_TODAY")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InvalidInput(
                _("PIPE_TODAY = {text} is not a date; write it as 2026-12-31").format(text=text)
            ) from error


def data_folder(environ: Mapping[str, str]) -> Path:
    """The platform's folder for a user's data; raises ConfigError where there is no home folder."""
    return _folder("user_data_dir")


def config_path(environ: Mapping[str, str]) -> Path:
    """The configuration file."""
    if environ.get("PIPE_CONFIG"):
        return Path(environ["PIPE_CONFIG"])
    return _folder("user_config_dir") / "config.toml"


def _folder(name: str) -> Path:
    import platformdirs

    try:
        folder = Path(getattr(platformdirs, name)("pipecli", appauthor=False))
    except (RuntimeError, KeyError, OSError) as error:
        raise ConfigError(_("there is no home folder; say where the workspace is: PIPE_DB=FILE")) from error
    if str(folder).startswith("~"):
        raise ConfigError(_("there is no home folder; say where the workspace is: PIPE_DB=FILE"))
    return folder


def login_name(environ: Mapping[str, str]) -> str:
    """The name the machine knows the user by."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if environ.get(name):
            return environ[name]
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def read_file(environ: Mapping[str, str]) -> dict[str, str]:
    """The configuration file's settings; an absent file has none. Raises ConfigError where it cannot be read."""
    try:
        path = config_path(environ)
    except ConfigError:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or _("not UTF-8")
        raise ConfigError(_("{path} cannot be read: {error}").format(path=path, error=reason)) from error
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_("{path} is not TOML: {error}").format(path=path, error=error)) from error
    return {key: str(value) for key, value in values.items() if key in KEYS}


def write_setting(environ: Mapping[str, str], key: str, value: str | None, *, dry_run: bool = False) -> Path:
    """Set a key in the configuration file, or remove it with None; the rest of the file stays as it is."""
    check_setting(key, value)
    path = config_path(environ)
    read_file(environ)  # one that is not TOML is mended by hand first
    if dry_run:
        return path
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    at = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[:at] if not re.match(rf"\s*{key}\s*=", line)]
    if value is not None:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        kept.append(f'{key} = "{escaped}"')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in [*kept, *lines[at:]]), encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            _("{path} cannot be written: {error}").format(path=path, error=error.strerror)
        ) from error
    return path


def is_text(words: str) -> bool:
    """Whether the words can be written down: neither NUL nor bytes that no encoding knew."""
    return "\x00" not in words and (words.isascii() or not any("\ud800" <= c <= "\udfff" for c in words))


def check_setting(key: str, value: str | None) -> None:
    """Raise InvalidInput where there is no such setting, or it cannot have that value."""
    if key not in KEYS:
        raise InvalidInput(
            _('no setting "{key}"; the settings are: {keys}').format(key=key, keys=", ".join(KEYS))
        )
    if value is not None and (not value.strip() or not is_text(value) or any(ord(c) < 32 for c in value)):
        raise InvalidInput(_("{key} cannot have that value").format(key=key))
    if value is not None and key in CHOICES and value not in CHOICES[key]:
        raise InvalidInput(
            _("{key} is one of: {choices}").format(key=key, choices=" ".join(CHOICES[key])), key=key
        )
