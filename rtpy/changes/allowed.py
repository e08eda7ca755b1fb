"""May the actor do this: asked by every change, answered from the grants."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rtpy.errors import Refused
from rtpy.models import Queue, Ticket
from rtpy.rights.names import RIGHTS, Right
from rtpy.rights.roles import roles_held
from rtpy.work import Vouched, Work


def may(work: Work, ticket: Ticket, right: str) -> bool:
    """Does the actor hold `right` on `ticket`, now or when the present bundle began?"""
    if right in work.held.get(ticket.id, frozenset()):
        return True
    grants = work.rights.of(right)
    if grants.in_queue(ticket.queue_id):
        return True
    if not grants.roles_everywhere and not grants.roles_in:
        return False
    return grants.allows(ticket.queue_id, roles_held(work.db, work.rights.principals, ticket))


def may_in_queue(work: Work, queue: Queue | int, right: str) -> bool:
    """Does the actor hold `right` on the whole queue?"""
    return work.rights.of(right).in_queue(queue if isinstance(queue, int) else queue.id)


def knows_queue(work: Work, queue: Queue) -> bool:
    """May the actor know that there is this queue: do they see it, or may they write to it?"""
    return may_in_queue(work, queue, Right.SEE_QUEUE) or may_in_queue(work, queue, Right.CREATE_TICKET)


def need(work: Work, ticket: Ticket, *rights: str) -> None:
    """Raises Refused unless the actor holds at least one of `rights` on `ticket`."""
    if any(may(work, ticket, right) for right in rights):
        return
    raise Refused(f"You may not do that to ticket #{ticket.id}: {_names(rights)} needed.")


def need_in_queue(work: Work, queue: Queue, *rights: str) -> None:
    """Raises Refused unless the actor holds at least one of `rights` on `queue`."""
    if any(may_in_queue(work, queue, right) for right in rights):
        return
    raise Refused(f"You may not do that in queue {queue.name}: {_names(rights)} needed.")


def need_system(work: Work, *rights: str) -> None:
    """Raises Refused unless the actor holds at least one of `rights` on the whole system."""
    if any(work.rights.system(right) for right in rights):
        return
    raise Refused(f"You may not do that: {_names(rights)} needed.")


def held_now(work: Work, ticket: Ticket) -> frozenset[str]:
    """All rights that the actor holds on `ticket` now. At most one query, none for who needs no role."""
    rights = work.rights
    if rights.super_user:
        return frozenset((*RIGHTS, *work.app.named("rtpy_rights")))
    by_role = any(grants.roles_everywhere or grants.roles_in for grants in rights.by_right.values())
    roles = roles_held(work.db, rights.principals, ticket) if by_role else frozenset()
    return frozenset(
        name for name, grants in rights.by_right.items() if grants.allows(ticket.queue_id, roles)
    )


@contextmanager
def vouched(work: Work, ticket: Ticket, *rights: str) -> Iterator[None]:
    """Meanwhile the actor of this `work` may do what needs `rights` to this one ticket, by a rule of the caller's own.

    For a plugin that has rules for whom the grants say nothing of, such as customers: it has asked them before. Nobody
    else's work is concerned: not the scrips' and not that of another actor.
    """
    outer = work.held.get(ticket.id)
    work.held[ticket.id] = (held_now(work, ticket) if outer is None else outer) | frozenset(rights)
    try:
        yield
    finally:
        if outer is None:
            work.held.pop(ticket.id, None)
        else:
            work.held[ticket.id] = outer


@contextmanager
def vouched_creation(
    work: Work, queue: Queue, *, fields: Iterable[int] = (), people: Iterable[int] = ()
) -> Iterator[None]:
    """Meanwhile the actor of this `work` may make tickets in `queue`, give these custom fields (ids) their first
    values, and name these people, by a rule of the caller's own, such as a form that an administrator has set up.

    Of mandatory fields only these are asked for, since the form shows no others.
    """
    outer, work.creating = work.creating, Vouched(queue.id, frozenset(fields), frozenset(people))
    try:
        yield
    finally:
        work.creating = outer


def _names(rights: tuple[str, ...]) -> str:
    names = " or ".join(str(right) for right in rights)
    return f"the right {names} is" if len(rights) == 1 else f"one of the rights {names} is"


__all__ = [
    "Right",
    "held_now",
    "may",
    "may_in_queue",
    "need",
    "need_in_queue",
    "need_system",
    "vouched",
    "vouched_creation",
]
