"""All published pages that are for everybody, as files that need no server: HTML that links to its neighbours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.reading import in_language, readable
from rtpy_portal.models import Book, Chapter, Page, PageVersion
from rtpy_portal.words import ENGLISH, Say, languages, say_day, say_in

STYLE = """:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1rem 1rem 4rem; font: 1rem/1.6 system-ui, sans-serif; }
h1 { line-height: 1.2; } nav, footer { font-size: .9rem; } footer { margin-top: 3rem; border-top: 1px solid; }
a { text-underline-offset: .15em; } li { margin-block: .3rem; } img { max-width: 100%; height: auto; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid; } blockquote { margin-inline: 0; padding-inline-start: 1rem;
border-inline-start: 3px solid; } table { border-collapse: collapse; }
td, th { border: 1px solid; padding: .3rem .6rem; }
.summary { font-size: 1.1rem; }
"""
_LINK = re.compile(r'<a href="page:(\d+)">(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A page in the table of contents."""

    id: int
    title: str
    summary: str
    lang: str
    original: int
    book: str
    chapter: str


def export_files(db: Session, name: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every file; `name` is what the firm calls its portal.

    Nothing of it is for staff or for certain organisations. A page's file is called after its number, so that links to
    it hold from one export to the next. Two queries for each language, and one for each hundred pages.
    """
    anybody = Reader()
    yield "style.css", STYLE
    everything = _listed(db, anybody)
    known = {page.id: page for page in everything}
    spoken = [code for code in languages() if any(page.lang == code for page in everything)] or [ENGLISH]
    for code in spoken:
        own = _listed(db, Reader(lang=code), once=True)
        yield _index(code, spoken), _contents(name, code, spoken, own)
    rows = db.execute(
        select(Page.id, PageVersion, Page.published)
        .join(
            PageVersion,
            and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version),
        )
        .where(readable(anybody))
        .order_by(Page.id)
        .execution_options(yield_per=100)
    )
    for number, version, published in rows:
        if number in known:
            yield f"page/{number}.html", _page(name, known, spoken, known[number], version, published)


def _listed(db: Session, reader: Reader, *, once: bool = False) -> Sequence[_Listed]:
    query = (
        select(
            Page.id,
            PageVersion.title,
            PageVersion.summary,
            Page.lang,
            Page.original_id,
            Book.name,
            Chapter.name,
        )
        .join(
            PageVersion,
            and_(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version),
        )
        .join(Chapter, Chapter.id == Page.chapter_id)
        .join(Book, Book.id == Chapter.book_id)
        .where(readable(reader))
        .order_by(Book.position, Book.name, Chapter.position, Chapter.id, Page.position, Page.id)
    )
    rows = db.execute(query.where(in_language(reader)) if once else query)
    return [
        _Listed(number, title, summary, lang, original or number, book, chapter)
        for number, title, summary, lang, original, book, chapter in rows
    ]


def _contents(name: str, code: str, spoken: Sequence[str], pages: Sequence[_Listed]) -> str:
    say = say_in(code)
    out = [f"<h1>{escape(name)}</h1>"]
    for book, of_book in groupby(pages, key=lambda page: page.book):
        out.append(f"<h2>{escape(book)}</h2>")
        for chapter, of_chapter in groupby(of_book, key=lambda page: page.chapter):
            out.append(f"<h3>{escape(chapter)}</h3>\n<ul>")
            out += [
                f'<li><a href="page/{page.id}.html"{_lang(page, code)}>{escape(page.title)}</a>'
                + (f"<br>{escape(page.summary)}" if page.summary else "")
                + "</li>"
                for page in of_chapter
            ]
            out.append("</ul>")
    if not pages:
        out.append(f"<p>{escape(say('Nothing is published yet.'))}</p>")
    others = [f'<a href="{_index(each, spoken)}" lang="{each}">{each}</a>' for each in spoken if each != code]
    footer = f"{escape(say('In other languages:'))} {', '.join(others)}" if others else ""
    return _document(name, code, "", "\n".join(out), footer)


def _page(
    name: str,
    known: Mapping[int, _Listed],
    spoken: Sequence[str],
    page: _Listed,
    version: PageVersion,
    published: datetime | None,
) -> str:
    say: Say = say_in(page.lang)

    def link(found: re.Match[str]) -> str:
        """To a page that is among the files; of others only the words stay."""
        number = int(found[1])
        return f'<a href="{number}.html">{found[2]}</a>' if number in known else found[2]

    index = _index(page.lang if page.lang in spoken else ENGLISH, spoken)
    out = [
        f'<nav><a href="../{index}">{escape(name)}</a> › {escape(page.book)} › {escape(page.chapter)}</nav>',
        f"<h1>{escape(version.title)}</h1>",
    ]
    if version.summary:
        out.append(f'<p class="summary">{escape(version.summary)}</p>')
    out.append(_LINK.sub(link, version.content))
    footer = []
    if published is not None:
        day = say_day(published.date(), page.lang)
        footer.append(escape(say("Last changed on ${day}", day=day)))
    same = [each for each in known.values() if each.original == page.original and each.id != page.id]
    if same:
        links = ", ".join(
            f'<a href="{each.id}.html" lang="{each.lang}">{escape(each.title)}</a>' for each in same
        )
        footer.append(f"{escape(say('In other languages:'))} {links}")
    return _document(f"{version.title} · {name}", page.lang, "../", "\n".join(out), " · ".join(footer))


def _document(title: str, code: str, root: str, body: str, footer: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="stylesheet" href="{root}style.css">\n</head>\n<body>\n<main>\n{body}\n</main>\n'
        f"{f'<footer><p>{footer}</p></footer>' if footer else ''}\n</body>\n</html>\n"
    )


def _index(code: str, spoken: Sequence[str]) -> str:
    return "index.html" if code == spoken[0] else f"index.{code}.html"


def _lang(page: _Listed, code: str) -> str:
    return "" if page.lang == code else f' lang="{page.lang}"'
