"""Articles and assets that links of tickets name, and the tickets that link to one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from rtpy.links.things import ARTICLE, ASSET, thing_of
from rtpy.models import Article, Asset, Link, Ticket
from rtpy.rights.grants import Grants
from rtpy.rights.names import Right
from rtpy.search.articles import visible_articles
from rtpy.search.assets import visible_assets
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
    queries: list[Any] = []  # Any: selects of four columns, put together below
    if ids[ARTICLE]:
        seen = visible_articles(work.rights.of(Right.SHOW_ARTICLE))
        columns = (literal(ARTICLE).label("kind"), Article.id, Article.name, literal("").label("state"))
        queries.append(select(*columns).where(Article.id.in_(ids[ARTICLE]), seen))
    if ids[ASSET]:
        seen = visible_assets(work.rights.of(Right.SHOW_ASSET))
        columns = (literal(ASSET).label("kind"), Asset.id, Asset.name, Asset.status.label("state"))
        queries.append(select(*columns).where(Asset.id.in_(ids[ASSET]), seen))
    first, *others = queries
    query: Any = first.union_all(*others) if others else first
    found = {(row[0], row[1]): NamedThing(*row) for row in work.db.connection().execute(query)}
    return {
        uri: found.get((kind, number), NamedThing(kind, number, is_seen=False))
        for uri, (kind, number) in wanted.items()
    }


def named_for(work: Work, uris: Collection[str]) -> dict[str, str]:
    """Of these URIs those of things that the reader may see, in words: “asset Laptop”. One query, or none."""
    return {
        uri: f"{thing.kind} {thing.name}" for uri, thing in name_things(work, uris).items() if thing.is_seen
    }


def tickets_linked_to(db: Session, show_ticket: Grants, uri: str, most: int) -> list[LinkedTicket]:
    """The tickets with a link to or from this URI, which is none of a ticket, that the reader may see, newest first.

    One query.
    """
    to_it = (Link.target == uri, Link.local_target_id.is_(None), Link.local_base_id.is_not(None))
    from_it = (Link.base == uri, Link.local_base_id.is_(None), Link.local_target_id.is_not(None))
    linked = Ticket.id.in_(
        select(Link.local_base_id).where(*to_it).union(select(Link.local_target_id).where(*from_it))
    )
    rows = db.execute(
        select(Ticket.id, Ticket.subject, Ticket.status, Ticket.last_updated)
        .where(linked, show_ticket.visible(), Ticket.merged_into_id.is_(None))
        .order_by(Ticket.last_updated.desc())
        .limit(most)
    )
    return [LinkedTicket(*row) for row in rows]
