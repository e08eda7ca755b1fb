"""Who takes part in a request, as far as its customers may know: never blind copies, never staff behind it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select

from rtpy.changes.people import system_groups
from rtpy.models import GroupClosure, Principal, Ticket, User, Watcher
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work
from rtpy_portal.access.sight import PARTS
from rtpy_portal.access.visitor import Visitor

REQUESTOR = "Requestor"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who asked for it, or gets copies. `address` is empty for who has none."""

    user_id: int
    name: str
    address: str
    asked: bool
    is_you: bool


def participants_of(work: Work, ticket: Ticket, visitor: Visitor) -> tuple[Participant, ...]:
    """Who asked for it first, then who gets copies, by name. Of staff only the visitor. One query."""
    staff = system_groups(work, (PRIVILEGED,))[0]
    rows = work.db.execute(_PEOPLE, {"ticket": ticket.id, "staff": staff, "me": visitor.user_id}).all()
    found: dict[int, Participant] = {}
    for row in sorted(rows, key=lambda row: (row.role != REQUESTOR, (row.real_name or row.name).lower())):
        found.setdefault(row.id, _participant(row, visitor))
    return tuple(found.values())


def _participant(row: Any, visitor: Visitor) -> Participant:  # Any: a row of columns
    name = row.real_name or row.name
    return Participant(
        row.id, name, row.email_address or "", row.role == REQUESTOR, is_you=row.id == visitor.user_id
    )


# Built once.
_PEOPLE: Any = (
    select(Watcher.role, User.id, User.name, User.real_name, User.email_address)
    .join(User, User.id == Watcher.principal_id)
    .join(Principal, Principal.id == User.id)
    .outerjoin(
        GroupClosure, and_(GroupClosure.group_id == bindparam("staff"), GroupClosure.member_id == User.id)
    )
    .where(
        Watcher.ticket_id == bindparam("ticket"),
        Watcher.role.in_(PARTS),
        Principal.disabled.is_(False),
        (GroupClosure.group_id.is_(None)) | (User.id == bindparam("me")),
    )
)
