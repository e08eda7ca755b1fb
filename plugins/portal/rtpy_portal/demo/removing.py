"""Removing what the sample consultancy has of the portal, and what its invented people have done there since."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from rtpy.db.base import Base
from rtpy.demo.made import Made
from rtpy.models import Article, Transaction
from rtpy.work import Work
from rtpy_portal.demo.texts import knowledge, read
from rtpy_portal.issues.history import OBJECT
from rtpy_portal.knowledge.synonyms import synonym_text
from rtpy_portal.models import (
    Answer,
    Asked,
    Book,
    Chapter,
    Deflection,
    HelpfulVote,
    Issue,
    IssueAffected,
    IssueAudience,
    IssueTicket,
    IssueUpdate,
    Key,
    MemberRow,
    Page,
    PageAudience,
    PageVersion,
    PageVote,
    PageWord,
    Question,
    QuestionKey,
    Rating,
    RatingAsk,
    RatingRefusal,
    RatingShare,
    RatingValue,
    RequestRow,
    Synonym,
    Topic,
    TopicOrganization,
    WantedLink,
)

AT_ONCE = 500


def remove_demo(work: Work, made: Made) -> None:
    """Rows of its tickets, people and customers; its pages, books, issues and topics."""
    _remove_ratings(work, made)
    _remove_issues(work, made)
    _remove_knowledge(work, made)
    _drop(work, Key, Key.ticket_id, made.tickets)
    _drop(work, RequestRow, RequestRow.ticket_id, made.tickets)
    _drop(work, Asked, Asked.ticket_id, made.tickets)
    _drop(work, Key, Key.user_id, made.users)
    _drop(work, MemberRow, MemberRow.user_id, made.users)
    _drop(work, WantedLink, WantedLink.user_id, made.users)
    _drop(work, Deflection, Deflection.user_id, made.users)
    _drop(work, MemberRow, MemberRow.organization_id, made.organizations)
    topics = list(work.db.scalars(select(Topic.id).where(Topic.queue_id.in_(made.queues))))
    _drop(work, TopicOrganization, TopicOrganization.topic_id, topics)
    _drop(work, Topic, Topic.id, topics)


def _remove_ratings(work: Work, made: Made) -> None:
    ratings = _ids(work, Rating.id, Rating.ticket_id, made.tickets)
    ratings += _ids(work, Rating.id, Rating.user_id, made.users)
    _drop(work, RatingValue, RatingValue.rating_id, ratings)
    _drop(work, Rating, Rating.id, ratings)
    for model in (RatingAsk, HelpfulVote):
        _drop(work, model, model.ticket_id, made.tickets)
        _drop(work, model, model.user_id, made.users)
    _drop(work, RatingRefusal, RatingRefusal.user_id, made.users)
    _drop(work, RatingShare, RatingShare.organization_id, made.organizations)


def _remove_issues(work: Work, made: Made) -> None:
    titles = [each["title"] for each in read("issues")["issue"]]
    written = Issue.creator_id.in_([*made.users, work.app.system_user_id(work.db)])
    issues = list(work.db.scalars(select(Issue.id).where(Issue.title.in_(titles), written)))
    issues += _ids(work, Issue.id, Issue.creator_id, made.users)
    _drop(work, IssueTicket, IssueTicket.ticket_id, made.tickets)
    for model in (IssueTicket, IssueAffected, IssueUpdate, IssueAudience):
        _drop(work, model, model.issue_id, issues)
    _drop(work, IssueAffected, IssueAffected.user_id, made.users)
    work.db.execute(update(Issue).where(Issue.merged_into_id.in_(issues)).values(merged_into_id=None))
    _drop(work, Issue, Issue.id, issues)
    work.db.execute(
        delete(Transaction).where(Transaction.object_type == OBJECT, Transaction.object_id.in_(issues)),
        execution_options={"synchronize_session": False},
    )


def _remove_knowledge(work: Work, made: Made) -> None:
    """The pages whose working copies go with the demo's articles; its books as far as they are empty then."""
    db, known = work.db, knowledge()
    ours = or_(Page.article_id.in_(made.articles), Article.creator_id.in_(made.users))
    pages = list(db.scalars(select(Page.id).join(Article, Article.id == Page.article_id).where(ours)))
    db.execute(
        update(Page).where(Page.original_id.in_(pages)).values(original_id=None, original_version=None),
        execution_options={"synchronize_session": False},
    )
    questions = _ids(work, Question.id, Question.page_id, pages)
    questions += _ids(work, Question.id, Question.user_id, made.users)
    _drop(work, QuestionKey, QuestionKey.question_id, questions)
    _drop(work, Answer, Answer.question_id, questions)
    _drop(work, Answer, Answer.user_id, made.users)
    _drop(work, Question, Question.id, questions)
    for model in (PageVote, PageVersion, PageAudience, PageWord):
        _drop(work, model, model.page_id, pages)
    _drop(work, PageVote, PageVote.user_id, made.users)
    _drop(work, Page, Page.id, pages)
    names = [book.name for book in known.books]
    for book in db.scalars(select(Book).where(Book.name.in_(names))).all():
        chapters = list(db.scalars(select(Chapter.id).where(Chapter.book_id == book.id)))
        if db.scalar(select(Page.id).where(Page.chapter_id.in_(chapters)).limit(1)) is None:
            _drop(work, Chapter, Chapter.id, chapters)
            _drop(work, Book, Book.id, [book.id])
    if synonym_text(db) == known.synonyms:
        db.execute(delete(Synonym))


def _ids(
    work: Work, wanted: InstrumentedAttribute[int], column: InstrumentedAttribute[Any], among: Iterable[int]
) -> list[int]:
    return [
        each for part in _parts(among) for each in work.db.scalars(select(wanted).where(column.in_(part)))
    ]


def _drop(work: Work, model: type[Base], column: InstrumentedAttribute[Any], ids: Iterable[int]) -> None:
    for part in _parts(ids):
        work.db.execute(
            delete(model).where(column.in_(part)), execution_options={"synchronize_session": False}
        )


def _parts(ids: Iterable[int]) -> list[list[int]]:
    known = sorted(set(ids))
    return [known[start : start + AT_ONCE] for start in range(0, len(known), AT_ONCE)]
