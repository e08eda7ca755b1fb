"""Where each kind of loose ends is mended."""

from collections.abc import Callable

from pyramid.request import Request

from rtpy_billing.loose_ends.board import BoardRow

Where = Callable[[Request, BoardRow], str | None]


def address_of(request: Request, row: BoardRow) -> str | None:
    """The page on which something can be done about it; None where the reader may not open it."""
    return _PLACES.get(row.kind.name, _ticket)(request, row)


def _ticket(request: Request, row: BoardRow) -> str | None:
    if row.ticket_id is None or row.subject is None:
        return None
    url: str = request.route_path("ticket.display", id=row.ticket_id)
    return url


def _reply(request: Request, row: BoardRow) -> str | None:
    url = _ticket(request, row)
    return None if url is None else f"{url}#composer"


def _mail(request: Request, row: BoardRow) -> str | None:
    if not request.work.rights.super_user:
        return None
    url: str = request.route_path("admin.mail.incoming")
    return url


def _customer(request: Request, row: BoardRow) -> str | None:
    if row.organization_id is None:
        return None
    url: str = request.route_path("organization.display", id=row.organization_id)
    return url


_PLACES: dict[str, Where] = {
    "unanswered": _reply,
    "spoke_last": _reply,
    "mail_stopped": _mail,
    "blocked": _customer,
    "no_address": _customer,
    "not_invoiced": _customer,
    "low_water": _customer,
    "agreement_ended": _customer,
    "miscounted": _customer,
}
