"""Scrips and what they are made of: conditions, actions, templates; and the log of what they did."""

from datetime import date, datetime

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
    __table_args__ = (UniqueConstraint("queue_id", "name", "lang"),)

    id: Mapped[id_]
    queue_id: Mapped[int | None] = ref("queues.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """For recipients of this language, such as `de`; empty: for everybody else."""
    description: Mapped[short]
    content: Mapped[text]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated: Mapped[datetime | None]


class TemplateVersion(Base):
    """A template as it was from one moment on; the highest number is the present text. Never changed afterwards."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[id_]
    template_id: Mapped[int] = ref("templates.id", cascade=True)
    number: Mapped[int]
    description: Mapped[short]
    content: Mapped[text]
    creator_id: Mapped[int | None] = ref("users.id")
    """None: it came with the installation."""
    created: Mapped[utc]


class Scrip(Base):
    """When the condition holds, do the action with the template."""

    __tablename__ = "scrips"

    id: Mapped[id_]
    description: Mapped[short]
    condition_id: Mapped[int] = ref("scrip_conditions.id")
    action_id: Mapped[int] = ref("scrip_actions.id")
    template_name: Mapped[str] = mapped_column(String(200), default="Blank")
    condition_argument: Mapped[text]
    """This scrip's own, instead of the condition's; so are `action_argument` and `transaction_types`."""
    action_argument: Mapped[text]
    transaction_types: Mapped[short]
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
    """Each: scrip (id), description, outcome (done, skipped, failed), reason, micros (what it took)."""
    failures: Mapped[count]
    created: Mapped[utc]


class ScripCount(Base):
    """How often a scrip was asked on a day (UTC), what came of it and how long it took, added up by the worker."""

    __tablename__ = "scrip_counts"

    scrip_id: Mapped[int] = ref("scrips.id", primary_key=True, cascade=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    done: Mapped[count]
    skipped: Mapped[count]
    failed: Mapped[count]
    micros: Mapped[count]
    slowest: Mapped[count]
    """Microseconds of the slowest time."""
