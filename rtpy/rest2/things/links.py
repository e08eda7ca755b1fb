"""Links of assets and articles: shown as hyperlinks, added and removed; those with tickets are links of the tickets.

An asset links to assets, tickets and addresses elsewhere; an article to tickets only (docs/coming-from-rt.md).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from rtpy.changes.assets.links import TYPES, LinkAsset, UnlinkAsset
from rtpy.changes.assets.pipeline import change_asset
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import LINK_NAMES, NAMES, OPPOSITE, AddLink, DeleteLink
from rtpy.errors import Refused, RtpyError
from rtpy.links.things import ARTICLE, ASSET, article_uri, asset_uri, thing_of
from rtpy.links.uris import is_allowed_uri, ticket_id_of, ticket_uri
from rtpy.models import Asset, AssetLink, Link, Ticket, Transaction
from rtpy.rest.link_targets import (
    HYPERLINKS,
    LinkDeed,
    comparable,
    not_resolved,
    read_link_deeds,
    read_new_links,
)
from rtpy.rest.names import WireNames
from rtpy.rest.words import say
from rtpy.rest2.call import Call
from rtpy.rest2.changed_words import say_refused
from rtpy.rest2.problem import Problem
from rtpy.rest2.values import Document, Ref, stub
from rtpy.rights.names import Right
from rtpy.search.assets import visible_assets

MOST = 500


@dataclass(frozen=True, slots=True)
class End:
    """The other end of a link: its name as seen from the thing, the URI, what it is, and where the link is kept."""

    name: str
    uri: str
    ref: Ref | None = None
    asset_link: AssetLink | None = None
    """Of a link between assets, or from an asset to elsewhere; else it is one of the ticket in `ref`."""


def ends_of(call: Call, kind: str, number: int) -> list[End]:
    """The links of an asset or an article whose other ends the caller may see. Three queries at most."""
    kept = call.cache.get(f"{kind}_links", {})
    return kept[number] if number in kept else _ends_of(call, kind, [number])[number]


def read_links(call: Call, kind: str, numbers: Collection[int]) -> None:
    """Read those of many things together, for `ends_of` in this call. Three queries at most."""
    call.cache[f"{kind}_links"] = _ends_of(call, kind, numbers)


def _ends_of(call: Call, kind: str, numbers: Collection[int]) -> dict[int, list[End]]:
    found: dict[int, list[End]] = {number: [] for number in numbers}
    for number, end in _with_tickets(call, kind, numbers):
        found[number].append(end)
    if kind == ASSET:
        for number, end in _of_assets(call, numbers):
            found[number].append(end)
    order = list(NAMES).index
    return {
        number: sorted(ends, key=lambda end: (order(end.name), end.ref.id if end.ref else 0))
        for number, ends in found.items()
    }


def link_hyperlinks(call: Call, kind: str, number: int) -> list[Document]:
    """One for each link."""
    return [
        {
            "ref": HYPERLINKS[end.name],
            **(stub(call, end.ref) if end.ref else {"type": "external", "_url": end.uri}),
        }
        for end in ends_of(call, kind, number)
    ]


def put_links(call: Call, kind: str, thing: Any, document: Document) -> list[str]:
    """What an update does to the links of a thing; a sentence for each. Raises Invalid."""
    ends = ends_of(call, kind, thing.id)
    organization = call.work.app.config.organization
    deeds = read_link_deeds(
        document, lambda name: [end.uri for end in ends if end.name == name], organization
    )
    return do_links(call, kind, thing, deeds, ends)


def first_links(call: Call, kind: str, thing: Any, document: Document) -> None:
    """The links that a new thing begins with. Raises Problem 400 for one that cannot be made: nothing is made then."""
    for deed in read_new_links(document):
        target = comparable(deed.target, call.work.app.config.organization)
        try:
            _add(call, kind, thing, deed.name, target)
        except _Unresolved:
            raise Problem(400, not_resolved(deed.target)) from None
        except RtpyError as problem:
            raise Problem(400, f"Link could not be created: {problem}") from None


def do_links(
    call: Call, kind: str, thing: Any, deeds: Sequence[LinkDeed], ends: Sequence[End] = ()
) -> list[str]:
    """Add and remove these, each by itself."""
    organization = call.work.app.config.organization
    label = f"{kind.capitalize()} {thing.id}"
    present = {(end.name, comparable(end.uri, organization)): end for end in ends}
    said = []
    for deed in deeds:
        target = comparable(deed.target, organization)
        end = present.get((deed.name, target))
        if deed.adds and end is not None:
            said.append("Link already exists")
        elif not deed.adds and end is None:
            said.append("Link not found")
        else:
            said.append(_do(call, kind, thing, deed, target, end, label))
    return said


def _do(call: Call, kind: str, thing: Any, deed: LinkDeed, target: str, end: End | None, label: str) -> str:
    try:
        with call.work.db.begin_nested():
            if deed.adds:
                _add(call, kind, thing, deed.name, target)
            elif end is not None:
                _remove(call, kind, thing, end)
    except _Unresolved:
        return not_resolved(deed.target)
    except RtpyError as problem:
        refused = say_refused(label, problem).removeprefix(f"{label}: ")
        return refused if refused == "Permission Denied" else f"Link could not be created: {refused}"
    told = (
        Transaction(type="AddLink", field=deed.name, new_value=target, old_value="")
        if deed.adds
        else Transaction(type="DeleteLink", field=deed.name, old_value=target, new_value="")
    )
    return say(told, WireNames(), label)


class _Unresolved(Refused):
    """There is no such thing, or none that the caller sees."""


def _add(call: Call, kind: str, thing: Any, name: str, target: str) -> None:
    work, organization = call.work, call.work.app.config.organization
    number = ticket_id_of(target, organization)
    if number is not None:
        ticket = work.db.get(Ticket, number)
        if ticket is None or not _sees_ticket(call, ticket):
            raise _Unresolved(target)
        change_ticket(work, ticket, AddLink(OPPOSITE[name], _uri(call, kind, thing.id)))
        return
    if kind != ASSET:
        raise Refused("Articles are linked with tickets: write the number of one")
    other = thing_of(target, organization)
    if other is None and not is_allowed_uri(target):
        raise _Unresolved(target)
    if name in TYPES:
        change_asset(work, thing, LinkAsset(name, _seen_asset(call, other) or target))
        return
    seen = _seen_asset(call, other)
    if seen is None:
        raise Refused("Only tickets and assets can be linked to an asset, not addresses elsewhere")
    base = work.db.get_one(Asset, other[1] if other else 0)
    change_asset(work, base, LinkAsset(OPPOSITE[name], asset_uri(thing.id)))


def _seen_asset(call: Call, thing: tuple[str, int] | None) -> str | None:
    """The URI of an asset that the caller sees; None for what is none."""
    if thing is None or thing[0] != ASSET:
        return None
    seen = visible_assets(call.work.rights.of(Right.SHOW_ASSET))
    if call.work.db.scalar(select(Asset.id).where(Asset.id == thing[1], seen)) is None:
        raise _Unresolved(str(thing[1]))
    return asset_uri(thing[1])


def _remove(call: Call, kind: str, thing: Any, end: End) -> None:
    work = call.work
    if end.asset_link is not None:
        base = work.db.get_one(Asset, end.asset_link.base_id)
        change_asset(work, base, UnlinkAsset(end.asset_link.id))
    elif end.ref is not None:
        ticket = work.db.get_one(Ticket, end.ref.id)
        change_ticket(work, ticket, DeleteLink(OPPOSITE[end.name], _uri(call, kind, thing.id)))


def _sees_ticket(call: Call, ticket: Ticket) -> bool:
    visible = call.work.rights.of(Right.SHOW_TICKET).visible()
    return call.work.db.scalar(select(Ticket.id).where(Ticket.id == ticket.id, visible)) is not None


def _uri(call: Call, kind: str, number: int) -> str:
    return article_uri(call.work.app.config.organization, number) if kind == ARTICLE else asset_uri(number)


def _with_tickets(call: Call, kind: str, numbers: Collection[int]) -> Iterator[tuple[int, End]]:
    organization = call.work.app.config.organization
    things = {_uri(call, kind, number): number for number in numbers}
    visible = call.work.rights.of(Right.SHOW_TICKET).visible()
    rows = call.work.db.execute(
        select(Link.type, Ticket.id, Link.local_base_id, Link.base, Link.target)
        .join(Ticket, or_(Ticket.id == Link.local_base_id, Ticket.id == Link.local_target_id))
        .where(
            or_(
                Link.target.in_(things) & Link.local_target_id.is_(None),
                Link.base.in_(things) & Link.local_base_id.is_(None),
            ),
            visible,
        )
        .order_by(Link.id)
        .limit(MOST * len(things))
    )
    for row in rows:
        is_base = row.local_base_id is None
        name = LINK_NAMES.get((row.type, is_base))
        if name is not None:
            number = things[row.base if is_base else row.target]
            yield number, End(name, ticket_uri(organization, row.id), Ref("ticket", row.id))


def _of_assets(call: Call, numbers: Collection[int]) -> Iterator[tuple[int, End]]:
    """Links between two assets, seen from those that were asked for; and from these to elsewhere."""
    wanted = set(numbers)
    rows = call.work.db.scalars(
        select(AssetLink)
        .where(or_(AssetLink.base_id.in_(wanted), AssetLink.target_id.in_(wanted)))
        .order_by(AssetLink.id)
        .limit(MOST * len(wanted))
    ).all()
    others = {end for link in rows for end in (link.base_id, link.target_id) if end is not None}
    visible = visible_assets(call.work.rights.of(Right.SHOW_ASSET))
    seen = (
        set(call.work.db.scalars(select(Asset.id).where(Asset.id.in_(others), visible))) if others else set()
    )
    for link in rows:
        for number, other in ((link.base_id, link.target_id), (link.target_id, link.base_id)):
            if number not in wanted:
                continue
            name = LINK_NAMES[link.type, number == link.base_id]
            if other is None:
                yield number, End(name, link.uri, None, link)
            elif other in seen:
                yield number, End(name, asset_uri(other), Ref("asset", other), link)
