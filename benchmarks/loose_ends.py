"""The board of loose ends and the report of unbilled work at 100,000 tickets and 300,000 work entries.

Three years of work for 200 customers: most of it invoiced, the last weeks in all states before that. The board, the
number in the header and the report are read as their pages read them; a whole look is what the worker does now and
then. `--statements` lists what each kind of loose ends takes, `--explain` shows the plans of those over 50 ms.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from billing_loader import fill
from common import PASSWORD, arguments, fresh_app, kinds, processor_ms
from loader import END, load
from sqlalchemy import event, func, select
from webob import Request
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.grants import Holder, Place, grant_right
from rtpy.changes.people import find_by_name
from rtpy.clock import SettableClock
from rtpy.identity.accounts import set_password
from rtpy.work import Work
from rtpy.wsgi import make_wsgi
from rtpy_billing.loose_ends.board import count_loose_ends, read_board, read_dismissed, read_trend
from rtpy_billing.loose_ends.kinds import KINDS
from rtpy_billing.loose_ends.looking import look, look_at
from rtpy_billing.loose_ends.values import Found
from rtpy_billing.models import LooseEnd, WorkEntry
from rtpy_billing.reports.unbilled import unbilled
from rtpy_billing.reports.utilisation import utilisation
from rtpy_billing.reports.values import Asked

GOAL_MS = 150
LOOK_GOAL_MS = 1000
TODAY = END.date()
RIGHTS = ("LogTime", "SeeMoney", "SeeLooseEnds")
"""What somebody holds for whom all of the plugin's parts are drawn."""


def main() -> None:
    """Print the times on each database, beside their goals."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=300_000)
    parser.add_argument("--statements", action="store_true", help="what each kind takes")
    parser.add_argument("--explain", action="store_true", help="plans of slow statements")
    parser.add_argument(
        "--no-pages", action="store_true", help="leave out the pages with and without the plugin"
    )
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind, plugins=("billing",), clock=SettableClock(END)) as app:
            print(f"Loose ends on {kind}:")
            load(app, options.tickets, say=lambda _: None)
            fill(app, options.tickets, options.entries)
            measure(app, statements=options.statements, explain=options.explain)
        if not options.no_pages:
            pages(kind, options.tickets, options.entries)


def measure(app: App, *, statements: bool, explain: bool) -> None:
    """Read as the pages do, and look."""
    month = Asked(TODAY.replace(day=1) - timedelta(days=31), TODAY, TODAY)
    with app.work() as work:
        began = time.monotonic()
        written = look(work)
        print(f"  the first look wrote {written} loose ends in {time.monotonic() - began:.1f} s")
    with heard(app) as log, app.work() as work:
        _say("a whole look", [_taken(app, lambda: look(work)) for _ in range(3)], LOOK_GOAL_MS)
    slow = sorted(((ms, sent) for sent, ms in log), reverse=True)
    if statements:
        kinds_of_look(app)
    if explain:
        explain_slow(app, [sent for ms, sent in slow if ms > 50][:6])
    with app.work() as work:
        number = work.db.scalar(select(func.count()).select_from(LooseEnd))
        entries = work.db.scalar(select(func.count()).select_from(WorkEntry))
    print(f"  {number} loose ends, {entries} entries")
    readings: dict[str, Callable[[Work], object]] = {
        "the board": lambda work: (read_board(work), read_dismissed(work), read_trend(work)),
        "the number in the header": count_loose_ends,
        "unbilled work": lambda work: unbilled(work, Asked(date.min, TODAY + timedelta(days=1), TODAY)),
        "utilisation of a month": lambda work: utilisation(work, month),
    }
    for name, reading in readings.items():
        figures = []
        for _ in range(7):
            with app.work() as work:
                figures.append(_taken(app, lambda: reading(work)))  # noqa: B023
        _say(name, figures, GOAL_MS)


def kinds_of_look(app: App) -> None:
    """What finding each kind takes, the dearest first."""
    with app.work() as work:
        now = look_at(work)
        found = []
        for kind in KINDS:
            rows: list[Found] = []
            ms = _taken(app, lambda: rows.extend(kind.find(now)))  # noqa: B023
            found.append((ms, len(rows), kind.name))
    for ms, number, name in sorted(found, reverse=True):
        print(f"    {name:<24} {ms:8.1f} ms  {number} found")


def explain_slow(app: App, sent: list[tuple[str, Any]]) -> None:
    """The plans of statements."""
    prefix = "EXPLAIN ANALYZE " if app.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    for statement, given in sent:
        if not statement.startswith("SELECT"):
            continue
        print(f"    {' '.join(statement.split())[:400]}")
        with app.engine.connect() as connection:
            for row in connection.exec_driver_sql(prefix + statement, given):
                print(f"      {row[-1]}")


@contextmanager
def heard(app: App) -> Iterator[list[tuple[tuple[str, Any], float]]]:
    """All statements in the block with their milliseconds."""
    found: list[tuple[tuple[str, Any], float]] = []

    def before(_connection: Any, _cursor: Any, statement: str, given: Any, context: Any, _many: bool) -> None:
        context.began = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, given: Any, context: Any, _many: bool) -> None:
        found.append(((statement, given), (time.perf_counter() - context.began) * 1000))

    event.listen(app.engine, "before_cursor_execute", before)
    event.listen(app.engine, "after_cursor_execute", after)
    yield found
    event.remove(app.engine, "before_cursor_execute", before)
    event.remove(app.engine, "after_cursor_execute", after)


def _taken(app: App, deed: Callable[[], object]) -> float:
    """Milliseconds: of this process's processor where the database is in it, by the clock where it is not."""
    tick = time.process_time if app.engine.dialect.name == "sqlite" else time.perf_counter
    began = tick()
    deed()
    return (tick() - began) * 1000


