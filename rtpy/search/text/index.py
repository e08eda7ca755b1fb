"""The port of the index of texts: which documents hold some words; SQLite and PostgreSQL each bring their own."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, TableClause
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.search.text.postgresql import PostgresIndex
from rtpy.search.text.sqlite import SqliteIndex
from rtpy.search.text.words import Search


class FullTextIndex(Protocol):
    """Words of documents by their ids. It is part of the transaction like any table."""

    table: TableClause
    id: ColumnElement[int]
    """Column of `table` with the ids of documents."""

    common_share: float
    """Of so many newest tickets a word must be in some text, if asking each is to be quicker than listing them."""

    def is_common(self, db: Session, search: Search) -> bool:
        """Is it in so many documents that listing them takes long? Answered quickly."""
        ...

    def holds(self, *searches: Search) -> ColumnElement[bool]:
        """A clause over `table`: documents that hold one of these."""
        ...

    def score(self, *searches: Search) -> ColumnElement[float]:
        """How well a document of `table` fits, with `holds` of the same searches; the larger the better."""
        ...

    def put(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Take in new documents: their ids and texts."""
        ...

    def remove(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Forget documents; the texts are those that were put."""
        ...

    def clear(self, db: Session) -> None:
        """Forget everything, and be made for the configured language from now on."""
        ...


def index_of(app: App, db: Session) -> FullTextIndex:
    """The index of this database, for the language of the configuration."""
    language = app.config.search.language
    if db.get_bind().dialect.name == "postgresql":
        return PostgresIndex(language)
    return SqliteIndex(language)
