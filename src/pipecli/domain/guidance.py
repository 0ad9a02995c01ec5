"""What a gate says to people: for every criterion what is missing and what to type, and the report as JSON keys.

The same words serve `why`, a refused move, the prompts of `advance` and the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipecli.text import _, ngettext

from .condition import describe, reads
from .field_words import in_words, label_of
from .gate import Gate, Verdict, watched
from .opportunity import Opportunity
from .pipeline import SETTABLE_FIELDS, WON, Criterion, Pipeline


def how(verdict: Verdict, opportunity: Opportunity, pipeline: Pipeline) -> str:
    """One line that says how an unmet criterion is met: what it needs, then the command."""
    ways = [_way(need, verdict.criterion, opportunity, pipeline) for need in verdict.missing]
    return "; ".join([*(lapses(verdict, opportunity, pipeline)), *ways])


def lapses(verdict: Verdict, opportunity: Opportunity, pipeline: Pipeline) -> list[str]:
    """What an approval was that counts no more, and what it was overtaken by: one line, none where there was none."""
    word = opportunity.approvals.get(verdict.criterion.key)
    if word is None or word.status == "asked" or "approval" not in verdict.missing:
        return []
    now = opportunity.values
    for name in watched(verdict.criterion):
        if name not in now or now[name] == word.stood.get(name):
            continue
        if name in _NAMED:
            line = _("{who} approved, the {field} was changed since")
            return [line.format(who=word.actor, field=label_of(name, pipeline))]
        line = (
            _("{who} approved at {then}, the {field} is now {now}")
            if word.status == "given"
            else _("{who} refused at {then}, the {field} is now {now}")
        )
        then = in_words(name, word.stood.get(name), pipeline, {})
        values = {"then": then, "now": in_words(name, now[name], pipeline, {})}
        return [line.format(who=word.actor, field=label_of(name, pipeline), **values)]
    if word.status == "refused":
        return []
    return [_("{who} approved on {day}, which counts no more").format(who=word.actor, day=word.on)]


# Their values are ids.
_NAMED = frozenset({"account", "contact", "decision_maker"})


def _way(need: str, criterion: Criterion, opportunity: Opportunity, pipeline: Pipeline) -> str:
    values = {
        "ref": opportunity.number,
        "key": criterion.key,
        "field": criterion.field or settable_of(criterion, pipeline),
        "role": criterion.approval,
        "people": ", ".join(pipeline.roles.get(criterion.approval or "", ())) or _("nobody"),
        "compare": describe(criterion.compare) if criterion.compare else "",
        "kind": criterion.exchange if criterion.exchange not in (None, "any") else "call",
    }
    return _pattern(need, criterion).format(**values)


def settable_of(criterion: Criterion, pipeline: Pipeline) -> str:
    """The first field of a comparison that can be set; FIELD where everything it reads is computed."""
    settable = (*SETTABLE_FIELDS, *pipeline.fields)
    read = reads(criterion.compare) if criterion.compare else ()
    return next((name for name in read if name in settable), "FIELD")


def _pattern(need: str, criterion: Criterion) -> str:
    if need in ("evidence", "expired"):
        options = {
            "link": _("pipe prove {ref} {key} --link URL"),
            "file": _("pipe prove {ref} {key} --file PATH"),
            "exchange": _('pipe done {ref} "what was said" --prove {key}'),
        }
        way = options.get(criterion.evidence or "", _('pipe prove {ref} {key} "how we know"'))
        return _("the proof has expired: ") + way if need == "expired" else way
    if need == "field" and criterion.field == "amount":
        return _("pipe edit {ref} --set amount=N")
    return {
        "field": _("pipe edit {ref} --set {field}=VALUE"),
        "comparison": _("needs {compare}: pipe edit {ref} --set {field}=VALUE"),
        "exchange": exchange_need(criterion) + _(': pipe log {ref} {kind} "what was said"'),
        "next_action": _('pipe next {ref} "what" -d DATE'),
        "amount": _("pipe advance {ref} --amount N"),
        "approval": _("pipe advance {ref} --ask asks {people}; they type: pipe approve {ref} {key}"),
        "waiting": _("asked of {people}, who type: pipe approve {ref} {key}"),
        "refused": _("refused by {role} ({people}); when that is settled: pipe approve {ref} {key}"),
    }[need]


def exchange_need(criterion: Criterion) -> str:
    """`needs 2 meetings within 30 days`."""
    kinds = {
        "call": ngettext("needs {n} call", "needs {n} calls", criterion.count),
        "mail": ngettext("needs {n} mail", "needs {n} mails", criterion.count),
        "meeting": ngettext("needs {n} meeting", "needs {n} meetings", criterion.count),
        "note": ngettext("needs {n} note", "needs {n} notes", criterion.count),
        "any": ngettext("needs {n} exchange", "needs {n} exchanges", criterion.count),
    }
    need = kinds[criterion.exchange or "any"].format(n=criterion.count)
    if criterion.within:
        need += " " + ngettext("within {n} day", "within {n} days", criterion.within).format(
            n=criterion.within
        )
    return need


def gate_report(
    gate: Gate,
    opportunity: Opportunity,
    pipeline: Pipeline,
    *,
    win_reason: bool = False,
    evidence: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The gate under the keys of the contract; `evidence` maps a met criterion to what is shown for it."""
    unmet = [_item(v, opportunity, pipeline) for v in gate.unmet]
    if win_reason:
        unmet.append(
            {
                "criterion": "reason",
                "kind": "reason",
                "ask": _("Why did they say yes?"),
                "how": _('pipe win {ref} "why they said yes"').format(ref=opportunity.number),
                "waivable": False,
                "side": "entry",
            }
        )
    met = [
        _item(v, opportunity, pipeline) | {"evidence": (evidence or {}).get(v.criterion.key, "")}
        for v in gate.met
    ]
    return {
        "ref": opportunity.number,
        "from": gate.source,
        "to": gate.target,
        "ready": not unmet,
        "unmet": unmet,
        "met": met,
    }


def _item(verdict: Verdict, opportunity: Opportunity, pipeline: Pipeline) -> dict[str, Any]:
    criterion = verdict.criterion
    return {
        "criterion": criterion.key,
        "kind": criterion.kind,
        "ask": criterion.ask,
        "how": how(verdict, opportunity, pipeline),
        "waivable": bool(criterion.waivable_by),
        "side": criterion.side,
    }


def gate_sentence(report: Mapping[str, Any]) -> str:
    """The refusal in one line: how many criteria are missing, and the first command to type."""
    unmet = report["unmet"]
    keys = ", ".join(item["criterion"] for item in unmet)
    line = ngettext(
        "{ref} cannot move to {to}: {keys} is not met; see pipe why {ref}",
        "{ref} cannot move to {to}: {keys} are not met; see pipe why {ref}",
        len(unmet),
    ).format(ref=report["ref"], to=report["to"], keys=keys)
    if report["to"] == WON and keys == "reason":
        line = _('{ref} can be won: say why, pipe win {ref} "why they said yes"').format(ref=report["ref"])
    return line
