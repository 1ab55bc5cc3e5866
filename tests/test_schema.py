"""The migrations make exactly what the tables declare, on both databases, and whoever comes second finds it done."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gpt_image_ui import schema
from gpt_image_ui.core import db


def test_migrations_make_the_declared_tables(database: str) -> None:
    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata()) == []


def test_migrations_make_the_declared_checks_and_triggers(database: str, tmp_path) -> None:
    with db.engine().connect() as connection:
        migrated = _guards(connection)
    if database == "sqlite":
        twin = sa.create_engine(f"sqlite:///{tmp_path / 'twin.db'}")
        with twin.begin() as connection:
            schema.metadata().create_all(connection)
            declared = _guards(connection)
        twin.dispose()
    else:
        with db.engine().begin() as connection:
            connection.execute(sa.text("CREATE SCHEMA twin"))
            connection.execute(sa.text("SET LOCAL search_path TO twin"))
            schema.metadata().create_all(connection)
            declared = _guards(connection)
    assert len(declared) >= 8
    assert migrated == declared


def test_downgrade_leaves_nothing_and_upgrade_returns(database: str) -> None:
    schema.downgrade("base")
    with db.engine().connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        assert schema.current(connection) == ""
    assert schema.upgrade() is True
    test_migrations_make_the_declared_tables(database)


def test_processes_that_start_together_migrate_once(database: str) -> None:
    schema.downgrade("base")
    with ThreadPoolExecutor(4) as threads:
        # Alembic keeps its context in a global, so the race under test is for the database's lock, not for Alembic's.
        done = list(threads.map(lambda _: schema.upgrade(), range(4)))
    assert sorted(done) == [False, False, False, True]


def test_a_database_of_a_newer_version_is_left_alone(database: str) -> None:
    db.run(lambda session: session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(schema.SchemaError, match="9999"):
        schema.upgrade()


def test_the_head_read_from_files_is_the_one_alembic_finds() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(schema.scripts()))
    assert schema.head() == ScriptDirectory.from_config(settings).get_current_head()


def test_a_failing_migration_leaves_the_database_as_it_was(database: str, tmp_path, monkeypatch) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(schema.scripts(), scripts)
    (scripts / "versions" / "9999_breaks.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{schema.head()}"\n'
        'def upgrade():\n    op.create_table("half", sa.Column("id", sa.Integer))\n    raise RuntimeError("half-way")\n'
        "def downgrade():\n    pass\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr(schema, "scripts", lambda: scripts)
        schema.head.cache_clear()
        with pytest.raises(RuntimeError, match="half-way"):
            schema.upgrade()
    schema.head.cache_clear()
    with db.engine().connect() as connection:
        assert "half" not in sa.inspect(connection).get_table_names()
        assert schema.current(connection) == schema.head()


def _guards(connection: sa.Connection) -> set[tuple[str, ...]]:
    """Every check constraint and every trigger, which Alembic's own comparison does not look at."""
    inspector = sa.inspect(connection)
    found = {
        (table, str(check["name"]), check["sqltext"])
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return found | {(row.name, " ".join(row.sql.split())) for row in triggers}
    triggers = connection.exec_driver_sql(
        "SELECT trigger_name, event_manipulation, action_timing, action_orientation "
        "FROM information_schema.triggers WHERE trigger_schema = current_schema()"
    )
    return found | {tuple(row) for row in triggers}
