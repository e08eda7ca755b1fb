"""What was typed in a form becomes changes, or sentences about what is wrong with it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from rtpy.changes.reading import read_answer, read_changes, read_create
from rtpy.changes.ticket.basics import SetPriority, SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import SetOwner, Take
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.errors import Invalid
from rtpy.models import User


@pytest.fixture
def ticket(make):
    return make.ticket()


def test_a_field_that_is_not_there_changes_nothing(work, ticket):
    assert read_changes(work, ticket, {}) == ()


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ({"subject": "  New\r\n words "}, SetSubject("New words")),
        ({"priority": "70"}, SetPriority(70)),
        ({"status": "open"}, SetStatus("open")),
        ({"due": ""}, SetDate("Due", None)),
        ({"due": "2026-04-01T17:30"}, SetDate("Due", datetime(2026, 4, 1, 15, 30, tzinfo=UTC))),
        ({"due": "2026-04-01"}, SetDate("Due", datetime(2026, 4, 1, 21, 59, tzinfo=UTC))),
        ({"action": "take"}, Take()),
        ({"minutes": "15"}, AddTime(15)),
    ],
)
def test_a_field_becomes_a_change(work, ticket, values, change):
    assert read_changes(work, ticket, values, zone=ZoneInfo("Europe/Berlin")) == (change,)


def test_me_and_names_are_owners(work, ticket, make):
    jonas = make.staff("jonas")
    root = work.db.get(User, work.actor.user_id)
    assert read_changes(work, ticket, {"owner": "me"}) == (SetOwner(root),)
    assert read_changes(work, ticket, {"owner": "JONAS@staff.example"}) == (SetOwner(jonas),)
    assert read_changes(work, ticket, {"owner": str(jonas.id)}) == (SetOwner(jonas),)
    assert read_changes(work, ticket, {"owner": "nobody"}) == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"priority": "high"}, "priority"),
        ({"priority": "9" * 30}, "priority"),
        ({"due": "tomorrow"}, "due"),
        ({"owner": "no such one"}, "owner"),
        ({"queue": "99999"}, "queue"),
        ({"queue": "²"}, "queue"),
        ({"minutes": "-1"}, "minutes"),
        ({"minutes": "1441"}, "minutes"),
        ({"organization": "x"}, "organization"),
    ],
)
def test_what_is_wrong_names_its_field(work, ticket, values, field):
    with pytest.raises(Invalid) as wrong:
        read_changes(work, ticket, values)
    assert [problem.field for problem in wrong.value.problems] == [field]


def test_everything_wrong_is_said_at_once(work, ticket):
    with pytest.raises(Invalid) as wrong:
        read_changes(work, ticket, {"priority": "x", "due": "y", "owner": "z"})
    assert {problem.field for problem in wrong.value.problems} == {"priority", "due", "owner"}


def test_a_reply_carries_minutes_copies_and_a_status(work):
    said, status = read_answer(
        work,
        "reply",
        {"text": "Done.", "minutes": "5", "cc": "Bo <bo@x.example>; eve@x.example", "status": "resolved"},
        spared=["ann@x.example"],
    )
    assert isinstance(said, Correspond)
    assert said.message.parts[0].text() == "Done."
    assert said.message.one_time_cc == ("bo@x.example", "eve@x.example")
    assert said.message.squelch == ("ann@x.example",)
    assert (said.minutes, status) == (5, SetStatus("resolved"))


def test_a_comment_goes_to_nobody_outside_unless_it_is_said_so(work):
    with pytest.raises(Invalid, match=r"eve@x\.example is not on the staff"):
        read_answer(work, "comment", {"text": "Secret.", "cc": "eve@x.example"})
    (said,) = read_answer(work, "comment", {"text": "Secret.", "cc": "eve@x.example", "outsiders": "1"})
    assert said.message.outsiders == ("eve@x.example",)


def test_a_comment_without_copies_has_none(work):
    (said,) = read_answer(work, "comment", {"text": "Secret."})
    assert isinstance(said, Comment)
    assert said.message.one_time_cc == ()


@pytest.mark.parametrize("cc", ["not an address", "@", "bo@", "no-such-login", "a" * 500])
def test_a_copy_to_something_that_is_no_address_is_a_problem(work, cc):
    with pytest.raises(Invalid) as wrong:
        read_answer(work, "reply", {"text": "Hi", "cc": cc})
    assert wrong.value.problems[0].field == "cc"


def test_creating_says_what_is_missing_and_makes_nobody(work):
    before = work.db.scalar(select(func.count(User.id)))
    with pytest.raises(Invalid) as wrong:
        read_create(work, {"requestor": "new@client.example", "queue": ""})
    assert {problem.field for problem in wrong.value.problems} == {"queue", "subject"}
    assert work.db.scalar(select(func.count(User.id))) == before


def test_creating_makes_who_is_not_known_yet(work, make):
    queue = make.queue()
    create = read_create(
        work,
        {
            "queue": str(queue.id),
            "requestor": '"Ann Miller" <ann@new.example>',
            "cc": "root",
            "subject": "Help",
            "text": "It broke.",
            "owner": "me",
            "minutes": "10",
        },
    )
    assert [(user.email_address, user.real_name) for user in create.requestors] == [
        ("ann@new.example", "Ann Miller")
    ]
    assert create.cc == (work.actor.user_id,)
    assert (create.owner.id, create.time_taken) == (work.actor.user_id, 10)
