"""What can be asked of transactions of tickets (RT's TransactionSQL): their own fields, and those of their tickets."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from rtpy.db.base import table_of
from rtpy.models import Attachment, Group, Ticket, Transaction
from rtpy.models.group import PRIVILEGED
from rtpy.remembered import remembered
from rtpy.search.compiling.dates import date_field, moment_of
from rtpy.search.compiling.field_names import fields_offered
from rtpy.search.compiling.people import PERSON, user_field, user_matches
from rtpy.search.compiling.plain import number_field, numbers_of, text_field
from rtpy.search.compiling.text import (
    EMPTINESS,
    EQUALITY,
    LIKES,
    NUMBER,
    ORDER,
    TEXT,
    compare,
    compare_number,
    compare_text,
)
from rtpy.search.compiling.values import need_no_part, values_of
from rtpy.search.compiling.visible import visible_transactions
from rtpy.search.fields.custom_fields import transaction_custom_field_fields
from rtpy.search.fields.field import Asking, Fields, Kind, SearchField
from rtpy.search.fields.tickets import OWN, by_name
from rtpy.search.language.tree import Operator, Term
from rtpy.search.text.matching import transaction_matches
from rtpy.work import Work

OF_TICKETS = (
    "Subject", "Queue", "Status", "Owner", "Requestor", "Creator", "LastUpdatedBy", "Created", "Started", "Resolved",
    "Told", "LastUpdated", "Starts", "Due", "Priority", "InitialPriority", "FinalPriority", "Type", "Organization",
)  # fmt: skip
"""Fields of tickets that can be asked of a transaction's ticket, with `Ticket` before their names."""
CHANGE = "CustomField"
"""The type of a change of a custom field."""
_origin = aliased(Ticket)
_columns, _tickets = table_of(Transaction).c, table_of(Ticket).c


def with_tickets(query: Any) -> Any:
    """Joins to transactions their tickets as these are now: the one into which a transaction's own was merged."""
    now = Ticket.id == func.coalesce(_origin.merged_into_id, _origin.id)
    return query.join(_origin, _origin.id == Transaction.object_id).join(Ticket, now)


def always_of_transactions(work: Work, names: frozenset[str]) -> list[ColumnElement[bool]]:
    """Only of tickets, only what the reader may read, nothing of what is deleted; of reminders only when asked for."""
    clauses = [
        Transaction.object_type == "ticket",
        visible_transactions(work, is_staff=_is_staff(work)),
        Ticket.status != "deleted",
    ]
    if "tickettype" not in names:
        clauses.append(Ticket.type == "ticket")
    return clauses


def transaction_fields(work: Work) -> Fields:
    """All fields of transactions, by name and alias; put together once for a process."""
    found: Fields | None = work.app.caches.get("search.transaction_fields")
    if found is None:
        found = work.app.caches["search.transaction_fields"] = by_name(transaction_search_fields())
    return found


def transaction_search_fields() -> tuple[SearchField, ...]:
    """The same in the order of the builder."""
    return (*_OWN, *transaction_custom_field_fields(), *_of_tickets())


def _is_staff(work: Work) -> bool:
    if work.rights.super_user:
        return True
    staff = remembered(work.app, work.db, "search.staff_group", _staff_group)
    return staff in work.rights.principals


def _staff_group(db: Any) -> int | None:
    found: int | None = db.scalar(
        select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED)
    )
    return found


def _of_tickets() -> list[SearchField]:
    by = {field.name: field for field in OWN}
    found = [_renamed(by[name], f"Ticket{name}") for name in OF_TICKETS]
    found.append(_renamed(by["Lifecycle"], "TicketQueueLifecycle"))
    found.append(
        SearchField(
            "TicketId",
            Kind.NUMBER,
            NUMBER,
            _ticket_id,
            "The number of the ticket.",
            order=lambda _asking, path: () if path else (_tickets.id,),
            column=_tickets.id,
        )
    )
    return found


def _renamed(field: SearchField, name: str) -> SearchField:
    help = f"Of the ticket: {field.help[:1].lower()}{field.help[1:]}"
    return replace(field, name=name, help=help, aliases=(), together=None)


