"""What every provider offers and what it is asked: models with declared options, requests, pictures, errors.

ProviderError                the provider did not deliver; nothing below this line reaches a person as it stands
├── RefusedError             refused the content; not charged
├── BadRequestError          refused the parameters; a defect of ours or of the catalogue
├── CredentialsError         the operator's key is missing, wrong or not allowed
├── OutOfFundsError          the operator's account is empty
├── ModelUnavailableError    this model is not offered (any more)
├── OverloadedError          rate limit or overload; carries `retry_after_seconds`
├── UnavailableError         5xx, refused connection: certain that no picture was made
├── DrawingFailedError       took the work on and says that it failed; not charged
├── BadAnswerError           answered, but not with pictures we can open
└── OutcomeUnknownError      the line broke after sending: it may have been paid, so it is never sent again
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class ProviderError(Exception):
    """`retryable` says whether a further attempt is safe and sensible."""

    retryable = False

    def __init__(self, detail: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class RefusedError(ProviderError): ...


class BadRequestError(ProviderError): ...


class CredentialsError(ProviderError): ...


class OutOfFundsError(ProviderError): ...


class ModelUnavailableError(ProviderError): ...


class OverloadedError(ProviderError):
    """A rate limit or overload; nothing was made."""

    retryable = True


class UnavailableError(ProviderError):
    """A server error or no connection: certain that nothing was made."""

    retryable = True


class DrawingFailedError(ProviderError): ...


class BadAnswerError(ProviderError): ...


class OutcomeUnknownError(ProviderError): ...


IMAGE = "image"
VIDEO = "video"
REFERENCE = "reference"
FIRST_FRAME = "first_frame"
LAST_FRAME = "last_frame"


async def _nowhere(_task: str) -> None:
    """For a provider that answers at once: there is no task to keep."""


async def _unseen(_data: bytes) -> None:
    """For a caller that shows no previews."""


@dataclass(frozen=True)
class Size:
    """A size in pixels, and how the person picks it."""

    label: str
    width: int
    height: int

    @property
    def value(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True)
class Quality:
    """One step of quality and what a picture of one megapixel costs at it, in micro-USD."""

    value: str
    label: str
    micros_per_megapixel: int


@dataclass(frozen=True)
class ModelSpec:
    """Everything a screen may offer and a request must satisfy. The screen draws these and names no vendor.

    `destination` completes "Goes to …"; empty when nothing leaves this server. `sizes` are offered in this order;
    the first is the default. `micros_per_reference` is added for each reference picture. `tariff` gives a picture's
    micro-USD from width, height and quality where the vendor does not charge by area; of a video, one second's.
    `roles` are the parts that references may play. `forwards`: the receiver passes prompts on to others. `retires`:
    the last day on which the vendor offers it. `unavailable` is the reason why it is listed and cannot be chosen.
    `mask_exact`: what lies outside a mask comes back as it was; else the mask is guidance.
    """

    id: str
    provider: str
    label: str
    good_for: str
    sizes: tuple[Size, ...]
    qualities: tuple[Quality, ...]
    destination: str = ""
    note: str = ""
    count_max: int = 4
    references_max: int = 0
    micros_per_reference: int = 0
    prompt_chars_max: int = 4000
    seed: bool = False
    transparency: bool = False
    formats: tuple[str, ...] = ("png",)
    default_quality: str = "medium"
    tariff: Callable[[int, int, str], int] | None = None
    kind: str = IMAGE
    mask: bool = False
    mask_exact: bool = False
    previews: bool = False
    roles: tuple[str, ...] = (REFERENCE,)
    seconds: tuple[int, ...] = ()
    audio: bool = False
    region: str = ""
    forwards: bool = False
    retires: date | None = None
    unavailable: str = ""

    def size(self, value: str) -> Size | None:
        return next((s for s in self.sizes if s.value == value), None)

    def quality(self, value: str) -> Quality | None:
        return next((q for q in self.qualities if q.value == value), None)

    def picture_micros(self, width: int, height: int, quality: str) -> int:
        """What one picture costs, in micro-USD, rounded up. Raises ValueError for a quality that is not offered."""
        step = self.quality(quality)
        if step is None:
            raise ValueError(f"{self.id} has no quality {quality!r}")
        if self.tariff is not None:
            return self.tariff(width, height, quality)
        return -(-width * height * step.micros_per_megapixel // 1_000_000)


@dataclass(frozen=True)
class ImageRequest:
    """What a person asked for. Immutable, stored with the job as JSON, copied by retry and recall.

    `references` and `mask` are upload ids; `roles` says of each reference which part it plays (empty: all REFERENCE).
    The mask is transparent where the first reference may change. `seconds` and `audio` are a video's.
    """

    model: str
    prompt: str
    size: str
    quality: str
    count: int = 1
    seed: int | None = None
    background: str = "auto"
    format: str = "png"
    references: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    mask: str = ""
    seconds: int = 0
    audio: bool = False

    @property
    def width(self) -> int:
        return int(self.size.split("x")[0])

    @property
    def height(self) -> int:
        return int(self.size.split("x")[1])


@dataclass(frozen=True)
class Reference:
    """The working copy of one reference picture, and the part it plays."""

    data: bytes
    media_type: str
    role: str = REFERENCE


@dataclass(frozen=True)
class GeneratedImage:
    """Bytes exactly as the provider gave them. `position` counts from 0 within the request."""

    position: int
    data: bytes
    seed: int | None = None
    revised_prompt: str = ""


@dataclass(frozen=True)
class Completed:
    """The provider's last word on a request. `cost_micros` is what it says it charged, when it says so."""

    delivered: int
    request_id: str = ""
    cost_micros: int | None = None
    refused: int = 0


