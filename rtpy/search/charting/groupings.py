"""What tickets can be grouped by, by name, and how each is done."""

from collections.abc import Callable

from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import ADMIN_CC, CC, REQUESTOR
from rtpy.search.charting.custom import custom_field_dimension, is_groupable
from rtpy.search.charting.dates import PARTS, STEPS, date_dimension
from rtpy.search.charting.dimension import Dimension
from rtpy.search.charting.people import role_dimension, user_dimension
from rtpy.search.charting.plain import (
    lifecycle_dimension,
    number_dimension,
    organization_dimension,
    priority_dimension,
    queue_dimension,
    site_dimension,
    text_dimension,
    word_dimension,
)
from rtpy.search.compile import field_named
from rtpy.search.compiling.custom_roles import roles_seen
from rtpy.search.compiling.field_names import fields_offered
from rtpy.search.fields.field import Asking, CannotSearch, Fields, Kind, SearchField
from rtpy.search.fields.tickets import ticket_fields
from rtpy.search.language.lexer import name_segments
from rtpy.search.language.printer import show_name
from rtpy.search.language.tree import Name

ROLES = {"requestor": REQUESTOR, "cc": CC, "admincc": ADMIN_CC}
_OWN: dict[str, Callable[[Asking, SearchField], Dimension]] = {
    "queue": queue_dimension,
    "lifecycle": lifecycle_dimension,
    "priority": priority_dimension,
    "initialpriority": priority_dimension,
    "finalpriority": priority_dimension,
    "organization": organization_dimension,
    "site": site_dimension,
}
_BY_KIND: dict[Kind, Callable[[Asking, SearchField], Dimension]] = {
    Kind.STATUS: word_dimension,
    Kind.CHOICE: word_dimension,
    Kind.TEXT: text_dimension,
    Kind.NUMBER: number_dimension,
}
_UNFIT = frozenset(("id", "effectiveid", "subject", "description"))
"""Fields that hardly two tickets share."""
PLAIN = ("Status", "Queue", "Priority", "SLA", "Type", "Lifecycle", "Organization", "Site")
PEOPLE = ("Owner", "Requestor", "Cc", "AdminCc", "Creator", "LastUpdatedBy")


def read_grouping(asking: Asking, text: str) -> Name:
    """`Created.Monthly`, `CF.{Severity}`, also RT 3's `CreatedMonthly`, with the field as it is spelled.

    Raises CannotSearch for what is no field.
    """
    parts = name_segments(text.strip())
    if not parts:
        raise CannotSearch(f"“{text[:60]}” is no name of a field.")
    name, fields = Name(parts[0], parts[1:]), ticket_fields(asking.work.app)
    field = fields.get(name.head.lower()) or _old_date(fields, name)
    if field is None:
        field = field_named(fields, name)
    if name.head.lower() not in fields:
        return Name(field.name, (name.head[len(field.name) :],))
    return Name(field.name, name.path)


def dimension_of(asking: Asking, text: str) -> Dimension:
    """How tickets are grouped by what the text names. Raises CannotSearch."""
    name = read_grouping(asking, text)
    field = ticket_fields(asking.work.app)[name.head.lower()]
    low = field.name.lower()
    if low in ROLES:
        return role_dimension(asking, field.name, ROLES[low], Name(field.name), name.path)
    if low == "customrole":
        return _custom_role(asking, name)
    if low == "cf":
        return custom_field_dimension(asking, name)
    if field.kind is Kind.DATE and field.column is not None:
        return date_dimension(asking, field, name)
    if field.column is not None and (field.kind is Kind.USER or low == "owner"):
        return user_dimension(asking, field.name, field.column, name)
    make = _OWN.get(low) or (_BY_KIND.get(field.kind) if field.column is not None else None)
    if make is None or low in _UNFIT:
        raise CannotSearch(f"Nothing can be grouped by {field.name}.")
    if name.path:
        raise CannotSearch(f"{field.name} has no parts; leave out “.{'.'.join(name.path)[:40]}”.")
    return make(asking, field)


def offered_groupings(asking: Asking) -> list[tuple[str, tuple[str, ...]]]:
    """Headings with what can be chosen, as `dimension_of` reads it."""
    fields = ticket_fields(asking.work.app)
    known = {each.lower() for each in (*PLAIN, *PEOPLE)}
    dates, more = [], []
    for field in dict.fromkeys(fields.values()):
        if field.column is None or field.name.lower() in known | _UNFIT:
            continue
        if field.kind is Kind.DATE:
            dates.append(field.name)
        elif field.kind in _BY_KIND or field.kind is Kind.USER:
            more.append(field.name)
    custom = [each.name for each in fields_offered(asking.work, "ticket") if is_groupable(each)]
    found = [
        ("Tickets", (*PLAIN, *more)),
        (
            "People",
            (*PEOPLE, *(show_name(Name("CustomRole", (name,))) for _, name in roles_seen(asking.work))),
        ),
        ("Custom fields", tuple(dict.fromkeys(show_name(Name("CF", (each,))) for each in custom))),
        *((name, tuple(f"{name}.{part}" for part in (*STEPS, *PARTS))) for name in dates),
    ]
    return [(heading, names) for heading, names in found if names]


def _custom_role(asking: Asking, name: Name) -> Dimension:
    called = name.path[0] if name.path else ""
    for number, title in roles_seen(asking.work, by_role=True):
        if title.lower() == called.lower() or str(number) == called:
            return role_dimension(
                asking, title, f"{PREFIX}{number}", Name("CustomRole", (title,)), name.path[1:]
            )
    raise CannotSearch(f"There is no custom role {called[:60]}.")


def _old_date(fields: Fields, name: Name) -> SearchField | None:
    if name.path:
        return None
    for part in (*STEPS, *PARTS):
        if name.head.lower().endswith(part.lower()):
            field = fields.get(name.head[: -len(part)].lower())
            if field is not None and field.kind is Kind.DATE:
                return field
    return None
