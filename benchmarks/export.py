"""Exporting 100,000 rows: memory must not grow with them, but for the numbers of the tickets (8 bytes and an int each).

The whole WSGI application answers; the client throws away what it reads. What is counted is the peak of what Python
has allocated while the answer is read, for a tenth of the rows and for all of them.
"""

import time
import tracemalloc
from typing import Any

from common import PASSWORD, arguments, fresh_app, kinds
from loader import load
from webob import Request
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.people import find_by_name
from rtpy.identity.accounts import set_password
from rtpy.wsgi import make_wsgi

GOAL = 2.0
"""The peak for ten times the rows, by the peak for a tenth of them: the numbers are kept, nothing else."""


def main() -> None:
    """Print peaks and times on each database."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            print(f"Exports on {kind}:")
            load(app, options.tickets)
            _run(app, options.tickets)


def _run(app: App, tickets: int) -> None:
    with app.work() as work:
        root = find_by_name(work.db, "root")
        assert root is not None
        set_password(work, root, PASSWORD)
    wsgi = make_wsgi(app)
    browser = TestApp(
        wsgi, lint=False, extra_environ={"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"}
    )
    form = browser.get("/login").form
    form["username"], form["password"] = "root", PASSWORD
    form.submit()
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for kind in ("csv", "xlsx"):
        _peak(wsgi, cookies, kind, 500)  # what is built once
        few, _, some = _peak(wsgi, cookies, kind, tickets // 10)
        many, seconds, size = _peak(wsgi, cookies, kind, tickets)
        ratio = many / few
        verdict = "within" if ratio <= GOAL else "OVER"
        print(
            f" {kind}: {some / 1e6:.1f} MB of file at {few / 1e6:.1f} MB, {size / 1e6:.1f} MB at {many / 1e6:.1f} MB"
        )
        print(
            f"  {ratio:.2f} times the memory for ten times the rows ({verdict} the goal of {GOAL:g}), {seconds:.0f} s"
        )


def _peak(wsgi: Any, cookies: str, kind: str, rows: int) -> tuple[int, float, int]:
    """Bytes at the peak, seconds, bytes of the file."""
    query = f"/search/results.{kind}?Query=id+%3C%3D+{rows}"
    request = Request.blank(query, base_url="http://localhost:8080", headers={"Cookie": cookies})
    request.environ["REMOTE_ADDR"] = "127.0.0.1"
    status: list[str] = []
    tracemalloc.start()
    began, size = time.perf_counter(), 0
    answer = wsgi(request.environ, lambda line, *_: status.append(line))
    for piece in answer:
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status[0].startswith("200"), status
    return peak, time.perf_counter() - began, size


if __name__ == "__main__":
    main()
