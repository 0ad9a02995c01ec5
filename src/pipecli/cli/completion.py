"""Completion in bash, zsh and fish: references, stages, criteria, owners, loss reasons from the database directly.

It is asked at every Tab, so that it loads neither Typer nor the rules; only for options it asks the parser. It
never fails: what cannot be read completes to nothing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

SCRIPTS = {
    "bash": """_pipe_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _PIPE_COMPLETE=complete_bash pipe ) )
    return 0
}
complete -o default -F _pipe_completion pipe""",
    "zsh": """#compdef pipe
_pipe_completion() {
  local -a found
  found=("${(@f)$(env _PIPE_COMPLETE=complete_zsh _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" pipe)}")
  [[ -n "$found[1]" ]] && _describe pipe found -U
}
compdef _pipe_completion pipe""",
    "fish": """complete --command pipe --no-files --arguments "(env _PIPE_COMPLETE=complete_fish \
_TYPER_COMPLETE_FISH_ACTION=get-args _TYPER_COMPLETE_ARGS=(commandline -cp) pipe)" """.strip(),
}
# What stands at each place behind a command.
PLACES: dict[str, tuple[str, ...]] = {
    "show": ("ref",),
    "journal": ("ref",),
    "summary": ("ref",),
    "brief": ("ref",),
    "why": ("ref",),
    "qualify": ("ref",),
    "suggest": ("ref",),
    "advance": ("ref",),
    "prove": ("ref", "criterion"),
    "unprove": ("ref", "criterion"),
    "waive": ("ref", "criterion"),
    "approve": ("ref", "criterion"),
    "done": ("ref",),
    "next": ("ref",),
    "snooze": ("ref", "ref", "ref", "ref"),
    "log": ("ref", "exchange"),
    "edit": ("ref",),
    "back": ("ref",),
    "win": ("ref",),
    "lose": ("ref", "reason"),
    "reopen": ("closed",),
    "merge": ("ref", "ref"),
    "handover": ("owner", "owner"),
    "report": ("report",),
    "config": ("setting",),
    "completion": ("shell",),
}
# The commands of a group.
GROUPS: dict[str, tuple[str, ...]] = {
    "db": ("backup", "backups", "restore", "copy", "upgrade"),
    "forecast": ("backtest", "changes", "calibrate"),
    "proposals": ("list", "show", "accept", "reject", "review"),
    "rates": ("list", "set"),
    "stages": ("show", "discover", "check", "edit", "adopt", "templates"),
    "stats": ("funnel", "velocity", "losses", "owners", "sources"),
}
# What is the same in every workspace.
FIXED: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "exchange": ("call", "mail", "meeting", "note"),
    "setting": (
        *("db", "me", "lang", "decimal", "date_order", "editor"),
        *("ai.model", "ai.api_base", "ai.redact", "ai.timeout", "ai.budget"),
    ),
    "shell": ("bash", "zsh", "fish"),
    "report": ("weekly", "monthly"),
    "division": ("owner",),
    "status": ("open", "won", "lost", "all"),
    "language": ("en", "fr"),
    "template": ("b2b", "pme", "services"),
    "trouble": (
        "dead",
        "duplicate",
        "stale",
        "unproven",
        "past-close-date",
        "no-next-action",
        "unpriced",
        "no-close-date",
    ),
}
# What is offered before the company's own fields, and whether only those that can be added up follow.
FIELDS: dict[str, tuple[tuple[str, ...], bool]] = {
    "grouping": (("month", "quarter", "owner", "stage", "account", "source"), False),
    "measure": (("amount", "count"), True),
    "quantity": ((), True),
}
OPTIONS = {
    "--to": "stage",
    "--stage": "stage",
    "--owner": "owner",
    "-o": "owner",
    "--actor": "owner",
    "--prove": "criterion",
    "-p": "criterion",
    "--by": "grouping",
    "--measure": "measure",
    "--load": "quantity",
    "--status": "status",
    "--kind": "exchange",
    "-k": "exchange",
    "--lang": "language",
    "--template": "template",
    "--only": "trouble",
}
# The same option of these commands means another thing.
OPTIONS_OF = {
    ("overdue", "--by"): "division",
    ("stale", "--by"): "division",
    ("clean", "--by"): "division",
    ("report", "-o"): "nothing",
    ("export", "-o"): "nothing",
}
VALUED = frozenset(
    [
        "-n",
        "--next",
        "-d",
        "--due",
        "--on",
        "--mail",
        "--ics",
        "-s",
        "--set",
        "-p",
        "--prove",
        "--amount",
        "--to",
        "-r",
        "--reason",
        "--as-of",
        "--as-known",
        "-l",
        "--limit",
        "-a",
        "--account",
        "-c",
        "--contact",
        "-o",
        "--owner",
        "--close",
        "--source",
        "-t",
        "--tag",
        "-k",
        "--kind",
        "--probability",
        "--link",
        "--file",
        "--exchange",
        "--quote",
        "--stage",
        "--status",
        "-w",
        "--where",
        "--sort",
        "--days",
        "--min",
        "--ics",
        "--to-dir",
        "--domain",
        "--since",
        "--actor",
        "--agent",
        "--by",
        "--measure",
        "--load",
        "--host",
        "--port",
        "--horizon",
        "--every",
        "--from",
        "--until",
        "--db",
        "--lang",
        "--template",
        "--currency",
        "--move",
        "--size",
        "--seed",
        "--map",
        "--mapping",
        "--history",
        "--rejected",
        "--sheet",
        "--dates",
        "--decimal",
        "--encoding",
        "--save-mapping",
        "--output",
        "--value",
        "--day",
        "--take",
        "--only",
    ]
)
# What means something to a shell.
_SPECIAL = re.compile(r"[^\w@%+=:,./-]")


def answer(environ: Mapping[str, str]) -> bool:
    """Print the completions of the word at the cursor; False for a shell it does not know."""
    shell = environ["_PIPE_COMPLETE"].removeprefix("complete_")
    if shell not in SCRIPTS:
        return False
    before, fragment = _words(environ, shell)
    wanted = _wanted(before)
    try:
        if fragment.startswith("-"):
            found = _options(before, fragment)
        elif wanted is None:
            found = _commands(before, fragment)
        else:
            found = _found(wanted, fragment, environ)
    except Exception:  # a Tab must never print a traceback into somebody's prompt
        found = []
    for value, help_ in found:
        print(_formatted(shell, value, help_))
    return True


def _words(environ: Mapping[str, str], shell: str) -> tuple[list[str], str]:
    """The words before the cursor without the program's name, and the fragment at it."""
    line = environ.get("COMP_WORDS", "") if shell == "bash" else environ.get("_TYPER_COMPLETE_ARGS", "")
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    if shell == "bash":
        at = int(environ.get("COMP_CWORD", len(words)))
        return words[1:at], words[at] if at < len(words) else ""
    return (words[1:], "") if line.endswith(" ") else (words[1:-1], words[-1] if len(words) > 1 else "")


