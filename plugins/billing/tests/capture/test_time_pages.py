"""Pages of work entries: logged, listed, changed, corrected; what is wrong stands beside its field."""

import pytest
from sqlalchemy import select

from rtpy.models import User
from rtpy_billing.models import WorkEntry

pytestmark = pytest.mark.databases("sqlite")  # pages; what they ask of the database is tested below them


@pytest.fixture
def entry_of(db):
    """The youngest entry, read anew."""
    return lambda: db.scalars(
        select(WorkEntry).order_by(WorkEntry.id.desc()).execution_options(populate_existing=True)
    ).first()


def test_work_is_logged_listed_changed_and_deleted(root, db, make, entry_of):
    ticket = make.ticket()
    assert "No time logged yet" in root.get("/billing/time")
    form = root.get(f"/billing/time/log?ticket={ticket.id}&back=ticket").forms["entry"]
    form["minutes"] = "1h20"
    form["note_customer"] = "Changed the toner."
    answer = form.submit()
    assert answer.location.endswith(f"/ticket/{ticket.id}")
    entry = entry_of()
    assert (entry.ticket_id, entry.worked_seconds, entry.note_customer) == (
        ticket.id,
        4800,
        "Changed the toner.",
    )
    page = root.get("/billing/time")
    assert "1 h 20 min" in page
    assert "draft" in page
    page = root.get(f"/billing/time/{entry.id}")
    assert f"#txn-{entry.transaction_id}" in page
    form = page.forms["entry"]
    assert form["minutes"].value == "1:20"
    form["minutes"] = "0:30"
    form.submit("deed", value="save")
    db.refresh(ticket)
    assert (entry_of().worked_seconds, ticket.time_worked) == (1800, 30)
    root.get(f"/billing/time/{entry.id}").forms["further"].submit("deed", value="delete")
    db.refresh(ticket)
    assert (entry_of(), ticket.time_worked) == (None, 0)


def test_what_is_wrong_stands_beside_its_field_with_all_that_was_typed(root, entry_of):
    form = root.get("/billing/time/log").forms["entry"]
    for name, value in (
        ("ticket", "99"),
        ("minutes", "soon"),
        ("started", "25:00"),
        ("note_customer", "Kept"),
    ):
        form[name] = value
    answer = form.submit(status=422)
    assert all(
        words in answer.text for words in ("no ticket #99", "is no duration", "a time like 09:30", "Kept")
    )
    assert entry_of() is None


def test_an_hour_that_comes_twice_is_asked_about_and_a_changed_end_leaves_the_start(root, db, work, entry_of):
    me = db.get_one(User, work.actor.user_id)
    me.timezone = "Europe/Berlin"
    db.flush()
    form = root.get("/billing/time/log").forms["entry"]
    form["worked_on"], form["started"], form["ended"] = "2025-10-26", "02:30", "04:00"
    asked = form.submit(status=422).forms["entry"]
    asked["started_which"] = "first"
    asked.submit()
    entry = entry_of()
    began = entry.started
    assert entry.worked_seconds == 150 * 60
    form = root.get(f"/billing/time/{entry.id}").forms["entry"]
    assert form["started_which"].value == "first"
    form["ended"] = "04:30"
    form.submit("deed", value="save")
    entry = entry_of()
    assert (entry.started, entry.worked_seconds) == (began, 180 * 60)


def test_what_was_handed_in_is_taken_back_corrected_or_moved(root, db, make, entry_of):
    ticket, other = make.ticket(), make.ticket("Other")
    form = root.get(f"/billing/time/log?ticket={ticket.id}").forms["entry"]
    form["minutes"] = "30"
    form.submit()
    entry = entry_of()
    listed = root.get("/billing/time")
    listed.forms["hand-in"].submit()
    assert entry_of().state == "submitted"
    page = root.get(f"/billing/time/{entry.id}")
    moved = page.forms["move"]
    moved["to_ticket"] = str(other.id)
    moved.submit("deed", value="move")
    assert entry_of().ticket_id == other.id
    page = root.get(f"/billing/time/{entry.id}")
    correct = page.forms["correct"]
    correct["by"], correct["why"] = "-10m", "Lunch."
    correct.submit("deed", value="correct")
    assert (entry_of().worked_seconds, entry_of().corrects_id) == (-600, entry.id)
    db.refresh(other)
    assert other.time_worked == 20


def test_one_sees_ones_own_time_only_unless_a_right_says_more(
    browser, another, enter, make, work_of, root, nobody_logs
):
    ann, lead = make.staff("annette"), make.staff("lead")
    make.grant(ann, "LogTime")
    make.grant(lead, "SeeTime")
    form = root.get("/billing/time/log").forms["entry"]
    form["minutes"], form["note_internal"] = "7", "Secret meeting"
    form.submit()
    hers = enter(another(), ann)
    assert "Secret meeting" not in hers.get("/billing/time?worker=root")
    hers.get("/billing/time/1", status=404)
    theirs = enter(another(), lead)
    listed = theirs.get("/billing/time?worker=*")
    assert "Secret meeting" in listed
    assert 'value="2026-01-30"' in listed, "everybody's time of a month, when no day is named"
    theirs.get("/billing/time/log", status=403)


def test_the_list_asks_no_more_for_many_entries_than_for_one(root, make, query_count):
    def log(count):
        for _ in range(count):
            form = root.get("/billing/time/log").forms["entry"]
            form["minutes"] = "5"
            form.submit()

    log(1)
    root.get("/billing/time")
    with query_count() as few:
        root.get("/billing/time")
    log(4)
    root.get("/billing/time")
    with query_count() as many:
        root.get("/billing/time")
    assert many.total == few.total
