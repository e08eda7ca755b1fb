"""Making a ticket: the form with what is usual, and what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.basics import PRIORITY_RANGE
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.priorities import read_priority
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import Given
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.fields.allowed import sets
from rtpy.fields.definitions import field_named
from rtpy.models import Queue, User
from rtpy.rest.naming import find_queue, find_user
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value, as_items, as_text, custom_name
from rtpy.rest1.frame import OK, SYNTAX_ERROR
from rtpy.rest1.minutes import read_minutes
from rtpy.rest1.moments import read_date
from rtpy.rest1.objects import Spec
from rtpy.rest1.people import principals_of
from rtpy.rest1.result import Result
from rtpy.rest1.uploads import files_for, message_of
from rtpy.rights.names import Right
from rtpy.search.columns.page import labels_in

FAILED = "Could not create ticket."
IGNORED = frozenset({"id", "requestors", "type", "creator"})
FOR_STAFF = frozenset(
    "admincc owner priority initialpriority finalpriority timeestimated timeworked timeleft sla".split()
)
"""What customers do not read they do not write."""
EMPTY = ("", "0", "0 minutes", "nobody")
MESSAGE = frozenset({"text", "content-type", "attachment"})


def show_new_ticket(call: Call) -> Form:
    """The form with defaults, for the first queue in which the caller may make tickets."""
    may = call.work.rights.of(Right.CREATE_TICKET)
    open_queues = select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.id)
    queue = next((each for each in call.work.db.scalars(open_queues) if may.in_queue(each.id)), None)
    fields: list[tuple[str, Value]] = [
        ("id", "ticket/new"),
        ("Queue", queue.name if queue else ""),
        ("Requestor", call.login.email_address or call.login.name),
        ("Subject", ""),
        ("Cc", ()),
        ("AdminCc", ()),
        ("Owner", ""),
        ("Status", call.work.app.lifecycles.get(queue.lifecycle).on_create if queue else "new"),
        ("Priority", str(queue.initial_priority if queue else 0)),
        ("InitialPriority", str(queue.initial_priority if queue else 0)),
        ("FinalPriority", str(queue.final_priority if queue else 0)),
        ("TimeEstimated", "0"),
        ("Starts", call.work.now.astimezone(call.zone).strftime("%Y-%m-%d %H:%M:%S")),
        ("Due", ""),
        ("Attachment", ""),
        ("Text", ""),
    ]
    return Form(("# Required: id, Queue",), tuple(fields))


def create(call: Call, spec: Spec, form: Form) -> Result:
    """Make it; why it could not be made is told with status 200, as RT's clients expect it."""
    unknown = [name for name, _ in form.fields if name.lower() not in FIELDS and custom_name(name) is None]
    if unknown:
        rejected = Form(fields=tuple((name, value) for name, value in form.fields if name in unknown))
        lines = (FAILED, *(f"{name}: Unknown field" for name in unknown))
        return Result(lines, SYNTAX_ERROR, rejected)
    try:
        with call.work.db.begin_nested():
            draft = _Draft(call, form)
            outcome = create_ticket(call.work, draft.finish())
    except Invalid as invalid:
        return Result((FAILED, *(problem.message for problem in invalid.problems)), OK)
    except RtpyError as problem:
        return Result((FAILED, str(problem)), OK)
    remarks = [remark for remark in outcome.remarks if remark]
    return Result((*draft.remarks, *remarks, f"Ticket {outcome.ticket.id} created."), OK)


