"""What a writer is asked, what it answers, and how it fails."""

from dataclasses import dataclass


class WriterError(Exception):
    """The writer did not answer usefully; nothing is charged."""


class WriterRefusedError(WriterError):
    """The writer's own safety system refused."""


@dataclass(frozen=True)
class Picture:
    """A picture to be described: bytes of at most 2048 pixels a side."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Written:
    """The text, a remark for the person (may be empty), and what the call cost in micro-USD."""

    prompt: str
    remark: str = ""
    cost_micros: int = 0
