"""Books of knowledge and their chapters: the places in which pages stand."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, flag, id_, ref, text


class Book(Base):
    """A book; `slug` is its word in addresses. One that is switched off hides all its pages from readers."""

    __tablename__ = "portal_books"

    id: Mapped[id_]
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[text]
    position: Mapped[count]
    disabled: Mapped[flag]


class Chapter(Base):
    """A chapter of a book."""

    __tablename__ = "portal_chapters"
    __table_args__ = (UniqueConstraint("book_id", "slug"),)

    id: Mapped[id_]
    book_id: Mapped[int] = ref("portal_books.id", cascade=True)
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[count]
