"""Histories: the transactions of one ticket, queue, user, group, asset or article, oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, select, true

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.db.among import among
from rtpy.db.base import table_of
from rtpy.fields.allowed import sees
from rtpy.models import Group, Transaction, User
from rtpy.rest.naming import find_queue, find_user
from rtpy.rest2.collection import DEEPEST, asked_page, asked_per_page, frame
from rtpy.rest2.field_conditions import SearchesFields
from rtpy.rest2.histories.kind import NO_STAFF, TRANSACTION
from rtpy.rest2.histories.of_tickets import (
    COLUMNS,
    SeenTicket,
    count_events,
    read_page,
    readable_events,
    seen_ticket,
)
from rtpy.rest2.histories.visible import visible_events, with_things
from rtpy.rest2.kind import listed
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Condition, Searchable
from rtpy.rest2.values import Document
from rtpy.search.compiling.field_names import grants_on

_events = table_of(Transaction).c
# Built once: to build it costs more than to run it.
_LOAD = select(*COLUMNS).where(among(_events.id, "ids"))


class Events(SearchesFields):
    """Transactions that the caller may see. Totals are for super-users, as in RT."""

    kind = TRANSACTION
    lookup = Lookup.TRANSACTION

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """On the tickets that `with_things` has joined."""
        return and_(Transaction.object_type == "ticket", grants_on(self.work, definition).visible())

    def fields(self) -> Mapping[str, Searchable]:
        """Without work for those who do not read about it."""
        fields = self.kind.searchable
        if self.call.login.is_privileged:
            return fields
        return {name: field for name, field in fields.items() if name not in NO_STAFF}

    def clause(self, condition: Condition) -> ColumnElement[bool] | None:
        """RT's names of kinds of things, `RT::Ticket`, as they are stored, so that the index of them is found."""
        if condition.field.lower() == "objecttype":
            given = condition.value
            stored = [_stored(each) for each in given] if isinstance(given, list) else _stored(given)
            condition = replace(condition, value=stored, case_sensitive=True)
        return super().clause(condition)

    def sees_total(self) -> bool:
        """SuperUser."""
        return bool(self.work.rights.super_user)

    def load(self, ids: Sequence[int]) -> Mapping[int, Any]:
        """What `rows` found may be seen: it is not asked again. One query."""
        found = self.work.db.connection().execute(_LOAD, {"ids": list(ids)})
        return {row.id: row for row in found}

    def default_order(self) -> Sequence[Any]:
        """As they came."""
        return (_events.id,)


def _stored(kind: Any) -> Any:  # Any: JSON
    return kind.lower().removeprefix("rt::") if isinstance(kind, str) else kind


class TicketHistory(Events):
    """`/ticket/7/history`, with those of the tickets that were merged into it; empty where there is none to be seen."""

    def rows(self) -> Select[Any]:
        """What the ticket's page shows of it."""
        clauses = readable_events(self.call, self.ticket) if self.ticket else [false()]
        return select(_events.id).where(*clauses)

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """On this ticket."""
        ticket = self.ticket
        seen = ticket is not None and sees(self.work, definition, ticket.queue_id, ticket.roles)
        return true() if seen else false()

    @property
    def ticket(self) -> SeenTicket | None:
        """The ticket, read once."""
        if "seen_ticket" not in self.call.cache:
            self.call.cache["seen_ticket"] = seen_ticket(self.call, self.call.number("id"))
        found: SeenTicket | None = self.call.cache["seen_ticket"]
        return found

    def get(self) -> Document:
        """One page; what programs usually ask for is read in one query."""
        call, per_page, page = self.call, asked_per_page(self.call), asked_page(self.call)
        if self.ticket is None or call.all("orderby") or self.conditions():
            return super().get()
        sees_total, total = self.sees_total(), None
        if sees_total and page > 1:
            total = count_events(call, self.ticket)
            page = max(1, min(page, -(-total // per_page)))
        offset = (page - 1) * per_page
        rows = read_page(call, self.ticket, limit=per_page + 1, offset=offset) if offset <= DEEPEST else []
        has_more = len(rows) > per_page
        if sees_total and total is None:
            total = count_events(call, self.ticket) if has_more else len(rows)
        items = listed(call, self.kind, rows[:per_page])
        return frame(call, items, total=total, page=page, per_page=per_page, has_more=has_more)

    post = get


class ThingHistory(Events):
    """The history of anything else; empty where there is none to be seen."""

    def rows(self) -> Select[Any]:
        """What the caller may see of everything, of this thing."""
        query = with_things(select(Transaction.id))
        return query.where(self.about(), visible_events(self.call))

    def about(self) -> ColumnElement[bool]:
        """A clause over transactions: those of this thing."""
        raise NotImplementedError


def _of(object_type: str, number: int | None) -> ColumnElement[bool]:
    if number is None:
        return false()
    return and_(Transaction.object_type == object_type, Transaction.object_id == number)


class QueueHistory(ThingHistory):
    """`/queue/7/history`, `/queue/Helpdesk/history`."""

    def about(self) -> ColumnElement[bool]:
        """By number or name."""
        queue = find_queue(self.work.db, self.call.args["queue"])
        return _of("queue", queue.id if queue else None)


class UserHistory(ThingHistory):
    """`/user/ann/history`."""

    def about(self) -> ColumnElement[bool]:
        """By number or name; with those of people who were merged into them."""
        user = find_user(self.work.db, self.call.args["user"])
        if user is None:
            return false()
        merged = select(User.id).where(User.merged_into_id == user.id)
        mine = (Transaction.object_id == user.id) | Transaction.object_id.in_(merged)
        return and_(Transaction.object_type == "user", mine)


class GroupHistory(ThingHistory):
    """`/group/7/history`."""

    def about(self) -> ColumnElement[bool]:
        """By number."""
        group = self.work.db.get(Group, self.call.number("id"))
        return _of("group", group.id if group else None)


class AssetHistory(ThingHistory):
    """`/asset/7/history`."""

    def about(self) -> ColumnElement[bool]:
        """By number."""
        return _of("asset", self.call.number("id"))


class ArticleHistory(ThingHistory):
    """`/article/7/history`."""

    def about(self) -> ColumnElement[bool]:
        """By number."""
        return _of("article", self.call.number("id"))


ROUTES = (
    Route("ticket/{id}/history", TicketHistory, "What happened to a ticket"),
    Route("queue/{queue*}/history", QueueHistory, "What happened to a queue"),
    Route("user/{user*}/history", UserHistory, "What happened to a user"),
    Route("group/{id}/history", GroupHistory, "What happened to a group"),
    Route("asset/{id}/history", AssetHistory, "What happened to an asset"),
    Route("article/{id}/history", ArticleHistory, "What happened to an article"),
)
