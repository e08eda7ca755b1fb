"""Schedules and recurrence"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, server_default="0", nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("condition", sa.String(length=64), server_default="", nullable=False),
        _text("condition_argument"),
        sa.Column("action", sa.String(length=64), nullable=False),
        _text("action_argument"),
        sa.Column("template_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("transaction", sa.String(length=8), server_default="", nullable=False),
        _count("every_minutes"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("repeat", sa.String(length=8), server_default="changed", nullable=False),
        _count("repeat_hours"),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        _moment("next_at", nullable=True),
        sa.Column("lease_owner", sa.String(length=255), server_default="", nullable=False),
        _moment("lease_until", nullable=True),
        _moment("created"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("name", name=op.f("uq_schedules_name")),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_table(
        "schedule_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("schedule_id", KEY, nullable=False),
        _moment("started"),
        _moment("finished", nullable=True),
        _count("found"),
        _count("done"),
        _count("skipped"),
        _count("failed"),
        _text("error"),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_schedule_runs_schedule_id_schedules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_runs")),
    )
    op.create_index("ix_schedule_runs_schedule_id_id", "schedule_runs", ["schedule_id", "id"])
    op.create_table(
        "schedule_done",
        sa.Column("schedule_id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, autoincrement=False, nullable=False),
        _moment("at"),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_schedule_done_schedule_id_schedules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", "ticket_id", name=op.f("pk_schedule_done")),
    )
    op.create_table(
        "recurrences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("queue_id", KEY, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        _text("body"),
        _text("checklist"),
        _text("requestors"),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("priority", KEY, nullable=True),
        sa.Column("due_hours", KEY, nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("run_as_id", KEY, nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        _moment("next_at", nullable=True),
        _moment("created"),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_recurrences_queue_id_queues")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_recurrences_owner_id_users")),
        sa.ForeignKeyConstraint(["run_as_id"], ["users.id"], name=op.f("fk_recurrences_run_as_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
    )
    op.create_index("ix_recurrences_next_at", "recurrences", ["next_at"])
    op.create_table(
        "recurrence_tickets",
        sa.Column("recurrence_id", KEY, nullable=False),
        _moment("moment"),
        sa.Column("ticket_id", KEY, nullable=True),
        _moment("made"),
        _count("missed"),
        _text("error"),
        sa.ForeignKeyConstraint(
            ["recurrence_id"],
            ["recurrences.id"],
            name=op.f("fk_recurrence_tickets_recurrence_id_recurrences"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_recurrence_tickets_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("recurrence_id", "moment", name=op.f("pk_recurrence_tickets")),
    )
    op.create_index("ix_recurrence_tickets_ticket_id", "recurrence_tickets", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("recurrence_tickets")
    op.drop_table("recurrences")
    op.drop_table("schedule_done")
    op.drop_table("schedule_runs")
    op.drop_table("schedules")
