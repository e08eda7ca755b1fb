"""From a name to its column: plain ones, people's parts, custom fields and roles, links of one kind, plugins' own."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from rtpy.errors import Invalid, Problem
from rtpy.links.things import thing_of
from rtpy.links.uris import ticket_id_of
from rtpy.models.custom_role import PREFIX
from rtpy.search.columns.column import BroughtColumn, CannotShow, Column, Kind, Linked, Value
from rtpy.search.columns.custom_fields import person_field_column, ticket_field_column
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.search.columns.people import PERSON_FIELDS, Person, names_of
from rtpy.search.columns.table import LINK_TITLES, ROLES, SAME_LINK, SINGLE_PEOPLE, ticket_columns
from rtpy.search.compiling.custom_roles import roles_seen
from rtpy.work import Work

FIELD = re.compile(r"(?:CustomFieldView|CustomField|CF)\.(?:\{(.+)\}|(.+))", re.IGNORECASE | re.DOTALL)
"""The column of a custom field."""
_ESCAPED = re.compile(r"\\([\\}])")
_ROLE = re.compile(r"CustomRole\.(?:\{([^{}]+)\}|([^.{}]+))(?:\.(.+))?", re.IGNORECASE | re.DOTALL)
_PART = re.compile(r"([A-Za-z]+)\.(.+)", re.DOTALL)
_PEOPLE_FIELDS = {name.lower(): (name, words) for name, (words, _) in PERSON_FIELDS.items()}
_LINK_KINDS = {"ticket": "tickets", "asset": "assets", "article": "articles"}
_ALIASES = {"ownernameedit": "OwnerName", "hasmember": "Members", "dependenton": "DependedOnBy"}
SHOWN_IN_MESSAGES = 60

Players = Callable[[TicketPage, Facts], Sequence[Person]]


def column_named(work: Work, name: str) -> Column:
    """The column of that name, without regard to case. Raises CannotShow, which names the closest ones.

    A custom field that the reader may not see is an empty column. No query as a rule.
    """
    plain = _plain(work, name)
    if plain is not None:
        return plain
    field = FIELD.fullmatch(name)
    if field:
        return ticket_field_column(work, called_in(field))
    role = _ROLE.fullmatch(name)
    if role:
        return _custom_role(work, name, role[1] or role[2], role[3] or "")
    part = _PART.fullmatch(name)
    found = _part_named(work, part[1], part[2]) if part else None
    if found is None:
        raise CannotShow(_unknown(work, name))
    return found


def all_names(work: Work) -> tuple[str, ...]:
    """Every name without a dot, plugins' among them, for forms that offer columns."""
    return (*ticket_columns(), *_brought(work))


def called_in(field: re.Match[str]) -> str:
    """The name in a match of FIELD; in braces a backslash stands before } and itself, as in queries."""
    return _ESCAPED.sub(r"\1", field[1]) if field[1] else field[2]


def _plain(work: Work, name: str) -> Column | None:
    folded = name.lower()
    wanted = _ALIASES.get(folded, name)
    found = ticket_columns().get(wanted)
    if found is None:
        found = next((each for key, each in ticket_columns().items() if key.lower() == folded), None)
    if found is None:
        own = next((key for key in _brought(work) if key.lower() == folded), None)
        found = _from_plugin(own, _brought(work)[own]) if own else None
    return found


def _brought(work: Work) -> Mapping[str, BroughtColumn]:
    """Columns of plugins. Raises Invalid when one has the name of a column of ours."""
    found: Mapping[str, BroughtColumn] = work.app.named("rtpy_columns")
    ours = {name.lower() for name in ticket_columns()}
    for name in found:
        if name.lower() in ours or not re.fullmatch(r"\w+", name):
            sentence = (
                f"A plugin brings the column {name}: its name must be letters and digits, and one of its own."
            )
            raise Invalid(Problem("plugins", sentence))
    return found


def _from_plugin(name: str, brought: BroughtColumn) -> Column:
    return Column(name, brought.title, brought.kind, lambda page, ticket: page.brought(name, brought, ticket))


