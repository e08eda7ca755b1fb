"""Processes that die in the middle: nothing is lost, nothing happens twice (P1, P2, P8 of the promises).

Real processes, real signals: the web server dies at named points of intake, the worker at named points of delivery,
and then at any moment under load. The sender does what a mail server does: it tries again until it hears `ok`.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from rtpy.db.session import make_engine
from rtpy.testing.running import RunningSite, running_site

PASSWORD = "kill me if you can"

INTAKE_POINTS = ("spooled", "before-commit", "after-commit", "before-answer")
DELIVERY_POINTS = ("taken", "delivered")
KILLS = 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, compiled_templates: Path) -> Iterator[RunningSite]:
    with running_site(
        tmp_path_factory.mktemp("kills"), password=PASSWORD, templates=compiled_templates
    ) as site:
        yield site


@pytest.fixture(scope="module")
def engine(site: RunningSite) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{site.home}/rtpy.db")
    yield engine
    engine.dispose()


def _mail(token: str, *, subject: str = "", reply_to: str = "") -> bytes:
    lines = [
        f"From: Sender {token} <{token}@client.example>",
        "To: rt@localhost",
        f"Subject: {subject or f'Trouble {token}'}",
        f"Message-ID: <{token}@client.example>",
        "Date: Mon, 02 Mar 2026 09:00:00 +0000",
    ]
    if reply_to:
        lines[0] = f"From: Sender {reply_to} <{reply_to}@client.example>"
    return ("\r\n".join([*lines, "", f"Something broke: {token}", "x" * 4096, ""])).encode()


def _scalar(engine: Engine, query: str, **values: object) -> int:
    with engine.connect() as connection:
        found = connection.execute(text(query), values).scalar()
        connection.rollback()
        return int(found or 0)


def _transactions(engine: Engine, token: str) -> int:
    """How many transactions hold this token's message."""
    return _scalar(
        engine,
        "SELECT count(*) FROM attachments a JOIN transactions t ON t.id = a.transaction_id "
        "WHERE a.message_id = :id AND t.type IN ('Create', 'Correspond')",
        id=f"{token}@client.example",
    )


def _until(true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.2)
    return True if true() else False


@pytest.mark.parametrize("kind", ["create", "reply"])
def test_p2_the_server_dies_at_each_point_of_intake(kind: str, site: RunningSite, engine: Engine) -> None:
    """Each point has a mail and a server that dies of it; then all are sent again, and a worker cleans up."""
    mails = {point: _mail(f"{kind}-{point}") for point in INTAKE_POINTS}
    if kind == "reply":
        site.start("serve")
        assert site.send(_mail("first")) == 0
        ticket = _scalar(engine, "SELECT max(id) FROM tickets")
        subject = f"Re: [rtpy #{ticket}] Trouble"
        mails = {point: _mail(f"reply-{point}", subject=subject, reply_to="first") for point in mails}

    ends = {}
    for point, mail in mails.items():
        site.start("serve", crash_at=point)
        ends[point] = (site.send(mail), site.wait_for_end("serve"))
    site.start("serve")
    second_tries = {point: site.send(mail) for point, mail in mails.items()}
    site.stop("serve")

    assert ends == dict.fromkeys(mails, (75, -9))
    assert second_tries == dict.fromkeys(mails, 0)
    tokens = [f"{kind}-{point}" for point in mails]
    _let_leases_run_out(engine)
    site.start("worker")
    assert _until(lambda: all(_transactions(engine, token) >= 1 for token in tokens), 90), "a mail was lost"
    assert _until(lambda: _spooled(engine) == 0, 90), "the worker left a mail"
    site.stop("worker")
    assert {token: _transactions(engine, token) for token in tokens} == dict.fromkeys(tokens, 1)
    made = {
        token: _scalar(engine, "SELECT count(*) FROM tickets WHERE subject = :s", s=f"Trouble {token}")
        for token in tokens
    }
    assert made == dict.fromkeys(tokens, 1 if kind == "create" else 0)


