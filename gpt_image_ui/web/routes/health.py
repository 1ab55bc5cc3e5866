"""Whether this process lives, whether it can serve, and its numbers."""

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gpt_image_ui.core import config, db
from gpt_image_ui.core.errors import NotFoundError
from gpt_image_ui.jobs import engine
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from gpt_image_ui.web import callers


async def healthz(_request: Request) -> Response:
    """Alive: the loop answers."""
    return JSONResponse({"status": "alive"})


async def readyz(_request: Request) -> Response:
    """Ready: database, job engine and store answer. 503 names what does not."""
    checks = {"database": await _database(), "jobs": engine.is_running(), "storage": await _storage()}
    ready = all(checks.values())
    return JSONResponse({"status": "ready" if ready else "not ready", **checks}, 200 if ready else 503)


async def metrics(request: Request) -> Response:
    """Prometheus text, for those that `server.metrics` names. Counts and durations only."""
    readers = config.get(config.ServerSettings).metrics
    if readers == "off" or (readers == "local" and not callers.is_local(request)):
        raise NotFoundError()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database() -> bool:
    try:
        await db.read(lambda session: session.execute(sa.text("SELECT 1")).scalar())
    except SQLAlchemyError:
        return False
    return True


async def _storage() -> bool:
    try:
        await store.get().exists("ready")
    except StorageError:
        return False
    return True


routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
