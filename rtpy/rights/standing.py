"""As whom somebody stands: themselves with every group around them, read beside the stamp of the set-up."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, Select, String, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import Session

from rtpy.models import Configuration, GroupMember, Principal
from rtpy.models.configuration import STAMP

COMMA: Any = literal_column("','")
"""Between the values that `aggregate_strings` joins; as a value it would be written out at each sending."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`principals` are the user and all groups that hold them; none for a disabled user.

    `stamp` is new whenever somebody has written a grant or a custom role (`rtpy.remembered`).
    """

    principals: frozenset[int]
    stamp: object


def find_standing(db: Session, user_id: int) -> Standing:
    """Of one user. One query."""
    row = db.connection().execute(_STANDING, {"user_id": user_id}).one()
    return standing_of(row.principals, row.stamp)


def standing_of(principals: str | None, stamp: object) -> Standing:
    """From what `standing_columns` gave."""
    return Standing(frozenset(map(int, principals.split(","))) if principals else frozenset(), stamp)


def standing_columns(user: Select[Any]) -> tuple[Label[str], Label[Any]]:
    """Two columns for a query of one row, `principals` and `stamp`; `user` selects the id of one principal.

    Ways through disabled groups do not count, and a disabled user has none.
    """
    enabled = Principal.disabled.is_(False)
    up = select(Principal.id).where(Principal.id.in_(user), enabled).cte("principals_of", recursive=True)
    up = up.union(
        select(GroupMember.group_id)
        .join(up, up.c.id == GroupMember.member_id)
        .join(Principal, Principal.id == GroupMember.group_id)
        .where(enabled)
    )
    settings = Configuration.__table__.c
    stamp = select(settings.value).where(settings.name == STAMP)
    return (
        select(func.aggregate_strings(cast(up.c.id, String), COMMA)).scalar_subquery().label("principals"),
        stamp.scalar_subquery().label("stamp"),
    )


# Built once: every piece of work asks it.
_STANDING = select(*standing_columns(select(bindparam("user_id", type_=Principal.id.type))))
