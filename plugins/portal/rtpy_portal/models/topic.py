"""Topics: what can be asked, where it goes, and the few things that are asked with it."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, short, text
from rtpy.db.types import Json


class Topic(Base):
    """A tile of the first page, and the form behind it."""

    __tablename__ = "portal_topics"

    id: Mapped[id_]
    position: Mapped[count]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    hint: Mapped[short]
    promise: Mapped[text]
    """What happens next, in the firm's words."""
    icon: Mapped[str] = mapped_column(String(40), default="comment", server_default="comment")
    queue_id: Mapped[int] = ref("queues.id", cascade=True)
    person_id: Mapped[int | None] = ref("users.id")
    person_role: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """What the person becomes: owner or admin_cc. Customers never learn of it."""
    priority: Mapped[int | None]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Custom fields in their order: {"id", "required"}."""
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Questions of its own; `asking/questions.py` reads them."""
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    """Name, hint, promise and questions in other languages, by language."""
    asks_site: Mapped[flag]
    for_organizations: Mapped[flag]
    """Only for people of the organisations in `portal_topic_organizations`."""
    disabled: Mapped[flag]


class TopicOrganization(Base):
    """An organisation whose people see a topic that is not for everybody."""

    __tablename__ = "portal_topic_organizations"

    topic_id: Mapped[int] = ref("portal_topics.id", primary_key=True, cascade=True)
    organization_id: Mapped[int] = ref("organizations.id", primary_key=True, cascade=True)
