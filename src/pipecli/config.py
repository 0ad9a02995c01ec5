"""Settings: flags before the environment, before the configuration file, before what the machine suggests.

The file is TOML in the platform's configuration folder (`PIPE_CONFIG` names another): flat, but for the table `[ai]`
of the language model, whose keys are `ai.model` and so on. The key of a provider is none of them: it comes from the
environment and is refused here. Nothing here opens a database; `Settings.database` only says where it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from .address import is_keywords, is_postgres, user_in, without_password
from .errors import ConfigError, InvalidInput
from .text import LANGUAGES, _, language_of_locale

LONGEST_NAME = 200
MODEL_KEYS = ("ai.model", "ai.api_base", "ai.redact", "ai.timeout", "ai.budget")
KEYS = ("db", "me", "lang", "decimal", "date_order", "editor", *MODEL_KEYS)
ENVIRONMENT = {
    "db": "PIPE_DB",
    "me": "PIPE_ME",
    "lang": "PIPE_LANG",
    "decimal": "PIPE_DECIMAL",
    "date_order": "PIPE_DATE_ORDER",
    "editor": "VISUAL",
    **{key: "PIPE_" + key.upper().replace(".", "_") for key in MODEL_KEYS},
}
CHOICES = {
    "lang": LANGUAGES,
    "decimal": (",", "."),
    "date_order": ("dmy", "mdy"),
    "ai.redact": ("true", "false"),
}
NUMBERS = {"ai.timeout": (1, 3600), "ai.budget": (500, 1_000_000)}
"""Settings that are whole numbers: seconds to wait for an answer, tokens a call may send and get."""
_OF_MODEL = {"ai.redact": "false", "ai.timeout": "60", "ai.budget": "12000"}
# What a provider's key is called, or looks like: it has no place in a setting.
_SECRET_NAME = re.compile(r"(?i)(^|[._-])(api_?)?(key|token|secret|password)s?$")
_SECRET = re.compile(
    r"(?i)://[^/?#]*@|[?&#;](api|access|auth)?[_-]?(key|token|secret|password|sig)=|\b[sp]k-[\w-]{12}"
)


class Setting(NamedTuple):
    """One setting: its value (None where nothing says) and where it came from."""

    key: str
    value: str | None
    origin: str


_PROVIDERS = {
    "text-completion-openai": "openai", "ollama_chat": "ollama", "fireworks_ai": "fireworks", "vertex_ai": "vertexai",
}  # fmt: skip
"""Providers whose address in the environment has another name than theirs."""


@dataclass(frozen=True)
class ModelSettings:
    """How to reach the language model that is configured.

    `name` is any model string litellm knows, such as `ollama/llama3.2`; `api_base` the address of a server of one's
    own, or the one the environment has for its provider; `redact` masks addresses, phone numbers and amounts;
    `timeout` is in seconds; `budget` in tokens per call, sent and received.
    """

    name: str
    api_base: str | None = None
    redact: bool = False
    timeout: float = 60
    budget: int = 12_000


def _address_of(model: str, environ: Mapping[str, str]) -> str | None:
    """The address that the environment has for a model's provider, under the names that litellm reads; None where none.

    It is always passed on as a setting would be, so that what is agreed to is where the texts go.
    """
    provider = (
        model.partition("/")[0] if "/" in model else "anthropic" if model.startswith("claude") else "openai"
    )
    provider = _PROVIDERS.get(provider, provider).upper().replace("-", "_")
    names = (f"{provider}_BASE_URL", f"{provider}_API_BASE")
    return next((environ[name] for name in names if environ.get(name)), None)


@dataclass(frozen=True)
class Settings:
    """Every setting of this run; `flags` are what the command line said."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    flags: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False

    def get(self, key: str) -> Setting:
        """A setting, checked; raises ConfigError where its value is not one of its choices."""
        setting = self._found(key)
        fault = setting.value is not None and fault_of(key, setting.value)
        if fault:
            kind = InvalidInput if setting.origin.startswith("--") else ConfigError
            raise kind(
                _("{key} = {value} (from {origin}): {fault}").format(
                    key=key,
                    value="***"
                    if _SECRET.search(setting.value or "")
                    else without_password(setting.value or ""),
                    origin=setting.origin,
                    fault=fault,
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
        if key in MODEL_KEYS:
            _refuse_kept_secrets(self.environ)
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
        if key in MODEL_KEYS:
            return Setting(key, _OF_MODEL.get(key), _("default") if key in _OF_MODEL else _("not set"))
        return self._suggested_by_language(key)

    def _suggested_by_language(self, key: str) -> Setting:
        locale = next((self.environ[n] for n in ("LC_ALL", "LC_NUMERIC", "LANG") if self.environ.get(n)), "")
        lang = self._found("lang")
        chosen = lang.value if lang.origin != _("locale") else locale[:2].lower()
        suggestions = {"decimal": {"fr": ",", "en": "."}, "date_order": {"fr": "dmy"}}
        value = suggestions[key].get(chosen or "")
        return Setting(key, value, _("language") if value else _("not set"))

    def all(self) -> list[Setting]:
        """Every setting, for `pipe config`; a password in the address of a database is not shown.

        On PostgreSQL who logs in is who types, whatever is set.
        """
        db, me, *others = (self.get(key) for key in KEYS)
        address = self.database()
        if is_postgres(address):
            login = user_in(address) or self.environ.get("PGUSER") or login_name(self.environ)
            me = Setting("me", login, _("the login on PostgreSQL"))
        db = Setting("db", without_password(address), "--demo" if self.demo else db.origin)
        return [db, me, *others]

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

    def model(self) -> ModelSettings | None:
        """The language model that is configured; None where there is none, and nothing leaves the machine.

        Raises ConfigError for a setting that cannot be, or where a key is kept in the file.
        """
        name = self.get("ai.model").value
        if name is None:
            return None
        return ModelSettings(
            name,
            self.get("ai.api_base").value or _address_of(name, self.environ),
            self.get("ai.redact").value == "true",
            int(self.get("ai.timeout").value or 0),
            int(self.get("ai.budget").value or 0),
        )

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
    return settings_in(_tables(environ))


def settings_in(tables: Mapping[str, object]) -> dict[str, str]:
    found = dict(tables)
    of_model = found.pop("ai", None)
    if isinstance(of_model, dict):
        found |= {f"ai.{key}": value for key, value in of_model.items()}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in found.items()
        if key in KEYS
    }


def _tables(environ: Mapping[str, str]) -> dict[str, object]:
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
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_("{path} is not TOML: {error}").format(path=path, error=error)) from error


