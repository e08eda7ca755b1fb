"""Pages of the portal at 100,000 tickets and 5,000 pages of knowledge: what each takes, and what it asks.

Processor time of this process and, where there is one, of the database server: a busy machine does not spoil it.
At last, what the portal adds to the page of a ticket.
"""

import gzip
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from common import arguments, fresh_app, kinds
from portal_loader import Filled, fill_portal
from sqlalchemy import event, select, text
from webob import Request

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.garbage import collect_seldom
from rtpy.identity.sessions import start_session
from rtpy.models import Ticket, User
from rtpy.wsgi import make_wsgi

PAGE_MS, SUGGESTIONS_MS, FIRST_LOAD_KB, ADDED_MS = 30, 50, 60, 1.5
ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Case:
    """A page: its name, who reads it (a session, or nobody), its addresses by turns, its goal in ms."""

    name: str
    session: str
    paths: Sequence[str]
    goal: float = PAGE_MS


def main() -> None:
    """Print figures on each database, and which are over their goals."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=5_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind, plugins=("portal",)) as app:
            print(f"Pages of the portal on {kind}:")
            filled = fill_portal(app, options.tickets, options.pages)
            measure(app, filled)


def measure(app: App, filled: Filled) -> None:
    """Every page, the first load, and the page of a ticket with the portal and without."""
    wsgi = make_wsgi(app)
    collect_seldom()  # as `rtpy serve` does
    for case in _cases(app, filled):
        _page(app, wsgi, case)
    _first_load(wsgi)
    _ticket_page(app, wsgi)


def _cases(app: App, filled: Filled) -> list[Case]:
    with app.work() as work:
        db = work.db
        long_one = Ticket.id % 100 == 0
        own = db.scalars(select(Ticket.id).where(long_one, Ticket.creator_id == filled.customer_id)).all()
        own = own or db.scalars(select(Ticket.id).where(Ticket.creator_id == filled.customer_id)).all()
        theirs = db.scalars(
            select(Ticket.id).where(long_one, Ticket.organization_id == filled.organization_id).limit(12)
        ).all()
        customer, manager = (
            start_session(db, each, now=work.now, days=3) for each in (filled.customer_id, filled.manager_id)
        )
    words = filled.words
    every = " ".join([*words[0:30:2], *words[200:2000:200], *words[5000:15000:2500]])
    typed = {
        "one word": f"{words[5]} ",
        "three frequent words": " ".join(words[:3]) + " ",
        "a frequent and a rare word": f"{words[5]} {words[4000]} ",
        "two letters of a word": words[0][:2],
        "words that are nowhere": "zzzzzzz yyyyyyyy ",
    }
    search = "/portal/knowledge?q="
    return [
        Case("start page, nobody", "", ["/portal"]),
        Case("start page, a customer", customer, ["/portal"]),
        Case("form, nobody", "", ["/portal/ask", "/portal/ask/1"]),
        Case("form, a customer", customer, ["/portal/ask", "/portal/ask/1"]),
        Case("open requests, a customer's own", customer, ["/portal/requests"]),
        Case("closed requests, a customer's own", customer, ["/portal/requests?show=closed"]),
        Case("open requests of an organisation", manager, ["/portal/requests"]),
        Case(
            "closed requests of an organisation",
            manager,
            ["/portal/requests?show=closed", "/portal/requests?show=closed&page=30"],
        ),
        Case("requests of an organisation by a word", manager, ["/portal/requests?show=closed&text=printer"]),
        Case("request, a customer's own", customer, [f"/portal/request/{each}" for each in own]),
        Case("request of 20 entries, a colleague's", manager, [f"/portal/request/{each}" for each in theirs]),
        Case("organisation", manager, [f"/portal/organization/{filled.organization_id}"]),
        Case("knowledge", customer, ["/portal/knowledge"]),
        Case("a book of 500 pages", customer, ["/portal/knowledge/book-3"]),
        Case("a page", customer, [f"/portal/knowledge/page/{each}/p{each}" for each in (1, 111, 222)]),
        *(
            Case(f"search: {what}", customer, [search + each.replace(" ", "+")])
            for what, each in typed.items()
        ),
        Case("search: a word, nobody", "", [search + words[40]]),
        Case(
            "suggestions: six words",
            customer,
            [f"/portal/ask/suggestions?q={'+'.join(words[10:600:100])}"],
            SUGGESTIONS_MS,
        ),
        Case(
            "suggestions: a letter of thirty words",
            customer,
            [f"/portal/ask/suggestions?q={every.replace(' ', '+')}"],
            SUGGESTIONS_MS,
        ),
        Case("known issues", customer, ["/portal/issues"]),
        Case("known issue that affects 1,000", customer, ["/portal/issues/1"]),
        Case("theme.css", "", ["/portal/theme.css"]),
    ]


def _page(app: App, wsgi: Any, case: Case) -> None:
    count = _queries(app, lambda: _serve(wsgi, case.paths[0], case.session))
    length = max(len(_serve(wsgi, path, case.session)) for path in case.paths)
    ran, before = [], _server_ms(app)
    for turn in range(ROUNDS):
        began = time.process_time()
        _serve(wsgi, case.paths[turn % len(case.paths)], case.session)
        ran.append((time.process_time() - began) * 1000)
    of_server = (_server_ms(app) - before) / ROUNDS
    verdict = "within" if median(ran) + of_server <= case.goal else "OVER"
    print(
        f"  {case.name:<42} {median(ran):6.1f} ms + {of_server:5.1f} ms of the database server  "
        f"{count:2} queries  {length / 1000:5.1f} kB  {verdict} {case.goal} ms"
    )


def _server_ms(app: App) -> float:
    """Processor time that the server's processes for this app have used so far; nothing on SQLite."""
    if app.engine.dialect.name != "postgresql":
        return 0
    with app.engine.connect() as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        pids = connection.execute(text(asked)).scalars().all()
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in stats) * 1000 / os.sysconf("SC_CLK_TCK")


