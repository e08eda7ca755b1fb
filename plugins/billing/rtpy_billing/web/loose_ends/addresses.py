"""Where each kind of loose ends is mended."""

from collections.abc import Callable

from pyramid.request import Request

from rtpy_billing.capture.allowed import may_see
from rtpy_billing.loose_ends.board import BoardRow
from rtpy_billing.rights import (
    ADMIN_BILLING,
    APPROVE_BILLING,
    ISSUE_INVOICES,
    LOG_TIME,
    LOG_TIME_FOR_OTHERS,
    SEE_MONEY,
)

Where = Callable[[Request, BoardRow], str | None]
SEE_EXPENSES = (LOG_TIME_FOR_OTHERS, SEE_MONEY, APPROVE_BILLING)


def address_of(request: Request, row: BoardRow) -> str | None:
    """The page on which something can be done about it; None where the reader may not open any."""
    found = (place(request, row) for place in _PLACES.get(row.kind.name, (_ticket,)))
    return next((url for url in found if url is not None), None)


def _ticket(request: Request, row: BoardRow) -> str | None:
    if row.ticket_id is None or row.subject is None:
        return None
    url: str = request.route_path("ticket.display", id=row.ticket_id)
    return url


def _reply(request: Request, row: BoardRow) -> str | None:
    url = _ticket(request, row)
    return None if url is None else f"{url}#composer"


def _mail(request: Request, row: BoardRow) -> str | None:
    return _path(request, "admin.mail.incoming") if request.work.rights.super_user else None


def _recurrence(request: Request, row: BoardRow) -> str | None:
    if row.thing_id is None or not request.work.rights.super_user:
        return None
    return _path(request, "admin.recurring.modify", id=row.thing_id)


def _log_on_ticket(request: Request, row: BoardRow) -> str | None:
    if _ticket(request, row) is None or not request.work.rights.system(LOG_TIME):
        return None
    return _path(request, "billing.entries.create", _query={"ticket": row.ticket_id})


def _timers(request: Request, row: BoardRow) -> str | None:
    own = row.owner_id == request.work.actor.user_id
    return _path(request, "billing.timers.list") if own and _has(request, LOG_TIME) else None


def _day(request: Request, row: BoardRow) -> str | None:
    """The day of the person; `detail` is its date."""
    return _of_person(request, row, "billing.sheet.day", day=row.detail)


def _drafts(request: Request, row: BoardRow) -> str | None:
    return _of_person(request, row, "billing.entries.list", state="draft")


def _of_person(request: Request, row: BoardRow, route: str, **asked: str) -> str | None:
    if row.owner_id is None or not may_see(request.work, row.owner_id):
        return None
    if row.owner_id != request.work.actor.user_id:
        asked["worker"] = row.owner_login
    return _path(request, route, _query=asked)


def _entry(request: Request, row: BoardRow) -> str | None:
    """The owner of the row is who worked."""
    if row.thing_id is None or row.owner_id is None or not may_see(request.work, row.owner_id):
        return None
    return _path(request, "billing.entries.modify", id=row.thing_id)


def _expense(request: Request, row: BoardRow) -> str | None:
    own = row.owner_id == request.work.actor.user_id
    if row.thing_id is None or not (own or _has(request, *SEE_EXPENSES)):
        return None
    return _path(request, "billing.expenses.modify", id=row.thing_id)


def _prepare(request: Request, row: BoardRow) -> str | None:
    if row.organization_id is None or not _has(request, ISSUE_INVOICES):
        return None
    return _path(request, "billing.invoices.prepare", _query={"customer": row.organization_id})


def _complete(request: Request, row: BoardRow) -> str | None:
    if row.organization_id is None or not _has(request, ADMIN_BILLING):
        return None
    return _path(request, "billing.customers.modify", id=row.organization_id)


def _account(request: Request, row: BoardRow) -> str | None:
    if row.organization_id is None or not _has(request, SEE_MONEY):
        return None
    return _path(request, "billing.customer.display", id=row.organization_id)


def _customer(request: Request, row: BoardRow) -> str | None:
    if row.organization_id is None:
        return None
    return _path(request, "organization.display", id=row.organization_id)


def _of_nobody(request: Request, row: BoardRow) -> str | None:
    """Work that belongs to no customer."""
    if row.organization_id is not None or not may_see(request.work, 0):
        return None
    return _path(request, "billing.entries.list", _query={"worker": "*", "state": "open"})


def _agreement(request: Request, row: BoardRow) -> str | None:
    if row.thing_id is None or not _has(request, SEE_MONEY):
        return None
    return _path(request, "billing.agreements.display", id=row.thing_id)


def _deliver(request: Request, row: BoardRow) -> str | None:
    if row.thing_id is None or not _has(request, ISSUE_INVOICES):
        return None
    return _path(request, "billing.invoices.deliver", id=row.thing_id)


def _invoice(request: Request, row: BoardRow) -> str | None:
    if row.thing_id is None or not _has(request, SEE_MONEY):
        return None
    return _path(request, "billing.invoices.display", id=row.thing_id)


def _has(request: Request, *rights: str) -> bool:
    return any(request.work.rights.system(right) for right in rights)


def _path(request: Request, route: str, **given: object) -> str:
    url: str = request.route_path(route, **given)
    return url


_PLACES: dict[str, tuple[Where, ...]] = {
    "unanswered": (_reply,),
    "spoke_last": (_reply,),
    "mail_stopped": (_mail,),
    "not_spawned": (_recurrence,),
    "consent_unanswered": (_agreement, _ticket),
    "closed_without_time": (_log_on_ticket, _ticket),
    "old_timer": (_timers, _ticket),
    "short_day": (_day,),
    "old_draft": (_drafts,),
    "waiting_correction": (_entry, _ticket),
    "blocked": (_account, _customer, _of_nobody),
    "no_address": (_complete, _account, _customer),
    "not_invoiced": (_prepare, _account, _customer),
    "moved": (_entry, _ticket),
    "no_receipt": (_expense, _ticket),
    "part_unbilled": (_expense, _ticket),
    "undelivered": (_deliver, _invoice),
    "unpaid": (_invoice,),
    "low_water": (_agreement, _customer),
    "agreement_ended": (_agreement, _customer),
    "miscounted": (_agreement, _customer),
    "other_currency": (_agreement, _customer),
}
"""The best place first, then those for readers who may do less."""
