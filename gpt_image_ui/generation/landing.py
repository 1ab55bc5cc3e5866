"""Where pictures land: decoded, kept and made into tiles, a few at a time in the whole process.

The gate is what keeps memory flat when a hundred answers arrive at once (facts measured: +450 MB without it).
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpt_image_ui.core import config, log
from gpt_image_ui.gallery import thumbnails
from gpt_image_ui.providers.interface import IMAGE, BadAnswerError, GeneratedImage
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import MissingError, StorageError

WIDTH = 2
PREVIEW_WIDTH = 320
_logger = log.get("generation")
_gates: dict[str, asyncio.Semaphore] = {}
_pool: ThreadPoolExecutor | None = None


@dataclass(frozen=True)
class Landed:
    """One picture that is kept. `spooled`: on this server's disk, because the store did not answer."""

    position: int
    key: str
    sha256: str
    size_bytes: int
    derived: thumbnails.Derived
    seed: int | None
    revised_prompt: str
    spooled: bool = False


def key_of(account_id: str, job_id: str, position: int) -> str:
    """A picture's name in storage follows from its job, so that keeping it twice keeps it once."""
    return f"images/{account_id}/{job_id}/{position}"


async def through_gate(
    read: Callable[[], Awaitable[list[GeneratedImage]]], account_id: str, job_id: str, kind: str = IMAGE
) -> list[Landed]:
    """Waits for a place, reads the answer, keeps its pictures. Raises BadAnswerError for bytes that are no picture.

    Videos have a gate of their own: they are fetched for minutes, and pictures must not wait behind them.
    """
    async with _gates.setdefault(kind, asyncio.Semaphore(WIDTH)):
        pictures = await read()
        landed = []
        while pictures:
            picture = pictures.pop(0)
            landed.append(await keep(picture, key_of(account_id, job_id, picture.position)))
        return landed


async def keep(picture: GeneratedImage, key: str) -> Landed:
    """Stores the original untouched and its tiles; spools them on this disk when the store does not answer."""
    try:
        derived, sha256 = await _in_pool(_derive, picture.data)
    except thumbnails.UnreadableImageError as error:
        raise BadAnswerError("the answer holds bytes that are not a picture") from error
    files = {key: picture.data} | {f"{key}.{width}": tile for width, tile in derived.tiles.items()}
    spooled = not await _put(files, derived.media_type)
    if spooled:
        await _in_pool(_spool, files)
    return Landed(
        picture.position, key, sha256, len(picture.data), derived, picture.seed, picture.revised_prompt, spooled
    )


async def recover(
    account_id: str, job_id: str, asked: int, seed: int | None, known: Iterable[Landed] = ()
) -> list[Landed]:
    """What a crash left behind of a job: the pictures that had been kept before it, beside those already known."""
    landed = []
    for position in sorted(set(range(asked)) - {picture.position for picture in known}):
        key = key_of(account_id, job_id, position)
        try:
            data = await store.get().get(key)
        except MissingError:
            if not (_spool_directory() / key).is_file():
                continue
            data = await _in_pool((_spool_directory() / key).read_bytes)
        landed.append(await keep(GeneratedImage(position, data, None if seed is None else seed + position), key))
    return landed


async def keep_preview(data: bytes, account_id: str, job_id: str) -> bool:
    """Keeps the latest unfinished picture of a running job as one small tile; False if it is none or cannot be kept."""
    try:
        derived = await _in_pool(thumbnails.make, data, (PREVIEW_WIDTH,))
        await store.get().put(preview_key(account_id, job_id), derived.tiles[PREVIEW_WIDTH], "image/webp")
    except (thumbnails.UnreadableImageError, StorageError):
        return False
    return True


async def forget_preview(account_id: str, job_id: str) -> None:
    """Deletes the preview of a job that has ended; an unreachable store only costs a few kilobytes."""
    with contextlib.suppress(StorageError):
        await store.get().delete([preview_key(account_id, job_id)])


def preview_key(account_id: str, job_id: str) -> str:
    """Where a running job's preview is kept."""
    return f"images/{account_id}/{job_id}/preview"


async def unspool(job_id: str, account_id: str) -> bool:
    """Brings a job's spooled pictures to the store. False while the store does not answer."""
    folder = _spool_directory() / "images" / account_id / job_id
    if not folder.is_dir():
        return True
    for path in sorted(folder.iterdir()):
        data = await _in_pool(path.read_bytes)
        media_type = "image/webp" if path.suffix else thumbnails.sniff(data)
        if not await _put({str(path.relative_to(_spool_directory())): data}, media_type):
            return False
    await _in_pool(shutil.rmtree, folder)
    return True


def close() -> None:
    """Ends the threads. After the engine has stopped, never before."""
    global _pool
    if _pool:
        _pool.shutdown(wait=True)
    _pool = None
    _gates.clear()


async def _put(files: dict[str, bytes], media_type: str) -> bool:
    types = ("image/webp" if "." in name.rsplit("/", 1)[-1] else media_type for name in files)
    # Together, since each waits for the disk; and all of them to their end, since a spool may follow.
    puts = (store.get().put(name, data, kind) for (name, data), kind in zip(files.items(), types, strict=True))
    ends = await asyncio.gather(*puts, return_exceptions=True)
    failures = [end for end in ends if end is not None]
    for error in failures:
        if not isinstance(error, StorageError):
            raise error
        _logger.warning("store does not answer", error=type(error).__name__)
    return not failures


def _derive(data: bytes) -> tuple[thumbnails.Derived, str]:
    return thumbnails.make(data, thumbnails.AT_ONCE), hashlib.sha256(data).hexdigest()


def _spool(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = _spool_directory() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + "-part")
        part.write_bytes(data)
        os.replace(part, path)


def _spool_directory() -> Path:
    return config.data_directory() / "spool"


async def _in_pool(fn: Callable[..., Any], *args: Any) -> Any:
    global _pool
    _pool = _pool or ThreadPoolExecutor(WIDTH, "landing")
    return await asyncio.get_running_loop().run_in_executor(_pool, fn, *args)
