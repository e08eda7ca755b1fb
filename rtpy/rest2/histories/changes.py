"""What happened since: `/changes?after=N`, the history of everything in order, for programs that follow it (ours)."""

from typing import Any

from sqlalchemy import select

from rtpy.history.settled import settled_up_to
from rtpy.models import Transaction
from rtpy.rest2.call import write_pairs
from rtpy.rest2.histories.kind import TRANSACTION
from rtpy.rest2.histories.visible import visible_events, with_things
from rtpy.rest2.kind import asked_fields, listed
from rtpy.rest2.problem import Problem
from rtpy.rest2.resource import Resource
from rtpy.rest2.route import Route
from rtpy.rest2.values import Document

LIMIT, MOST = 100, 1000
WIDEST = 20_000
"""So many entries are looked at in one call: of somebody who may see few of them a page may be empty, and go on."""
FIELDS = ("Type", "Object", "Creator", "Created", "Field", "OldValue", "NewValue", "TimeTaken", "Data")
"""What an item tells when the caller does not say."""


class Changes(Resource):
    """Transactions of all that the caller may see, the oldest first, behind the one with the number `after`.

    The answer's `after` is where to go on: nothing that is committed later comes before it, and nothing comes twice.
    `has_more` says whether to ask again at once. `limit` items at most (100; 1,000 is the most), `fields` as elsewhere;
    `after=now` answers the present end without items.
    """

    def is_forbidden(self) -> bool:
        """Open to who is logged in: what they may not see is left out."""
        return False

    def get(self) -> Document:
        """One page; four queries and those of the fields."""
        call, db = self.call, self.work.db
        settled = settled_up_to(db)
        if call.param("after") == "now":
            return self._page([], settled, has_more=False)
        after, limit = self._number("after", 0), min(self._number("limit", LIMIT), MOST) or LIMIT
        last = min(settled, after + WIDEST)
        query = (
            with_things(select(Transaction.id).select_from(Transaction))
            .where(Transaction.id > after, Transaction.id <= last, visible_events(call))
            .order_by(Transaction.id)
            .limit(limit + 1)
        )
        ids = list(db.connection().scalars(query))
        has_more = len(ids) > limit
        rows = TRANSACTION.load(call, ids[:limit])
        items = [rows[number] for number in ids[:limit]]
        end = ids[limit - 1] if has_more else max(last, after)
        return self._page(items, end, has_more=has_more or last < settled)

    def _page(self, rows: list[Any], after: int, *, has_more: bool) -> Document:
        call = self.call
        kept = [(name, value) for name, value in call.params if name not in ("after", "token")]
        if not asked_fields(call):
            call.params = (*call.params, ("fields", ",".join(FIELDS)))
        return {
            "count": len(rows),
            "after": after,
            "has_more": has_more,
            "items": listed(call, TRANSACTION, rows),
            "next_page": f"{call.request.path_url}?{write_pairs([*kept, ('after', str(after))])}",
        }

    def _number(self, name: str, default: int) -> int:
        given = self.call.param(name)
        if not given:
            return default
        if not (given.isascii() and given.isdigit() and len(given) <= 18):
            raise Problem(400, f"'{given[:40]}' is no number for {name}")
        return int(given)


ROUTES = (Route("changes", Changes, "What happened since (ours)"),)
