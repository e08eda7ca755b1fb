"""What the builder offers: fields by what they are about, columns, and values to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.request import Request
from sqlalchemy import select

from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.models import Group, GroupClosure, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.search.columns.column import CannotShow
from rtpy.search.columns.kinds import showing_of
from rtpy.search.compiling.custom_roles import roles_seen
from rtpy.search.compiling.field_names import fields_offered
from rtpy.search.fields.field import Asking, Kind
from rtpy.search.language.printer import show_name
from rtpy.search.language.tree import Name, Operator
from rtpy.search.run import fields_of
from rtpy.search.searched import Target
from rtpy.web.staff.search.kinds import KINDS

ITSELF = "About the ticket"
HEADINGS = {
    Kind.STATUS: ITSELF,
    Kind.QUEUE: ITSELF,
    Kind.TEXT: ITSELF,
    Kind.CHOICE: ITSELF,
    Kind.NUMBER: "Numbers and time",
    Kind.DATE: "Dates",
    Kind.USER: "People",
    Kind.ROLE: "People",
    Kind.GROUP: "Groups of people",
    Kind.MESSAGE: "Messages",
    Kind.LINK: "Links",
    Kind.CUSTOM_FIELD: "Custom fields",
}
ORDER = tuple(dict.fromkeys(HEADINGS.values()))
PARTS_OFFERED = ("EmailAddress", "Name", "RealName", "Organization")
NOT_OFFERED = frozenset(("CF", "CustomField", "CustomFieldValue", "Custom", "CustomRole"))
WORDS = {
    Operator.EQUALS: "is",
    Operator.DIFFERS: "is not",
    Operator.LESS: "less than, before",
    Operator.AT_MOST: "at most, until",
    Operator.GREATER: "more than, after",
    Operator.AT_LEAST: "at least, since",
    Operator.LIKE: "contains",
    Operator.NOT_LIKE: "does not contain",
    Operator.STARTS_WITH: "begins with",
    Operator.NOT_STARTS_WITH: "does not begin with",
    Operator.ENDS_WITH: "ends with",
    Operator.NOT_ENDS_WITH: "does not end with",
    Operator.IS: "is empty",
    Operator.IS_NOT: "is not empty",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
}
DATES = (
    "today",
    "yesterday",
    "1 hour ago",
    "1 day ago",
    "1 week ago",
    "1 month ago",
    "beginning of this month",
    "tomorrow",
    "in 7 days",
)
MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Choices:
    """Lists of values for the builder's inputs, by the id of a list; `list_of` says which one a field takes."""

    lists: dict[str, tuple[str, ...]]
    by_field: dict[str, str]
    kinds: dict[str, str]
    helps: dict[str, str]

    def list_of(self, field: str) -> str:
        """The id of the list for a field as it is written; empty for none."""
        return self.by_field.get(field.lower(), self.by_field.get(field.partition(".")[0].lower(), ""))

    def kind_of(self, field: str) -> str:
        """What it holds; empty for a field that is not known."""
        return self.kinds.get(field.lower(), self.kinds.get(field.partition(".")[0].lower(), ""))

    def takes_day(self, field: str) -> bool:
        """Is it a date, not a part of one?"""
        return self.kinds.get(field.lower()) == Kind.DATE

    def help_of(self, field: str) -> str:
        """A sentence about it; empty for a field that is not known."""
        return self.helps.get(field.lower(), self.helps.get(field.partition(".")[0].lower(), ""))


def offered_fields(request: Request, kind: Target = Target.TICKETS) -> list[tuple[str, tuple[str, ...]]]:
    """Headings with the fields below them, as they are written in a query."""
    below: dict[str, list[str]] = {heading: [] for heading in ORDER}
    for field in dict.fromkeys(fields_of(request.work, kind).values()):
        if (
            field.name in NOT_OFFERED
            or not field.operators
            or (field.name.startswith("Queue") and field.kind is Kind.CUSTOM_FIELD)
        ):
            continue
        heading = below[HEADINGS[field.kind]]
        heading.append(field.name)
        if field.kind is Kind.ROLE and field.name in ("Requestor", "Owner", "Cc", "AdminCc", "Watcher"):
            heading.extend(f"{field.name}.{part}" for part in PARTS_OFFERED)
    below["People"].extend(_custom_roles(request, kind))
    below["Custom fields"] = [show_name(Name("CF", (name,))) for name in _custom_fields(request, kind)]
    about = KINDS[kind].about
    return [
        (about if heading == ITSELF else heading, tuple(names)) for heading, names in below.items() if names
    ]


