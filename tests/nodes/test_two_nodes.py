"""P1, P3, P7, P8, P13: two machines over one database server, under load, killed, restarted and cut off.

More of it by hand: RTPY_TEST_OPERATIONS=10000 and RTPY_TEST_MAILS=2000.
"""

import itertools
import os
import random
import re
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from rtpy.models import Ace, Principal, Schedule, User
from rtpy.schedules.saving import run_soon, save_schedule
from rtpy.testing.people import Factory
from tests.faults.sending import Sender, numbered
from tests.nodes.cluster import PASSWORD, Caller, Visitor, cluster_of_two, eventually, token_for

MAILS = int(os.environ.get("RTPY_TEST_MAILS", "40"))
OPERATIONS = int(os.environ.get("RTPY_TEST_OPERATIONS", "300"))
STOPS_WITHIN = 30.0
SEEN_WITHIN = 5.0
PAGE = "/admin/queues"
"""For administrators only."""

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(1800 if OPERATIONS > 1000 else 600)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, compiled_templates: Path):
    with cluster_of_two(tmp_path_factory.mktemp("nodes"), compiled_templates) as cluster:
        yield cluster


@pytest.fixture
def staff(cluster):
    """Makes a privileged person who may do everything; their id and a caller with their token."""

    def make(name):
        with cluster.app.work() as work:
            factory = Factory(cluster.app, work.db)
            user = factory.staff(name, password=f"the password of {name}")
            factory.grant(user, "SuperUser")
            return user.id, Caller(token_for(work, user.id))

    return make