def _first_load(wsgi: Any) -> None:
    """What a browser loads at first, without pictures: as it is, and compressed as a web server in front sends it."""
    page = _serve(wsgi, "/portal")
    linked = re.findall(rb'(?:href|src)="(?:http://localhost:8080)?(/[^"]+\.(?:css|js)[^"]*)"', page)
    parts = {"/portal": page} | {path.decode(): _serve(wsgi, path.decode()) for path in linked}
    plain = sum(map(len, parts.values())) / 1000
    packed = sum(len(gzip.compress(each)) for each in parts.values()) / 1000
    verdict = "within" if packed <= FIRST_LOAD_KB else "OVER"
    print(f"  first load: {plain:.1f} kB, {packed:.1f} kB by gzip; {verdict} {FIRST_LOAD_KB} kB by gzip")
    for path, body in parts.items():
        print(f"    {path:<60} {len(body) / 1000:6.1f} kB {len(gzip.compress(body)) / 1000:6.1f} kB by gzip")


def _ticket_page(app: App, wsgi: Any) -> None:
    """The page of a ticket for staff, with the portal and without, by turns."""
    with app.work() as work:
        root = work.db.scalars(select(User.id).where(User.name == "root")).one()
        session = start_session(work.db, root, now=work.now, days=3)
        numbers = work.db.scalars(select(Ticket.id).where(Ticket.id % 100 == 0).limit(10)).all()
    without = App(replace(app.config, plugins=()), blobs=DatabaseStore())
    served = {"with the portal": (app, wsgi), "without": (without, make_wsgi(without))}
    paths = [f"/ticket/{each}" for each in numbers]
    counts, ran = {}, {name: [] for name in served}  # type: dict[str, int], dict[str, list[float]]
    for name, (of, site) in served.items():
        _serve(site, paths[0], session)
        counts[name] = _queries(of, lambda site=site: _serve(site, paths[0], session))  # type: ignore[misc]
    for turn in range(ROUNDS * 3):
        for name, (_, site) in served.items():
            began = time.process_time()
            _serve(site, paths[turn % len(paths)], session)
            ran[name].append((time.process_time() - began) * 1000)
    for name, figures in ran.items():
        print(f"  page of a ticket {name:<26} {median(figures):6.2f} ms processor  {counts[name]} queries")
    added = median(ran["with the portal"]) - median(ran["without"])
    verdict = "within" if added <= ADDED_MS else "OVER"
    print(f"    the portal adds {added:.2f} ms; {verdict} {ADDED_MS} ms")
    without.engine.dispose()


def _queries(app: App, deed: Callable[[], object]) -> int:
    """How many statements `deed` sends when it is done for the second time."""
    deed()
    statements: list[str] = []

    def note(*sent: Any) -> None:
        statements.append(sent[2])

    event.listen(app.engine, "before_cursor_execute", note)
    deed()
    event.remove(app.engine, "before_cursor_execute", note)
    return len([one for one in statements if not one.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE"))])


def _serve(wsgi: Any, path: str, session: str = "") -> bytes:
    request = Request.blank(path, base_url="http://localhost:8080")
    if session:
        request.headers["Cookie"] = f"rtpy_session={session}"
    request.environ["REMOTE_ADDR"] = "127.0.0.1"
    said: list[str] = []
    body = b"".join(wsgi(request.environ, lambda status, *_: said.append(status)))
    assert said[0].startswith("200"), (path, said)
    return body


if __name__ == "__main__":
    main()