def _wanted(before: list[str]) -> str | None:
    """What kind of thing stands at the cursor; None where it is a command or an option's own matter."""
    words = list(before)
    command, places = None, 0
    while words:
        word = words.pop(0)
        if word in VALUED:
            if not words:
                return OPTIONS_OF.get((command or "", word)) or OPTIONS.get(word, "nothing")
            words.pop(0)
        elif word.startswith("-"):
            continue
        elif command is None:
            command = word
        else:
            places += 1
    if command not in PLACES:
        return None
    known = PLACES[command]
    return known[places] if places < len(known) else "nothing"


def _commands(before: list[str], fragment: str) -> list[tuple[str, str]]:
    """Names of commands, or of those of a group."""
    from .commands import declared

    typed = [word for word in before if not word.startswith("-")]
    if not typed:
        return [(c.name, c.help) for c in declared() if c.name.startswith(fragment)]
    names = GROUPS.get(typed[0], ())
    return [(name, "") for name in names if name.startswith(fragment)] if len(typed) == 1 else []


def _options(before: list[str], fragment: str) -> list[tuple[str, str]]:
    """A command's options: this alone asks the parser."""
    from .app import program

    parser = program()
    for word in before:
        commands = getattr(parser, "commands", {})
        if word in commands:
            parser = commands[word]
    found = [(name, p.help or "") for p in parser.params for name in p.opts if hasattr(p, "help")]
    return [(name, help_) for name, help_ in found if name.startswith(fragment) and name.startswith("-")]


def _found(wanted: str, fragment: str, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    if wanted in FIXED:
        return [(word, "") for word in FIXED[wanted] if word.startswith(fragment)]
    from pipecli.config import Settings
    from pipecli.store import completing
    from pipecli.store.opening import open_database

    words = environ.get("COMP_WORDS", "") or environ.get("_TYPER_COMPLETE_ARGS", "")
    settings = Settings(environ=environ, demo="--demo" in words.split())
    driver = open_database(settings.database(), write=False)
    try:
        if wanted in ("ref", "closed"):
            return completing.references(driver, fragment, open_only=wanted == "ref")
        if wanted == "owner":
            return [
                (o, "") for o in completing.owners(driver) if o.casefold().startswith(fragment.casefold())
            ]
        return _of_definition(completing.compiled_definition(driver), wanted, fragment)
    finally:
        driver.close()


def _of_definition(compiled: Mapping[str, Any], wanted: str, fragment: str) -> list[tuple[str, str]]:
    if wanted == "stage":
        items = [(s["key"], s["name"]) for s in compiled["stages"]]
    elif wanted == "reason":
        items = list(compiled["loss_reasons"].items())
    elif wanted in FIELDS:
        items = _with_fields(*FIELDS[wanted], compiled["fields"])
    else:
        stages = [*compiled["stages"], compiled["won"]]
        items = [(c["key"], c["ask"]) for s in stages for side in ("entry", "exit") for c in s.get(side, ())]
    return [(key, help_) for key, help_ in items if key.startswith(fragment)]


def _with_fields(
    words: tuple[str, ...], numeric: bool, fields: list[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    from pipecli.domain.pipeline import NUMERIC_TYPES

    own = [(f["key"], f["label"]) for f in fields if not numeric or f["type"] in NUMERIC_TYPES]
    return [*((word, "") for word in words), *own]


def _formatted(shell: str, value: str, help_: str) -> str:
    from pipecli.render.console import literal

    words, plain = literal(help_), literal(value)
    if shell == "bash":  # which puts a word into the line as it is
        return _SPECIAL.sub(r"\\\g<0>", plain)
    if shell == "zsh":
        return plain.replace("\\", "\\\\").replace(":", "\\:") + (f":{words}" if words else "")
    return f"{plain}\t{words}" if words else plain
