"""Rows that name other things by kind and number, which no foreign key of the database holds."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, literal, not_, or_, select

from rtpy.db.base import Base, table_of
from rtpy.models import (
    Ace,
    Article,
    ArticleClass,
    Asset,
    Catalog,
    ClassPlace,
    CustomField,
    CustomFieldContent,
    CustomRolePlace,
    Group,
    Organization,
    Queue,
    ScheduleDone,
    Ticket,
    Transaction,
    User,
)
from rtpy.validating.validation import Found, Validation, count_rows
from rtpy.work import Work

OBJECTS: dict[str, type[Base]] = {
    "ticket": Ticket,
    "user": User,
    "group": Group,
    "organization": Organization,
    "asset": Asset,
    "article": Article,
}
GRANTED_ON: dict[str, type[Base]] = {
    "queue": Queue,
    "group": Group,
    "custom_field": CustomField,
    "class": ArticleClass,
    "catalog": Catalog,
}


def _gone(model: Any, kinds: dict[str, type[Base]]) -> ColumnElement[bool]:
    """The thing that a row of `model` names by object_type and object_id is not there."""
    return or_(
        *(
            and_(model.object_type == kind, not_(exists().where(table_of(of).c.id == model.object_id)))
            for kind, of in kinds.items()
        )
    )


def _rows(model: Any, where: ColumnElement[bool], *more: Any) -> Select[*tuple[Any, ...]]:
    table = table_of(model)
    return select(literal(f"{table.name}:"), table.c.id, *more).where(where).order_by(table.c.id)


def _removing(
    name: str,
    wrong: str,
    model: Any,
    where: ColumnElement[bool],
    *more: Any,
    how: str = "The rows are deleted.",
) -> Validation:
    def look(work: Work) -> Found:
        return count_rows(work, _rows(model, where, *more))

    def repair(work: Work) -> int:
        table = table_of(model)
        return int(work.db.connection().execute(delete(table).where(where)).rowcount)

    return Validation(name, wrong, look, how, repair)


_HISTORY = _gone(Transaction, OBJECTS)
_VALUES = _gone(CustomFieldContent, OBJECTS)
_ROLES: dict[str, type[Base]] = {"queue": Queue, "catalog": Catalog}

THINGS = (
    _removing(
        "histories.without_thing",
        "entries of histories are of things that are not there any more",
        Transaction,
        _HISTORY,
        Transaction.object_type,
        Transaction.object_id,
        how="They are deleted with what was said in them: nobody can read them.",
    ),
    _removing(
        "custom_fields.values_without_thing",
        "values of custom fields belong to things that are not there",
        CustomFieldContent,
        _VALUES,
        CustomFieldContent.object_type,
        CustomFieldContent.object_id,
    ),
    _removing(
        "rights.on_nothing",
        "rights are granted on things that are not there",
        Ace,
        _gone(Ace, GRANTED_ON),
        Ace.right_name,
        Ace.object_type,
        Ace.object_id,
    ),
    _removing(
        "rights.of_nobody",
        "rights are granted to nobody: neither to a person or group nor to a role",
        Ace,
        and_(Ace.principal_id.is_(None), or_(Ace.role.is_(None), Ace.role == "")),
        Ace.right_name,
    ),
    _removing(
        "custom_roles.on_nothing",
        "custom roles apply to queues or catalogs that are not there",
        CustomRolePlace,
        and_(CustomRolePlace.object_id != 0, _gone(CustomRolePlace, _ROLES)),
    ),
    _removing(
        "articles.class_for_nothing",
        "classes of articles apply to queues that are not there",
        ClassPlace,
        and_(ClassPlace.queue_id != 0, not_(exists().where(Queue.id == ClassPlace.queue_id))),
    ),
)


def _done_without_ticket() -> ColumnElement[bool]:
    return not_(exists().where(Ticket.id == ScheduleDone.ticket_id))


def _look_done(work: Work) -> Found:
    query = select(literal("schedule"), ScheduleDone.schedule_id, literal("ticket"), ScheduleDone.ticket_id)
    return count_rows(work, query.where(_done_without_ticket()))


def _forget_done(work: Work) -> int:
    table = table_of(ScheduleDone)
    return int(work.db.connection().execute(delete(table).where(_done_without_ticket())).rowcount)


SCHEDULES = Validation(
    "schedules.done_without_ticket",
    "notes say what schedules did to tickets that are not there",
    _look_done,
    "The notes are deleted.",
    _forget_done,
)
