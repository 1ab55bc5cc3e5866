"""The composition root: the screens, the routes beside them, and what starts and stops with the process.

Its name and place are Reflex's convention; `app` is what the server serves.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import reflex as rx
from starlette.applications import Starlette

from gpt_image_ui import schedule
from gpt_image_ui.core import db, log
from gpt_image_ui.generation import cancel, landing, recover, run
from gpt_image_ui.jobs import engine, notices
from gpt_image_ui.providers import registry
from gpt_image_ui.storage import store
from gpt_image_ui.web import edge, live, navigation
from gpt_image_ui.web.public import pages as public_pages
from gpt_image_ui.web.routes import auth, health, media, screens, uploads, wall


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Starts notices before the engine (which takes up interrupted jobs at once) and stops them after it."""
    log.configure()
    live.start(app)
    notices.listen(live.push)
    here = engine.executes_here()
    if here:
        engine.register(run.plan())
    await engine.start({name: provider.lane for name, provider in registry.providers().items()})
    background = [asyncio.create_task(task) for task in _background(here)]
    if here:
        await recover.sweep(at_start=True)
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await engine.stop()
        notices.forget()
        landing.close()
        for provider in registry.providers().values():
            await provider.close()
        await store.close()
        db.close()


def _background(here: bool) -> list:
    tasks = [schedule.run(schedule.RECURRING)] if here else []
    if db.is_postgres():
        tasks += [notices.relay(), *([cancel.hear_others()] if here else [])]
    return tasks


routes = [
    *public_pages.routes,
    *screens.routes,
    *auth.routes,
    *media.routes,
    *uploads.routes,
    *wall.routes,
    *health.routes,
]

app = rx.App(
    api_transformer=[Starlette(routes=routes), edge.Edge],
    stylesheets=navigation.STYLESHEETS,
    html_lang="en",
    enable_state=True,
)
app.register_lifespan_task(lifespan)
navigation.add_pages(app)
