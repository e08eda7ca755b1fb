"""Synonyms: words that readers use for the same thing."""

from sqlalchemy.orm import Mapped

from rtpy.db.base import Base, count, id_, text


class Synonym(Base):
    """One line, such as `vpn = tunnel, remote access`: who looks for one of them finds pages with the others too."""

    __tablename__ = "portal_synonyms"

    id: Mapped[id_]
    words: Mapped[text]
    position: Mapped[count]
