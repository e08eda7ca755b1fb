"""Finding pages by words, among those that the reader may read and no others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    Row,
    SelectBase,
    Subquery,
    and_,
    case,
    desc,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from rtpy.content.plain import html_to_text
from rtpy.db.planning import PLANNED_ANEW
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.candidates import FREQUENT, begins, having, heaviest, weighable
from rtpy_portal.knowledge.query import MOST_TERMS, Term, terms_of
from rtpy_portal.knowledge.reading import readable
from rtpy_portal.knowledge.synonyms import groups_of
from rtpy_portal.models import Page, PageVersion, PageWord

MOST = 50
"""Pages that a search shows."""
OWN_LANGUAGE = 1.4
"""How much more a page in the reader's language counts."""
BEGINNING = ""
"""Stands among stems for the beginning of the last word."""
SUMMARY = 200
"""Characters of the text that are shown of a page without a summary."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that has what was looked for."""

    page_id: int
    title: str
    summary: str
    slug: str
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Results:
    """The best first; `has_all` is False when no page has all words and these have some of them."""

    pages: tuple[Found, ...] = ()
    has_all: bool = True


def search(work: Work, reader: Reader, text: str, limit: int = MOST) -> Results:
    """Pages with all the words, or with as many as any has when none has all. Three queries at most."""
    terms = terms_of(text, groups_of(work.app, work.db), is_typing=True)[:MOST_TERMS]
    known = weighable(work.db, terms)
    if not known:
        return Results()
    rarest = min(known, key=lambda term: known[term])
    is_telling = known[rarest] < FREQUENT
    among = having(work.db, rarest) if is_telling else heaviest(work.db, list(known))
    rows = _best(work.db, known, reader, limit, by_number=True, among=among)
    have_all = sum(row.met == len(known) for row in rows)
    # Where none has all, those with most may lack the rarest. Of words that are all frequent, pages where none of them
    # weighs much may have all, and the reader may not read the others.
    if have_all < (1 if is_telling else limit):
        rows = _best(work.db, known, reader, limit, by_number=True)
    met = rows[0].met if rows else 0
    best = [row for row in rows if row.met == met]
    return Results(_once(best, reader), has_all=met == len(terms))


def suggest(work: Work, reader: Reader, text: str, limit: int = 5) -> list[Found]:
    """Pages that may answer what somebody writes or has written: by its rarest words. Three queries at most."""
    terms = terms_of(text, groups_of(work.app, work.db), is_typing=True)
    known = weighable(work.db, terms)
    rarest = sorted(known, key=lambda term: known[term])[:MOST_TERMS]
    telling = [term for term in rarest if known[term] < FREQUENT]
    chosen = {term: known[term] for term in (telling if len(telling) > 1 else rarest[:3])}
    if not chosen:
        return []
    among = heaviest(work.db, list(chosen)) if max(chosen.values()) == FREQUENT else None
    rows = _best(work.db, chosen, reader, 3 * limit, by_number=False, among=among)
    if among is not None and len(rows) < limit:
        rows = _best(work.db, chosen, reader, 3 * limit, by_number=False)
    enough = 1 if len(terms) < 3 else 2
    return list(_once([row for row in rows if row.met >= enough], reader))[:limit]