@dataclass
class _Draft:
    """A ticket that is put together field by field."""

    call: Call
    form: Form
    values: dict[str, object] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def finish(self) -> CreateTicket:
        """What the form asks for. Raises Invalid with everything that is wrong."""
        queue = self._queue()
        self.values["queue"] = queue
        problems: list[Problem] = []
        custom: dict[int, tuple[Given, ...]] = {}
        for name, value in self.form.fields:
            if name.lower() in FOR_STAFF and not self.call.is_staff:
                if as_text(value).strip().lower() not in EMPTY:
                    self.remarks.append(f"{name} is not yours to set.")
                continue
            try:
                known = FIELDS.get(name.lower())
                if known is not None:
                    known(self, value)
                else:
                    self._custom(name, value, custom)
            except Invalid as invalid:
                problems += invalid.problems
        try:
            subject = " ".join(self.form.text("Subject").split())
            self.values["message"] = message_of(self.form, files_for(self.call, self.form), subject)
        except Invalid as invalid:
            problems += invalid.problems
        if problems:
            raise Invalid(*problems)
        self.values.setdefault("initial_priority", queue.initial_priority)
        return CreateTicket(**self.values, fields=GivenFields(custom, self.call.zone))  # type: ignore[arg-type]

    def _queue(self) -> Queue:
        name = self.form.text("Queue").strip()
        queue = find_queue(self.call.work.db, name) if name else None
        knows = queue is not None and any(
            self.call.work.rights.of(right).in_queue(queue.id)
            for right in (Right.SEE_QUEUE, Right.CREATE_TICKET)
        )
        if queue is None or not knows:
            sentence = f"Could not find the queue '{name[:80]}'." if name else "No queue given."
            raise Invalid(Problem("queue", sentence))
        return queue

    @property
    def queue(self) -> Queue:
        """The queue that it goes into."""
        found = self.values["queue"]
        assert isinstance(found, Queue)
        return found

    def _custom(self, name: str, value: Value, custom: dict[int, tuple[Given, ...]]) -> None:
        work, own = self.call.work, custom_name(name) or ""
        definition = field_named(work.app, work.db, Lookup.TICKET, own, self.queue.id)
        if (
            definition is None
            or definition.disabled
            or not sets(work, definition, self.queue.id, creating=True)
        ):
            self.remarks.append(f"Invalid custom field name ({own[:80]})")
        elif definition.is_single or definition.facts.is_long:
            custom[definition.id] = (as_text(value),) if value else ()
        else:
            custom[definition.id] = tuple(as_items(value))

    def principals(self, value: Value, name: str) -> list[int]:
        """Whom a field names."""
        return principals_of(self.call, as_items(value), name)


Setter = Callable[[_Draft, Value], None]


def _text(key: str) -> Setter:
    def put(draft: _Draft, value: Value) -> None:
        draft.values[key] = " ".join(as_text(value).split())

    return put


def _requestors(draft: _Draft, value: Value) -> None:
    ids = draft.principals(value, "Requestor")
    people = [draft.call.work.db.get(User, each) for each in ids]
    if None in people:
        raise Invalid(Problem("requestor", "A requestor is a person, not a group."))
    draft.values["requestors"] = tuple(people)


def _watchers(key: str, name: str) -> Setter:
    def put(draft: _Draft, value: Value) -> None:
        draft.values[key] = tuple(draft.principals(value, name))

    return put


def _owner(draft: _Draft, value: Value) -> None:
    name = as_text(value).strip()
    if not name:
        return
    owner = find_user(draft.call.work.db, name, by_address=True)
    if owner is None:
        raise Invalid(Problem("owner", f"Owner '{name[:80]}' does not exist."))
    draft.values["owner"] = owner


def read_number(text: str, queue: Queue, name: str) -> int | None:
    """A priority as a number or as one of the queue's words; None for none. Raises Invalid."""
    if not text.strip():
        return None
    number = read_priority(text, labels_in(queue.priority_labels))
    if number is None or not PRIORITY_RANGE[0] <= number <= PRIORITY_RANGE[1]:
        raise Invalid(Problem(name.lower(), f"'{text.strip()[:40]}' is no priority."))
    return number


def _priority(key: str, name: str) -> Setter:
    def put(draft: _Draft, value: Value) -> None:
        number = read_number(as_text(value), draft.queue, name)
        if number is not None:
            draft.values[key] = number
            if key == "initial_priority":
                draft.values.setdefault("priority", number)

    return put


def _minutes(key: str, name: str) -> Setter:
    def put(draft: _Draft, value: Value) -> None:
        draft.values[key] = read_minutes(as_text(value), name)

    return put


def _date(key: str, name: str) -> Setter:
    def put(draft: _Draft, value: Value) -> None:
        draft.values[key] = read_date(draft.call, as_text(value), name)

    return put


def _nothing(draft: _Draft, value: Value) -> None:
    """It is read elsewhere, or does not count."""


FIELDS: Mapping[str, Setter] = {
    **dict.fromkeys((*IGNORED, *MESSAGE, "queue"), _nothing),
    "subject": _text("subject"),
    "status": _text("status"),
    "requestor": _requestors,
    "cc": _watchers("cc", "Cc"),
    "admincc": _watchers("admin_cc", "AdminCc"),
    "owner": _owner,
    "priority": _priority("priority", "Priority"),
    "initialpriority": _priority("initial_priority", "InitialPriority"),
    "finalpriority": _priority("final_priority", "FinalPriority"),
    "timeestimated": _minutes("time_estimated", "TimeEstimated"),
    "timeworked": _minutes("time_taken", "TimeWorked"),
    "timeleft": _minutes("time_left", "TimeLeft"),
    "starts": _date("starts", "Starts"),
    "started": _date("started", "Started"),
    "due": _date("due", "Due"),
    "resolved": _date("resolved", "Resolved"),
    "sla": _text("sla"),
}
"""Every field that a new ticket takes, in lower case."""
