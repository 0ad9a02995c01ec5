"""What is sold in the sample, and what its people say: services with their needs and problems, and sentences.

`{first}` is the contact's first name, `{account}` the account, `{service}` what is sold.
"""

from __future__ import annotations

from typing import NamedTuple


class Service(NamedTuple):
    """Something that is sold: amounts in major units, what clients say they need, and what the lack costs them."""

    name: str
    low: int
    high: int
    needs: tuple[str, ...]
    problems: tuple[str, ...]


SERVICES = (
    Service(
        "Customer portal",
        14_000,
        42_000,
        (
            "We want our clients to follow their orders without calling us",
            "Half of our calls ask where a delivery is",
            "Our resellers should see their own prices online",
        ),
        (
            "Two people do nothing but answer delivery questions",
            "We lost a reseller who found our rival's site easier",
            "Every price list goes out by mail and is wrong within a week",
        ),
    ),
    Service(
        "Stock audit",
        4_000,
        9_000,
        (
            "We need to know why the counts never match",
            "We are looking for somebody to check our stock records",
        ),
        ("The last count was off by eleven percent", "We write off about 40,000 a year and cannot say why"),
    ),
    Service(
        "Warehouse scanners",
        9_000,
        28_000,
        ("We need handhelds that speak to our stock software", "The pickers still work from paper"),
        (
            "Three picking errors a day, each of them costs us a return",
            "New pickers take a month to learn the shelves",
        ),
    ),
    Service(
        "Data migration",
        8_000,
        30_000,
        (
            "Our old system is switched off next year and the data has to come along",
            "We want twelve years of orders in one place",
        ),
        ("Every export loses the delivery addresses", "Nobody here understands the old tables any more"),
    ),
    Service(
        "Maintenance contract",
        3_000,
        11_000,
        (
            "We need somebody who answers when it stops",
            "Our supplier has stopped supporting the version we run",
        ),
        (
            "In March we stood still for two days because nobody called back",
            "We pay by the hour and never know what the month will cost",
        ),
    ),
    Service(
        "ERP upgrade",
        30_000,
        95_000,
        ("We want to be on a supported release before the audit", "Our ERP is four releases behind"),
        ("Month end takes nine working days", "The auditors gave us until summer to close the gaps"),
    ),
    Service(
        "Invoice automation",
        7_000,
        24_000,
        (
            "We retype every supplier invoice by hand",
            "We need electronic invoices before the law asks for them",
        ),
        (
            "Late payment fees came to 6,000 last year",
            "Two accountants spend their Fridays matching paper to orders",
        ),
    ),
    Service(
        "Sales dashboard",
        4_000,
        14_000,
        ("We want one figure that everybody believes", "Our managers build their own sheets"),
        (
            "The board saw three different revenues in one meeting",
            "It takes a week to know how last week went",
        ),
    ),
    Service(
        "Web shop",
        16_000,
        55_000,
        ("We want to sell spare parts online", "Our shop cannot show prices by client"),
        ("Small orders cost us more to enter than they earn", "A third of the carts die at the address form"),
    ),
    Service(
        "Route planning",
        12_000,
        38_000,
        (
            "We need to plan forty drops a day without a whiteboard",
            "The drivers choose their own order today",
        ),
        (
            "Fuel went up by a fifth and the routes did not change",
            "Two dispatchers plan until nine in the evening",
        ),
    ),
    Service(
        "Quality records",
        9_000,
        26_000,
        ("We need our inspection sheets to be searchable", "Our clients ask for certificates per batch"),
        ("Finding one certificate takes half a day", "We nearly lost the approval over a missing sheet"),
    ),
    Service(
        "Field service app",
        18_000,
        60_000,
        ("Our fitters should close a job on site", "We want photos and signatures with the report"),
        (
            "Reports arrive ten days late, so do the invoices",
            "One job in eight is visited twice for a missing part",
        ),
    ),
    Service(
        "Security review",
        5_000,
        13_000,
        ("Our insurer asks for a review before renewing", "We want to know what an outsider could reach"),
        (
            "A supplier was encrypted in spring and we run the same remote access",
            "The premium doubles without a report",
        ),
    ),
    Service(
        "Staff training",
        2_500,
        8_000,
        ("We need everybody on the new screens by the season", "Half of the team never had an introduction"),
        ("The same five questions reach support every day", "People keep their own lists beside the system"),
    ),
    Service(
        "Partner interface",
        10_000,
        34_000,
        (
            "Our biggest client wants orders by interface, not by mail",
            "We need stock levels to go out every hour",
        ),
        ("We type 300 order lines a day from attachments", "They fined us twice for late confirmations"),
    ),
    Service(
        "Planning tool",
        20_000,
        75_000,
        (
            "We want production and sales to plan on the same numbers",
            "Our planning lives in one person's sheet",
        ),
        (
            "When she was ill nobody could say what to build",
            "Rush orders push everything else back by a week",
        ),
    ),
)

# The tour's own, so that its name fits one opportunity only.
TOUR_SERVICE = Service(
    "ERP rollout",
    45_000,
    45_000,
    ("We run the whole warehouse on sheets and memory",),
    ("Stock errors cost us two people",),
)

SOURCES = ("referral", "website", "trade fair", "existing client", "cold call", "partner")
TAGS = ("priority", "public", "renewal", "partner", "multi-site")

