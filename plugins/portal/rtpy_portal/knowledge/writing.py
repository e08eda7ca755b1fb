"""Writing pages: what they say, where they stand, for whom they are, in which language."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.articles import ArticleText
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.models import Article, Organization, User
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_portal.knowledge.slugs import slug_of
from rtpy_portal.knowledge.values import Audience, State
from rtpy_portal.knowledge.working_copy import begin_copy, change_copy
from rtpy_portal.models import Chapter, Page, PageAudience
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from rtpy_portal.words import languages

LONGEST_TITLE, LONGEST_SUMMARY = 180, 255


@dataclass(frozen=True, slots=True)
class PageValues:
    """Everything that a writer says of a page. `format` is text (with light marks) or html."""

    title: str
    chapter_id: int
    summary: str = ""
    content: str = ""
    format: str = "text"
    audience: Audience = Audience.EVERYONE
    organization_ids: frozenset[int] = frozenset()
    owner_id: int | None = None
    review_by: date | None = None
    lang: str = "en"


def values_of(work: Work, page: Page) -> PageValues:
    """A page as it is being written. Two queries at most."""
    article = work.db.get_one(Article, page.article_id)
    audience = Audience(page.audience)
    chosen = select(PageAudience.organization_id).where(PageAudience.page_id == page.id)
    return PageValues(
        page.title,
        page.chapter_id,
        article.summary,
        article.content,
        article.format,
        audience,
        frozenset(work.db.scalars(chosen)) if audience is Audience.ORGANIZATIONS else frozenset(),
        page.owner_id,
        page.review_by,
        page.lang,
    )


def create_page(work: Work, values: PageValues, original: Page | None = None) -> Page:
    """A new draft; with `original` its translation. Needs WriteKnowledge; raises Invalid."""
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    first = _first_written(work, original)
    values = _checked(work, values, first)
    article = begin_copy(work, ArticleText(values.title, values.summary, values.content, values.format))
    article.disabled = True  # what nobody has published goes into no message either
    page = Page(
        article_id=article.id,
        chapter_id=values.chapter_id,
        position=_last_position(work, values.chapter_id) + 1,
        title=values.title,
        slug=slug_of(values.title, "page"),
        owner_id=values.owner_id,
        audience=values.audience.value,
        review_by=values.review_by,
        lang=values.lang,
        original_id=first.id if first else None,
        original_version=first.published_version if first else None,
        created=work.now,
    )
    work.db.add(page)
    work.db.flush()
    _set_audience(work, page, values)
    return page


def change_page(
    work: Work, page: Page, values: PageValues, *, seen: str | None = None, says_original: bool = False
) -> None:
    """Let the working copy be like this; readers see it when it is published.

    `seen` is the `stamp_of` what the writer had before them. `says_original`: this translation says what the
    original says now. Where a page stands, for whom it is and its language hold at once: on a published page that
    takes PublishKnowledge. Needs WriteKnowledge; raises Conflict and Invalid.
    """
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    before = values_of(work, page)
    if not may_place(work, page):
        values = replace(
            values,
            chapter_id=before.chapter_id,
            audience=before.audience,
            organization_ids=before.organization_ids,
            lang=before.lang,
        )
    hold(work, page)
    if seen is not None and seen != stamp_of(work, page):
        raise Conflict("Somebody changed this page meanwhile. Your text stands below: compare, then save.")
    original = work.db.get(Page, page.original_id) if page.original_id else None
    values = _checked(work, values, original, page)
    article = work.db.get_one(Article, page.article_id)
    change_copy(work, article, ArticleText(values.title, values.summary, values.content, values.format))
    said = (values.title, article.summary, article.content, article.format)
    if said != (before.title, before.summary, before.content, before.format) and page.state in (
        State.PUBLISHED,
        State.WITHDRAWN,
    ):
        page.state = State.DRAFT.value
    if values.chapter_id != page.chapter_id:
        page.chapter_id, page.position = values.chapter_id, _last_position(work, values.chapter_id) + 1
    page.title, page.lang = values.title, values.lang
    page.owner_id, page.review_by = values.owner_id, values.review_by
    page.audience = values.audience.value
    if page.first_published is None:
        page.slug = slug_of(values.title, "page")
    if original is not None and says_original:
        page.original_version = original.published_version
    _set_audience(work, page, values)


def may_place(work: Work, page: Page) -> bool:
    """May the actor say where this page stands, for whom and in which language? On a draft every writer may."""
    is_out = page.published_version is not None or page.scheduled_version is not None
    return not is_out or work.rights.system(PUBLISH_KNOWLEDGE)


def hold(work: Work, page: Page) -> None:
    """Let nobody else change or publish this page until the transaction ends, and read it anew. Three queries."""
    lock_name(work.db, f"portal page {page.id}")
    work.db.flush()  # or what waits to be written would be forgotten
    work.db.refresh(page)
    work.db.refresh(work.db.get_one(Article, page.article_id))


def stamp_of(work: Work, page: Page) -> str:
    """Changes whenever somebody changes what the working copy says."""
    return work.db.get_one(Article, page.article_id).last_updated.isoformat()


def move_page(work: Work, page: Page, *, up: bool) -> None:
    """One place up or down in its chapter. Needs PublishKnowledge."""
    need_system(work, PUBLISH_KNOWLEDGE)
    pages = list(
        work.db.scalars(
            select(Page).where(Page.chapter_id == page.chapter_id).order_by(Page.position, Page.id)
        )
    )
    at = pages.index(page)
    to = at - 1 if up else at + 1
    if 0 <= to < len(pages):
        pages[at], pages[to] = pages[to], pages[at]
    for number, each in enumerate(pages, 1):
        if each.position != number:
            each.position = number


def delete_draft(work: Work, page: Page) -> None:
    """Take a page away that was never published; its article stays, switched off. Needs WriteKnowledge."""
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    if page.first_published is not None or page.scheduled_version is not None:
        raise Refused("This page was published: withdraw it, so that its address says so.")
    if work.db.scalar(select(Page.id).where(Page.original_id == page.id).limit(1)) is not None:
        raise Refused("This page has translations: delete or publish those first.")
    work.db.delete(page)


def _first_written(work: Work, original: Page | None) -> Page | None:
    """The page in its first language: a translation of a translation is one of that."""
    if original is None or original.original_id is None:
        return original
    return work.db.get_one(Page, original.original_id)


def _last_position(work: Work, chapter_id: int) -> int:
    return work.db.scalar(select(func.max(Page.position)).where(Page.chapter_id == chapter_id)) or 0


def _checked(work: Work, values: PageValues, original: Page | None, page: Page | None = None) -> PageValues:
    title = " ".join(values.title.replace("\x00", "").split())
    summary = " ".join(values.summary.replace("\x00", "").split())
    problems: list[Problem] = []
    if not title or len(title) > LONGEST_TITLE:
        problems.append(Problem("title", f"Give the page a title of up to {LONGEST_TITLE} letters."))
    if len(summary) > LONGEST_SUMMARY:
        problems.append(Problem("summary", f"The summary may have {LONGEST_SUMMARY} letters at most."))
    if work.db.get(Chapter, values.chapter_id) is None:
        problems.append(Problem("chapter", "Choose the chapter in which the page stands."))
    if values.lang not in languages():
        problems.append(Problem("lang", "Choose one of the languages of the portal."))
    elif _is_there(work, values.lang, original, page):
        problems.append(Problem("lang", "This page is there in that language already: edit that one."))
    if values.audience is Audience.ORGANIZATIONS and not values.organization_ids:
        problems.append(Problem("organizations", "Choose at least one organisation, or another audience."))
    if values.organization_ids and _unknown(work, values.organization_ids):
        problems.append(Problem("organizations", "Choose organisations of the list."))
    if values.owner_id is not None and work.db.get(User, values.owner_id) is None:
        problems.append(Problem("owner", "Choose one of the list, or nobody."))
    if problems:
        raise Invalid(*problems)
    return replace(values, title=title, summary=summary)


def _is_there(work: Work, lang: str, original: Page | None, page: Page | None) -> bool:
    """Does the same page stand in that language already?"""
    first = original or page
    if first is None:
        return False
    same = select(Page.id).where(((Page.id == first.id) | (Page.original_id == first.id)), Page.lang == lang)
    return work.db.scalar(same.where(Page.id != page.id) if page else same) is not None


def _unknown(work: Work, ids: Collection[int]) -> bool:
    known = work.db.scalars(select(Organization.id).where(Organization.id.in_(ids)))
    return bool(set(ids) - set(known))


def _set_audience(work: Work, page: Page, values: PageValues) -> None:
    wanted = values.organization_ids if values.audience is Audience.ORGANIZATIONS else frozenset()
    have = set(work.db.scalars(select(PageAudience.organization_id).where(PageAudience.page_id == page.id)))
    gone = have - wanted
    if gone:
        work.db.execute(
            delete(PageAudience).where(
                PageAudience.page_id == page.id, PageAudience.organization_id.in_(gone)
            )
        )
    work.db.add_all(PageAudience(page_id=page.id, organization_id=each) for each in sorted(wanted - have))
