"""Everybody who has to do with tickets: owners, makers, and who plays which role, in one query for all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, literal, null, select, union_all

from rtpy.db.base import table_of
from rtpy.models import Group, Ticket, User, Watcher
from rtpy.rest2.call import Call
from rtpy.rest2.values import Ref

SINGLE = {"Owner": "owner_id", "Creator": "creator_id", "LastUpdatedBy": "last_updated_by_id"}
"""Who is one person of each ticket, and the column that holds them."""
People = Mapping[int, Mapping[str, Sequence[Ref]]]
"""By ticket and role (a field of SINGLE, Requestor, CustomRole-7), in the order in which they came to it."""


def people_of(call: Call, ids: Collection[int]) -> People:
    """Of these tickets. Who was merged into somebody is that person. One query."""
    found: dict[int, dict[str, list[Ref]]] = defaultdict(lambda: defaultdict(list))
    rows = call.work.db.connection().execute(_PEOPLE, {"ids": list(ids)}).all() if ids else []
    for _, ticket_id, role, user_id, name, group_id in sorted(rows, key=_by_age):
        ref = Ref("user", user_id, name) if user_id is not None else Ref("group", group_id)
        if user_id is not None or group_id is not None:
            found[ticket_id][role].append(ref)
    return found


def _by_age(row: Any) -> int:  # Any: a row of six columns
    return int(row[0])


def _people() -> Any:  # Any: a union of selects
    tickets, watchers, groups = table_of(Ticket).c, table_of(Watcher).c, table_of(Group).c
    chosen = (
        select(tickets.id, *(tickets[column] for column in SINGLE.values()))
        .where(tickets.id.in_(bindparam("ids", expanding=True, type_=BigInteger)))
        .cte("chosen")
    )

    def users(of: Any) -> tuple[Any, Any, Any]:
        named, kept = table_of(User).alias(), table_of(User).alias()
        return named, kept, (named.c.id == of, kept.c.id == func.coalesce(named.c.merged_into_id, named.c.id))

    named, kept, (is_named, is_kept) = users(watchers.principal_id)
    playing = (
        select(watchers.id, watchers.ticket_id, watchers.role, kept.c.id, kept.c.name, groups.id)
        .join(chosen, chosen.c.id == watchers.ticket_id)
        .outerjoin(named, is_named)
        .outerjoin(kept, is_kept)
        .outerjoin(table_of(Group), groups.id == watchers.principal_id)
    )
    singles = []
    for role, column in SINGLE.items():
        named, kept, (is_named, is_kept) = users(chosen.c[column])
        singles.append(
            select(literal(0), chosen.c.id, literal(role), kept.c.id, kept.c.name, null())
            .select_from(chosen)
            .join(named, is_named)
            .join(kept, is_kept)
        )
    return union_all(playing, *singles)


# Built once: to build it costs more than to run it.
_PEOPLE = _people()
