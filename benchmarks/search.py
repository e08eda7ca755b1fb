"""Searches at 100,000 tickets: reading and compiling a query, first pages and counts against SQL written by hand.

Who asks is an ordinary member of staff who may see 8 of 20 queues. The time of a page is that of the whole search,
from the text of the query to the numbers of the tickets; what it is compared with is the statement alone, as somebody
would write it for the same rows, on the bare driver.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

from common import arguments, fresh_app, kinds, processor_ms, show, show_ratio
from loader import END, load
from sqlalchemy import delete, event, select

from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.clock import SettableClock
from rtpy.models import Ace, Queue
from rtpy.search.compile import where
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, asking_of, count, fields_of, find
from rtpy.search.searched import Target
from rtpy.work import Face, Work

TEN = (
    "Status = 'open' AND Queue = 'Queue 3' AND (Requestor.EmailAddress LIKE 'client07' OR Cc = 'a@b.example') AND "
    "Created > '1 week ago' AND Priority > 20 AND Subject LIKE 'printer' AND Owner = 'tech1' AND Due < 'tomorrow' AND "
    "NOT AdminCc = 'a@b.example'"
)
COMPILE_GOAL, RATIO_GOAL, COUNT_GOAL = 3.0, 2.0, 30.0
ALWAYS = "merged_into_id IS NULL AND type = 'ticket' AND queue_id IN ({queues})"

PAGES: tuple[tuple[str, str, str], ...] = (
    (
        "Status = '__Active__'",
        "-LastUpdated",
        "SELECT id FROM tickets WHERE status IN ('new', 'open', 'stalled') AND {always} "
        "ORDER BY last_updated DESC, id DESC LIMIT 51",
    ),
    (
        "Owner = '__CurrentUser__' AND Status = '__Active__'",
        "-Priority",
        "SELECT id FROM tickets WHERE owner_id = {me} AND status IN ('new', 'open', 'stalled') AND {always} "
        "ORDER BY priority DESC, id DESC LIMIT 51",
    ),
    (
        "Requestor = 'person7@client07.example'",
        "-Created",
        "SELECT id FROM tickets WHERE id IN (SELECT ticket_id FROM watchers WHERE role = 'Requestor' AND principal_id "
        "= (SELECT id FROM users WHERE lower(email_address) = 'person7@client07.example')) AND status <> 'deleted' "
        "AND {always} ORDER BY created DESC, id DESC LIMIT 51",
    ),
    (
        "Queue = '{queue}' AND Status = '__Active__' AND Due < 'now'",
        "Due",
        "SELECT id FROM tickets WHERE queue_id = {queue_id} AND status IN ('new', 'open', 'stalled') AND due < "
        "'{now}' AND {always} ORDER BY due, id LIMIT 51",
    ),
    (
        "Organization = 'Client 07' AND Status = 'open'",
        "-LastUpdated",
        "SELECT id FROM tickets WHERE organization_id = (SELECT id FROM organizations WHERE name = 'Client 07') AND "
        "status = 'open' AND {always} ORDER BY last_updated DESC, id DESC LIMIT 51",
    ),
    (
        "",
        "id",
        "SELECT id FROM tickets WHERE status <> 'deleted' AND {always} ORDER BY id LIMIT 51",
    ),
)


def main() -> None:
    """Print times and ratios on each database."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            app.clock = SettableClock(END)
            print(f"Searches on {kind}:")
            load(app, options.tickets, queues=20)
            seen = _narrow(app)
            gc.collect()
            gc.freeze()  # what loading left behind is no part of a search
            with app.work(reading=True) as work:
                tech = find_by_name(work.db, "tech1")
                assert tech is not None
                work = work.as_actor(app.actor_named(work.db, "tech1", Face.WEB))
                _compiling(work)
                _pages(work, seen, tech.id)
                _counts(work, seen)


