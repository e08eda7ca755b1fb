"""The week sheet and the day view: cells log, change and delete; gaps and what was done without time are seen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy_billing.capture.day import read_day
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.expected import clock_seconds, gaps_between
from rtpy_billing.capture.sheet import read_sheet
from rtpy_billing.capture.values import Given
from rtpy_billing.models import WorkEntry, Worker

MONDAY = date(2026, 3, 2)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def log(work, ticket, minutes, day=MONDAY, **further):
    given = Given(
        worked_by_id=work.actor.user_id, worked_on=day, seconds=minutes * 60, ticket=ticket, **further
    )
    return log_work(work, given).entry


def entries(db):
    return [
        (each.ticket_id, each.worked_on.day, each.worked_seconds // 60)
        for each in db.scalars(
            select(WorkEntry).order_by(WorkEntry.id).execution_options(populate_existing=True)
        )
    ]


def test_a_sheet_adds_up_by_ticket_and_day(db, work, make, query_count):
    me = db.get_one(type(make.staff("annette")), work.actor.user_id)
    first, second = make.ticket(), make.ticket("Other")
    for minutes in (10, 20):
        log(work, first, minutes)
    log(work, second, 45, MONDAY + timedelta(days=2))
    log(work, None, 30, MONDAY + timedelta(days=6))
    log(work, first, 99, MONDAY + timedelta(days=7))
    db.add(Worker(user_id=me.id, week=[3600] * 5 + [0, 0]))
    read_sheet(work, me, MONDAY)
    with query_count() as counted:
        sheet = read_sheet(work, me, MONDAY, ("o0", f"t{second.id}", "t99", "nonsense"))
    assert counted.total <= 4
    assert sheet.sums == (30, 0, 45, 0, 0, 0, 30)
    assert sheet.expected == (60, 60, 60, 60, 60, 0, 0)
    assert [row.key for row in sheet.rows] == ["o0", f"t{first.id}", f"t{second.id}"]
    both = sheet.rows[1].cells[0]
    assert (both.minutes, both.entry_id, both.count) == (30, None, 2)


@pytest.mark.databases("sqlite")  # pages
def test_cells_log_change_and_delete_and_add_where_there_are_several(root, db, work, make):
    ticket, other = make.ticket(), make.ticket("Other")
    page = root.get(f"/billing/week?row=t{ticket.id}&row=t{other.id}").forms["sheet"]
    page[f"cell.t{ticket.id}.0"], page[f"cell.t{other.id}.1"] = "1h20", "25"
    page.submit("deed", value="save")
    assert entries(db) == [(ticket.id, 2, 80), (other.id, 3, 25)]
    page = root.get("/billing/week").forms["sheet"]
    assert page[f"cell.t{ticket.id}.0"].value == "1:20"
    page[f"cell.t{ticket.id}.0"], page[f"cell.t{other.id}.1"] = "0:30", ""
    page.submit("deed", value="save")
    assert entries(db) == [(ticket.id, 2, 30)]
    db.refresh(ticket)
    log(work, ticket, 5)
    page = root.get("/billing/week").forms["sheet"]
    page[f"cell.t{ticket.id}.0"] = "10"
    page.submit("deed", value="submit")
    assert entries(db) == [(ticket.id, 2, 30), (ticket.id, 2, 5), (ticket.id, 2, 10)]
    assert set(db.scalars(select(WorkEntry.state))) == {"submitted"}
    db.refresh(ticket)
    assert ticket.time_worked == 45


@pytest.mark.databases("sqlite")  # pages
def test_a_wrong_cell_or_a_stale_one_saves_nothing_and_says_so(root, db, work, make):
    ticket = make.ticket()
    page = root.get(f"/billing/week?row=t{ticket.id}").forms["sheet"]
    page[f"cell.t{ticket.id}.0"], page[f"cell.t{ticket.id}.1"] = "1h", "soon"
    answer = page.submit("deed", value="save", status=422)
    assert "is no duration" in answer
    assert answer.forms["sheet"][f"cell.t{ticket.id}.0"].value == "1h"
    assert entries(db) == []
    log(work, ticket, 7)
    page[f"cell.t{ticket.id}.1"] = ""
    assert "Somebody changed this week" in page.submit("deed", value="save", status=409)
    assert entries(db) == [(ticket.id, 2, 7)]


@pytest.mark.databases("sqlite")  # pages
def test_rows_come_by_number_by_words_and_from_before(root, db, work, make):
    ticket, other = make.ticket("Printer on fire"), make.ticket("Router asleep")
    form = root.get("/billing/week").forms["sheet"]
    form["add"] = str(ticket.id)
    added = form.submit("deed", value="add")
    assert f'name="cell.t{ticket.id}.0"' in added
    form = added.forms["sheet"]
    form["add"] = "router"
    found = form.submit("deed", value="add")
    assert f'value="add:{other.id}"' in found
    chosen = found.forms["sheet"].submit("deed", value=f"add:{other.id}")
    assert all(f'name="cell.t{each.id}.0"' in chosen for each in (ticket, other))
    form["add"] = "unheard of"
    assert "No ticket that you may see" in form.submit("deed", value="add")
    log(work, other, 40, MONDAY - timedelta(days=1))
    form = root.get("/billing/week").forms["sheet"]
    assert f'name="cell.t{other.id}.0"' in form.submit("deed", value="copy_week")
    copied = form.submit("deed", value="copy_day")
    assert copied.forms["sheet"][f"cell.t{other.id}.0"].value == "0:40"
    assert len(entries(db)) == 1


@pytest.mark.databases("sqlite")  # pages
def test_a_colleagues_week_takes_a_right(root, another, enter, db, make):
    ann, lead = make.staff("annette"), make.staff("lead")
    make.grant(ann, "LogTime")
    make.grant(lead, "LogTimeForOthers")
    enter(another(), ann).get("/billing/week?worker=root", status=404)
    form = enter(another(), lead).get("/billing/week?worker=annette&row=o0").forms["sheet"]
    form["cell.o0.0"] = "15"
    form.submit("deed", value="save")
    entry = db.scalars(select(WorkEntry)).one()
    assert (entry.worked_by_id, entry.entered_by_id, entry.source) == (ann.id, lead.id, "sheet")


def test_a_day_shows_gaps_and_what_was_done_without_time(db, work, make, query_count):
    me = db.get_one(type(make.staff("annette")), work.actor.user_id)
    ticket, other = make.ticket(), make.ticket("Other")
    hour = timedelta(hours=1)
    log(work, ticket, 60, started=NINE, ended=NINE + hour)
    log(work, None, 60, started=NINE + hour / 2, ended=NINE + 1.5 * hour)
    log(work, ticket, 30, started=NINE + 3 * hour, ended=NINE + 3.5 * hour)
    change_ticket(work, other, Comment(plain_message("Thought about it.")))
    read_day(work, me, MONDAY)
    with query_count() as counted:
        day = read_day(work, me, MONDAY)
    assert counted.total <= 3
    assert (day.minutes, day.on_the_clock, day.missing) == (150, 120, 480 - 150)
    assert day.gaps == ((NINE + 1.5 * hour, NINE + 3 * hour),)
    assert [(done.ticket_id, done.what) for done in day.done] == [(other.id, "commented")]


@pytest.mark.databases("sqlite")  # pages
def test_the_day_offers_to_fill_gaps_and_is_handed_in(root, db, work, make):
    hour = timedelta(hours=1)
    log(work, make.ticket(), 60, started=NINE, ended=NINE + hour)
    log(work, make.ticket(), 60, started=NINE + 2 * hour, ended=NINE + 3 * hour)
    page = root.get("/billing/day")
    filled = page.click("Fill it").forms["entry"]
    assert (filled["started"].value, filled["ended"].value) == ("10:00", "11:00")
    page.forms["hand-in"].submit()
    assert set(db.scalars(select(WorkEntry.state))) == {"submitted"}
    tomorrow = (MONDAY + timedelta(days=1)).isoformat()
    assert "Nothing logged" in root.get(f"/billing/day?day={tomorrow}")


@pytest.mark.databases("sqlite")  # pages
def test_what_is_planned_stays_a_draft_when_the_week_is_handed_in(root, db, work):
    for days in (0, 1):
        log(work, None, 30, MONDAY + timedelta(days=days))
    root.get("/billing/week").forms["sheet"].submit("deed", value="submit")
    assert list(db.scalars(select(WorkEntry.state).order_by(WorkEntry.worked_on))) == ["submitted", "draft"]


@pytest.mark.parametrize(
    ("spans", "covered", "gaps"),
    [
        ([], 0, []),
        ([(0, 60), (60, 90)], 90, []),
        ([(0, 60), (30, 90)], 90, []),
        ([(0, 120), (30, 60)], 120, []),
        ([(60, 90), (0, 30)], 60, [(30, 60)]),
    ],
    ids=["nothing", "touching", "across", "inside", "apart"],
)
def test_the_clock_counts_work_on_two_things_at_once_only_once(spans, covered, gaps):
    at = [(NINE + timedelta(minutes=a), NINE + timedelta(minutes=b)) for a, b in spans]
    assert clock_seconds(at) == covered * 60
    assert gaps_between(at) == [(NINE + timedelta(minutes=a), NINE + timedelta(minutes=b)) for a, b in gaps]
