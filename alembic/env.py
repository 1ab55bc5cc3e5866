"""What Alembic runs for every migration: our tables, on a connection given by gpt_image_ui/schema.py or, for
developers who call `alembic` themselves, on the database that the settings name."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from gpt_image_ui import schema
from gpt_image_ui.core import db
from gpt_image_ui.core.columns import Moment


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    # A migration must mean the same for ever, so it names SQLAlchemy's types and none of ours.
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length})"
    return False


def _run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=schema.metadata(),
        # SQLite changes a column by building the table anew.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; writing them out as SQL is not offered.")
if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    with db.engine().execution_options(write=True).begin() as own:
        _run(own)
