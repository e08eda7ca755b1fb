"""Attachments: the parts of what was said in a transaction; the bytes lie in blobs."""

from sqlalchemy import Index, String, Text
from sqlalchemy import text as text_
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, id_, ref, short, text


class Attachment(Base):
    """One part of a message: the body, its HTML twin, an inline picture or a file. Immutable."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_transaction_id_position", "transaction_id", "position", unique=True),
        Index("ix_attachments_message_id", "message_id"),
        # Partial: most parts have no name, and whoever searches by names need not look at those.
        Index(
            "ix_attachments_files",
            "transaction_id",
            sqlite_where=text_("filename <> ''"),
            postgresql_where=text_("filename <> ''"),
        ),
    )

    id: Mapped[id_]
    transaction_id: Mapped[int] = ref("transactions.id", cascade=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(8))
    """A `rtpy.content.part.PartRole`."""
    blob_sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    """Bytes."""
    content_type: Mapped[str] = mapped_column(String(255))
    charset: Mapped[str] = mapped_column(String(40), default="", server_default="")
    filename: Mapped[text]
    content_id: Mapped[short]
    headers: Mapped[str] = mapped_column(Text, default="", server_default="")
    """At position 0 the header lines of the whole message, elsewhere those of the part."""
    subject: Mapped[text]
    message_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """Without angle brackets; only at position 0."""
    remark: Mapped[text]
    send_cc: Mapped[text]
    """Who got this one message as a copy, between commas; only at position 0 (RT: RT-Send-Cc)."""
    send_bcc: Mapped[text]
    """The same without being named in it (RT: RT-Send-Bcc)."""
