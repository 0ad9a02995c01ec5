"""The sample company's pipeline: the b2b template made its own, with roles that several people hold.

The company is fictional: it builds and looks after business software for firms of its region. Who types is
one of its two founders, and engineering confirms what costs more than a few weeks of work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

ENGINEERS = ("marc", "ines")
CO_FOUNDERS = ("claire", "henri")
# In minor units of the pipeline's currency: from here on engineering, and the founders, are asked.
ENGINEERING_STAKE = 20_000_00
FOUNDER_STAKE = 60_000_00

_TOML = """\
# The pipeline of a small software company. Adapt it: pipe stages edit
name = "Sample company"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "timing", "competitor", "no budget", "no decision", "not a fit", "other"]

# Two people in a role, and neither of them holds everybody up.
[roles]
founder = {founders}
engineering = {engineers}

[[field]]
key = "quote_valid_until"
type = "date"
label = "Quote valid until"

[[field]]
key = "effort_days"
type = "number"
label = "Days of work"

[[stage]]
key = "lead"
name = "Qualified lead"
probability = 10
stale_after = "14d"
proves = "They have a need we can serve, and we know who to talk to."

  [[stage.exit]]
  key = "need"
  ask = "What do they need, in their words?"
  evidence = "note"
  hints = ["need", "looking for", "we want"]

  [[stage.exit]]
  key = "contact"
  ask = "Who do we talk to?"
  field = "contact"

[[stage]]
key = "discovery"
name = "Discovery"
probability = 25
stale_after = "14d"
proves = "The problem is clear and we know who decides."

  [[stage.exit]]
  key = "problem"
  ask = "What does the problem cost them?"
  evidence = "note"
  hints = ["problem", "because", "costs us"]

  [[stage.exit]]
  key = "decision-maker"
  ask = "Who signs, and how do we know?"
  field = "decision_maker"
  evidence = "note"
  hints = ["decide", "sign", "budget"]

  # Engineering is asked only above this stake. A blank amount does not dodge it.
  [[stage.exit]]
  key = "feasible"
  ask = "Has engineering confirmed that we can do it?"
  approval = "engineering"
  when = "amount >= 20000"
  waivable_by = "founder"

[[stage]]
key = "proposal"
name = "Proposal sent"
probability = 50
stale_after = "14d"
stale_when = "quote_valid_until < today"
proves = "They hold an offer whose scope we discussed with them."
amount_review = true

  [[stage.entry]]
  key = "meeting"
  ask = "Was the scope discussed with them in a meeting?"
  exchange = "meeting"
  within = "30d"
  waivable_by = "founder"

  [[stage.entry]]
  key = "offer"
  ask = "What did we offer, and where is it?"
  evidence = "note"
  hints = ["proposal", "quote", "offer"]

  [[stage.entry]]
  key = "quote-date"
  ask = "Until when is the quote valid?"
  field = "quote_valid_until"

[[stage]]
key = "negotiation"
name = "Negotiation"
probability = 75
stale_after = "10d"
proves = "They have answered the offer, and we are settling what is left."

  [[stage.entry]]
  key = "answer"
  ask = "What did they answer to the offer?"
  evidence = "note"
  hints = ["discount", "terms", "looks good"]

  [[stage.exit]]
  key = "objections"
  ask = "Which objections did they raise, and how was each one settled?"
  evidence = "note"

  [[stage.exit]]
  key = "terms"
  ask = "Do the founders stand by the terms?"
  approval = "founder"
  when = "amount >= 60000"

  [[stage.exit]]
  key = "signing-date"
  ask = "When will they sign?"
  field = "close_date"
  condition = "close_date >= today"

[won]
name = "Won"
proves = "They ordered."

  [[won.entry]]
  key = "order"
  ask = "What shows that they ordered: a signed quote, an order number?"
  evidence = "note"

[lost]
name = "Lost"
"""


def definition(founders: Iterable[str]) -> str:
    """The definition's TOML with these founders."""
    return _TOML.format(
        founders=json.dumps(list(founders), ensure_ascii=False), engineers=json.dumps(list(ENGINEERS))
    )
