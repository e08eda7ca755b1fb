"""Schedules and recurring tickets in the browser."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.dates import SetDate
from rtpy.models import OutgoingMail, Recurrence, Schedule, Ticket, User
from rtpy.schedules.recurring import make_due
from rtpy.schedules.running import run_due

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def form_of(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


@pytest.fixture
def late(make, work):
    ticket = make.ticket("Late one")
    change_ticket(work, ticket, SetDate("Due", work.now - timedelta(hours=1)))
    return ticket


@pytest.mark.parametrize("page", ["/admin/schedules", "/admin/recurring", "/admin/recurring/create"])
def test_they_are_for_administrators(jo, page):
    assert jo.get(page, status="*").status_int == 403


def test_a_schedule_is_made_tried_and_run(root, late, app, clock, db):
    form = form_of(root.get("/admin/schedules/create"), "action")
    form["name"], form["condition"] = "Overdue notices", "Overdue"
    form["action"], form["action_argument"], form["template"] = "Notify", "Requestor", "Status Change"
    mails = db.scalar(select(func.count(OutgoingMail.id)))
    tried = form.submit("deed", value="try")
    assert f"#{late.id} Late one" in words(tried)
    assert "mail to ann@client.example" in words(tried)
    assert db.scalar(select(func.count(OutgoingMail.id))) == mails
    page = form_of(tried, "action").submit("deed", value="run").follow()
    assert "is saved" in words(page)
    clock.advance(timedelta(seconds=20))
    assert run_due(app) >= 1
    assert db.scalar(select(func.count(OutgoingMail.id))) == mails + 1
    saved = db.scalar(select(Schedule).where(Schedule.name == "Overdue notices"))
    assert "1 found, 1 done, 0 skipped" in words(root.get(f"/admin/schedules/{saved.id}"))
    assert "1 found, 1 done, 0 skipped" in words(root.get("/admin/schedules"))


def test_failures_are_visible(root, late, app, clock, db):
    form = form_of(root.get("/admin/schedules/create"), "action")
    form["name"], form["action"], form["action_argument"] = "Breaks", "SetOwner", "root"
    form.submit("deed", value="save").follow()
    saved = db.scalar(select(Schedule).where(Schedule.name == "Breaks"))
    saved.action_argument = "nemo"
    db.flush()
    clock.advance(timedelta(minutes=20))
    run_due(app)
    db.expire_all()
    assert "There is no user “nemo”" in words(root.get(f"/admin/schedules/{saved.id}"))
    assert "failed" in words(root.get("/admin/schedules"))


def test_what_is_wrong_in_a_schedule_stands_beside_its_field(root):
    form = form_of(root.get("/admin/schedules/create"), "action")
    form["name"], form["statuses"], form["how"] = "x", "newish", "days"
    page = form.submit("deed", value="save", status=422)
    assert "There is no status" in page.html.select_one("#field-statuses-error").text


def test_a_query_narrows_it_and_a_slip_is_pointed_at(root, late, db):
    form = form_of(root.get("/admin/schedules/create"), "action")
    form["name"], form["action"], form["action_argument"] = "Q", "SetPriority", "90"
    form["query"] = "Subject LIKE 'nothing'"
    assert f"#{late.id} Late one" not in words(form.submit("deed", value="try"))
    form["query"] = "Subject LIKE 'late' AND"
    page = form.submit("deed", value="save", status=422)
    assert "was expected" in page.html.select_one("#field-query-error").text
    form["query"] = "Subject LIKE 'late'"
    assert f"#{late.id} Late one" in words(form.submit("deed", value="try"))
    form.submit("deed", value="save").follow()
    assert db.scalar(select(Schedule).where(Schedule.name == "Q")).search["query"] == "Subject LIKE 'late'"


def test_a_recurring_ticket_is_made_shown_and_switched_off(root, app, clock, db, enter):
    form = form_of(root.get("/admin/recurring/create"), "subject")
    form["subject"], form["every"], form["by"], form["nth"], form["weekday"] = (
        "Patch the servers",
        "month",
        "weekday",
        "-1",
        "4",
    )
    form["zone"], form["at"] = "Europe/Vienna", "18:00"
    shown = form.submit("deed", value="preview")
    assert len(shown.html.select("aside.aside li")) == 10
    assert "Fri" in shown.html.select_one("aside.aside li").text
    page = form_of(shown, "subject").submit("deed", value="save").follow()
    assert "every month on the last Friday at 18:00" in words(root.get("/admin/recurring"))
    saved = db.scalar(select(Recurrence))
    clock.set(saved.next_at)
    assert make_due(app) == 1
    db.expire_all()
    enter(root, db.scalar(select(User).where(User.name == "root")))  # weeks later
    ticket = db.scalar(select(Ticket).where(Ticket.subject == "Patch the servers"))
    page = root.get(f"/admin/recurring/{saved.id}")
    assert f"#{ticket.id} Patch the servers" in words(page)
    form = form_of(page, "subject")
    form["disabled"] = True
    form.submit("deed", value="save").follow()
    assert "Patch the servers" not in words(root.get("/admin/recurring"))
    assert "off" in words(root.get("/admin/recurring?disabled=1"))


def test_the_days_of_a_week_are_ticked(root, db):
    form = form_of(root.get("/admin/recurring/create"), "subject")
    form["subject"], form["weekday_0"], form["weekday_4"] = "Backups", True, True
    page = form.submit("deed", value="save").follow()
    assert db.scalar(select(Recurrence)).rule["weekdays"] == [0, 4]
    assert form_of(page, "subject")["weekday_4"].checked


def test_what_is_wrong_in_a_recurring_ticket_stands_beside_its_field(root):
    form = form_of(root.get("/admin/recurring/create"), "subject")
    form["subject"], form["zone"] = "", "Mars/Base"
    page = form.submit("deed", value="save", status=422)
    assert page.html.select_one("#field-zone-error")
    assert page.html.select_one("#field-subject-error")


@pytest.mark.parametrize("page", ["/admin/schedules/999999", "/admin/recurring/999999"])
def test_what_is_not_there_is_not_found(root, page):
    root.get(page, status=404)


def test_lists_cost_a_fixed_number_of_queries(root, db, clock, query_count):
    def add(number):
        db.add(
            Schedule(
                name=f"s{number}",
                search={},
                action="SetPriority",
                every_minutes=5,
                rule={},
                created=clock.now(),
            )
        )
        db.flush()

    root.get("/admin/schedules")
    add(1)
    with query_count() as few:
        root.get("/admin/schedules")
    for number in range(2, 20):
        add(number)
    with query_count() as many:
        root.get("/admin/schedules")
    assert many.total == few.total
