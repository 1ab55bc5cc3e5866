"""The web edge: every request gets an id and a content-free log line, every failure becomes a page or a JSON answer."""

import time

from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gpt_image_ui.core import ids, log
from gpt_image_ui.core.errors import NotFoundError, UserFacingError, unexpected
from gpt_image_ui.web.public import errors as pages

_logger = log.get("web")
_requests = Counter("http_requests_total", "Requests by route template and status.", ["route", "status"])
_seconds = Histogram("http_request_seconds", "Time to the last byte.", ["route"])
# More than any form or address needs; uploads, which count for themselves, have a limit of their own.
_BODY_BYTES_MAX = 1_000_000
_UPLOADS = "/api/uploads"
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Edge:
    """ASGI middleware around everything. A socket passes through untouched: its events have an edge of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, started, status = ids.new_reference(), time.perf_counter(), 0
        # Files that are not there are answered by the framework's own page; people get ours in its place.
        replaces = scope["method"] == "GET" and _wants_page(Request(scope))

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            if status == 404 and replaces:
                return
            if message["type"] == "http.response.start":
                present = {name for name, _ in message.get("headers", [])}
                added = [(name, value) for name, value in _SECURITY if name not in present]
                message = {**message, "headers": [*message.get("headers", []), *added, _id_header(request_id)]}
            await send(message)

        try:
            await self.app(scope, receive if scope["path"] == _UPLOADS else _capped(receive), watched)
            if status == 404 and replaces:
                raise NotFoundError
        except UserFacingError as error:
            replaces = False
            await _answer(scope, error)(scope, receive, watched)
        except Exception as error:  # the web edge: nobody sees a traceback, everybody gets a reference
            _logger.error("request failed", request_id=request_id, error=type(error).__name__, exc_info=True)
            if status:
                raise
            await _failure(scope, request_id)(scope, receive, watched)
        finally:
            _note(scope, request_id, status, time.perf_counter() - started)


def answer_json(error: UserFacingError) -> JSONResponse:
    """A refusal as routes answer it to scripts."""
    headers = {"retry-after": str(error.retry_after_seconds)} if error.retry_after_seconds else None
    body = {"error": error.message, "code": error.code, "reference": error.reference}
    return JSONResponse(body, error.status, headers)


def _capped(receive: Receive) -> Receive:
    """A body that ends in a refusal once it is longer than any of ours: forms are read whole into memory."""
    received = 0

    async def capped() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > _BODY_BYTES_MAX:
            raise UserFacingError("That is more than was asked for. Nothing was done.", "too_large", status=413)
        return message

    return capped


def _answer(scope: Scope, error: UserFacingError) -> Response:
    request = Request(scope)
    if not _wants_page(request):
        return answer_json(error)
    return pages.not_found(request) if error.status == 404 else pages.refused(request, error)


def _failure(scope: Scope, reference: str) -> Response:
    request = Request(scope)
    if _wants_page(request):
        return pages.server_error(request, reference)
    return JSONResponse({"error": unexpected(reference), "code": "internal", "reference": reference}, 500)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(("/api/", "/media/"))


def _note(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    # The template, never the path: a path can hold an id, a query can hold a prompt.
    route = getattr(scope.get("route"), "path", "") or ("asset" if status < 400 else "unknown")
    _requests.labels(route, status).inc()
    _seconds.labels(route).observe(seconds)
    if route not in ("asset", "/healthz", "/media/{image_id:int}/{variant:str}"):
        _logger.info(
            "request", route=route, status=status, milliseconds=round(seconds * 1000, 1), request_id=request_id
        )


def _id_header(request_id: str) -> tuple[bytes, bytes]:
    return b"x-request-id", request_id.encode()
