"""What must hold together in the portal: keys, ratings and pages against what they are about."""

from typing import Any

from sqlalchemy import and_, delete, exists, literal, not_, select, update

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work
from rtpy_portal.models import Key, Page, PageVersion, Rating


def _useless_keys() -> Any:
    """Keys to requests that were merged, or are none: a merge moves or withdraws the keys of its request."""
    keys = table_of(Key)
    return not_(exists().where(Ticket.id == keys.c.ticket_id, Ticket.type == "ticket"))


def _look_keys(work: Work) -> Found:
    keys = table_of(Key)
    query = select(literal("key"), keys.c.id, literal("to"), keys.c.ticket_id).where(_useless_keys())
    return count_rows(work, query.order_by(keys.c.id))


def _remove_keys(work: Work) -> int:
    return int(work.db.connection().execute(delete(table_of(Key)).where(_useless_keys())).rowcount)


def _lost_follow_ups() -> Any:
    ratings = table_of(Rating)
    return and_(
        ratings.c.follow_up_id.is_not(None), not_(exists().where(Ticket.id == ratings.c.follow_up_id))
    )


def _look_ratings(work: Work) -> Found:
    ratings = table_of(Rating)
    query = select(literal("rating"), ratings.c.id, literal("leads to"), ratings.c.follow_up_id)
    return count_rows(work, query.where(_lost_follow_ups()).order_by(ratings.c.id))


def _forget_follow_ups(work: Work) -> int:
    ratings = table_of(Rating)
    changed = update(ratings).where(_lost_follow_ups()).values(follow_up_id=None)
    return int(work.db.connection().execute(changed).rowcount)


def _look_pages(work: Work) -> Found:
    there = exists().where(PageVersion.page_id == Page.id, PageVersion.number == Page.published_version)
    query = select(literal("page"), Page.id, Page.title)
    return count_rows(work, query.where(Page.published_version.is_not(None), not_(there)).order_by(Page.id))


VALIDATIONS = (
    Validation(
        "portal.keys",
        "keys lead to what is no request",
        _look_keys,
        "They are deleted; the next mail brings new ones.",
        _remove_keys,
    ),
    Validation(
        "portal.follow_ups",
        "ratings lead to tickets that are not there",
        _look_ratings,
        "The ratings stay and forget them.",
        _forget_follow_ups,
    ),
    Validation(
        "portal.published",
        "pages of knowledge are published in a version that is not there",
        _look_pages,
        "Open the page and publish it again.",
    ),
)
