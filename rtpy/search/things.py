"""Articles and assets that links of tickets name, and the tickets that link to one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select, union
from sqlalchemy.orm import Session

from rtpy.links.things import ARTICLE, ASSET, thing_of
from rtpy.models import Article, Asset, Link, Ticket
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class NamedThing:
    """An article or an asset: `kind` as in `rtpy.links.things`; `state` is its status, or a word for what is off.

    `is_seen` is False for what the reader may not see, or what is not there: then there is no name.
    """

    kind: str
    id: int
    name: str = ""
    state: str = ""
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A ticket that refers to a thing, or the other way round."""

    id: int
    subject: str
    status: str
    updated: datetime


def name_things(work: Work, uris: Collection[str]) -> dict[str, NamedThing]:
    """What these URIs name, as far as they are of articles and assets of ours. One query, none when none is."""
    organization = work.app.config.organization
    wanted = {uri: thing for uri in uris if (thing := thing_of(uri, organization)) is not None}
    if not wanted:
        return {}
    ids = {kind: {number for each, number in wanted.values() if each == kind} for kind in (ARTICLE, ASSET)}
    queries: list[Any] = []  # selects of four columns
    if ids[ARTICLE]:
        queries.append(
            select(
                literal(ARTICLE).label("kind"),
                Article.id,
                Article.name,
                Article.class_id,
                literal("").label("state"),
            ).where(Article.id.in_(ids[ARTICLE]))
        )
    if ids[ASSET]:
        queries.append(
            select(
                literal(ASSET).label("kind"),
                Asset.id,
                Asset.name,
                Asset.catalog_id,
                Asset.status.label("state"),
            ).where(Asset.id.in_(ids[ASSET]))
        )
    shows = {ARTICLE: work.rights.of(Right.SHOW_ARTICLE), ASSET: work.rights.of(Right.SHOW_ASSET)}
    containers = {ARTICLE: "class", ASSET: "catalog"}
    rows = work.db.connection().execute(queries[0] if len(queries) == 1 else union(*queries))
    found = {
        (kind, number): NamedThing(kind, number, name, state)
        for kind, number, name, container, state in rows
        if shows[kind].on(containers[kind], container)
    }
    return {uri: found.get(thing, NamedThing(*thing, is_seen=False)) for uri, thing in wanted.items()}


def tickets_linked_to(db: Session, show_ticket: Grants, uri: str, most: int) -> list[LinkedTicket]:
    """The tickets with a link to or from this URI that the reader may see, newest first. One query."""
    linked = or_(
        Ticket.id.in_(select(Link.local_base_id).where(Link.target == uri, Link.local_base_id.is_not(None))),
        Ticket.id.in_(
            select(Link.local_target_id).where(Link.base == uri, Link.local_target_id.is_not(None))
        ),
    )
    rows = db.execute(
        select(Ticket.id, Ticket.subject, Ticket.status, Ticket.last_updated)
        .where(linked, show_ticket.visible(), Ticket.merged_into_id.is_(None))
        .order_by(Ticket.last_updated.desc())
        .limit(most)
    )
    return [LinkedTicket(*row) for row in rows]