def test_p1_p3_p8_p13_mails_through_both_while_everything_falls(cluster):
    """Senders that try again lose nothing: web servers and workers are killed and stopped, the database crashes."""
    cluster.start()
    chance = random.Random(7)
    tokens = [f"node-{number}" for number in range(MAILS)]
    unsent, lock, lost = list(tokens), threading.Lock(), []
    senders = [Sender(node.url) for node in cluster.nodes]
    over, deadline = threading.Event(), time.monotonic() + 150 + MAILS

    def send(first, second):
        """To one node; every third mail to both at the same moment."""
        while True:
            with lock:
                if not unsent:
                    return
                token = unsent.pop()
            raw = numbered(token)
            both = int(token.partition("-")[2]) % 3 == 0
            twin = threading.Thread(target=second.until_taken, args=(token, raw, deadline))
            if both:
                twin.start()
            if not first.until_taken(token, raw, deadline):
                lost.append(token)
            if both:
                twin.join()
            if not over.is_set():
                time.sleep(0.4)  # so that mails come until everything has fallen

    threads = [
        threading.Thread(target=send, args=pair) for pair in (senders, senders[::-1]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    first, second = cluster.nodes
    kills = [(first, "serve"), (second, "worker")]
    kills += [(chance.choice(cluster.nodes), chance.choice(["serve", "worker"])) for _ in range(MAILS // 100)]
    for node, name in kills:
        time.sleep(chance.uniform(0.3, 1.0))
        node.kill(name)
        node.start(name)
    cluster.postgres.stop("immediate")
    cluster.postgres.start()
    took, codes = [], []
    for node in cluster.nodes:
        for name in ("serve", "worker"):
            began = time.monotonic()
            codes.append(node.stop(name))
            took.append(time.monotonic() - began)
            node.start(name)
    over.set()
    for thread in threads:
        thread.join(200 + MAILS)
    cluster.let_leases_run_out()

    assert lost == []
    assert codes == [0] * 4, "each ends by itself"
    assert max(took) < STOPS_WITHIN, took
    waiting = (
        "SELECT (SELECT count(*) FROM incoming_mails WHERE state IN ('received', 'working')) + "
        "(SELECT count(*) FROM outgoing_mails WHERE state IN ('queued', 'sending'))"
    )
    assert eventually(lambda: cluster.scalar(waiting) == 0, 100)
    made = cluster.rows(
        "SELECT subject, count(*) FROM tickets WHERE subject LIKE 'Trouble node-%' GROUP BY 1"
    )
    assert {row[0]: row[1] for row in made} == {f"Trouble {token}": 1 for token in tokens}
    mails = [mail for node in cluster.nodes for mail in node.sent_mails() if "node-" in (mail["To"] or "")]
    copies = Counter(mail["Message-ID"] for mail in mails)
    assert len({mail["To"] for mail in mails}) == len(copies) == MAILS
    assert sum(copies.values()) <= MAILS + len(kills) + 1, "a copy more for a crash at most"


def chained(rows):
    """Does each change of a value begin where the one before has ended?"""
    last = {}
    broken = []
    for ticket, old, new in rows:
        if last.get(ticket, old) != old:
            broken.append((ticket, last[ticket], old, new))
        last[ticket] = new
    return broken, last


def test_p7_the_same_tickets_changed_through_both(cluster, staff):
    cluster.start()
    people = dict(staff(f"agent{number}") for number in range(4))
    with cluster.app.work() as work:
        factory = Factory(cluster.app, work.db)
        tickets = [factory.ticket(f"Contended {number}").id for number in range(6)]
        scheduled = [
            save_schedule(
                work,
                None,
                {
                    "name": f"Once {number}", "action": "SetPriority", "action_argument": str(number + 10),
                    "how": "minutes", "every_minutes": "1440", "query": f"id = {tickets[number % 6]}",
                },
            ).id
            for number in range(6)
        ]  # fmt: skip
        for number in scheduled:
            run_soon(work, work.db.get_one(Schedule, number))
    numbers, done, answers, lock = itertools.count(), [], Counter(), threading.Lock()

    def go(caller, seed):
        chance = random.Random(seed)
        while (number := next(numbers)) < OPERATIONS:
            node, ticket = cluster.nodes[number % 2], chance.choice(tickets)
            # Merges are few, and always into the first, so that something is left to work on.
            deed = chance.choices(
                ["comment", "reply", "take", "untake", "status", "merge"], [5, 4, 5, 4, 4, 0.1]
            )[0]
            mark = f"mark-{number:06}"
            match deed:
                case "comment" | "reply":
                    path = f"ticket/{ticket}/{'comment' if deed == 'comment' else 'correspond'}"
                    got = caller(node, "POST", path, {"Content": mark, "ContentType": "text/plain"})
                case "take" | "untake":
                    got = caller(node, "PUT", f"ticket/{ticket}/{deed}")
                case "status":
                    status = chance.choice(["open", "resolved", "stalled"])
                    got = caller(node, "PUT", f"ticket/{ticket}", {"Status": status})
                case _:
                    victim = chance.choice(tickets[1:])
                    got = caller(node, "PUT", f"ticket/{victim}", {"MergeInto": tickets[0]})
            with lock:
                answers[deed, got[0]] += 1
                done.append((deed, mark, got))

    threads = [
        threading.Thread(target=go, args=(caller, seed)) for seed, caller in enumerate(people.values())
    ]
    threads += [
        threading.Thread(target=go, args=(caller, seed + 9)) for seed, caller in enumerate(people.values())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == OPERATIONS
    assert [entry for entry in done if entry[2][0] >= 500] == []
    assert sum(count for (_, code), count in answers.items() if code < 300) > OPERATIONS / 3, answers
    texts = "SELECT encode(b.data, 'escape') FROM attachments a JOIN blobs b ON b.sha256 = a.blob_sha256"
    found = Counter(re.findall(r"mark-\d{6}", " ".join(str(row[0]) for row in cluster.rows(texts))))
    said = {mark for deed, mark, (code, _) in done if deed in ("comment", "reply") and code < 300}
    assert set(found) == said, "what was answered with yes is there, and nothing else"
    assert set(found.values()) == {1}

    history = "SELECT object_id, old_value, new_value FROM transactions WHERE object_type = 'ticket' AND {} ORDER BY id"
    taken, owners = chained(cluster.rows(history.format("type = 'Set' AND field = 'Owner'")))
    moved, statuses = chained(cluster.rows(history.format("type = 'Status'")))
    assert (taken, moved) == ([], []), (
        "nobody took what somebody had already, or overwrote what they had not seen"
    )
    now = {row[0]: row for row in cluster.rows("SELECT id, owner_id, status, merged_into_id FROM tickets")}
    alive = [number for number in tickets if now[number][3] is None]
    assert {number: str(now[number][1]) for number in alive if number in owners} == {
        number: owners[number] for number in alive if number in owners
    }
    assert {number: now[number][2] for number in alive if number in statuses} == {
        number: statuses[number] for number in alive if number in statuses
    }
    assert {now[number][3] for number in tickets} <= {None, tickets[0]}

    runs = "SELECT schedule_id, count(*) FROM schedule_runs WHERE schedule_id >= :first GROUP BY 1"
    first = min(scheduled)
    assert eventually(lambda: len(cluster.rows(runs, first=first)) == len(scheduled), 30)
    assert {row[1] for row in cluster.rows(runs, first=first)} == {1}, "each scheduled job runs once"


def test_a_login_a_right_and_a_count_hold_on_both(cluster, staff):
    cluster.start()
    first, second = cluster.nodes
    number, caller = staff("wanda")
    visitor = Visitor()

    def log_in(node, name, password):
        page = visitor(node, "/login")[2]
        csrf = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        return visitor(
            node, "/login", username=name, password=password, **({"csrf_token": csrf[0]} if csrf else {})
        )

    assert log_in(first, "wanda", "the password of wanda")[0] == 200
    shown = visitor(second, PAGE)
    assert shown[:2] == (200, PAGE), shown
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', visitor(second, "/sessions")[2])[0]
    visitor(second, "/logout", csrf_token=csrf)
    assert visitor(first, PAGE)[1] == "/login", "logged out of both"

    log_in(second, "wanda", "the password of wanda")
    assert visitor(first, PAGE)[0] == 200
    assert caller(second, "GET", "queues/all")[0] == 200
    with cluster.app.work() as work:
        work.db.execute(delete(Ace).where(Ace.principal_id == number))
    assert eventually(lambda: visitor(first, PAGE)[0] == 403, SEEN_WITHIN), "a right that was taken away"
    with cluster.app.work() as work:
        work.db.get_one(Principal, number).disabled = True
    began = time.monotonic()
    assert eventually(lambda: visitor(first, PAGE)[1] == "/login", SEEN_WITHIN)
    assert eventually(lambda: caller(second, "GET", "queues/all")[0] == 401, SEEN_WITHIN)
    assert time.monotonic() - began < SEEN_WITHIN

    told = [log_in(cluster.nodes[turn % 2], "root", "wrong") for turn in range(12)]
    refused = ["Too many attempts" in page for _, _, page in told]
    assert refused == [False] * 10 + [True] * 2, "attempts at both count together"
    assert PASSWORD not in str(told)
    with cluster.app.work(reading=True) as work:
        assert work.db.scalar(select(User.id).where(User.name == "wanda")) == number
