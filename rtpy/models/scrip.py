"""Scrips and what they are made of: conditions, actions, templates; and the log of what they did."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc
from rtpy.db.types import Json


class ScripCondition(Base):
    """A named condition: a kind from the registry with an argument."""

    __tablename__ = "scrip_conditions"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[short]
    kind: Mapped[str] = mapped_column(String(64))
    argument: Mapped[text]
    transaction_types: Mapped[str] = mapped_column(String(255), default="Any")
    """Comma list of transaction types that it looks at, or `Any`."""


class ScripAction(Base):
    """A named action: a kind from the registry with an argument."""

    __tablename__ = "scrip_actions"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[short]
    kind: Mapped[str] = mapped_column(String(64))
    argument: Mapped[text]


class Template(Base):
    """Text of mails: optional header lines, an empty line, the body. A queue's own overrides the global one."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("queue_id", "name"),)

    id: Mapped[id_]
    queue_id: Mapped[int | None] = ref("queues.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    content: Mapped[text]


class Scrip(Base):
    """When the condition holds, do the action with the template."""

    __tablename__ = "scrips"

    id: Mapped[id_]
    description: Mapped[short]
    condition_id: Mapped[int] = ref("scrip_conditions.id")
    action_id: Mapped[int] = ref("scrip_actions.id")
    template_name: Mapped[str] = mapped_column(String(200), default="Blank")
    disabled: Mapped[flag]


class ScripQueue(Base):
    """Where a scrip applies, at which stage and in which place of the order."""

    __tablename__ = "scrip_queues"
    __table_args__ = (UniqueConstraint("scrip_id", "queue_id"),)

    id: Mapped[id_]
    scrip_id: Mapped[int] = ref("scrips.id", cascade=True)
    queue_id: Mapped[int | None] = ref("queues.id", cascade=True)
    """None: in every queue."""
    stage: Mapped[str] = mapped_column(String(8), default="create")
    """`create`: at once for each transaction; `batch`: once for the whole bundle."""
    sort_order: Mapped[count]


class ScripRun(Base):
    """What the scrips did about one transaction, in order, each with the reason."""

    __tablename__ = "scrip_runs"
    __table_args__ = (
        Index("ix_scrip_runs_transaction_id", "transaction_id"),
        Index("ix_scrip_runs_failures_id", "failures", "id"),
    )

    id: Mapped[id_]
    transaction_id: Mapped[int] = ref("transactions.id", cascade=True)
    ticket_id: Mapped[int]
    stage: Mapped[str] = mapped_column(String(8))
    entries: Mapped[list[dict[str, object]]] = mapped_column(Json)
    """Each: scrip (id), description, outcome (done, skipped, failed), reason."""
    failures: Mapped[count]
    created: Mapped[utc]
