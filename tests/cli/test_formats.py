"""Every format, whole: what scripts read on stdout."""
# ruff: noqa: E501

from __future__ import annotations

from .conftest import Pipe, masked


def test_list_json(house: Pipe) -> None:
    assert masked(house("list", "erp", "--json")) == (
        0,
        """\
[
  {
    "id": 1,
    "uid": "UID",
    "name": "ERP rollout",
    "account": "Acme",
    "contact": "Jeanne Martin",
    "owner": "lea",
    "stage": "discovery",
    "stage_name": "Discovery",
    "status": "open",
    "amount": 48000,
    "currency": "EUR",
    "probability": 25,
    "weighted": 12000,
    "close_date": "2026-12-18",
    "next_action": "call Jeanne",
    "next_due": "2026-11-20",
    "overdue_days": 3,
    "stage_entered_on": "2026-11-16",
    "days_in_stage": 7,
    "last_exchange_on": "2026-11-17",
    "stale": false,
    "decision_maker": null,
    "source": "referral",
    "tags": [
      "key"
    ],
    "fields": {},
    "loss_reason": null,
    "outcome_reason": null,
    "created_on": "2026-11-02",
    "closed_on": null,
    "external_id": null
  }
]
""",
        "",
    )


def test_list_jsonl(house: Pipe) -> None:
    assert masked(house("list", "erp", "--jsonl")) == (
        0,
        """\
{"id": 1, "uid": "UID", "name": "ERP rollout", "account": "Acme", "contact": "Jeanne Martin", "owner": "lea", "stage": "discovery", "stage_name": "Discovery", "status": "open", "amount": 48000, "currency": "EUR", "probability": 25, "weighted": 12000, "close_date": "2026-12-18", "next_action": "call Jeanne", "next_due": "2026-11-20", "overdue_days": 3, "stage_entered_on": "2026-11-16", "days_in_stage": 7, "last_exchange_on": "2026-11-17", "stale": false, "decision_maker": null, "source": "referral", "tags": ["key"], "fields": {}, "loss_reason": null, "outcome_reason": null, "created_on": "2026-11-02", "closed_on": null, "external_id": null}
""",
        "",
    )


def test_list_csv(house: Pipe) -> None:
    assert masked(house("list", "erp", "--csv")) == (
        0,
        """\
id,uid,name,account,contact,owner,stage,stage_name,status,amount,currency,probability,weighted,close_date,next_action,next_due,overdue_days,stage_entered_on,days_in_stage,last_exchange_on,stale,decision_maker,source,tags,fields,loss_reason,outcome_reason,created_on,closed_on,external_id
1,UID,ERP rollout,Acme,Jeanne Martin,lea,discovery,Discovery,open,48000,EUR,25,12000,2026-12-18,call Jeanne,2026-11-20,3,2026-11-16,7,2026-11-17,false,,referral,key,,,,2026-11-02,,
""",
        "",
    )


def test_list_markdown(house: Pipe) -> None:
    assert house("list", "--markdown") == (
        0,
        """\
| id | Opportunity | Amount | Stage | % | Next action | Due | stale | Owner |
| ---: | --- | ---: | --- | ---: | --- | --- | --- | --- |
| 4 | Sirius · Portal | $15,000 | Qualified lead | 10 | mail Ana | 18 d late | stale | lea |
| 1 | Acme · ERP rollout | €48,000 | Discovery | 25 | call Jeanne | 3 d late |  | lea |
| 2 | Borel · Maintenance | €9,000 | Qualified lead | 10 | send references | Mon 23 Nov |  | lea |
| 3 | Nord · Audit | – | Qualified lead | 10 | book workshop | Tue 1 Dec |  | marc |
""",
        "",
    )


def test_list_quiet(house: Pipe) -> None:
    assert house("list", "-q") == (
        0,
        """\
4
1
2
3
""",
        "",
    )


def test_an_empty_list_json(house: Pipe) -> None:
    assert house("list", "nosuch", "--json") == (
        0,
        "[]\n",
        "",
    )


def test_an_empty_list_jsonl(house: Pipe) -> None:
    assert house("list", "nosuch", "--jsonl") == (
        0,
        "",
        "",
    )


def test_an_empty_list_csv(house: Pipe) -> None:
    assert house("list", "nosuch", "--csv") == (
        0,
        "",
        "",
    )


def test_an_empty_list_markdown(house: Pipe) -> None:
    assert house("list", "nosuch", "--markdown") == (
        0,
        "",
        "",
    )


