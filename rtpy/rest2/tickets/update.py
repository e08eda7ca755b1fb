"""An update of a ticket: a document becomes steps, in RT's order: columns, custom fields, roles, links, merging."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from rtpy.changes.allowed import may
from rtpy.changes.customfields.checking import reading_of
from rtpy.changes.customfields.ticket import AddCustomFieldValue, DeleteCustomFieldValue, SetCustomField
from rtpy.changes.roles import KnownRole, roles_of
from rtpy.changes.ticket.links import NAMES, AddLink, DeleteLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.content.part import Part
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.fields.contents import contents_of
from rtpy.models import Link, Ticket, Watcher
from rtpy.rest.customers import is_staff
from rtpy.rest.field_values import ReadFields, read_fields, say_unfit
from rtpy.rest.link_targets import LINK_KEYS, LinkDeed, not_resolved, read_link_deeds
from rtpy.rest.names import read_principal_names
from rtpy.rest.naming import read_number
from rtpy.rest.people import read_people, role_difference
from rtpy.rest.refusals import PERMISSION_DENIED, is_about_rights, refusal
from rtpy.rest2.tickets.columns import COLUMNS, column_steps, queue_named
from rtpy.rest2.tickets.record import load_ticket
from rtpy.rest2.tickets.steps import Done, Step, label_of_ticket, take_steps
from rtpy.rest2.unknown import say_unknown
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.work import Work

ROLES = ("AdminCc", "Cc", "Requestor")
SHOWN_ROLES = ("Cc", "Requestor")
"""Customers read who has these."""
CUSTOM_ROLE = "RT::CustomRole-"
Document = Mapping[str, Any]  # Any: JSON
Uploads = Mapping[str, Part]

KNOWN = frozenset({*COLUMNS, *ROLES, *LINK_KEYS, "CustomFields", "CustomRoles", "MergeInto"})
SHOWN = frozenset({"TotalTimeWorked", "IsMerged"})
"""What a record shows and nobody sets: passed over, so that a whole record can be sent back."""


def update_ticket(
    work: Work, ticket: Ticket, document: Document, *, uploads: Uploads, action: Step | None = None
) -> list[Done]:
    """Do what the document asks for, each thing by itself. Raises Invalid for what cannot be meant at all."""
    steps = [] if action is None else [action]
    steps += column_steps(work, ticket, document)
    steps += field_steps(
        work, ticket, document, uploads=uploads, queue_id=_queue_then(work, ticket, document)
    )
    steps += role_steps(work, ticket, document)
    steps += _link_steps(work, ticket, document)
    steps += _merge_steps(work, document)
    steps += unknown_steps(ticket, document, KNOWN)
    return take_steps(work, ticket, steps)


def unknown_steps(ticket: Ticket, document: Document, known: frozenset[str]) -> list[Step]:
    """A sentence for each field that means nothing."""
    names = {each for each in document if each.startswith(CUSTOM_ROLE)}
    said = say_unknown(label_of_ticket(ticket.id), document, known | names, tolerated=SHOWN)
    return [Step(text=each) for each in said]


def field_steps(
    work: Work,
    ticket: Ticket,
    document: Document,
    *,
    uploads: Uploads,
    queue_id: int | None = None,
) -> list[Step]:
    """The custom fields of a document, in its order. Raises Invalid when they are no object."""
    value = document.get("CustomFields")
    by_role = work.rights.of(Right.SEE_CUSTOM_FIELD).by_role
    roles = roles_held(work.db, work.rights.principals, ticket) if value and by_role else frozenset()
    place = ticket.queue_id if queue_id is None else queue_id
    read = read_fields(work, Lookup.TICKET, place, value, roles=roles, uploads=uploads)
    steps = [Step(text=each) for each in read.problems]
    held = contents_of(work.db, Lookup.TICKET, ticket.id) if read.kept else {}
    for key in read.given.values:
        definition = read.definitions[key]
        if definition.facts.is_file:
            steps += _file_steps(definition, read, list(held.get(key, ())))
        else:
            values = tuple(read.given.values[key])
            steps.append(Step(SetCustomField(key, values), failed=_unfit(work, definition, values)))
    label = label_of_ticket(ticket.id)
    return steps + [Step(text=f"{label}: Unknown custom field '{name[:60]}'") for name in read.unknown]


def role_steps(work: Work, ticket: Ticket, document: Document) -> list[Step]:
    """The roles of a document: each list replaces who plays it. Raises Invalid for values of another kind."""
    roles = roles_of(work.app, work.db)
    wanted: list[tuple[str, KnownRole | None, Any]] = [
        (role, None, document[role]) for role in ROLES if role in document
    ]
    unknown: list[str] = []
    given = document.get("CustomRoles") or {}
    if not isinstance(given, Mapping):
        raise Invalid(Problem("CustomRoles", "CustomRoles must be an object of names and people"))
    for name, value in given.items():
        _add_role(
            roles.named(str(name)) or roles.by_role.get(f"CustomRole-{name}"), name, value, wanted, unknown
        )
    for name in [each for each in document if each.startswith(CUSTOM_ROLE)]:
        _add_role(roles.by_role.get(name.removeprefix("RT::")), name, document[name], wanted, unknown)
    steps: list[Step] = []
    if wanted:
        present = _players(work, ticket)
        make = may(work, ticket, Right.MODIFY_TICKET)
        for role, known, value in wanted:
            given = list(_role(work, role, known, value, present.get(role, set()), make=make))
            steps += (
                given if make or is_staff(work) else _of_oneself(work, given, is_shown=role in SHOWN_ROLES)
            )
    if unknown and not is_staff(work):  # they do not read who plays them, nor what they are called
        return [*steps, Step(text=PERMISSION_DENIED)]
    label = label_of_ticket(ticket.id)
    return steps + [Step(text=f"{label}: Unknown custom role '{name[:60]}'") for name in unknown]


def _of_oneself(work: Work, steps: list[Step], *, is_shown: bool) -> list[Step]:
    """What a customer who may not give roles can try, for themselves; of others they are told nothing, not even who
    there is: not by a sentence, nor by there being none."""
    own = [each for each in steps if getattr(each.change, "principal_id", 0) == work.actor.user_id]
    others = len(steps) > len(own)
    return [*own, *([Step(text=PERMISSION_DENIED)] if others or not (own or is_shown) else ())]


def _add_role(
    known: KnownRole | None,
    name: str,
    value: Any,
    wanted: list[tuple[str, KnownRole | None, Any]],
    unknown: list[str],
) -> None:
    if known is None or known.lookup != "ticket" or not known.is_enabled:
        unknown.append(str(name))
    else:
        wanted.append((known.role, known, value))


def _role(
    work: Work, role: str, known: KnownRole | None, value: Any, present: set[int], *, make: bool
) -> Iterator[Step]:
    people = read_people(work, value, make=make)
    yield from (
        Step(text=f"Could not add a principal as {known.name if known else role}: {each}")
        for each in people.problems
    )
    if known is not None and known.is_single:
        holder = people.ids[0] if people.ids else work.app.nobody_id(work.db)
        if not people.ids and people.problems:
            return
        yield Step(AddWatcher(role, holder), is_bare=True)
        return
    come, go = role_difference(present, people.ids)
    yield from (Step(AddWatcher(role, each)) for each in come)
    if people.repeated:
        names = read_principal_names(work, people.repeated)
        said = known.name if known else role
        for each in people.repeated:
            yield Step(text=f"{names.principal(str(each), by_address=True)} is already {said}")
    if not people.problems:  # who was meant is not known: nobody is taken away by mistake
        yield from (Step(DeleteWatcher(role, each)) for each in go)


def _players(work: Work, ticket: Ticket) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    asked = select(Watcher.role, Watcher.principal_id).where(Watcher.ticket_id == ticket.id)
    for role, principal in work.db.execute(asked):
        found.setdefault(role, set()).add(principal)
    return found


def _file_steps(definition: FieldDefinition, read: ReadFields, held: list[Any]) -> Iterator[Step]:
    """Files that come and go: those that the document does not name by their file name."""
    files = tuple(read.given.values[definition.id])
    if definition.is_single and files:
        yield Step(SetCustomField(definition.id, files))
        return
    for value in held:
        if value.content not in read.kept.get(definition.id, frozenset()):
            yield Step(DeleteCustomFieldValue(definition.id, value.id))
    for each in files:
        yield Step(AddCustomFieldValue(definition.id, each))


def _unfit(work: Work, definition: FieldDefinition, values: tuple[Any, ...]) -> Callable[[RtpyError], str]:
    def failed(problem: RtpyError) -> str:
        if isinstance(problem, Invalid):
            return say_unfit(definition, values, reading_of(work)) or str(problem)
        return refusal(problem)

    return failed


def _queue_then(work: Work, ticket: Ticket, document: Document) -> int:
    """The queue in which the ticket is when its custom fields are looked at."""
    if "Queue" not in document or "CustomFields" not in document:
        return ticket.queue_id
    try:
        queue = queue_named(work, document["Queue"])
    except Invalid:
        return ticket.queue_id
    return queue.id if queue else ticket.queue_id


def _link_steps(work: Work, ticket: Ticket, document: Document) -> list[Step]:
    held: dict[str, list[str]] | None = None

    def present(name: str) -> list[str]:
        nonlocal held
        if held is None:
            held = _links(work, ticket) if is_staff(work) else {}  # customers do not read links
        return held.get(name, [])

    try:
        deeds = read_link_deeds(document, present, work.app.config.organization)
    except Invalid as invalid:
        return [Step(text=f"{label_of_ticket(ticket.id)}: {invalid}")]
    return [_link(deed, ticket) for deed in deeds]


def _link(deed: LinkDeed, ticket: Ticket) -> Step:
    def failed(problem: RtpyError) -> str:
        text = str(problem)
        if is_about_rights(problem):
            return refusal(problem)
        if text.startswith("There is no") or "neither a ticket number" in text:
            return not_resolved(deed.target)
        if text.startswith(f"Ticket #{ticket.id} has no link"):
            return "Link not found"
        if text.endswith("cannot be linked to itself."):
            text = "Can't link a ticket to itself"
        return f"Link could not be created: {text}"

    if deed.adds:
        return Step(AddLink(deed.name, deed.target), failed=failed, same="Link already exists")
    return Step(DeleteLink(deed.name, deed.target), failed=failed)


def _links(work: Work, ticket: Ticket) -> dict[str, list[str]]:
    """The other ends of the ticket's links by our names for them, the oldest first. One query."""
    found: dict[str, list[str]] = {}
    names = {(kind, is_base): name for name, (kind, is_base) in NAMES.items()}
    mine = (Link.local_base_id == ticket.id) | (Link.local_target_id == ticket.id)
    for link in work.db.scalars(select(Link).where(mine).order_by(Link.id)):
        is_base = link.local_base_id == ticket.id
        name = names.get((link.type, is_base))
        if name:
            found.setdefault(name, []).append(link.target if is_base else link.base)
    return found


def _merge_steps(work: Work, document: Document) -> list[Step]:
    value = document.get("MergeInto")
    if not value:
        return []
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    number = read_number(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    target = load_ticket(work.db, number) if number is not None else None
    if target is None or not may(work, target, Right.SHOW_TICKET):
        return [Step(text=f"Couldn't load Ticket {str(value)[:20]}")]
    return [Step(MergeInto(target), done="Merge Successful")]
