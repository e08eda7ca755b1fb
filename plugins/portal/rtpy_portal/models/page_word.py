"""Words of published pages: by them pages are found."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, ref


class PageWord(Base):
    """A word of the version that readers see, folded and without its ending; `weight` is more for words of the title.

    Rows say nothing about who may read the page: every search asks for that as well.
    """

    __tablename__ = "portal_page_words"
    __table_args__ = (
        Index("ix_portal_page_words_stem", "stem", "page_id", "weight"),
        Index("ix_portal_page_words_weight", "stem", "weight", "page_id"),
        Index(
            "ix_portal_page_words_word",
            "word",
            "page_id",
            "weight",
            postgresql_ops={"word": "varchar_pattern_ops"},
        ),
    )

    page_id: Mapped[int] = ref("portal_pages.id", primary_key=True, cascade=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    stem: Mapped[str] = mapped_column(String(40))
    weight: Mapped[int]
