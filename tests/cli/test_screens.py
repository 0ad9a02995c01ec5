"""The screens people look at, whole, in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Pipe


def test_today(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("today") == (
        0,
        """\
call Jeanne   Acme · ERP rollout  1   3 d late
  pipe done 1 "what happened" -n "what next" -d fri

Overdue    2   €48,000 at stake, $15,000 without a rate
  1  Acme · ERP rollout  €48,000  Discovery       call Jeanne  3 d late
  4  Sirius · Portal     $15,000  Qualified lead  mail Ana     18 d late

Today      1
  2  Borel · Maintenance  €9,000  Qualified lead  send references

Stale      1
  4  Sirius · Portal  $15,000  Qualified lead  quiet for 3 weeks (limit 14 d)
""",
        "",
    )


def test_today_with_the_days_after(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    found = house("today", "--all", "--days", "8").out
    assert found.startswith(house("today", "--all").out)
    assert (
        found.removeprefix(house("today", "--all").out)
        == """
Coming days  1
  3  Nord · Audit  –  Qualified lead  book workshop  Tue 1 Dec
"""
    )
    assert house("today", "--all", "--days", "7").out == house("today", "--all").out
    assert house("today", "--days", "30", me="marc") == (
        0,
        """\
Coming days  1
  3  Nord · Audit  –  Qualified lead  book workshop  Tue 1 Dec
""",
        "",
    )


def test_why(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("why", "1") == (
        4,
        """\
1 Acme · ERP rollout   Discovery → Proposal sent

  ✓ Was the scope discussed with them in a meeting?
      meeting 2026-11-17
  ✗ What problem do they want solved?  problem
      pipe prove 1 problem "how we know"
  ✗ Who signs, and how do we know?  decision-maker
      pipe edit 1 --set decision_maker=VALUE
      pipe prove 1 decision-maker "how we know"
  ✗ Has engineering confirmed that we can do it?  feasible
      pipe advance 1 --ask asks lea
      they type: pipe approve 1 feasible
  ✗ What did we offer, and where is it?  offer
      pipe prove 1 offer "how we know"
  ✗ Until when is the quote valid?  quote-date
      pipe edit 1 --set quote_valid_until=VALUE
  ✗ Is the amount still right?  amount-proposal
      pipe advance 1 --amount N

1 of 7 proven. Waivable: feasible
""",
        "",
    )


def test_show(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("show", "1") == (
        0,
        """\
1 Acme · ERP rollout
Discovery  for 7 days   €48,000   25 %

  Next action     call Jeanne, 3 d late
  Owner           lea
  Close date      Fri 18 Dec
  Decision-maker  –
  Source          referral
  Tags            key
  Contact         Jeanne Martin  jeanne@acme.example

Discovery → Proposal sent
  ✓ Was the scope discussed with them in a meeting?
      meeting 2026-11-17
  ✗ What problem do they want solved?  problem
      pipe prove 1 problem "how we know"
  ✗ Who signs, and how do we know?  decision-maker
      pipe edit 1 --set decision_maker=VALUE
      pipe prove 1 decision-maker "how we know"
  ✗ Has engineering confirmed that we can do it?  feasible
      pipe advance 1 --ask asks lea
      they type: pipe approve 1 feasible
  ✗ What did we offer, and where is it?  offer
      pipe prove 1 offer "how we know"
  ✗ Until when is the quote valid?  quote-date
      pipe edit 1 --set quote_valid_until=VALUE
  ✗ Is the amount still right?  amount-proposal
      pipe advance 1 --amount N

1 of 7 proven. Waivable: feasible

24  Tue 17 Nov  lea  meeting: Went through the scope
23  Mon 16 Nov  lea  Qualified lead → Discovery
22  Mon 16 Nov  lea  proved need: Stock errors cost them two people
 6  Mon 2 Nov   lea  next 2026-11-20: call Jeanne
 5  Mon 2 Nov   lea  opened in Qualified lead, €48,000
""",
        "",
    )


def test_show_of_a_won_one(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("show", "5") == (
        0,
        """\
5 Training
won  Fri 20 Nov   €6,500

  Reason             We answered within a day
  Owner              lea
  Close date         Fri 20 Nov
  Decision-maker     Ida Berg
  Quote valid until  Thu 31 Dec
  Contact            Ida Berg

37  Fri 20 Nov  lea  won: We answered within a day
36  Fri 20 Nov  lea  proved order: PO 4711
35  Fri 20 Nov  lea  proved objections: None
34  Fri 20 Nov  lea  close date 2026-11-20
33  Wed 18 Nov  lea  Qualified lead → Negotiation
32  Wed 18 Nov  lea  proved answer: They like it
31  Wed 18 Nov  lea  proved offer: https://offers.example/5
30  Wed 18 Nov  lea  proved decision-maker: It is her budget
29  Wed 18 Nov  lea  proved problem: Nobody uses the tool
28  Wed 18 Nov  lea  proved need: They asked for it
27  Wed 18 Nov  lea  decision_maker = Ida Berg, quote_valid_until = 2026-12-31
26  Wed 18 Nov  lea  amount €6,500 (was €6,000)
  3 earlier entries: pipe journal 5
""",
        "",
    )


def test_the_chain_of_evidence(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("show", "5", "--proof") == (
        0,
        """\
5 Training

Qualified lead  Mon 2 Nov  opened

