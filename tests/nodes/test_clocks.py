"""P9: clocks that are wrong, jump and go back. Leases are neither stolen nor stuck, nothing is done early or twice."""

import re
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.clock import ServerClock, SettableClock
from rtpy.content.part import plain_message
from rtpy.db.leases import has_ended
from rtpy.identity.sessions import find_session, start_session
from rtpy.jobs.daily import daily_at
from rtpy.mail import delivery, spool
from rtpy.mail.breaker import Breaker
from rtpy.models import IncomingMail, OutgoingMail, Schedule, User, WebSession
from rtpy.ports import Delivery
from rtpy.schedules import running
from rtpy.schedules.saving import save_schedule
from rtpy.search.text import state as full_text
from rtpy.testing.fixtures import START

ELSEWHERE = "another machine|7|token|1"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = {"an hour": HOUR, "a day": DAY, "to 2038": datetime(2038, 1, 20, tzinfo=UTC) - START}
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")

PRIORITY = {"name": "Wake up", "action": "SetPriority", "action_argument": "80", "every_minutes": "10"}


@pytest.fixture(params=JUMPS.values(), ids=JUMPS)
def jump(request):
    return request.param


class Taking:
    """A transport that takes everything."""

    def deliver(self, envelope_sender, recipients, raw):
        return tuple(Delivery(each, "sent", "250 ok") for each in recipients)


@pytest.fixture
def held_mail(make, db):
    """A receipt that a worker elsewhere has in hand; no other mail is there."""
    make.ticket()
    first, *others = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    for other in others:
        other.state = "canceled"
    first.state, first.lease_owner = "sending", ELSEWHERE
    return first


def test_no_lease_is_stuck_when_the_clock_has_gone_back(app, db, work, clock, jump, held_mail):
    ahead = clock.now() + jump
    clock.set(ahead)
    queue = spool.find_queue(app, db, "General")
    words = {"queue": "General", "action": "correspond", "ticket": "", "peer": "", "transport": {}}
    mail = spool.store(app, db, b"From: ann@client.example\n\nIt burns.\n", queue, **words)
    held_mail.lease_until = ahead + delivery.LEASE
    assert full_text.take(db, ELSEWHERE, ahead) is not None
    schedule = db.scalars(select(Schedule).order_by(Schedule.id).limit(1)).one()
    schedule.lease_owner, schedule.lease_until = ELSEWHERE, ahead + running.LEASE
    db.commit()

    clock.set(START)
    schedule.next_at = START
    db.commit()
    assert spool.due_mails(db, clock.now(), 9) == [mail.mail_id]
    assert spool.take(app, db, mail.mail_id) is not None
    assert delivery.deliver_due(app, transport=Taking()) == 1
    assert full_text.take(db, "me", clock.now()) is not None
    assert running.run_due(app) == 1
    breaker = Breaker()
    breaker.trip(ahead)
    assert (breaker.is_open(ahead), breaker.is_open(START)) == (True, False)


def test_a_live_lease_is_left_alone(app, db, clock, held_mail):
    """The end that a node of another clock gave is not taken for one from the future while they differ by little."""
    held_mail.lease_until = clock.now() + delivery.LEASE + timedelta(seconds=30)
    db.commit()
    assert delivery.deliver_due(app, transport=Taking()) == 0
    lasts = timedelta(minutes=1)
    assert not has_ended(clock.now() + lasts, clock.now(), lasts)
    assert has_ended(clock.now(), clock.now(), lasts)


def test_what_was_put_off_while_the_clock_was_ahead_does_not_wait_for_years(app, db, clock, jump, held_mail):
    ahead = clock.now() + jump
    held_mail.state, held_mail.lease_owner, held_mail.not_before = "queued", "", ahead + HOUR
    db.add(IncomingMail(
        received=ahead, raw=b"x", size=1, queue="General", action="correspond", transport={}, state="received",
        next_attempt=ahead + 2 * HOUR,
    ))  # fmt: skip
    db.commit()
    clock.advance(5 * HOUR)  # as long as anything waits for its next try
    assert delivery.deliver_due(app, transport=Taking()) == 1
    assert len(spool.due_mails(db, clock.now(), 9)) == 1


def test_a_chore_of_each_day_goes_on_after_a_clock_that_was_ahead(app, clock, jump):
    done = []
    chore = daily_at("clock test", START.time(), lambda app: done.append(app.clock.now()) or 1)
    chore.run(app)  # the first look of all
    clock.advance(jump)
    chore.run(app)
    clock.set(START)
    chore.run(app)
    for _ in range(3):
        clock.advance(DAY)
        chore.run(app)
        chore.run(app)
    days = [moment.date() for moment in done]
    assert len(days) == len(set(days)), "no day twice"
    assert START.date() + 2 * DAY in days
    assert START.date() + 3 * DAY in days


