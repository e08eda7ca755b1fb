"""Pages at 100,000 tickets: processor time of the server against rendering the same bytes from values in memory.

The ticket pages have twenty entries each, the list page fifty tickets. A request goes through the whole WSGI
application in this process: session, rights, queries, rendering.

What it is compared with is the same page from the rows that its queries found, kept in memory: words are sanitised and
folded, dates and links written, and the template drawn, without a database, session or framework. The template alone is
printed as well; its values are almost finished HTML by then, so it has little left to do.
"""

import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any
from unittest import mock

from common import PASSWORD, arguments, fresh_app, kinds, processor_ms, show, show_ratio
from loader import load
from sqlalchemy import event
from webob import Request
from webtest import TestApp

from rtpy import remembered
from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.garbage import collect_seldom
from rtpy.identity.accounts import set_password
from rtpy.web.staff import home
from rtpy.web.staff.home import show_home
from rtpy.web.staff.ticket import composer as ticket_composer
from rtpy.web.staff.ticket import conversation as ticket_conversation
from rtpy.web.staff.ticket import list as ticket_list
from rtpy.web.staff.ticket import page as ticket_page
from rtpy.web.staff.ticket import reminders as ticket_reminders
from rtpy.web.staff.ticket.display import show_ticket
from rtpy.web.staff.ticket.list import show_list
from rtpy.wsgi import make_wsgi

GOAL_MS = 25
ROUNDS = 3

VIEWS: dict[str, Callable[[Any, Any], dict[str, object]]] = {
    "staff/ticket/display.pt": show_ticket,
    "staff/ticket/list.pt": show_list,
    "staff/home.pt": show_home,
}
READERS = (
    (ticket_page, "read_history"),
    (ticket_page, "read_watchers"),
    (ticket_page, "read_mails"),
    (ticket_page, "read_others"),
    (ticket_composer, "read_drafts"),
    (ticket_composer, "find_audience"),
    (ticket_conversation, "names_in"),
    (ticket_page, "read_linked"),
    (ticket_reminders, "read_mine"),
    (ticket_list, "list_tickets"),
    (home, "list_tickets"),
    (home, "_counts"),
)
"""Everything by which these views ask the database."""


class _Memory:
    """Stands for the readers: keeps what they answer to the first drawing of a page, and says it again to others."""

    def __init__(self) -> None:
        self.full = False
        self._stands = [(module, name, self._standing_for(getattr(module, name))) for module, name in READERS]

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """In the block it is asked in place of the readers."""
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(remembered, "LOOK_AGAIN", 3600.0))
            for module, name, stand in self._stands:
                stack.enter_context(mock.patch.object(module, name, stand))
            yield

    def _standing_for(self, real: Callable[..., object]) -> Callable[..., object]:
        found: list[object] = []
        again = count()

        def answer(*given: object, **named: object) -> object:
            if self.full:
                return found[next(again) % len(found)]
            found.append(real(*given, **named))
            return found[-1]

        return answer


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
    collect_seldom()  # as `rtpy serve` does
    browser = TestApp(
        wsgi, lint=False, extra_environ={"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"}
    )
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
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())

    def serve(path: str) -> bytes:
        """What the server does for one request, without a client's own work."""
        request = Request.blank(path, base_url="http://localhost:8080", headers={"Cookie": cookies})
        request.environ["REMOTE_ADDR"] = "127.0.0.1"
        return b"".join(wsgi(request.environ, lambda *_: None))

    templates = wsgi.registry["rtpy.templates"]
    real = templates.render
    served: list[float] = []
    from_rows: list[float] = []
    alone: list[float] = []

    drawn: list[tuple[_Memory, Callable[[], str], Callable[[], str]]] = []

    def remember(template: str, values: Mapping[str, Any]) -> str:
        view, request, memory = VIEWS[template], values["request"], _Memory()
        about = request.context
        with memory.remembering():
            view(about, request)
        memory.full = True
        drawn.append(
            (
                memory,
                lambda: real(template, {**values, **view(about, request)}),
                lambda: real(template, values),
            )
        )
        return str(real(template, values))

    statements: list[str] = []
    listener: Callable[..., None] = lambda *sent: statements.append(sent[2])  # noqa: E731
    event.listen(app.engine, "before_cursor_execute", listener)
    lengths = [len(browser.get(path, status=200).body) for path in paths]
    queries = len([one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]) / len(paths)
    for path in paths:
        templates.render = remember
        serve(path)
        templates.render = real
        statements.clear()
        memory, from_memory, template_alone = drawn.pop()
        with memory.remembering():
            from_memory()
        if statements:
            sys.exit(f"not all is in memory: {statements}")
        for _ in range(ROUNDS):  # by turns: what disturbs the machine disturbs all of them
            served += processor_ms(lambda path=path: serve(path), rounds=1)  # type: ignore[misc]
            with memory.remembering():
                from_rows += processor_ms(from_memory, rounds=1)
            alone += processor_ms(template_alone, rounds=1)
    event.remove(app.engine, "before_cursor_execute", listener)
    if "ticket page" in name and not all(_entries(browser.get(path).text) >= 20 for path in paths[:3]):
        sys.exit("a ticket page shows fewer than twenty entries")
    print(f" {name}: {sum(lengths) // len(lengths) // 1000} kB, {queries:.1f} statements")
    median = show("served", served)
    show("rendered from rows in memory", from_rows)
    show("of that the template", alone)
    show_ratio("ratio", served, from_rows, 3)
    print(f"  {'within' if median <= GOAL_MS else 'OVER'} the goal of {GOAL_MS} ms")


def _entries(html: str) -> int:
    return len(re.findall(r'id="(?:entry|transaction|txn)-\d+"', html))


if __name__ == "__main__":
    main()
