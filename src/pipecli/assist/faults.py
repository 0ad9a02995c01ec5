"""What goes wrong on the way to a model and back, each as one line that says what to do; none of them holds a key.

Exceptions are told apart by their names, which are those of the OpenAI client, so that nothing here loads litellm.
"""

from __future__ import annotations

import os
import re
from math import ceil

from pipecli.config import NUMBERS, ModelSettings
from pipecli.domain.plain import cleaned
from pipecli.errors import AssistError
from pipecli.text import _

BACKOFF = 2.0
LONGEST_WAIT = 30.0
_TOO_LONG = re.compile("maximum context length|context_length_exceeded|context window")
_NO_KEY = re.compile(r"(?i)missing credentials|missing \S* ?api.?key")
_OTHER_KEYS = {
    "bedrock": "AWS_ACCESS_KEY_ID",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
    "huggingface": "HF_TOKEN",
}
_SECRET_NAMES = re.compile(r"(?i)key|token|secret|password|credential")
_SECRET_FORMS = re.compile(
    r"(?i)\b(?:bearer\s+\S+|[sprg]k[-_][\w*.-]{6,}|AIza[\w-]{10,}|gsk_\w+|eyJ[\w.-]{20,})"
)
_REFUSALS = re.compile(
    r"(?i)^\W*(?:i['’]?m sorry,? (?:but )?i (?:can|am un)|i (?:can['’]?t|cannot|won['’]?t) (?:help|assist|comply|do)"
    r"|(?:je suis )?désolée?,? (?:mais )?je ne (?:peux|suis)|je ne peux pas (?:vous |t['’])?(?:aider|répondre))"
)
_LONGEST_REFUSAL = 300


def is_refusal(text: str) -> bool:
    """Whether a free text says that there is no answer."""
    return len(text) < _LONGEST_REFUSAL and bool(_REFUSALS.match(text))


def wait_before_another(error: Exception) -> float | None:
    """Seconds to wait before the one other try, None where another would not help."""
    names = _names(error)
    if _is_broken_off(names) or "APIConnectionError" in names or _lacks_key(error) or _is_out_of_quota(error):
        return None
    if "RateLimitError" not in names and not _is_of_the_server(error):
        return None
    asked = _retry_after(error)
    return None if asked > LONGEST_WAIT else max(BACKOFF, asked)


def explained(error: Exception, settings: ModelSettings, midway: bool = False) -> AssistError:
    """The error as one line for a person; `midway` says that a part of the answer was shown already."""
    if isinstance(error, AssistError):
        return error
    names = _names(error)
    line = _of_the_answer(names, settings, midway) or _of_the_account(error, names, settings)
    return AssistError(line or _of_the_request(error, names, settings))


def _of_the_answer(names: set[str], settings: ModelSettings, midway: bool) -> str | None:
    if "APITimeoutError" in names or "TimeoutException" in names:
        line = _("{model} sent nothing for {n} s; to wait longer: pipe config ai.timeout {more}")
        longer = min(NUMBERS["ai.timeout"][1], ceil(settings.timeout * 2))
        return line.format(model=settings.name, n=f"{settings.timeout:g}", more=longer)
    if midway or _is_broken_off(names):
        return _("the answer of {model} broke off").format(model=settings.name)
    if "ContentPolicyViolationError" in names:
        return _("{model} declined to answer").format(model=settings.name)
    return None


def _of_the_account(error: Exception, names: set[str], settings: ModelSettings) -> str | None:
    model = settings.name
    refused = names & {"AuthenticationError", "PermissionDeniedError"}
    if _lacks_key(error) or (refused and not os.environ.get(_name_of_key(model))):
        line = _("{model} needs a key; set it in the environment: {name}")
        return line.format(model=model, name=_name_of_key(model))
    if refused:
        line = _("{model} does not accept the key; set the right one in the environment: {name}")
        return line.format(model=model, name=_name_of_key(model))
    if _is_out_of_quota(error):
        return _("the account of {model} has nothing left to spend").format(model=model)
    if "RateLimitError" in names:
        return _("{model} is asked too often; try again in a minute").format(model=model)
    return None


def _of_the_request(error: Exception, names: set[str], settings: ModelSettings) -> str:
    model = settings.name
    where = settings.api_base or model.partition("/")[0]
    text = " ".join(cleaned(str(error)).split())
    if "ContextWindowExceededError" in names or _TOO_LONG.search(text):
        line = _("the request is longer than {model} takes; to send less: pipe config ai.budget {n}")
        return line.format(model=model, n=max(NUMBERS["ai.budget"][0], settings.budget // 2))
    if "LLM Provider NOT provided" in text or "LiteLLMUnknownProvider" in names:
        line = _(
            '"{model}" names no provider that litellm knows; write it as openai/NAME, mistral/NAME or ollama/NAME'
        )
        return line.format(model=model)
    if "NotFoundError" in names:
        return _("{where} knows no such model: {model}").format(where=where, model=model)
    if "APIConnectionError" in names:
        line = _("{where} cannot be reached; is the network up, and the address right?")
        return line.format(where=where)
    if _is_of_the_server(error):
        return _("{where} has a fault of its own; try again later").format(where=where)
    line = _("{model} cannot be asked: {kind}, {reason}")
    return line.format(model=model, kind=type(error).__name__, reason=scrubbed(text)[:200])


def scrubbed(text: str) -> str:
    """The text as it is seen, and without any key: neither one the environment holds, nor what looks like one."""
    text = cleaned(text)
    for name, value in os.environ.items():
        if len(value) >= 6 and _SECRET_NAMES.search(name):
            text = text.replace(value, "***")
    return _SECRET_FORMS.sub("***", text)


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, which the library wraps again and again."""
    found = [error]
    while len(found) < 10:
        last = found[-1]
        before = getattr(last, "original_exception", None) or last.__cause__ or last.__context__
        if not isinstance(before, BaseException):
            break
        found.append(before)
    return found


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}


def _is_broken_off(names: set[str]) -> bool:
    """Whether the connection was lost once it stood."""
    if "ConnectError" in names:
        return False
    return "RemoteProtocolError" in names or {"MidStreamFallbackError", "APIConnectionError"} <= names


def _is_out_of_quota(error: Exception) -> bool:
    bodies = [getattr(link, "body", None) for link in _chain(error)]
    return any(isinstance(body, dict) and body.get("code") == "insufficient_quota" for body in bodies)


def _is_of_the_server(error: Exception) -> bool:
    statuses = [getattr(link, "status_code", None) for link in _chain(error)]
    return any(isinstance(status, int) and status >= 500 for status in statuses)


def _lacks_key(error: Exception) -> bool:
    return any(_NO_KEY.search(str(link)) for link in _chain(error))


def _retry_after(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("retry-after", 0))
    except ValueError:  # a date
        return LONGEST_WAIT + 1


def _name_of_key(model: str) -> str:
    provider = model.partition("/")[0] if "/" in model else "openai"
    return _OTHER_KEYS.get(provider, f"{provider.upper().replace('-', '_')}_API_KEY")