@dataclass(frozen=True)
class Pending:
    """Work that the provider has taken on: one task for each picture, in order, to be asked after.

    `poll_after_seconds` zero leaves the pace to us.
    """

    tasks: tuple[str, ...]
    poll_after_seconds: float = 0
    progress: float = 0


# Called by a provider with a function that reads and decodes pictures. It waits for a place at the landing gate,
# calls the function, keeps what it returns, and only then lets the next answer in: this bounds memory, not the calls.
Landing = Callable[[Callable[[], Awaitable[list[GeneratedImage]]]], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One attempt at a request: the pictures to work from, who asks (a pseudonym), and where pictures land.

    `note` keeps a task's id, durably, at once after its creation: what it does not know, a crash loses. `preview`
    shows an unfinished picture. `callback_url` is where the provider may say that something changed; empty when this
    server cannot be reached from outside.
    """

    request: ImageRequest
    references: tuple[Reference, ...]
    end_user: str
    land: Landing
    mask: Reference | None = None
    note: Callable[[str], Awaitable[None]] = _nowhere
    preview: Callable[[bytes], Awaitable[None]] = _unseen
    callback_url: str = ""


class Provider(Protocol):
    """One maker of pictures. `lane` is how many of its calls may be under way at once in this process; `repeatable`,
    whether asking again costs nothing, so that a call which a crash interrupted is simply made again."""

    name: str

    @property
    def lane(self) -> int: ...

    @property
    def repeatable(self) -> bool: ...

    def models(self) -> list[ModelSpec]:
        """What can be chosen now; empty when the provider is not configured."""
        ...

    async def submit(self, call: Call) -> Completed | Pending:
        """Makes the pictures and lands each, or creates a task for each and notes it. Raises ProviderError; never
        repeats a call that may have been paid."""
        ...

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        """Asks after one task, costs nothing, and lands its picture at `position` once it is there.

        Raises ProviderError: retryable ones say nothing of the task, the others end it.
        """
        ...

    async def cancel(self, task: str) -> bool:
        """Asks the provider to stop a task. False where it cannot, or it was too late."""
        ...

    async def close(self) -> None:
        """Gives back connections. The provider is not used afterwards."""
        ...
