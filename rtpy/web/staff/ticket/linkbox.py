"""The links of a ticket with their other ends, as far as the reader may see these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from rtpy.changes.ticket.links import LINK_NAMES
from rtpy.http.resources import TicketResource
from rtpy.links.uris import is_allowed_uri
from rtpy.rights.names import Right
from rtpy.web.html import Html, show_status
from rtpy.web.staff.rows import status_badge
from rtpy.web.staff.things import ThingLink, show_things

LABELS = {
    "DependsOn": "Depends on",
    "DependedOnBy": "Needed by",
    "MemberOf": "Part of",
    "HasMember": "Has the parts",
    "RefersTo": "Refers to",
    "ReferredToBy": "Referred to by",
}
"""A link's name as seen from this ticket, in words; in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link: `other` is what removes it, `blocks`: this ticket cannot be closed before that one is."""

    name: str
    other: str
    uri: str
    label: str
    url: str | None
    rel: str | None
    status: Html
    blocks: bool
    is_asset: bool = False


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """The links of one kind."""

    name: str
    label: str
    lines: tuple[LinkLine, ...]


@dataclass(frozen=True, slots=True)
class LinkBox:
    """All links, and where they are changed. `may`: the reader may change them."""

    groups: tuple[LinkGroup, ...]
    url: str
    may: bool
    assets_url: str | None = None
    """Where assets are linked; None for who sees no assets."""

    @property
    def assets(self) -> tuple[LinkLine, ...]:
        """The assets to which the ticket refers: they have a box of their own."""
        return tuple(line for group in self.groups for line in group.lines if line.is_asset)

    @property
    def others(self) -> tuple[LinkGroup, ...]:
        """The links without those."""
        found = (
            LinkGroup(group.name, group.label, tuple(line for line in group.lines if not line.is_asset))
            for group in self.groups
        )
        return tuple(group for group in found if group.lines)

    @property
    def blocking(self) -> int:
        """So many open tickets must be closed first."""
        return sum(line.blocks for group in self.groups for line in group.lines)


def show_links(request: Request, resource: TicketResource, rows: Sequence[Any]) -> LinkBox:
    """From `Linked.links`; one query when articles or assets are linked. What may not be seen is only a number."""
    ticket = resource.ticket
    active = set(request.app.lifecycles.active_statuses())
    found: dict[str, list[LinkLine]] = {name: [] for name in LABELS}
    linked = [(row, row.local_base_id == ticket.id) for row in rows]
    things = show_things(request, [row.target if is_base else row.base for row, is_base in linked])
    for row, is_base in linked:
        name = LINK_NAMES.get((row.type, is_base))
        uri = row.target if is_base else row.base
        if name and uri in things:
            found[name].append(_thing(name, uri, things[uri]))
        elif name:
            found[name].append(_line(request, name, row, is_base=is_base, active=active))
    return LinkBox(
        tuple(LinkGroup(name, LABELS[name], tuple(lines)) for name, lines in found.items() if lines),
        request.route_path("ticket.links", id=ticket.id),
        resource.allows(Right.MODIFY_TICKET),
        None
        if resource.work.rights.of(Right.SHOW_ASSET).nowhere
        else request.route_path("ticket.assets", id=ticket.id),
    )


def _thing(name: str, uri: str, thing: ThingLink) -> LinkLine:
    """An article or an asset."""
    state = show_status(thing.state) if thing.state else Html()
    return LinkLine(name, uri, uri, thing.label, thing.url, None, state, False, is_asset=thing.is_asset)


def _line(request: Request, name: str, row: Any, *, is_base: bool, active: set[str]) -> LinkLine:
    uri = row.target if is_base else row.base
    number = row.local_target_id if is_base else row.local_base_id
    if number is None:
        url = uri if uri.startswith(("https://", "http://", "mailto:")) and is_allowed_uri(uri) else None
        return LinkLine(name, uri, uri, uri, url, "noreferrer" if url else None, Html(), False)
    if row.id_seen is None:
        return LinkLine(name, str(number), uri, f"#{number}, not for you to see", None, None, Html(), False)
    return LinkLine(
        name,
        str(number),
        uri,
        f"#{number} {row.subject or '(no subject)'}",
        request.route_path("ticket.display", id=number),
        None,
        status_badge(request.app, row.status),
        name == "DependsOn" and row.status in active,
    )


__all__ = ["LABELS", "LinkBox", "LinkGroup", "LinkLine", "show_links"]
