"""Runs of the synchronisation with directories, and what each was to do."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _string(name: str, length: int, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _key(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, server_default="0", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "directory_groups",
        _key("id"),
        _key("directory_id"),
        _string("unique_id", 200),
        _key("group_id"),
        _text("dn"),
        _points("directory_groups", "directory_id", "directories", cascade=True),
        _points("directory_groups", "group_id", "groups", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_groups")),
        sa.UniqueConstraint(
            "directory_id", "unique_id", name=op.f("uq_directory_groups_directory_id_unique_id")
        ),
        sa.UniqueConstraint("group_id", name=op.f("uq_directory_groups_group_id")),
    )
    op.create_table(
        "directory_holds",
        _key("user_id"),
        _key("directory_id"),
        _moment("since", nullable=False),
        _points("directory_holds", "user_id", "users", cascade=True),
        _points("directory_holds", "directory_id", "directories", cascade=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_directory_holds")),
    )
    op.create_index(op.f("ix_directory_holds_directory_id"), "directory_holds", ["directory_id"])
    op.create_table(
        "directory_syncs",
        _key("directory_id"),
        _moment("next_run"),
        _count("failures"),
        _moment("looked"),
        _text("look_problem"),
        _string("lease_owner", 255, default=""),
        _moment("lease_until"),
        _points("directory_syncs", "directory_id", "directories", cascade=True),
        sa.PrimaryKeyConstraint("directory_id", name=op.f("pk_directory_syncs")),
    )
    op.create_table(
        "directory_runs",
        _key("id"),
        _key("directory_id"),
        _key("creator_id"),
        _string("origin", 10),
        _flag("only_plan"),
        _flag("forced"),
        _string("state", 10),
        _text("problem"),
        _count("people"),
        _count("groups"),
        _json("counts"),
        _moment("created", nullable=False),
        _moment("planned"),
        _moment("finished"),
        _points("directory_runs", "directory_id", "directories", cascade=True),
        _points("directory_runs", "creator_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_runs")),
    )
    op.create_index("ix_directory_runs_directory_id_id", "directory_runs", ["directory_id", "id"])
    op.create_index(op.f("ix_directory_runs_state"), "directory_runs", ["state"])
    op.create_table(
        "directory_run_lines",
        _key("id"),
        _key("run_id"),
        _string("deed", 20),
        _string("name", 255, default=""),
        _string("unique_id", 200, default=""),
        _key("user_id", nullable=True),
        _json("before"),
        _json("after"),
        _string("state", 10),
        _text("problem"),
        _points("directory_run_lines", "run_id", "directory_runs", cascade=True),
        _points("directory_run_lines", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_run_lines")),
    )
    op.create_index(
        "ix_directory_run_lines_run_id_state_id", "directory_run_lines", ["run_id", "state", "id"]
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("run_lines", "runs", "syncs", "holds", "groups"):
        op.drop_table(f"directory_{table}")
