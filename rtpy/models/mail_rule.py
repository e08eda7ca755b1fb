"""Rules that sort new mail, and what was made of a mail that a person may want to look at again."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text, utc
from rtpy.db.types import Json


class MailRule(Base):
    """When a new mail is like this, its ticket is made like that; asked in the order of `position`."""

    __tablename__ = "mail_rules"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[count]
    disabled: Mapped[flag]
    goes_on: Mapped[flag]
    """Rules below are asked as well."""
    from_queue_id: Mapped[int | None] = ref("queues.id")
    """The queue for which the mail came in; None: any."""
    from_organization_id: Mapped[int | None] = ref("organizations.id")
    """The client that the sender speaks for; None: any or none."""
    wanted: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    """Further conditions by name, one pattern a line: see `rtpy.mail.sorting.rule`."""
    queue_id: Mapped[int | None] = ref("queues.id")
    """Where the ticket goes; None: where it would."""
    organization_id: Mapped[int | None] = ref("organizations.id")
    priority: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(64), default="", server_default="")
    fields: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    """Values of custom fields by their names."""
    junk: Mapped[flag]
    """Keep the mail, make no ticket."""
    silent: Mapped[flag]
    """Nobody answers the mail automatically."""
    created: Mapped[utc]


class MailHint(Base):
    """What was made of a mail, as long as nobody has said whether it was right: shown on the ticket."""

    __tablename__ = "mail_hints"
    __table_args__ = (Index("ix_mail_hints_ticket_id", "ticket_id"),)

    id: Mapped[id_]
    ticket_id: Mapped[int] = ref("tickets.id", cascade=True)
    transaction_id: Mapped[int] = ref("transactions.id", cascade=True)
    kind: Mapped[str] = mapped_column(String(16))
    """`forwarded`: another person than the sender was taken as requestor; `thanks`: the ticket stayed closed."""
    original_id: Mapped[int | None] = ref("users.id")
    """Who was taken as requestor."""
    sender_id: Mapped[int | None] = ref("users.id")
    """Who sent the mail."""
    detail: Mapped[text]
    created: Mapped[utc]
    settled: Mapped[datetime | None]
    """When somebody said what is right; then it is shown no more."""
