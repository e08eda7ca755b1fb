"""Credit is shared without moving money or presence, and everybody reads their own."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugins.billing.tests.hard_cases.conftest import approved, logged, shop, theirs
from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.owner import SetOwner
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.errors import Invalid, Refused
from rtpy.links.things import article_uri
from rtpy.models import ArticleClass
from rtpy_billing.capture.entries import correct_entry
from rtpy_billing.capture.sharing import Credit, credits_of, share_credit
from rtpy_billing.models import EntryShare
from rtpy_billing.reports.credit import read_credit
from rtpy_billing.reports.utilisation import utilisation
from rtpy_billing.reports.values import Asked
from rtpy_billing.rights import LOG_TIME, SEE_TIME

__all__ = ["approved", "logged", "shop", "theirs"]

MONDAY = date(2026, 3, 2)
MARCH = Asked(date(2026, 3, 1), date(2026, 4, 1), date(2026, 3, 31))


@pytest.fixture
def mia(make):
    """A colleague who logs time."""
    user = make.staff("mia", real_name="Mia")
    make.grant(user, LOG_TIME)
    return user


@pytest.fixture
def week(work, work_of):
    """Worked and credited minutes, answers and assists of the first week, of a person or of all."""

    def read(name="root", *, team=False):
        asking = work_of(name)
        found = read_credit(asking, MONDAY, 2, None if team else asking.actor.user_id)[0]
        return found.worked // 60, found.credit // 60, found.answers, found.assists

    return read


def test_a_share_moves_credit_and_nothing_else(work, logged, mia, week, db):
    entry = logged(60)
    before = entry.amount, entry.version, utilisation(work, MARCH)
    share_credit(work, entry, [Credit(mia.id, 2500)])
    assert (week(), week("mia"), week(team=True)) == ((60, 45, 0, 0), (0, 15, 0, 0), (60, 60, 0, 0))
    assert (entry.amount, entry.version, utilisation(work, MARCH)) == before
    share_credit(work, entry, [])
    assert (week()[1], week("mia")[1]) == (60, 0)


@pytest.mark.databases("sqlite")  # arithmetic that the test above asks of both
def test_a_correction_is_shared_as_what_it_corrects_and_no_second_is_lost(
    work, work_of, logged, mia, week, make, approved
):
    ann = make.staff("annette")
    entry = logged(50)
    share_credit(work, entry, [Credit(mia.id, 3333), Credit(ann.id, 3333)])
    approved(entry)
    correction = correct_entry(work, entry, -20, "Talked about football.")
    mine, mias, anns = week(), week("mia"), week("annette")
    assert (mine, mias, anns) == ((30, 10, 0, 0), (0, 10, 0, 0), (0, 10, 0, 0))
    found = [
        read_credit(each, MONDAY, 1, each.actor.user_id)[0].credit
        for each in (work, work_of("mia"), work_of("annette"))
    ]
    assert sum(found) == 30 * 60
    with pytest.raises(Refused, match="correction"):
        share_credit(work, correction, [Credit(mia.id, 100)])


@pytest.mark.databases("sqlite")  # checks before anything is written
def test_what_cannot_be_shared_is_refused_by_the_field(work, work_of, logged, mia, make, db):
    entry = logged(60)
    ann = make.staff("annette")
    customer = make.customer("ann@client.example")
    for given, field in (
        ([Credit(work.actor.user_id, 100)], "person.0"),
        ([Credit(mia.id, 100), Credit(mia.id, 200)], "person.1"),
        ([Credit(customer.id, 100)], "person.0"),
        ([Credit(mia.id, 10_001)], "share.0"),
        ([Credit(mia.id, -1)], "share.0"),
        ([Credit(mia.id, 6000), Credit(ann.id, 4001)], "share.0"),
    ):
        with pytest.raises(Invalid) as caught:
            share_credit(work, entry, given)
        assert [problem.field for problem in caught.value.problems] == [field], given
    with pytest.raises(Refused):
        share_credit(work_of("mia"), entry, [])
    assert db.scalars(select(EntryShare)).all() == []


def test_help_counts_as_an_assist_and_so_does_an_article_that_solved_it(
    work, work_of, logged, theirs, mia, make, week, db
):
    entry = logged(60)
    share_credit(work, entry, [Credit(mia.id)])
    assert (week("mia"), week()) == ((0, 0, 0, 1), (60, 60, 0, 0))
    article_class = db.scalars(select(ArticleClass)).first() or ArticleClass(name="Known", created=work.now)
    db.add(article_class)
    db.flush()
    make.grant(mia, "CreateArticle", "SeeClass", "ShowArticle")
    article = make_article(work_of("mia"), article_class, ArticleText("Paper jams", "", "Open the flap."))
    for subject in ("Printer", "Another"):
        ticket = theirs(subject)
        uri = article_uri(work.app.config.organization, article.id)
        owner = work.actor.user_id if subject == "Printer" else mia.id
        said = Correspond(plain_message("Open the flap."))
        change_ticket(make.system, ticket, SetOwner(work.db.get_one(type(mia), owner)))
        change_ticket(work, ticket, said, AddLink("RefersTo", uri), SetStatus("resolved"))
    assert week("mia") == (0, 0, 0, 2)  # what she answered herself is no assist
    assert week() == (60, 60, 2, 0)
    assert week(team=True) == (60, 60, 2, 2)


@pytest.mark.databases("sqlite")  # asks the rights only
def test_nobody_reads_the_credit_of_another_person(work, work_of, mia, make):
    weeks = 4
    assert read_credit(work, MONDAY, weeks, mia.id) == ()
    assert read_credit(work_of("mia"), MONDAY, weeks, None) == ()
    make.grant(mia, SEE_TIME)
    assert len(read_credit(work_of("mia"), MONDAY, weeks, None)) == weeks


def test_the_number_of_queries_does_not_grow(work, work_of, logged, mia, query_count):
    def counted():
        with query_count() as count:
            read_credit(work_of("mia"), MONDAY - timedelta(weeks=11), 12, mia.id)
        return count.total

    counted()
    few = counted()
    for _ in range(4):
        share_credit(work, logged(30), [Credit(mia.id, 5000)])
    assert counted() == few


@pytest.mark.databases("sqlite")  # pages over statements that the others have
def test_credit_is_shared_and_read_on_pages(root, db, work, logged, mia):
    entry = logged(60)
    page = root.get(f"/billing/time/{entry.id}")
    form = page.click("Share the credit").forms["share"]
    form["person.0"], form["share.0"] = str(mia.id), "150"
    again = form.submit(status=422)
    assert "between 1 and 100" in again
    form = again.forms["share"]
    form["share.0"] = "40"
    assert "Mia" in form.submit().follow()
    assert [(each.user_id, each.share) for each in credits_of(work, entry)] == [(mia.id, 4000)]
    trend = root.get("/billing/credit")
    assert "0:36" in trend
    assert "The team" in trend
    assert "Mia" not in trend
