"""Questions of readers under a page of knowledge, their answers, and the keys that are mailed to askers."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, flag, id_, ref, short, text, utc


class Question(Base):
    """A question; others read it when `state` is shown. `shown_name` is what stands beside it, empty for no name."""

    __tablename__ = "portal_questions"
    __table_args__ = (
        Index("ix_portal_questions_page_id", "page_id", "state"),
        Index("ix_portal_questions_state", "state", "asked"),
    )

    id: Mapped[id_]
    page_id: Mapped[int] = ref("portal_pages.id", cascade=True)
    state: Mapped[str] = mapped_column(String(12))
    """A value of `rtpy_portal.knowledge.questions.State`."""
    content: Mapped[text]
    shown_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    user_id: Mapped[int | None] = ref("users.id", index=True)
    """Who asked with an account; for others there is `address`, confirmed by mail before anybody reads it."""
    address: Mapped[short]
    lang: Mapped[str] = mapped_column(String(10), default="en", server_default="en")
    wants_mail: Mapped[flag]
    asked: Mapped[utc]
    decided: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = ref("users.id")
    in_page: Mapped[datetime | None]
    """Since when the answer is part of the page."""


class Answer(Base):
    """An answer by staff, or by another reader: that one is let through by staff as questions are."""

    __tablename__ = "portal_answers"
    __table_args__ = (
        Index("ix_portal_answers_question_id", "question_id", "state"),
        Index("ix_portal_answers_state", "state", "written"),
    )

    id: Mapped[id_]
    question_id: Mapped[int] = ref("portal_questions.id", cascade=True)
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[text]
    shown_name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    is_staff: Mapped[flag]
    user_id: Mapped[int] = ref("users.id", index=True)
    written: Mapped[utc]
    decided: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = ref("users.id")


class QuestionKey(Base):
    """The hash of a token in a mail: it confirms a question (`confirm`) or ends mails about it (`leave`)."""

    __tablename__ = "portal_question_keys"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    question_id: Mapped[int] = ref("portal_questions.id", index=True, cascade=True)
    deed: Mapped[str] = mapped_column(String(8))
    made: Mapped[utc]
