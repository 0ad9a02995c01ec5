"""Folding away what a message quotes of earlier ones, so that an exchange says what was said this time.

Lines that begin with ">" go, wherever they stand. What follows the line that introduces a quotation goes where
nothing below it is marked with ">"; where something is, only the marked lines go, since answers stand between them.
A text of which nothing would remain is kept whole.
"""

from __future__ import annotations

import re

FOLDED = "[…]"
_LONGEST_INTRODUCTION = 400
_INTRODUCTION = re.compile(
    r"(?:On|Le|Am|El|Il|Op)\b.{4,380}?(?:wrote|a écrit|schrieb.{0,200}|escribió|ha scritto|schreef.{0,200})\s*:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:Original Message|Message d['’]origine|Original-Nachricht|Ursprüngliche Nachricht|Mensaje original)"
    r"\s*-{2,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"-{2,}\s*(?:Forwarded message|Message transféré|Message transmis)\s*-{2,}", re.IGNORECASE
)
_FROM = re.compile(r"\*?(?:From|De|Von)\s?:\*?\s.{0,300}", re.IGNORECASE)
_SENT = re.compile(r"\*?(?:Sent|Date|Envoyé|Gesendet)\s?:\*?\s.{0,300}", re.IGNORECASE)


def fold_quotes(text: str) -> str:
    """The text without its quotations, each replaced by a mark."""
    lines = text.split("\n")
    out: list[str] = []
    n = 0
    while n < len(lines):
        if _FORWARDED.fullmatch(lines[n].strip()):  # what is passed on is what is said
            out += lines[n:]
            break
        length = _introduction(lines, n)
        if length and not _marked_below(lines, n + length):
            out.append(FOLDED)
            break
        if length or lines[n].lstrip().startswith(">"):
            n += length or 1
            out.append(FOLDED)
            continue
        out.append(lines[n])
        n += 1
    folded = _tidy(out)
    return folded if folded.replace(FOLDED, "").strip() else _tidy(lines)


def _introduction(lines: list[str], n: int) -> int:
    """Of how many lines the introduction of a quotation is that begins here; 0 where none does."""
    line = lines[n].strip()
    if not line:
        return 0
    if _ORIGINAL.fullmatch(line):
        return 1
    if _FROM.fullmatch(line):
        return 1 if any(_SENT.fullmatch(below.strip()) for below in lines[n + 1 : n + 4]) else 0
    if not _could_introduce(line):
        return 0
    joined = ""
    for length, part in enumerate(lines[n : n + 3], 1):
        joined = f"{joined} {part.strip()}".strip()
        if len(joined) > _LONGEST_INTRODUCTION:
            return 0
        if joined.endswith(":"):
            return length if _INTRODUCTION.fullmatch(joined) else 0
    return 0


def _could_introduce(line: str) -> bool:
    return line[:2].lower() in ("on", "le", "am", "el", "il", "op") and len(line) <= _LONGEST_INTRODUCTION


def _marked_below(lines: list[str], n: int) -> bool:
    """Whether the first words below are marked as quoted."""
    following = next((line for line in lines[n:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _tidy(lines: list[str]) -> str:
    """The lines with neither two marks nor three empty lines in a row."""
    out: list[str] = []
    for line in (line.rstrip() for line in lines):
        last = next((kept for kept in reversed(out[-3:]) if kept), "")
        if line == FOLDED and last == FOLDED:
            continue
        if not line and (not out or not out[-1]):
            continue
        out.append(line)
    return "\n".join(out).strip()