def _refuse_kept_secrets(environ: Mapping[str, str]) -> None:
    """Raise ConfigError where the file holds a provider's key; its value is not repeated."""
    tables = _tables(environ)
    of_model = tables.get("ai")
    for key in [*tables, *(of_model if isinstance(of_model, dict) else ())]:
        if _SECRET_NAME.search(key):
            raise ConfigError(
                _("take the line {key} out of {path}; {where}").format(
                    key=key, path=config_path(environ), where=_where_keys_belong()
                )
            )


def _where_keys_belong() -> str:
    return _("a provider's key comes from the environment only, such as OPENAI_API_KEY")


def is_text(words: str) -> bool:
    """Whether the words can be written down: neither NUL nor bytes that no encoding knew."""
    return "\x00" not in words and (words.isascii() or not any("\ud800" <= c <= "\udfff" for c in words))


def check_setting(key: str, value: str | None) -> None:
    """Raise InvalidInput where there is no such setting, or it cannot have that value."""
    if key not in KEYS:
        if _SECRET_NAME.search(key):
            raise InvalidInput(_("nothing was written: {where}").format(where=_where_keys_belong()))
        raise InvalidInput(
            _('no setting "{key}"; the settings are: {keys}').format(key=key, keys=", ".join(KEYS))
        )
    if value is None:
        return
    if not value.strip() or not is_text(value) or any(ord(c) < 32 for c in value):
        raise InvalidInput(_("{key} cannot have that value").format(key=key))
    if key in CHOICES and value not in CHOICES[key]:
        raise InvalidInput(
            _("{key} is one of: {choices}").format(key=key, choices=" ".join(CHOICES[key])), key=key
        )
    fault = fault_of(key, value)
    if fault:
        raise InvalidInput(_("{key}: {fault}").format(key=key, fault=fault), key=key)


def fault_of(key: str, value: str) -> str | None:
    """What is wrong with the value of a setting, None where it can be."""
    if key in CHOICES and value not in CHOICES[key]:
        return _("it is one of {choices}").format(choices=" ".join(CHOICES[key]))
    if key in NUMBERS:
        least, most = NUMBERS[key]
        if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
            return _("it is a whole number from {least} to {most}").format(least=least, most=most)
    if key in MODEL_KEYS and _SECRET.search(value):
        return _where_keys_belong()
    if key == "db" and is_keywords(value):
        return _("write a file path, sqlite:///FILE or postgresql://HOST/NAME")
    if key == "ai.api_base" and not re.match(r"https?://[^\s/]", value):
        return _("it is an address that begins with http:// or https://")
    return None
