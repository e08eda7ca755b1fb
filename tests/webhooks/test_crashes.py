"""A worker that dies between sending and noting it: the same event comes again under the same id, none is lost."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

from sqlalchemy import select

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config.config import Config
from rtpy.models import WebhookDelivery
from rtpy.testing.people import Factory
from rtpy.webhooks.delivering import deliver_due
from rtpy.webhooks.saving import save_webhook
from rtpy.work import Face
from tests.webhooks.receiver import receiving

ONE_ROUND = """
import sys
from datetime import datetime
from pathlib import Path
from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.webhooks.delivering import deliver_due
home, url, now = sys.argv[1:]
config = Config.for_tests(Path(home), database__url=url, webhooks__allow=("127.0.0.1",))
deliver_due(App(config, blobs=DatabaseStore(), clock=SettableClock(datetime.fromisoformat(now))))
"""


def deliver_and_die(app, point):
    """A round in another process, which is killed at `point`."""
    url = app.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", ONE_ROUND, str(app.config.home), url, app.clock.now().isoformat()]
    environment = {**os.environ, "RTPY_CRASH_AT": point}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_what_a_dead_worker_had_in_hand_goes_again_under_the_same_id(committed_app):
    url = committed_app.engine.url.render_as_string(hide_password=False)
    config = Config.for_tests(committed_app.config.home, database__url=url, webhooks__allow=("127.0.0.1",))
    app = App(config, blobs=DatabaseStore(), clock=committed_app.clock)
    with receiving() as receiver:
        with app.sessions() as db:
            root = app.work_in(db, app.actor_named(db, "root", Face.WEB))
            save_webhook(root, None, {"name": "One", "url": receiver.url, "events": "Create", "user": "root"})
            Factory(app, db).ticket()
            db.commit()
        deliver_and_die(app, "webhook-sent")
        assert len(receiver.got) == 1
        app.clock.advance(timedelta(seconds=1))
        assert deliver_due(app) == 1
        assert deliver_due(app) == 0
        first, second = receiver.got
        assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
        six_events_two_workers(app, receiver)
    with app.reading_sessions() as db:
        assert set(db.scalars(select(WebhookDelivery.state))) == {"delivered"}
    app.engine.dispose()


def six_events_two_workers(app, receiver):
    """Each goes once, although both look at the same time."""
    del receiver.got[:]
    with app.sessions() as db:
        for number in range(6):
            Factory(app, db).ticket(str(number))
        db.commit()
    workers = [threading.Thread(target=deliver_due, args=(app,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(receiver.got) == len({got.headers["webhook-id"] for got in receiver.got}) == 6
