"""A bad day, whole: bombs, loops, repeats and floods come in while the mail server is away, then half of it back.

P6, P11, P12, P16: what is good is filed and answered all the same, nothing is lost or doubled, and every mail that
made no transaction has a row that says why.
"""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from rtpy.db.session import make_engine
from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import free_port
from tests.faults.sending import Sender, numbered, until
from tests.mail.scripted_smtp import scripted_smtp

MEGABYTES = 500
P95 = 10.0
"""Seconds for a normal mail beside the bombs; two on a quiet machine, this one runs other tests."""
LARGEST = 5_000_000

pytestmark = pytest.mark.slow

BOMBS = {
    "nested": (
        b"From: bomb-nested@client.example\r\nSubject: nested\r\nMessage-ID: <bomb-nested@client.example>\r\n"
        + b"".join(
            f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(1000)
        )
        + b"\r\nhello\r\n"
    ),
    "line": numbered("bomb-line", body="y" * 3_000_000),
    "parts": (
        b"From: bomb-parts@client.example\r\nSubject: parts\r\nMessage-ID: <bomb-parts@client.example>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000 + b"--b--\r\n"
    ),
    "nothing": b"Subject: bomb-nothing",
    "zeroes": b"From: bomb-zeroes@client.example\r\nMessage-ID: <bomb-zeroes@c>\r\n\r\n" + b"\0" * 1_000_000,
}


def count(engine: Engine, query: str) -> int:
    with engine.connect() as connection:
        found = connection.scalar(text(query))
        connection.rollback()
    return int(found or 0)


def peak_of(site: RunningSite, name: str) -> int:
    """Megabytes of memory that a process has held at most."""
    told = Path(f"/proc/{site.pid(name)}/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) // 1024


def test_p6_p11_p12_p16_a_bad_day(tmp_path: Path, compiled_templates: Path) -> None:
    port = free_port()  # nobody listens on it yet
    settings = {
        "RTPY_MAIL_TRANSPORT": "smtp",
        "RTPY_MAIL_SMTP_HOST": "127.0.0.1",
        "RTPY_MAIL_SMTP_PORT": str(port),
        "RTPY_MAIL_MAX_SIZE": str(LARGEST),
    }
    normal = [f"day-{number}" for number in range(60)]
    with running_site(
        tmp_path, password="a bad day", templates=compiled_templates, settings=settings
    ) as site:
        site.start("serve")
        site.start("worker")
        engine = make_engine(f"sqlite:///{site.home}/rtpy.db")
        good, bad, lost = Sender(site.url), Sender(site.url), []
        deadline = time.monotonic() + 120

        def send_good() -> None:
            for token in normal:
                if not good.until_taken(token, numbered(token), deadline):
                    lost.append(token)
                time.sleep(0.1)

        def send_bad() -> None:
            for name, raw in BOMBS.items():
                if not bad.until_taken(name, raw, deadline):
                    lost.append(name)
            loop = numbered("loop", X_RT_Loop_Prevention="rtpy")
            own = numbered("own", From="rt@localhost")
            large = numbered("large", body="z" * (LARGEST + 1000))
            for name, raw in {"loop": loop, "own": own, "large": large}.items():
                bad.until_taken(name, raw, deadline)
            for token in normal[:5]:
                bad.until_taken(f"again {token}", numbered(token), deadline)

        threads = [threading.Thread(target=send_good), threading.Thread(target=send_bad)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(150)

        assert lost == []
        assert sorted(good.took)[int(len(good.took) * 0.95)] <= P95
        assert peak_of(site, "serve") <= MEGABYTES
        assert peak_of(site, "worker") <= MEGABYTES

        # P16: a row for each, and a reason with each that made no transaction of its own.
        handed_in = len(good.answered) + len(bad.answered)
        assert count(engine, "SELECT count(*) FROM incoming_mails") == handed_in
        settled = "state IN ('done', 'duplicate', 'refused', 'quarantined')"
        for _ in until(60):
            if count(engine, f"SELECT count(*) FROM incoming_mails WHERE {settled}") == handed_in:
                break
        assert count(engine, f"SELECT count(*) FROM incoming_mails WHERE {settled}") == handed_in
        silent = "SELECT count(*) FROM incoming_mails WHERE transaction_id IS NULL AND reason = ''"
        assert count(engine, silent) == 0
        assert count(engine, "SELECT count(*) FROM incoming_mails WHERE state = 'refused'") == 3
        assert count(engine, "SELECT count(*) FROM incoming_mails WHERE state = 'duplicate'") == 5
        subjects = "SELECT count(*) FROM tickets WHERE subject LIKE 'Trouble day-%'"
        assert count(engine, subjects) == len(normal)

        # P6: while the mail server was away nothing was given up; now it is back, in a bad mood.
        assert count(engine, "SELECT count(*) FROM outgoing_mails WHERE state IN ('sent', 'failed')") == 0
        with scripted_smtp(port) as (script, _):
            script.answers["day-7@client.example"] = "550 no such mailbox"
            _forget_waiting(engine)
            for _ in until(90):
                if not count(
                    engine, "SELECT count(*) FROM outgoing_mails WHERE state IN ('queued', 'sending')"
                ):
                    break
            got = [mail["To"] for _, _, mail in script.mails]
            ids = [mail["Message-ID"] for _, _, mail in script.mails]
        assert count(engine, "SELECT count(*) FROM outgoing_mails WHERE state NOT IN ('sent', 'failed')") == 0
        assert len(ids) == len(set(ids))
        for token in normal:
            assert sum(f"{token}@" in to for to in got) == (0 if token == "day-7" else 1), token
        failed = (
            "SELECT count(*) FROM transactions t JOIN tickets k ON k.id = t.object_id "
            "WHERE t.object_type = 'ticket' AND k.subject = 'Trouble day-7' AND t.type = 'SystemError'"
        )
        told = "SELECT count(*) FROM outgoing_recipients WHERE state = 'failed' AND last_answer LIKE '%550%'"
        assert count(engine, told) == 1
        assert count(engine, failed) == 1, "the ticket says so"
        engine.dispose()


def _forget_waiting(engine: Engine) -> None:
    """What waiting would do: the pauses are over. The breaker of the worker closes by itself within a minute."""
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE outgoing_mails SET not_before = '2020-01-01 00:00:00' WHERE state = 'queued'")
        )
