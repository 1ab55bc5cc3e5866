"""What KIE.ai's answers mean. Its envelope carries a code of its own, often under HTTP 200; a task that failed says so
in free text. Codes read from docs.kie.ai on 2026-11-20."""

import re
from dataclasses import dataclass
from typing import Any

from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import line

# One credit is half a US cent.
MICROS_PER_CREDIT = 5_000
_REFUSED = re.compile(r"policy|sensitive|nsfw|safety|prohibited|flagged|moderation|inappropriate", re.IGNORECASE)
_NO_MODEL = re.compile(r"model\b.*\b(?:not (?:found|supported|exist)|invalid|unavailable)", re.IGNORECASE)
_DEPTH_MAX = 6


@dataclass(frozen=True)
class Record:
    """One task as it stands. `ended` is empty while it works, else 'success' or 'fail'."""

    ended: str
    addresses: list[str]
    progress: float
    cost_micros: int | None
    error: provider.ProviderError


def code_of(said: line.Said) -> int:
    """The envelope's own code where there is one, else the status."""
    given = said.json.get("code") if isinstance(said.json, dict) else None
    try:
        return int(given) if given is not None else said.status
    except (TypeError, ValueError):
        return said.status


def task_id(said: line.Said) -> str:
    """The task that a create made. Raises ProviderError; an answer that leaves it open counts as unknown."""
    if code_of(said) != 200:
        raise refusal(said)
    data = said.json.get("data") if isinstance(said.json, dict) else None
    found = data.get("taskId") if isinstance(data, dict) else None
    if not isinstance(found, str) or not found:
        raise provider.OutcomeUnknownError("accepted without the id of a task")
    return found


def refusal(said: line.Said) -> provider.ProviderError:
    """Why a create or an upload was not accepted. Only where nothing was made may it be sent again."""
    code, words = code_of(said), _words(said)
    own = isinstance(said.json, dict) and "code" in said.json
    if code in (400, 422) and _REFUSED.search(words):
        return provider.RefusedError(str(code))
    if code in (404, 505) or (code in (400, 422) and _NO_MODEL.search(words)):
        return provider.ModelUnavailableError(f"{code} {words}")
    if code in (401, 403):
        return provider.CredentialsError(f"{code} {words}")
    if code == 402:
        return provider.OutOfFundsError(f"{code} {words}")
    if code in (429, 455):
        return provider.OverloadedError(str(code), retry_after_seconds=line.retry_after(said.headers))
    if code == 503 or (code == 451 and own):
        # 451: a reference could not be read there; the next attempt uploads it anew.
        return provider.UnavailableError(str(code))
    if code == 501 and own:
        return provider.BadAnswerError(str(code))
    if code == 408 or code >= 500:
        return provider.OutcomeUnknownError(str(code))
    return provider.BadRequestError(str(code))


def is_unknown(said: line.Said) -> bool:
    """Whether the answer says that there is no such task, as it does for some seconds after a create."""
    code = code_of(said)
    return code in (404, 422) or (code == 200 and isinstance(said.json, dict) and said.json.get("data") is None)


def read(said: line.Said) -> Record:
    """The task's record. Raises ProviderError: a retryable one where the answer says nothing of the task."""
    data = said.json.get("data") if isinstance(said.json, dict) else None
    if not isinstance(data, dict) or "state" not in data:
        raise _ended_by_envelope(said)
    state = str(data["state"]).lower()
    return Record(
        ended=state if state in ("success", "fail") else "",
        addresses=addresses(data.get("resultJson")) if state == "success" else [],
        progress=_progress(data.get("progress")),
        cost_micros=_cost(data.get("creditsConsumed")),
        error=failure(data.get("failCode"), str(data.get("failMsg") or "")),
    )


def failure(code: Any, words: str) -> provider.ProviderError:
    """How a task ended that failed. None of these is asked for again: the task has had its time."""
    number = int(code) if str(code or "").isdigit() else 0
    if _REFUSED.search(words) or _REFUSED.search(str(code or "")):
        return provider.RefusedError("refused by the model")
    kinds = {401: provider.CredentialsError, 402: provider.OutOfFundsError, 505: provider.ModelUnavailableError}
    if number in kinds:
        return kinds[number](str(number))
    if number in (400, 422):
        return provider.BadRequestError(str(number))
    return provider.DrawingFailedError(f"the task failed {number or ''}".strip())


def addresses(result: Any) -> list[str]:
    """Where the pictures of a result lie, in every shape that is documented: text that holds JSON, lists, objects."""
    return list(dict.fromkeys(_collect(result, _DEPTH_MAX)))


def upload_address(said: line.Said) -> str:
    """Where an uploaded reference lies. Raises ProviderError; uploads cost nothing, so all doubt is retryable."""
    if code_of(said) != 200:
        error = refusal(said)
        raise provider.UnavailableError(str(error)) if isinstance(error, provider.OutcomeUnknownError) else error
    data = said.json.get("data") if isinstance(said.json, dict) else None
    found = data.get("downloadUrl") or data.get("fileUrl") if isinstance(data, dict) else None
    if not isinstance(found, str) or not found.startswith(("http://", "https://")):
        raise provider.UnavailableError("uploaded, but no address came back")
    return found


def _ended_by_envelope(said: line.Said) -> provider.ProviderError:
    code = code_of(said)
    own = isinstance(said.json, dict) and "code" in said.json
    if own and code in (400, 408, 451, 501, 505):
        return failure(code, _words(said))
    if code in (429, 455):
        return provider.OverloadedError(str(code), retry_after_seconds=line.retry_after(said.headers))
    return provider.UnavailableError(f"no record in the answer ({code})")


def _collect(given: Any, depth: int) -> list[str]:
    if depth == 0:
        return []
    if isinstance(given, str):
        text = given.strip()
        if text.startswith(("http://", "https://")):
            return [text]
        return _collect(line.parse(text), depth - 1) if text[:1] in ("{", "[", '"') else []
    if isinstance(given, list):
        return [address for item in given for address in _collect(item, depth - 1)]
    if isinstance(given, dict):
        for name in ("resultUrls", "resultObject", "resultUrl", "url", "firstFrameUrl", "lastFrameUrl"):
            if found := _collect(given.get(name), depth - 1):
                return found
    return []


def _progress(given: Any) -> float:
    try:
        value = float(str(given).rstrip("%"))
    except ValueError:
        return 0
    return min(1.0, max(0.0, value / 100 if value > 1 else value)) if value == value else 0


def _cost(credits: Any) -> int | None:
    if isinstance(credits, bool) or not isinstance(credits, int | float) or not 0 <= credits < 1e9:
        return None
    return round(credits * MICROS_PER_CREDIT)


def _words(said: line.Said) -> str:
    if not isinstance(said.json, dict):
        return ""
    return str(said.json.get("msg") or said.json.get("message") or "")[:200]
