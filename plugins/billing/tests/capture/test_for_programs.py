"""Work entries over REST 2.0 and from a shell, and time that comes by mail with its kind of work."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.work import Face
from rtpy_billing.models import WorkEntry, WorkType

pytestmark = pytest.mark.databases("sqlite")  # its queries are those of the pages


@pytest.fixture
def api(browser):
    """A program that logs in as root."""
    browser.authorization = ("Basic", ("root", ROOT_PASSWORD))
    return browser


def test_entries_are_logged_found_changed_and_deleted(api, db, make):
    ticket = make.ticket()
    db.add(WorkType(name="Remote"))
    db.flush()
    made = api.post_json(
        "/REST/2.0/billing/entries",
        {"Ticket": ticket.id, "TimeTaken": 25, "WorkType": "remote", "CustomerNote": "Fixed it."},
        status=201,
    )
    entry = made.json
    assert entry["_url"].endswith(made.location)
    assert (entry["Ticket"]["id"], entry["TimeTaken"], entry["WorkType"]) == (str(ticket.id), 25, "Remote")
    assert (entry["State"], entry["Source"], entry["TimeWorkedDate"]) == ("draft", "api", "2026-03-02")
    path = f"/REST/2.0/billing/entry/{entry['id']}"
    tag = api.get(path).headers["ETag"]
    moments = {"Started": "2026-03-02T09:00:00+01:00", "Ended": "2026-03-02T10:30:00+01:00"}
    changed = api.put_json(path, moments, headers={"If-Match": tag}).json
    assert (changed["TimeTaken"], changed["Started"]) == (90, "2026-03-02T08:00:00Z")
    api.put_json(path, {"TimeTaken": 5}, headers={"If-Match": tag}, status=412)
    listed = api.get(f"/REST/2.0/billing/entries?ticket={ticket.id}&from=2026-03-01&to=2026-03-02").json
    assert (listed["total"], listed["TimeTaken"], listed["items"][0]["id"]) == (1, 90, entry["id"])
    db.refresh(ticket)
    assert ticket.time_worked == 90
    api.delete(path, status=204)
    api.get(path, status=404)
    db.refresh(ticket)
    assert ticket.time_worked == 0


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "TimeTaken must be given"),
        ({"TimeTaken": "soon"}, "TimeTaken is minutes"),
        ({"TimeTaken": True}, "TimeTaken is minutes"),
        ({"TimeTaken": -5}, "correct an entry"),
        ({"TimeTaken": 5, "Started": "2026-03-02T09:00"}, "with its offset"),
        ({"TimeTaken": 5, "TimeWorkedDate": "0001-01-01"}, "too far away"),
        ({"TimeTaken": 5, "WorkType": "Magic"}, "WorkType is one of"),
        ({"TimeTaken": 5, "Charge": "free"}, "Charge is one of"),
        ({"TimeTaken": 5, "TimeWorker": "nobody-here"}, "nobody whom we know"),
        ({"TimeTaken": 5, "Organization": [1]}, "Organization is a number"),
        ({"TimeTaken": 5, "CustomerNote": 7}, "CustomerNote is a text"),
        ({"TimeTaken": 5, "Rate": 1}, "Rate is no field"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_what_makes_no_sense_is_a_400_that_names_the_field(api, db, document, words):
    answer = api.post_json("/REST/2.0/billing/entries", document, status=400)
    assert words in answer.json["message"]
    assert db.scalars(select(WorkEntry)).all() == []


def test_time_that_rts_own_api_sets_becomes_entries_and_corrections(api, db, make):
    ticket = make.ticket()
    for worked in (30, 45, 10):
        api.put_json(f"/REST/2.0/ticket/{ticket.id}", {"TimeWorked": worked})
    found = db.execute(select(WorkEntry.worked_seconds, WorkEntry.source).order_by(WorkEntry.id))
    assert [(row.worked_seconds // 60, row.source) for row in found] == [
        (30, "api"),
        (15, "api"),
        (-15, "correction"),
        (-20, "correction"),
    ]


def test_a_ticket_that_one_may_not_see_is_none(api):
    api.post_json("/REST/2.0/billing/entries", {"TimeTaken": 5, "Ticket": 99}, status=404)


def test_nobody_reads_the_time_of_others_without_a_right(browser, make, api, db):
    made = api.post_json("/REST/2.0/billing/entries", {"TimeTaken": 5}).json
    make.grant(make.staff("annette", password="a good long one"), "LogTime")
    browser.authorization = ("Basic", ("annette", "a good long one"))
    browser.get(f"/REST/2.0/billing/entry/{made['id']}", status=404)
    browser.get("/REST/2.0/billing/entries?worker=root", status=403)
    assert browser.get("/REST/2.0/billing/entries?worker=*").json["total"] == 0


def test_time_by_mail_says_its_kind_of_work(db, work_of, make):
    db.add_all([WorkType(name="Remote"), WorkType(name="Remote night")])
    db.flush()
    ticket = make.ticket()
    work = work_of("root", Face.MAIL)
    part = Part(
        "text/plain", b"Done.", PartRole.BODY, charset="utf-8", remark="Commands at its top: Time: 25m remote"
    )
    change_ticket(work, ticket, Correspond(Message(parts=(part,)), 25))
    change_ticket(work, ticket, Comment(plain_message("Time: 1h 20m, remote night\nStatus: open"), 80))
    change_ticket(work, ticket, Comment(plain_message("Time flies."), 5))
    found = db.execute(
        select(WorkEntry.source, WorkType.name)
        .outerjoin(WorkType, WorkType.id == WorkEntry.work_type_id)
        .order_by(WorkEntry.id)
    )
    assert [tuple(each) for each in found] == [("mail", "Remote"), ("mail", "Remote night"), ("mail", None)]


def test_time_is_logged_from_a_shell(committed_app, tmp_path):
    from rtpy_billing.commands.time import log_time

    home = ["--home", str(committed_app.config.home)]
    environment = {"RTPY_PLUGINS": "billing", "RTPY_CONFIG": str(tmp_path / "none.toml")}
    (tmp_path / "none.toml").touch()
    if committed_app.config.database.url:
        environment["RTPY_DATABASE_URL"] = committed_app.config.database.url
    run = CliRunner().invoke
    done = run(log_time, ["-", "1h20", "Team meeting", "--user", "root", *home], env=environment)
    assert "80 minutes on no ticket" in done.output, done.output
    with committed_app.work(reading=True) as work:
        assert work.db.scalars(select(WorkEntry.note_internal)).one() == "Team meeting"
    wrong = run(log_time, ["99", "1h20", "--user", "root", *home], env=environment)
    assert (wrong.exit_code, "There is no ticket #99" in wrong.output) == (1, True)
    assert (
        "Say who worked" in run(log_time, ["99", "1h20", *home], env={**environment, "RTPY_USER": ""}).output
    )
