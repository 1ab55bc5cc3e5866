"""Where the job engine keeps what it must not forget, and how DBOS is set up for it."""

import sqlalchemy as sa
from dbos import DBOSConfig
from sqlalchemy import event

from gpt_image_ui.core import config, db

# Pinned: the default hashes source code, so that every upgrade would strand the jobs that were under way.
VERSION = "1"


def url() -> str:
    """The studio's own database on PostgreSQL, else a file beside it, which spares both their waiting."""
    if db.is_postgres():
        return config.get(config.DatabaseSettings).resolved_url()
    return f"sqlite:///{config.data_directory() / 'jobs.db'}"


def configuration() -> DBOSConfig:
    """What DBOS is started with."""
    made = DBOSConfig(
        name="gpt-image-ui",
        application_version=VERSION,
        executor_id=config.process_id() if db.is_postgres() else "local",
        system_database_url=url(),
        log_level="ERROR",
        max_executor_threads=16,
    )
    if not db.is_postgres():
        made["system_database_engine"] = _sqlite_engine(url())
    return made


def _sqlite_engine(url: str) -> sa.Engine:
    # A pool of one: Python queues its callers instead of SQLite's sleeping busy handler.
    engine = sa.create_engine(
        url, pool_size=1, max_overflow=0, pool_timeout=120, connect_args={"check_same_thread": False}
    )
    synchronous = config.get(config.DatabaseSettings).synchronous

    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=on", "journal_mode=wal", f"synchronous={synchronous}"):
            connection.execute(f"pragma {pragma}")

    return engine
