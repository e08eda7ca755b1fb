"""P3: the database goes away while mails come in, in three ways; what was answered `ok` is there, and work goes on."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from rtpy.testing.running import running_site
from tests.faults.sending import Sender, numbered, until
from tests.faults.stoppable_postgres import stoppable_postgres

BACK_WITHIN = 15.0
"""Seconds after the database is back in which service must be, too; on a quiet machine it takes a fifth of one."""

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_p3_nothing_is_lost_and_no_process_needs_a_restart(tmp_path: Path, compiled_templates: Path) -> None:
    tokens = [f"gone-{number}" for number in range(120)]
    with (
        stoppable_postgres() as postgres,
        running_site(
            tmp_path, password="let it go", templates=compiled_templates, database_url=postgres.url
        ) as site,
    ):
        site.start("serve")
        site.start("worker")
        before = (site.pid("serve"), site.pid("worker"))
        sender, lost, unsent, lock = Sender(site.url), [], list(tokens), threading.Lock()
        deadline = time.monotonic() + 90

        def send() -> None:
            while True:
                with lock:
                    if not unsent:
                        return
                    token = unsent.pop()
                if not sender.until_taken(token, numbered(token), deadline):
                    lost.append(token)
                time.sleep(0.2)

        senders = [threading.Thread(target=send) for _ in range(4)]
        for thread in senders:
            thread.start()
        back = []
        for how in ("immediate", "fast", "cut"):
            time.sleep(1.5)
            if how == "cut":
                postgres.cut()
            else:
                postgres.stop(how)
                time.sleep(1.0)
                postgres.start()
            began = time.monotonic()
            so_far = len(sender.answered)
            for _ in until(30):
                if len(sender.answered) > so_far or not unsent:
                    break
            back.append(time.monotonic() - began)
        for thread in senders:
            thread.join(100)

        assert lost == []
        assert max(back) <= BACK_WITHIN, back
        assert (site.is_running("serve"), site.is_running("worker")) == (True, True)
        assert (site.pid("serve"), site.pid("worker")) == before
        engine = create_engine(postgres.url)
        with engine.connect() as connection:
            for _ in until(100):  # a mail in hand at the wrong moment waits out its lease of a minute
                open_ones = connection.scalar(
                    text("SELECT count(*) FROM incoming_mails WHERE state IN ('received', 'working')")
                )
                unsent_ones = connection.scalar(
                    text("SELECT count(*) FROM outgoing_mails WHERE state IN ('queued', 'sending')")
                )
                connection.rollback()
                if not open_ones and not unsent_ones:
                    break
            made = connection.execute(
                text("SELECT subject, count(*) FROM tickets WHERE subject LIKE 'Trouble gone-%' GROUP BY 1")
            ).all()
        engine.dispose()
        assert (open_ones, unsent_ones) == (0, 0)
        assert dict(made) == {f"Trouble {token}": 1 for token in tokens}
        receipts = {mail["To"] for mail in site.sent_mails() if "gone-" in (mail["To"] or "")}
        assert len(receipts) == len(tokens)
