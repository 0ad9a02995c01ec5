"""What goes wrong on the way to a model and back, each as one line that says what to do; none of them holds a key.

Exceptions are told apart by their names, which are those of the OpenAI client, so that nothing here loads litellm.
"""

from __future__ import annotations

import os
import re

from pipecli.config import ModelSettings
from pipecli.errors import AssistError
from pipecli.text import _

BACKOFF = 2.0
LONGEST_WAIT = 30.0
_OF_THE_SERVER = {"InternalServerError", "ServiceUnavailableError", "BadGatewayError"}
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
    if "MidStreamFallbackError" in names or "APIConnectionError" in names or _is_out_of_quota(error):
        return None
    if "RateLimitError" not in names and not names & _OF_THE_SERVER:
        return None
    asked = _retry_after(error)
    return None if asked > LONGEST_WAIT else max(BACKOFF, asked)


def explained(error: Exception, settings: ModelSettings, midway: bool = False) -> AssistError:
    """The error as one line for a person; `midway` says that a part of the answer was shown already."""
    if isinstance(error, AssistError):
        return error
    return AssistError(_line(error, _names(error), settings, midway))


def _line(error: Exception, names: set[str], settings: ModelSettings, midway: bool) -> str:
    model = settings.name
    if "APITimeoutError" in names or "TimeoutException" in names:
        line = _("{model} sent nothing for {n} s; to wait longer: pipe config ai.timeout {more}")
        return line.format(model=model, n=settings.timeout, more=min(3600, settings.timeout * 2))
    if midway or "MidStreamFallbackError" in names or "RemoteProtocolError" in names:
        return _("the answer of {model} broke off").format(model=model)
    if "AuthenticationError" in names or "PermissionDeniedError" in names:
        line = _("{model} does not accept the key; set the right one in the environment: {name}")
        return line.format(model=model, name=_name_of_key(model))
    if _is_out_of_quota(error):
        return _("the account of {model} has nothing left to spend").format(model=model)
    if "RateLimitError" in names:
        return _("{model} is asked too often; try again in a minute").format(model=model)
    if "ContextWindowExceededError" in names:
        line = _("the request is longer than {model} takes; send less: pipe config ai.budget {n}")
        return line.format(model=model, n=max(500, settings.budget // 2))
    if "ContentPolicyViolationError" in names:
        return _("{model} declined to answer").format(model=model)
    if "LLM Provider NOT provided" in str(error) or "LiteLLMUnknownProvider" in names:
        line = _('"{model}" names no provider; write it as openai/NAME, mistral/NAME or ollama/NAME')
        return line.format(model=model)
    if "NotFoundError" in names:
        line = _("{where} knows no such model: {model}")
        return line.format(where=_where(settings), model=model)
    if "APIConnectionError" in names and "APIStatusError" not in names:
        line = _("{where} cannot be reached; is the network up, and the address right?")
        return line.format(where=_where(settings))
    status = getattr(error, "status_code", None)
    if names & _OF_THE_SERVER or (isinstance(status, int) and status >= 500):
        return _("{where} has a fault of its own; try again later").format(where=_where(settings))
    reason = scrubbed(" ".join(str(error).split()))[:200]
    return _("{model} cannot be asked: {kind}, {reason}").format(
        model=model, kind=type(error).__name__, reason=reason
    )


def scrubbed(text: str) -> str:
    """The text without any key: neither one the environment holds, nor what looks like one."""
    for name, value in os.environ.items():
        if len(value) >= 6 and _SECRET_NAMES.search(name):
            text = text.replace(value, "***")
    return _SECRET_FORMS.sub("***", text)


def _names(error: BaseException) -> set[str]:
    """The names of the classes of an error and of what it came from."""
    found: set[str] = set()
    while error is not None and len(found) < 60:
        found |= {kind.__name__ for kind in type(error).__mro__}
        error = error.__cause__  # type: ignore[assignment]
    return found


def _is_out_of_quota(error: Exception) -> bool:
    return "insufficient_quota" in str(error)


def _retry_after(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("retry-after", 0))
    except ValueError:  # a date
        return LONGEST_WAIT + 1


def _name_of_key(model: str) -> str:
    provider = model.partition("/")[0] if "/" in model else "openai"
    return f"{provider.upper().replace('-', '_')}_API_KEY"


def _where(settings: ModelSettings) -> str:
    return settings.api_base or settings.name.partition("/")[0]
