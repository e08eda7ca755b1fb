"""Working calendars in the browser: made, looked at before, changed into versions, with files of days off."""

import re

import pytest
from sqlalchemy import select
from webtest import Upload

from rtpy.models import CalendarFeed, CalendarVersion, User, WorkCalendar
from tests.domain.calendars.counting import Counting

pytestmark = pytest.mark.databases(
    "sqlite"
)  # forms and pages; what is stored is tried in tests/domain/calendars

EVENT = b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260706\r\nSUMMARY:<b>Outing\r\nEND:VEVENT"
FILE = b"BEGIN:VCALENDAR\r\n" + EVENT + b"\r\nEND:VCALENDAR"


def words(page):
    return re.sub(r"\s+", " ", page.html.get_text(" ")).replace(" ,", ",")


def form_of(page):
    return next(form for form in page.forms.values() if "zone" in form.fields)


def test_they_are_for_who_may_change_calendars(jo, make, db):
    calendar = make.calendar()
    pages = ("", "/create", f"/{calendar.id}", f"/{calendar.id}/modify", f"/{calendar.id}/versions/1")
    assert {jo.get(f"/admin/calendars{page}", status="*").status_int for page in pages} == {403}
    make.grant(db.scalar(select(User).where(User.name == "jo")), "AdminCalendars", "ShowConfigTab")
    assert {jo.get(f"/admin/calendars{page}").status_int for page in pages} == {200}
    for page in ("/999", "/999/modify", f"/{calendar.id}/versions/7"):
        jo.get(f"/admin/calendars{page}", status=404)


def test_a_calendar_is_made_with_a_look_at_its_holidays_first(root, db, make, query_count):
    form = form_of(root.get("/admin/calendars/create"))
    form["name"], form["zone"], form["country"] = "Office", "Mars", "DE"
    assert "Mars" in words(form.submit("deed", value="preview", status=422))
    form["zone"], form["yearly"] = "Europe/Berlin", "12-24 08:00-12:00"
    page = form.submit("deed", value="preview")
    said = words(page)
    assert "Good Friday closed" in said
    assert "24 Dec 2026 08:00-12:00" in said
    assert "Nothing is saved yet" in said
    assert db.scalars(select(WorkCalendar)).all() == []
    form = form_of(page)
    form["region"] = "BE"
    shown = words(form.submit("deed", value="save").follow())
    assert "Monday to Friday 08:00-17:00" in shown
    assert "Germany, Berlin, known until 2031" in shown
    assert "Version 1 now holds from the beginning Made root" in shown
    for number in range(3):
        make.calendar(f"Night {number}")
    root.get("/admin/calendars")
    with query_count() as counted:
        listed = root.get("/admin/calendars")
    assert counted.total < 10
    assert "Monday to Friday 08:00-17:00" in words(listed)


def test_what_is_wrong_stands_beside_its_field(root):
    form = form_of(root.get("/admin/calendars/create"))
    for day in range(7):
        form[f"day_{day}"] = ""
    page = form.submit("deed", value="save", status=422)
    assert "Give at least one day of the week hours" in words(page)
    assert page.html.find(id="field-day_0")["aria-invalid"] == "true"


def test_a_change_of_a_calendar_that_counts_is_a_version_from_tomorrow(root, make, db, app):
    app.plugins.register(counting := Counting())
    calendar = make.calendar()
    form = form_of(root.get(f"/admin/calendars/{calendar.id}/modify"))
    form["day_0"] = "10-12"
    page = form.submit("deed", value="save").follow()
    assert "Version 2 will hold from 2026-03-03" in words(page)
    assert "Somebody" in words(page)
    assert "From 2026-03-03 version 2" in words(page)
    form = form_of(root.get(f"/admin/calendars/{calendar.id}/modify"))
    form["exceptions"] = "2026-12-24 08:00-12:00"
    assert "Thu 24 Dec 2026 08:00-12:00" in words(form.submit("deed", value="save").follow())
    old = words(root.get(f"/admin/calendars/{calendar.id}/versions/1"))
    assert "holds from the beginning until 2026-03-03" in old
    stale = form.submit("deed", value="save", status=422)
    assert "look again" in words(stale)
    app.plugins.unregister(counting)


def test_a_file_of_days_off_is_uploaded_or_fetched(root, make, db):
    calendar = make.calendar()
    url = f"/admin/calendars/{calendar.id}"
    form = form_of(root.get(f"{url}/modify"))
    form["feed_file"] = Upload("off.ics", b"<html>", "text/calendar")
    assert "no iCalendar file" in words(form.submit("deed", value="save", status=422))
    form["feed_file"] = Upload("off.ics", FILE, "text/calendar")
    page = form.submit("deed", value="save").follow()
    assert "Mon 6 Jul 2026 <b>Outing closed" in words(page)
    form = form_of(root.get(f"{url}/modify"))
    form["feed_drop"], form["feed_address"] = True, "https://calendar.example/off.ics"
    page = form.submit("deed", value="save").follow()
    assert "Fetched not yet, again within a minute" in words(page)
    feed = db.get(CalendarFeed, calendar.id)
    feed.problem, feed.unread, feed.failures, feed.tried = "It answered 404.", 3, 1, calendar.created
    db.flush()
    page = root.get(url)
    assert "could not be fetched: It answered 404." in words(page)
    assert "3 events of its file repeat" in words(page)
    next(form for form in page.forms.values() if form.action.endswith("/fetch")).submit()
    db.expire_all()
    assert db.get(CalendarFeed, calendar.id).tried is None
    assert db.scalars(select(CalendarVersion).order_by(CalendarVersion.id)).all()[-1].feed_days == {}
    next(form for form in page.forms.values() if form.action.endswith("/delete")).submit(status=303)
    root.get(url, status=404)
