"""What grows with the shop: the same deeds at 10,000, 100,000 and 1,000,000 tickets, in one process after another.

Each deed goes through the whole application. Printed are milliseconds from outside (median and 95th percentile), the
processor time of ours in it, and what the database takes on disk. The rest of the time is the database server's, or
waiting for the disk.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import PASSWORD, arguments, fresh_app, kinds
from full_text import fill
from loader import load
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.garbage import collect_seldom
from rtpy.identity.accounts import set_password
from rtpy.models import Transaction
from rtpy.wsgi import make_wsgi

ROUNDS = 30
LOCAL = {"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"}
PAGES = {
    "list of 50 open tickets": "/tickets",
    "own tickets (home)": "/",
    "search: status and queue": "/search?Query=Status%3D'open'+AND+Queue%3D'Queue+3'",
    "search: organisation, month": "/search?Query=Organization%3D'Client+07'+AND+Created>'1+month+ago'",
    "search: everything, last page": "/search?Query=id>0&Page=100",
    "words: one of fifty tickets": "/search?Query=Content+LIKE+'w1500'",
    "words: one of two": "/search?Query=Content+LIKE+'w0'",
    "chart of all by status and queue": "/search?Query=id>0&show=chart&GroupBy=Queue&GroupBy=Status",
    "counts to narrow down": "/search?Query=Status%3D'open'&narrow=1",
}


def main() -> None:
    """Print a table for each size on each database."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="tickets, joined by commas")
    options = parser.parse_args()
    for kind in kinds(options.on):
        for size in map(int, options.sizes.split(",")):
            with fresh_app(kind) as app:
                _measure(app, kind, size)


def _measure(app: App, kind: str, size: int) -> None:
    began = time.monotonic()
    load(app, size, say=lambda _: None)
    fill(app, size, 1)
    with app.work() as work:
        tech = find_by_name(work.db, "tech1")
        assert tech is not None
        set_password(work, tech, PASSWORD)
        transactions = work.db.scalar(select(func.count()).select_from(Transaction)) or 0
    print(f"{size} tickets, {transactions} transactions on {kind}, made in {time.monotonic() - began:.0f} s")
    print(
        f"  on disk: {_bytes_on_disk(app) / 1e6:.0f} MB, {_bytes_on_disk(app) / size / 1000:.1f} kB a ticket"
    )
    wsgi = make_wsgi(app)
    collect_seldom()  # as `rtpy serve` does
    browser = TestApp(wsgi, lint=False, extra_environ=LOCAL)
    form = browser.get("/login").form
    form["username"], form["password"] = "tech1", PASSWORD
    form.submit()
    step = max(size // 100 // ROUNDS, 1) * 100
    tickets = iter([number for number in range(step, size + 1, step) for _ in range(2)] * 2)
    _show("ticket of 20 entries", lambda: browser.get(f"/ticket/{next(tickets)}", status=200))
    for name, address in PAGES.items():
        _show(name, lambda address=address: browser.get(address, status=200))  # type: ignore[misc]
    page = browser.get(f"/ticket/{step}")
    _show("a reply of staff", lambda: _reply(browser, page))
    numbers = iter(range(10_000))
    _show("a new ticket by mail", lambda: _mail(wsgi, next(numbers)))


def _reply(browser: TestApp, page: Any) -> None:
    form = next(form for form in page.forms.values() if "reply" in (form.action or ""))
    fields = dict(form.submit_fields())
    fields.update(text="Done, please look again.", minutes="5", sent="")
    answer = browser.post(form.action, fields)
    assert answer.status_int == 303, answer.status


def _mail(wsgi: Any, number: int) -> None:
    mail = (
        f"From: person{number}@client07.example\r\nTo: rt@localhost\r\nSubject: Growth {number}\r\n"
        f"Message-ID: <growth-{number}@client07.example>\r\n\r\nThe printer is on fire.\r\n"
    )
    sender = TestApp(wsgi, lint=False, extra_environ=LOCAL)
    answer = sender.post(
        "/REST/1.0/NoAuth/mail-gateway",
        {"queue": "General", "action": "correspond", "message": mail},
        status=200,
    )
    assert answer.text.startswith("ok"), answer.text


def _show(name: str, deed: Callable[[], object]) -> None:
    deed()
    outside, inside = [], []
    for _ in range(ROUNDS):
        wall, own = time.perf_counter(), time.process_time()
        deed()
        inside.append((time.process_time() - own) * 1000)
        outside.append((time.perf_counter() - wall) * 1000)
    p95 = sorted(outside)[int(len(outside) * 0.95)]
    print(
        f"  {name:<36} {statistics.median(outside):8.1f} ms, p95 {p95:8.1f}, ours {statistics.median(inside):6.1f}"
    )


def _bytes_on_disk(app: App) -> float:
    if app.engine.dialect.name == "postgresql":
        with app.engine.connect() as connection:
            return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    home = Path(make_url(app.config.database.url).database or "").parent
    return float(sum(each.stat().st_size for each in home.glob("rtpy.db*")))


if __name__ == "__main__":
    main()
