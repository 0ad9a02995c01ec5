"""The commands there are, declared once: `--help`, completion and the parser read this table.

It imports nothing of a command, so that a run loads only the command that was typed.
"""

from __future__ import annotations

from typing import NamedTuple

from pipecli.text import _

MCP_SERVER = """\
{"mcpServers": {"pipe": {"command": "pipe", "args": ["mcp"],
"env": {"PIPE_DB": "/path/to/pipe.db", "PIPE_ME": "you"}}}}"""
"""How an agent's configuration names `pipe mcp`."""


class Declared(NamedTuple):
    """A command: its name, the module and function that run it (a group has a `group` one), its panel, its help.

    `more` is what only its own help says.
    """

    name: str
    module: str
    function: str
    panel: str
    help: str
    more: str = ""


def declared() -> tuple[Declared, ...]:
    """Every command in the order of `--help`, in the language in use."""
    daily, weekly, data, setup = _("Every day"), _("Every week"), _("Data"), _("Set-up")
    return (
        Declared(
            "today", "listing", "today", daily, _("What to do now: late, due, asked of you, gone quiet.")
        ),
        Declared("board", "board", "board", daily, _("The whole pipeline on one screen, to work in.")),
        Declared("go", "board", "go", daily, _("What is pressing, one opportunity at a time.")),
        Declared("list", "listing", "list_", daily, _("List opportunities, filtered and sorted.")),
        Declared("show", "showing", "show", daily, _("One opportunity on one screen.")),
        Declared("add", "everyday", "add", daily, _("Open an opportunity, with its dated next action.")),
        Declared(
            "done", "everyday", "done", daily, _("Close the next action: log, prove, advance, set the next.")
        ),
        Declared("next", "everyday", "next_", daily, _("Set the next action; bare, show what to do first.")),
        Declared("snooze", "everyday", "snooze", daily, _("Put next actions off to a later day.")),
        Declared("log", "everyday", "log", daily, _("Record a call, mail, meeting or note.")),
        Declared("summary", "summary", "summary", daily, _("What to know before a meeting; bare, the week.")),
        Declared("brief", "summary", "summary", daily, _("The same as summary.")),
        Declared("why", "gate", "why", daily, _("Say what the gate to the next stage still needs.")),
        Declared("prove", "gate", "prove", daily, _("Record evidence for a criterion.")),
        Declared("unprove", "gate", "unprove", daily, _("Withdraw the evidence of a criterion.")),
        Declared("advance", "gate", "advance", daily, _("Move to the next stage, if its gate is met.")),
        Declared("approve", "gate", "approve", daily, _("Give or refuse an approval asked of you.")),
        Declared("edit", "everyday", "edit", daily, _("Change fields, owner, amount or probability.")),
        Declared("back", "closing", "back", daily, _("Return to an earlier stage.")),
        Declared("win", "closing", "win", daily, _("Close as won, every remaining gate met.")),
        Declared("lose", "closing", "lose", daily, _("Close as lost, with a reason of the list.")),
        Declared("reopen", "closing", "reopen", daily, _("Open a closed opportunity again.")),
        Declared(
            "suggest",
            "suggesting",
            "suggest",
            daily,
            _("What to do about what is late or quiet, with a draft."),
        ),
        Declared(
            "qualify", "qualifying", "qualify", daily, _("Read its exchanges and propose what they prove.")
        ),
        Declared(
            "proposals",
            "proposing",
            "group",
            daily,
            _("What rules, a model or an agent propose: accept, reject."),
        ),
        Declared("undo", "closing", "undo", daily, _("Take back your last command; again goes further.")),
        Declared("overdue", "listing", "overdue", weekly, _("Next actions that are late.")),
        Declared("stale", "listing", "stale", weekly, _("What went quiet for longer than its stage allows.")),
        Declared(
            "forecast", "forecasting", "group", weekly, _("What will come in, by the rules and from history.")
        ),
        Declared("stats", "statistics", "group", weekly, _("Rates, time in stage, losses, owners, sources.")),
        Declared(
            "focus",
            "focusing",
            "focus",
            weekly,
            _("Where attention matters: approvals, what is uncertain, stakes."),
        ),
        Declared(
            "report", "report", "report", weekly, _("The week or the month on one page, to read or to send.")
        ),
        Declared("journal", "showing", "journal", weekly, _("Everything that happened, of one or of all.")),
        Declared("waive", "gate", "waive", weekly, _("Make a recorded exception to a criterion.")),
        Declared(
            "handover", "everyday", "handover", weekly, _("Give an owner's open opportunities to another.")
        ),
        Declared("rates", "rates", "group", weekly, _("What other currencies are worth, from which day on.")),
        Declared(
            "xray",
            "xraying",
            "xray",
            data,
            _("The truth about an export or a spreadsheet, without importing it."),
        ),
        Declared(
            "import",
            "data",
            "import_",
            data,
            _("Bring in an export, a spreadsheet, mail, a calendar or a journal."),
        ),
        Declared("export", "data", "export", data, _("Write everything out as CSV, JSON or journal.")),
        Declared("audit", "auditing", "audit", data, _("Say whether the data is good enough to decide on.")),
        Declared(
            "clean",
            "cleaning",
            "clean",
            data,
            _("Settle what is dead, stale, double or unproven, one by one."),
        ),
        Declared("merge", "merging", "merge", data, _("Make one of two opportunities, history and all.")),
        Declared("demo", "data", "demo", data, _("Fill a new workspace with a living sample.")),
        Declared("init", "setup", "init", setup, _("Make a workspace: your stages, what proves each.")),
        Declared("stages", "stages", "group", setup, _("The pipeline definition: stages, criteria, rules.")),
        Declared("config", "setup", "config", setup, _("Show every setting and its origin, or change one.")),
        Declared("db", "database", "group", setup, _("Backups, restoring, moving to another database.")),
        Declared(
            "forget", "forgetting", "forget", setup, _("Erase a person for good, everywhere they are named.")
        ),
        Declared("doctor", "setup", "doctor", setup, _("Check that the workspace is what its journal says.")),
        Declared(
            "mcp",
            "agents",
            "mcp",
            setup,
            _("Serve an agent over stdin and stdout: it reads and proposes."),
            _(
                "The agent starts it: put this into its list of MCP servers, with the workspace and who you are:\n\n"
                "{snippet}\n\n"
                "What it proposes waits in pipe proposals until a person accepts or rejects it."
            ).format(snippet=MCP_SERVER),
        ),
        Declared("completion", "setup", "completion", setup, _("Print the completion script of your shell.")),
    )


def program_options() -> tuple[tuple[str, str], ...]:
    """The program's own options as `--help` shows them."""
    return (
        ("--db FILE|URL", _("the workspace to use, instead of PIPE_DB")),
        ("--demo", _("use the demo workspace")),
        ("--lang en|fr", _("the language of texts")),
        ("-V, --version", _("show the version")),
        ("-h, --help", _("show this, or the help of a command: pipe COMMAND -h")),
    )


def program_help() -> str:
    """What `pipe --help` prints."""
    lines = [
        _("Usage: pipe [OPTIONS] COMMAND [ARGS]..."),
        "",
        "  "
        + _("Your sales pipeline: proven stages, dated next actions, a forecast that knows its own error."),
        "  "
        + _(
            "Bare pipe says what to do now. REF is a number, a part of a name or account, or . for the last one."
        ),
    ]
    commands = declared()
    for panel in dict.fromkeys(command.panel for command in commands):
        lines += ["", f"{panel}:"]
        lines += [f"  {c.name:<12}{c.help}" for c in commands if c.panel == panel]
    lines += ["", _("Options:")]
    lines += [f"  {name:<15} {help_}" for name, help_ in program_options()]
    return "\n".join(lines)
