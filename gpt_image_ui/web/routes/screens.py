"""The screens' documents. The first visit makes a guest here, in the same answer, so that the page needs no second
trip; the theme is written into the document, so that nothing flashes."""

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
    """A screen of the app, for the account in the cookie or a new guest. A prefetch makes no account."""
    name = request.url.path.strip("/").split("/")[0]
    response = HTMLResponse(_document(name, request.cookies.get("theme", "system")))
    response.headers["cache-control"] = "no-store"
    account = await session.account_of(request)
    if account:
        await db.transaction(sessions.touch, account.id)
    else:
        if "prefetch" in request.headers.get("sec-purpose", request.headers.get("purpose", "")):
            return RedirectResponse("/", 303)
        await auth.let_in(request, response)
    return response


@lru_cache(64)
def _document(name: str, theme: str) -> str:
    html = _file(name).read_text(encoding="utf-8")
    return html.replace("<html", f'<html data-theme="{theme}"', 1) if theme in ("light", "dark") else html


def _file(name: str) -> Path:
    client = frontend.client_directory()
    found = [path for path in (client / name / "index.html", client / f"{name}.html") if path.is_file()]
    return found[0] if found else client / "404.html"


routes = [
    Route("/studio", screen, name="studio"),
    Route("/library", screen, name="library"),
    Route("/a/{image_id:int}", screen, name="picture"),
]
