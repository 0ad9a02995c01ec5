"""Running a command: the language first, because help texts are made as modules load; then errors into lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from pipecli import text
from pipecli.config import Settings
from pipecli.errors import ConfigError, PipeError
from pipecli.text import _

from .exits import FAILURE, INTERRUPTED, OK, code_of


def run_command(arguments: list[str]) -> int:
    """Run the command line; its exit code. No traceback reaches the user."""
    from pipecli.render.console import literal_lines, prepare_streams

    prepare_streams()
    try:
        return _run(arguments)
    except PipeError as error:
        _show(error, as_json=bool({"--json", "--jsonl"} & set(_before_texts(arguments))))
        return code_of(error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _hush(sys.stdout)
        return OK
    except OSError as error:
        _hush(sys.stdout)
        print(literal_lines(f"{error.filename or 'pipe'}: {error.strerror or error}"), file=sys.stderr)
    except Exception as error:
        if os.environ.get("PIPE_DEBUG"):
            raise
        line = _("pipe met an error of its own, {kind}: {error}; PIPE_DEBUG=1 shows where")
        print(literal_lines(line.format(kind=type(error).__name__, error=error)), file=sys.stderr)
    return FAILURE


def _run(arguments: list[str]) -> int:
    choose_language(arguments)
    code = OK
    if arguments in (["--version"], ["-V"]):
        from pipecli import __version__

        print(f"pipe {__version__}")
    elif arguments in (["--help"], ["-h"]):  # written without a parser, which takes twice the time
        from .commands import program_help

        print(program_help())
    else:
        from .app import invoke

        code = invoke(arguments)
    sys.stdout.flush()
    return code


def choose_language(arguments: Sequence[str]) -> None:
    """Use the language that the flag, the environment, the configuration file or the locale asks for."""
    flags = {}
    words = _before_texts(arguments)
    for name, value in zip(words, [*words[1:], ""], strict=False):
        if name == "--lang":
            flags["lang"] = value
        elif name.startswith("--lang="):
            flags["lang"] = name.partition("=")[2]
    try:
        text.use_language(Settings(flags=flags).get("lang").value or "en")
    except ConfigError:
        if "config" not in words:  # which mends it
            raise


def _before_texts(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _hush(stream: TextIO) -> None:
    """Nobody reads the stream any more (`pipe list | head -1`), or it is full: what is left in it goes nowhere."""
    try:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
    except (OSError, ValueError):
        pass


def _show(error: PipeError, *, as_json: bool) -> None:
    from pipecli.render.console import json_text, literal, note

    if as_json:
        print(
            json_text({"error": error.slug, "message": error.message, **error.detail}, sys.stderr),
            file=sys.stderr,
        )
        return
    lines = [error.message]
    if error.slug == "gate_not_met":
        for item in error.detail.get("unmet", ()):
            lines += [f"  ✗ {item['ask']}  {item['criterion']}"]
            lines += [f"      {way}" for way in item["how"].split("; ")]
    lines += [f"  {c['id']:>5}  {c['name']}" for c in error.detail.get("candidates", ())[5:]]
    for line in lines:
        note(literal(line))
    for line in _given_back(error.detail.get("answers", ())):  # in one piece, to be copied
        print(literal(line), file=sys.stderr)


def _given_back(answers: Sequence[str]) -> list[str]:
    if len(answers) == 1:
        return [_("Your answers: {command}").format(command=answers[0])]
    return [_("Your answers:"), *(f"  {command}" for command in answers)] if answers else []
