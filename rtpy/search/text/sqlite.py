"""The index of texts in SQLite: a table of FTS5 that keeps no texts.

Without them it takes half the room. To forget a document it must be told its words again (SQLite before 3.43), which
is why they come from the same function for ever: `rtpy.search.text.state.VERSION` changes with it.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, String, bindparam, column, func, select, table, text
from sqlalchemy.orm import Session

from rtpy.search.text.words import Search, words_of

COMMON: Final = 200_000
"""Documents that are listed in about the time in which two thousand tickets are asked one by one."""
_PLAIN = "unicode61 remove_diacritics 2"


class SqliteIndex:
    """FTS5. Of languages it knows stems of English only; all others are searched as they are written."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.table = table("search_index", column("rowid", BigInteger), column("search_index", String))
        self.common_share = 0.5
        self.id: ColumnElement[int] = self.table.c.rowid

    def is_common(self, db: Session, search: Search) -> bool:
        """Counted no further than it takes."""
        some = select(self.id).select_from(self.table).where(self.holds(search)).limit(COMMON + 1).subquery()
        return (db.connection().scalar(select(func.count()).select_from(some)) or 0) > COMMON

    def holds(self, *searches: Search) -> ColumnElement[bool]:
        """A clause over `table`: documents that hold one of these."""
        wanted = " OR ".join(_phrase(search) for search in searches)
        return self.table.c.search_index.op("MATCH", is_comparison=True)(wanted)

    def score(self, *searches: Search) -> ColumnElement[float]:
        """BM25; the larger the better."""
        return -func.bm25(self.table.c.search_index)

    def put(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Take in new documents."""
        if texts:
            # in order: FTS5 writes out what it has gathered at each number below the one before
            db.connection().execute(_PUT, sorted(_rows(texts), key=itemgetter("id")))

    def remove(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Forget documents."""
        if texts:
            db.connection().execute(_REMOVE, _rows(texts))

    def clear(self, db: Session) -> None:
        """Forget everything, and be made for the configured language."""
        tokens = f"porter {_PLAIN}" if self._language == "english" else _PLAIN
        connection = db.connection()
        connection.execute(text("DROP TABLE IF EXISTS search_index"))
        connection.execute(
            text(f"CREATE VIRTUAL TABLE search_index USING fts5(words, content='', tokenize='{tokens}')")
        )


_PUT = text("INSERT INTO search_index (rowid, words) VALUES (:id, :words)")
_REMOVE = text(
    "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', :id, :words)"
).bindparams(bindparam("id", type_=BigInteger))


def _rows(texts: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"id": number, "words": " ".join(words_of(said))} for number, said in texts]


def _phrase(search: Search) -> str:
    """In FTS5's own language; words are letters and digits only, so nothing needs quoting but the whole."""
    return f'"{" ".join(search.words)}"{"*" if search.begins else ""}'
