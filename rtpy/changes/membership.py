"""Membership: who is in which group, with the closure kept true by work that the change itself bounds.

The closure holds a row for each principal that is in a group by a path on which every group between is enabled. The
ends of a path may be disabled: whoever reads the closure asks that of them.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, bindparam, delete, func, insert, literal, or_, select
from sqlalchemy.orm import Session, aliased

from rtpy.errors import Refused
from rtpy.models import Group, GroupClosure, GroupMember, Principal
from rtpy.models.locks import lock_memberships
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


def add_member(work: Work, group: Group, member_id: int) -> bool:
    """Put a user or a group into `group`; False when it is in already. Raises Refused for a circle, with its path."""
    db = work.db
    lock_memberships(db)
    if _direct(db, group.id, member_id) is not None:
        return False
    circle = _path(db, member_id, group.id)
    if circle:
        raise Refused(_circle(db, group, circle))
    db.add(GroupMember(group_id=group.id, member_id=member_id))
    _settle(work, group.id, member_id)
    return True


def remove_member(work: Work, group: Group, member_id: int) -> bool:
    """Take a direct member out of `group`; False when it is not in it."""
    lock_memberships(work.db)
    row = _direct(work.db, group.id, member_id)
    if row is None:
        return False
    work.db.delete(row)
    _settle(work, group.id, member_id)
    return True


def enable_group(work: Work, group: Group, *, enabled: bool) -> None:
    """Let paths through `group` count, or no longer."""
    lock_memberships(work.db)
    principal = work.db.get_one(Principal, group.id)
    principal.disabled = not enabled
    work.db.flush()  # the closure is worked out from the rows
    above = [each for each in _above(work.db, group.id) if each != group.id]
    if above:
        _settle_below(work.db, above, group.id)
    work.forget_rights()


def paths_to(db: Session, group_id: int, member_id: int) -> list[int] | None:
    """The groups on a shortest way from `group_id` down to a member, both ends left out; None when it is not in it.

    Ways through disabled groups count as well. Two queries.
    """
    start = set(db.scalars(select(GroupMember.group_id).where(GroupMember.member_id == member_id)))
    if group_id in start:
        return []
    below = _group_edges(db)
    ways: dict[int, list[int]] = {group_id: []}
    queue = deque([group_id])
    while queue:
        here = queue.popleft()
        for each in below.get(here, ()):
            if each not in ways:
                ways[each] = [*ways[here], each]
                if each in start:
                    return ways[each]
                queue.append(each)
    return None


def _settle(work: Work, group_id: int, member_id: int) -> None:
    """Make the closure right after an edge came or went. A user costs two statements, however many there are."""
    db = work.db
    db.flush()  # the closure is worked out from the rows
    if db.get_one(Principal, member_id).kind == "user":
        connection = db.connection()
        connection.execute(_FORGET_USER, {"member": member_id})
        connection.execute(_SETTLE_USER, {"member": member_id})
    else:
        _settle_below(db, _above(db, group_id), member_id)
    for row in [each for each in db.identity_map.values() if isinstance(each, GroupClosure)]:
        db.expunge(row)  # the rows in the database are others now
    work.forget_rights()


def _settle_below(db: Session, above: Sequence[int], below: int) -> None:
    """Work out again which of the groups `above` hold what is in the group `below`, and itself."""
    under = aliased(GroupClosure)
    inside = select(under.member_id).where(under.group_id == below)
    here = GroupClosure.group_id.in_(above)
    db.connection().execute(delete(GroupClosure).where(here, GroupClosure.member_id.in_(inside)))
    groups = set(db.scalars(inside.join(Group, Group.id == under.member_id)))
    rows = list(_reached(_group_edges(db), _disabled(db), above, groups))
    if rows:
        db.connection().execute(_CLOSURE, rows)
    users = inside.join(Principal, Principal.id == under.member_id).where(Principal.kind == "user")
    source = _from_groups().where(here, GroupMember.member_id.in_(users))
    db.connection().execute(insert(GroupClosure).from_select(["group_id", "member_id", "depth"], source))


def _reached(
    below: Mapping[int, Sequence[int]], disabled: frozenset[int], above: Iterable[int], wanted: set[int]
) -> Iterable[dict[str, int]]:
    """Rows for the groups of `wanted` that each of `above` holds, by the shortest way through enabled groups."""
    for start in above:
        depths = {start: 0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            if here in disabled and here != start:
                continue
            for each in below.get(here, ()):
                if each not in depths:
                    depths[each] = depths[here] + 1
                    queue.append(each)
        for each in wanted & depths.keys() - {start}:
            yield {"group_id": start, "member_id": each, "depth": depths[each]}


def _above(db: Session, group_id: int) -> Sequence[int]:
    """The group itself and those that hold it."""
    return db.scalars(select(GroupClosure.group_id).where(GroupClosure.member_id == group_id)).all()


def _group_edges(db: Session) -> dict[int, list[int]]:
    """The groups directly in each group."""
    below: dict[int, list[int]] = defaultdict(list)
    nested = select(GroupMember.group_id, GroupMember.member_id).join(
        Group, Group.id == GroupMember.member_id
    )
    for outer, inner in db.execute(nested):
        below[outer].append(inner)
    return below


def _disabled(db: Session) -> frozenset[int]:
    off = select(Principal.id).where(Principal.kind == "group", Principal.disabled.is_(True))
    return frozenset(db.scalars(off))


def _path(db: Session, outer: int, inner: int) -> list[int]:
    """The groups from `outer` down to `inner`, both with it; nothing when it is not in it."""
    if outer == inner:
        return [outer]
    if db.get(Group, outer) is None:
        return []
    between = paths_to(db, outer, inner)
    return [] if between is None else [outer, *between, inner]


def _circle(db: Session, group: Group, path: Sequence[int]) -> str:
    if len(path) == 1:
        return f"{group.name} cannot be a member of itself."
    names = {row.id: row.name for row in db.execute(select(Group.id, Group.name).where(Group.id.in_(path)))}
    way = ", which has the member ".join(names[each] for each in path)
    return f"{names[path[0]]} cannot be put into {group.name}, it would contain itself: {way}."


def _direct(db: Session, group_id: int, member_id: int) -> GroupMember | None:
    return db.scalar(
        select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.member_id == member_id)
    )


def _from_groups() -> Select[int, int, int]:
    """Rows of the closure for members, from the rows of the groups that they are directly in."""
    direct = aliased(Principal)
    return (
        select(GroupClosure.group_id, GroupMember.member_id, func.min(GroupClosure.depth) + literal(1))
        .join(GroupMember, GroupMember.group_id == GroupClosure.member_id)
        .join(direct, direct.id == GroupMember.group_id)
        .where(or_(direct.disabled.is_(False), GroupClosure.depth == 0))
        .group_by(GroupClosure.group_id, GroupMember.member_id)
    )


# Built once: people are put into groups by the thousand.
_FORGET_USER = delete(GroupClosure).where(GroupClosure.member_id == bindparam("member"))
_SETTLE_USER = insert(GroupClosure).from_select(
    ["group_id", "member_id", "depth"], _from_groups().where(GroupMember.member_id == bindparam("member"))
)
