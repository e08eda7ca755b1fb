"""People and groups as others speak of them: references with login names, read for many at once."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from rtpy.db.base import table_of
from rtpy.models import Group, User
from rtpy.rest2.call import Call
from rtpy.rest2.values import Ref


def user_refs(call: Call, ids: Collection[int]) -> Mapping[int, Ref]:
    """Users by their numbers; who was merged into somebody is that person. One query, none for who is known already."""
    known: dict[int, Ref | None] = call.cache.setdefault("user_refs", {})
    unknown = [each for each in set(ids) if each not in known]
    if unknown:
        known.update(dict.fromkeys(unknown))
        rows = call.work.db.connection().execute(_USERS, {"ids": unknown})
        known.update({row.asked: Ref("user", row.id, row.name) for row in rows})
    return {each: ref for each in ids if (ref := known.get(each)) is not None}


def principal_refs(call: Call, ids: Collection[int]) -> Mapping[int, Ref]:
    """Users and groups by their numbers. At most two queries."""
    found = dict(user_refs(call, ids))
    others = set(ids) - found.keys()
    if others:
        rows = call.work.db.connection().execute(_GROUPS, {"ids": list(others)})
        found |= {row.id: Ref("group", row.id) for row in rows}
    return found


_named, _kept = aliased(User), aliased(User)
_USERS = (
    select(_named.id.label("asked"), _kept.id, _kept.name)
    .select_from(_named)
    .join(_kept, _kept.id == func.coalesce(_named.merged_into_id, _named.id))
    .where(_named.id.in_(bindparam("ids", expanding=True)))
)
_groups = table_of(Group).c
_GROUPS = select(_groups.id).where(_groups.id.in_(bindparam("ids", expanding=True)))
