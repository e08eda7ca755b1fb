"""Merging: one ticket goes on in another, and both numbers stay good for ever."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from rtpy.changes.allowed import need
from rtpy.changes.bookmarks import move_bookmarks
from rtpy.changes.change import Record
from rtpy.changes.read_marks import move_read_marks
from rtpy.changes.roles import roles_of
from rtpy.errors import Refused
from rtpy.links.uris import ticket_uri
from rtpy.models import Link, Ticket, Transaction, Watcher
from rtpy.models.locks import lock_tickets
from rtpy.rights.names import Right
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class MergeInto:
    """Merge the ticket into `target`. The history of both is read there from now on; nothing of it is moved."""

    target: Ticket

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyTicket on both; only tickets that are none of each other's already."""
        target = self.target
        need(work, ticket, Right.MODIFY_TICKET)
        need(work, target, Right.MODIFY_TICKET)
        if target.id == ticket.id:
            raise Refused(f"Ticket #{ticket.id} cannot be merged into itself.")
        if target.merged_into_id is not None:
            raise Refused(f"Ticket #{target.id} was merged into #{target.merged_into_id}: choose that one.")
        if ticket.type != "ticket" or target.type != "ticket":
            raise Refused("Only tickets can be merged, not reminders or approvals.")

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Sums the times, joins the people, moves the links, and leaves a transaction on both."""
        target, db = self.target, work.db
        lock_tickets(db, ticket, target)
        target.time_worked += ticket.time_worked
        target.time_estimated += ticket.time_estimated
        target.time_left += ticket.time_left
        ticket.merged_into_id = target.id
        db.flush()  # the bulk statements below must see it
        db.execute(update(Ticket).where(Ticket.merged_into_id == ticket.id).values(merged_into_id=target.id))
        self._join_people(work, ticket)
        self._move_links(work, ticket)
        move_bookmarks(db, ticket.id, target.id)
        move_read_marks(db, ticket.id, target.id)
        organization = work.app.config.organization
        here, there = ticket_uri(organization, ticket.id), ticket_uri(organization, target.id)
        db.add(
            Link(
                type="MergedInto", base=here, target=there, local_base_id=ticket.id, local_target_id=target.id
            )
        )
        yield Record(Transaction(type="AddLink", field="MergedInto", new_value=here), ticket=target)
        yield Record(Transaction(type="AddLink", field="MergedInto", new_value=there))

    def _join_people(self, work: Work, ticket: Ticket) -> None:
        db, target = work.db, self.target
        rows = db.execute(
            select(Watcher.ticket_id, Watcher.role, Watcher.principal_id).where(
                Watcher.ticket_id.in_((ticket.id, target.id))
            )
        ).all()
        there = {(row.role, row.principal_id) for row in rows if row.ticket_id == target.id}
        by_role = roles_of(work.app, db).by_role
        taken = {role for role, _ in there if role in by_role and by_role[role].is_single}
        for row in rows:
            if (
                row.ticket_id == ticket.id
                and (row.role, row.principal_id) not in there
                and row.role not in taken
            ):
                db.add(Watcher(ticket_id=target.id, role=row.role, principal_id=row.principal_id))

    def _move_links(self, work: Work, ticket: Ticket) -> None:
        db, target = work.db, self.target
        ends = (ticket.id, target.id)
        db.execute(
            delete(Link).where(
                Link.type != "MergedInto", Link.local_base_id.in_(ends), Link.local_target_id.in_(ends)
            )
        )
        links = db.scalars(
            select(Link).where(
                Link.type != "MergedInto", or_(Link.local_base_id.in_(ends), Link.local_target_id.in_(ends))
            )
        ).all()
        uri = ticket_uri(work.app.config.organization, target.id)
        seen: set[tuple[str, str, str]] = set()
        for link in sorted(links, key=lambda link: ticket.id in (link.local_base_id, link.local_target_id)):
            if link.local_base_id == ticket.id:
                link.base, link.local_base_id = uri, target.id
            if link.local_target_id == ticket.id:
                link.target, link.local_target_id = uri, target.id
            if (link.type, link.base, link.target) in seen:
                db.delete(link)
            seen.add((link.type, link.base, link.target))
