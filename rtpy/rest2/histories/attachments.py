"""Attachments: `/attachment/7`, `/attachments`, those of a ticket and of a transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, union_all

from rtpy.models import Attachment, OutgoingMail, Transaction
from rtpy.rest2.collection import DEEPEST, MOST_ORDERS, Collection, asked_page, asked_per_page, frame
from rtpy.rest2.histories.attachments_kind import ATTACHMENT
from rtpy.rest2.histories.attachments_numbers import CONTAINERS, MAILS
from rtpy.rest2.histories.attachments_rows import (
    PARTS,
    SORTS,
    Piece,
    Sort,
    load_found,
    numbers_query,
    visible_in,
)
from rtpy.rest2.histories.of_tickets import readable_events, seen_ticket
from rtpy.rest2.kind import listed
from rtpy.rest2.nothing import Nothing
from rtpy.rest2.problem import Problem
from rtpy.rest2.record import Record
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Condition, Searchable, clause_of
from rtpy.rest2.values import Document
from rtpy.search.patience import patient


class AttachmentRecord(Record):
    """`/attachment/7`. Nobody changes one."""

    methods = ("GET",)
    has_conditions = False
    kind = ATTACHMENT

    def find(self) -> Piece | None:
        """It, if the caller may see its transaction. Raises Problem 403 for one that is there and hidden."""
        number = self.call.number("id")
        found = self.kind.load(self.call, (number,)).get(number)
        if found is None and self._is_there(number):
            raise Problem(403)
        return found

    def is_forbidden(self) -> bool:
        """Asked when it is looked for: what is not there is a 404 for everybody."""
        return False

    def _is_there(self, number: int) -> bool:
        if number >= CONTAINERS:
            second = (Attachment.transaction_id == number - CONTAINERS, Attachment.position == 1)
            query = select(Attachment.id).where(*second)
        elif number >= MAILS:
            query = select(OutgoingMail.id).where(OutgoingMail.id == number - MAILS)
        else:
            query = select(Attachment.id).where(Attachment.id == number)
        return self.work.db.scalar(query) is not None


class Attachments(Collection):
    """`/attachments`: by a JSON search. Totals are for super-users, as in RT."""

    kind = ATTACHMENT
    needs_condition = True

    def limit(self, query: Any) -> Any:
        """A query over transactions, cut down to those whose attachments belong here and may be seen."""
        return visible_in(self.call, query)

    def fields(self) -> Mapping[str, Searchable]:
        """Names and kinds; what is inside is found by TransactionSQL."""
        return PARTS.searchable

    def sees_total(self) -> bool:
        """SuperUser."""
        return bool(self.work.rights.super_user)

    def get(self) -> Document:
        """One page: the numbers of each sort, put together and sorted; then the rows of the page."""
        call, per_page, page = self.call, asked_per_page(self.call), asked_page(self.call)
        conditions = self.conditions()
        if self.needs_condition and not any(self._is_known(each) for each in conditions):
            return frame(call, [], total=0, page=1, per_page=per_page)
        names, directions = self._sorting()
        db = self.work.db.connection()
        with patient(self.work):
            pieces = union_all(*(self._numbers(sort, conditions, names) for sort in SORTS)).subquery()
            total = db.scalar(select(func.count()).select_from(pieces)) if self.sees_total() else None
            if total is not None:
                page = max(1, min(page, -(-total // per_page)))
            offset = (page - 1) * per_page
            order = [
                pieces.c[at + 1].desc() if down else pieces.c[at + 1] for at, down in enumerate(directions)
            ]
            query = select(pieces.c.id).order_by(*order).limit(per_page + 1).offset(offset)
            ids = list(db.scalars(query)) if offset <= DEEPEST else []
        loaded = load_found(call, ids[:per_page])
        items = listed(call, self.kind, [loaded[each] for each in ids[:per_page] if each in loaded])
        return frame(call, items, total=total, page=page, per_page=per_page, has_more=len(ids) > per_page)

    post = get

    def _numbers(self, sort: Sort, conditions: list[Condition], names: list[str]) -> Any:
        searchable = {name.lower(): field for name, field in sort.searchable.items()}

        def clause(condition: Condition) -> Any:
            return clause_of(self.call, searchable[condition.field.lower()], condition)

        known = [each for each in conditions if self._is_known(each)]
        by = [searchable[name].column for name in names]
        return numbers_query(sort, self.limit, self.joined(known, clause), by)

    def _is_known(self, condition: Condition) -> bool:
        name = condition.field.lower()
        if name in ("content", "headers"):
            raise Problem(
                400, f"{condition.field} is not searched here: ask /transactions for Content LIKE 'word'"
            )
        return name in {each.lower() for each in self.fields()}

    def _sorting(self) -> tuple[list[str], list[bool]]:
        """The names to sort by, and for each of them, the transaction and the place in it: is it downwards?"""
        known = {each.lower() for each in self.fields()}
        directions = [each.upper() == "DESC" for each in self.call.all("order")]
        names: list[str] = []
        down: list[bool] = []
        for at, name in enumerate(self.call.all("orderby")[:MOST_ORDERS]):
            if name.strip().lower() not in known:
                raise Problem(400, f"There is no column '{name[:60]}' to sort by")
            is_down = at < len(directions) and directions[at]
            if name.strip().lower() == "id":  # the order in which they came, containers before their parts
                return names, [*down, is_down, is_down]
            names.append(name.strip().lower())
            down.append(is_down)
        return names, [*down, False, False]


class TransactionAttachments(Attachments):
    """`/transaction/7/attachments`."""

    needs_condition = False

    def limit(self, query: Any) -> Any:
        """Of this one."""
        return super().limit(query).where(Transaction.id == self.call.number("id"))


class TicketAttachments(Attachments):
    """`/ticket/7/attachments`: all that came with its history, and the mails that it sent."""

    needs_condition = False

    def limit(self, query: Any) -> Any:
        """Of what the caller reads on the ticket's page."""
        if "events" not in self.call.cache:
            ticket = seen_ticket(self.call, self.call.number("id"))
            clauses = readable_events(self.call, ticket) if ticket else [Transaction.id == 0]
            self.call.cache["events"] = clauses
        return query.where(*self.call.cache["events"])


ROUTES = (
    Route("attachment", Nothing),
    Route("attachment/{id}", AttachmentRecord, "One part of what was said, with its bytes"),
    Route("attachments", Attachments, "Attachments that fit"),
    Route("transaction/{id}/attachments", TransactionAttachments, "What came with a transaction"),
    Route("ticket/{id}/attachments", TicketAttachments, "What came with a ticket, in all of its history"),
)
