"""Typer's parser as this program uses it: what looks negative is an argument, help is ours, refusals are one line.

Only documented methods of Typer's classes are overridden; what it complains about is put in our own words by the
attributes its exceptions carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from pipecli.errors import InvalidInput
from pipecli.text import _

# A relative day or a number below zero is an argument, not an option: `snooze 12 -2w`, `add X -500`.
_NEGATIVE = re.compile(r"-\d")


class Command(TyperCommand):
    """One command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words behind the command."""
        typed = tuple(args)
        if any(_NEGATIVE.match(word) for word in args):
            args = _negatives_last(args, self.params)
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            vars(error).update(ctx=getattr(error, "ctx", None) or ctx, typed=typed)
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the command's help."""
        _write_help(self, ctx, formatter)


class Group(TyperGroup):
    """A command with commands of its own."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is typed; raises InvalidInput where there is none of that name."""
        if args and self.get_command(ctx, args[0]) is None:
            raise _no_command(args[0], ctx.command_path, self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the group's help and its commands."""
        _write_help(self, ctx, formatter)
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, self.commands[name].help or "") for name in self.list_commands(ctx)])


def _negatives_last(args: Sequence[str], params: Sequence[Any]) -> list[str]:
    """The words with what is not an option behind a `--`, so that a leading minus sign may stand there."""
    valued = {name for p in params for name in p.opts if name.startswith("-") and not p.is_flag}
    options: list[str] = []
    rest: list[str] = []
    words = iter(args)
    for word in words:
        if word == "--":
            rest += words
        elif word == "-" or not word.startswith("-") or _NEGATIVE.match(word):
            rest.append(word)
        else:
            options.append(word)
            if _takes_the_next_word(word, valued):
                options += [value for value in [next(words, None)] if value is not None]
    return [*options, "--", *rest]


def _takes_the_next_word(option: str, valued: set[str]) -> bool:
    if option.startswith("--"):
        return option in valued
    for n, letter in enumerate(option[1:], 2):  # short ones may stand together: -qn TEXT
        if f"-{letter}" in valued:
            return n == len(option)
    return False


def _write_help(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = [_("[OPTIONS]"), *(_shown(p) for p in _arguments(command))]
    if isinstance(command, Group):
        pieces.append(_("COMMAND [ARGS]..."))
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage: "))
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(command.help or "")
    rows = [(_metavar(p), p.help) for p in _arguments(command) if p.help]
    if rows:
        with formatter.section(_("Arguments")):
            formatter.write_dl(rows)
    with formatter.section(_("Options")):
        formatter.write_dl([*_option_rows(command), ("-h, --help", _("show this help"))])


def _arguments(command: Any) -> list[Any]:
    return [p for p in command.params if p.param_type_name == "argument"]


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _shown(argument: Any) -> str:
    return _metavar(argument) if argument.required else f"[{_metavar(argument)}]"


def _option_rows(command: Any) -> Iterator[tuple[str, str]]:
    for param in command.params:
        if param.param_type_name != "option":
            continue
        names = ", ".join(sorted(param.opts, key=len))
        value = "" if param.is_flag else f" {param.metavar or 'TEXT'}"
        usual = "" if param.is_flag or not param.default else f" [{param.default}]"
        yield names + value, (param.help or "") + usual


def explained(error: Any) -> InvalidInput:
    """What Typer's parser refused, in one line that says what to type."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "pipe"
    kind, param = type(error).__name__, getattr(error, "param", None)
    if better := _instead(error, kind, context):
        return InvalidInput(better)
    if kind == "NoSuchOption":
        line = _("{command} has no option {option}").format(command=path, option=shortened(error.option_name))
        near = get_close_matches(error.option_name, error.possibilities or (), n=1, cutoff=0)
        line += _(" (did you mean {name}?)").format(name=near[0]) if near else ""
    elif kind == "BadOptionUsage":
        line = _("{command}: {option} needs a value").format(command=path, option=error.option_name)
    elif kind == "MissingParameter" and param is not None:
        line = _("{command}: {name} is missing").format(command=path, name=_metavar(param))
    elif param is not None and param.param_type_name == "option":
        line = _("{command}: {option} takes a whole number{range}").format(
            command=path, option=max(param.opts, key=len), range=_range(getattr(param, "type", param))
        )
    elif context is not None and "unexpected extra argument" in error.message:
        extra = error.message.rpartition(" (")[2].rstrip(").")
        line = _('{command}: "{words}" is more than it takes; put quotes around a text').format(
            command=path, words=shortened(extra)
        )
    else:
        line = f"{path}: {error.format_message()}"
    return InvalidInput(_("{line}; see {command} -h").format(line=line, command=path))


def _instead(error: Any, kind: str, context: Any) -> str:
    """The right form where a reason stands as an argument that is an option, or the other way round."""
    from .again import command_line

    typed = list(getattr(error, "typed", ()))
    reason = next((p for p in context.command.params if p.name == "reason"), None) if context else None
    if reason is None or not typed:
        return ""
    command = context.command_path.split()[1:]
    if kind == "NoSuchOption" and reason.param_type_name == "argument":
        if error.option_name not in ("--reason", "-r"):
            return ""
        words = [word.removeprefix("--reason=") for word in typed if word not in ("--reason", "-r")]
        line = _("{command}: the reason is no option; type: {instead}")
    elif reason.param_type_name == "option" and "unexpected extra argument" in getattr(error, "message", ""):
        extra = error.message.rpartition(" (")[2].rstrip(").")
        for word in [extra] if extra in typed else extra.split(" "):
            if word not in typed:
                return ""
            typed.remove(word)
        if {"--reason", "-r"} & set(typed):
            return ""
        words = [*typed, "--reason", extra]
        line = _("{command}: a reason goes behind --reason; type: {instead}")
    else:
        return ""
    return line.format(command=context.command_path, instead=command_line(command, words))


def _range(type_: Any) -> str:
    least, most = getattr(type_, "min", None), getattr(type_, "max", None)
    if most is not None:
        return _(" from {least} to {most}").format(least=least, most=most)
    return "" if least is None else _(" from {least} on").format(least=least)


def _no_command(name: str, path: str, names: Sequence[str]) -> InvalidInput:
    near = get_close_matches(name, names, n=2)
    hint = (
        _("did you mean {names}?").format(names=_(" or ").join(near))
        if near
        else _("{command} -h lists them").format(command=path)
    )
    return InvalidInput(_('there is no command "{name}"; {hint}').format(name=shortened(name), hint=hint))


def shortened(text: str) -> str:
    """What was typed, at a length that fits a line."""
    return text if len(text) <= 40 else text[:39] + "…"