def _custom_role(work: Work, name: str, called: str, part: str) -> Column:
    known = roles_seen(work, by_role=True)
    named = [each for each in known if each[1].lower() == called.lower()]
    for number, title in named or [each for each in known if str(each[0]) == called]:
        found = _person_part(work, f"CustomRole.{{{title}}}", title, part, _players(f"{PREFIX}{number}"))
        if found is None:
            raise CannotShow(_unknown(work, name))
        return found
    close = get_close_matches(called, [title for _, title in roles_seen(work)], n=3)
    raise CannotShow(f"There is no custom role {called[:SHOWN_IN_MESSAGES]}{_did_you_mean(close)}")


def _part_named(work: Work, head: str, part: str) -> Column | None:
    """`Requestor.EmailAddress`, `Creator.City`, `DependsOn.{Ticket}`."""
    folded = head.lower()
    for name, (role, title) in ROLES.items():
        if name.lower() == folded:
            return _person_part(work, name, title, part, _players(role))
    for name, (attribute, title) in SINGLE_PEOPLE.items():
        if name.lower() == folded:
            return _person_part(work, name, title, part, _single(attribute))
    for name, title in {**LINK_TITLES, "HasMember": "Parts"}.items():
        kind = part.strip("{}").lower()
        if name.lower() == folded and kind in _LINK_KINDS:
            return _links_to(name, kind, title)
    return None


def _players(role: str) -> Players:
    return lambda page, ticket: page.players(ticket, role)


def _single(attribute: str) -> Players:
    return lambda page, ticket: [page.single_people[getattr(ticket, attribute)]]


def _person_part(work: Work, head: str, title: str, part: str, players: Players) -> Column | None:
    if not part:
        return Column(head, title, Kind.PERSON, lambda page, ticket: names_of(players(page, ticket)))
    field = FIELD.fullmatch(part)
    if field:
        return person_field_column(work, head, title, called_in(field), players)
    if part.lower() == "id":
        return Column(
            f"{head}.id",
            f"{title}: number",
            Kind.TEXT,
            lambda page, ticket: tuple(str(each.id) for each in players(page, ticket)),
        )
    if part.lower() not in _PEOPLE_FIELDS:
        return None
    name, words = _PEOPLE_FIELDS[part.lower()]

    def value(page: TicketPage, ticket: Facts) -> Value:
        return tuple(each.fields[name] for each in players(page, ticket) if name in each.fields)

    return Column(f"{head}.{name}", f"{title}: {words}", Kind.TEXT, value)


def _links_to(name: str, kind: str, title: str) -> Column:
    """Only the links to things of one kind (RT: `DependsOn.{Ticket}`)."""
    stored = SAME_LINK.get(name, name)

    def is_such(link: Linked, organization: str) -> bool:
        if kind == "ticket":
            return link.ticket_id is not None or ticket_id_of(link.uri, organization) is not None
        thing = thing_of(link.uri, organization)
        return thing is not None and thing[0] == kind

    def value(page: TicketPage, ticket: Facts) -> Value:
        organization = page.work.app.config.organization
        links = page.links.get(ticket.id, {}).get(stored, ())
        return tuple(link for link in links if is_such(link, organization))

    return Column(f"{name}.{{{kind.capitalize()}}}", f"{title}: {_LINK_KINDS[kind]}", Kind.LINK, value)


def _unknown(work: Work, name: str) -> str:
    shown, names = name[:SHOWN_IN_MESSAGES], all_names(work)
    head, dot, _ = name.partition(".")
    roles = {each.lower() for each in (*ROLES, *SINGLE_PEOPLE)}
    if dot and (head.lower() in roles or head.lower() == "customrole"):
        parts = _listed([*PERSON_FIELDS, "CustomField.{NAME}"])
        return f"There is no column {shown}. After a role and a dot may stand {parts}."
    folded = {each.lower(): each for each in names}
    close = get_close_matches(name.lower()[:SHOWN_IN_MESSAGES], list(folded), n=3)
    return f"There is no column {shown}{_did_you_mean(folded[each] for each in close)}"


def _did_you_mean(names: Iterable[str]) -> str:
    listed = _listed(list(names))
    return f". Did you mean {listed}?" if listed else "."


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