def _ticket_id(_asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    value = numbers_of(term)
    if term.operator not in (Operator.EQUALS, Operator.IN):
        return compare_number(_tickets.id, term.operator, value)
    # By the index of transactions: its own number, and those that were merged into it.
    each = table_of(Ticket).alias().c
    merged = select(each.id).where(compare_number(each.merged_into_id, term.operator, value))
    own = and_(compare_number(_columns.object_id, term.operator, value), _origin.merged_into_id.is_(None))
    return or_(own, Transaction.object_id.in_(merged))


def _object_type(_asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    named = {str(each).lower().removeprefix("rt::") for each in values_of(term)}
    is_ticket = Transaction.object_type.in_(named & {"ticket"})
    return ~is_ticket if term.operator.is_negative else is_ticket


def _worker(asking: Asking, term: Term) -> ColumnElement[bool]:
    column = _columns.time_worker_id
    if term.operator in EMPTINESS and not term.name.path:
        return column.is_(None) if term.operator is Operator.IS else column.is_not(None)
    fits = user_matches(asking, column, replace(term, operator=term.operator.positive))
    if term.operator is Operator.IS:  # nobody worked, or somebody of whom this is not known
        return or_(column.is_(None), fits)
    if term.operator.is_negative:
        return or_(column.is_(None), ~fits)
    return and_(column.is_not(None), fits)


def _worked_on(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    column = _columns.time_worked_date
    if term.operator in EMPTINESS:
        return column.is_(None) if term.operator is Operator.IS else column.is_not(None)
    day = moment_of(asking, term.value).start.astimezone(asking.zone).date()
    fits = compare(column, term.operator.positive, day)
    return or_(column.is_(None), ~fits) if term.operator.is_negative else fits


def _content(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    fits = transaction_matches(asking.work, str(term.value))
    return fits.is_not(true()) if term.operator.is_negative else fits


def _part(name: str, column: Any, help: str) -> SearchField:
    """A column of the parts of the message: one of them must fit."""

    def compile_term(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        operator = term.operator
        fits = column != "" if operator in EMPTINESS else compare_text(column, operator.positive, term.value)
        there = exists().where(Attachment.transaction_id == Transaction.id, column != "", fits)
        negative = operator is Operator.IS or (operator.is_negative and operator is not Operator.IS_NOT)
        return ~there if negative else there

    return SearchField(name, Kind.TEXT, TEXT, compile_term, help)


def _changed_field(asking: Asking, term: Term) -> ColumnElement[bool]:
    """Changes of the custom field of that name; those that may not be seen are not found at all."""
    need_no_part(term)
    positive, wanted = term.operator.positive, [str(each).lower() for each in values_of(term)]
    ids = [
        str(field.id)
        for field in fields_offered(asking.work, "ticket")
        if any(_is_named(field.name.lower(), positive, each) for each in wanted)
    ]
    fits = and_(Transaction.type == CHANGE, Transaction.field.in_(ids))
    return ~fits if term.operator.is_negative else fits


def _is_named(name: str, operator: Operator, wanted: str) -> bool:
    match operator:
        case Operator.LIKE:
            return wanted in name
        case Operator.STARTS_WITH:
            return name.startswith(wanted)
        case Operator.ENDS_WITH:
            return name.endswith(wanted)
    return name == wanted


def _changed_value(name: str, column: Any, help: str) -> SearchField:
    def compile_term(_asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        fits = and_(Transaction.type == CHANGE, compare_text(column, Operator.IS_NOT, None))
        if term.operator not in EMPTINESS:
            fits = and_(Transaction.type == CHANGE, compare_text(column, term.operator.positive, term.value))
        if term.operator is Operator.IS_NOT:
            return fits
        return ~fits if term.operator.is_negative or term.operator is Operator.IS else fits

    return SearchField(name, Kind.TEXT, TEXT, compile_term, help)


_OWN: tuple[SearchField, ...] = (
    number_field("id", _columns.id, "The number of the entry."),
    number_field("ObjectId", _columns.object_id, "The number that its ticket had when it was written."),
    SearchField("ObjectType", Kind.CHOICE, EQUALITY, _object_type, "ticket: no others are found."),
    user_field("Creator", _columns.creator_id, "Who did it."),
    date_field("Created", _columns.created, "When it was done."),
    text_field("Type", _columns.type, "What it is, such as Correspond, Comment or Status."),
    text_field("Field", _columns.field, "Which field was changed."),
    text_field("OldValue", _columns.old_value, "The value before."),
    text_field("NewValue", _columns.new_value, "The value afterwards."),
    text_field("Data", _columns.data, "What else was noted, such as the subject of a message."),
    number_field("OldReference", func.coalesce(_columns.old_reference, 0), "The row of the value before."),
    number_field(
        "NewReference", func.coalesce(_columns.new_reference, 0), "The row of the value afterwards."
    ),
    number_field("TimeTaken", _columns.time_taken, "The time that it took.", unit="minutes"),
    replace(
        user_field("TimeWorker", _columns.time_worker_id, "Who worked."), compile=_worker, operators=PERSON
    ),
    SearchField(
        "TimeWorkedDate",
        Kind.DATE,
        (Operator.EQUALS, Operator.DIFFERS, *ORDER, *EMPTINESS),
        _worked_on,
        "The day of the work.",
        order=lambda _asking, path: () if path else (_columns.time_worked_date,),
    ),
    SearchField(
        "Content",
        Kind.MESSAGE,
        (Operator.LIKE, Operator.NOT_LIKE),
        _content,
        "Words of the message and its files.",
    ),
    _part("ContentType", Attachment.content_type, "The kind of a part of the message."),
    _part("Filename", Attachment.filename, "The name of a file in the message."),
    _part("Subject", Attachment.subject, "The subject of the message."),
    SearchField(
        "CFName",
        Kind.TEXT,
        (*EQUALITY, *LIKES),
        _changed_field,
        "The custom field that was changed, by its name.",
        aliases=("CustomFieldName",),
    ),
    _changed_value("OldCFValue", _columns.old_value, "The value of a custom field before."),
    _changed_value("NewCFValue", _columns.new_value, "The value of a custom field afterwards."),
)
