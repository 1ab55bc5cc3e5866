"""The ground under every test: nothing of the machine's own settings, and a fresh database of both kinds."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from gpt_image_ui import schema
from gpt_image_ui.core import clock, config, db, rate_limit

_TEMPLATE = "studio_template"
# What this machine may have set for other programs, and the studio would read.
VENDORS = ("OPENAI", "KIE", "ARK", "SUB2API", "LOCAL")
NAMES = ("API_KEY", "BASE_URL", "UPLOAD_URL", "MODELS", "KIND", "WORKFLOW", "EDIT_WORKFLOW")
ALIASES = [f"{vendor}_{name}" for vendor in VENDORS for name in NAMES]


class HeldClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test has its own data directory and default settings, and leaves no connection behind."""
    for name in list(os.environ):
        if name.startswith(config.PREFIX) or name in ("DATABASE_URL", "PORT", *ALIASES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GPT_IMAGE_UI_DATA", str(tmp_path / "data"))
    _forget()
    yield
    _forget()


@pytest.fixture
def held_clock() -> Iterator[HeldClock]:
    """core.clock stands at a Friday in November, half past two in the afternoon UTC."""
    held = HeldClock(datetime(2026, 11, 20, 14, 30, tzinfo=UTC))
    clock.set_source(held)
    yield held
    clock.set_source(None)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh database with every table; the test runs once on each kind. Gives the kind's name.

    For one kind only: `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
    """
    kind = request.param
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_template"), config.data_directory() / "studio.db")
        yield kind
        db.close()
        return
    server: Path = request.getfixturevalue("_postgres")
    name = f"test_{os.urandom(6).hex()}"
    _sql(server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    monkeypatch.setenv("DATABASE_URL", _postgres_url(server, name))
    _forget()
    yield kind
    db.close()
    _sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "studio.db"
    _build_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Path]:
    """The folder of a throw-away PostgreSQL server, which listens on a socket in that folder and nowhere else."""
    programs = _postgres_programs()
    # PostgreSQL refuses to run as root; a short path, because a socket's may have 107 characters.
    user = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="gpt-image-ui-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        user=user, check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    log = (folder / "log").open("wb")
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": "120",
    }
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())],
        user=user, cwd=folder, stdout=log, stderr=log, preexec_fn=_end_with_parent,
    )  # fmt: skip
    try:
        _await_ready(programs, folder, server)
        _sql(folder, f"CREATE DATABASE {_TEMPLATE}")
        _build_schema(_postgres_url(folder, _TEMPLATE))
        yield folder
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _build_schema(url: str) -> None:
    """Brings an empty database to the newest migration, as an installation does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        _forget()
        schema.upgrade()
        _forget()


def _forget() -> None:
    db.close()
    config.forget()
    rate_limit.reset()


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("PostgreSQL's server programs are missing. Install them: apt-get install postgresql", pytrace=False)
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _end_with_parent() -> None:
    """Has Linux stop the server when this test run is killed, so that none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _await_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        ready = subprocess.run([programs / "pg_isready", "-q", "-h", folder, "-U", "postgres"], check=False)
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}", pytrace=False)


def _postgres_url(folder: Path, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def _sql(folder: Path, statement: str) -> None:
    with psycopg.connect(_postgres_url(folder, "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
