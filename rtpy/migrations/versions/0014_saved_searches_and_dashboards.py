"""Saved searches and dashboards."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def _points(table: str, column: str, target: str, *, cascade: bool = True) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=name, ondelete="CASCADE" if cascade else None
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=False, server_default="0")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def upgrade() -> None:
    """Make the tables."""
    _searches()
    _dashboards()


def _searches() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String(255), nullable=False, server_default=""),
        sa.Column("owner_id", KEY),
        sa.Column("content", sa.Text(), nullable=False),
        _flag("disabled"),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("last_updated", TIME, nullable=False),
        _points("saved_searches", "owner_id", "principals"),
        _points("saved_searches", "creator_id", "users", cascade=False),
        _key("saved_searches", "id"),
    )
    op.create_index("ix_saved_searches_owner_id", "saved_searches", ["owner_id"])
    op.create_table(
        "search_pins",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("saved_search_id", KEY, nullable=False),
        _number("position"),
        _points("search_pins", "user_id", "users"),
        _points("search_pins", "saved_search_id", "saved_searches"),
        _key("search_pins", "user_id", "saved_search_id"),
    )
    op.create_index("ix_search_pins_saved_search_id", "search_pins", ["saved_search_id"])
    op.create_table(
        "queue_searches",
        sa.Column("queue_id", KEY, nullable=False),
        sa.Column("saved_search_id", KEY, nullable=False),
        _points("queue_searches", "queue_id", "queues"),
        _points("queue_searches", "saved_search_id", "saved_searches"),
        _key("queue_searches", "queue_id"),
    )
    op.create_index("ix_queue_searches_saved_search_id", "queue_searches", ["saved_search_id"])


def _dashboards() -> None:
    op.create_table(
        "dashboards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.String(255), nullable=False, server_default=""),
        sa.Column("owner_id", KEY),
        sa.Column("panes", sa.Text(), nullable=False),
        _flag("disabled"),
        sa.Column("creator_id", KEY, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("last_updated", TIME, nullable=False),
        _points("dashboards", "owner_id", "principals"),
        _points("dashboards", "creator_id", "users", cascade=False),
        _key("dashboards", "id"),
    )
    op.create_index("ix_dashboards_owner_id", "dashboards", ["owner_id"])
    op.create_table(
        "home_dashboards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("principal_id", KEY),
        sa.Column("dashboard_id", KEY, nullable=False),
        _number("position"),
        _points("home_dashboards", "principal_id", "principals"),
        _points("home_dashboards", "dashboard_id", "dashboards"),
        _key("home_dashboards", "id"),
    )
    op.create_index("ix_home_dashboards_dashboard_id", "home_dashboards", ["dashboard_id"])
    op.create_index(
        "uq_home_dashboards_principal_id",
        "home_dashboards",
        [sa.text("coalesce(principal_id, 0)")],
        unique=True,
    )
    op.create_table(
        "dashboard_subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("dashboard_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("frequency", sa.String(8), nullable=False),
        _number("day"),
        _number("hour"),
        _number("rows"),
        _flag("even_if_empty"),
        _flag("disabled"),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("last_sent", TIME),
        sa.Column("created", TIME, nullable=False),
        _points("dashboard_subscriptions", "dashboard_id", "dashboards"),
        _points("dashboard_subscriptions", "user_id", "users"),
        _key("dashboard_subscriptions", "id"),
    )
    for column in ("dashboard_id", "next_at", "user_id"):
        op.create_index(f"ix_dashboard_subscriptions_{column}", "dashboard_subscriptions", [column])


def downgrade() -> None:
    """Take them away."""
    for table in (
        "dashboard_subscriptions",
        "home_dashboards",
        "dashboards",
        "queue_searches",
        "search_pins",
        "saved_searches",
    ):
        op.drop_table(table)
