"""Somebody must be left who may do anything: no change may lock the last super-user out."""

from sqlalchemy import Select, select

from rtpy.errors import Refused
from rtpy.models import Ace, GroupMember, Principal, User
from rtpy.models.locks import lock_memberships
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.work import Work


def refuse_without_super_user(work: Work) -> None:
    """Call it after a change that may cost somebody SuperUser, inside the transaction of the change.

    Such are: revoking a grant, disabling a user or a group, taking a member out of a group, merging people. Raises
    Refused when no enabled person holds SuperUser any more, directly or through groups that are all enabled; the
    caller lets it pass, and the change is undone with the transaction. Whoever asks at the same time waits.
    """
    work.db.flush()  # the question is asked of the rows
    lock_memberships(work.db)  # two who take it from each other must not both find the other one left
    if not work.db.connection().scalar(_SOMEBODY):
        raise Refused("Nobody would be left who holds SuperUser. Give it to somebody else first.")


def _somebody() -> Select[bool]:
    enabled = Principal.disabled.is_(False)
    reach = (
        select(Ace.principal_id.label("id"))
        .join(Principal, Principal.id == Ace.principal_id)
        .where(Ace.right_name == Right.SUPER_USER, Ace.object_type == "system", enabled)
        .cte("reach", recursive=True)
    )
    reach = reach.union(
        select(GroupMember.member_id)
        .join(reach, reach.c.id == GroupMember.group_id)
        .join(Principal, Principal.id == GroupMember.member_id)
        .where(enabled)
    )
    people = select(User.id).join(reach, reach.c.id == User.id).where(User.name.not_in((SYSTEM_USER, NOBODY)))
    return select(people.exists())


# Built once: to put it together costs more than to ask.
_SOMEBODY = _somebody()
