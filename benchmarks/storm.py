"""A storm of mail beside people at work: how long pages take while a thousand mails a minute come in.

A real site, server and worker. One reader opens the list and a ticket in turn, first in peace, then while senders post
1,000 new tickets a minute at an even pace. The goal: the 95th percentile stays under twice its quiet value.
"""

import http.cookiejar
import re
import statistics
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from common import PASSWORD, arguments, kinds
from gateway import _post as post
from gateway import _small as small

from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import throwaway_postgres


def main() -> None:
    """Print the percentiles of both times and their ratio."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seconds", type=int, default=60, help="of each of the two times")
    parser.add_argument("--per-minute", type=int, default=1000)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtpy-bench-")))
            folder.chmod(0o755)
            url = stack.enter_context(throwaway_postgres(folder)) if kind == "postgresql" else ""
            site = stack.enter_context(running_site(folder, password=PASSWORD, database_url=url))
            site.start("serve")
            site.start("worker")
            print(f"Pages beside a storm of mail on {kind}:")
            _measure(site, options.seconds, options.per_minute)


def _measure(site: RunningSite, seconds: int, per_minute: int) -> None:
    for number in range(50):
        post(site, small(f"before-{number}"))
    reader = _log_in(site)
    _read(site, reader, 5)
    quiet = _read(site, reader, seconds)
    stop, sent, late = threading.Event(), [0], [0.0]
    thread = threading.Thread(target=_storm, args=(site, per_minute, stop, sent, late))
    thread.start()
    time.sleep(3)
    stormy = _read(site, reader, seconds)
    stop.set()
    thread.join()
    ratio = _p95(stormy) / _p95(quiet)
    print(f"  quiet: p50 {_p50(quiet):.1f} ms, p95 {_p95(quiet):.1f} ms over {len(quiet)} pages")
    print(
        f"  storm of {sent[0] * 60 / (seconds + 3):.0f} a minute, at most {late[0]:.1f} s late: "
        f"p50 {_p50(stormy):.1f} ms, p95 {_p95(stormy):.1f} ms over {len(stormy)} pages"
    )
    print(f"  p95 is {ratio:.2f} times the quiet one ({'within' if ratio < 2 else 'OVER'} the goal of 2)")


def _storm(
    site: RunningSite, per_minute: int, stop: threading.Event, sent: list[int], late: list[float]
) -> None:
    """Even pace from four senders, each with its own part of the clock."""
    began, lock = time.monotonic(), threading.Lock()

    def send() -> None:
        while not stop.is_set():
            with lock:
                number = sent[0]
                sent[0] += 1
            due = began + number * 60 / per_minute
            time.sleep(max(0.0, due - time.monotonic()))
            late[0] = max(late[0], time.monotonic() - due)
            post(site, small(f"storm-{number}"))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()


def _log_in(site: RunningSite) -> urllib.request.OpenerDirector:
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    page = opener.open(f"{site.url}/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    fields = {"username": "root", "password": site.password, "csrf_token": token[1] if token else ""}
    opener.open(f"{site.url}/login", urllib.parse.urlencode(fields).encode()).read()
    return opener


def _read(site: RunningSite, opener: urllib.request.OpenerDirector, seconds: float) -> list[float]:
    """Milliseconds of each page; five a second, as somebody busy clicks."""
    waits: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/", f"/ticket/{len(waits) % 40 + 1}"):
            began = time.monotonic()
            opener.open(site.url + path).read()
            waits.append((time.monotonic() - began) * 1000)
            time.sleep(0.2)
    return waits


def _p50(figures: list[float]) -> float:
    return statistics.median(figures)


def _p95(figures: list[float]) -> float:
    return sorted(figures)[int(len(figures) * 0.95)]


if __name__ == "__main__":
    main()
