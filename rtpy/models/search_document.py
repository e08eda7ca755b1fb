"""What words are looked for in: one text a row; and what waits to be taken into the index of texts."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, big_key, count, id_, utc


class SearchDocument(Base):
    """One text: a subject, a message, a file, an article … The index (`search_index`) knows it by the same id.

    The id says to what it belongs (`rtpy.search.text.numbering`). No foreign keys: a row that went away with its
    transaction would stay in the index.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        Index(
            "ix_search_documents_transaction_id",
            "transaction_id",
            sqlite_where=text_("transaction_id IS NOT NULL"),
            postgresql_where=text_("transaction_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(big_key, primary_key=True, autoincrement=False)
    origin_id: Mapped[int]
    """The ticket on which it was written, whatever that was merged into; or the article, or the asset."""
    transaction_id: Mapped[int | None]
    attachment_id: Mapped[int | None]
    """Of a file."""
    text: Mapped[str] = mapped_column(Text)


class SearchPending(Base):
    """Something that was written since and is not in the index yet; triggers of the database put it here."""

    __tablename__ = "search_pending"

    id: Mapped[id_]
    what: Mapped[str] = mapped_column(String(12))
    """ticket, transaction, article or asset."""
    object_id: Mapped[int]
    since: Mapped[utc]


class SearchState(Base):
    """One row: with what the index was made, who works on it, and what is still to be read from before.

    `…_below`: everything with a smaller id is still to be read, the newest first; 0 when all is done.
    """

    __tablename__ = "search_state"

    id: Mapped[id_]
    version: Mapped[str] = mapped_column(String(80), default="", server_default="")
    lease_owner: Mapped[str] = mapped_column(String(255), default="", server_default="")
    lease_until: Mapped[datetime | None]
    tickets_below: Mapped[count]
    transactions_below: Mapped[count]
    articles_below: Mapped[count]
    assets_below: Mapped[count]
