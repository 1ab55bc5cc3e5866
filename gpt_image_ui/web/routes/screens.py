"""The screens' documents. The first visit makes a guest here, in the same answer, so that the page needs no second
trip; the theme is written into the document, so that nothing flashes."""

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gpt_image_ui.accounts import sessions
from gpt_image_ui.core import db
from gpt_image_ui.web import frontend, session
from gpt_image_ui.web.routes import auth


async def screen(request: Request) -> Response:
    """A screen of the app, for the account in the cookie or a new guest."""
    name = request.url.path.strip("/").split("/")[0]
    packed = "gzip" in request.headers.get("accept-encoding", "")
    response = HTMLResponse(_document(name, request.cookies.get("theme", "system"), packed))
    response.headers["cache-control"] = "no-store"
    response.headers["vary"] = "accept-encoding, cookie"
    if packed:
        response.headers["content-encoding"] = "gzip"
    account = await session.account_of(request)
    if account:
        await db.transaction(sessions.touch, account.id)
    else:
        if not _is_visit(request):
            return RedirectResponse("/", 303)
        await auth.let_in(request, response)
    return response


def _is_visit(request: Request) -> bool:
    """Whether a person opens the page: no prefetch, no program that only looks, no frame or picture on another page."""
    headers = request.headers
    prefetch = "prefetch" in headers.get("sec-purpose", headers.get("purpose", ""))
    return request.method == "GET" and not prefetch and headers.get("sec-fetch-dest", "document") == "document"


@lru_cache(64)
def _document(name: str, theme: str, packed: bool) -> bytes:
    html = _file(name).read_text(encoding="utf-8")
    if theme in ("light", "dark"):
        html = html.replace("<html", f'<html data-theme="{theme}"', 1)
    return gzip.compress(html.encode(), 9, mtime=0) if packed else html.encode()


def _file(name: str) -> Path:
    client = frontend.client_directory()
    found = [path for path in (client / name / "index.html", client / f"{name}.html") if path.is_file()]
    return found[0] if found else client / "404.html"


routes = [
    Route("/studio", screen, name="studio"),
    Route("/library", screen, name="library"),
    Route("/a/{image_id:int}", screen, name="picture"),
]
