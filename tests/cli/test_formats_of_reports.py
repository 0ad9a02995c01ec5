"""Every format of the reports, whole: what scripts read on stdout."""
# ruff: noqa: E501

from __future__ import annotations

import re

from .conftest import Pipe, Result, masked


def test_journal_json(house: Pipe) -> None:
    assert house("journal", "1", "--limit", "1", "--json") == (
        0,
        """\
[
  {
    "seq": 24,
    "at": "2026-11-17",
    "recorded_at": "2026-11-17T09:00:00.000000Z",
    "actor": "lea",
    "kind": "ExchangeLogged",
    "summary": "meeting: Went through the scope",
    "detail": {
      "kind": "meeting",
      "text": "Went through the scope"
    },
    "ref": 1
  }
]
""",
        "",
    )


def test_journal_csv(house: Pipe) -> None:
    assert house("journal", "1", "--limit", "2", "--csv") == (
        0,
        """\
seq,at,recorded_at,actor,kind,summary,detail,ref
23,2026-11-16,2026-11-16T09:00:00.000000Z,lea,StageAdvanced,Qualified lead → Discovery,"{""definition"": 1, ""from"": ""lead"", ""inapplicable"": [], ""met"": {""contact"": {""field"": ""contact""}, ""need"": {""evidence"": 22}}, ""to"": ""discovery""}",1
24,2026-11-17,2026-11-17T09:00:00.000000Z,lea,ExchangeLogged,meeting: Went through the scope,"{""kind"": ""meeting"", ""text"": ""Went through the scope""}",1
""",
        "",
    )


def test_journal_quiet(house: Pipe) -> None:
    assert house("journal", "1", "-q") == (
        0,
        """\
5
6
22
23
24
""",
        "",
    )


def unlearnt(result: Result) -> Result:
    """The result with `N` for every figure that the history forecast has drawn."""
    drawn = re.sub(r'("(?:mean|p10|p50|p90)": )[\d.]+', r"\1N", result.out)
    return result._replace(
        out=re.sub(r"(?m)^(\d{4}-Q\d(?:,[^,\n]+){10})(?:,[\d.]+){12}$", r"\1" + ",N" * 12, drawn)
    )


def test_forecast_json(house: Pipe) -> None:
    assert unlearnt(house("forecast", "--json")) == (
        0,
        """\
{
  "as_of": "2026-11-23",
  "from": "2026-11-01",
  "until": "2027-03-31",
  "currency": "EUR",
  "won": {
    "count": 1,
    "amount": 6500
  },
  "open": {
    "count": 2,
    "amount": 57000
  },
  "weighted": 12900,
  "unpriced": {
    "count": 1
  },
  "undated": {
    "count": 1,
    "amount": 0
  },
  "other_currencies": [
    {
      "currency": "USD",
      "won": {
        "count": 0,
        "amount": 0
      },
      "open": {
        "count": 0,
        "amount": 0
      },
      "weighted": 0,
      "unpriced": {
        "count": 0
      },
      "undated": {
        "count": 1,
        "amount": 15000
      }
    }
  ],
  "history": {
    "trusted": false,
    "why": "only 2 opportunities are closed: too few to learn from",
    "n_closed": 2,
    "existing": {
      "mean": N,
      "p10": N,
      "p50": N,
      "p90": N
    },
    "new_business": {
      "mean": N,
      "p10": N,
      "p50": N,
      "p90": N
    },
    "total": {
      "mean": N,
      "p10": N,
      "p50": N,
      "p90": N
    }
  }
}
""",
        "",
    )


def test_forecast_csv(house: Pipe) -> None:
    assert unlearnt(house("forecast", "--by", "quarter", "--csv")) == (
        0,
        """\
key,label,currency,won_count,won_amount,open_count,open_amount,weighted,unpriced_count,undated_count,undated_amount,existing_mean,existing_p10,existing_p50,existing_p90,new_business_mean,new_business_p10,new_business_p50,new_business_p90,total_mean,total_p10,total_p50,total_p90
2026-Q4,2026-Q4,EUR,1,6500,1,48000,12000,0,0,0,N,N,N,N,N,N,N,N,N,N,N,N
2027-Q1,2027-Q1,EUR,0,0,1,9000,900,0,0,0,N,N,N,N,N,N,N,N,N,N,N,N
""",
        "",
    )


def test_forecast_markdown(house: Pipe) -> None:
    code, out, err = house("forecast", "--by", "quarter", "--markdown")
    assert (code, err) == (0, "")
    head, rule, *lines = out.splitlines()
    assert head == "| label | won | weighted | P10 | P50 | P90 | of it new |"
    assert rule == "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    figure = r"(–|€[\d,.]+k?)"
    won = ("4th quarter from 1 Nov | €6,500 | €12,000", "1st quarter 2027 | – | €900")
    for line, expected in zip(lines, won, strict=True):
        assert re.fullmatch(rf"\| {re.escape(expected)} \|( {figure} \|){{4}}", line), line


def test_forecast_quiet(house: Pipe) -> None:
    assert house("forecast", "--by", "month", "-q") == (
        0,
        """\
2026-11
2026-12
2027-01
2027-02
2027-03
""",
        "",
    )


def test_stages_csv(house: Pipe) -> None:
    assert house("stages", "--csv") == (
        0,
        """\
stage,name,probability,stale_after,entry,exit,proves
lead,Qualified lead,10,14,,need contact,"They have a need we can serve, and we know who to talk to."
discovery,Discovery,25,14,,problem decision-maker feasible,The problem is clear and we know who decides.
proposal,Proposal sent,50,14,meeting offer quote-date amount-proposal,,They hold an offer whose scope we discussed with them.
negotiation,Negotiation,75,10,answer,objections signing-date,"They have answered the offer, and we are settling what is left."
won,Won,100,,order,,They ordered.
""",
        "",
    )


def test_overdue_markdown(house: Pipe) -> None:
    assert house("overdue", "--markdown") == (
        0,
        """\
| id | Opportunity | Amount | Stage | Next action | Late | Owner |
| ---: | --- | ---: | --- | --- | --- | --- |
| 4 | Sirius · Portal | $15,000 | Qualified lead | mail Ana | 18 d late | lea |
| 1 | Acme · ERP rollout | €48,000 | Discovery | call Jeanne | 3 d late | lea |
""",
        "",
    )


def test_stale_jsonl(house: Pipe) -> None:
    assert masked(house("stale", "--jsonl")) == (
        0,
        """\
{"id": 4, "uid": "UID", "name": "Portal", "account": "Sirius", "contact": null, "owner": "lea", "stage": "lead", "stage_name": "Qualified lead", "status": "open", "amount": 15000, "currency": "USD", "probability": 10, "weighted": 1500, "close_date": null, "next_action": "mail Ana", "next_due": "2026-11-05", "overdue_days": 18, "stage_entered_on": "2026-11-02", "days_in_stage": 21, "last_exchange_on": null, "stale": true, "decision_maker": null, "source": null, "tags": [], "fields": {}, "loss_reason": null, "outcome_reason": null, "created_on": "2026-11-02", "closed_on": null, "external_id": null}
""",
        "",
    )


def test_first_thing_json(house: Pipe) -> None:
    assert house("next", "-q") == (
        0,
        "1\n",
        "",
    )


def test_templates(house: Pipe) -> None:
    assert house("stages", "templates") == (
        0,
        """\
b2b        selling to companies: lead, discovery, proposal, negotiation
pme        the same idea in French, for a small company: lead qualifié to négociation
services   selling days of work: scoping, capacity approved by delivery, terms, contract
""",
        "",
    )
