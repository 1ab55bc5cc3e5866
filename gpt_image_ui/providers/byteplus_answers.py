"""What ModelArk's answers mean. Errors are told apart by the beginning of their code, since what follows the dot grows;
codes read on 2026-11-20. The same codes stand in a failed task and beside a picture that was not made."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import line

_KINDS: tuple[tuple[re.Pattern[str], type[provider.ProviderError]], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"(Input|Output)(Text|Image|Video|Audio)(Sensitive|Risk)", provider.RefusedError),
        (r"SensitiveContent|PolicyViolation", provider.RefusedError),
        (r"InvalidEndpoint|InvalidModel|ModelNotOpen|ModelNotFound", provider.ModelUnavailableError),
        (r"MissingParameter|InvalidParameter", provider.BadRequestError),
        (r"AccountOverdue|ServiceOverdue|QuotaExceeded|SetLimitExceeded|Insufficient", provider.OutOfFundsError),
        (r"Authentication|AccessDenied|ServiceNotOpen|InvalidApiKey", provider.CredentialsError),
        (r"\w*RateLimitExceeded|ServerOverloaded|TooManyRequests", provider.OverloadedError),
        (r"InternalServiceError|ServiceUnavailable", provider.UnavailableError),
    )
)
_TELLING = (provider.CredentialsError, provider.OutOfFundsError, provider.ModelUnavailableError)


@dataclass(frozen=True)
class Picture:
    """One picture, in the answer itself or at an address."""

    data: bytes
    address: str
    count: int


@dataclass(frozen=True)
class Task:
    """One video task as it stands. `status` is the vendor's word."""

    status: str
    address: str
    tokens: int | None
    resolution: str
    audio: bool
    seed: int | None
    error: provider.ProviderError | None


def failure(said: line.Said) -> provider.ProviderError:
    """The error that an answer of another status than 200 stands for."""
    code, message = _complaint(said.json)
    wait = line.retry_after(said.headers)
    if code and (known := _by_code(code, message, wait)):
        return known
    status, detail = said.status, f"{said.status} {code}".strip()
    if status in (401, 403):
        return provider.CredentialsError(f"{detail} {message}".strip())
    if status == 402:
        return provider.OutOfFundsError(detail)
    if status == 404:
        return provider.ModelUnavailableError(f"{detail} {message}".strip())
    if status == 429:
        return provider.OverloadedError(detail, retry_after_seconds=wait)
    if status == 503 or (status in (500, 502) and code):
        return provider.UnavailableError(detail, retry_after_seconds=wait)
    if status >= 500 or status == 408:
        return provider.OutcomeUnknownError(detail)
    return provider.BadRequestError(detail)


def read_picture(body: bytearray) -> Picture:
    """The picture in an answer of status 200, which may still be an error. Runs in a thread. Raises ProviderError."""
    parsed = line.parse(bytes(body))
    body.clear()
    if not isinstance(parsed, dict):
        raise provider.BadAnswerError("the answer is not JSON")
    listed = parsed.get("data")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    used = parsed.get("usage")
    made = used.get("generated_images") if isinstance(used, dict) else None
    for item in items:
        address = item.get("url")
        data = _decode(item.get("b64_json"))
        if data or (isinstance(address, str) and address.startswith(("http://", "https://"))):
            return Picture(data, "" if data else str(address), made if isinstance(made, int) else 1)
    complaints = [_complaint(said) for said in (*items, parsed)]
    code, message = next((found for found in complaints if found[0]), ("", ""))
    raise _by_code(code, message, None) or provider.BadAnswerError(f"the answer holds no picture {code}".strip())


def task_id(said: line.Said) -> str:
    """The task that a create made. Raises ProviderError; an answer that leaves it open counts as unknown."""
    if said.status != 200:
        raise failure(said)
    found = said.json.get("id") if isinstance(said.json, dict) else None
    if isinstance(found, str) and found:
        return found
    code, message = _complaint(said.json)
    raise _by_code(code, message, None) or provider.OutcomeUnknownError("accepted without the id of a task")


def read_task(said: line.Said) -> Task:
    """A task's record. Raises UnavailableError or OverloadedError where the answer says nothing of the task."""
    if said.status == 429:
        raise provider.OverloadedError("429", retry_after_seconds=line.retry_after(said.headers))
    if said.status != 200 or not isinstance(said.json, dict) or not isinstance(said.json.get("status"), str):
        raise provider.UnavailableError(f"no task in the answer ({said.status})")
    task: dict[str, Any] = said.json
    content, usage = task.get("content"), task.get("usage")
    address = content.get("video_url") if isinstance(content, dict) else None
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    seed = task.get("seed")
    return Task(
        status=task["status"].lower(),
        address=address if isinstance(address, str) else "",
        tokens=tokens if isinstance(tokens, int) and tokens >= 0 else None,
        resolution=str(task.get("resolution") or ""),
        audio=task.get("generate_audio") is not False,
        seed=seed if isinstance(seed, int) and seed >= 0 else None,
        error=_end(task),
    )


def _end(task: dict[str, Any]) -> provider.ProviderError | None:
    """How a task ended that made nothing. None of these is asked for again: the task has had its time."""
    status = task["status"].lower()
    if status in ("expired", "cancelled"):
        return provider.DrawingFailedError(f"the task was {status}")
    if status != "failed":
        return None
    code, message = _complaint(task)
    known = _by_code(code, message, None) or provider.BadAnswerError(code)
    return provider.DrawingFailedError(f"the task failed {code}".strip()) if known.retryable else known


def _by_code(code: str, message: str, wait: float | None) -> provider.ProviderError | None:
    kind = next((kind for pattern, kind in _KINDS if pattern.match(code)), None)
    if kind is None:
        return None
    # Their words only where they speak of the account, not of the prompt.
    return kind(f"{code} {message[:200]}" if kind in _TELLING else code, retry_after_seconds=wait)


def _complaint(parsed: Any) -> tuple[str, str]:
    inner = parsed.get("error") if isinstance(parsed, dict) else None
    if not isinstance(inner, dict):
        return "", ""
    return str(inner.get("code") or inner.get("type") or "")[:100], str(inner.get("message") or "")


def _decode(given: Any) -> bytes:
    if not isinstance(given, str):
        return b""
    try:
        return base64.b64decode(given.partition(",")[2] if given.startswith("data:") else given, validate=True)
    except (binascii.Error, ValueError):
        return b""
