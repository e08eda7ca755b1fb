"""For whom something of the set-up holds, in words: by rung and id. Two queries when it is made."""

from pyramid.request import Request

from rtpy_billing.pricing.words import Rung
from rtpy_billing.web import choices


class Scopes:
    """Names of customers and lines, looked up once."""

    def __init__(self, request: Request) -> None:
        self._names = {
            Rung.CUSTOMER.value: dict(choices.customers(request)),
            Rung.LINE.value: dict(choices.lines(request)),
        }

    def name(self, rung: str, scope_id: int | None) -> str:
        """Everybody, the customer, the line, or the ticket's number."""
        if scope_id is None:
            return "Everybody"
        if rung == Rung.TICKET.value:
            return f"Ticket #{scope_id}"
        return self._names[str(rung)].get(
            scope_id, "An ended agreement" if rung == Rung.LINE.value else "A former customer"
        )
