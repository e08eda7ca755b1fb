"""A new ticket gets the level of its queue; a level is chosen in the forms of staff."""

from collections.abc import Mapping, Sequence

from rtpy.changes.change import Change
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.further import SetText
from rtpy.errors import Invalid, Problem
from rtpy.models import Ticket, Transaction
from rtpy.work import Work
from rtpy_sla.levels.known import first_level, levels_of

FIELD = "sla.level"


def give_level(work: Work, ticket: Ticket, transaction: Transaction) -> None:
    """On creation: what the queue says, for a ticket that names no level."""
    if transaction.type != "Create" or ticket.sla:
        return
    level = first_level(work.app, work.db, ticket.queue_id)
    if level is not None:
        change_ticket(work.as_system(), ticket, SetText("SLA", level.name))


def read_level(work: Work, ticket: Ticket, deed: str, given: Mapping[str, str]) -> Sequence[Change]:
    """What a form says about the level. Raises Invalid for a name that is none."""
    if deed not in ("create", "modify") or FIELD not in given:
        return ()
    name = given[FIELD].strip()
    if not name and deed == "create":
        return ()
    levels = levels_of(work.app, work.db)
    if name and name.lower() not in levels.by_name and name != ticket.sla:
        raise Invalid(Problem(FIELD, f"There is no level “{name[:64]}”: choose one of the list."))
    known = levels.by_name.get(name.lower())
    name = known.name if known is not None else name
    return () if name == ticket.sla else (SetText("SLA", name),)
