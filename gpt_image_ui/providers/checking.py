"""What a provider can say of its own set-up: what is missing to switch it on, and whether its key works."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gpt_image_ui.providers import interface as provider

_WORDS: dict[type[provider.ProviderError], str] = {
    provider.CredentialsError: "The key is not accepted, or not allowed to do this.",
    provider.OutOfFundsError: "The account is empty.",
    provider.ModelUnavailableError: "That address does not know this question: it may be another kind of server.",
    provider.OverloadedError: "It is too busy, or this key's rate limit is reached.",
    provider.UnavailableError: "It does not answer.",
    provider.OutcomeUnknownError: "The connection was lost, or it took too long.",
    provider.BadAnswerError: "It answered, but not what was expected.",
    provider.BadRequestError: "It refused the question.",
}


@dataclass(frozen=True)
class Findings:
    """What a check saw, in sentences. Without faults, the provider can be used."""

    seen: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@runtime_checkable
class Checkable(Protocol):
    """A provider that can be asked about its set-up."""

    def missing(self) -> tuple[str, ...]:
        """The environment variables that would switch it on; empty when it is on."""
        ...

    async def check(self) -> Findings:
        """One real call with the operator's key that costs nothing. Raises ProviderError."""
        ...


def fault(error: provider.ProviderError) -> str:
    """A failed check in words for the operator, with what the server said of the account."""
    words = next((said for kind, said in _WORDS.items() if isinstance(error, kind)), "It failed.")
    return f"{words} ({error})" if str(error) else words
