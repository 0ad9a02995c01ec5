"""What a person answered, given back as the command line that would have said it, where it could not be written.

A command keeps each answer by the name of the parameter that it stands for; `options.extended` gives them back.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipecli.address import without_password

from .prompts import can_ask

if TYPE_CHECKING:
    from pipecli.service.answers import Answers

_KEPT = "pipecli.answered"
_ANSWERS = "answers"
# In double quotes these mean something to a shell.
_SPECIAL = frozenset('"$`\\!')


def keep(context: Any, **answered: Any) -> None:
    """Keep what was answered so far, by the names of the command's parameters; `answers` holds several.

    In a script nobody was asked.
    """
    if can_ask():
        context.meta.setdefault(_KEPT, {}).update(answered)


def given_back(context: Any, typed: Mapping[str, Any]) -> list[str]:
    """The command lines that say what was typed and answered; none where nothing was answered."""
    kept = dict(context.meta.get(_KEPT, {}))
    answers = kept.pop(_ANSWERS, None)
    if answers is not None:
        kept = {**_as_parameters(answers), **kept}
    if all(value in (None, "", typed.get(name)) for name, value in kept.items() if name != "ref"):
        return []
    said = {**typed, **{name: value for name, value in kept.items() if value not in (None, "")}}
    own = command_line(before(context), *_words(context.command.params, said))
    return [*(_beside(answers, str(said.get("ref"))) if answers else ()), own]


def command_line(command: Sequence[str], arguments: Sequence[str], options: Sequence[str] = ()) -> str:
    """What to type, its words quoted as a shell takes them."""
    return " ".join(["pipe", *(_quoted(word) for word in (*command, *arguments, *options))])


def lines_of(ref: str, answers: Answers) -> list[str]:
    """The command lines that say these answers about an opportunity, one thing after the other."""
    proofs = [proof.split("=", 1) for proof in answers.proofs]
    options = [word for text in answers.sets for word in ("--set", text)]
    for name, value in (("--amount", answers.amount), ("--next", answers.next), ("--due", answers.due)):
        options += [name, value] if value else []
    edit = [command_line(["edit"], [ref], options)] if options else []
    return [*_beside(answers, ref), *(command_line(["prove"], [ref, *words]) for words in proofs), *edit]


def _as_parameters(answers: Answers) -> dict[str, Any]:
    return {
        "sets": list(answers.sets) or None,
        "prove": list(answers.proofs) or None,
        "amount": answers.amount,
        "next_": answers.next,
        "due": answers.due,
    }


def _beside(answers: Answers, ref: str) -> list[str]:
    """The commands that say what is no option: exchanges, and proofs of more than words."""
    lines = []
    for kind, text, criterion in answers.said:
        lines.append(command_line(["log"], [ref, kind, text], ["--prove", criterion] if criterion else []))
    for criterion, proof in answers.evidence:
        options = [
            *(["--link", proof.link] if proof.link else []),
            *(["--file", proof.path] if proof.path else []),
            *(["--exchange", str(proof.exchange)] if proof.exchange else []),
            *(["--quote", proof.quote] if proof.quote else []),
        ]
        lines.append(
            command_line(["prove"], [ref, criterion, *([proof.text] if proof.text else [])], options)
        )
    return lines


def before(context: Any) -> list[str]:
    """The program's own options as typed, but for a password, then the command's name."""
    words: list[str] = []
    root = context.find_root()
    for name in ("db", "lang"):
        words += [f"--{name}", without_password(root.params[name])] if root.params.get(name) else []
    words += ["--demo"] if root.params.get("demo") else []
    return [*words, *context.command_path.split()[1:]]


def _words(parameters: Sequence[Any], said: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The arguments and the options with a value, as words."""
    arguments: list[str] = []
    options: list[str] = []
    for parameter in parameters:
        value = said.get(parameter.name)
        if value in (None, "", False) or value == []:
            continue
        if parameter.param_type_name == "argument":
            arguments += [str(one) for one in (value if isinstance(value, list) else [value])]
            continue
        name = max(parameter.opts, key=len)
        if value is True:
            options.append(name)
        else:
            for one in value if isinstance(value, list) else [value]:
                options += [name, str(one)]
    return arguments, options


def _quoted(word: str) -> str:
    if shlex.quote(word) == word or _SPECIAL & set(word):
        return shlex.quote(word)
    return f'"{word}"'
