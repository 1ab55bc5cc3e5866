"""A provider's error as the person reads it: what happened to the picture, and what to do. The money line is added by
the queue view from the ledger, never from here."""

from typing import Any

from gpt_image_ui.core import clock, config, ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import breaker
from gpt_image_ui.jobs.engine import JobSettings
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import registry

_MEND = "Its operator has to mend that."
# error class → (code, sentence)
_SENTENCES: dict[type[provider.ProviderError], tuple[str, str]] = {
    provider.RefusedError: (
        "refused",
        "The provider's safety system refused this. Change the prompt and try again.",
    ),
    provider.BadRequestError: (
        "bad_request",
        "The provider did not accept these settings. Change them and try again.",
    ),
    provider.CredentialsError: (
        "credentials",
        f"This studio's key for the provider is not accepted. {_MEND}",
    ),
    provider.OutOfFundsError: (
        "provider_funds",
        f"This studio's account at the provider is empty. {_MEND}",
    ),
    provider.ModelUnavailableError: (
        "model_unavailable",
        "The provider does not offer this model now. Choose another.",
    ),
    provider.OverloadedError: ("overloaded", "The provider is too busy. Try again in a while."),
    provider.UnavailableError: ("provider_down", "The provider failed. Try again."),
    provider.DrawingFailedError: (
        "drawing_failed",
        "The provider could not finish this. Try again, or change the prompt or the model.",
    ),
    provider.BadAnswerError: (
        "bad_answer",
        "The provider answered without a picture that can be opened. Try again.",
    ),
    provider.OutcomeUnknownError: (
        "unknown",
        "Contact with the provider was lost after sending, and it is not asked twice. Try again.",
    ),
}
# Ends of a call after which the provider has certainly made nothing, so that another may be asked.
NOTHING_MADE = frozenset({"overloaded", "provider_down", "credentials", "provider_funds", "model_unavailable"})
_WAIT_MAX_SECONDS = 60.0
_CAUSES = {
    "credentials": "does not accept this studio's key",
    "provider_funds": "has no money left of this studio's",
    "overloaded": "is too busy",
}


def describe(error: provider.ProviderError, number: int, *, delivered: int, final: bool = False) -> dict[str, Any]:
    """The result of a failed attempt. It asks for another one, unless `final`, only when certainly nothing was made."""
    code, message = next(
        (said for kind, said in _SENTENCES.items() if isinstance(error, kind)),
        ("provider_error", "The provider failed."),
    )
    result: dict[str, Any] = {
        "code": code,
        "message": message,
        "reference": ids.new_reference(),
        "unknown": isinstance(error, provider.OutcomeUnknownError),
    }
    more = number + 1 < config.get(JobSettings).attempts_max
    if error.retryable and more and not delivered and not final:
        result["wait_seconds"] = min(_WAIT_MAX_SECONDS, error.retry_after_seconds or 2.0 ** (number + 1))
    elif error.retryable and number:
        result["message"] = f"The provider failed {number + 1} times. Try again later or choose another model."
    return result


def unforeseen(reference: str) -> dict[str, Any]:
    """The result of an attempt that failed for a reason of ours."""
    message = f"Something failed on our side. Try again, or quote reference {reference}."
    return {"code": "internal", "message": message, "reference": reference}


def gone(error: UserFacingError) -> dict[str, Any]:
    """The result when something that the request needs is not here any more, so that nobody was asked."""
    return {"code": "internal", "message": error.message, "reference": error.reference}


def late() -> dict[str, Any]:
    """The result when a provider's task has not ended in the time that its kind is given."""
    return {
        "code": "late",
        "message": "The provider took too long, and it is not asked twice. Try again or choose another model.",
        "reference": ids.new_reference(),
        "unknown": True,
    }


def interrupted() -> dict[str, Any]:
    """What is added when an interruption left it open whether the provider drew anything."""
    return {
        "code": "unknown",
        "message": "The work was interrupted after the provider was asked, and it is not asked twice. Try again.",
    }


def unsaved() -> dict[str, Any]:
    """The result when the pictures exist but could not be brought to the store in time."""
    return {
        "code": "unsaved",
        "message": "Drawn, but it could not be saved. Its operator can still recover it. Try again.",
        "reference": ids.new_reference(),
    }


def reason(refusal: breaker.Refusal) -> str:
    """Why nothing is sent to a provider now, and when it is tried again."""
    name = name_of(refusal.provider)
    if refusal.code == breaker.PAUSED:
        return f"{name} is switched off here: {refusal.cause.rstrip('.')}."
    if refusal.code == breaker.OVER_BUDGET:
        period = "today" if refusal.cause == "day" else "this month"
        return f"What this studio may spend at {name} {period} is spent."
    state = _CAUSES.get(refusal.cause, "does not answer as it should")
    at = f" It is tried again at {refusal.retry_at:%H:%M} UTC." if refusal.retry_at else ""
    return f"{name} {state}.{at}"


def refused(refusal: breaker.Refusal) -> dict[str, Any]:
    """The result of an attempt that was not made, because its provider is not to be asked now."""
    message = f"{reason(refusal)} Try again later or choose another model."
    return {"code": refusal.code, "message": message, "reference": ids.new_reference()}


def turned_away(refusal: breaker.Refusal) -> UserFacingError:
    """What the person reads who presses Create meanwhile."""
    seconds = (refusal.retry_at - clock.now()).total_seconds() if refusal.retry_at else 0
    return UserFacingError(
        f"{reason(refusal)} Nothing was charged. Choose another model, or try again later.",
        refusal.code,
        status=503,
        retry_after_seconds=max(1, round(seconds)) if refusal.retry_at else None,
    )


def taken_over(before: provider.ModelSpec | None, now: provider.ModelSpec) -> str:
    """What the card says when another provider draws."""
    failed = before.destination if before and before.destination else "The first provider"
    if failed == now.destination:
        return "The first try failed; it is drawn another way, at no higher price."
    return f"{failed} failed; {now.destination or 'this server'} is drawing, at no higher price."


def asked_again(code: str, seconds: float) -> str:
    """What the card says while a job waits to be sent again."""
    return f"The provider {_CAUSES.get(code, 'does not answer')}. Asked again in {max(1, round(seconds))} s."


def name_of(provider_name: str) -> str:
    """A provider as people know it."""
    found = registry.providers().get(provider_name)
    models = found.models() if found else []
    return models[0].destination if models and models[0].destination else provider_name.capitalize()
