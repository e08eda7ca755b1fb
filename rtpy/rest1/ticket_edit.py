"""Changing a ticket: each field of the form that differs is one change, and one that fails stops no other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rtpy.changes.allowed import may
from rtpy.changes.change import Change
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_each
from rtpy.changes.ticket.basics import SetEstimate, SetPriority, SetSubject
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.further import SetPriorityBound, SetText
from rtpy.changes.ticket.owner import SetOwner, Steal
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.changes.ticket.queue import SetQueue
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import field_named
from rtpy.models import Ticket
from rtpy.rest.naming import find_queue, find_user
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value, as_items, as_text, custom_name, plain_name
from rtpy.rest1.frame import BAD_REQUEST, SYNTAX_ERROR, Stopped, remark
from rtpy.rest1.minutes import read_minutes
from rtpy.rest1.moments import read_date
from rtpy.rest1.objects import Spec
from rtpy.rest1.people import principals_of
from rtpy.rest1.result import Result
from rtpy.rest1.ticket_form import ROLES, address_of, read_tickets
from rtpy.rest1.ticket_new import read_number
from rtpy.rest1.tickets import hidden, see_ticket
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.search.columns.people import watchers_of

IGNORED = frozenset({"id", "type", "creator", "content-type", "lastupdated"})


def edit(call: Call, spec: Spec, form: Form) -> Result:
    """Nothing at all is said when everything is as it was."""
    ticket = _modifiable(call, spec, form)
    shown = read_tickets(call, [ticket.id])[ticket.id]
    planned, problems = [], []
    for name, value in sorted(form.fields, key=lambda each: ORDER.get(each[0].lower(), ORDER[""])):
        if name.lower() in IGNORED or _is_same(shown, name, value):
            continue
        try:
            with (
                call.work.db.begin_nested()
            ):  # an address may make a contact, which stays only if all make sense
                found = list(_Edit(call, ticket, shown).changes(name, value))
            planned += [(name.lower(), change) for change in found]
        except Invalid as invalid:
            problems += [f"{name.lower()}: {problem.message}" for problem in invalid.problems]
        except RtpyError as problem:
            problems.append(f"{name.lower()}: {problem}")
    is_changed = False
    if planned:
        tried = change_each(call.work, ticket, *(change for _, change in planned))
        is_changed = any(each.transactions for each in tried)
        problems += [
            f"{name}: {each.problem}"
            for (name, _), each in zip(planned, tried, strict=True)
            if each.problem is not None
        ]
    updated = (f"Ticket {ticket.id} updated.",) if is_changed else ()
    if problems:
        return Result((*problems, *updated), SYNTAX_ERROR, form)
    return Result(updated)


def _modifiable(call: Call, spec: Spec, form: Form) -> Ticket:
    """Needs ModifyTicket as in RT; to delete and nothing else DeleteTicket."""
    fields = [(name.lower(), as_text(value)) for name, value in form.fields if name.lower() not in IGNORED]
    deletes = [(name, text.strip().lower()) for name, text in fields] == [("status", "deleted")]
    right, deed = (Right.DELETE_TICKET, "delete") if deletes else (Right.MODIFY_TICKET, "modify")
    ticket = see_ticket(call, spec.number, status=BAD_REQUEST, deed=deed).ticket
    if not may(call.work, ticket, right):
        raise Stopped(remark(hidden(ticket.id, deed)))
    return ticket


def _is_same(shown: Form, name: str, value: Value) -> bool:
    """Does the form give the field as it is shown? Lists in whatever order."""
    present = {plain_name(each): held for each, held in shown.fields}.get(plain_name(name))
    if present is None:
        return False
    if isinstance(present, str) and isinstance(value, str):
        return present.strip() == value.strip()
    return sorted(each.lower() for each in as_items(present)) == sorted(
        each.lower() for each in as_items(value)
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """Fields of one ticket as changes."""

    call: Call
    ticket: Ticket
    shown: Form

    def changes(self, name: str, value: Value) -> Iterator[Change]:
        """What a field asks for; Invalid when it makes no sense."""
        known = CHANGES.get(name.lower())
        if known is not None:
            yield from known(self, value)
        elif (own := custom_name(name)) is not None:
            yield self._custom(name, own, value)
        else:
            raise Invalid(Problem(name.lower(), "Unknown field."))

    def _custom(self, name: str, own: str, value: Value) -> Change:
        work, queue_id = self.call.work, self.ticket.queue_id
        definition = field_named(work.app, work.db, Lookup.TICKET, own, queue_id)
        roles = roles_held(work.db, work.rights.principals, self.ticket)
        if definition is None or definition.disabled or not sees(work, definition, queue_id, roles):
            raise Invalid(Problem(name.lower(), "Unknown field."))
        is_one = definition.is_single or definition.facts.is_long
        values = [as_text(value)] if is_one else as_items(value)
        return SetCustomField(definition.id, tuple(values), self.call.zone)

    def people(self, role: str, value: Value) -> Iterator[Change]:
        """The list replaces the role. Who is in it is known by what is shown, or by name and number."""
        held = watchers_of(self.call.work.db, [self.ticket.id]).get(self.ticket.id, {}).get(role, [])
        by_word = {
            word.lower(): person.id for person in held for word in (person.fields["Name"], address_of(person))
        }
        items = as_items(value)
        new = [item for item in items if item.lower() not in by_word]
        wanted = {by_word[item.lower()] for item in items if item.lower() in by_word}
        wanted_new = principals_of(self.call, new, role)
        present = {person.id for person in held}
        yield from (AddWatcher(role, each) for each in wanted_new if each not in present)
        stay = wanted | set(wanted_new)
        yield from (DeleteWatcher(role, each) for each in sorted(present - stay))


Planner = Callable[[_Edit, Value], Iterator[Change]]


def _queue(edit: _Edit, value: Value) -> Iterator[Change]:
    name = as_text(value).strip()
    queue = find_queue(edit.call.work.db, name) if name else None
    work = edit.call.work
    knows = queue is not None and any(
        work.rights.of(right).in_queue(queue.id) for right in (Right.SEE_QUEUE, Right.CREATE_TICKET)
    )
    if queue is None or not knows:
        raise Invalid(Problem("queue", f"Queue {name[:80]} does not exist"))
    yield SetQueue(queue)


def _owner(edit: _Edit, value: Value) -> Iterator[Change]:
    """Somebody else's ticket is stolen for oneself, as RT does it here."""
    name, ticket, work = as_text(value).strip(), edit.ticket, edit.call.work
    owner = find_user(work.db, name or "Nobody", by_address=True)
    if owner is None:
        raise Invalid(Problem("owner", "That user does not exist"))
    if owner.id == ticket.owner_id:
        return
    is_taken = ticket.owner_id not in (work.app.nobody_id(work.db), work.actor.user_id)
    yield Steal() if is_taken and owner.id == work.actor.user_id else SetOwner(owner)


