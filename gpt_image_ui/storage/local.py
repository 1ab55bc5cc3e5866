"""Files in a folder. A file appears under its name whole or not at all, also when the process dies while writing."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from gpt_image_ui.core import clock
from gpt_image_ui.storage import keys
from gpt_image_ui.storage.interface import MissingError, StorageError, Stored

_INCOMING = ".incoming"
_CHUNK = 256 * 1024
# Another process may still be writing a younger one.
_ABANDONED_SECONDS = 3600


class LocalStore:
    """A folder of our own. `sync` waits until the disk has each file, which survives a power cut."""

    def __init__(self, folder: Path, *, sync: bool) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        self._sync = sync
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(self._incoming)

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        await asyncio.to_thread(self._write, self._path(key), data)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(_read_whole, self._path(key))

    async def open(self, key: str, start: int = 0, end: int | None = None) -> Stored:
        file, size = await asyncio.to_thread(_open_at, self._path(key), start)
        length = max(0, (size if end is None else min(end + 1, size)) - start)
        if length > _CHUNK:
            return Stored(size, _stream(file, length))
        # A tile fits in one piece: one trip to a thread instead of three.
        return Stored(size, _once(await asyncio.to_thread(_read_and_close, file, length)))

    async def exists(self, key: str) -> bool:
        return await asyncio.to_thread(self._path(key).is_file)

    async def delete(self, keys: list[str]) -> None:
        await asyncio.to_thread(self._unlink, [self._path(key) for key in keys])

    async def link(self, key: str, seconds: int, media_type: str, filename: str | None) -> str | None:
        return None

    async def close(self) -> None:
        """Nothing is held open."""

    def _path(self, key: str) -> Path:
        return self._folder / keys.checked(key)

    def _write(self, path: Path, data: bytes) -> None:
        part = self._incoming / secrets.token_hex(12)
        try:
            with part.open("xb") as file:
                file.write(data)
                if self._sync:
                    file.flush()
                    os.fsync(file.fileno())
            _place(part, path)
            if self._sync:
                _sync_folder(path.parent)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StorageError(f"could not write: {error.strerror or type(error).__name__}") from error

    def _unlink(self, paths: list[Path]) -> None:
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            for folder in {path.parent for path in paths}:
                _remove_empty(folder, self._folder)
        except OSError as error:
            raise StorageError(f"could not delete: {error.strerror}") from error


def _read_whole(path: Path) -> bytes:
    file, size = _open_at(path, 0)
    return _read_and_close(file, size)


def _open_at(path: Path, start: int) -> tuple[BinaryIO, int]:
    try:
        file = path.open("rb")
        size = os.fstat(file.fileno()).st_size
        file.seek(start)
        return file, size
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise MissingError(path.name) from error
    except OSError as error:
        raise StorageError(f"could not read: {error.strerror}") from error


def _read_and_close(file: BinaryIO, length: int) -> bytes:
    with file:
        return _read(file, length)


def _read(file: BinaryIO, length: int) -> bytes:
    try:
        return file.read(length)
    except OSError as error:
        raise StorageError(f"could not read: {error.strerror}") from error


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _stream(file: BinaryIO, length: int) -> AsyncIterator[bytes]:
    with file:
        while length > 0:
            chunk = await asyncio.to_thread(_read, file, min(_CHUNK, length))
            if not chunk:
                raise StorageError("the file became shorter while it was read")
            length -= len(chunk)
            yield chunk


def _sweep(incoming: Path) -> None:
    """Removes what a killed process left half written."""
    before = clock.now().timestamp() - _ABANDONED_SECONDS
    for part in incoming.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process sweeps as well
            if part.stat().st_mtime < before:
                part.unlink()


def _place(part: Path, path: Path) -> None:
    """Moves the finished file to its name; again when a deletion swept the still empty folder away in between."""
    for _ in range(3):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            os.replace(part, path)
            return
    os.replace(part, path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return  # not empty, or gone: both are fine
        folder = folder.parent
