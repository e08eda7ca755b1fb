"""The index of texts in PostgreSQL: a table of tsvectors beside the texts, with a GIN index."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Text, column, func, literal, literal_column, table, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from rtpy.search.text.words import Search, words_of

COMMON: Final = 10_000
"""Each document that holds a word costs a look at its row."""
_SHORT = 50_000
"""Letters of a text that fit into a tsvector whatever they are."""


class PostgresIndex:
    """tsvector and GIN. `simple` takes words as they are written, a language's configuration by their stems."""

    def __init__(self, language: str) -> None:
        self._configuration = "simple" if language == "simple" else f"rtpy_{language}"
        self.table = table("search_index", column("id", BigInteger), column("words", TSVECTOR))
        self.common_share = 0.2
        self.id: ColumnElement[int] = self.table.c.id

    def is_common(self, db: Session, search: Search) -> bool:
        """As the planner knows it: to count them would take as long as to list them."""
        asked = f"to_tsquery('{self._configuration}', $q${_phrase(search)}$q$)"  # letters, digits and quotes
        plan = db.connection().exec_driver_sql(
            f"EXPLAIN (FORMAT JSON) SELECT 1 FROM search_index WHERE words @@ {asked}"
        )
        return float(plan.scalar_one()[0]["Plan"]["Plan Rows"]) > COMMON

    def holds(self, *searches: Search) -> ColumnElement[bool]:
        """A clause over `table`: documents that hold one of these."""
        return self.table.c.words.op("@@", is_comparison=True)(self._query(searches))

    def score(self, *searches: Search) -> ColumnElement[float]:
        """How often and how near; the larger the better."""
        # 1: long texts do not win by their length
        return func.ts_rank_cd(self.table.c.words, self._query(searches), literal_column("1"))

    def put(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Take in new documents; of one that does not fit into a tsvector the beginning."""
        rows = [{"id": number, "words": " ".join(words_of(said))} for number, said in texts]
        if not rows:
            return
        connection = db.connection()
        try:
            with connection.begin_nested():
                connection.execute(_PUT, [{**row, "language": self._configuration} for row in rows])
        except DBAPIError:  # more than a megabyte of different words
            for row in rows:
                row["words"] = str(row["words"])[:_SHORT]
            connection.execute(_PUT, [{**row, "language": self._configuration} for row in rows])

    def remove(self, db: Session, texts: Sequence[tuple[int, str]]) -> None:
        """Forget documents."""
        if texts:
            db.connection().execute(_REMOVE, {"ids": [number for number, _ in texts]})

    def clear(self, db: Session) -> None:
        """Forget everything; the configuration of the language is named with each document."""
        db.connection().execute(text("TRUNCATE search_index"))

    def _query(self, searches: Sequence[Search]) -> ColumnElement[object]:
        # Written out, not as parameters: the planner then knows how rare a word is, in every plan that it keeps.
        said = " | ".join(_phrase(search) for search in searches)
        return func.to_tsquery(
            literal_column(f"'{self._configuration}'"), literal(said, Text, literal_execute=True)
        )


_PUT = text(
    "INSERT INTO search_index (id, words) VALUES (:id, to_tsvector(CAST(:language AS regconfig), :words))"
)
_REMOVE = text("DELETE FROM search_index WHERE id = ANY(:ids)")


def _phrase(search: Search) -> str:
    """In the language of tsqueries; words are letters and digits only, so quotes hold them safely."""
    words = [f"'{word}'" for word in search.words]
    if search.begins:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"
