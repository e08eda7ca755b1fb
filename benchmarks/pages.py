"""Pages at 100,000 tickets: processor time of the server against rendering the same bytes from values in memory.

The ticket pages have twenty entries each, the list page fifty tickets. A request goes through the whole WSGI
application in this process: session, rights, queries, rendering. Then the same template is rendered again with the very
values that the view made.
"""

import random
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from common import PASSWORD, arguments, fresh_app, kinds, processor_ms, show, show_ratio
from loader import load
from sqlalchemy import event
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.identity.accounts import set_password
from rtpy.wsgi import make_wsgi

GOAL_MS = 25


def main() -> None:
    """Print times and ratios on each database."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            print(f"Pages on {kind}:")
            load(app, options.tickets)
            _run(app, options.tickets)


def _run(app: App, tickets: int) -> None:
    with app.work() as work:
        tech = find_by_name(work.db, "tech1")
        assert tech is not None
        set_password(work, tech, PASSWORD)
    wsgi = make_wsgi(app)
    browser = TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"})
    form = browser.get("/login").form
    form["username"], form["password"] = "tech1", PASSWORD
    form.submit()
    chance = random.Random(3)
    numbers = [
        number * 100 for number in chance.sample(range(1, tickets // 100), min(60, tickets // 100 - 1))
    ]
    _page(app, wsgi, browser, "ticket page of 20 entries", [f"/ticket/{number}" for number in numbers])
    _page(app, wsgi, browser, "list of 50 tickets", [f"/tickets?page={page}" for page in range(1, 13)])
    _page(app, wsgi, browser, "home", ["/"])


def _page(app: App, wsgi: Any, browser: TestApp, name: str, paths: list[str]) -> None:
    templates = wsgi.registry["rtpy.templates"]
    real = templates.render
    drawn: list[tuple[str, Mapping[str, object]]] = []

    def remember(template: str, values: Mapping[str, object]) -> str:
        drawn.append((template, dict(values)))
        return str(real(template, values))

    templates.render = remember
    statements: list[str] = []
    listener: Callable[..., None] = lambda *sent: statements.append(sent[2])  # noqa: E731
    event.listen(app.engine, "before_cursor_execute", listener)
    lengths = [len(browser.get(path, status=200).body) for path in paths]
    event.remove(app.engine, "before_cursor_execute", listener)
    templates.render = real
    if "ticket page" in name and not all(_entries(browser.get(path).text) >= 20 for path in paths[:3]):
        sys.exit("a ticket page shows fewer than twenty entries")
    queries = len([one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]) / len(paths)

    served = [
        figure for path in paths for figure in processor_ms(lambda path=path: browser.get(path), rounds=3)
    ]  # type: ignore[misc]
    pages = [
        figure
        for template, values in drawn
        for figure in processor_ms(lambda t=template, v=values: real(t, v), rounds=3)  # type: ignore[misc]
    ]
    print(f" {name}: {sum(lengths) // len(lengths) // 1000} kB, {queries:.1f} statements")
    median = show("served", served)
    show("rendered from values in memory", pages)
    show_ratio("ratio", served, pages, 3)
    print(f"  {'within' if median <= GOAL_MS else 'OVER'} the goal of {GOAL_MS} ms")


def _entries(html: str) -> int:
    return len(re.findall(r'id="(?:entry|transaction|txn)-\d+"', html))


if __name__ == "__main__":
    main()
