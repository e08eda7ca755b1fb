"""Grouping by what a ticket has one of: status, queue, lifecycle, priority, organisation, site, texts and numbers."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import String, case, cast, func, select

from rtpy.db.base import table_of
from rtpy.db.folding import Folded
from rtpy.models import Organization, OrganizationSite, Ticket
from rtpy.search.charting.dimension import Dimension, Group, Key, equals, is_null
from rtpy.search.compiling.queues import known_queues
from rtpy.search.compiling.values import id_of
from rtpy.search.fields.field import Asking, SearchField
from rtpy.search.language.tree import Both, Name, Node, Not, Operator, Term

_tickets = table_of(Ticket).c
EVERYTHING = Term(Name("id"), Operator.GREATER, 0)
Names = Callable[[Sequence[Key], Mapping[Key, str]], Mapping[Key, Group]]


def word_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By a word in lower case such as the status, in the order of the field's choices."""
    name = Name(field.name)
    choices = field.choices(asking) if field.choices is not None else ()
    places = {each.lower(): place for place, each in enumerate(choices)}
    written = {each.lower(): each for each in choices}

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {key: Group(written.get(str(key), str(key)), equals(name, str(key))) for key in keys}

    return Dimension(
        field.name,
        field.column,  # type: ignore[arg-type]
        describe,
        Not(EVERYTHING),
        is_text=True,
        order=lambda key: (places.get(str(key), 99), str(key)),
    )


def text_dimension(_asking: Asking, field: SearchField) -> Dimension:
    """By a text, without regard to case."""
    name = Name(field.name)
    column: Any = field.column

    def describe(keys: Sequence[Key], samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {key: Group(samples.get(key) or str(key), equals(name, str(key))) for key in keys}

    key = func.nullif(Folded(column), "")
    return Dimension(field.name, key, describe, is_null(name), is_text=True, sample=column)


def number_dimension(_asking: Asking, field: SearchField) -> Dimension:
    """By a number, from the smallest."""
    name = Name(field.name)

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {key: Group(f"{key:,}", equals(name, int(key))) for key in keys}

    somewhere: tuple[Node, ...] = (
        Term(name, Operator.AT_LEAST, 0),
        Term(name, Operator.LESS, 0),
    )
    none = Both(tuple(Not(each) for each in somewhere))
    return Dimension(field.name, field.column, describe, none, order=lambda key: key)  # type: ignore[arg-type]


def queue_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By queue: who may see a ticket may read the name of its queue."""
    name = Name(field.name)
    known = {each.id: each.name for each in known_queues(asking.work.app, asking.work.db)}

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {
            key: Group(known[int(key)], equals(name, _word(known[int(key)], int(key))))
            for key in keys
            if key in known
        }

    return Dimension(field.name, _tickets.queue_id, describe, Not(EVERYTHING))


def lifecycle_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By the lifecycle of the queue."""
    name = Name(field.name)
    ids: dict[str, list[int]] = defaultdict(list)
    for each in known_queues(asking.work.app, asking.work.db):
        ids[each.lifecycle].append(each.id)
    key = case(*((_tickets.queue_id.in_(mine), life) for life, mine in ids.items()), else_="")

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        return {each: Group(str(each), equals(name, str(each))) for each in keys}

    return Dimension(field.name, key, describe, Not(EVERYTHING), is_text=True)


def priority_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By the word that each queue has for the number; by the number in queues without words."""
    name, column = Name(field.name), field.column
    words: dict[str, tuple[int, str]] = {}
    by_labels: dict[Any, list[int]] = defaultdict(list)
    for queue in known_queues(asking.work.app, asking.work.db):
        by_labels[queue.labels].append(queue.id)
        for number, label in queue.labels:
            words.setdefault(label.lower(), (number, label))
    number_text = cast(column, String)
    ways = [
        (_tickets.queue_id.in_(ids), _word_of(column, labels) if labels else number_text)
        for labels, ids in by_labels.items()
    ]
    key = ways[0][1] if len(ways) == 1 else case(*ways, else_=number_text)
    wordless: tuple[Node, ...] = (Term(name, Operator.NOT_IN, tuple(words)),) if words else ()

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        found: dict[Key, Group] = {}
        for each in map(str, keys):
            if each in words:
                found[each] = Group(words[each][1], equals(name, words[each][1]))
            else:
                term: Node = equals(name, int(each))
                found[each] = Group(each, Both((term, *wordless)) if wordless else term)
        return found

    def order(each: Key) -> Any:
        return (words[str(each)][0], 0) if str(each) in words else (int(each), 1)

    return Dimension(field.name, key, describe, Not(EVERYTHING), is_text=True, order=order)


def _word_of(column: Any, labels: Any) -> Any:
    """The word by the highest label that is not above the number; what is below the lowest is called by it too."""
    ways = [(column >= number, label.lower()) for number, label in reversed(labels[1:])]
    lowest = labels[0][1].lower()
    return case(*ways, else_=lowest) if ways else case((column.is_not(None), lowest))


def organization_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By the client's organisation."""

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        asked = select(Organization.id, Organization.name).where(Organization.id.in_(keys))
        rows = asking.work.db.connection().execute(asked) if keys else ()
        name = Name(field.name)
        return {row[0]: Group(row[1], equals(name, _word(row[1], row[0]))) for row in rows}

    return Dimension(field.name, field.column, describe, is_null(Name(field.name)))  # type: ignore[arg-type]


def site_dimension(asking: Asking, field: SearchField) -> Dimension:
    """By the client's site; sites of two organisations that are called alike are two."""

    def describe(keys: Sequence[Key], _samples: Mapping[Key, str]) -> Mapping[Key, Group]:
        asked = (
            select(OrganizationSite.id, OrganizationSite.name, Organization.name)
            .join(Organization, Organization.id == OrganizationSite.organization_id)
            .where(OrganizationSite.id.in_(keys))
        )
        rows = asking.work.db.connection().execute(asked) if keys else ()
        return {row[0]: Group(f"{row[1]}, {row[2]}", equals(Name(field.name), row[0])) for row in rows}

    return Dimension(field.name, field.column, describe, is_null(Name(field.name)))  # type: ignore[arg-type]


def _word(text: str, number: int) -> str | int:
    """A name that is no number, for people to read; else the number."""
    return text if id_of(text) is None and not text.startswith("__") else number
