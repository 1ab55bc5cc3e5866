"""Tiles on their way out. One that is missing is made from the original: the widest when it is first asked for, any
other when it was lost."""

import asyncio

from gpt_image_ui.gallery import thumbnails
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.gallery.thumbnails import UnreadableImageError
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import MissingError

_WIDTH = 2
_gate: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None


async def read(image: Image, width: int) -> bytes:
    """The WebP tile of a picture. Raises MissingError when the original is gone as well, and StorageError."""
    key = thumbnails.tile_key(image.key, width)
    try:
        return await store.get().get(key)
    except MissingError:
        async with _place():
            tile = await _made(image, width)
    await store.get().put(key, tile, "image/webp")
    return tile


async def _made(image: Image, width: int) -> bytes:
    original = await store.get().get(image.key)
    try:
        derived = await asyncio.to_thread(thumbnails.make, original, (width,))
    except UnreadableImageError as error:
        raise MissingError(image.key) from error
    return derived.tiles[width]


def _place() -> asyncio.Semaphore:
    """A few at a time in the whole process: each holds an original and its pixels."""
    global _gate
    loop = asyncio.get_running_loop()
    if _gate is None or _gate[0] is not loop:
        _gate = (loop, asyncio.Semaphore(_WIDTH))
    return _gate[1]
