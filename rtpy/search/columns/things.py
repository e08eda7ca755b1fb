"""What the pages of assets, articles and transactions have in common: people, custom fields, plain columns."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.fields.contents import Contents, contents_of_many
from rtpy.search.columns.column import CannotShow, Column, Kind, Value
from rtpy.search.columns.people import Person, people_by_id
from rtpy.search.compiling.field_names import grants_on
from rtpy.work import Work

Columns = Mapping[str, Column]
SHOWN_IN_MESSAGES = 60


class ThingPage:
    """Things of one kind, those of `ids` that the reader may see. Each kind of fact is asked for at its first use.

    A kind says by `read` how its rows become facts, and by `readable` on which of them a custom field may be read.
    """

    lookup: Lookup
    people_in: tuple[str, ...] = ()
    """The facts that are numbers of people."""

    def __init__(self, work: Work, ids: Sequence[int], zone: ZoneInfo) -> None:
        self.work = work
        self.zone = zone
        found = {each.id: each for each in self.read(list(ids))} if ids else {}
        self.facts: Mapping[int, Any] = {each: found[each] for each in ids if each in found}
        """By id, in the order that was asked for."""
        self._readable: dict[int, frozenset[int]] = {}

    def read(self, ids: list[int]) -> Iterable[Any]:
        """The facts of those that the reader may see. One query."""
        raise NotImplementedError

    def readable(self, definition: FieldDefinition) -> Select[Any]:
        """The numbers of the things here on which the reader may read the field."""
        raise NotImplementedError

    @property
    def ids(self) -> list[int]:
        """Of the things that are there."""
        return list(self.facts)

    @cached_property
    def single_people(self) -> Mapping[int, Person]:
        """Creators and the like, by id."""
        wanted = {getattr(each, name) for each in self.facts.values() for name in self.people_in}
        return people_by_id(self.work.db, wanted - {None})

    @cached_property
    def contents(self) -> Mapping[int, Contents]:
        """Values of custom fields, by thing and field; whether the reader may see them is asked by `reads`."""
        return contents_of_many(self.work.db, self.lookup, self.ids)

    def reads(self, definition: FieldDefinition) -> Collection[int]:
        """The things on which the reader may read the field. One query for a field, none for who reads it anywhere."""
        grants = grants_on(self.work, definition)
        if grants.everywhere or grants.nowhere:
            return self.facts if grants.everywhere else ()
        if definition.id not in self._readable:
            self._readable[definition.id] = frozenset(self.work.db.scalars(self.readable(definition)))
        return self._readable[definition.id]


def own(name: str, title: str, kind: Kind, attribute: str) -> Column:
    """A column of the thing's own row."""

    def value(_page: Any, thing: Any) -> Value:
        found: Value = getattr(thing, attribute)
        return found

    return Column(name, title, kind, value)


def dated(name: str, title: str, attribute: str) -> tuple[Column, Column]:
    """A moment, and the same as “2 days ago”."""
    exact = own(name, title, Kind.DATE, attribute)
    return exact, Column(f"{name}Relative", title, Kind.DATE, exact.value, is_relative=True)


def person(name: str, title: str, attribute: str) -> Column:
    """Somebody whose number stands in the thing's row."""

    def value(page: Any, thing: Any) -> Value:
        who = getattr(thing, attribute)
        return () if who is None else (page.single_people[who].shown,)

    return Column(name, title, Kind.PERSON, value)


def text(name: str, title: str, value: Callable[[Any, Any], Value]) -> Column:
    """Words that are worked out."""
    return Column(name, title, Kind.TEXT, value)


def by_name(columns: Iterable[Column]) -> Columns:
    """In the order in which a form offers them."""
    return {column.name: column for column in columns}


def column_among(columns: Columns, aliases: Mapping[str, str], name: str) -> Column | None:
    """The column of that name, without regard to case."""
    wanted = aliases.get(name.lower(), name).lower()
    return next((each for key, each in columns.items() if key.lower() == wanted), None)


def unknown(columns: Columns, name: str) -> CannotShow:
    """What is said of a name that is no column."""
    by_folded = {each.lower(): each for each in columns}
    close = get_close_matches(name.lower()[:SHOWN_IN_MESSAGES], by_folded, n=3)
    meant = f" Did you mean {' or '.join(by_folded[each] for each in close)}?" if close else ""
    return CannotShow(f"There is no column {name[:SHOWN_IN_MESSAGES]}.{meant}")


def among_ids(column: ColumnElement[int] | Any, page: ThingPage) -> ColumnElement[bool]:
    """A clause: it is one of the page."""
    clause: ColumnElement[bool] = column.in_(page.ids)
    return clause
