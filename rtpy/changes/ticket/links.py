"""Links: depends on, member of, refers to; both ends remember."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need
from rtpy.changes.change import Record
from rtpy.changes.linked_things import need_thing, stored_uri
from rtpy.errors import Refused
from rtpy.links.uris import is_allowed_uri, ticket_id_of, ticket_uri
from rtpy.models import Link, Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.work import Work

NAMES = {
    "DependsOn": ("DependsOn", True),
    "DependedOnBy": ("DependsOn", False),
    "MemberOf": ("MemberOf", True),
    "HasMember": ("MemberOf", False),
    "RefersTo": ("RefersTo", True),
    "ReferredToBy": ("RefersTo", False),
}
"""A link's name as seen from this ticket → the stored type, and whether this ticket is its base."""

LINK_NAMES = {stored: name for name, stored in NAMES.items()}
"""The same the other way round."""

OPPOSITE = {
    "DependsOn": "DependedOnBy",
    "DependedOnBy": "DependsOn",
    "MemberOf": "HasMember",
    "HasMember": "MemberOf",
    "RefersTo": "ReferredToBy",
    "ReferredToBy": "RefersTo",
}

MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class AddLink:
    """Link the ticket to `other`: a ticket number, our ticket URI, `a:7` (an article), `asset:7`, or any safe
    URI. `name` as in NAMES."""

    name: str
    other: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket here and on the other ticket; no link to itself, to a deleted ticket, in a circle."""
        need(work, ticket, Right.MODIFY_TICKET)
        _need_name(self.name)
        other = _other(work, self.other)
        if other is None:
            need_thing(work, self.other)
            return
        if other.id == ticket.id:
            raise Refused(f"Ticket #{ticket.id} cannot be linked to itself.")
        need(work, other, Right.MODIFY_TICKET)
        if other.status == "deleted":
            raise Refused(f"Ticket #{other.id} is deleted: it cannot be linked.")
        kind, is_base = NAMES[self.name]
        base, target = (ticket, other) if is_base else (other, ticket)
        if kind in ("DependsOn", "MemberOf") and _reaches(work.db, kind, target.id, base.id):
            raise Refused(f"#{base.id} {kind} #{target.id} would close a circle.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """A transaction on both ends; nothing when the link is there already."""
        if _find(work, ticket, self.name, self.other) is not None:
            return
        organization = work.app.config.organization
        kind, is_base = NAMES[self.name]
        other = _other(work, self.other)
        here = ticket_uri(organization, ticket.id)
        there = ticket_uri(organization, other.id) if other else stored_uri(work, self.other)
        base, target = (here, there) if is_base else (there, here)
        ids = (ticket.id, other.id if other else None)
        base_id, target_id = ids if is_base else ids[::-1]
        work.db.add(
            Link(type=kind, base=base, target=target, local_base_id=base_id, local_target_id=target_id)
        )
        if other is not None:
            echo = Transaction(type="AddLink", field=OPPOSITE[self.name], new_value=here)
            yield Record(echo, ticket=other)
        yield Record(Transaction(type="AddLink", field=self.name, new_value=there))


@dataclass(frozen=True, slots=True)
class DeleteLink:
    """Remove a link, named as for AddLink."""

    name: str
    other: str

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket here, and on the other ticket."""
        need(work, ticket, Right.MODIFY_TICKET)
        _need_name(self.name)
        if _find(work, ticket, self.name, self.other) is None:
            raise Refused(f"Ticket #{ticket.id} has no link {self.name} {self.other}.")
        other = _other(work, self.other)
        if other is not None:
            need(work, other, Right.MODIFY_TICKET)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """A transaction on both ends."""
        link = _find(work, ticket, self.name, self.other)
        if link is None:
            return
        is_base = NAMES[self.name][1]
        here, there = (link.base, link.target) if is_base else (link.target, link.base)
        work.db.delete(link)
        other = _other(work, self.other)
        if other is not None:
            echo = Transaction(type="DeleteLink", field=OPPOSITE[self.name], old_value=here)
            yield Record(echo, ticket=other)
        yield Record(Transaction(type="DeleteLink", field=self.name, old_value=there))


def _need_name(name: str) -> None:
    if name not in NAMES:
        raise Refused(f"There is no link named {name}: choose one of {', '.join(NAMES)}.")


def _other(work: Work, text: str) -> Ticket | None:
    number = ticket_id_of(text, work.app.config.organization)
    if number is None:
        if not is_allowed_uri(text):
            raise Refused(f"“{text[:80]}” is neither a ticket number nor an address that can be linked.")
        return None
    other = work.db.get(Ticket, number)
    if other is not None and other.merged_into_id is not None:
        other = work.db.get(Ticket, other.merged_into_id)
    if other is None:
        raise Refused(f"There is no ticket #{number} that you can see.")
    try:
        need(work, other, Right.SHOW_TICKET, Right.MODIFY_TICKET)
    except Refused:
        raise Refused(f"There is no ticket #{number} that you can see.") from None
    return other


def _find(work: Work, ticket: Ticket, name: str, text: str) -> Link | None:
    kind, is_base = NAMES[name]
    other = _other(work, text)
    mine, theirs = (
        (Link.local_base_id, Link.local_target_id) if is_base else (Link.local_target_id, Link.local_base_id)
    )
    query = select(Link).where(Link.type == kind, mine == ticket.id)
    if other is not None:
        query = query.where(theirs == other.id)
    else:
        query = query.where((Link.target if is_base else Link.base) == stored_uri(work, text))
    return work.db.scalars(query.limit(1)).first()


def _reaches(db: Session, kind: str, start: int, goal: int) -> bool:
    """Can `goal` be reached from `start` along links of one kind? One query for each step of distance."""
    seen, edge = {start}, {start}
    while edge and len(seen) < MOST_STEPS:
        if goal in seen:
            return True
        found = db.scalars(
            select(Link.local_target_id).where(Link.type == kind, Link.local_base_id.in_(edge))
        )
        edge = {number for number in found if number is not None} - seen
        seen |= edge
    return goal in seen
