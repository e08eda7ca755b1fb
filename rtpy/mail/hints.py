"""What was made of a mail and may be wrong: noted, shown on the ticket, and put right with one click."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.errors import NotFound, Refused
from rtpy.models import MailHint, Queue, Ticket, Transaction, User, Watcher
from rtpy.models.watcher import CC, REQUESTOR
from rtpy.work import Work

FORWARDED = "Forwarded"
"""With this begins the remark on a message whose requestor was guessed."""
THANKED = "Says thanks only: the ticket stays closed"
"""The remark on a message that opened nothing."""


def note_hint(
    system: Work, transaction: Transaction, kind: str, *, original_id: int | None = None, sender_id: int
) -> None:
    """Note that somebody should look at what was made of a mail; `kind` as in `MailHint`."""
    system.db.add(
        MailHint(
            ticket_id=transaction.object_id,
            transaction_id=transaction.id,
            kind=kind,
            original_id=original_id,
            sender_id=sender_id,
            created=system.now,
        )
    )


def may_have_hints(remarks: Collection[str]) -> bool:
    """Do the remarks on a ticket's messages tell of one? So that the page of others asks nothing."""
    return any(f"{FORWARDED} by " in remark or THANKED in remark for remark in remarks)


def open_hints(work: Work, ticket_ids: Collection[int]) -> Sequence[tuple[MailHint, str, str]]:
    """Those of these tickets that nobody has settled, with the names of who was taken as requestor and who sent it.

    One query.
    """
    original, sender = _ORIGINAL, _SENDER
    rows = work.db.execute(
        select(MailHint, original, sender)
        .outerjoin(original, original.id == MailHint.original_id)
        .outerjoin(sender, sender.id == MailHint.sender_id)
        .where(MailHint.ticket_id.in_(ticket_ids), MailHint.settled.is_(None))
        .order_by(MailHint.id)
    )
    return [
        (hint, one.display_name if one else "", other.display_name if other else "")
        for hint, one, other in rows
    ]


def settle_hint(
    work: Work, ticket: Ticket, ticket_ids: Collection[int], hint_id: int, *, right: bool
) -> None:
    """Say that it was right, or put it back: the sender becomes the requestor, or the ticket is opened.

    Raises NotFound when it is not of this ticket or settled already, Refused when the actor may not change it.
    """
    hint = work.db.get(MailHint, hint_id, with_for_update=True)
    if hint is None or hint.ticket_id not in ticket_ids or hint.settled is not None:
        raise NotFound("Somebody has said so already.")
    hint.settled = work.now
    if not right:
        changes = _back(work, ticket, hint) if hint.kind == "forwarded" else _opened(work, ticket)
        change_ticket(work, ticket, *changes)


def _back(work: Work, ticket: Ticket, hint: MailHint) -> list[Change]:
    rows = work.db.execute(select(Watcher.role, Watcher.principal_id).where(Watcher.ticket_id == ticket.id))
    held = {(row.role, row.principal_id) for row in rows}
    assert hint.sender_id is not None
    changes: list[Change] = []
    if (REQUESTOR, hint.sender_id) not in held:
        changes.append(AddWatcher(REQUESTOR, hint.sender_id))
    if (REQUESTOR, hint.original_id) in held and hint.original_id is not None:
        changes.append(DeleteWatcher(REQUESTOR, hint.original_id))
    if (CC, hint.sender_id) in held:
        changes.append(DeleteWatcher(CC, hint.sender_id))
    if not changes:
        raise Refused("The requestors were changed already.")
    return changes


def _opened(work: Work, ticket: Ticket) -> list[Change]:
    lifecycle = work.app.lifecycles.get(work.db.get_one(Queue, ticket.queue_id).lifecycle)
    status = lifecycle.first_active_from(ticket.status) if lifecycle.is_inactive(ticket.status) else None
    if status is None:
        raise Refused(f"A ticket that is {ticket.status} cannot be opened.")
    return [SetStatus(status)]


_ORIGINAL, _SENDER = aliased(User), aliased(User)
