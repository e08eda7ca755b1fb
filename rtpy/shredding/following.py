"""Following rows that go to all that hangs on them: decided for each column that points at something."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, UniqueConstraint, func, or_, select

from rtpy.app import App
from rtpy.db.base import table_of
from rtpy.errors import Refused
from rtpy.links.uris import ticket_uri
from rtpy.migrations.lines import present_tables
from rtpy.models import (
    AssetLink,
    Blob,
    CustomFieldContent,
    Draft,
    Link,
    Principal,
    RepeatedRequest,
    ScheduleDone,
    Ticket,
    Transaction,
    User,
)
from rtpy.shredding.plan import Plan, children_of, portions

_BLOB = "blob_sha256"
"""How columns are called that name bytes; see `_take_bytes`."""


class Fate(StrEnum):
    """What becomes of a row whose column points at one that goes."""

    GO = "go"
    LET_GO = "let go"
    """It stays, and its column is emptied."""
    REPLACE = "replace"
    """It stays, and points at the person who takes the place of the other."""
    NOBODY = "nobody"
    """The same, or at Nobody when there is no such person."""
    REFUSE = "refuse"


DECISIONS = {
    "tickets.merged_into_id": Fate.GO,
    "outgoing_mails.ticket_id": Fate.GO,
    "outgoing_mails.transaction_id": Fate.GO,
    "incoming_mails.ticket_id": Fate.GO,
    "incoming_mails.transaction_id": Fate.GO,
    "incoming_mails.duplicate_of_id": Fate.GO,
    "webhook_deliveries.ticket_id": Fate.GO,
    "webhook_deliveries.transaction_id": Fate.GO,
    "users.id": Fate.GO,
    "users.merged_into_id": Fate.GO,
    "tickets.owner_id": Fate.NOBODY,
    "assets.owner_id": Fate.NOBODY,
    "watchers.principal_id": Fate.GO,
    "asset_watchers.principal_id": Fate.GO,
}
"""Where it is not what the table itself says: rows that go with another one, optional ones, and the rest."""


def gather(app: App, plan: Plan) -> None:
    """Complete a plan that begins with some rows: all that hangs on them, in the core and in plugins.

    Raises Refused with all reasons why it cannot be done.
    """
    known = {table.name for table in present_tables(app.lines)}
    while any(plan.fresh.values()):
        while any(plan.fresh.values()):
            fresh, plan.fresh = plan.fresh, {}
            for table, keys in fresh.items():
                if keys and len(table.primary_key) == 1:
                    for column in children_of(table):
                        if column.table.name in known:
                            _follow(plan, column, {key[0] for key in keys})
            _follow_tickets(app, plan, fresh.get(table_of(Ticket), set()))
            _follow_people(plan, fresh.get(table_of(User), set()))
        app.hooks.rtpy_shred(work=app.work_in(plan.db), plan=plan)
    _take_bytes(plan, known)
    plan.settle()
    _refuse_what_stays(plan)
    if plan.problems:
        raise Refused(" ".join(plan.problems))


def _fate(plan: Plan, column: Column[Any]) -> Fate:
    decided = DECISIONS.get(f"{column.table.name}.{column.name}")
    if decided is not None:
        return decided
    if any(key.ondelete == "CASCADE" for key in column.foreign_keys):
        return Fate.GO
    of_people = plan.kind == "user"
    if of_people and _is_unique(column) and not column.nullable:
        return Fate.GO
    if of_people and plan.replacement is not None:
        return Fate.REPLACE
    return Fate.LET_GO if column.nullable else Fate.REFUSE


def _is_unique(column: Column[Any]) -> bool:
    """May the replacement have such a row already?"""
    table = column.table
    sets = [set(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    sets += [set(each.columns) for each in table.indexes if each.unique]
    return column.primary_key or any(column in each for each in sets)


def _follow(plan: Plan, column: Column[Any], ids: set[Any]) -> None:
    fate, table = _fate(plan, column), column.table
    if fate is Fate.GO:
        plan.take_all(table, column, ids)
        return
    # what is refused is emptied on paper too: it may still go for another reason
    to = {Fate.REPLACE: plan.replacement, Fate.NOBODY: plan.replacement or plan.nobody}.get(fate)
    plan.change(table, column.name, ids, to)


def _follow_tickets(app: App, plan: Plan, keys: set[Any]) -> None:
    """What belongs to tickets without a foreign key that says so."""
    ids = {key[0] for key in keys}
    for model in (Transaction, CustomFieldContent):
        plan.take_all(model, model.object_id, ids, model.object_type == "ticket")
    plan.take_all(ScheduleDone, ScheduleDone.ticket_id, ids)
    organization = app.config.organization
    plan.take_all(AssetLink, AssetLink.uri, {ticket_uri(organization, each) for each in ids})
    for some in portions(ids, 50):
        plan.take(Draft, or_(*(Draft.place.startswith(f"ticket:{each}:") for each in some)))
        plan.take(
            RepeatedRequest, or_(*(RepeatedRequest.location.endswith(f"/ticket/{each}") for each in some))
        )
    for some in portions(ids):
        of_these = select(Link.local_base_id).where(Link.local_target_id.in_(some), Link.type == "RefersTo")
        plan.take(Ticket, Ticket.type == "reminder", Ticket.id.in_(of_these))


def _follow_people(plan: Plan, keys: set[Any]) -> None:
    """The history of their own accounts, and the values of their own fields."""
    for model in (Transaction, CustomFieldContent):
        plan.take_all(model, model.object_id, {key[0] for key in keys}, model.object_type == "user")


def _take_bytes(plan: Plan, known: set[str]) -> None:
    """The blobs of rows that go, as far as no other row holds the same bytes."""
    holders = [
        table
        for table in Blob.metadata.sorted_tables
        if table.name in known and _BLOB in table.c and table is not table_of(Blob)
    ]
    wanted: set[str] = set()
    for table in holders:
        for which in plan.clauses(table):
            wanted |= set(plan.db.connection().scalars(select(table.c[_BLOB]).where(which)))
    wanted.discard(None)
    for table in holders:
        going = plan.rows.get(table, set())
        for some in portions(wanted):
            query = select(table.c[_BLOB], *table.primary_key).where(table.c[_BLOB].in_(some))
            wanted -= {sha for sha, *key in plan.db.connection().execute(query) if tuple(key) not in going}
    plan.take_all(Blob, Blob.sha256, wanted)
    plan.fresh = {}


def _refuse_what_stays(plan: Plan) -> None:
    """Rows that must point at something, and at what goes, stand in the way."""
    for (table, name), noted in sorted(plan.changed.items(), key=lambda each: (each[0][0].name, each[0][1])):
        emptied = sum(1 for _, to in noted.values() if to is None)
        if emptied and not table.c[name].nullable:
            more = (
                "Say with --replace-with who takes their place."
                if plan.kind == "user"
                else "They must go first."
            )
            plan.refuse(f"{emptied} rows of {table.name} point at it by {name}. {more}")
    _keep_numbers(plan)


def _keep_numbers(plan: Plan) -> None:
    """SQLite gives the highest number anew once its row is gone: mail about the old would reach the new one."""
    if plan.db.get_bind().dialect.name != "sqlite":
        return
    for model, what in ((Ticket, "ticket"), (Principal, "account")):
        ids = plan.ids(model)
        if ids and ids[-1] == plan.db.scalar(select(func.max(model.id))):
            plan.refuse(
                f"{ids[-1]} is the newest {what}, and SQLite would give its number to the next one. "
                f"Make another {what} first."
            )