def _subject(edit: _Edit, value: Value) -> Iterator[Change]:
    yield SetSubject(as_text(value))


def _status(edit: _Edit, value: Value) -> Iterator[Change]:
    status = as_text(value).strip()
    if not status:
        raise Invalid(Problem("status", "Status '' isn't a valid status for this ticket."))
    yield SetStatus(status)


def _priority(edit: _Edit, value: Value) -> Iterator[Change]:
    yield SetPriority(read_number(as_text(value), edit.ticket.queue, "Priority") or 0)


def _bound(field: str) -> Planner:
    def plan(edit: _Edit, value: Value) -> Iterator[Change]:
        yield SetPriorityBound(field, read_number(as_text(value), edit.ticket.queue, field) or 0)

    return plan


def _sla(edit: _Edit, value: Value) -> Iterator[Change]:
    yield SetText("SLA", as_text(value).strip())


def _estimate(field: str) -> Planner:
    def plan(edit: _Edit, value: Value) -> Iterator[Change]:
        yield SetEstimate(field, read_minutes(as_text(value), field))

    return plan


def _worked(edit: _Edit, value: Value) -> Iterator[Change]:
    """The whole time: what is more or less than there is, is booked."""
    difference = read_minutes(as_text(value), "TimeWorked") - edit.ticket.time_worked
    if difference:
        yield AddTime(difference)


def _date(field: str) -> Planner:
    def plan(edit: _Edit, value: Value) -> Iterator[Change]:
        yield SetDate(field, read_date(edit.call, as_text(value), field))

    return plan


def _role(role: str) -> Planner:
    return lambda edit, value: edit.people(role, value)


def _fixed(field: str) -> Planner:
    def refuse(edit: _Edit, value: Value) -> Iterator[Change]:
        raise Invalid(Problem(field.lower(), f"{field} cannot be changed."))

    return refuse


CHANGES: Mapping[str, Planner] = {
    "queue": _queue,
    "subject": _subject,
    "priority": _priority,
    "initialpriority": _bound("InitialPriority"),
    "finalpriority": _bound("FinalPriority"),
    "timeestimated": _estimate("TimeEstimated"),
    "timeleft": _estimate("TimeLeft"),
    "timeworked": _worked,
    "created": _fixed("Created"),
    "starts": _date("Starts"),
    "started": _date("Started"),
    "due": _date("Due"),
    "resolved": _fixed("Resolved"),
    "told": _date("Told"),
    "sla": _sla,
    **{name.lower(): _role(role) for name, role in ROLES.items()},
    "requestor": _role(ROLES["Requestors"]),
    "owner": _owner,
    "status": _status,
}
"""Every field that can be changed, in lower case, in the order in which changes are made."""
ORDER = {name: place for place, name in enumerate([*list(CHANGES)[:-1], "", "status"])}
"""Custom fields come before the status, which may ask for them."""
