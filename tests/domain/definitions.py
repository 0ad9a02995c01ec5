"""A definition that uses everything a definition can say."""

FULL = """\
name = "Acme"
currency = "chf"
timezone = "Europe/Zurich"
template = "b2b"
loss_reasons = ["no budget", { key = "price", label = "Too dear" }, { key = "other" }]

[roles]
boss = ["ann", "bob", "ann"]
desk = "eve"

[[field]]
key = "effort_days"
type = "number"
label = "Days"

[[field]]
key = "urgent"
type = "yes/no"

[[stage]]
key = "discovery"
name = "Discovery"
proves = '''The problem
  is clear.'''
probability = 25
stale_after = "2w"
stale_when = "close_date < today"

  [[stage.exit]]
  key = "decider"
  ask = "Who signs?"
  field = "decision-maker"
  evidence = "note"
  valid_for = "60d"
  waivable_by = "boss"
  hints = ["sign", "decide"]

  [[stage.exit]]
  key = "talks"
  ask = "Did we talk?"
  exchange = "meeting"
  count = 2
  within = "30d"

[[stage]]
key = "proposal"
name = "Proposal sent"
probability = { default = 50, max = 60 }
amount_review = true

  [[stage.entry]]
  key = "risk"
  ask = "Do we take it?"
  approval = "boss"
  condition = "amount > 0"
  when = "amount >= 20000"

  [[stage.entry]]
  key = "next"
  ask = "What next?"
  next_action = true
  amount_review = false
  count = 1

[won]
name = "Signed"

  [[won.entry]]
  key = "order"
  ask = "Where is the order?"
  evidence = "link"
"""
