"""Routes of jobs, the health of providers, and what they cost the operator.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("route", sa.String(160), nullable=False, server_default=""))
    op.add_column("job", sa.Column("fallbacks", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("job", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("provider_call", sa.Column("model", sa.String(96), nullable=False, server_default=""))
    op.add_column("provider_call", sa.Column("counted_micros", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("provider_call_recent", "provider_call", ["started_at"])
    op.create_table(
        "provider_state",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("paused", sa.Text(), nullable=False, server_default=""),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pauses", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cause", sa.String(48), nullable=False, server_default=""),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("retry_at", sa.DateTime(timezone=True)),
        sa.Column("probe_job_id", sa.String(32), nullable=False, server_default=""),
        sa.Column("probe_until", sa.DateTime(timezone=True)),
        sa.Column("free_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "provider_spend",
        sa.Column("provider", sa.String(32), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("micros", sa.BigInteger(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_table("provider_spend")
    op.drop_table("provider_state")
    op.drop_index("provider_call_recent", "provider_call")
    for table, column in (
        ("provider_call", "counted_micros"),
        ("provider_call", "model"),
        ("job", "note"),
        ("job", "fallbacks"),
        ("job", "route"),
    ):
        op.drop_column(table, column)