def offered_columns(request: Request, kind: Target = Target.TICKETS) -> list[tuple[str, str]]:
    """Names of columns with their titles, those of custom fields and roles too."""
    all_names = showing_of(kind).names(request.work)
    names = [name for name in all_names if not name.endswith("Relative")]
    relative = [name for name in all_names if name.endswith("Relative")]
    names += [
        show_name(Name("CF", (name,))).replace("CF.", "CustomField.", 1)
        for name in _custom_fields(request, kind)
    ]
    names += _custom_roles(request, kind)
    shown = [(name, title) for name in names if (title := _title(request, name, kind))]
    shown += [
        (name, f"{title}, as “2 days ago”") for name in relative if (title := _title(request, name, kind))
    ]
    return sorted(shown, key=lambda each: each[1].lower())


def _title(request: Request, name: str, kind: Target) -> str:
    """The title of a column; empty for what formats have no way to write, such as some signs in names of roles."""
    try:
        return showing_of(kind).named(request.work, name).title
    except CannotShow:
        return ""


def offered_orders(request: Request, kind: Target = Target.TICKETS) -> tuple[str, ...]:
    """Fields that can be sorted by, as they are written."""
    found = [
        field.name
        for field in dict.fromkeys(fields_of(request.work, kind).values())
        if field.order is not None and field.name not in NOT_OFFERED and field.kind is not Kind.CUSTOM_FIELD
    ]
    more = ("Custom.Ownership",) if kind is Target.TICKETS else ()
    return (*found, *(show_name(Name("CF", (name,))) for name in _custom_fields(request, kind)), *more)


def offered_choices(request: Request, kind: Target = Target.TICKETS) -> Choices:
    """Values for the builder's inputs. One query, for the names of staff."""
    asking = Asking(request.work, request.zone)
    lists: dict[str, tuple[str, ...]] = {"values-people": staff_names(request), "values-dates": DATES}
    by_field, kinds, helps = {}, {}, {}
    for key, field in fields_of(request.work, kind).items():
        kinds[key], helps[key] = field.kind.value, field.help
        if field.choices is not None:
            name = f"values-{field.name.lower()}"
            lists.setdefault(name, tuple(map(str, field.choices(asking)))[:MOST_PEOPLE])
            by_field[key] = name
        elif field.kind is Kind.DATE:
            by_field[key] = "values-dates"
        elif field.kind in (Kind.USER, Kind.ROLE):
            by_field[key] = "values-people"
    for definition in fields_offered(request.work, showing_of(kind).lookup):
        key = show_name(Name("CF", (definition.name,))).lower()
        if definition.type in (FieldType.DATE, FieldType.DATETIME):
            kinds[key], by_field[key] = Kind.DATE.value, "values-dates"
        elif definition.choices:
            by_field[key] = f"values-cf-{definition.id}"
            lists[by_field[key]] = tuple(choice.name for choice in definition.choices[:MOST_PEOPLE])
    return Choices(lists, by_field, kinds, helps)


def staff_names(request: Request) -> tuple[str, ...]:
    """`__CurrentUser__` and the names of all staff. One query."""
    rows = request.db.execute(
        select(User.name)
        .join(Principal, Principal.id == User.id)
        .join(GroupClosure, GroupClosure.member_id == User.id)
        .join(Group, Group.id == GroupClosure.group_id)
        .where(
            Group.name == PRIVILEGED,
            Group.domain == "SystemInternal",
            Principal.disabled.is_(False),
            User.merged_into_id.is_(None),
        )
        .order_by(User.name)
        .limit(MOST_PEOPLE)
    )
    return ("__CurrentUser__", "Nobody", *(row.name for row in rows))


def _custom_roles(request: Request, kind: Target) -> list[str]:
    """The custom roles that there are for the reader, as they are written."""
    if kind not in (Target.TICKETS, Target.ASSETS):
        return []
    lookup = showing_of(kind).lookup.value
    return [show_name(Name("CustomRole", (name,))) for _, name in roles_seen(request.work, lookup)]


def _custom_fields(request: Request, kind: Target) -> Sequence[str]:
    """Names of the fields that the reader may see anywhere."""
    if kind is not Target.TICKETS:
        return [each.name for each in fields_offered(request.work, showing_of(kind).lookup)]
    queues = {queue_id for queue_id, _ in request.queues_seen}
    names = {
        each.name
        for each in all_fields(request.app, request.db).values()
        if each.lookup == Lookup.TICKET
        and not each.disabled
        and any(
            sees(request.work, each, place) for place in ({0, *queues} if 0 in each.places else each.places)
        )
    }
    return sorted(names, key=str.lower)
