"""Books, pages, votes and questions of the sample portal, written by its staff on their days."""

import re
from datetime import date, timedelta

from sqlalchemy import func, select

from rtpy.demo.made import Made
from rtpy.models import Organization
from rtpy.work import Work
from rtpy_portal.demo.cast import Cast
from rtpy_portal.demo.texts import DemoPage, DemoQuestion, Knowledge
from rtpy_portal.knowledge.books import BookValues, save_book, save_chapter
from rtpy_portal.knowledge.moderating import answer_question
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.questions import Asker, ask_question
from rtpy_portal.knowledge.synonyms import save_synonyms, synonym_text
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.votes import Reason
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Book, Page, PageVote
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE

PUBLISHER = "mira"
USUAL_REVIEW = 270
"""Days after which a page is looked at again."""
SAID = {
    "printer": (Reason.OTHER_CASE, "It is not offline, it prints blank pages."),
    "restore": (Reason.UNCLEAR, "There is no Previous versions in my menu."),
    "phone-mail": (Reason.OLD, "The button has another name now."),
}
"""Of pages that did not help everybody."""
_LINK = re.compile(r"\(page:([a-z-]+)\)")


def fill_shelves(cast: Cast, known: Knowledge, made: Made) -> None:
    """All of it; nothing where a book of one of these names is there already."""
    work = cast.work
    names = [book.name for book in known.books]
    if work.db.scalar(select(Book.id).where(Book.name.in_(names)).limit(1)) is not None:
        return
    chapters = _books(cast, known)
    pages: dict[str, Page] = {}
    for each in known.pages:
        pages[each.key] = page = _write(cast, each, chapters, pages)
        made.articles.append(page.article_id)
        for question in each.questions:
            _ask(cast, page, question)
    _vote(cast, [(key, page) for key, page in pages.items() if page.published_version is not None])
    if not synonym_text(work.db):
        save_synonyms(work, known.synonyms)


def _books(cast: Cast, known: Knowledge) -> dict[str, int]:
    work = cast.as_person(PUBLISHER, cast.day(0), PUBLISH_KNOWLEDGE).as_system()
    last = work.db.scalar(select(func.max(Book.position))) or 0
    chapters = {}
    for place, book in enumerate(known.books, last + 1):
        row = save_book(work, BookValues(book.name, book.description, place))
        for name in book.chapters:
            chapters[name] = save_chapter(work, row, name).id
    return chapters


def _write(cast: Cast, given: DemoPage, chapters: dict[str, int], pages: dict[str, Page]) -> Page:
    at = cast.day(given.day)
    work = cast.as_person(given.author, at, WRITE_KNOWLEDGE)
    original = pages.get(given.translates)
    owner = cast.user(given.author)
    readers = _organizations(work, given.readers)
    audience = Audience.STAFF if given.staff or (given.readers and not readers) else Audience.EVERYONE
    values = PageValues(
        given.title,
        original.chapter_id if original is not None else chapters[given.chapter],
        given.summary,
        _LINK.sub(lambda found: f"(page:{pages[found[1]].id})" if found[1] in pages else "", given.content),
        audience=Audience.ORGANIZATIONS if readers else audience,
        organization_ids=readers,
        owner_id=owner.id if owner is not None else None,
        review_by=_review(cast, given),
        lang=given.lang,
    )
    page = create_page(work, values, original)
    if not given.draft:
        publish(cast.as_person(PUBLISHER, at, PUBLISH_KNOWLEDGE), page)
    return page


def _review(cast: Cast, given: DemoPage) -> date:
    if given.review is not None:
        return (cast.work.now + timedelta(days=given.review)).date()
    return (cast.day(given.day) + timedelta(days=USUAL_REVIEW)).date()


def _organizations(work: Work, names: tuple[str, ...]) -> frozenset[int]:
    if not names:
        return frozenset()
    return frozenset(work.db.scalars(select(Organization.id).where(Organization.name.in_(names))))


def _ask(cast: Cast, page: Page, given: DemoQuestion) -> None:
    person = cast.user(given.mailbox)
    if person is None:
        return
    at = cast.day(given.day)
    asked = ask_question(
        cast.as_person(given.mailbox, at),
        page.id,
        Asker(person.id),
        content=given.text,
        shown_name=given.name,
        wants_mail=False,
    )
    answer = cast.as_person("aylin", min(at + timedelta(hours=3), cast.work.now))
    answer_question(answer, asked, given.answer, "Aylin")


def _vote(cast: Cast, pages: list[tuple[str, Page]]) -> None:
    """Of each page for everybody some customers say whether it helped."""
    customers = cast.customers
    for turn, (key, page) in enumerate(pages):
        if page.audience != Audience.EVERYONE:
            continue
        for number, voter in enumerate(customers[turn % 5 :: 9][: 2 + turn % 5]):
            is_unhappy = key in SAID and number == 0
            reason, said = SAID[key] if is_unhappy else ("", "")
            row = PageVote(page_id=page.id, user_id=voter.id, helped=not is_unhappy, reason=reason, said=said)
            row.version, row.voted = 1, max(page.created, cast.ago(1 + (turn * 7 + number * 5) % 40))
            cast.work.db.add(row)
    cast.work.db.flush()
