"""The one door to a language model: `complete(prepared)` sends a request and returns what may be used of the answer.

    ready = prepared(Request("summary", rules, parts, language="en"), settings.model())
    answer = complete(ready, on_text=print_it)
    answer.text                       # free text, cleaned, what was masked put back
    answer.value                      # the object of an answer with a `shape`, its texts likewise
    answer.left_out                   # numbers of the parts that did not fit the budget: say so

litellm is imported inside `_litellm`, with its telemetry, its price list from the network and its `.env` files off.
Every fault is an AssistError of one line that holds no key. Whether anything may be sent is not judged here: a use
case asks through `service/assistance.py`, which first asks a person.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipecli.domain.language import is_written_in
from pipecli.domain.plain import cleaned
from pipecli.errors import AssistError
from pipecli.text import _

from . import faults
from .answers import parsed
from .request import OLLAMA, Prepared
from .streaming import Shown, without_thoughts

OnText = Callable[[str], None]
_LONGEST_PER_TOKEN = 40
_OFFLINE = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_OFFLINE_MODE": "true",  # nothing fetched that nobody asked for: prices, tokenizers, news
    "LITELLM_MODE": "PRODUCTION",  # no keys from a .env file of whatever folder this runs in
}


@dataclass(frozen=True)
class Answer:
    """What a model answered, fit to be shown: `text` where free text was asked for, else `value`.

    `dropped` counts the items of lists that were not of the shape asked for; `left_out` are the numbers of the parts
    that were not sent. Tokens and cost (in US dollars) are None where they are not known.
    """

    text: str
    value: dict[str, Any]
    model: str
    dropped: int = 0
    left_out: tuple[int, ...] = ()
    tokens_sent: int | None = None
    tokens_received: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class _Raw:
    text: str
    ending: str | None
    refusal: str | None = None
    usage: Any = None


def complete(
    ready: Prepared,
    *,
    on_text: OnText | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Answer:
    """Ask the model what was prepared; `on_text` is given a free text piece by piece as it arrives. Raises AssistError.

    A rate limit or a fault of the server is tried once more, after `pause`, if no text was shown yet.
    """
    litellm = _litellm()
    shown = Shown(ready.masks, on_text, in_json=ready.request.in_json)
    try:
        raw = _asked(litellm, ready, shown)
    except Exception as error:
        wait = faults.wait_before_another(error)
        if wait is None or shown.something:
            raise faults.explained(error, ready.settings, shown.something) from None
        pause(wait)
        try:
            raw = _asked(litellm, ready, shown)
        except Exception as again:
            raise faults.explained(again, ready.settings, shown.something) from None
    shown.end()
    return _answer(litellm, ready, raw)


def _litellm() -> Any:
    """The library, imported with all that it would do on the network by itself turned off."""
    os.environ.update(_OFFLINE)
    try:
        import litellm
    except ImportError:
        raise AssistError(_("asking a model needs the [ai] extra; add it: pip install litellm")) from None
    except Exception as error:
        line = _("litellm cannot be loaded ({kind}); install it anew: pip install --upgrade litellm")
        raise AssistError(line.format(kind=type(error).__name__)) from None
    import logging

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what went wrong is said once, by us
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.disable_hf_tokenizer_download = True
    litellm.disable_streaming_logging = True
    return litellm


def _asked(litellm: Any, ready: Prepared, shown: Shown) -> _Raw:
    import warnings

    if ready.settings.name.startswith(OLLAMA) and ready.settings.api_base:
        os.environ["OLLAMA_API_BASE"] = (
            ready.settings.api_base
        )  # or it looks for the model on this machine as well
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own making
        response = litellm.completion(
            **ready.sent,
            timeout=ready.settings.timeout,
            num_retries=0,
            max_retries=0,
            drop_params=True,  # a model that knows no response_format is still told the form in words
        )
        if ready.sent.get("stream"):
            return _streamed(response, ready, shown)
    if not response.choices:
        return _Raw("", None)
    choice = response.choices[0]
    usage = getattr(response, "usage", None)
    content = choice.message.content
    return _Raw(
        content if isinstance(content, str) else "", choice.finish_reason, _refusal(choice.message), usage
    )


def _streamed(response: Any, ready: Prepared, shown: Shown) -> _Raw:
    pieces: list[str] = []
    length = 0
    ending = usage = None
    for chunk in response:
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices[:1]:
            ending = choice.finish_reason or ending
            piece = choice.delta.content or ""
            pieces.append(piece)
            length += len(piece)
            shown.add(piece)
        if length > ready.request.answer_tokens * _LONGEST_PER_TOKEN:
            return _Raw("".join(pieces), "length")
    return _Raw("".join(pieces), ending, usage=usage)


def _refusal(message: Any) -> str | None:
    """What a model said instead of an answer, where its protocol has a place for that."""
    found = getattr(message, "refusal", None)
    return found or (getattr(message, "provider_specific_fields", None) or {}).get("refusal")


def _answer(litellm: Any, ready: Prepared, raw: _Raw) -> Answer:
    model, request = ready.settings.name, ready.request
    text = without_thoughts(cleaned(raw.text)).strip()
    if raw.refusal or raw.ending == "content_filter" or (request.shape is None and faults.is_refusal(text)):
        raise AssistError(_("{model} declined to answer").format(model=model))
    if raw.ending == "length":
        raise AssistError(
            _("the answer of {model} is longer than the {n} tokens it was given").format(
                model=model, n=request.answer_tokens
            )
        )
    if not text:
        raise AssistError(_("{model} answered nothing").format(model=model))
    sent, received, cost = _spent(litellm.model_cost, model, raw.usage)
    value: dict[str, Any] = {}
    dropped = 0
    if request.shape is not None:
        found = parsed(text, request.shape)
        if found is None:
            raise AssistError(_("{model} did not answer in the form it was asked for").format(model=model))
        value, dropped = ready.masks.restore_in(found[0]), found[1]
        text = ""
    elif request.language and not is_written_in(text, request.language):
        raise AssistError(_("{model} answered in another language than it was asked for").format(model=model))
    return Answer(ready.masks.restore(text), value, model, dropped, ready.left_out, sent, received, cost)


def _spent(prices: Mapping[str, Any], model: str, usage: Any) -> tuple[int | None, int | None, float | None]:
    """Tokens sent and received, and what they cost in US dollars, as far as that is known.

    The list that came with the library is read here, since its own arithmetic asks Ollama for the price of a model.
    """
    sent, received = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None) or 0
    if not sent:
        return None, None, None
    if model.startswith(OLLAMA):
        return sent, received, 0.0
    price = prices.get(model) or prices.get(model.partition("/")[2]) or {}
    try:
        cost = sent * price["input_cost_per_token"] + received * price["output_cost_per_token"]
    except (KeyError, TypeError):
        return sent, received, None
    return sent, received, cost
