"""Tasks that providers work on, previews, and videos beside pictures.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("provider_call", sa.Column("tasks", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("job", sa.Column("previews", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("image", sa.Column("kind", sa.String(8), nullable=False, server_default="image"))
    op.add_column("image", sa.Column("milliseconds", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("image", sa.Column("sound", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table, column in (
        ("image", "sound"),
        ("image", "milliseconds"),
        ("image", "kind"),
        ("job", "previews"),
        ("provider_call", "tasks"),
    ):
        op.drop_column(table, column)
