"""What searches, columns, figures, webhooks and dashboards know of ratings."""

from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find
from rtpy_portal.ratings.figures import ALL, Figure, figures_of
from rtpy_portal.ratings.rating import Given, rate
from rtpy_portal.ratings.reporting import By, Wanted, sum_by
from rtpy_portal.ratings.searching import load_rating
from rtpy_portal.ratings.words import Reason, Score
from rtpy_portal.web.ratings.portlet import mail_latest, read_latest


@pytest.fixture
def tickets(make, solve, acting, ann, jo, set_):
    """Good, bad, bad and later good, not rated."""
    set_(rest=0)
    made = [solve(make.ticket(name)) for name in ("Good", "Bad", "Mended", "Silent")]
    mine = acting(ann)
    rate(mine, made[0], Given(Score.GOOD, "Thanks."))
    rate(mine, made[1], Given(Score.BAD, reason=Reason.SLOW))
    rate(mine, made[2], Given(Score.BAD))
    rate(mine, made[2], Given(Score.GOOD))
    return [each.id for each in made]


@pytest.mark.parametrize(
    ("query", "places"),
    [("Rating < 2", [1]), ("Rating = 3", [0, 2]), ("Rating >= 1", [0, 1, 2]), ("Rating != 3", [1, 3])],
)
def test_tickets_are_found_by_their_rating(work_of, tickets, query, places):
    found = sorted(find(work_of("jo"), Search(node=parse(query).node)).ids)
    assert found == [tickets[place] for place in places]


def test_who_may_not_see_ratings_learns_nothing(work_of, make, tickets):
    make.staff("eve")
    eve = work_of("eve")
    assert find(eve, Search(node=parse("Rating > 0").node)).ids == ()
    assert load_rating(eve, tickets) == {}
    assert mail_latest(eve, 5).rows == ()
    assert load_rating(work_of("jo"), tickets) == {tickets[0]: "Good", tickets[1]: "Bad", tickets[2]: "Good"}


def test_figures_of_thirty_days(db, work, tickets, clock):
    figure = figures_of(db, work.now)[ALL]
    assert figure == Figure(ratings=3, good=2, asked=4, answered=3)
    assert (figure.percent, figure.is_small) == (67, True)
    assert figures_of(db, work.now + timedelta(days=31))[ALL] == Figure()


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        (By.CUSTOMER, ["None"]),
        (By.QUEUE, ["General"]),
        (By.TOPIC, ["None"]),
        (By.MONTH, ["2026-03"]),
        (By.PERSON, ["Nobody in particular"]),
    ],
)
def test_sums_are_put_together(work_of, tickets, by, labels):
    jo = work_of("jo")
    today = jo.now.date()
    found = sum_by(jo, Wanted(today, today, ZoneInfo("UTC")), by)
    assert [each.label for each in found] == labels
    (one,) = found
    assert (one.good, one.bad, one.was_bad, one.recovered, one.recovery) == (2, 1, 2, 1, "50 %")


@pytest.mark.databases("sqlite")
def test_the_pane_shows_what_was_said_last(work_of, tickets):
    (title, rows) = mail_latest(work_of("jo"), 1).titles[0], mail_latest(work_of("jo"), 10).rows
    assert title == "Ticket"
    assert {row.cells[1:] for row in rows} >= {("Good", "Thanks."), ("Bad", "")}
    asked = SimpleNamespace(work=work_of("jo"), route_path=lambda name, id: f"/ticket/{id}")
    assert len(read_latest(asked, 2)["lines"]) == 2
