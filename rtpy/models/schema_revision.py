"""What has been done to the tables: the revisions that were applied, and how far one has come that is under way."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from rtpy.db.base import Base, count, utc


class SchemaRevision(Base):
    """A revision that this database has had, with what an older rtpy must know of it, which has never seen it."""

    __tablename__ = "schema_revisions"

    line: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The plugin's name; empty for the core."""
    revision: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`expand`: code of before works on with it. `contract`: it does not."""
    release: Mapped[str] = mapped_column(String(40))
    """The version of rtpy that applied it."""
    applied: Mapped[utc]


class SchemaStep(Base):
    """How far a step of a revision has come; its rows go when the revision is complete."""

    __tablename__ = "schema_steps"

    line: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    position: Mapped[count]
    """The key of the last row that was done."""
    updated: Mapped[utc]
