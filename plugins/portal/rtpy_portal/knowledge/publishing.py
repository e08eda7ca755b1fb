"""From draft to readers: review, publishing now or at a moment, withdrawing, and versions taken up again."""

from datetime import datetime

from sqlalchemy import func, select

from rtpy.app import App
from rtpy.changes.allowed import need_system
from rtpy.changes.articles import ArticleText, set_article_disabled
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.jobs.worker import Chore
from rtpy.models import Article
from rtpy.work import Work
from rtpy_portal.knowledge.content import readied
from rtpy_portal.knowledge.indexing import index_page
from rtpy_portal.knowledge.slugs import slug_of
from rtpy_portal.knowledge.values import State
from rtpy_portal.knowledge.working_copy import change_copy
from rtpy_portal.knowledge.writing import hold, stamp_of
from rtpy_portal.models import Page, PageVersion
from rtpy_portal.rights import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE

LONGEST_NOTE = 255
AT_ONCE = 50
"""Pages that the chore publishes in one transaction."""


def ask_review(work: Work, page: Page, note: str = "") -> None:
    """Somebody shall look at the draft. Needs WriteKnowledge."""
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    if page.state not in (State.DRAFT, State.WITHDRAWN):
        raise Refused("Only a draft can be sent to review.")
    page.state, page.review_note = State.REVIEW.value, _note(note, 2_000)


def send_back(work: Work, page: Page, note: str = "") -> None:
    """It is a draft again, with what is to be done. Needs WriteKnowledge: who asked may think again too."""
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    if page.state != State.REVIEW:
        raise Refused("This page does not wait for a review.")
    page.state, page.review_note = State.DRAFT.value, _note(note, 2_000)


def publish(
    work: Work,
    page: Page,
    note: str = "",
    *,
    at: datetime | None = None,
    is_minor: bool = False,
    seen: str | None = None,
) -> PageVersion:
    """Give readers what the working copy says now: at once, or at a moment to come.

    Until that moment they see the version before; what is written in the meantime is not part of it. `seen` is
    the `stamp_of` the text that was read before: nothing is published that nobody looked at. Needs
    PublishKnowledge; raises Conflict, and Invalid for a page without text.
    """
    need_system(work, PUBLISH_KNOWLEDGE)
    hold(work, page)
    if seen is not None and seen != stamp_of(work, page):
        raise Conflict("Somebody changed this page meanwhile: read it again, then publish it.")
    article = work.db.get_one(Article, page.article_id)
    content = readied(article.content, article.format, work.app.config.base_url)
    if not content.strip():
        raise Invalid(Problem("content", "The page has no text yet: write it first."))
    version = PageVersion(
        page_id=page.id,
        number=_last_number(work, page) + 1,
        title=page.title,
        summary=article.summary,
        content=content,
        source=article.content,
        format=article.format,
        note=_note(note, LONGEST_NOTE),
        is_minor=is_minor,
        created=work.now,
        creator_id=work.actor.user_id,
    )
    work.db.add(version)
    work.db.flush()
    page.state, page.review_note = State.PUBLISHED.value, ""
    if at is not None and at > work.now:
        page.scheduled_version, page.publish_at = version.number, at
    else:
        _give(work, page, version)
    return version


def unschedule(work: Work, page: Page) -> None:
    """What was to be published later will not be: it is a draft again. Needs PublishKnowledge."""
    need_system(work, PUBLISH_KNOWLEDGE)
    if page.scheduled_version is None:
        raise Refused("Nothing of this page is to be published later.")
    page.scheduled_version = page.publish_at = None
    page.state = State.DRAFT.value


def withdraw(work: Work, page: Page) -> None:
    """Readers see it no longer: its address says that it was taken away. Needs PublishKnowledge."""
    need_system(work, PUBLISH_KNOWLEDGE)
    if page.published_version is None:
        raise Refused("Readers do not see this page: there is nothing to withdraw.")
    page.published_version = page.published = None
    page.scheduled_version = page.publish_at = None
    page.state = State.WITHDRAWN.value
    set_article_disabled(work, work.db.get_one(Article, page.article_id), disabled=True, vouched=True)
    index_page(work.db, page.id)


def take_up(work: Work, page: Page, version: PageVersion) -> None:
    """Let the working copy say what an earlier version said; readers see it when it is published."""
    need_system(work, WRITE_KNOWLEDGE, PUBLISH_KNOWLEDGE)
    article = work.db.get_one(Article, page.article_id)
    change_copy(work, article, ArticleText(version.title, version.summary, version.source, version.format))
    page.title, page.state = version.title, State.DRAFT.value


def find_version(work: Work, page: Page, number: int | None) -> PageVersion | None:
    """The version of that number. One query, none for no number."""
    if number is None:
        return None
    found: PageVersion | None = work.db.scalar(
        select(PageVersion).where(PageVersion.page_id == page.id, PageVersion.number == number)
    )
    return found


def _publish_due(app: App) -> int:
    """One round of the chore: what was to be published by now."""
    with app.work() as work:
        due = work.db.scalars(
            select(Page)
            .where(Page.publish_at <= work.now)
            .order_by(Page.publish_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for page in due:
            version = find_version(work, page, page.scheduled_version)
            if version is not None:
                _give(work, page, version)
            page.scheduled_version = page.publish_at = None
    return len(due)


PUBLISHING = Chore("portal publishing", 60.0, _publish_due)


def _give(work: Work, page: Page, version: PageVersion) -> None:
    page.published_version, page.published = version.number, work.now
    page.scheduled_version = page.publish_at = None
    page.first_published = page.first_published or work.now
    page.slug = slug_of(version.title, "page")
    set_article_disabled(work, work.db.get_one(Article, page.article_id), disabled=False, vouched=True)
    index_page(work.db, page.id)


def _last_number(work: Work, page: Page) -> int:
    numbers = select(func.max(PageVersion.number)).where(PageVersion.page_id == page.id)
    return work.db.scalar(numbers) or 0


def _note(note: str, most: int) -> str:
    return note.replace("\x00", "").strip()[:most]
