"""Pictures on their way to a browser. Every request is authorised anew; what is sent never changes under its address,
so the browser may keep it for good."""

import asyncio
import contextlib
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from gpt_image_ui.core import config, db, rate_limit
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import copies, images, thumbnails, tiles, uploads
from gpt_image_ui.gallery.tables import Image, Upload
from gpt_image_ui.generation import landing, submit
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import MissingError, StorageError
from gpt_image_ui.storage.store import StorageSettings
from gpt_image_ui.web import session

_HEADERS = {
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "vary": "cookie",
}
# Opened by itself, a video is a page of the browser's own that plays it from the same address; no script may run in it.
_PLAYABLE = {"content-security-policy": "sandbox allow-same-origin; default-src 'none'; media-src 'self'"}
_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif",
    "video/mp4": "mp4", "video/webm": "webm",
}  # fmt: skip
_TILES = {str(width): width for width in thumbnails.WIDTHS}
_SLUG_CHARS = 60
_COPYING = rate_limit.Rate("copy", 20, 2.0)
# A copy of the largest picture takes hundreds of megabytes while it is made.
_COPIES_AT_ONCE = 2
_copying: asyncio.Semaphore | None = None


async def picture(request: Request) -> Response:
    """A tile or the original. `?download=1` has the browser save the original under a readable name, and `as` with it
    a copy: png, jpeg, webp, or bare, which is the original without its metadata."""
    account = await session.account_of(request)
    variant = request.path_params["variant"]
    if account is None or (variant not in _TILES and variant != "original"):
        raise NotFoundError()
    image = await db.read(images.get, account.id, request.path_params["image_id"])
    if variant != "original":
        tile = partial(tiles.read, image, _TILES[variant])
        return await _send_tile(request, tile, f"{image.sha256[:32]}-{variant}")
    form = request.query_params.get("as", "original")
    if form != "original":
        return await _send_copy(image, form)
    name = filename(image, image.media_type) if request.query_params.get("download") == "1" else None
    if link := await _link(image, name):
        return link
    return await _send_file(request, image, {"content-disposition": _attachment(name)} if name else {})


async def upload(request: Request) -> Response:
    """The composer's small picture of an upload; `?full=1` gives the working copy."""
    account = await session.account_of(request)
    if account is None:
        raise NotFoundError()
    row = await db.read(uploads.get, account.id, request.path_params["upload_id"])
    if request.query_params.get("full") == "1":
        return await _send_file(request, row, {})
    return await _send_tile(request, partial(store.get().get, uploads.tile_key(row)), f"{row.sha256[:32]}-tile")


async def preview(request: Request) -> Response:
    """The latest unfinished picture of a running job; each has an address of its own."""
    account = await session.account_of(request)
    if account is None:
        raise NotFoundError()
    job = await db.read(submit.get, account.id, request.path_params["job_id"])
    try:
        data = await store.get().get(landing.preview_key(account.id, job.id))
    except StorageError as error:  # it goes when its job ends, and nobody misses it
        raise NotFoundError() from error
    return Response(data, media_type="image/webp", headers=_HEADERS | {"cache-control": "private, max-age=600"})


def filename(image: Image, media_type: str) -> str:
    """The title in letters, digits and hyphens, and the id, which makes it unique."""
    words = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFKC", image.title).lower()).strip("-_")
    slug = words[:_SLUG_CHARS].rsplit("-", 1)[0] if len(words) > _SLUG_CHARS else words
    return f"{slug or 'picture'}-{image.id}.{_ENDINGS.get(media_type, 'bin')}"


async def _send_copy(image: Image, form: str) -> Response:
    """Made anew at every request: a copy is wanted twice more rarely than the space to keep it is."""
    global _copying
    if image.kind != "image" or form not in copies.FORMS:
        raise UserFacingError("There is no such copy. Nothing was changed. Download the original.", "no_such_copy")
    rate_limit.take(_COPYING, image.account_id)
    _copying = _copying or asyncio.Semaphore(_COPIES_AT_ONCE)
    async with _copying:
        with _store_errors():
            data = await store.get().get(image.key)
        try:
            copy = await asyncio.to_thread(copies.make, data, form)
        except thumbnails.UnreadableImageError as error:
            raise UserFacingError(
                "This picture cannot be converted. It is unchanged. Download the original.", "unreadable", status=409
            ) from error
    headers = {**_HEADERS, "content-disposition": _attachment(filename(image, copy.media_type))}
    return Response(copy.data, headers=headers, media_type=copy.media_type)


async def _link(image: Image, name: str | None) -> Response | None:
    """Sends the browser to the store itself, where a setting allows that; it may not keep the address."""
    settings = config.get(StorageSettings)
    if not settings.links:
        return None
    with_store = store.get()
    address = await with_store.link(image.key, settings.link_seconds, image.media_type, name)
    return RedirectResponse(address, 307, {"cache-control": "private, no-store"}) if address else None


async def _send_tile(request: Request, read: Callable[[], Awaitable[bytes]], tag: str) -> Response:
    headers = {**_HEADERS, "etag": f'"{tag}"'}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    with _store_errors():
        return Response(await read(), headers=headers, media_type="image/webp")


async def _send_file(request: Request, row: Image | Upload, extra: Mapping[str, str]) -> Response:
    """Streams a stored file, whole or the part that is asked for."""
    tag, size = row.sha256[:32], row.size_bytes
    playable = _PLAYABLE if row.media_type.startswith("video/") else {}
    headers = {**_HEADERS, **playable, **extra, "etag": f'"{tag}"', "accept-ranges": "bytes"}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    part = _part(request, tag, size)
    if part and part[0] >= size:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
    status, first, last = 200, 0, size - 1
    if part:
        status, (first, last) = 206, part
        headers["content-range"] = f"bytes {first}-{last}/{size}"
    headers["content-length"] = str(last - first + 1)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=row.media_type)
    with _store_errors():
        stored = await store.get().open(row.key, *(part or ()))
    return StreamingResponse(stored.body, status, headers, row.media_type)


def _is_known(request: Request, tag: str) -> bool:
    """Whether the browser holds this very version."""
    return tag in [known.strip(' W/"') for known in request.headers.get("if-none-match", "").split(",")]


def _part(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """First and last byte wanted; None for everything, which also answers several ranges at once or a stale copy."""
    wanted = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("range", "").strip())
    if not wanted or request.headers.get("if-range", tag).strip('"') != tag:
        return None
    first, last = wanted.groups()
    if first:
        end = min(int(last), size - 1) if last else size - 1
        return (int(first), end) if not last or int(last) >= int(first) else None
    if not last:
        return None
    return (max(0, size - int(last)), size - 1) if int(last) else (size, size)


def _attachment(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lstrip("-_")
    known = f'attachment; filename="{plain}"'
    return known if plain == name else f"{known}; filename*=UTF-8''{quote(name, safe='')}"


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except MissingError as error:
        raise NotFoundError(
            "The file of this picture is missing. The operator can restore it from a backup."
        ) from error
    except StorageError as error:
        raise UserFacingError(
            "The place where pictures are kept does not answer. Your picture is safe. Try again in a minute.",
            "storage_silent",
            status=503,
            retry_after_seconds=60,
        ) from error


routes = [
    Route("/media/jobs/{job_id}/preview", preview),
    Route("/media/uploads/{upload_id:str}", upload),
    Route("/media/{image_id:int}/{variant:str}", picture),
]
