"""Where a draft goes: through the editor, onto the clipboard. It is never sent from here."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pipecli.errors import ConfigError
from pipecli.render.console import is_terminal, note
from pipecli.service.workspace import Workspace
from pipecli.text import _

from .editing import edit_file, editor_of

# The first of these that is installed takes the text on its standard input.
_CLIPBOARDS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)
_SECONDS = 5


def edited(place: Workspace, text: str) -> str:
    """The draft as it leaves the editor; raises ConfigError where there is none, or it ends with an error."""
    editor = editor_of(place, _("pipe config editor COMMAND"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "draft.txt"
        file.write_text(text, encoding="utf-8")
        edit_file(editor, file)
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")


def copied(text: str) -> None:
    """Put the draft on the clipboard: by the machine's own command, else by asking the terminal (OSC 52).

    Raises ConfigError where neither is there.
    """
    for command in _CLIPBOARDS:
        if shutil.which(command[0]) and _taken_by(command, text):
            note(_("The draft is on the clipboard."))
            return
    if not is_terminal(sys.stderr):
        raise ConfigError(
            _("there is no clipboard here; write the draft to a file: pipe suggest REF --draft > FILE")
        )
    sys.stderr.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07")
    note(_("The terminal was asked to put the draft on the clipboard."))


def _taken_by(command: tuple[str, ...], text: str) -> bool:
    try:
        ended = subprocess.run(
            command,
            input=text.encode(),
            check=False,
            timeout=_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0
