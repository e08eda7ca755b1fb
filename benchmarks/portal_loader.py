"""Fills a portal: 100,000 tickets, an organisation with 5,000 of them, thousands of pages of knowledge, known issues.

Bulk inserts, so only for benchmarks. Words as on a real shelf: a few stand in nearly every page, most in very few.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loader import load
from sqlalchemy import func, insert, select, text, update

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.db.statistics import refresh_statistics
from rtpy.models import Article, ArticleClass, Organization, OrganizationMember, Ticket, User
from rtpy_portal.access.grades import Grade
from rtpy_portal.knowledge.folding import stem
from rtpy_portal.knowledge.indexing import weigh
from rtpy_portal.models import (
    Book,
    Chapter,
    Issue,
    IssueAffected,
    IssueAudience,
    IssueTicket,
    IssueUpdate,
    MemberRow,
    Page,
    PageAudience,
    PageVersion,
    PageWord,
)

VOCABULARY, WORDS = 20_000, 250
BOOKS, CHAPTERS = 10, 10
FOR_ORGANIZATIONS = 25
"""Every so manieth page is for people of one organisation."""
ISSUES, LINKED = 200, 3
BATCH = 500


@dataclass(frozen=True, slots=True)
class Filled:
    """Whom pages are drawn for, and the words of the shelf, the most frequent first."""

    customer_id: int
    manager_id: int
    organization_id: int
    words: Sequence[str]


def fill_portal(app: App, tickets: int, pages: int, *, seed: int = 7) -> Filled:
    """Everything; who manages sees all of an organisation, the customer only what is their own."""
    load(app, tickets, seed=seed)
    chance = random.Random(seed)
    customer, manager, organization = _people(app)
    words = fill_knowledge(app, pages, chance)
    _fill_issues(app, chance, words)
    if app.engine.dialect.name == "postgresql":
        with app.engine.begin() as connection:
            for table in ("articles", "portal_pages", "portal_issues"):
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))
    with app.work() as work:
        refresh_statistics(work.db)
    if app.engine.dialect.name == "postgresql":  # as autovacuum leaves the tables a minute after such a load
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
    return Filled(customer, manager, organization, words)


def _people(app: App) -> tuple[int, int, int]:
    """Two organisations become one: twice as many requests. The customer has some eighty."""
    with app.work() as work:
        db = work.db
        first, second, *_ = db.scalars(select(Organization.id).order_by(Organization.id))
        for values in ((Ticket.organization_id == second, first),):
            db.execute(update(Ticket).where(values[0]).values(organization_id=values[1]))
        of_first = (
            select(Ticket.creator_id).where(Ticket.organization_id == first).order_by(Ticket.id).limit(1)
        )
        manager = db.scalars(of_first).one()
        customer = db.scalars(
            select(Ticket.creator_id)
            .where(Ticket.organization_id.not_in((first, second)))
            .group_by(Ticket.creator_id)
            .order_by(func.count().desc(), Ticket.creator_id)
            .limit(1)
        ).one()
        who = {"user_id": manager, "organization_id": first}
        db.add(OrganizationMember(**who))
        db.add(MemberRow(**who, grade=Grade.ALL, manages=True))
    return customer, manager, first


def fill_knowledge(app: App, pages: int, chance: random.Random) -> list[str]:
    """Pages with random words in ten books; returns the words."""
    letters = "abcdefghiklmnoprstuvw"
    words = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
    odds = [1 / (rank + 3) for rank in range(VOCABULARY)]
    with app.work() as work:
        db, now = work.db, work.now
        root = db.scalars(select(User.id).where(User.name == "root")).one()
        organizations = db.scalars(select(Organization.id)).all()
        shelf = ArticleClass(name="Many", created=now)
        books = [
            Book(name=f"Book {number}", slug=f"book-{number}", position=number) for number in range(BOOKS)
        ]
        db.add_all((shelf, *books))
        db.flush()
        chapters = [
            Chapter(book_id=book.id, name=f"Chapter {number}", slug=f"chapter-{number}", position=number)
            for book in books
            for number in range(CHAPTERS)
        ]
        db.add_all(chapters)
        db.flush()
        class_id, chapter_ids = shelf.id, [each.id for each in chapters]
    made = {"creator_id": root, "created": now}
    for first in range(1, pages + 1, BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {
            model: [] for model in (Article, Page, PageAudience, PageVersion, PageWord)
        }
        for number in range(first, min(first + BATCH, pages + 1)):
            content = " ".join(chance.choices(words, odds, k=WORDS))
            title = " ".join(chance.choices(words, odds, k=5))
            rows[Article].append(
                {"id": 100_000 + number, "class_id": class_id, "name": f"p{number}", **made}
                | {"last_updated_by_id": root, "last_updated": now}
            )
            rows[Page].append(_page(number, chapter_ids[number % len(chapter_ids)], title, now))
            if number % FOR_ORGANIZATIONS == 0:
                rows[PageAudience].append(
                    {"page_id": number, "organization_id": chance.choice(organizations)}
                )
            rows[PageVersion].append(
                {"page_id": number, "number": 1, "title": title, "content": f"<p>{content}</p>"}
                | {"format": "html", **made}
            )
            rows[PageWord] += [
                {"page_id": number, "word": word, "stem": stem(word), "weight": weight}
                for word, weight in weigh(title, "", content).items()
            ]
        _insert(app, rows)
    return words


def _page(number: int, chapter_id: int, title: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "article_id": 100_000 + number,
        "chapter_id": chapter_id,
        "position": number,
        "title": title,
        "slug": f"p{number}",
        "audience": "organizations" if number % FOR_ORGANIZATIONS == 0 else "everyone",
        "state": "published",
        "published_version": 1,
        "published": now - timedelta(hours=number),
        "lang": "en",
        "created": now,
    }


def _fill_issues(app: App, chance: random.Random, words: Sequence[str]) -> None:
    """Half of them open, every tenth for one organisation; the first affects nearly everybody: 5,000 rows in all."""
    with app.work(reading=True) as work:
        db, now = work.db, work.now
        root = db.scalars(select(User.id).where(User.name == "root")).one()
        people = db.scalars(select(User.id).where(User.name.like("person%"))).all()
        organizations = db.scalars(select(Organization.id)).all()
        tickets = db.scalars(select(Ticket.id).order_by(Ticket.id.desc()).limit(ISSUES * LINKED)).all()
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Issue, IssueAudience, IssueUpdate, IssueAffected, IssueTicket)
    }
    for number in range(1, ISSUES + 1):
        is_open, is_narrow = number % 2 == 1, number % 10 == 0
        rows[Issue].append(
            {
                "id": number,
                "title": " ".join(chance.choices(words[:3000], k=6)),
                "text": " ".join(chance.choices(words, k=80)),
                "stage": "under_way" if is_open else "done",
                "audience": "organizations" if is_narrow else "everyone",
                "created": now,
                "creator_id": root,
                "updated": now - timedelta(hours=number),
                "opened": now - timedelta(days=30),
                "closed": None if is_open else now,
            }
        )
        if is_narrow:
            rows[IssueAudience].append({"issue_id": number, "organization_id": chance.choice(organizations)})
        rows[IssueUpdate] += [
            {"issue_id": number, "text": " ".join(chance.choices(words, k=30)), "stage": "under_way"}
            | {"created": now - timedelta(days=day), "creator_id": root}
            for day in range(4)
        ]
        rows[IssueAffected] += [
            {"issue_id": number, "user_id": person, "organization_id": chance.choice(organizations)}
            | {"subscribed": True, "created": now, "confirmed": now}
            for person in chance.sample(people, min(len(people), 1000 if number == 1 else 20))
        ]
        rows[IssueTicket] += [
            {"issue_id": number, "ticket_id": ticket, "linked": now, "linked_by_id": root}
            for ticket in tickets[number * LINKED - LINKED : number * LINKED]
        ]
    _insert(app, rows)


def _insert(app: App, rows: dict[Any, list[dict[str, Any]]]) -> None:
    with app.engine.begin() as connection:
        for model, lines in rows.items():
            if lines:
                connection.execute(insert(table_of(model)), lines)