def test_why_json(house: Pipe) -> None:
    assert house("why", "1", "--json") == (
        4,
        """\
{
  "ref": 1,
  "from": "discovery",
  "to": "proposal",
  "ready": false,
  "unmet": [
    {
      "criterion": "problem",
      "kind": "evidence",
      "ask": "What problem do they want solved?",
      "how": "pipe prove 1 problem \\"how we know\\"",
      "waivable": false,
      "side": "exit"
    },
    {
      "criterion": "decision-maker",
      "kind": "field",
      "ask": "Who signs, and how do we know?",
      "how": "pipe edit 1 --set decision_maker=VALUE; pipe prove 1 decision-maker \\"how we know\\"",
      "waivable": false,
      "side": "exit"
    },
    {
      "criterion": "feasible",
      "kind": "approval",
      "ask": "Has engineering confirmed that we can do it?",
      "how": "pipe advance 1 --ask asks lea; they type: pipe approve 1 feasible",
      "waivable": true,
      "side": "exit"
    },
    {
      "criterion": "offer",
      "kind": "evidence",
      "ask": "What did we offer, and where is it?",
      "how": "pipe prove 1 offer \\"how we know\\"",
      "waivable": false,
      "side": "entry"
    },
    {
      "criterion": "quote-date",
      "kind": "field",
      "ask": "Until when is the quote valid?",
      "how": "pipe edit 1 --set quote_valid_until=VALUE",
      "waivable": false,
      "side": "entry"
    },
    {
      "criterion": "amount-proposal",
      "kind": "amount",
      "ask": "Is the amount still right?",
      "how": "pipe advance 1 --amount N",
      "waivable": false,
      "side": "entry"
    }
  ],
  "met": [
    {
      "criterion": "meeting",
      "kind": "exchange",
      "ask": "Was the scope discussed with them in a meeting?",
      "how": "",
      "waivable": true,
      "side": "entry",
      "evidence": "meeting 2026-11-17"
    }
  ]
}
""",
        "",
    )


def test_why_csv(house: Pipe) -> None:
    assert house("why", "1", "--csv") == (
        4,
        """\
criterion,met,kind,ask,how,waivable,side,evidence
meeting,true,exchange,Was the scope discussed with them in a meeting?,,true,entry,meeting 2026-11-17
problem,false,evidence,What problem do they want solved?,"pipe prove 1 problem ""how we know\"\"\",false,exit,
decision-maker,false,field,"Who signs, and how do we know?","pipe edit 1 --set decision_maker=VALUE; pipe prove 1 decision-maker ""how we know\"\"\",false,exit,
feasible,false,approval,Has engineering confirmed that we can do it?,pipe advance 1 --ask asks lea; they type: pipe approve 1 feasible,true,exit,
offer,false,evidence,"What did we offer, and where is it?","pipe prove 1 offer ""how we know\"\"\",false,entry,
quote-date,false,field,Until when is the quote valid?,pipe edit 1 --set quote_valid_until=VALUE,false,entry,
amount-proposal,false,amount,Is the amount still right?,pipe advance 1 --amount N,false,entry,
""",
        "",
    )


def test_why_markdown(house: Pipe) -> None:
    assert house("why", "1", "--markdown") == (
        4,
        """\
| met | Criterion | Question | Rests on, or needs |
| --- | --- | --- | --- |
| ✓ | meeting | Was the scope discussed with them in a meeting? | meeting 2026-11-17 |
| ✗ | problem | What problem do they want solved? | pipe prove 1 problem "how we know" |
| ✗ | decision-maker | Who signs, and how do we know? | pipe edit 1 --set decision\\_maker=VALUE; pipe prove 1 decision-maker "how we know" |
| ✗ | feasible | Has engineering confirmed that we can do it? | pipe advance 1 --ask asks lea; they type: pipe approve 1 feasible |
| ✗ | offer | What did we offer, and where is it? | pipe prove 1 offer "how we know" |
| ✗ | quote-date | Until when is the quote valid? | pipe edit 1 --set quote\\_valid\\_until=VALUE |
| ✗ | amount-proposal | Is the amount still right? | pipe advance 1 --amount N |
""",
        "",
    )


def test_why_quiet(house: Pipe) -> None:
    assert house("why", "1", "-q") == (
        4,
        """\
problem
decision-maker
feasible
offer
quote-date
amount-proposal
""",
        "",
    )


def test_show_csv_has_a_line_for_one(house: Pipe) -> None:
    assert house("show", "3", "-q") == (
        0,
        "3\n",
        "",
    )


def test_formulas_are_neutralised_in_csv(house: Pipe) -> None:
    house("add", "=1+1", "-n", "@x", "-d", "2027-01-04")
    line = house("list", "1+1", "--csv").out.splitlines()[1]
    assert ",'=1+1," in line and ",'@x," in line


def test_markup_is_shown_literally_in_markdown(house: Pipe) -> None:
    house("add", "a|b *c* <i>", "-n", "x", "-d", "2027-01-04")
    assert r"| a\|b \*c\* &lt;i&gt; |" in house("list", "a|b", "--markdown").out


def test_one_format_at_a_time(house: Pipe) -> None:
    assert house("list", "--csv", "-q") == (2, "", "choose one format: --csv --quiet\n")
    assert house("snooze", "1", "+2d", "--json", "-q")[0] == 2
