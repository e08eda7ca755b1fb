"""Membership: who is in which group, with the closure kept true."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from rtpy.errors import Refused
from rtpy.models import Group, GroupClosure, GroupMember, Principal
from rtpy.work import Work


def add_closure(work: Work, group_ids: Sequence[int], member_id: int) -> None:
    """Put a principal that has no members of its own into groups that are in no other group: two statements."""
    rows = [{"group_id": group, "member_id": member_id, "depth": 1} for group in group_ids]
    connection = work.db.connection()
    connection.execute(_MEMBERS, [{"group_id": group, "member_id": member_id} for group in group_ids])
    connection.execute(_CLOSURE, rows)


_MEMBERS = insert(GroupMember.__table__)  # type: ignore[arg-type]
_CLOSURE = insert(GroupClosure.__table__)  # type: ignore[arg-type]


def create_group(work: Work, name: str, *, domain: str = "UserDefined", description: str = "") -> Group:
    """Make an empty group, in its own closure at depth 0."""
    principal = Principal(kind="group")
    work.db.add(principal)
    work.db.flush()  # groups share the ids of principals
    group = Group(id=principal.id, domain=domain, name=name, description=description, created=work.now)
    work.db.add(group)
    work.db.flush()  # the closure points at it
    work.db.add(GroupClosure(group_id=group.id, member_id=group.id, depth=0))
    work.db.flush()  # later bulk statements must see it
    return group


def add_member(work: Work, group: Group, member_id: int) -> None:
    """Put a user or a group into `group`; a circle raises Refused, a member that is in already changes nothing."""
    db = work.db
    if member_id == group.id or db.get(GroupClosure, (member_id, group.id)) is not None:
        raise Refused(f"Group {group.name} would then contain itself.")
    if _direct(db, group.id, member_id) is not None:
        return
    db.add(GroupMember(group_id=group.id, member_id=member_id))
    db.flush()  # rebuilding reads the rows
    _rebuild(db)
    work.forget_rights()


def remove_member(work: Work, group: Group, member_id: int) -> None:
    """Take a direct member out of `group`; one that is not in it changes nothing."""
    row = _direct(work.db, group.id, member_id)
    if row is None:
        return
    work.db.delete(row)
    work.db.flush()  # rebuilding reads the rows
    _rebuild(work.db)
    work.forget_rights()


def _direct(db: Session, group_id: int, member_id: int) -> GroupMember | None:
    return db.scalar(
        select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.member_id == member_id)
    )


def _rebuild(db: Session) -> None:
    """Make the closure anew from the direct memberships: rare, and never wrong."""
    groups = db.scalars(select(Group.id)).all()
    paths = select(GroupMember.group_id, GroupMember.member_id).cte("direct")
    reach = select(paths.c.group_id, paths.c.member_id, literal(1).label("depth")).cte(
        "reach", recursive=True
    )
    reach = reach.union(
        select(reach.c.group_id, paths.c.member_id, reach.c.depth + 1).where(
            paths.c.group_id == reach.c.member_id, reach.c.depth < 64
        )
    )
    rows = db.execute(
        select(reach.c.group_id, reach.c.member_id, func.min(reach.c.depth)).group_by(
            reach.c.group_id, reach.c.member_id
        )
    ).all()
    db.execute(delete(GroupClosure))
    closure = [{"group_id": group, "member_id": group, "depth": 0} for group in groups]
    closure += [{"group_id": group, "member_id": member, "depth": depth} for group, member, depth in rows]
    if closure:
        db.execute(insert(GroupClosure), closure)