@pytest.mark.databases("sqlite")  # what the web server reckons, whatever the database
def test_a_session_used_while_the_clock_was_ahead_lives_no_longer_than_others(app, db, root, clock, jump):
    days = timedelta(days=app.config.web.session_days)
    for moment in (START + min(jump, DAY), START):
        clock.set(moment)
        assert root.get("/", status="*").status_int == 200, "nobody is thrown out"
    assert db.scalars(select(WebSession.expires)).all() == [START + days]


def test_the_history_goes_by_sequence_not_by_clock(app, work_of, make, clock, root):
    ticket = make.ticket()
    for text, moment in (
        ("first words", START + DAY),
        ("second words", START),
        ("third words", START + HOUR),
    ):
        clock.set(moment)
        change_ticket(work_of(), ticket, Comment(plain_message(text)))
    for page in (f"/ticket/{ticket.id}?order=oldest", f"/REST/2.0/ticket/{ticket.id}/history"):
        assert root.get(page).status_int == 200
    told = root.get(f"/ticket/{ticket.id}").text
    places = [told.index(text) for text in ("first words", "second words", "third words")]
    assert places in (sorted(places), sorted(places, reverse=True))


# From here on: several nodes over one server. A file has one machine, and so one clock.


@pytest.fixture
def node(node_of):
    """Makes nodes whose machines have a clock that is off: `node(timedelta(hours=1))`."""
    return lambda off=timedelta(0): node_of(ServerClock(SettableClock(datetime.now(UTC) + off)))


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("off", [HOUR, -HOUR, DAY, -DAY, JUMPS["to 2038"]], ids=str)
def test_p9_o12_a_node_whose_clock_is_wrong_goes_by_the_server(node, off):
    good, wrong = node(), node(off)
    words = {"queue": "General", "action": "correspond", "ticket": "", "peer": "", "transport": {}}
    raw = b"From: ann@client.example\n\nIt burns.\n"
    for app, other in ((good, wrong), (wrong, good)):
        with app.work() as work:
            claim = spool.store(app, work.db, raw, spool.find_queue(app, work.db, "General"), **words)
        with other.work() as work:
            assert claim.mail_id not in spool.due_mails(work.db, work.now, 9), "a live lease is not stolen"
            assert spool.take(other, work.db, claim.mail_id) is None
            end = work.db.get_one(IncomingMail, claim.mail_id).lease_until
            assert abs(end - spool.LEASE - datetime.now(UTC)) < timedelta(seconds=10), "nor stuck for hours"
    with good.work() as work:
        root = work.db.scalars(select(User).where(User.name == "root")).one()
        soon = save_schedule(work, None, PRIORITY).id
        token = start_session(work.db, root.id, now=work.now, days=1)
    with wrong.work() as work:
        assert find_session(work.db.connection(), token, wrong.clock.now()) is not None
        rows = select(Schedule.next_at).where(Schedule.id == soon)
        before = work.db.scalar(rows)
    running.run_due(wrong)
    with good.work() as work:
        assert work.db.scalar(rows) == before, "nothing is done early"


@pytest.mark.databases("postgresql")
def test_p9_to_set_a_machines_clock_changes_nothing_and_the_servers_is_followed(node, caplog):
    app = node()
    with app.work():
        pass
    before = app.clock.now()
    app.clock._before.advance(DAY)
    with app.work() as work:
        assert timedelta(0) <= work.now - before < timedelta(seconds=10)
    app.clock.hear(datetime.now(UTC) - HOUR, time.monotonic())  # as if the server had been an hour behind
    assert "ahead of" in caplog.text
    app.caches.clear()  # a second later
    with app.work() as work:
        assert abs(work.now - datetime.now(UTC)) < timedelta(seconds=10)


def test_an_answer_that_may_be_right_moves_no_clock():
    clock = ServerClock(SettableClock(START))
    clock.hear(START, time.monotonic())
    first = clock.now()
    clock.hear(START - HOUR, time.monotonic() - 2 * 3600)  # asked two hours ago: it may be any time until now
    assert timedelta(0) <= clock.now() - first < timedelta(seconds=5)
    clock.hear(START + HOUR, time.monotonic())
    assert timedelta(0) <= clock.now() - (START + HOUR) < timedelta(seconds=5)


@pytest.mark.databases("sqlite")  # no zone is ever given to a database
def test_p9_the_zone_of_the_process_changes_nothing(app, db, make, root, monkeypatch):
    ticket = make.ticket()
    db.commit()
    seen = {}
    try:
        for zone in ZONES:
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            app.caches.clear()  # what is kept would hide a difference
            assert (
                datetime(2026, 3, 2).astimezone().utcoffset() == START.astimezone(ZoneInfo(zone)).utcoffset()
            )
            pages = (f"/ticket/{ticket.id}", "/search?Query=Created > 'today'", "/sessions")
            seen[zone] = [re.findall("<time.*?</time>", root.get(page).text) for page in pages]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert all(seen["UTC"][:1])
    assert [seen[zone] for zone in ZONES] == [seen["UTC"]] * len(ZONES)