def _say(name: str, figures: list[float], goal: float) -> None:
    best = min(figures)
    verdict = "within" if best <= goal else "OVER"
    print(
        f"  {name:<30} {best:8.1f} ms at best, {max(figures):8.1f} at worst ({verdict} the goal of {goal} ms)"
    )


def pages(kind: str, tickets: int, entries: int) -> None:
    """Processor time of the ticket page and the home page, with this plugin and without."""
    print(f"Pages on {kind}, with and without the plugin:")
    served = {}
    for plugins in ((), ("billing",)):
        with fresh_app(kind, plugins=plugins, clock=SettableClock(END)) as app:
            load(app, tickets, say=lambda _: None)
            if plugins:
                fill(app, tickets, entries)
                with app.work() as work:
                    look(work)
            served[plugins] = _serve(app, tickets)
    for name, with_plugin in served["billing",].items():
        without = served[()][name]
        print(
            f"  {name:<12} {without:6.1f} ms without, {with_plugin:6.1f} ms with the plugin: "
            f"{with_plugin - without:+.1f} ms, {with_plugin / without:.2f} times"
        )


def _serve(app: App, tickets: int) -> dict[str, float]:
    with app.work() as work:
        tech = find_by_name(work.db, "tech1")
        assert tech is not None
        set_password(work, tech, PASSWORD)
        for right in RIGHTS if app.config.plugins else ():
            grant_right(work, Holder(tech.id), right, Place("system"))
    wsgi: Any = make_wsgi(app)
    browser = TestApp(
        wsgi, lint=False, extra_environ={"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"}
    )
    form = browser.get("/login").form
    form["username"], form["password"] = "tech1", PASSWORD
    form.submit()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def serve(path: str) -> bytes:
        request = Request.blank(path, base_url="http://localhost:8080", headers={"Cookie": cookies})
        request.environ["REMOTE_ADDR"] = "127.0.0.1"
        return b"".join(wsgi(request.environ, lambda *_: None))

    chance = random.Random(3)
    numbers = [chance.randrange(1, tickets // 100) * 100 for _ in range(20)]
    paths = {"ticket page": [f"/ticket/{number}" for number in numbers], "home": ["/"], "list": ["/tickets"]}
    found = {}
    for name, all_paths in paths.items():
        for path in all_paths:
            serve(path)
        figures = [ms for path in all_paths for ms in processor_ms(lambda: serve(path), rounds=3)]  # noqa: B023
        found[name] = sorted(figures)[len(figures) // 2]
    return found


if __name__ == "__main__":
    main()
