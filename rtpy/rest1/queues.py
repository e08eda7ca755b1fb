"""The forms of queues, and the custom fields of queues and of their tickets."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.contents import Contents
from rtpy.fields.definitions import fields_for
from rtpy.models import Queue
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value
from rtpy.rest1.objects import Spec
from rtpy.rest1.things import contents_for, custom_fields
from rtpy.rights.names import Right

COLUMNS = {
    "Name": "name",
    "Description": "description",
    "CorrespondAddress": "correspond_address",
    "CommentAddress": "comment_address",
}
FIELDS = (*COLUMNS, "Disabled", "SLADisabled")


def columns_for(call: Call) -> dict[str, str]:
    """Those that the caller reads: where comments go does not concern customers."""
    return (
        COLUMNS
        if call.is_staff
        else {name: each for name, each in COLUMNS.items() if name != "CommentAddress"}
    )


def show_queues(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """By number or name. Two queries, however many."""
    found = find_queues(call, [spec.id for spec in specs])
    contents = contents_for(call, Lookup.QUEUE, {queue.id for queue in found.values()})
    return [
        queue_form(call, queue, contents.get(queue.id, {}))
        if (queue := found.get(spec.id.lower()))
        else missing(spec)
        for spec in specs
    ]


def show_queue_fields(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """The custom fields that a queue itself has."""
    return _show_fields(call, specs, Lookup.QUEUE)


def show_ticket_fields(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """The custom fields that its tickets have."""
    return _show_fields(call, specs, Lookup.TICKET)


def show_new_queue(call: Call) -> Form:
    """The empty form."""
    fields: list[tuple[str, Value]] = [("id", "queue/new"), *((name, "") for name in COLUMNS)]
    return Form(("# Required: Name",), (*fields, ("Disabled", "0"), ("SLADisabled", "1")))


def queue_form(call: Call, queue: Queue, contents: Contents) -> Form:
    """The form of one."""
    fields: list[tuple[str, Value]] = [("id", f"queue/{queue.id}")]
    fields += [(name, getattr(queue, column)) for name, column in columns_for(call).items()]
    fields += [("Disabled", str(int(queue.disabled))), ("SLADisabled", "1")]
    fields += custom_fields(call, Lookup.QUEUE, queue.id, contents)
    return Form(fields=tuple(fields))


def missing(spec: Spec) -> Form:
    """RT's sentences for a number and for a name."""
    if spec.number is not None:
        return Form((f"# Queue {spec.id} does not exist.",))
    return Form((f"# No queue named {spec.id} exists.",), (("id", str(spec)),))


def find_queues(call: Call, names: Sequence[str]) -> dict[str, Queue]:
    """The queues that the caller may know of, by number and by name in lower case; closed ones by number only."""
    wanted = {name.lower() for name in names}
    numbers = {int(name) for name in wanted if name.isascii() and name.isdigit() and len(name) < 19}
    query = select(Queue).where(or_(Queue.id.in_(numbers), func.lower(Queue.name).in_(wanted)))
    rights = call.work.rights
    may = [rights.of(right) for right in (Right.SEE_QUEUE, Right.CREATE_TICKET, Right.ADMIN_QUEUE)]
    found: dict[str, Queue] = {}
    for queue in call.work.db.scalars(query):
        if not any(each.in_queue(queue.id) for each in may):
            continue
        if queue.id in numbers:
            found[str(queue.id)] = queue
        if not queue.disabled and queue.name.lower() in wanted:
            found.setdefault(queue.name.lower(), queue)
    return found


def list_fields(call: Call, head: str, definitions: Sequence[FieldDefinition], place: int) -> Form:
    """A line for each field that the caller may see: its name, in the long form with description and type."""
    fields: list[tuple[str, Value]] = [("id", head)]
    for each in definitions:
        if not sees(call.work, each, place):
            continue
        if not call.is_long:
            fields.append((each.name, ""))
            continue
        kind = f"{'SingleValue' if each.is_single else 'MultiValue'}{each.type}"
        name = f"{each.name} ({each.description})" if each.description else each.name
        fields.append((name, f"{kind} {each.pattern}".rstrip()))
    return Form(fields=tuple(fields))


def _show_fields(call: Call, specs: Sequence[Spec], lookup: Lookup) -> list[Form]:
    found = find_queues(call, [spec.id for spec in specs])
    forms = []
    for spec in specs:
        queue = found.get(spec.id.lower())
        if queue is None:
            forms.append(missing(spec))
            continue
        definitions = fields_for(call.work.app, call.work.db, lookup, queue.id)
        forms.append(list_fields(call, f"queue/{queue.id}", definitions, queue.id))
    return forms
