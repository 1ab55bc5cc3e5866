"""The wall's data: an index of everything a filter leaves, and pages of cards of what is on the screen."""

import asyncio
import gzip
import hashlib
import json
from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gpt_image_ui.core import db
from gpt_image_ui.gallery import feed
from gpt_image_ui.gallery.feed import WallFilter
from gpt_image_ui.web import session

_CACHED_MAX = 32
_GZIP_FROM_BYTES = 1000
# Compressed bodies by their tag, which names account, filter and version: a change makes a new entry, age drops it.
_bodies: OrderedDict[str, bytes] = OrderedDict()


async def index(request: Request) -> Response:
    """Every picture's shape, counts by day, anchors to page by, and the newest cards. `since`: only what came after."""
    account = await session.require_account(request)
    filters = WallFilter.from_params(request.query_params)
    since = feed.number(request.query_params, "since", 0)
    version = await db.read(feed.version, account.id)
    tag = _tag(account.id, filters, since, version)
    headers = {"etag": f'W/"{tag}"', "cache-control": "private, no-cache", "vary": "accept-encoding, cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = _bodies.get(tag)
    if body is None:
        built = await db.read(feed.build_index, account.id, filters, since)
        body = await asyncio.to_thread(_packed, built)
        # What was read may be newer than the version that was read before it; then it is not kept under that name.
        if built["v"] == version:
            _remember(tag, body)
    else:
        _bodies.move_to_end(tag)
    return await _answer(request, body, headers)


async def cards(request: Request) -> Response:
    """Up to a hundred cards with ids from `from` up to, not including, `to`; oldest first."""
    account = await session.require_account(request)
    filters = WallFilter.from_params(request.query_params)
    first = feed.number(request.query_params, "from", 0)
    last = feed.number(request.query_params, "to", 0) or None
    page = await db.read(feed.list_cards, account.id, filters, first, last)
    body = _packed([feed.shown(card) for card in page])
    return await _answer(request, body, {"cache-control": "private, no-cache", "vary": "accept-encoding, cookie"})


def _tag(account_id: str, filters: WallFilter, since: int, version: int) -> str:
    return hashlib.sha256(f"{account_id}\0{filters!r}\0{since}\0{version}".encode()).hexdigest()[:32]


def _packed(data: Any) -> bytes:
    return gzip.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(), 5, mtime=0)


def _remember(tag: str, body: bytes) -> None:
    _bodies[tag] = body
    while len(_bodies) > _CACHED_MAX:
        _bodies.popitem(last=False)


async def _answer(request: Request, body: bytes, headers: dict[str, str]) -> Response:
    # The last four bytes of a gzip body are the length of what is in it.
    large = int.from_bytes(body[-4:], "little") >= _GZIP_FROM_BYTES
    if large and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, media_type="application/json", headers=headers | {"content-encoding": "gzip"})
    plain = await asyncio.to_thread(gzip.decompress, body)
    return Response(plain, media_type="application/json", headers=headers)


routes = [Route("/api/wall", index), Route("/api/cards", cards)]
