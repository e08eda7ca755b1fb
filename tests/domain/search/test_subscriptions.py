"""Dashboards by mail: at their hour, once, with the reader's own rights; nothing for who may not have it any more."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from rtpy.changes.dashboards import delete_dashboard, make_dashboard
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.saved_searches import save_search
from rtpy.changes.subscriptions import next_time, subscribe, subscriptions_of, unsubscribe
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import Ace, DashboardSubscription, OutgoingMail, OutgoingRecipient, Principal, User
from rtpy.search.dashboards import CHART, PORTLET, Pane, plain_panes
from rtpy.search.saved import ChartChoice, Content, plain_content
from rtpy.subscriptions.sending import send_due


@pytest.fixture
def dashboard(work):
    """What is open and how it spreads, for everybody."""
    chart = save_search(
        work,
        name="By queue",
        content=plain_content(Content("id > 0", chart=ChartChoice(group_by=("Queue",)))),
        owner_id=None,
    )
    panes = [Pane(PORTLET, portlet="newest"), Pane(CHART, search_id=chart.id), Pane(PORTLET, portlet="today")]
    return make_dashboard(work, name="Morning", owner_id=None, panes=plain_panes(panes))


@pytest.fixture
def jo(make, work_of):
    """Work of Jo, who is staff."""
    make.staff("jo")
    return work_of("jo")


def sent(db):
    rows = db.scalars(
        select(OutgoingMail).where(OutgoingMail.message_id.like("rt-dashboard-%")).order_by(OutgoingMail.id)
    )
    return list(rows)


def test_it_goes_out_at_its_hour_and_once(dashboard, jo, make, app, db, clock):
    make.ticket("Printer <b>jam</b>")
    subscribe(jo, dashboard, frequency="daily", hour=10)
    assert send_due(app) == 0
    clock.advance(timedelta(hours=1))
    assert send_due(app) == 1
    assert send_due(app) == 0
    (mail,) = sent(db)
    assert mail.subject == "[rtpy] Morning"
    assert "Printer <b>jam</b>" in mail.body
    assert "Printer &lt;b&gt;jam&lt;/b&gt;" in mail.html_body
    assert "General: 1" in mail.body
    page = app.config.url(f"/dashboards/{dashboard.id}")
    assert f"My time today\n-------------\nThis pane is on the page of the dashboard: {page}" in mail.body
    to = db.scalar(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == mail.id))
    assert to == db.scalar(select(User.email_address).where(User.name == "jo"))


def test_days_that_were_missed_are_sent_once(dashboard, jo, make, app, db, clock):
    make.ticket("One")
    subscribe(jo, dashboard, frequency="daily", hour=10)
    clock.advance(timedelta(days=5))
    assert send_due(app) == 1
    assert send_due(app) == 0
    assert len(sent(db)) == 1


def test_it_shows_what_its_reader_may_see(dashboard, jo, make, work, app, db, clock):
    make.queue("Secret", granted=False)
    make.ticket("Hidden thing", queue="Secret")
    seen = make.ticket("Seen thing")
    change_ticket(work, seen, Comment(plain_message("internal words")))
    subscribe(jo, dashboard, frequency="daily", hour=10)
    clock.advance(timedelta(days=1))
    send_due(app)
    (mail,) = sent(db)
    for text in (mail.body, mail.html_body):
        assert "Seen thing" in text
        assert "Hidden" not in text
        assert "Secret" not in text
        assert "internal words" not in text


@pytest.mark.parametrize("lost", ["account", "right", "dashboard"])
def test_who_may_not_have_it_any_more_gets_nothing(dashboard, jo, make, work, app, db, clock, lost):
    make.ticket("One")
    subscribe(jo, dashboard, frequency="daily", hour=10)
    if lost == "account":
        db.get(Principal, jo.actor.user_id).disabled = True
        db.flush()
    elif lost == "right":
        db.execute(delete(Ace).where(Ace.right_name == "SubscribeDashboard"))
    else:
        delete_dashboard(work, dashboard)
    clock.advance(timedelta(days=1))
    assert send_due(app) == 1
    assert sent(db) == []


def test_an_empty_one_is_sent_only_if_wanted(work, jo, app, db, clock):
    empty = make_dashboard(
        work, name="Empty", owner_id=None, panes=plain_panes([Pane(PORTLET, portlet="overdue")])
    )
    subscribe(jo, empty, frequency="daily", hour=10)
    clock.advance(timedelta(days=1))
    send_due(app)
    assert sent(db) == []
    subscribe(jo, empty, frequency="daily", hour=10, even_if_empty=True)
    clock.advance(timedelta(days=1))
    send_due(app)
    assert "Nothing is overdue" in sent(db)[0].body


@pytest.mark.parametrize(
    ("values", "zone", "after", "expected"),
    [
        (("daily", 0, 7), "UTC", "2026-03-02T06:59", "2026-03-02T07:00"),
        (("daily", 0, 7), "UTC", "2026-03-02T07:00", "2026-03-03T07:00"),
        (("weekdays", 0, 7), "UTC", "2026-03-06T08:00", "2026-03-09T07:00"),
        (("weekly", 2, 7), "UTC", "2026-03-02T08:00", "2026-03-04T07:00"),
        (("monthly", 31, 7), "UTC", "2026-04-02T08:00", "2026-04-30T07:00"),
        (("daily", 0, 2), "Europe/Vienna", "2026-03-28T12:00", "2026-03-29T01:00"),
        (("daily", 0, 7), "America/New_York", "2026-03-02T08:00", "2026-03-02T12:00"),
        (("daily", 0, 7), "Nowhere/Atall", "2026-03-02T06:00", "2026-03-02T07:00"),
    ],
)
def test_the_next_time_is_by_the_readers_clock(values, zone, after, expected):
    frequency, day, hour = values
    row = DashboardSubscription(frequency=frequency, day=day, hour=hour)
    found = next_time(row, zone, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_bad_values_are_refused_and_only_ones_own_are_given_up(dashboard, jo, work, make, work_of, db):
    for values in (
        {"frequency": "hourly", "hour": 1},
        {"frequency": "daily", "hour": 24},
        {"frequency": "weekly", "hour": 1, "day": 7},
    ):
        with pytest.raises(Invalid):
            subscribe(jo, dashboard, **values)
    row = subscribe(jo, dashboard, frequency="daily", hour=1)
    unsubscribe(work, row.id)
    assert len(subscriptions_of(jo, dashboard.id)) == 1
    unsubscribe(jo, row.id)
    assert subscriptions_of(jo, dashboard.id) == []
    own = make_dashboard(work, name="Root's", owner_id=work.actor.user_id)
    with pytest.raises(NotFound):
        subscribe(jo, own, frequency="daily", hour=1)
    make.customer("eve@client.example")
    with pytest.raises(Refused):
        subscribe(work_of("eve@client.example"), dashboard, frequency="daily", hour=1)
