"""Links of tickets for result columns: their other ends as far as the reader may see these."""

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from rtpy.models import Link, Ticket
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.columns.column import Linked
from rtpy.search.things import NamedThing, name_things
from rtpy.work import Work

LINKS = {
    ("DependsOn", True): "DependsOn",
    ("DependsOn", False): "DependedOnBy",
    ("MemberOf", True): "MemberOf",
    ("MemberOf", False): "Members",
    ("RefersTo", True): "RefersTo",
    ("RefersTo", False): "ReferredToBy",
}
"""RT's column for a stored link, by its type and whether the ticket is its base."""


def links_of(work: Work, ticket_ids: Collection[int]) -> dict[int, dict[str, list[Linked]]]:
    """By ticket and column, the oldest link first. One query, and one for articles and assets.

    Of a ticket or a thing that the reader may not see only the number is told.
    """
    found: dict[int, dict[str, list[Linked]]] = defaultdict(lambda: defaultdict(list))
    if not ticket_ids:
        return found
    asked = _links(work.rights.of(Right.SHOW_TICKET))
    rows = work.db.connection().execute(asked, {"ids": list(ticket_ids)}).all()
    things = name_things(work, {row.uri for row in rows if row.there is None})
    for row in sorted(rows, key=lambda row: row.id):
        column = LINKS.get((row.type, row.is_base))
        if column:
            found[row.here][column].append(_linked(row, things.get(row.uri)))
    return found


def count_open_dependencies(work: Work, ticket_ids: Collection[int]) -> dict[int, int]:
    """On how many tickets in an active status each depends, as far as the reader may see them. One query."""
    if not ticket_ids:
        return {}
    values = {"ids": list(ticket_ids), "active": list(work.app.lifecycles.active_statuses())}
    asked = _dependencies(work.rights.of(Right.SHOW_TICKET))
    return {row[0]: row[1] for row in work.db.connection().execute(asked, values)}


def _linked(row: Any, thing: NamedThing | None) -> Linked:  # Any: a row of a select
    if thing is not None:
        label = f"{thing.kind} {thing.name}" if thing.is_seen else f"{thing.kind}:{thing.id}"
        return Linked(label, row.uri, is_seen=thing.is_seen)
    if row.there is None:
        return Linked(row.uri, row.uri)
    label = f"#{row.there} {row.subject}".rstrip() if row.id_seen is not None else f"#{row.there}"
    return Linked(label, row.uri, row.there, row.id_seen is not None)


@lru_cache(maxsize=256)
def _links(show_ticket: Grants) -> Any:
    """Both directions; built once for each set of grants."""
    other = aliased(Ticket)
    seen = (
        select(Ticket.id)
        .where(Ticket.id == other.id, show_ticket.visible())
        .correlate(other)
        .scalar_subquery()
    )

    def side(here: Any, there: Any, uri: Any, *, is_base: bool) -> Select[Any]:
        return (
            select(
                Link.id,
                Link.type,
                here.label("here"),
                there.label("there"),
                uri.label("uri"),
                literal(is_base).label("is_base"),
                other.subject,
                seen.label("id_seen"),
            )
            .outerjoin(other, other.id == there)
            .where(
                here.in_(bindparam("ids", expanding=True)),
                Link.type != "MergedInto",
                or_(other.type.is_(None), other.type != "reminder"),  # RT: they are no links to people
            )
        )

    return side(Link.local_base_id, Link.local_target_id, Link.target, is_base=True).union_all(
        side(Link.local_target_id, Link.local_base_id, Link.base, is_base=False)
    )


@lru_cache(maxsize=256)
def _dependencies(show_ticket: Grants) -> Any:
    return (
        select(Link.local_base_id, func.count(Link.id))
        .join(Ticket, Ticket.id == Link.local_target_id)
        .where(
            Link.local_base_id.in_(bindparam("ids", expanding=True)),
            Link.type == "DependsOn",
            Ticket.status.in_(bindparam("active", expanding=True)),
            show_ticket.visible(),
        )
        .group_by(Link.local_base_id)
    )
