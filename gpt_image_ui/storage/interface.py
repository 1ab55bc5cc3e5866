"""What a place for bytes offers. Keys are our own names (`[a-z0-9/._-]+`), never a person's words."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


class StorageError(Exception):
    """The store could not be reached or refused; the caller keeps its bytes and tries again later."""


class MissingError(StorageError):
    """There is nothing under that key."""


@dataclass(frozen=True)
class Stored:
    """A stored object as it is read: `size_bytes` is the whole object's size, also for a range."""

    size_bytes: int
    body: AsyncIterator[bytes]


class Store(Protocol):
    """One place for bytes. Every method raises StorageError; writing a key again replaces it whole or not at all."""

    async def put(self, key: str, data: bytes, media_type: str) -> None: ...

    async def get(self, key: str) -> bytes: ...

    async def open(self, key: str, start: int = 0, end: int | None = None) -> Stored:
        """The bytes from `start` up to and including `end` (None: to the last)."""
        ...

    async def exists(self, key: str) -> bool: ...

    async def delete(self, keys: list[str]) -> None:
        """Deleting what is not there is not an error."""
        ...

    async def link(self, key: str, seconds: int, media_type: str, filename: str | None) -> str | None:
        """A short-lived address that needs no login, or None where the store has none and we must send the bytes."""
        ...

    async def close(self) -> None: ...