def _best(
    db: Session,
    known: Mapping[Term, int],
    reader: Reader,
    limit: int,
    *,
    by_number: bool,
    among: SelectBase | None = None,
) -> Sequence[Row[Any]]:
    """Of the terms in `known`: pages by how many they meet, then by weight; or by weight alone. One query.

    `among`: a SELECT of the numbers of pages, of which alone these are.
    """
    wanted = [(term, 1 / (1 + math.log(pages))) for term, pages in known.items()]
    stems = dict.fromkeys(each for term, _ in wanted for phrase in term.phrases for each in phrase)
    open_term = next((term for term, _ in wanted if term.beginning), None)
    hits = _hits(db, tuple(stems), open_term.beginning if open_term else "", among)
    met_by = [*stems, *([BEGINNING] if open_term else [])]
    cells = {each: _weight(hits.c.stem == each, hits, f"s{place}") for place, each in enumerate(met_by)}
    words = select(hits.c.page_id, *cells.values()).group_by(hits.c.page_id).subquery()
    weight = {each: words.c[cell.name] for each, cell in cells.items()}
    own = case((Page.lang == reader.lang, OWN_LANGUAGE), else_=1.0)
    met = sum((case((_is_met(term, weight), 1), else_=0) for term, _ in wanted), start=literal(0))
    score = own * sum((factor * _sum(term, weight) for term, factor in wanted), start=literal(0.0))
    chosen = (
        select(words.c.page_id, met.label("met"), score.label("score"))
        .join(Page, Page.id == words.c.page_id)
        .where(readable(reader), or_(*(_is_met(term, weight) for term, _ in wanted)))
        .order_by(*((desc("met"), desc("score")) if by_number else (desc("score"),)), words.c.page_id)
        .limit(limit)
        .subquery()
    )
    by = (chosen.c.met.desc(), chosen.c.score.desc()) if by_number else (chosen.c.score.desc(),)
    beginning = case((PageVersion.summary == "", func.substr(PageVersion.content, 1, 1000)), else_="")
    return db.execute(
        select(
            chosen.c.page_id,
            chosen.c.met,
            PageVersion.title,
            PageVersion.summary,
            beginning.label("beginning"),
            Page.slug,
            Page.lang,
            func.coalesce(Page.original_id, Page.id).label("original"),
        )
        .join(Page, Page.id == chosen.c.page_id)
        .join(PageVersion, and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version))
        .order_by(*by, chosen.c.page_id),
        execution_options=PLANNED_ANEW,
    ).all()


def _hits(db: Session, stems: Sequence[str], beginning: str, among: SelectBase | None) -> Subquery:
    """(stem, page_id, weight), of words that only begin so with the stem BEGINNING.

    Each half is answered by an index alone.
    """
    some = select(PageWord.stem.label("stem"), PageWord.page_id, PageWord.weight).where(
        PageWord.stem.in_(stems)
    )
    others = select(literal(BEGINNING), PageWord.page_id, PageWord.weight).where(begins(db, beginning))
    if among is not None:
        numbers = select(among.cte("among"))
        some, others = (each.where(PageWord.page_id.in_(numbers)) for each in (some, others))
    return union_all(some, others).subquery() if beginning else some.subquery()


def _weight(fits: ColumnElement[bool], hits: Subquery, name: str) -> Label[int]:
    """Of one page: the weight of the heaviest word that fits, 0 without one."""
    return func.max(case((fits, hits.c.weight), else_=0)).label(name)


def _is_met(term: Term, weight: Mapping[str, ColumnElement[int]]) -> ColumnElement[bool]:
    ways = [and_(*(weight[each] > 0 for each in phrase)) for phrase in term.phrases]
    return or_(*ways, weight[BEGINNING] > 0) if term.beginning else or_(*ways)


def _sum(term: Term, weight: Mapping[str, ColumnElement[int]]) -> ColumnElement[Any]:
    stems = dict.fromkeys(each for phrase in term.phrases for each in phrase)
    cells = [weight[each] for each in stems] + ([weight[BEGINNING]] if term.beginning else [])
    return sum(cells[1:], start=cells[0])


def _once(rows: Sequence[Row[Any]], reader: Reader) -> tuple[Found, ...]:
    """Of a page and its translations the one in the reader's language, at the place of the best."""
    found: dict[int, Found] = {}
    for row in rows:
        known = found.get(row.original)
        if known is None or (row.lang == reader.lang and known.lang != reader.lang):
            summary = row.summary or _beginning(row.beginning)
            found[row.original] = Found(row.page_id, row.title, summary, row.slug, row.lang)
    return tuple(found.values())


def _beginning(html: str) -> str:
    """The first words of a text, of which the end may be cut inside a tag."""
    cut = html[: html.rfind("<")] if html.rfind("<") > html.rfind(">") else html
    words = " ".join(html_to_text(cut).split())
    return words if len(words) <= SUMMARY else f"{words[:SUMMARY].rsplit(' ', 1)[0]}…"
