"""What feeds tell of a ticket: nothing that is said inside of it, only what its own row tells, and by whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rtpy.content.plain import html_to_text
from rtpy.search.columns.page import TicketPage
from rtpy.search.language.tree import Both, Either, Name, Node, Operator, Term
from rtpy.search.run import Order, Search, find_all
from rtpy.work import Work

MOST_NEWS = 50
MOST_DATED = 500
"""Tickets in a calendar, those that are due last left out."""
LONGEST_DESCRIPTION = 2000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One ticket; `url` is its page."""

    id: int
    url: str
    subject: str
    status: str
    queue: str
    owner: str
    creator: str
    description: str
    created: datetime
    last_updated: datetime
    starts: datetime | None
    due: datetime | None


def newest(work: Work, node: Node | None, zone: ZoneInfo, url: Callable[[int], str]) -> list[FeedEntry]:
    """The tickets that were made last, the newest first. Three queries. Raises CannotSearch."""
    search = Search(node=node, order=(Order(Name("Created"), descending=True),), zone=zone)
    return _entries(work, find_all(work, search, most=MOST_NEWS), zone, url)


def dated(work: Work, node: Node | None, zone: ZoneInfo, url: Callable[[int], str]) -> list[FeedEntry]:
    """The tickets that start or are due some time, by what is due. Three queries. Raises CannotSearch."""
    has_date = Either((Term(Name("Due"), Operator.IS_NOT, None), Term(Name("Starts"), Operator.IS_NOT, None)))
    wanted = has_date if node is None else Both((node, has_date))
    search = Search(node=wanted, order=(Order(Name("Due")),), zone=zone)
    return _entries(work, find_all(work, search, most=MOST_DATED), zone, url)


def _entries(work: Work, ids: Sequence[int], zone: ZoneInfo, url: Callable[[int], str]) -> list[FeedEntry]:
    page = TicketPage(work, ids, zone)
    return [
        FeedEntry(
            each.id,
            url(each.id),
            each.subject or "(no subject)",
            each.status,
            each.queue,
            page.single_people[each.owner_id].shown,
            page.single_people[each.creator_id].shown,
            html_to_text(each.description).strip()[:LONGEST_DESCRIPTION],
            each.created,
            each.last_updated,
            each.starts,
            each.due,
        )
        for each in page.facts.values()
    ]
