"""Reference pictures that people bring: streamed to disk, checked, and kept as a working copy without metadata."""

import asyncio
import contextlib
import hashlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session, col, select

from gpt_image_ui.core import clock, config, ids, rate_limit
from gpt_image_ui.core import db as database
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import pixels, thumbnails, walls
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.providers.interface import Reference
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import MissingError, StorageError

_TILE_WIDTH = 160
_NAME_CHARS = 120
_HEAD_BYTES = 16
_WRITE_BYTES = 512 * 1024
# Decoding takes up to a few hundred megabytes for the largest pictures allowed: two at a time in the whole process.
_DECODERS = 2
_decoders: ThreadPoolExecutor | None = None


class UploadSettings(config.Section):
    """What one account may bring. `side_max`: the longest side of the working copy; providers read no more than that.

    `burst` uploads at once, then one more every `every_seconds`.
    """

    model_config = config.section("uploads")
    megabytes_max: int = Field(25, ge=1, le=200)
    side_max: int = Field(4096, ge=512, le=8192)
    stored_max: int = Field(200, ge=1)
    stored_megabytes_max: int = Field(500, ge=1)
    burst: int = Field(30, ge=1)
    every_seconds: float = Field(2.0, gt=0)
    temporary_minutes: int = Field(30, ge=1)


@dataclass(frozen=True)
class _Copy:
    """What is kept of a file: the working copy, its tile, and facts about the copy."""

    data: bytes
    media_type: str
    tile: bytes
    width: int
    height: int
    colour: str


async def accept(
    account_id: str,
    name: str,
    stream: AsyncIterator[bytes],
    length: int | None = None,
    *,
    temporary: bool = False,
    mask: bool = False,
) -> Upload:
    """Keeps the picture that arrives on `stream`; `length` is what its sender says it measures. A `temporary` one is
    for a prompt tool and ends after `uploads.temporary_minutes`, whatever becomes of the tool. A `mask` is transparent
    where its picture may change.

    Raises UserFacingError too_large (413), not_an_image (415), too_many_pixels (413), mask_empty, uploads_full (409)
    or rate_limited (429), having kept nothing.
    """
    settings = config.get(UploadSettings)
    rate_limit.take(rate_limit.Rate("upload", settings.burst, settings.every_seconds), account_id)
    if length is not None and length > _bytes_max(settings):
        raise _too_large(settings)
    await database.read(_check_quota, account_id, 0)
    copy = await _copy_of(stream, settings)
    if mask and copy.media_type != "image/png":  # nothing in it is transparent
        raise UserFacingError("This mask covers nothing, so nothing would change. Paint where it may.", "mask_empty")
    upload_id = ids.new_id()
    upload = Upload(
        id=upload_id,
        account_id=account_id,
        key=f"uploads/{account_id}/{upload_id}",
        name=_tidied(name),
        media_type=copy.media_type,
        size_bytes=len(copy.data),
        sha256=hashlib.sha256(copy.data).hexdigest(),
        width=copy.width,
        height=copy.height,
        colour=copy.colour,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(minutes=settings.temporary_minutes) if temporary else None,
    )
    # Stopped between bytes and row, it would leave one without the other: a cancelled request lets this finish.
    await asyncio.shield(_keep(upload, copy))
    return upload


def get(db: Session, account_id: str, upload_id: str) -> Upload:
    """Raises NotFoundError for an upload that is absent or another account's."""
    upload = db.get(Upload, upload_id) if upload_id.isalnum() else None
    if upload is None or upload.account_id != account_id:
        raise _gone()
    return upload


def get_many(db: Session, account_id: str, upload_ids: Sequence[str]) -> list[Upload]:
    """In the order asked for. Raises NotFoundError when one of them is absent or another account's."""
    asked = [upload_id for upload_id in upload_ids if upload_id.isalnum()][:100]
    mine = select(Upload).where(Upload.account_id == account_id, col(Upload.id).in_(asked))
    found = {upload.id: upload for upload in db.exec(mine)}
    if any(upload_id not in found for upload_id in upload_ids):
        raise _gone()
    return [found[upload_id] for upload_id in upload_ids]


def mark_used(db: Session, account_id: str, upload_ids: Sequence[str]) -> None:
    """Notes that a job was given these, from which the retention of temporary uploads counts."""
    mine = sa.update(Upload).where(col(Upload.account_id) == account_id, col(Upload.id).in_(list(upload_ids)))
    db.execute(mine.values(used_at=clock.now()))


def remove(db: Session, account_id: str, upload_id: str) -> list[str]:
    """Removes the row and returns the keys of its bytes. Raises NotFoundError."""
    upload = get(db, account_id, upload_id)
    db.delete(upload)
    return keys_of(upload)


async def discard(account_id: str, upload_id: str) -> None:
    """Deletes an upload, bytes before row, so that a failure half-way can be repeated. Raises NotFoundError."""
    upload = await database.read(get, account_id, upload_id)
    await store.get().delete(keys_of(upload))
    await database.transaction(remove, account_id, upload_id)


async def working_copy(stream: AsyncIterator[bytes]) -> Reference:
    """What would be kept of a picture that is not. Raises UserFacingError too_large, not_an_image, too_many_pixels."""
    copy = await _copy_of(stream, config.get(UploadSettings))
    return Reference(copy.data, copy.media_type)


async def purge_expired() -> int:
    """Deletes temporary uploads that are past their time; safe to repeat."""
    rows = await database.read(_expired)
    for row in rows:
        await discard(row.account_id, row.id)
    return len(rows)


