"""A working day against one and against two nodes: mail, staff, customers and programs at once.

Real processes over one PostgreSQL, with all three plugins. What comes in keeps an even pace of its own, whether or not
the answers keep up; how long each answer took counts from the moment when it was due, so waiting in line is waiting.
The usual pace is that of a shop with 1,500 new tickets a day, `--times` makes it a multiple. The nodes, the database
and whoever plays the people share one machine: figures of two nodes show what sharing costs, not what it gains.
"""

import http.cookiejar
import json
import random
import re
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from common import PASSWORD, arguments
from gateway import _post as post
from loader import load
from sqlalchemy import create_engine, text

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.people import find_by_name
from rtpy.config.config import Config
from rtpy.identity.accounts import set_password
from rtpy.initialdata.brought import give_first_data
from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import throwaway_postgres

PLUGINS = ("billing", "sla", "portal")
A_MINUTE = {
    "new mail": 3.0,
    "mail in a thread": 3.0,
    "staff: list or search": 30.0,
    "staff: ticket": 40.0,
    "staff: reply with minutes": 6.0,
    "customer: own requests": 10.0,
    "customer: one request": 10.0,
    "program: search": 10.0,
    "program: change": 5.0,
}
"""How often each happens in a shop of about 25 people: 1,500 new tickets in a day of eight hours."""
LISTS = (
    "/",
    "/tickets",
    "/search?Query=Status%3D'open'+AND+Queue%3D'Queue+3'",
    "/tickets?owner=me&sort=urgency",
)
STAFF = CUSTOMERS = 8
LINES = 4
"""Senders that wait beside each other for the answers of one kind."""


