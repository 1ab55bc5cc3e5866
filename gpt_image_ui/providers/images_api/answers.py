"""What an OpenAI-shaped server's answers mean: which error a failure is, which pictures an answer holds, what it cost.

A failure that the server itself reports in its own words made no picture; a gateway's time-out or an error page
without words leaves that open, and then the outcome is unknown.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import line

_REFUSED = {"moderation_blocked", "content_policy_violation", "content_filter", "safety_violation"}
_REFUSED_WORDS = re.compile(
    r"safety_violations=|rejected (?:by|as a result of) (?:the|our) safety system", re.IGNORECASE
)
# A relay whose text model answered with words alone: it worked, and asking again would pay again.
_NO_PICTURE_WORDS = re.compile(r"(?:did not return|returned no) image", re.IGNORECASE)
_NO_FUNDS = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
    "usage_limit_exceeded",
}
_NO_MODEL = {"model_not_found", "model_not_available"}
_NO_KEY = {"invalid_api_key", "authentication_error", "permission_error", "api_key_required", "api_key_disabled"}
_BUSY = {"slow_down", "server_is_overloaded", "rate_limit_exceeded", "rate_limit_error", "overloaded_error"}
_FAILED = {"server_error", "api_error", "upstream_error", "internal_error", "internal_server_error"}


@dataclass(frozen=True)
class TokenPrice:
    """Micro-USD for each token, which is USD for each million."""

    text_in: int = 5
    image_in: int = 8
    image_out: int = 30


@dataclass(frozen=True)
class Complaint:
    """An error as the server words it. `names` are its code and type in lower case."""

    names: frozenset[str]
    message: str


@dataclass(frozen=True)
class Found:
    """What one answer holds. Pictures by address are still to be fetched; `refused` counts items that were errors."""

    pictures: list[provider.GeneratedImage]
    addresses: list[tuple[int, str, str]]
    refused: int
    usage: dict[str, Any] | None


def failure(status: int, headers: httpx.Headers, body: bytes) -> provider.ProviderError:
    """The error that a status other than 200 stands for."""
    complaint = _complaint(_parse(body))
    wait = line.retry_after(headers)
    if complaint is not None and (known := _by_name(complaint, status, wait)) is not None:
        return known
    detail = _detail(status, complaint)
    if status == 402:
        return provider.OutOfFundsError(detail)
    if status in (401, 403, 407):
        return provider.CredentialsError(_detail(status, complaint, words=True))
    if status in (404, 405, 410):
        return provider.ModelUnavailableError(_detail(status, complaint, words=True))
    if status in (429, 529):
        return provider.OverloadedError(detail, retry_after_seconds=wait)
    if status == 503 or (status in (500, 502) and complaint is not None):
        return provider.UnavailableError(detail, retry_after_seconds=wait)
    if status >= 500 or status == 408:
        return provider.OutcomeUnknownError(detail)
    return provider.BadRequestError(detail)


def read(body: bytearray, count: int) -> Found:
    """The pictures in an answer of status 200, which may still be an error. Runs in a thread. Raises ProviderError."""
    parsed = parse(body)
    items = parsed.get("data")
    if not isinstance(items, list) or not items:
        raise complaint_of(parsed)
    return sort(items[:count], parsed.get("usage"))


def parse(body: bytearray) -> dict[str, Any]:
    """The JSON object in an answer, whose bytes are let go. Raises BadAnswerError."""
    parsed = _parse(bytes(body).strip())
    body.clear()
    if not isinstance(parsed, dict):
        raise provider.BadAnswerError("the answer is not JSON")
    return parsed


def complaint_of(parsed: dict[str, Any]) -> provider.ProviderError:
    """The error that an answer without pictures stands for, though its status was 200."""
    complaint = _complaint(parsed)
    if complaint is None:
        return provider.BadAnswerError("the answer holds no picture")
    return _by_name(complaint, 200, None) or provider.BadAnswerError(_detail(200, complaint))


def sort(items: list[Any], usage: Any = None) -> Found:
    """The pictures among items, decoded or by address. Raises ProviderError when there is none."""
    found = _sort(items, usage)
    if not found.pictures and not found.addresses:
        refusals = (_complaint(item) for item in items if isinstance(item, dict))
        known = (_by_name(complaint, 200, None) for complaint in refusals if complaint)
        raise next((error for error in known if error), None) or provider.BadAnswerError("no picture can be read")
    return found


def cost_micros(usage: dict[str, Any] | None, price: TokenPrice) -> int | None:
    """What the tokens cost that the server says it used; None when it does not say."""
    if not isinstance(usage, dict) or not isinstance(usage.get("output_tokens"), int):
        return None
    given = usage.get("input_tokens_details")
    details = given if isinstance(given, dict) else {}
    image = _count(details.get("image_tokens"))
    text = _count(details.get("text_tokens")) if details else _count(usage.get("input_tokens"))
    return text * price.text_in + image * price.image_in + _count(usage["output_tokens"]) * price.image_out


def ended(error: provider.ProviderError) -> provider.ProviderError:
    """The same error as the end of a task or stream that had begun: work was done, so it is not asked for again."""
    error.retryable = False
    return error


def _by_name(complaint: Complaint, status: int, wait: float | None) -> provider.ProviderError | None:
    names, detail = complaint.names, _detail(status, complaint)
    if names & _REFUSED or _REFUSED_WORDS.search(complaint.message):
        return provider.RefusedError(detail)
    if names & _NO_FUNDS:
        return provider.OutOfFundsError(_detail(status, complaint, words=True))
    if names & _NO_MODEL:
        return provider.ModelUnavailableError(_detail(status, complaint, words=True))
    if names & _NO_KEY:
        return provider.CredentialsError(_detail(status, complaint, words=True))
    if names & _BUSY:
        return provider.OverloadedError(detail, retry_after_seconds=wait)
    if _NO_PICTURE_WORDS.search(complaint.message):
        return provider.BadAnswerError(detail)
    if status == 200 and names & _FAILED:
        return provider.UnavailableError(detail)
    return None


def _sort(items: list[Any], usage: Any) -> Found:
    pictures: list[provider.GeneratedImage] = []
    addresses: list[tuple[int, str, str]] = []
    refused = 0
    for item in items:
        position = len(pictures) + len(addresses)
        if not isinstance(item, dict) or item.get("error"):
            refused += 1
            continue
        said = item.get("revised_prompt") or ""
        given = item.get("b64_json") or item.get("url")
        if not isinstance(given, str):
            refused += 1
        elif given.startswith(("http://", "https://")):
            addresses.append((position, given, str(said)))
        elif data := _decode(given):
            pictures.append(provider.GeneratedImage(position, data, None, str(said)))
        item.clear()
    return Found(pictures, addresses, refused, usage)


def _decode(given: str) -> bytes:
    if given.startswith("data:"):
        given = given.partition(",")[2]
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _complaint(parsed: Any) -> Complaint | None:
    """Finds `{"error": {...}}`, `{"error": "text"}` and `{"code": ..., "message": ...}`."""
    if not isinstance(parsed, dict):
        return None
    inner = parsed.get("error")
    if isinstance(inner, str) and inner:
        return Complaint(frozenset(), inner)
    if not isinstance(inner, dict) or not inner:
        inner = parsed if "message" in parsed and "code" in parsed else None
    if inner is None:
        return None
    names = frozenset(str(inner[key]).lower() for key in ("code", "type") if inner.get(key))
    return Complaint(names, str(inner.get("message") or ""))


def _detail(status: int, complaint: Complaint | None, *, words: bool = False) -> str:
    """For the log. The server's own words only where they speak of the operator's account, not of the prompt."""
    if complaint is None:
        return str(status)
    names = " ".join(sorted(complaint.names))
    return f"{status} {names} {complaint.message[:200] if words else ''}".strip()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
