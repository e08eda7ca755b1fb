"""What a collector is told of a site at work, and what it never is."""

import logging
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import select
from webtest import TestApp

from rtpy.jobs.worker import Chore, chores_of, run
from rtpy.models import OutgoingMail, WebhookDelivery
from rtpy.telemetry.exporting import start_exporting, stop_exporting
from rtpy.telemetry.spans import span
from rtpy.testing.fixtures import ROOT_PASSWORD, actor
from rtpy.testing.people import Factory
from rtpy.webhooks.saving import save_webhook
from rtpy.wsgi import make_wsgi
from tests.webhooks.receiver import receiving

pytestmark = pytest.mark.databases("sqlite")  # spans are the same on any database

PLANTED = "pl4nt3d"
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
INTERNAL, SERVER, CLIENT = 1, 2, 3


def do_round(app, chore):
    """One round of a chore, as the worker does it."""
    stop = threading.Event()

    def once(app):
        stop.set()
        return chore.run(app)

    run(app, stop, chores=[replace(chore, run=once)])


def wait_for(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def chore_of(app, name):
    return next(chore for chore in chores_of(app) if chore.name == name)


@pytest.fixture
def site(committed_app):
    """The app with a ticket and a webhook full of planted words, told to the collector from then on."""
    app = committed_app
    with app.work() as work, receiving() as hooked:
        root = app.work_in(work.db, actor(app, work.db, "root"))
        given = {"name": PLANTED, "url": f"{hooked.url}{PLANTED}", "events": "any", "user": "root"}
        save_webhook(root, None, given)
        make = Factory(app, work.db)
        ticket = make.ticket(PLANTED, requestor=f"{PLANTED}@client.example", text=PLANTED)
        work.db.commit()
        start_exporting(app.config)
        yield app, ticket.id


def test_requests_changes_chores_mails_and_webhooks_are_told_without_a_word_of_anybody(site, collector):
    app, number = site
    browser = TestApp(make_wsgi(app), lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    form = browser.get(f"/login?next=/{PLANTED}").form
    form["username"], form["password"] = PLANTED, PLANTED
    form = form.submit().form
    form["username"], form["password"] = "root", ROOT_PASSWORD
    form.submit()
    form = browser.get(f"/ticket/{number}?note={PLANTED}").forms["reply"]
    form["text"] = PLANTED
    sent = {**SAMPLED, "tracestate": f"x={PLANTED}", "X-Key": PLANTED, "User-Agent": PLANTED}
    answer = form.submit(headers=sent)
    browser.get(f"/feeds/{PLANTED}{PLANTED}.ics", status="*")
    browser.request(f"/{PLANTED}", method=PLANTED.upper(), status="*")
    for name in ("outbox", "webhooks"):
        do_round(app, chore_of(app, name))
    with app.reading_sessions() as db:
        mails = db.scalars(select(OutgoingMail.id).where(OutgoingMail.state == "sent")).all()
        deliveries = db.scalars(select(WebhookDelivery.id).where(WebhookDelivery.state == "delivered")).all()
    stop_exporting()

    reply = collector.named("POST /ticket/{id}/reply")
    assert (reply.trace, reply.parent, reply.kind) == (TRACE, CALLER, SERVER)
    assert reply.facts["http.response.status_code"] == answer.status_int == 303
    assert reply.facts["rtpy.request"] == answer.headers["X-Request-Id"]
    assert reply.facts["rtpy.sql.statements"] > 5
    assert 0 < reply.facts["rtpy.sql.seconds"] < 30
    by_scrip, change = (one for one in collector.spans() if one.name == "change ticket")
    assert (change.parent, change.trace, change.kind) == (reply.number, TRACE, INTERNAL)
    assert change.facts == {"rtpy.changes": ["Correspond"], "rtpy.ticket": number}
    assert (by_scrip.parent, by_scrip.facts["rtpy.changes"]) == (change.number, ["SetStatus"])

    outbox = collector.named("chore outbox")
    told = [one for one in collector.spans() if one.name == "deliver mail"]
    assert {one.facts["rtpy.mail"] for one in told} == set(mails) != set()
    assert {(one.parent, one.kind) for one in told} == {(outbox.number, CLIENT)}
    assert outbox.facts["rtpy.did"] == len(told)
    hooks = [one for one in collector.spans() if one.name == "deliver webhook"]
    assert {one.facts["rtpy.delivery"] for one in hooks} == set(deliveries) != set()
    assert {one.parent for one in hooks} == {collector.named("chore webhooks").number}

    assert collector.named("_OTHER").facts["http.response.status_code"] >= 400
    assert PLANTED.encode() not in collector.raw().lower()
    assert ROOT_PASSWORD.encode() not in collector.raw()


def test_a_collector_that_is_away_costs_a_request_nothing_and_is_said_once(
    site, collector, caplog, monkeypatch
):
    app, _ = site
    stop_exporting()
    collector.receiver.usual = b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"
    monkeypatch.setattr("rtpy.telemetry.collecting.PACE", 0.05)
    monkeypatch.setattr("rtpy.telemetry.exporting.PATIENCE", 1.0)
    caplog.set_level(logging.INFO)
    start_exporting(app.config)
    browser = TestApp(make_wsgi(app), lint=False)
    tries = len(collector.receiver.got)
    for more in (1, 2, 3):
        assert browser.get("/health").status_int == 200
        wait_for(lambda more=more: len(collector.receiver.got) >= tries + more)
    stop_exporting()
    said = [record.getMessage() for record in caplog.records if "traces" in record.getMessage()]
    assert len(said) == 1, said
    assert "answered 503" in said[0]
    assert not [record for record in caplog.records if record.name.startswith("opentelemetry")]


def test_a_round_that_found_nothing_is_told_only_for_what_happened_inside(site, collector):
    app, _ = site

    def idle(app):
        return 0

    def counting_nothing(app):
        with span("inside"):
            return 0

    def broken(app):
        raise ValueError(PLANTED)

    for work in (idle, counting_nothing, broken):
        do_round(app, Chore(work.__name__, 0.01, work))
    stop_exporting()
    names = {one.name for one in collector.spans()}
    assert names == {"inside", "chore counting_nothing", "chore broken"}
    broke = collector.named("chore broken")
    assert (broke.has_failed, broke.facts["error.type"]) == (True, "ValueError")
    assert PLANTED.encode() not in collector.raw()


def test_outside_of_the_sample_only_what_a_caller_wants_is_told(site, collector):
    app, _ = site
    stop_exporting()
    start_exporting(replace(app.config, telemetry=replace(app.config.telemetry, sample=0.0)))
    browser = TestApp(make_wsgi(app), lint=False)
    browser.get("/health")
    browser.get("/health", headers={"traceparent": "nonsense"})
    browser.get("/health", headers=SAMPLED)
    stop_exporting()
    assert [one.trace for one in collector.spans()] == [TRACE]
