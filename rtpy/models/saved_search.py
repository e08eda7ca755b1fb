"""Saved searches: a query with how its result is shown, for a person, a group or everybody; and where they stand."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, utc
from rtpy.db.types import Json


class SavedSearch(Base):
    """A search under a name. `owner_id` is a user or a group; None: it belongs to the system."""

    __tablename__ = "saved_searches"
    id: Mapped[id_]
    kind: Mapped[str] = mapped_column(String(16), default="ticket")
    """What is searched: ticket, transaction, asset or article."""
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[short]
    owner_id: Mapped[int | None] = ref("principals.id", index=True, cascade=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    """The plain values of a `rtpy.search.saved.Content`."""
    disabled: Mapped[flag]
    creator_id: Mapped[int] = ref("users.id")
    created: Mapped[utc]
    last_updated: Mapped[utc]


class SearchPin(Base):
    """A saved search that somebody keeps in their menu."""

    __tablename__ = "search_pins"

    user_id: Mapped[int] = ref("users.id", primary_key=True, cascade=True)
    saved_search_id: Mapped[int] = ref("saved_searches.id", primary_key=True, index=True, cascade=True)
    position: Mapped[count]


class QueueSearch(Base):
    """The saved search that shows a queue's tickets in place of the usual list."""

    __tablename__ = "queue_searches"

    queue_id: Mapped[int] = ref("queues.id", primary_key=True, cascade=True)
    saved_search_id: Mapped[int] = ref("saved_searches.id", index=True, cascade=True)
