"""Serving: one process, one port, everything in it. And the worker, for a studio that has grown."""

import argparse
import asyncio
import contextlib
import ctypes
import errno
import fcntl
import gc
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy.exc import OperationalError

from gpt_image_ui import schema
from gpt_image_ui.commands.report import CommandError
from gpt_image_ui.core import config

# mallopt's names for these two, from malloc.h.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def run(options: argparse.Namespace) -> int:
    """Serves until SIGTERM or SIGINT, then lets running jobs end for a while. A second signal ends it at once."""
    settings = _settings(options)
    _give_memory_back()
    with sole_process():
        _check_port(settings.host, settings.port)
        _check_catalogue()
        # Alembic in a child: it works while the screens load here, and takes its 28 MB with it when it ends.
        migration = _start_migration()
        app = _load()
        _await_migration(migration)
        return _on_loop(lambda: _serve(app, settings))


def work(_options: argparse.Namespace) -> int:
    """Executes jobs until told to stop, without screens."""
    if not is_postgres():
        raise CommandError(
            "On SQLite the jobs run inside `gpt-image-ui run`. A worker of its own needs PostgreSQL: set DATABASE_URL."
        )
    from gpt_image_ui import worker
    from gpt_image_ui.core import log

    log.configure()
    _check_catalogue()
    _give_memory_back()
    migrate()
    _on_loop(worker.serve)
    return 0


def migrate() -> bool:
    """Brings the database to this version; False if it was there. Raises CommandError."""
    try:
        return schema.upgrade()
    except schema.SchemaError as error:
        raise CommandError(str(error)) from error
    except OperationalError as error:
        raise CommandError(f"The database does not answer: {error.orig}") from error


def is_postgres() -> bool:
    """Whether the settings name a PostgreSQL database; asks no server."""
    return not config.get(config.DatabaseSettings).resolved_url().startswith("sqlite")


@contextlib.contextmanager
def sole_process() -> Iterator[None]:
    """Holds this data directory's lock. Two processes on one SQLite file would each run the other's jobs again; on
    PostgreSQL leases keep them apart and there is nothing to hold. Raises CommandError that names the holder."""
    if is_postgres():
        yield
        return
    path = config.data_directory() / "lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise CommandError(
                f"Another studio, process {holder}, is using {path.parent}. Stop it, or set GPT_IMAGE_UI_DATA to "
                "another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def _settings(options: argparse.Namespace) -> config.ServerSettings:
    given = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    settings = config.get(config.ServerSettings)
    if given:
        settings = settings.model_copy(update=given)
        config.override(settings)
    return settings


def _check_catalogue() -> None:
    """Reads what providers are set to before anything starts; pydantic's errors carry their own words."""
    from gpt_image_ui.providers import registry

    if faults := registry.catalogue_faults():
        raise CommandError(f"The catalogue file is wrong, so nothing was started: {'; '.join(faults)}.", 2)


def _check_port(host: str, port: int) -> None:
    """granian shares a port that is already served instead of failing; so a plain bind has to fail first."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise CommandError(f"Port {port} on {host} {reason}. Choose another with --port or PORT.") from error


def _start_migration() -> Any:
    child = multiprocessing.get_context("fork").Process(target=_migrate)
    child.start()
    return child


def _await_migration(child: Any) -> None:
    child.join()
    if child.exitcode:
        raise CommandError("So nothing was started.")


def _migrate() -> None:
    try:
        migrate()
    except CommandError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _load() -> Any:
    from gpt_image_ui.web import frontend

    if not frontend.is_built():
        raise CommandError("The screens are not built yet. Run `gpt-image-ui build` once, or `make setup`.")
    config.set_environment(frontend.environment())
    with _hidden("requests", "aiohttp", "websocket"):
        from gpt_image_ui.gpt_image_ui import app
    return app()


@contextlib.contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Imports of these fail while the block runs. socket.io's client, which a server never uses, loads what it finds
    of them: a tenth of a second and 10 MB."""
    hiding = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hiding))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hiding:
            del sys.modules[name]


async def _serve(app: Any, settings: config.ServerSettings) -> int:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    server = Server(
        _announcing(app, settings),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.error,
        websockets=True,
    )
    stopped = asyncio.Event()

    def stop() -> None:
        stopped.set()
        server.stop()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(name)

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    await server.serve()
    return 0 if stopped.is_set() else 1


def _announcing(app: Any, settings: config.ServerSettings) -> Callable[..., Awaitable[None]]:
    """The app, which has its address announced once everything behind it has started."""
    announcements: list[asyncio.Task[None]] = []

    async def announced(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return

        async def watched(message: Any) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                announcements.append(asyncio.create_task(_announce(settings)))

        await app(scope, receive, watched)

    return announced


async def _announce(settings: config.ServerSettings) -> None:
    """Says the address once it answers, which granian's port does a moment after the app has started."""
    for _ in range(500):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(settings.host, settings.port)
            writer.close()
            break
        await asyncio.sleep(0.01)
    print(f"The studio is ready: {settings.origin()}", flush=True)
    # What start-up made stays for good; collections that need not walk through it pause us far less.
    gc.collect()
    gc.freeze()


def _on_loop(act: Callable[[], Awaitable[Any]]) -> Any:
    """Runs to the end of `act` and no further: a socket that a browser holds open is a task that granian never ends,
    and waiting for it, as asyncio's own runner does, would keep a stopped studio alive for ever."""
    try:
        import uvloop

        loop = uvloop.new_event_loop()
    except ImportError:  # not offered for this platform; the standard loop does the same, slower
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(act())


def _give_memory_back() -> None:
    # glibc keeps freed memory per thread; with these, what a hundred pictures needed goes back to the system.
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, 256 * 1024)
