"""Who takes part, changed by customers: add a colleague, take one out, go oneself."""

from rtpy.changes.allowed import vouched
from rtpy.changes.change import Change
from rtpy.changes.people import person_for_address
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.squelching import SquelchAddress
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.work import Work
from rtpy_portal.access.sight import CC, PARTS
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.requests.deeds import NotNow, need_deed
from rtpy_portal.requests.people import participants_of
from rtpy_portal.words import Say


def add_colleague(work: Work, visitor: Visitor, ticket: Ticket, say: Say, address: str) -> None:
    """Let a colleague get copies. Raises Invalid, field `address`, with one answer for all whom they may not name."""
    need_deed(work, visitor, ticket, "add", say)
    wrong = Invalid(
        Problem("address", say("Please write the mail address of somebody of your organisation."))
    )
    try:
        with work.db.begin_nested(), vouched(work, ticket, Right.MODIFY_TICKET):
            # Who is made here and may not be named is undone with the rest.
            person = person_for_address(work.as_system(), address.strip().strip("<>"))
            change_ticket(work, ticket, AddWatcher(CC, person.id))
    except (Invalid, Refused) as refused:
        work.db.refresh(ticket)
        work.db.refresh(ticket, ["queue", "owner"])
        raise wrong from refused


def remove_colleague(work: Work, visitor: Visitor, ticket: Ticket, say: Say, user_id: int | None) -> None:
    """Take somebody out who gets copies. Raises NotNow for everybody else; nothing for who is gone already."""
    need_deed(work, visitor, ticket, "remove", say)
    people = participants_of(work, ticket, visitor)
    if any(each.user_id == user_id and (each.asked or each.is_you) for each in people):
        raise NotNow(say("Only people who get copies can be taken out here."))
    if user_id is None or all(each.user_id != user_id for each in people):
        return
    with vouched(work, ticket, Right.MODIFY_TICKET):
        change_ticket(work, ticket, DeleteWatcher(CC, user_id))


def leave_request(work: Work, visitor: Visitor, ticket: Ticket, say: Say) -> bool:
    """No more mails about it. True when the visitor takes part no longer; False for the only one who asked for it.

    That one stays, since there must be somebody to answer to, and their address gets no mail of this request.
    """
    need_deed(work, visitor, ticket, "leave", say)
    people = participants_of(work, ticket, visitor)
    me = next(each for each in people if each.is_you)
    is_last = me.asked and not any(each.asked and not each.is_you for each in people)
    changes: tuple[Change, ...] = (DeleteWatcher(CC, me.user_id),)
    if not is_last:
        changes = tuple(DeleteWatcher(role, me.user_id) for role in PARTS)
    elif me.address:
        changes = (*changes, SquelchAddress(me.address))
    with vouched(work, ticket, Right.MODIFY_TICKET):
        change_ticket(work, ticket, *changes)
    return not is_last
