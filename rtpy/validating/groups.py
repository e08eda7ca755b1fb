"""Who is in which group, however deep: the closure against the memberships that it is worked out of."""

from typing import Any

from sqlalchemy import CTE, Select, and_, delete, exists, func, insert, literal, not_, or_, select

from rtpy.db.base import table_of
from rtpy.models import Group, GroupClosure, GroupMember, Principal
from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work

DEEPEST = 40
"""Groups inside groups that are followed: a circle, which must not be, ends there."""


def _reached() -> CTE:
    """Each group with itself and all that it holds by paths on which every group between is enabled."""
    reach = select(Group.id.label("group_id"), Group.id.label("member_id"), literal(0).label("depth")).cte(
        "reach", recursive=True
    )
    further = (
        select(reach.c.group_id, GroupMember.member_id, reach.c.depth + 1)
        .join(reach, reach.c.member_id == GroupMember.group_id)
        .join(Principal, Principal.id == GroupMember.group_id)
        .where(or_(Principal.disabled.is_(False), reach.c.depth == 0), reach.c.depth < DEEPEST)
    )
    return reach.union(further)


def _expected() -> Any:
    reach = _reached()
    return (
        select(reach.c.group_id, reach.c.member_id, func.min(reach.c.depth).label("depth"))
        .group_by(reach.c.group_id, reach.c.member_id)
        .subquery("expected")
    )


def _missing() -> tuple[Any, Select[*tuple[Any, ...]]]:
    expected = _expected()
    there = exists().where(
        and_(
            GroupClosure.group_id == expected.c.group_id,
            GroupClosure.member_id == expected.c.member_id,
            GroupClosure.depth == expected.c.depth,
        )
    )
    return expected, select(expected.c.group_id, expected.c.member_id, expected.c.depth).where(not_(there))


def _stray() -> Select[*tuple[Any, ...]]:
    expected, closure = _expected(), table_of(GroupClosure)
    right = and_(
        expected.c.group_id == closure.c.group_id,
        expected.c.member_id == closure.c.member_id,
        expected.c.depth == closure.c.depth,
    )
    return (
        select(closure.c.group_id, closure.c.member_id)
        .outerjoin(expected, right)
        .where(expected.c.group_id.is_(None))
    )


def _look(work: Work) -> Found:
    expected, missing = _missing()
    lacking = count_rows(
        work,
        missing.with_only_columns(
            literal("missing: group"), expected.c.group_id, literal("member"), expected.c.member_id
        ).order_by(expected.c.group_id, expected.c.member_id),
    )
    closure = table_of(GroupClosure)
    stray = count_rows(
        work,
        _stray()
        .with_only_columns(
            literal("wrong: group"), closure.c.group_id, literal("member"), closure.c.member_id
        )
        .order_by(closure.c.group_id, closure.c.member_id),
    )
    return Found(lacking.count + stray.count, (*lacking.examples, *stray.examples)[:5])


def _repair(work: Work) -> int:
    connection, closure = work.db.connection(), table_of(GroupClosure)
    wrong = connection.execute(_stray()).all()
    for row in wrong:
        here = (closure.c.group_id == row.group_id, closure.c.member_id == row.member_id)
        connection.execute(delete(closure).where(*here))
    _, missing = _missing()
    rows = [dict(row._mapping) for row in connection.execute(missing)]
    if rows:
        connection.execute(insert(closure), rows)
    work.forget_rights()
    return len(wrong) + len(rows)


GROUPS = (
    Validation(
        "groups.closure",
        "rows say wrongly who is in which group, and with it who may do what",
        _look,
        "It is worked out again from the memberships.",
        _repair,
    ),
)