@pytest.mark.parametrize("point", DELIVERY_POINTS)
def test_p2_the_worker_dies_at_a_point_of_delivery(point: str, site: RunningSite, engine: Engine) -> None:
    if _waiting(engine):
        site.start("worker")
        _until(lambda: _waiting(engine) == 0)
        site.stop("worker")
    token = f"deliver-{point}"
    if not site.is_running("serve"):
        site.start("serve")
    assert site.send(_mail(token)) == 0

    site.start("worker", crash_at=point)
    assert site.wait_for_end("worker", 60) == -9
    _let_leases_run_out(engine)
    site.start("worker")
    assert _until(lambda: _waiting(engine) == 0), "a mail was never sent"
    site.stop("worker")

    copies = Counter(
        mail["Message-ID"] for mail in site.sent_mails() if f"{token}@client.example" in (mail["To"] or "")
    )
    assert len(copies) == 1
    assert 1 <= next(iter(copies.values())) <= 2


def _spooled(engine: Engine) -> int:
    return _scalar(engine, "SELECT count(*) FROM incoming_mails WHERE state IN ('received', 'working')")


def _waiting(engine: Engine) -> int:
    return _scalar(engine, "SELECT count(*) FROM outgoing_mails WHERE state IN ('queued', 'sending')")


def _let_leases_run_out(engine: Engine) -> None:
    """What waiting would do: the leases of the dead are over."""
    with engine.begin() as connection:
        for table in ("outgoing_mails", "incoming_mails"):
            connection.execute(
                text(f"UPDATE {table} SET lease_until = '2020-01-01 00:00:00' WHERE lease_until IS NOT NULL")
            )


def test_p1_p8_random_kills_under_load_lose_and_repeat_nothing(site: RunningSite, engine: Engine) -> None:
    chance = random.Random(1)
    tokens = [f"load-{number}" for number in range(28)]
    unsent = list(tokens)
    lock = threading.Lock()
    deadline = time.monotonic() + 150
    gave_up: list[str] = []

    def sender() -> None:
        while True:
            with lock:
                if not unsent:
                    return
                token = unsent.pop()
            while site.send(_mail(token)) != 0:
                if time.monotonic() > deadline:
                    gave_up.append(token)
                    return
                time.sleep(1)
            time.sleep(0.5)  # so that mails come until the last kill

    site.start("serve")
    site.start("worker")
    senders = [threading.Thread(target=sender) for _ in range(4)]
    for thread in senders:
        thread.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.5, 2.0))
        name = chance.choice(["serve", "worker"])
        site.kill(name)
        site.start(name)
    for thread in senders:
        thread.join(180)

    _let_leases_run_out(engine)
    assert gave_up == []
    assert _until(lambda: all(_transactions(engine, token) == 1 for token in tokens), 90)
    for token in tokens[::7]:
        assert site.send(_mail(token)) == 0
    assert [token for token in tokens if _transactions(engine, token) != 1] == []
    assert _scalar(engine, "SELECT count(*) FROM tickets WHERE subject LIKE 'Trouble load-%'") == len(tokens)
    assert _until(lambda: _waiting(engine) == 0, 90)
    site.stop("serve")
    site.stop("worker")
    copies = Counter(mail["Message-ID"] for mail in site.sent_mails() if "load-" in (mail["To"] or ""))
    receipts = {mail["To"] for mail in site.sent_mails() if "load-" in (mail["To"] or "")}
    assert len(receipts) == len(tokens)
    assert max(copies.values()) <= 2
    assert sum(copies.values()) <= len(copies) + KILLS


def test_the_point_of_death_is_named_in_the_code() -> None:
    """A point that nobody reaches would make the tests above pass for nothing."""
    import rtpy

    source = "".join(file.read_text() for file in Path(rtpy.__file__).parent.rglob("*.py"))
    for point in (*INTAKE_POINTS, *DELIVERY_POINTS):
        assert f'reach("{point}")' in source
