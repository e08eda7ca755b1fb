"""Transactions: `/transaction/7`, `/transactions`."""

from typing import Any

from sqlalchemy import Select, select

from rtpy.models import Transaction
from rtpy.rest.customers import check_query
from rtpy.rest2.call import FORM
from rtpy.rest2.collection import MOST_ORDERS, asked_page, asked_per_page, frame
from rtpy.rest2.histories.histories import Events
from rtpy.rest2.histories.kind import TRANSACTION
from rtpy.rest2.histories.visible import visible_events, with_things
from rtpy.rest2.kind import listed
from rtpy.rest2.nothing import Nothing
from rtpy.rest2.problem import Problem
from rtpy.rest2.record import Record
from rtpy.rest2.route import Route
from rtpy.rest2.values import Document
from rtpy.search.compile import names_in
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.patience import patient
from rtpy.search.run import Order, Search, count, find
from rtpy.search.searched import Target

ABOUT_WORK = frozenset({"timetaken", "timeworker", "timeworkeddate"})
"""Fields of queries that only staff may ask for."""


class TransactionRecord(Record):
    """`/transaction/7`. Nobody changes one."""

    methods = ("GET",)
    has_conditions = False
    kind = TRANSACTION

    def find(self) -> Any | None:
        """Its row, if the caller may see it. Raises Problem 403 for one that is there and hidden."""
        number = self.call.number("id")
        found = self.kind.load(self.call, (number,))
        if number not in found and self.work.db.scalar(
            select(Transaction.id).where(Transaction.id == number)
        ):
            raise Problem(403)
        return found.get(number)

    def is_forbidden(self) -> bool:
        """Asked when it is looked for: what is not there is a 404 for everybody."""
        return False


class Transactions(Events):
    """`/transactions`: by a JSON search, or by a query in TransactionSQL, which finds those of tickets."""

    needs_condition = True

    def rows(self) -> Select[Any]:
        """All that the caller may see."""
        return with_things(select(Transaction.id)).where(visible_events(self.call))

    def get(self) -> Document:
        """One page, cut off after a while."""
        query = self._query()
        if query and not query.startswith("["):
            return self._by_query(query)
        with patient(self.work):
            return super().get()

    post = get

    def _query(self) -> str:
        form = dict(self.call.form()) if self.call.content_type == FORM else {}
        return (self.call.param("query") or form.get("query", "")).strip()

    def _by_query(self, query: str) -> Document:
        call, per_page, page = self.call, asked_per_page(self.call), asked_page(self.call)
        node = parse(query).node
        if not call.login.is_privileged and names_in(node) & ABOUT_WORK:
            raise Problem(400, "Only staff may search by the time that work took.")
        search = Search(Target.TRANSACTIONS, node, self._sorting())
        check_query(self.work, search.kind, search.node, search.order)
        total = count(self.work, search) if self.sees_total() else None
        if total is not None:
            page = max(1, min(page, -(-total // per_page)))
        found = find(self.work, search, limit=per_page, offset=(page - 1) * per_page)
        loaded = self.load(found.ids)
        items = listed(call, self.kind, [loaded[number] for number in found.ids])
        return frame(call, items, total=total, page=page, per_page=per_page, has_more=found.has_more)

    def _sorting(self) -> tuple[Order, ...]:
        names, directions = self.call.all("orderby")[:MOST_ORDERS], self.call.all("order")
        return tuple(
            Order(Name(name.strip()), at < len(directions) and directions[at].upper() == "DESC")
            for at, name in enumerate(names)
        )


ROUTES = (
    Route("transaction", Nothing),
    Route("transaction/{id}", TransactionRecord, "One transaction"),
    Route("transactions", Transactions, "Transactions that fit"),
)