Negotiation  Wed 18 Nov  proven
  ✓ What do they need?
      "They asked for it", note 2026-11-18, lea
  ✓ Who do we talk to?
      Ida Berg
  ✓ What problem do they want solved?
      "Nobody uses the tool", note 2026-11-18, lea
  ✓ Who signs, and how do we know?
      Ida Berg, "It is her budget", note 2026-11-18, lea
  ✓ Was the scope discussed with them in a meeting?
      meeting 2026-11-17
  ✓ What did we offer, and where is it?
      https://offers.example/5, link 2026-11-18, lea
  ✓ Until when is the quote valid?
      2026-12-31
  ✓ Is the amount still right?
      amount confirmed
  ✓ What did they answer to the offer?
      "They like it", note 2026-11-18, lea

Won  Fri 20 Nov  won
  ✓ What did they answer to the offer?
      "They like it", note 2026-11-18, lea
  ✓ Which objections did they raise, and how was each one settled?
      "None", note 2026-11-20, lea
  ✓ When will they sign?
      2026-11-20, holds
  ✓ What shows that they ordered: a signed quote, an order number?
      "PO 4711", note 2026-11-20, lea
""",
        "",
    )


def test_list_gives_up_what_matters_least(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("list") == (
        0,
        """\
   Opportunity        Amount  Stage         Next acti…  Due                Owner
4  Sirius · Portal   $15,000  Qualified l…  mail Ana    18 d late   stale  lea
1  Acme · ERP roll…  €48,000  Discovery     call Jean…  3 d late           lea
2  Borel · Mainten…   €9,000  Qualified l…  send refe…  Mon 23 Nov         lea
3  Nord · Audit            –  Qualified l…  book work…  Tue 1 Dec          marc
""",
        "4 opportunities, €57,000, $15,000 without a rate\n",
    )


def test_list_of_mine_needs_no_owner(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("list", "-m") == (
        0,
        """\
   Opportunity        Amount  Stage            %  Next action  Due
4  Sirius · Portal   $15,000  Qualified lead  10  mail Ana     18 d late   stale
1  Acme · ERP roll…  €48,000  Discovery       25  call Jeanne  3 d late
2  Borel · Mainten…   €9,000  Qualified lead  10  send refer…  Mon 23 Nov
""",
        "3 opportunities, €57,000, $15,000 without a rate\n",
    )


def test_overdue(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("overdue") == (
        0,
        """\
   Opportunity          Amount  Stage           Next action  Late       Owner
4  Sirius · Portal     $15,000  Qualified lead  mail Ana     18 d late  lea
1  Acme · ERP rollout  €48,000  Discovery       call Jeanne  3 d late   lea
""",
        "2 opportunities, €48,000, $15,000 without a rate\n",
    )


def test_stale(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("stale") == (
        0,
        """\
   Opportunity       Amount  Stage           Quiet since  Allowed  Owner
4  Sirius · Portal  $15,000  Qualified lead  Mon 2 Nov    14 days  lea
""",
        "1 opportunity, $15,000 without a rate\n",
    )


def test_stages(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("stages") == (
        0,
        """\
B2B sales   version 1

Qualified lead  lead  10 %  stale after 14 days
  They have a need we can serve, and we know who to talk to.
  to leave  What do they need?  need  (evidence)
  to leave  Who do we talk to?  contact  (field)

Discovery  discovery  25 %  stale after 14 days
  The problem is clear and we know who decides.
  to leave  What problem do they want solved?  problem  (evidence)
  to leave  Who signs, and how do we know?  decision-maker  (field)
  to leave  Has engineering confirmed that we can do it?  feasible  (approval:
            engineering, when amount >= 20000)

Proposal sent  proposal  50 %  stale after 14 days
  They hold an offer whose scope we discussed with them.
  to enter  Was the scope discussed with them in a meeting?  meeting  (exchange)
  to enter  What did we offer, and where is it?  offer  (evidence)
  to enter  Until when is the quote valid?  quote-date  (field)
  to enter  Is the amount still right?  amount-proposal  (amount)

Negotiation  negotiation  75 %  stale after 10 days
  They have answered the offer, and we are settling what is left.
  to enter  What did they answer to the offer?  answer  (evidence)
  to leave  Which objections did they raise, and how was each one settled?
            objections  (evidence)
  to leave  When will they sign?  signing-date  (field)

Won  won  100 %
  They ordered.
  to enter  What shows that they ordered: a signed quote, an order number?
            order  (evidence)

Loss reasons: price, timing, competitor, no budget, no decision, not a fit,
              other
founder: lea
engineering: lea
""",
        "",
    )


def test_journal(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("journal", "1") == (
        0,
        """\
    Day         Who  What
 5  Mon 2 Nov   lea  opened in Qualified lead, €48,000
 6  Mon 2 Nov   lea  next 2026-11-20: call Jeanne
22  Mon 16 Nov  lea  proved need: Stock errors cost them two people
23  Mon 16 Nov  lea  Qualified lead → Discovery
24  Tue 17 Nov  lea  meeting: Went through the scope
""",
        "",
    )


def test_first_thing_to_do(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("next") == (
        0,
        """\
call Jeanne   Acme · ERP rollout  1   3 d late
  pipe done 1 "what happened" -n "what next" -d fri
""",
        "",
    )


def test_nothing_to_list(house: Pipe, screen: Callable[[int], None]) -> None:
    screen(80)
    assert house("list", "nosuch") == (
        0,
        "",
        "Nothing to list.\n",
    )
