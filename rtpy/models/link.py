"""Links between tickets, and from tickets to anything with a URI."""

from sqlalchemy import Index, String
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, text


def _of_others(end: str) -> Index:
    no_ticket = text_(f"local_{end}_id IS NULL")
    return Index(
        f"ix_links_{end}", end, sqlite_where=no_ticket, postgresql_where=no_ticket, postgresql_using="hash"
    )


class Link(Base):
    """`base` TYPE `target`, as RT stores it: DependsOn, MemberOf, RefersTo, MergedInto."""

    __tablename__ = "links"
    __table_args__ = (
        Index("ix_links_local_base_id_type", "local_base_id", "type"),
        Index("ix_links_local_target_id_type", "local_target_id", "type"),
        # Ends that are no tickets: which tickets are about this asset or article? PostgreSQL's usual index takes no
        # value that is as long as an address may be.
        _of_others("target"),
        _of_others("base"),
    )

    id: Mapped[id_]
    type: Mapped[str] = mapped_column(String(20))
    base: Mapped[text]
    target: Mapped[text]
    local_base_id: Mapped[int | None] = ref("tickets.id", cascade=True)
    local_target_id: Mapped[int | None] = ref("tickets.id", cascade=True)
