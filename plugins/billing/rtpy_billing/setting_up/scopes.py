"""For whom a rate, surcharge or rule holds: everybody, a customer, a line of an agreement, or a ticket."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from rtpy.models import Organization, Ticket
from rtpy.work import Work
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.pricing.words import Rung
from rtpy_billing.repricing.effects import changing_all, changing_one
from rtpy_billing.setting_up.named import chosen
from rtpy_billing.typed import Typed

SCOPES = {
    Rung.BOOK.value: "Everybody (the price book)",
    Rung.CUSTOMER.value: "One customer",
    Rung.LINE.value: "One line of an agreement",
    Rung.TICKET.value: "One ticket",
}
FIELDS = {Rung.CUSTOMER: "customer", Rung.LINE: "line", Rung.TICKET: "ticket"}
MODELS = {Rung.CUSTOMER: Organization, Rung.LINE: AgreementLine, Rung.TICKET: Ticket}

T = TypeVar("T")


def read_scope(work: Work, typed: Typed) -> tuple[Rung, int | None]:
    """The rung and the id there that a form says; a problem when the one is missing."""
    rung = Rung(typed.choice("rung", SCOPES, Rung.BOOK.value))
    if rung is Rung.BOOK:
        return rung, None
    found = chosen(work, typed, FIELDS[rung], MODELS[rung])
    if found is None and not any(problem.field == FIELDS[rung] for problem in typed.problems):
        typed.wrong(FIELDS[rung], "Which one?")
    return rung, found


def typed_scope(rung: str, scope_id: int | None) -> dict[str, str]:
    """The same the other way round."""
    field = FIELDS.get(Rung(rung))
    return {"rung": rung, **({field: str(scope_id)} if field and scope_id is not None else {})}


def changing(work: Work, scopes: Mapping[Rung, set[int]], change: Callable[[], T], *, confirmed: bool) -> T:
    """Make the change and price anew whoever it concerns: one customer where all scopes are that one's, else all."""
    owners = {owner(work, rung, scope_id) for rung, ids in scopes.items() for scope_id in ids or {0}}
    if len(owners) == 1 and (only := owners.pop()):
        return changing_one(work, only, change, confirmed=confirmed)
    return changing_all(work, change, confirmed=confirmed)


def owner(work: Work, rung: Rung, scope_id: int) -> int | None:
    """The customer whom this rung of this row concerns; None for all."""
    match rung:
        case Rung.CUSTOMER:
            return scope_id or None
        case Rung.LINE:
            line = work.db.get(AgreementLine, scope_id)
            return work.db.get_one(Agreement, line.agreement_id).organization_id if line else None
        case Rung.TICKET:
            ticket = work.db.get(Ticket, scope_id)
            return ticket.organization_id if ticket else None
        case _:
            return None
