"""The person's own editor, for a definition or a draft."""

from __future__ import annotations

from pathlib import Path

from pipecli.errors import ConfigError
from pipecli.service.workspace import Workspace
from pipecli.text import _


def editor_of(place: Workspace, otherwise: str) -> str:
    """The command of the editor; raises ConfigError where none is set, with what to type `otherwise`."""
    editor = place.settings.get("editor").value
    if not editor:
        raise ConfigError(_("no editor is set; set EDITOR, or: {otherwise}").format(otherwise=otherwise))
    return editor


def edit_file(editor: str, file: Path) -> None:
    """Wait until the editor is closed; raises ConfigError where it ends with an error.

    It draws on stderr, so that what a command prints in the end can be redirected.
    """
    import subprocess

    if subprocess.run(f'{editor} "{file}"', shell=True, check=False, stdout=2).returncode:
        raise ConfigError(_("{editor} ended with an error; nothing was changed").format(editor=editor))
