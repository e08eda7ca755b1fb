"""The form of a ticket: read for many at once, each kind of fact in one query."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.showing import plain_text
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import fields_for
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.rest.moments import ctime
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value, plain_name, quoted
from rtpy.rest1.objects import Spec
from rtpy.rest1.tickets import hidden, missing, numbers_in, targets_of
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.search.columns.people import Person

ROLES = {"Requestors": REQUESTOR, "Cc": CC, "AdminCc": ADMIN_CC}
"""Fields of people that are lists."""
FOR_STAFF = frozenset(
    "Priority InitialPriority FinalPriority AdminCc TimeEstimated TimeWorked TimeLeft SLA".split()
)
"""What customers do not read."""

Cell = Callable[[TicketPage, Facts, Call], Value]


def show_tickets(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """A form for each, or the sentence that says why there is none."""
    targets = targets_of(call, numbers_in(specs))
    found = read_tickets(call, list(dict.fromkeys(targets.values())), call.fields)
    forms = []
    for spec in specs:
        target = targets.get(spec.number or 0)
        if target is None:
            forms.append(Form((f"# {missing(spec.id)}",)))
        else:
            forms.append(found.get(target) or Form((f"# {hidden(spec.id)}",)))
    return forms


def read_tickets(call: Call, ids: Sequence[int], fields: Sequence[str] = ()) -> dict[int, Form]:
    """The forms of those that the caller may see, in order; with `fields` no more is read than these need."""
    page = TicketPage(call.work, ids, call.zone)
    wanted = frozenset(map(plain_name, fields))
    return {
        ticket.id: Form(fields=tuple(_fields(page, ticket, call, wanted))) for ticket in page.facts.values()
    }


def _fields(
    page: TicketPage, ticket: Facts, call: Call, wanted: Collection[str]
) -> Iterator[tuple[str, Value]]:
    for name, cell in CELLS.items():
        if wanted and name != "id" and name.lower() not in wanted:
            continue
        if name in FOR_STAFF and not call.is_staff:
            continue
        if name != "SLA" or ticket.sla:
            yield name, cell(page, ticket, call)
    if not wanted or any(name.startswith("cf.{") for name in wanted):
        yield from _custom(page, ticket, call, wanted)


def _custom(
    page: TicketPage, ticket: Facts, call: Call, wanted: Collection[str]
) -> Iterator[tuple[str, Value]]:
    work = call.work
    for definition in fields_for(work.app, work.db, Lookup.TICKET, ticket.queue_id):
        name = f"CF.{{{definition.name}}}"
        if wanted and plain_name(name) not in wanted:
            continue
        if sees(work, definition, ticket.queue_id, page.reader_roles.get(ticket.id, frozenset())):
            yield (
                name,
                shown_values(definition, page.contents.get(ticket.id, {}).get(definition.id, ()), call),
            )


def shown_values(definition: FieldDefinition, values: Iterable[FieldValue], call: Call) -> str:
    """Values of a custom field between commas without blanks; moments by the caller's clock."""
    texts = [plain_text(definition.type, value, call.zone) for value in values]
    return ",".join(texts if definition.is_single else map(quoted, texts))


def address_of(person: Person) -> str:
    """A person by mail address, else by name."""
    return person.fields.get("EmailAddress") or person.fields["Name"]


def _people(role: str) -> Cell:
    return lambda page, ticket, call: tuple(map(address_of, page.players(ticket, role)))


def _date(attribute: str) -> Cell:
    return lambda page, ticket, call: ctime(getattr(ticket, attribute), call.zone)


def _own(attribute: str) -> Cell:
    return lambda page, ticket, call: str(getattr(ticket, attribute))


def minutes(number: int) -> str:
    """A time as RT writes it here."""
    return f"{number} minutes" if number else "0"


def _minutes(attribute: str) -> Cell:
    return lambda page, ticket, call: minutes(getattr(ticket, attribute))


def _name(attribute: str) -> Cell:
    return lambda page, ticket, call: page.single_people[getattr(ticket, attribute)].fields["Name"]


CELLS: Mapping[str, Cell] = {
    "id": lambda page, ticket, call: f"ticket/{ticket.id}",
    "Queue": _own("queue"),
    "Owner": _name("owner_id"),
    "Creator": _name("creator_id"),
    "Subject": _own("subject"),
    "Status": _own("status"),
    "Priority": _own("priority"),
    "InitialPriority": _own("initial_priority"),
    "FinalPriority": _own("final_priority"),
    **{name: _people(role) for name, role in ROLES.items()},
    "Created": _date("created"),
    "Starts": _date("starts"),
    "Started": _date("started"),
    "Due": _date("due"),
    "Resolved": _date("resolved"),
    "Told": _date("told"),
    "LastUpdated": _date("last_updated"),
    "TimeEstimated": _minutes("time_estimated"),
    "TimeWorked": _minutes("time_worked"),
    "TimeLeft": _minutes("time_left"),
    "SLA": _own("sla"),
}
"""The plain fields in RT's order."""