async def load_reference(upload: Upload) -> Reference:
    """The working copy, ready for a provider. Raises NotFoundError when it was deleted meanwhile."""
    try:
        return Reference(await store.get().get(upload.key), upload.media_type)
    except MissingError as error:
        raise _gone() from error


def keys_of(upload: Upload) -> list[str]:
    """Everything that is stored for one upload."""
    return [upload.key, tile_key(upload)]


def tile_key(upload: Upload) -> str:
    """Where the composer's small picture is stored."""
    return f"{upload.key}.tile"


async def _copy_of(stream: AsyncIterator[bytes], settings: UploadSettings) -> _Copy:
    # The file has no name: whatever ends this, the disk gives its space back by itself.
    with tempfile.TemporaryFile(dir=config.data_directory()) as file:
        await _receive(stream, file, settings)
        try:
            return await asyncio.get_running_loop().run_in_executor(_pool(), _make_copy, file, settings.side_max)
        except pixels.TooManyPixelsError as error:
            most = config.get(pixels.GallerySettings).pixels_max // 1_000_000
            raise UserFacingError(
                f"This picture has more than {most} megapixels. It was not kept. Make it smaller and add it again.",
                "too_many_pixels",
                status=413,
            ) from error
        except pixels.UnreadableImageError as error:
            raise _not_an_image() from error


async def _receive(stream: AsyncIterator[bytes], file: BinaryIO, settings: UploadSettings) -> None:
    size, sniffed, waiting = 0, False, bytearray()
    async for chunk in stream:
        size += len(chunk)
        if size > _bytes_max(settings):
            raise _too_large(settings)
        waiting += chunk
        if not sniffed and len(waiting) >= _HEAD_BYTES:
            sniffed = True
            if not pixels.sniff(bytes(waiting[:_HEAD_BYTES])):
                raise _not_an_image()
        if len(waiting) >= _WRITE_BYTES:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    if not sniffed:
        raise _not_an_image()
    await asyncio.to_thread(file.write, bytes(waiting))


def _make_copy(file: BinaryIO, side_max: int) -> _Copy:
    file.seek(0)
    # A JPEG much larger than the copy is decoded at a fraction; the copy then lies between half and the whole of it.
    picture = pixels.read(file.read(), side_wanted=side_max // 2)
    image = picture.pixels
    if max(image.size) > side_max:
        image.thumbnail((side_max, side_max), reducing_gap=2.0)
    out = BytesIO()
    clear = image.mode == "RGBA"
    if clear:
        image.save(out, "PNG", compress_level=4)
    else:
        image.save(out, "JPEG", quality=95, subsampling=0)
    tile = thumbnails.fit(image, _TILE_WIDTH)
    return _Copy(
        data=out.getvalue(),
        media_type="image/png" if clear else "image/jpeg",
        tile=thumbnails.encode(tile),
        width=image.width,
        height=image.height,
        colour=thumbnails.mean_colour(tile),
    )


async def _keep(upload: Upload, copy: _Copy) -> None:
    places, kept = store.get(), False
    try:
        await places.put(upload.key, copy.data, copy.media_type)
        await places.put(tile_key(upload), copy.tile, "image/webp")
        await database.transaction(_insert, upload)
        kept = True
    except StorageError as error:
        raise UserFacingError(
            "The place where pictures are kept does not answer. This one was not kept. Add it again in a minute.",
            "storage_silent",
            status=503,
            retry_after_seconds=60,
        ) from error
    finally:
        if not kept:  # bytes without a row would belong to nobody
            with contextlib.suppress(StorageError):
                await places.delete(keys_of(upload))


def _expired(db: Session) -> list[Upload]:
    return list(db.exec(select(Upload).where(col(Upload.expires_at) < clock.now()).limit(200)))


def _insert(db: Session, upload: Upload) -> None:
    walls.lock(db, upload.account_id)  # two uploads of one account at once must not both take the last place
    _check_quota(db, upload.account_id, upload.size_bytes)
    db.add(upload)


def _check_quota(db: Session, account_id: str, size_bytes: int) -> None:
    settings = config.get(UploadSettings)
    total = sa.func.coalesce(sa.func.sum(Upload.size_bytes), 0)
    row = sa.select(sa.func.count(), total).select_from(Upload).where(col(Upload.account_id) == account_id)
    count, stored = db.execute(row).one()
    if count >= settings.stored_max or stored + size_bytes > settings.stored_megabytes_max * 1_000_000:
        raise UserFacingError(
            "Your reference pictures fill the space you have. This one was not kept. Delete some and add it again.",
            "uploads_full",
            status=409,
        )


def _tidied(name: str) -> str:
    """The last part of a path, on one line, in printable characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    line = " ".join("".join(c if c.isprintable() else " " for c in last).split())
    return line[:_NAME_CHARS] or "Picture"


def _pool() -> ThreadPoolExecutor:
    global _decoders
    _decoders = _decoders or ThreadPoolExecutor(_DECODERS, "upload-decode")
    return _decoders


def _bytes_max(settings: UploadSettings) -> int:
    return settings.megabytes_max * 1_000_000


def _too_large(settings: UploadSettings) -> UserFacingError:
    message = f"Larger than {settings.megabytes_max} MB. It was not kept. Choose a smaller picture."
    return UserFacingError(message, "too_large", status=413)


def _not_an_image() -> UserFacingError:
    message = "This file is not an image we can open. Choose a PNG, JPEG, WebP, GIF or AVIF picture."
    return UserFacingError(message, "not_an_image", status=415)


def _gone() -> NotFoundError:
    return NotFoundError("A reference picture is not here any more. Remove it from the prompt, or add it again.")
