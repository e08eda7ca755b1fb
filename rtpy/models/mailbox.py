"""Mailboxes that are fetched: how to get in, how it goes with each, and which of their mails were taken."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text, utc


class Mailbox(Base):
    """A folder on an IMAP server whose mails go into one queue. Secrets are sealed (`rtpy.sealing`)."""

    __tablename__ = "mailboxes"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    host: Mapped[short]
    port: Mapped[int]
    tls: Mapped[str] = mapped_column(String(10))
    """tls (from the first byte), starttls, or none (on this machine only)."""
    authority: Mapped[text]
    """Certificates of the authority that is trusted instead of the system's, as PEM; empty: the system's."""
    login: Mapped[short]
    method: Mapped[str] = mapped_column(String(10))
    """password, or xoauth2: a token that `token_url` gives for the client's secret or a refresh token."""
    sealed_password: Mapped[text]
    token_url: Mapped[text]
    client_id: Mapped[short]
    scope: Mapped[short]
    sealed_client_secret: Mapped[text]
    sealed_refresh_token: Mapped[text]
    folder: Mapped[short]
    queue_id: Mapped[int] = ref("queues.id")
    action: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(8))
    """What becomes of a mail that was taken: seen, move (to `move_to`) or delete."""
    move_to: Mapped[short]
    seconds: Mapped[int]
    """From the end of one fetch to the next."""
    disabled: Mapped[flag]
    created: Mapped[utc]


class MailboxState(Base):
    """How it goes with one mailbox: written with each fetch, so apart from its settings."""

    __tablename__ = "mailbox_states"

    mailbox_id: Mapped[int] = ref("mailboxes.id", primary_key=True, cascade=True)
    next_fetch: Mapped[utc]
    test_asked: Mapped[datetime | None]
    """Somebody wants to know whether it works; the worker looks, and writes `test_result`."""
    test_done: Mapped[datetime | None]
    test_result: Mapped[text]
    test_failed: Mapped[flag]
    lease_owner: Mapped[short]
    lease_until: Mapped[datetime | None]
    last_tried: Mapped[datetime | None]
    last_good: Mapped[datetime | None]
    problem: Mapped[text]
    """Why the last fetch failed, in words; empty when it did not."""
    failures: Mapped[count]
    """In a row."""
    login_refusals: Mapped[count]
    """In a row; after three nothing is tried any more, so that no account is locked."""
    place: Mapped[short]
    """Of which server, login and folder the next two are true."""
    uid_validity: Mapped[int | None]
    last_uid: Mapped[count]
    """All mails up to this number were looked at."""
    taken: Mapped[count]
    refused: Mapped[count]


class MailboxMessage(Base):
    """A mail that was taken out of a mailbox, written in the transaction that stored its bytes."""

    __tablename__ = "mailbox_messages"

    mailbox_id: Mapped[int] = ref("mailboxes.id", primary_key=True, cascade=True)
    place: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Which server, login and folder: their numbers say nothing about another one's."""
    uid_validity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    uid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    """As the server said it: another size under the same number is another mail."""
    mail_id: Mapped[int] = ref("incoming_mails.id", index=True, cascade=True)
    taken: Mapped[utc]
