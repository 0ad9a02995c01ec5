"""Requests as the tests make them."""

from __future__ import annotations

from model_server import NAME, ModelServer
from pipecli.assist.request import Part, Request
from pipecli.config import ModelSettings

EXCHANGES = (
    Part(12, "Jeanne (jeanne@acme.example, 06 12 34 56 78) signs at 48 k€.", "call, 2026-11-20"),
    Part(15, 'She said: "send the quote by Friday"', "mail, 2026-11-21"),
)
FREE = Request(
    "summary", "Sum up what was said.", EXCHANGES, "Acme, ERP rollout", language="en", answer_tokens=200
)
FORMED = Request(
    "qualify",
    "Find what proves a criterion.",
    EXCHANGES,
    shape={
        "proofs": [{"criterion": "its key", "entry": 0, "quote": "word for word"}],
        "amount?": "as written",
    },
    answer_tokens=300,
)
ENGLISH = "Jeanne is to sign for the whole of it [12], and she waits for the quote by Friday [15]."


def settings_of(model: ModelServer, *, redact: bool = False, timeout: float = 30) -> ModelSettings:
    """How to reach the model of the test."""
    return ModelSettings(NAME, model.address, redact, timeout)
