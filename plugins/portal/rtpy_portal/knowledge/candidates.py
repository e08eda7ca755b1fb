"""Which pages a search weighs at all: of words that stand nearly everywhere only those that they say most about."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

from rtpy.db.planning import PLANNED_ANEW
from rtpy_portal.knowledge.query import Term
from rtpy_portal.models import PageWord

FREQUENT = 400
"""Nobody counts further how many pages have a word, and of one that more have only so many pages are weighed."""


def weighable(db: Session, terms: Sequence[Term]) -> dict[Term, int]:
    """The terms that some page has, with how many have it, at most FREQUENT. One query.

    Counted are pages that the reader may not read too: to weigh with, never to be shown. A last word that is frequent
    as it stands is taken for a whole one.
    """
    if not terms:
        return {}
    stems = dict.fromkeys(each for term in terms for each in _stems_of(term))
    typed = _table_of(db, list(stems))
    # One statement of the same shape for any number of words: a SELECT for each takes five times as long.
    asked: Any = select(typed.c.value.label("stem"), _up_to_frequent(PageWord.stem == typed.c.value, typed))
    beginning = next((term.beginning for term in terms if term.beginning), "")
    if beginning:
        asked = union_all(asked, select(literal(""), _up_to_frequent(begins(db, beginning))))
    pages = {row[0]: row[1] for row in db.execute(asked, execution_options=PLANNED_ANEW)}
    found = {}
    for term in terms:
        in_all = sum(pages[each] for each in _stems_of(term))
        if term.beginning and in_all < FREQUENT:
            in_all = max(in_all, pages[""])
        elif term.beginning:
            term = replace(term, beginning="")
        if in_all:
            found[term] = min(in_all, FREQUENT)
    return found


def having(db: Session, term: Term) -> Select[int]:
    """The numbers of all pages that may meet a term."""
    return select(PageWord.page_id).where(may_be(db, term))


def heaviest(db: Session, terms: Sequence[Term]) -> CompoundSelect[int]:
    """The numbers of pages: of each word of the terms FREQUENT where it weighs most.

    An index has them in this order, so nobody looks at the thousands of others. The reader may perhaps read none of
    them: who finds too few looks among all.
    """
    stems = dict.fromkeys(each for term in terms for each in _stems_of(term))
    clauses = [PageWord.stem == each for each in stems]
    clauses += [begins(db, term.beginning) for term in terms if term.beginning]
    pieces = []
    for clause in clauses:
        by_weight = (PageWord.weight.desc(), PageWord.page_id.desc())
        some = select(PageWord.page_id).where(clause).order_by(*by_weight).limit(FREQUENT).subquery()
        pieces.append(select(some.c.page_id))
    return union(*pieces)


def may_be(db: Session, term: Term) -> ColumnElement[bool]:
    """A clause over words: those that a page must have, or one of which it must have, to meet the term."""
    fits = PageWord.stem.in_(_stems_of(term))
    return or_(fits, begins(db, term.beginning)) if term.beginning else fits


def begins(db: Session, word: str) -> ColumnElement[bool]:
    """A clause that the index answers: SQLite takes it for no LIKE, PostgreSQL for no range in most collations."""
    if _is_sqlite(db):
        return and_(PageWord.word >= word, PageWord.word < f"{word}\U0010ffff")
    return PageWord.word.startswith(word, autoescape=True)


def _stems_of(term: Term) -> list[str]:
    return list(dict.fromkeys(each for phrase in term.phrases for each in phrase))


def _up_to_frequent(clause: ColumnElement[bool], *outer: TableValuedAlias) -> ColumnElement[int]:
    some = select(PageWord.page_id).where(clause).correlate(*outer).limit(FREQUENT)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _table_of(db: Session, words: list[str]) -> TableValuedAlias:
    """A table with the column `value`, given as a single value."""
    if _is_sqlite(db):
        return func.json_each(json.dumps(words)).table_valued("value")
    return func.unnest(cast(words, ARRAY(String))).table_valued("value").render_derived()


def _is_sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"
