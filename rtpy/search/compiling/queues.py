"""What hangs on queues: the queue itself, its lifecycle with the sets of statuses, its words for priorities."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.content.priorities import Labels, read_labels
from rtpy.db.among import one_of
from rtpy.db.base import table_of
from rtpy.errors import Invalid
from rtpy.lifecycle.lifecycle import TICKET
from rtpy.models import Queue, Ticket
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.search.compiling.plain import numbers_of
from rtpy.search.compiling.text import (
    EMPTINESS,
    EQUALITY,
    LIKES,
    NUMBER,
    compare,
    compare_exactly,
    compare_number,
    contained,
    is_missing,
)
from rtpy.search.compiling.values import id_of, is_list, need_no_part, number_of, values_of
from rtpy.search.fields.field import Asking, CannotSearch, Kind, SearchField
from rtpy.search.language.tree import Operator, Term

_tickets = table_of(Ticket).c
ACTIVE, INACTIVE = "__active__", "__inactive__"


@dataclass(frozen=True, slots=True)
class KnownQueue:
    """What searching needs of a queue; `lifecycle` in lower case."""

    id: int
    name: str
    lifecycle: str
    labels: Labels
    is_disabled: bool


_ROWS = select(Queue.id, Queue.name, Queue.lifecycle, Queue.priority_labels, Queue.disabled).order_by(
    func.lower(Queue.name)
)


def known_queues(app: App, db: Session) -> tuple[KnownQueue, ...]:
    """Every queue by name; no query as long as nobody changes one."""
    return remembered(app, db, "search.queues", _read)


def seen_queues(asking: Asking) -> Sequence[KnownQueue]:
    """Those that the reader may know of whatever role they play on a ticket."""
    grants = asking.work.rights.of(Right.SEE_QUEUE)
    return [each for each in known_queues(asking.work.app, asking.work.db) if grants.in_queue(each.id)]


def _read(db: Session) -> tuple[KnownQueue, ...]:
    return tuple(
        KnownQueue(row[0], row[1], row[2].lower(), _labels(row[3]), row[4])
        for row in db.connection().execute(_ROWS)
    )


def _labels(text: str) -> Labels:
    try:
        return read_labels(text)
    except Invalid:
        return ()


def _queue(asking: Asking, term: Term) -> ColumnElement[bool]:
    """By name or number. Who may see a ticket may read the name of its queue: of a queue without tickets that one may
    see nothing is found, as of none, so that nothing is told of it."""
    need_no_part(term)
    values = [str(each).lower() for each in values_of(term)]
    queues = known_queues(asking.work.app, asking.work.db)
    if term.operator in LIKES:
        ids = [each.id for each in queues if _like(each.name.lower(), term.operator.positive, values[0])]
    else:
        numbers = {id_of(each) for each in values}
        ids = [each.id for each in queues if each.name.lower() in values or each.id in numbers]
    return _in_queues(ids, negative=term.operator.is_negative)


def _lifecycle(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    values = [str(each).lower() for each in values_of(term)]
    queues = known_queues(asking.work.app, asking.work.db)
    if term.operator in LIKES:
        ids = [each.id for each in queues if _like(each.lifecycle, term.operator.positive, values[0])]
    else:
        ids = [each.id for each in queues if each.lifecycle in values]
    return _in_queues(ids, negative=term.operator.is_negative)


def _in_queues(ids: Sequence[int], *, negative: bool) -> ColumnElement[bool]:
    if len(ids) == 1:
        return _tickets.queue_id != ids[0] if negative else _tickets.queue_id == ids[0]
    return _tickets.queue_id.not_in(ids) if negative else _tickets.queue_id.in_(ids)


def _like(text: str, operator: Operator, value: str) -> bool:
    if operator is Operator.STARTS_WITH:
        return text.startswith(value)
    return text.endswith(value) if operator is Operator.ENDS_WITH else contained(value) in text


def _status(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    if term.operator not in EQUALITY:
        return compare_exactly(_tickets.status, term.operator, term.value)
    values = [str(each).lower() for each in values_of(term)]
    sets = [each for each in values if each in (ACTIVE, INACTIVE)]
    plain = [each for each in values if each not in sets]
    if not sets:
        return compare_exactly(_tickets.status, term.operator, plain if is_list(term) else plain[0])
    fits = _in_sets(asking, sets, plain)
    return ~fits if term.operator.is_negative else fits


def _in_sets(asking: Asking, sets: Iterable[str], plain: Sequence[str]) -> ColumnElement[bool]:
    """Statuses that are in one of the sets in the lifecycle of the ticket's own queue.

    As a rule a status is in the same set wherever it is: then the queues need not be looked at.
    """
    lives = {name: life for name, life in asking.work.app.lifecycles.by_name.items() if life.type == TICKET}
    wanted: dict[str, frozenset[str]] = {}
    for name, life in lives.items():
        active = {each.lower() for each in (*life.initial, *life.active)}
        inactive = {each.lower() for each in life.inactive}
        wanted[name] = frozenset(
            (active if ACTIVE in sets else set()) | (inactive if INACTIVE in sets else set())
        )
    everywhere = frozenset().union(*wanted.values())
    known = {name: {each.lower() for each in life.statuses} for name, life in lives.items()}
    if all(everywhere & known[name] == wanted[name] for name in lives):
        return one_of(_tickets.status, sorted({*everywhere, *plain}))
    by_statuses: dict[frozenset[str], list[int]] = defaultdict(list)
    for queue in known_queues(asking.work.app, asking.work.db):
        by_statuses[wanted.get(queue.lifecycle, frozenset())].append(queue.id)
    clauses = [
        and_(one_of(_tickets.queue_id, ids), one_of(_tickets.status, sorted(statuses)))
        for statuses, ids in by_statuses.items()
        if statuses
    ]
    return or_(false(), one_of(_tickets.status, plain) if plain else false(), *clauses)


def _status_choices(asking: Asking) -> Sequence[str]:
    found: dict[str, None] = {}
    for life in asking.work.app.lifecycles.by_name.values():
        if life.type == TICKET and not life.is_disabled:
            found.update(dict.fromkeys(each for each in life.statuses if each.lower() != "deleted"))
    return (*found, "__Active__", "__Inactive__")


def _lifecycle_choices(asking: Asking) -> Sequence[str]:
    lives = asking.work.app.lifecycles.by_name.values()
    return [life.name for life in lives if life.type == TICKET and not life.is_disabled]


def priority_field(name: str, column: Any, help: str) -> SearchField:
    """A priority: numbers, or the words that queues have for them. A word means all that is shown by it."""

    def clause(asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        values = values_of(term)
        if term.operator in LIKES or all(id_of(str(each).lstrip("+-")) is not None for each in values):
            return compare_number(column, term.operator, numbers_of(term))
        clauses = [_one_priority(asking, column, term.operator.positive, each) for each in values]
        fits = or_(*clauses)
        return ~fits if term.operator.is_negative else fits

    def order(_asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        return () if path else (column,)

    return SearchField(
        name, Kind.NUMBER, NUMBER, clause, help, choices=_label_choices, order=order, column=column
    )


def _one_priority(asking: Asking, column: Any, operator: Operator, value: object) -> ColumnElement[bool]:
    """One value: a number, or a word by the labels of each queue."""
    number = id_of(str(value).lstrip("+-"))
    if number is not None:
        return compare_number(
            column,
            operator if operator is not Operator.IN else Operator.EQUALS,
            number_of(value, "A priority"),
        )
    wanted = str(value).strip().lower()
    queues = known_queues(asking.work.app, asking.work.db)
    by_span: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for queue in queues:
        labels = [label.lower() for _, label in queue.labels]
        if wanted in labels:
            at = labels.index(wanted)
            least = queue.labels[at][0] if at else None  # what is below the lowest is shown by it too
            above = queue.labels[at + 1][0] if at + 1 < len(labels) else None
            by_span[least, above].append(queue.id)
    if not by_span:
        words = dict.fromkeys(label for queue in seen_queues(asking) for _, label in queue.labels)
        known = f": {', '.join(list(words)[:12])}" if words else ", and no queue has any"
        raise CannotSearch(f"“{str(value)[:40]}” is neither a number nor a word for a priority{known}.")
    spans = {span: _in_span(column, operator, *span) for span in by_span}
    if len(spans) == 1 and len(next(iter(by_span.values()))) == len(queues):
        return next(iter(spans.values()))
    return or_(*(and_(_tickets.queue_id.in_(by_span[span]), fits) for span, fits in spans.items()))


def _in_span(column: Any, operator: Operator, least: int | None, above: int | None) -> ColumnElement[bool]:
    """Priorities against the span that one word stands for: from `least` to below `above`."""
    everything = is_missing(column, Operator.IS_NOT)
    from_least = everything if least is None else compare(column, Operator.AT_LEAST, least)
    below = everything if above is None else compare(column, Operator.LESS, above)
    match operator:
        case Operator.LESS:
            return false() if least is None else compare(column, Operator.LESS, least)
        case Operator.AT_MOST:
            return below
        case Operator.GREATER:
            return false() if above is None else compare(column, Operator.AT_LEAST, above)
        case Operator.AT_LEAST:
            return from_least
        case _:
            return and_(from_least, below)


def _label_choices(asking: Asking) -> Sequence[str]:
    queues = seen_queues(asking)
    labels = {(number, label) for each in queues if not each.is_disabled for number, label in each.labels}
    return list(dict.fromkeys(label for _, label in sorted(labels)))


def _by_queue(column: Any) -> Any:
    name = (
        select(func.lower(column))
        .where(Queue.id == _tickets.queue_id)
        .correlate(table_of(Ticket))
        .scalar_subquery()
    )
    return lambda _asking, path: () if path else (name,)


QUEUE = SearchField(
    "Queue",
    Kind.QUEUE,
    (*EQUALITY, *LIKES),
    _queue,
    "The queue, by its name or number.",
    choices=lambda asking: [each.name for each in seen_queues(asking) if not each.is_disabled],
    order=_by_queue(Queue.name),
    column=_tickets.queue_id,
)
LIFECYCLE = SearchField(
    "Lifecycle",
    Kind.CHOICE,
    (*EQUALITY, *LIKES),
    _lifecycle,
    "The lifecycle of its queue.",
    choices=_lifecycle_choices,
    order=_by_queue(Queue.lifecycle),
)
STATUS = SearchField(
    "Status",
    Kind.STATUS,
    (*EQUALITY, *LIKES, *EMPTINESS),
    _status,
    "The status; __Active__ is each that is not closed, __Inactive__ each that is.",
    choices=_status_choices,
    order=lambda _asking, path: () if path else (_tickets.status,),
    column=_tickets.status,
)
