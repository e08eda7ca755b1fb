"""Working calendars with their versions, and how it goes with fetching their files."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable, autoincrement=False if name != "id" else "auto")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _string(name: str, length: int, *, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, ondelete="CASCADE" if cascade else None
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendars",
        _key("id"),
        _string("name", 100, default=None),
        _text("description"),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        _moment("created", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("name", name=op.f("uq_calendars_name")),
    )
    op.create_table(
        "calendar_versions",
        _key("id"),
        _key("calendar_id"),
        sa.Column("number", KEY, server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        _string("zone", 60, default=None),
        _json("week"),
        _json("exceptions"),
        _json("yearly"),
        _string("country", 2),
        _string("region", 20),
        _json("holidays"),
        _key("holidays_until", nullable=True),
        _text("feed_address"),
        _string("feed_name", 255),
        _json("feed_days"),
        _string("reason", 20, default=None),
        _key("creator_id", nullable=True),
        _moment("created", nullable=False),
        _points("calendar_versions", "calendar_id", "calendars", cascade=True),
        _points("calendar_versions", "creator_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("calendar_id", "number", name=op.f("uq_calendar_versions_calendar_id_number")),
    )
    op.create_table(
        "calendar_feeds",
        _key("calendar_id"),
        _moment("tried"),
        _moment("fetched"),
        sa.Column("failures", KEY, server_default="0", nullable=False),
        _text("problem"),
        sa.Column("unread", KEY, server_default="0", nullable=False),
        _points("calendar_feeds", "calendar_id", "calendars", cascade=True),
        sa.PrimaryKeyConstraint("calendar_id", name=op.f("pk_calendar_feeds")),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("calendar_feeds", "calendar_versions", "calendars"):
        op.drop_table(table)
