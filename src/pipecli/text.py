"""The gettext catalogue: every text a person reads goes through `_` or `ngettext`.

English is the source language and costs nothing; another language loads its compiled catalogue from
`locale/LANG/LC_MESSAGES/pipecli.mo` the first time a text is asked for. Keys, codes and JSON never pass here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = ("en", "fr")
LOCALE_FOLDER = Path(__file__).with_name("locale")

_language = "en"
_catalogue: NullTranslations | None = None


def use_language(language: str) -> None:
    """Choose the language of every later text; an unknown one falls back to English."""
    global _language, _catalogue
    _language = language if language in LANGUAGES else "en"
    _catalogue = None


def language() -> str:
    """The language in use: `en` or `fr`."""
    return _language


def language_of_locale(environ: Mapping[str, str]) -> str:
    """The language POSIX locale variables ask for: LC_ALL before LC_MESSAGES before LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def _load() -> NullTranslations:
    global _catalogue
    if _catalogue is None:
        import gettext

        _catalogue = gettext.translation("pipecli", str(LOCALE_FOLDER), languages=[_language], fallback=True)
    return _catalogue


def _(message: str) -> str:
    """The message in the language in use."""
    return message if _language == "en" or not message else _load().gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of the message that fits the number, in the language in use."""
    if _language == "en":
        return singular if n == 1 else plural
    return _load().ngettext(singular, plural, n)