# What a next action announces, by the step that closes it.
ANNOUNCED = {
    "talk": (
        "call {first}",
        "call {first} back about the {service}",
        "send {first} two references",
        "mail {first} the questionnaire",
        "call {first} after their team meeting",
    ),
    "qualify": (
        "call {first} to qualify the need",
        "call {first} about their {service}",
        "meet {first} on site",
    ),
    "problem": (
        "meet {first} to see how they work today",
        "workshop with {first} and the team",
        "call {first} about the cost of doing nothing",
        "visit {account}",
    ),
    "offer": (
        "present the offer to {first}",
        "meet {first} to go through the scope",
        "present the {service} offer",
    ),
    "answer": (
        "call {first} for their answer",
        "call {first} about the offer",
        "mail {first} about the offer",
    ),
    "settle": (
        "call {first} about the open points",
        "meet {first} and their buyer",
        "send {first} the revised terms",
    ),
    "win": ("call {first} about the signature", "send {first} the contract", "meet {first} to sign"),
    "lose": ("call {first} again", "call {first} for a decision", "mail {first} a last time"),
    "reopened": ("call {first}", "send {first} the offer again"),
}

SAID = {
    "talk": (
        "Short call, {first} is collecting figures and wants to talk again.",
        "{first} asked for references of our size.",
        "{first} was in a hurry: interested, no date yet.",
        "Sent the answers to the questions of {first}.",
        "{first} has to speak with the colleagues of the other site first.",
        "Nothing new at {account}, still on their list.",
    ),
    "qualify": (
        "{first} explained what they are looking for: {quote}.",
        "First real talk with {first}: {quote}.",
        "{first} had called two others as well. {quote}.",
    ),
    "problem": (
        "Went through their day with {first}. {quote}.",
        "{first} gave figures: {quote}.",
        "Spent two hours on site. {quote}.",
        "The team confirmed what {first} had said: {quote}.",
    ),
    "offer": (
        "Went through the scope with {first}, they want it in two phases.",
        "Presented the offer; {first} will show it to the others.",
        "Scope agreed with {first}, training is left out.",
        "{first} asked for a fixed price and got it.",
    ),
    "answer": (
        "{first} called back: {quote}.",
        "{first} had talked to everybody: {quote}.",
        "Answer by mail: {quote}.",
    ),
    "settle": (
        "Settled the open points with {first}.",
        "Long call with {first} and their buyer, everything is on the table.",
        "{first} wanted a penalty clause, agreed on a warranty instead.",
    ),
    "win": (
        "{first} sent the signed quote.",
        "Signed at their office with {first}.",
        "Order received from {first}.",
    ),
    "returned": (
        "{first} wants a different scope since their reorganisation.",
        "New director, {first} has to start over with the requirements.",
    ),
    "reopened": (
        "{first} called: they have a budget again.",
        "The other supplier did not deliver, {first} asked for us.",
    ),
}

DECIDES = (
    "{first} signs alone below 50,000, the board above",
    '"I sign, finance only reads it", says {first}',
    "{first} has signed the last two projects of this size",
    "Seen on their last contract: {first} signs",
    "{first} decides together with production and said so in the meeting",
)
OFFERS = (
    "Offer sent with scope, two milestones and what we assume",
    "Proposal by mail, fixed price and three assumptions",
    "Quote with two phases, the second one optional",
    "Offer with scope, plan and the names of the team",
)
ANSWERS = (
    "looks good, we only need other payment terms",
    "we want it, but not before the season",
    "the price is above our budget by a tenth",
    "the scope is right, who will look after it afterwards",
    "we prefer your offer, purchasing wants a discount",
)
OBJECTIONS = (
    "Price: the training moved to phase two. Dates: start after their stock count",
    "Afraid of downtime: we switch over on a weekend and keep the old system for a month",
    "Their buyer wanted 15 percent, we agreed on 5 for two years of maintenance",
    "Data protection: hosting in the country, contract checked by their lawyer",
    "Doubts about our size: two references called, both satisfied",
)
ORDERS = (
    "Signed quote, order {number}",
    "Order {number} by mail",
    "Contract countersigned, their reference is {number}",
)
WIN_REASONS = (
    "They trusted the people who would do the work",
    "We showed it working with their own data",
    "Fixed price and a clear plan",
    "Recommended by a client of ours",
    "The only offer that named what is left out",
    "We answered within a day, the others did not",
)
LOSSES = (
    ("price", "A third cheaper elsewhere, without training"),
    ("price", "Asked for 20 percent less, we stopped"),
    ("timing", "Put off until after their move"),
    ("timing", "Not before next year"),
    ("competitor", "Chose the supplier of their parent company"),
    ("competitor", "The other offer had the interface ready"),
    ("no budget", "Investments frozen until summer"),
    ("no budget", "The money went into a new hall"),
    ("no decision", "Three dates fell through, nobody answers"),
    ("no decision", "The director left, nobody decides"),
    ("not a fit", "They need round-the-clock support"),
    ("not a fit", "Too small for us"),
    ("other", "Taken over by a larger group"),
)
FEASIBLE = (
    "Two connectors exist already",
    "Done the same in spring",
    "Possible, if they give us a test system",
    "Yes, with one spare week in the plan",
    "",
)
TERMS = ("Fine with 30 days net", "Yes, with a third at the start", "Agreed, we want this reference", "")
WAIVED = ("{first} is abroad until next month; scope settled by mail", "Same scope as last year's project")
RETURNED = (
    "Their scope has changed, the offer no longer fits",
    "New director, the problem has to be understood again",
)
REOPENED = ("Budget released for this quarter", "The supplier they chose did not deliver")
