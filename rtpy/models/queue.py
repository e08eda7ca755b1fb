"""Queues: where tickets of one kind wait, with their addresses, tag and lifecycle."""

from sqlalchemy import Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, short, text, utc


class Queue(Base):
    """A queue."""

    __tablename__ = "queues"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[text]
    correspond_address: Mapped[short]
    comment_address: Mapped[short]
    lifecycle: Mapped[str] = mapped_column(String(32), default="default")
    subject_tag: Mapped[short]
    sort_order: Mapped[count]
    initial_priority: Mapped[count]
    final_priority: Mapped[count]
    due_default: Mapped[short]
    """When a new ticket is due, read at its creation: `2 days`, `90` (minutes), `friday 17:00`; empty: no date."""
    starts_default: Mapped[short]
    """When work on it should start, the same way."""
    priority_labels: Mapped[text]
    """Words for its priorities: `Low=0, High=100`, `numbers` for none at all; empty: the usual words."""
    reply_policy: Mapped[str] = mapped_column(String(16), default="participants")
    """Whose mail may join a ticket by its tag: `participants`, `organization` (its other members too), or
    `anyone` (a note for staff, marked as from a stranger)."""
    cc_policy: Mapped[str] = mapped_column(String(16), default="none")
    """Do other addresses of a first mail become Ccs: `none`, `known` people only, or `all`."""
    thanks_reopen: Mapped[flag]
    """A reply that only says thanks opens a closed ticket as any other does."""
    signature: Mapped[text]
    """Stands below mails to customers."""
    held: Mapped[flag]
    """Outgoing mail of this queue waits for an administrator."""
    disabled: Mapped[flag]
    created: Mapped[utc]


Index("uq_queues_name_folded", func.lower(Queue.name), unique=True)
