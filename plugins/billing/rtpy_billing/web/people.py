"""People of our own, to choose from."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.models import Group, GroupMember, Principal, User
from rtpy.models.group import PRIVILEGED

MOST = 500


def staff_choices(db: Session) -> Sequence[tuple[int, str]]:
    """Everybody of the staff who may log in, by name. One query."""
    rows = db.execute(
        select(User.id, User.name, User.real_name)
        .join(GroupMember, GroupMember.member_id == User.id)
        .join(Group, Group.id == GroupMember.group_id)
        .join(Principal, Principal.id == User.id)
        .where(
            Group.domain == "SystemInternal",
            Group.name == PRIVILEGED,
            Principal.disabled.is_(False),
            User.merged_into_id.is_(None),
        )
        .order_by(User.name)
        .limit(MOST)
    )
    return [(row.id, row.real_name or row.name) for row in rows]
