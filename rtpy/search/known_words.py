"""Which words of a simple search name a status, a queue or somebody of the staff: looked up in one query at most."""

from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, exists, func, select

from rtpy.lifecycle.lifecycle import TICKET
from rtpy.models import Group, GroupClosure, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.search.compiling.queues import seen_queues
from rtpy.search.fields.field import Asking
from rtpy.search.language.tree import Node
from rtpy.search.simple import Known, read_simple, split_words
from rtpy.work import Work

DELETED = "deleted"


UTC = ZoneInfo("UTC")


def simple_query(work: Work, text: str) -> Node | None:
    """What was typed into the simple box as the tree of a query; None finds all. Raises QueryError."""
    return read_simple(text, known_words(work, text))


def known_words(work: Work, text: str) -> Known:
    """What the words of `text` can mean to the reader. Raises QueryError, as `read_simple` does for the text.

    Queues and statuses are kept between requests; one query for names of staff, none when no word can be one.
    """
    lives = [life for life in work.app.lifecycles if life.type == TICKET and not life.is_disabled]
    statuses = {status.lower(): status for life in lives for status in life.statuses}
    statuses.pop(DELETED, None)  # no search finds those
    open_queues = [each for each in seen_queues(Asking(work, UTC)) if not each.is_disabled]
    queues = {each.name.lower(): each.name for each in open_queues}
    names = {
        word.text.lower()
        for word in split_words(text)
        if not word.prefix and not word.is_quoted and word.text[0] not in "#@"
    }
    return Known(statuses, queues, _staff(work, sorted(names - {*statuses, *queues, "me"})))


def _staff(work: Work, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    rows = work.db.connection().execute(_STAFF, {"names": names})
    return {row.name.lower(): row.name for row in rows}


def _staff_named() -> Select[str]:
    privileged = exists().where(
        GroupClosure.member_id == User.id,
        GroupClosure.group_id == Group.id,
        Group.name == PRIVILEGED,
        Group.domain == "SystemInternal",
    )
    return (
        select(User.name)
        .join(Principal, Principal.id == User.id)
        .where(
            func.lower(User.name).in_(bindparam("names", expanding=True)),
            User.merged_into_id.is_(None),
            Principal.disabled.is_(False),
            privileged,
        )
    )


_STAFF = _staff_named()
