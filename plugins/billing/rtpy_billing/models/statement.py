"""Links by which customers read their statement, and what they asked about its lines."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, utc


class StatementLink(Base):
    """One link: of whose work, of which days, `[starts_on, ends_on)`, to which address it went."""

    __tablename__ = "billing_statement_links"

    id: Mapped[id_]
    organization_id: Mapped[int] = ref("organizations.id", index=True, cascade=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    sent_to: Mapped[short]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[utc]
    expires: Mapped[utc]
    withdrawn: Mapped[utc | None]
    withdrawn_by_id: Mapped[int | None] = ref("users.id")


class StatementQuestion(Base):
    """A request that somebody made by such a link, about an entry or about a request as a whole."""

    __tablename__ = "billing_statement_questions"

    id: Mapped[id_]
    link_id: Mapped[int] = ref("billing_statement_links.id", index=True, cascade=True)
    entry_id: Mapped[int | None] = ref("billing_entries.id", index=True, cascade=True)
    about_ticket_id: Mapped[int | None] = ref("tickets.id", index=True, cascade=True)
    ticket_id: Mapped[int] = ref("tickets.id", index=True, cascade=True)
    """The request with the question."""
    asked: Mapped[utc]
