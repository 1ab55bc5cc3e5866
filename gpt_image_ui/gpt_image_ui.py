"""The composition root: the screens, the routes beside them, and what starts and stops with the process.

Its name and place are Reflex's convention; `app` is what the server serves.
"""

import contextlib
from collections.abc import AsyncIterator

import reflex as rx
from starlette.routing import Mount, Router
from starlette.types import ASGIApp

from gpt_image_ui import worker
from gpt_image_ui.core import log
from gpt_image_ui.jobs import engine, notices
from gpt_image_ui.web import edge, live, navigation
from gpt_image_ui.web.public import routes as public
from gpt_image_ui.web.routes import auth, callbacks, health, media, screens, uploads, wall


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Notices find their listener before the engine, which takes up interrupted jobs at once, can send one."""
    log.configure()
    live.start(app)
    notices.listen(live.push)
    async with worker.running(execute=engine.executes_here()):
        yield


routes = [
    *public.routes,
    *screens.routes,
    *auth.routes,
    *callbacks.routes,
    *media.routes,
    *uploads.routes,
    *wall.routes,
    *health.routes,
]


def around(screens_app: ASGIApp) -> ASGIApp:
    """Our routes before Reflex's own, and the edge before both. A bare router: only the edge answers errors."""
    return edge.Edge(Router([*routes, Mount("", screens_app)]))


app = rx.App(
    api_transformer=around,
    stylesheets=navigation.STYLESHEETS,
    html_lang="en",
    enable_state=True,
)
app.register_lifespan_task(lifespan)
navigation.add_pages(app)
