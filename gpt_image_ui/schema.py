"""The database's shape: every room's tables, and the migrations that bring a database to them."""

import contextlib
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import SQLModel

from gpt_image_ui.core import config

if TYPE_CHECKING:
    from alembic.config import Config

PACKAGE = Path(__file__).resolve().parent
# Two processes that start together must not both migrate; the number is ours alone.
_LOCK = 7200
_REVISION = re.compile(r'^(revision|down_revision)\s*=\s*"(\w+)"', re.M)


class SchemaError(Exception):
    """The database is not one that this version of the code can use."""


def metadata() -> sa.MetaData:
    """The tables as the code has them. A room with a tables.py is found without being named here."""
    for path in sorted(PACKAGE.glob("*/tables.py")):
        importlib.import_module(f"gpt_image_ui.{path.parent.name}.tables")
    return SQLModel.metadata


def upgrade() -> bool:
    """Brings the database to the newest revision. False if it was there. Raises SchemaError for a database that a
    newer version has changed. Safe to call from several processes at once."""
    with _locked() as connection:
        found = current(connection)
        if found == head():
            return False
        if found and found not in _revisions():
            raise SchemaError(
                f"The database is at revision {found}, which this version does not know: a newer version has used it. "
                "Nothing was changed. Install that version, or restore a backup made before it."
            )
        from alembic import command

        command.upgrade(_config(connection), "head")
        return True


def downgrade(revision: str) -> None:
    """Takes the database back to a revision; 'base' leaves no table of ours."""
    from alembic import command

    with _locked() as connection:
        command.downgrade(_config(connection), revision)


def current(connection: sa.Connection) -> str:
    """The revision the database is at, or '' for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""


@cache
def head() -> str:
    """The newest revision, read from the files alone: importing Alembic costs a start 0.2 s and 28 MB."""
    revisions = _revisions()
    (newest,) = revisions.keys() - set(revisions.values())
    return newest


def scripts() -> Path:
    """The folder of migrations: inside the package where it was installed from a wheel, beside it in a checkout."""
    installed = PACKAGE / "migrations"
    return installed if installed.is_dir() else PACKAGE.parent / "alembic"


def _revisions() -> dict[str, str]:
    found = {}
    for path in (scripts() / "versions").glob("*.py"):
        header = dict(_REVISION.findall(path.read_text(encoding="utf-8")))
        found[header["revision"]] = header.get("down_revision", "")
    return found


@contextlib.contextmanager
def _locked() -> Iterator[sa.Connection]:
    """One connection, of an engine of its own, which other migrators wait for."""
    url = config.get(config.DatabaseSettings).resolved_url()
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    if engine.dialect.name == "sqlite":
        _begin_exclusively(engine)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection
    finally:
        engine.dispose()


def _begin_exclusively(engine: sa.Engine) -> None:
    # The driver's own transactions leave out DDL, so that half a migration would stay behind after a crash.
    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:
        connection.isolation_level = None
        connection.execute("pragma busy_timeout=60000")
        connection.execute("pragma journal_mode=wal")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _config(connection: sa.Connection) -> "Config":
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