def _narrow(app: App) -> list[tuple[int, str]]:
    """Take the rights on all but 8 queues away from everybody; these 8, by number and name."""
    with app.work() as work:
        queues = [
            (row[0], row[1]) for row in work.db.execute(select(Queue.id, Queue.name).order_by(Queue.id))
        ]
        seen = queues[2:10]
        work.db.execute(
            delete(Ace).where(
                Ace.object_type == "queue", Ace.object_id.not_in([number for number, _ in seen])
            )
        )
    return seen


def _compiling(work: Work) -> None:
    fields, asking = fields_of(work, Target.TICKETS), asking_of(work, Search())

    def deed() -> None:
        where(fields, parse(TEN).node, asking)

    deed()
    median = show("a query of ten terms, read and compiled", processor_ms(deed, rounds=40, batch=10))
    print(f"    {'within' if median <= COMPILE_GOAL else 'OVER'} the goal of {COMPILE_GOAL:g} ms")


def _pages(work: Work, seen: list[tuple[int, str]], me: int) -> None:
    queue_id, queue = seen[1]
    filled = {
        "me": me,
        "queue_id": queue_id,
        "now": END.strftime("%Y-%m-%d %H:%M:%S") + ("" if _is_sqlite(work) else "+00"),
        "always": ALWAYS.format(queues=", ".join(str(number) for number, _ in seen)),
    }
    for query, order, by_hand in PAGES:
        text = query.replace("{queue}", queue)
        by = (Order(Name(order.removeprefix("-")), order.startswith("-")),)
        statement = by_hand.format(**filled)

        def ours(text: str = text, by: tuple[Order, ...] = by) -> list[int]:
            return list(find(work, Search(node=parse(text).node, order=by)).ids)

        def theirs(statement: str = statement) -> list[int]:
            return _bare(work, statement)[:50]

        if ours() != theirs():
            sys.exit(f"{text}: not the same rows")
        print(f"  {text or 'everything'}, by {order}: {len(ours())} rows")
        served, bare = _wall(ours), _wall(theirs)
        show("  the search", served)
        show("  SQL by hand", bare)
        show_ratio("  ratio of the whole search", served, bare, RATIO_GOAL)
        sent, values = _sent(work, ours)
        show_ratio(
            "  ratio of its statement alone",
            _wall(lambda s=sent, v=values: _bare(work, s, v)),
            bare,
            RATIO_GOAL,  # type: ignore[misc]
        )


def _counts(work: Work, seen: list[tuple[int, str]]) -> None:
    for text in ("Status = 'open'", "Status = '__Active__'", "Status = 'resolved'"):
        node = parse(text).node
        median = show(
            f"count of {text}: {count(work, Search(node=node))}",
            _wall(lambda node=node: count(work, Search(node=node))),
        )  # type: ignore[misc]
        print(f"    {'within' if median <= COUNT_GOAL else 'OVER'} the goal of {COUNT_GOAL:g} ms")


def _sent(work: Work, deed: Callable[[], object]) -> tuple[str, Any]:
    """The last statement over tickets that a deed sends, and its values."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "FROM tickets" in statement:
            heard.append((statement, values))

    event.listen(work.db.connection(), "before_cursor_execute", hear)
    deed()
    event.remove(work.db.connection(), "before_cursor_execute", hear)
    return heard[-1]


def _bare(work: Work, statement: str, values: Any = ()) -> list[int]:
    cursor: Any = work.db.connection().connection.cursor()
    cursor.execute(statement, values) if values else cursor.execute(statement)
    return [row[0] for row in cursor.fetchall()]


def _is_sqlite(work: Work) -> bool:
    return work.db.get_bind().dialect.name == "sqlite"


def _wall(deed: Callable[[], object]) -> list[float]:
    """Milliseconds on the clock: PostgreSQL works in another process."""
    figures = []
    for _ in range(30):
        before = time.perf_counter()
        deed()
        figures.append((time.perf_counter() - before) * 1000)
    return figures


if __name__ == "__main__":
    main()