@dataclass
class Day:
    """What was seen: milliseconds from the due moment to the end of the answer, and what went wrong, by kind."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)


class Person:
    """A browser of one person, who logs in on any node and then clicks on all of them."""

    def __init__(self, nodes: list[RunningSite], name: str) -> None:
        self._nodes, self._chance = nodes, random.Random(name)
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self.post("/login", self.get("/login"), username=name, password=PASSWORD)

    def get(self, path: str) -> str:
        """The page."""
        return self._open(path, None)

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form that stands on the page."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        fields["csrf_token"] = token[1] if token else ""
        return self._open(path, urllib.parse.urlencode(fields).encode())

    def _open(self, path: str, data: bytes | None) -> str:
        node = self._chance.choice(self._nodes)
        with self._opener.open(
            node.url + urllib.parse.quote(path, safe="/?=&+%'"), data, timeout=60
        ) as answer:
            return str(answer.read().decode())


def main() -> None:
    """Print throughput, waiting times, errors and what a thousand tickets cost."""
    parser = arguments(__doc__ or "")
    parser.set_defaults(on="postgresql")
    parser.add_argument("--tickets", type=int, default=20_000, help="there from the start")
    parser.add_argument("--nodes", default="1,2", help="how many web servers and workers, joined by commas")
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--times", default="1,4", help="multiples of the usual pace, joined by commas")
    options = parser.parse_args()
    if options.on != "postgresql":
        parser.error("several nodes need PostgreSQL")
    for nodes in map(int, options.nodes.split(",")):
        with _shop(nodes, options.tickets) as (sites, url, folder):
            for times in map(float, options.times.split(",")):
                print(
                    f"{nodes} node{'s' * (nodes > 1)}, {times:g} times the usual pace, {options.seconds} s:"
                )
                _play(sites, url, folder, options.tickets, options.seconds, times)


@contextmanager
def _shop(nodes: int, tickets: int) -> Iterator[tuple[list[RunningSite], str, Path]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtpy-bench-")))
        folder.chmod(0o755)
        url = stack.enter_context(throwaway_postgres(folder))
        first = stack.enter_context(
            running_site(folder / "1", password=PASSWORD, database_url=url, plugins=PLUGINS)
        )
        app = App(
            Config.for_tests(first.home, database__url=url, plugins=list(PLUGINS)), blobs=DatabaseStore()
        )
        give_first_data(app)
        load(app, tickets, say=lambda _: None)
        with app.work() as work:
            for name in (*_staff(), *_customers()):
                person = find_by_name(work.db, name)
                assert person is not None, name
                set_password(work, person, PASSWORD)
        app.config.secret_key()
        app.engine.dispose()
        sites = [first]
        for number in range(2, nodes + 1):
            home = folder / str(number) / "home"
            home.mkdir(parents=True)
            shutil.copy(first.home / "secret_key", home / "secret_key")
            settings = {"RTPY_PLUGINS": ",".join(PLUGINS)}
            sites.append(RunningSite(home, password=PASSWORD, database_url=url, settings=settings))
            stack.callback(sites[-1].close)
        for site in sites:
            site.start("serve")
            site.start("worker")
        _rest(sites, folder)
        yield sites, url, folder


def _staff() -> list[str]:
    return [f"tech{number}" for number in range(STAFF)]


def _customers() -> list[str]:
    return [f"person{number}@client{number % 40:02}.example" for number in range(CUSTOMERS)]


def _play(sites: list[RunningSite], url: str, folder: Path, tickets: int, seconds: int, times: float) -> None:
    staff = [Person(sites, name) for name in _staff()]
    customers = [Person(sites, name) for name in _customers()]
    deeds = _deeds(sites, staff, customers, tickets)
    warm = random.Random(1)
    for deed in deeds.values():  # pages are compiled when they are first asked for
        for _ in range(2 * len(sites)):
            deed(warm)
    day = Day()
    before, made = _cost(sites, folder), _scalar(url, "SELECT count(*) FROM tickets")
    size = _scalar(url, "SELECT pg_database_size(current_database())")
    began = time.monotonic()
    lines = [
        threading.Thread(
            target=_line, args=(name, deeds[name], each, 60 * LINES / (pace * times), began, seconds, day)
        )
        for name, pace in A_MINUTE.items()
        for each in range(LINES)
    ]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    took = time.monotonic() - began
    while _scalar(url, "SELECT count(*) FROM outgoing_mails WHERE state IN ('queued', 'sending')"):
        time.sleep(0.5)
    behind = time.monotonic() - began - took
    spent, made = _cost(sites, folder) - before, _scalar(url, "SELECT count(*) FROM tickets") - made
    size = _scalar(url, "SELECT pg_database_size(current_database())") - size
    for name, waits in day.waits.items():
        waits.sort()
        p50, p95, p99 = (waits[min(int(len(waits) * part), len(waits) - 1)] for part in (0.5, 0.95, 0.99))
        wrong = f", {len(day.errors[name])} ERRORS: {day.errors[name][0]}" if day.errors[name] else ""
        print(f"  {name:<28} {len(waits):5} p50 {p50:7.1f} ms, p95 {p95:7.1f}, p99 {p99:7.1f}{wrong}")
    answers = sum(map(len, day.waits.values()))
    for site in sites:
        log = (site.home.parent / "serve.log").read_text()
        for trace in log.split("Traceback (most recent call last):")[1:4]:
            print(trace[-1500:])
    print(f"  {answers / took:.1f} answers a second, {made / took * 60:.0f} new tickets a minute")
    print(
        f"  mails were all out {behind:.1f} s after the last answer; {sum(map(len, day.errors.values()))} errors"
    )
    print(
        f"  processors: {spent / took:.2f} busy; a thousand tickets with all around them cost "
        f"{spent / max(made, 1) * 1000:.0f} s of processor time and {size / max(made, 1) / 1000:.1f} MB"
    )


def _line(
    name: str,
    deed: Callable[[random.Random], None],
    number: int,
    pause: float,
    began: float,
    seconds: int,
    day: Day,
) -> None:
    """One of the lines of a kind: its deeds are due at an even pace, a late one does not put off the next."""
    chance = random.Random(f"{name}-{number}-{began}")
    due = began + pause * number / LINES
    while due < began + seconds:
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            deed(chance)
        except (OSError, RuntimeError, AssertionError) as wrong:
            said = wrong.read().decode()[-300:] if isinstance(wrong, urllib.error.HTTPError) else ""
            with day.lock:
                day.errors[name].append(f"{wrong} {said}")
        with day.lock:
            day.waits[name].append((time.monotonic() - due) * 1000)
        due += pause


def _deeds(
    sites: list[RunningSite], staff: list[Person], customers: list[Person], tickets: int
) -> dict[str, Callable[[random.Random], None]]:
    program = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    key = b64encode(f"tech0:{PASSWORD}".encode()).decode()

    def number(chance: random.Random) -> int:
        return chance.randint(1, tickets)

    def mail(chance: random.Random, tag: str = "") -> None:
        token = f"{chance.getrandbits(64):x}"
        who = f"person{chance.randrange(1200)}@client{chance.randrange(40):02}.example"
        raw = (
            f"From: {who}\r\nTo: rt@localhost\r\nSubject: {tag}Trouble {token}\r\nMessage-ID: <{token}@load.example>"
            f"\r\n\r\nHello,\r\n\r\nthe printer {token} does not print.\r\n{'It is urgent. ' * 40}\r\n"
        )
        post(chance.choice(sites), raw.encode())

    def reply(chance: random.Random) -> None:
        person, ticket = chance.choice(staff), number(chance)
        page = person.get(f"/ticket/{ticket}")
        person.post(
            f"/ticket/{ticket}/reply", page, text="Please look again, it should work now.", minutes="5"
        )

    def one_request(chance: random.Random) -> None:
        person = chance.choice(customers)
        found = re.findall(r'href="(/portal/requests?/\d+)"', person.get("/portal/requests"))
        if found:
            person.get(chance.choice(found))

    def call(chance: random.Random, method: str, path: str, body: object = None) -> None:
        asked = urllib.request.Request(
            f"{chance.choice(sites).url}/REST/2.0/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {key}", "Content-Type": "application/json"},
            method=method,
        )
        with program.open(asked, timeout=60) as answer:
            answer.read()

    def change(chance: random.Random) -> None:
        call(chance, "PUT", f"ticket/{number(chance)}", {"Priority": chance.randrange(100)})

    found = urllib.parse.quote("Status = 'open' AND Queue = 'Queue 3'")
    return {
        "new mail": mail,
        "mail in a thread": lambda chance: mail(chance, f"[example.com #{number(chance)}] "),
        "staff: list or search": lambda chance: void(chance.choice(staff).get(chance.choice(LISTS))),
        "staff: ticket": lambda chance: void(chance.choice(staff).get(f"/ticket/{number(chance)}")),
        "staff: reply with minutes": reply,
        "customer: own requests": lambda chance: void(chance.choice(customers).get("/portal/requests")),
        "customer: one request": one_request,
        "program: search": lambda chance: call(
            chance, "GET", f"tickets?query={found}&fields=Subject,Status,Owner"
        ),
        "program: change": change,
    }


def void(_: object) -> None:
    """What was answered is not looked at."""


def _cost(sites: list[RunningSite], folder: Path) -> float:
    """Seconds of processor time of all servers so far, the database's with those of its processes that ended."""
    numbers = [site.pid(name) for site in sites for name in ("serve", "worker")]
    server = int(next(folder.rglob("postmaster.pid")).read_text().splitlines()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(_processor(each) for each in (*numbers, server, *map(int, children)))


def _processor(number: int) -> float:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # a child that has just ended; its time is the server's now
        return 0.0
    return sum(map(int, fields[11:15])) / 100


def _rest(sites: list[RunningSite], folder: Path) -> None:
    """Wait until the workers have taken in what was put into the tables beside them: texts for search, clocks."""
    busy = 1.0
    while busy > 0.25:
        before = _cost(sites, folder)
        time.sleep(5)
        busy = (_cost(sites, folder) - before) / 5


def _scalar(url: str, query: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text(query)).scalar() or 0)
    engine.dispose()
    return found


if __name__ == "__main__":
    main()
