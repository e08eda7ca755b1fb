"""REST 2.0 at 100,000 tickets: processor time of one request, in this process, against fixed goals.

A request goes through the whole WSGI application: token, rights, queries, JSON. A program of somebody's of the staff
reads tickets of twenty entries, their histories with the fields that clients ask for, makes tickets with a requestor
and a text, and searches by three conditions for a page of fifty with eight fields. RT 5 needs the times in brackets.
"""

import gc
import json
import random
from collections.abc import Callable
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from common import arguments, fresh_app, kinds, processor_ms, show
from loader import END, load
from webob import Request

from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.clock import SettableClock
from rtpy.identity.scopes import Level
from rtpy.identity.tokens import draw_secret, hash_secret, write_token
from rtpy.models import AuthToken
from rtpy.wsgi import make_wsgi

ROUNDS, BATCH = 12, 20
QUERY = "Queue = 'Queue 3' AND Status = 'open' AND Priority > 10"
FIELDS = "Subject,Status,Queue,Owner,Priority,Created,LastUpdated,Requestor"
HISTORY = "Type,Creator,Created,Field,OldValue,NewValue,Description,_hyperlinks"


def main() -> None:
    """Print times on each database."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            app.clock = SettableClock(END)
            print(f"REST 2.0 on {kind}:")
            load(app, options.tickets)
            _run(app, options.tickets)


def _run(app: App, tickets: int) -> None:
    program = _Program(make_wsgi(app), _token(app))
    queue = json.loads(program("GET", "queues/all?fields=Name"))["items"][2]["Name"]
    search = urlencode(
        {"query": QUERY.replace("Queue 3", queue), "fields": FIELDS, "per_page": 50, "orderby": "Created"}
    )
    chance = random.Random(3)
    numbers = chance.sample(range(1, tickets // 100), min(60, tickets // 100 - 1))
    hundreds = cycle([number * 100 for number in numbers])
    gc.collect()
    gc.freeze()  # what loading left behind is no part of a request
    history = urlencode({"fields": HISTORY, "fields[Creator]": "Name", "per_page": 20})
    new = {"Queue": queue, "Subject": "no sound", "Content": "since today", "Requestor": "kim@client.example"}
    found = json.loads(program("GET", f"tickets?{search}"))
    print(f"  {found['total']} tickets fit the search, {found['count']} on the page")
    entries = json.loads(program("GET", f"ticket/{next(hundreds)}/history?{history}"))
    print(f"  {entries['count']} entries on a page of a history")
    _measure("GET of a ticket", 4, 43, lambda: program("GET", f"ticket/{next(hundreds)}"))
    _measure("its history of 20", 5, 24, lambda: program("GET", f"ticket/{next(hundreds)}/history?{history}"))
    _measure(
        "search: 3 conditions, 50 tickets, 8 fields", 20, 470, lambda: program("GET", f"tickets?{search}")
    )
    _measure("making a ticket", 15, 285, lambda: program("POST", "ticket", new))


def _measure(name: str, goal: float, rts: float, deed: Callable[[], object]) -> None:
    for _ in range(BATCH):
        deed()
    median = show(name, processor_ms(deed, rounds=ROUNDS, batch=BATCH))
    print(f"    {'within' if median <= goal else 'OVER'} the goal of {goal:g} ms (RT 5: {rts:g})")


class _Program:
    """Calls with a token; what is not a success ends the benchmark."""

    def __init__(self, wsgi: Any, token: str) -> None:
        self._wsgi = wsgi
        self._headers = {"Authorization": f"token {token}"}

    def __call__(self, method: str, path: str, body: object = None) -> bytes:
        request = Request.blank(f"/REST/2.0/{path}", method=method, headers=self._headers)
        request.environ["REMOTE_ADDR"] = "127.0.0.1"
        if body is not None:
            request.body = json.dumps(body).encode()
            request.content_type = "application/json"
        answer = request.get_response(self._wsgi)
        if answer.status_int >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.text[:500]}")
        return bytes(answer.body)


def _token(app: App) -> str:
    """A token of somebody's of the staff."""
    with app.work() as work:
        tech = find_by_name(work.db, "tech1")
        assert tech is not None
        secret = draw_secret()
        row = AuthToken(
            user_id=tech.id,
            secret_hash=hash_secret(secret),
            name="benchmark",
            level=Level.WRITE,
            creator_id=tech.id,
            created=work.now,
            last_used=work.now,
            last_peer="127.0.0.1",
        )
        work.db.add(row)
        work.db.flush()
        return write_token(row.id, tech.id, secret)


if __name__ == "__main__":
    main()
