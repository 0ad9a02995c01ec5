"""Running a command: the language first, because help texts are made as modules load; then errors into lines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from pipecli import text
from pipecli.config import Settings
from pipecli.errors import PipeError

from .exits import FAILURE, INTERRUPTED, OK, code_of


def run_command(arguments: list[str]) -> int:
    """Run the command line; its exit code. No traceback reaches the user."""
    from pipecli.render.console import literal_lines, prepare_streams

    prepare_streams()
    as_json = "--json" in arguments or "--jsonl" in arguments
    try:
        choose_language(arguments)
        if arguments in (["--help"], ["-h"]):  # written without a parser, which takes twice the time
            from .commands import program_help

            print(program_help())
            return _flushed(OK)
        from .app import invoke

        return _flushed(invoke(arguments))
    except PipeError as error:
        _show(error, as_json)
        return code_of(error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return _hushed()
    except RecursionError as error:
        print(literal_lines(str(error)), file=sys.stderr)
        return FAILURE
    except OSError as error:
        print(literal_lines(f"{error.filename or 'pipe'}: {error.strerror or error}"), file=sys.stderr)
        return FAILURE


def choose_language(arguments: Sequence[str]) -> None:
    """Use the language that the flag, the environment, the configuration file or the locale asks for."""
    flags = {}
    for name, value in zip(arguments, [*arguments[1:], ""], strict=False):
        if name == "--lang":
            flags["lang"] = value
        elif name.startswith("--lang="):
            flags["lang"] = name.partition("=")[2]
    text.use_language(Settings(flags=flags).get("lang").value or "en")


def _flushed(code: int) -> int:
    sys.stdout.flush()
    return code


def _hushed() -> int:
    """Whoever read stdout has gone (`pipe list | head -1`): end quietly, at interpreter exit too."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    return OK


def _show(error: PipeError, as_json: bool) -> None:
    from pipecli.render.console import literal_lines

    if as_json:
        document = {"error": error.slug, "message": error.message, **error.detail}
        print(json.dumps(document, ensure_ascii=False, default=str), file=sys.stderr)
        return
    print(literal_lines(error.message), file=sys.stderr)
    if error.slug == "gate_not_met" and error.detail.get("unmet"):
        for item in error.detail["unmet"]:
            print(
                literal_lines(f"  ✗ {item['ask']}  {item['criterion']}\n      {item['how']}"), file=sys.stderr
            )
    for candidate in error.detail.get("candidates", ())[5:]:
        print(literal_lines(f"  {candidate['id']:>5}  {candidate['name']}"), file=sys.stderr)
