"""Reading objects: `show` with their names, or the address of one."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from rtpy.rest1.attachments import show_attachments, show_single_attachments
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, write_forms
from rtpy.rest1.frame import Answer, RawAnswer, Stopped
from rtpy.rest1.groups import show_group_fields, show_groups, show_new_group
from rtpy.rest1.history import show_history, show_transactions
from rtpy.rest1.links import show_links
from rtpy.rest1.objects import MOST, BadSpec, Spec, read_specs
from rtpy.rest1.queues import show_new_queue, show_queue_fields, show_queues, show_ticket_fields
from rtpy.rest1.ticket_form import show_tickets
from rtpy.rest1.ticket_new import show_new_ticket
from rtpy.rest1.users import show_new_user, show_users

Reader = Callable[[Call, Sequence[Spec]], list[Form] | RawAnswer]

READS: dict[tuple[str, str], Reader] = {
    ("ticket", ""): show_tickets,
    ("ticket", "history"): show_history,
    ("ticket", "attachments"): show_attachments,
    ("ticket", "links"): show_links,
    ("transaction", ""): show_transactions,
    ("attachment", ""): show_single_attachments,
    ("attachment", "content"): show_single_attachments,
    ("user", ""): show_users,
    ("queue", ""): show_queues,
    ("queue", "customfields"): show_queue_fields,
    ("queue", "ticketcustomfields"): show_ticket_fields,
    ("group", ""): show_groups,
    ("group", "customfields"): show_group_fields,
}
"""What each kind of object and each attribute of it is read by; of an unknown attribute the object itself is shown."""

NEW: dict[str, Callable[[Call], Form]] = {
    "ticket": show_new_ticket,
    "user": show_new_user,
    "queue": show_new_queue,
    "group": show_new_group,
}
"""The forms for what is to be made."""


def show_objects(call: Call, type: str = "") -> Answer | RawAnswer:
    """Every object that the parameters `id` name."""
    ids = [text for text in call.given.all("id") if text.strip()]
    if not ids:
        raise Stopped("No objects specified.")
    specs: list[Spec] = []
    for text in ids:
        try:
            specs += read_specs(text, type)
        except BadSpec as bad:
            if str(bad).startswith("Invalid"):
                raise Stopped(f"Invalid object ID specified: '{text[:200]}'") from None
            raise Stopped(f"{bad}\n") from None
        if len(specs) > MOST:
            raise Stopped(f"At most {MOST} objects at once.")
    return _show(call, specs)


def show_object(call: Call, path: str) -> Answer | RawAnswer:
    """The object of an address."""
    try:
        specs = read_specs(path)
    except BadSpec as bad:
        return Answer(f"# {bad}\n\nid: {path[:200]}\n")
    return _show(call, specs)


def _show(call: Call, specs: list[Spec]) -> Answer | RawAnswer:
    forms: list[Form] = []
    for found in _read(call, specs):
        if isinstance(found, RawAnswer):
            if len(specs) > 1:
                raise Stopped("Content is shown of one attachment at a time.")
            return found
        forms += found
    if call.fields:
        forms = [form.only(call.fields) if form.fields and not form.raw else form for form in forms]
    return Answer(write_forms(forms))


def _read(call: Call, specs: Sequence[Spec]) -> Iterator[list[Form] | RawAnswer]:
    """Objects of one kind that follow each other are read together."""
    for is_new, some in groupby(specs, lambda spec: spec.is_new):
        if is_new:
            yield [_new(call, spec) for spec in some]
            continue
        for (kind, attribute, _), alike in groupby(
            some, lambda spec: (spec.type, spec.attribute, spec.arguments)
        ):
            reader = READS.get((kind, attribute)) or READS[kind, ""]
            yield reader(call, list(alike))


def _new(call: Call, spec: Spec) -> Form:
    if spec.type not in NEW:
        return Form((f"# Objects of type {spec.type} must be specified by numeric id.",))
    return NEW[spec.type](call)
