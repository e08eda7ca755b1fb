"""Custom fields as result columns: of tickets, and of the people on them, only as far as the reader sees them."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from rtpy.content.plain import html_to_text
from rtpy.customfields.brought import BroughtKind
from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.customfields.showing import moment, plain_text
from rtpy.fields.allowed import sees
from rtpy.fields.contents import Contents
from rtpy.fields.definitions import all_fields
from rtpy.search.columns.column import CannotShow, Column, Kind, Value
from rtpy.search.columns.page import Facts, TicketPage
from rtpy.search.columns.people import Person
from rtpy.search.columns.things import ThingPage
from rtpy.search.compiling.field_names import grants_on
from rtpy.search.language.printer import show_name
from rtpy.search.language.tree import Name
from rtpy.work import Work

_TYPED = (FieldType.DATE, FieldType.DATETIME)
Page = TicketPage | ThingPage


def ticket_field_column(work: Work, called: str) -> Column:
    """The field of tickets with that name, or number; where several queues have such a field, each ticket's own.

    Raises CannotShow when there is none.
    """
    found = _fields_named(work, Lookup.TICKET, called)
    title = found[0].name
    name = show_name(Name("CustomField", (title,)))

    def value(page: TicketPage, ticket: Facts) -> Value:
        held = page.contents.get(ticket.id, {})
        roles = page.reader_roles.get(ticket.id, frozenset())
        mine = [
            each
            for each in found
            if each.applies(ticket.queue_id) and sees(page.work, each, ticket.queue_id, roles)
        ]
        return _value_of(page, mine, held, is_typed=kind is Kind.DATE)

    kind = _kind_of(found)
    return Column(name, title, kind, value, drawn_by=_drawn_by(found))


def thing_field_column(work: Work, lookup: Lookup, called: str) -> Column:
    """The same for assets, articles and transactions, by a `ThingPage`. Raises CannotShow when there is none."""
    found = _fields_named(work, lookup, called)
    kind = _kind_of(found)

    def value(page: ThingPage, thing: Any) -> Value:
        held = page.contents.get(thing.id, {})
        mine = [each for each in found if each.id in held and thing.id in page.reads(each)]
        return _value_of(page, mine, held, is_typed=kind is Kind.DATE)

    name = show_name(Name("CustomField", (found[0].name,)))
    return Column(name, found[0].name, kind, value, drawn_by=_drawn_by(found))


def person_field_column(
    work: Work,
    head: str,
    title: str,
    called: str,
    players: Callable[[TicketPage, Facts], Sequence[Person]],
) -> Column:
    """The field of people with that name, of those who play a role. Raises CannotShow when there is none."""
    found = _fields_named(work, Lookup.USER, called)
    name = found[0].name

    def value(page: TicketPage, ticket: Facts) -> Value:
        mine = [each for each in found if not each.disabled and sees(page.work, each)]
        texts: list[str] = []
        for person in players(page, ticket) if mine else ():
            held = page.people_contents.get(person.id, {})
            texts += _texts(page, mine, held)
        return tuple(texts)

    return Column(f"{head}.CustomField.{{{name}}}", f"{title}: {name}", Kind.TEXT, value)


def _fields_named(work: Work, lookup: Lookup, called: str) -> list[FieldDefinition]:
    """Those that the reader may see somewhere; who may not see it is told the same as of one that there is not."""
    known = [
        each
        for each in all_fields(work.app, work.db).values()
        if each.lookup == lookup and not each.disabled and not grants_on(work, each).nowhere
    ]
    found = [each for each in known if each.name.casefold() == called.strip().casefold()]
    found = found or [each for each in known if str(each.id) == called.strip()]
    if not found:
        close = get_close_matches(called, sorted({each.name for each in known}), n=3)
        meant = f" Did you mean {' or '.join(close)}?" if close else ""
        raise CannotShow(
            f"There is no custom field {called[:60]} of {_WORDS[lookup]}, or you may not see it.{meant}"
        )
    return sorted(found, key=lambda each: (each.sort_order, each.id))


def _kind_of(found: Sequence[FieldDefinition]) -> Kind:
    is_dated = all(each.type in _TYPED and each.is_single for each in found)
    return Kind.DATE if is_dated else Kind.TEXT


def _drawn_by(found: Sequence[FieldDefinition]) -> BroughtKind | None:
    """The plugin's kind when all of them are of one, and it shows values in a way of its own."""
    kind = found[0].brought if len({each.type_name for each in found}) == 1 else None
    return kind if kind is not None and kind.show is not None else None


def _value_of(page: Page, mine: Sequence[FieldDefinition], held: Contents, *, is_typed: bool) -> Value:
    if not is_typed:
        return tuple(_texts(page, mine, held))
    for each in mine:
        for value in held.get(each.id, ()):
            return _moment(each, value)
    return None


def _moment(definition: FieldDefinition, value: FieldValue) -> Value:
    text = value.large or value.content
    try:
        return moment(text) if definition.type == FieldType.DATETIME else date.fromisoformat(text)
    except ValueError:
        return None


def _texts(page: Page, mine: Collection[FieldDefinition], held: Contents) -> list[str]:
    return [_text(page, each, value) for each in mine for value in held.get(each.id, ())]


def _text(page: Page, definition: FieldDefinition, value: FieldValue) -> str:
    text = plain_text(definition.type, value, page.zone)
    return html_to_text(text).strip() if definition.type == FieldType.HTML else text


_WORDS = {
    Lookup.TICKET: "tickets",
    Lookup.USER: "people",
    Lookup.ASSET: "assets",
    Lookup.ARTICLE: "articles",
    Lookup.TRANSACTION: "replies and comments",
}
