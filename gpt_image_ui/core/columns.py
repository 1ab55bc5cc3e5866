"""Column types that behave alike on SQLite and PostgreSQL."""

from datetime import UTC, datetime

import sqlalchemy as sa


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC moment. Naive values are refused on the way in; SQLite, which drops the zone, gets it back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "moments carry their zone"
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# An integer key that counts up in order of creation. SQLite only counts up a column declared INTEGER.
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
