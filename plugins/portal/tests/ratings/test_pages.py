"""The page of a rating, and what staff see of it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import Ticket
from rtpy_portal.access.keys import key_url
from rtpy_portal.models import HelpfulVote, Rating, RatingAsk, RatingRefusal, RatingShare
from rtpy_portal.ratings.asking import links_for
from rtpy_portal.ratings.rating import Given, rate, vote_helpful
from rtpy_portal.ratings.words import Reason, Score
from rtpy_portal.web.ratings.header import show_figure

pytestmark = pytest.mark.databases("sqlite")  # the rules are tested on both


@pytest.fixture
def customer(browser, enter, ann):
    return enter(browser, ann)


def rows(db):
    return [
        db.scalar(select(func.count()).select_from(each))
        for each in (Rating, RatingAsk, HelpfulVote, RatingRefusal, Ticket)
    ]


def test_a_scanner_that_opens_every_link_changes_nothing(db, browser, work, solved, ann):
    before, answered = rows(db), db.scalars(select(RatingAsk.answered)).all()
    for face in links_for("en"):
        url = key_url(work, solved, ann.id, "rate", score=face.score)
        page = browser.get(url.partition("://")[2].partition("/")[2].join(("/", ""))).follow()
        assert page.status_int == 200
        (chosen,) = page.html.select("input[name=score][checked]")
        assert chosen["value"] == face.score
    assert (rows(db), db.scalars(select(RatingAsk.answered)).all()) == (before, answered)


def test_who_came_by_the_link_of_a_mail_rates_with_one_button(db, browser, work, solved, ann):
    url = key_url(work, solved, ann.id, "rate", score="bad")
    page = browser.get("/" + url.partition("://")[2].partition("/")[2]).follow()
    form = page.forms[0]
    form["reason"], form["comment"], form["may_quote"] = "slow", "It took a week.", True
    answer = form.submit()
    assert answer.status_int == 303
    assert "Thank you!" in answer.follow().text
    rating = db.scalars(select(Rating)).one()
    assert (rating.score, rating.reason, rating.comment, rating.via, rating.may_quote) == (
        1,
        "slow",
        "It took a week.",
        "mail",
        True,
    )


def test_nothing_that_was_typed_is_lost(customer, solved, token):
    url = f"/portal/request/{solved.id}/rate"
    given = {"csrf_token": token(customer), "comment": "So <so>", "may_quote": "1"}
    page = customer.post(url, given, status=422)
    assert "Please choose one of the three faces." in page.text
    assert page.html.textarea.text.strip() == "So <so>"
    assert page.html.select("[name=may_quote]")[0].has_attr("checked")
    page = customer.post(url, {**given, "score": "good", "comment": "x" * 4001}, status=422)
    assert "at most 4000" in page.text


def test_an_open_request_cannot_be_rated_and_says_so(customer, make, ann):
    ticket = make.ticket()
    page = customer.get(f"/portal/request/{ticket.id}/rate?score=good")
    assert "we are still working on it" in page.text
    assert not page.html.select("[name=score]")


def test_who_does_not_see_the_request_does_not_rate_it(another, enter, make, solved, token):
    eve = enter(another(), make.customer("eve@elsewhere.example"))
    eve.get(f"/portal/request/{solved.id}/rate", status=404)
    given = {"csrf_token": token(eve), "score": "bad", "wanted": "0"}
    for deed in ("rate", "rate/asking", "helpful"):
        eve.post(f"/portal/request/{solved.id}/{deed}", given, status=404)


def test_asking_is_switched_off_and_on_again(db, customer, solved):
    url = f"/portal/request/{solved.id}/rate"
    off = next(form for form in customer.get(url).forms.values() if "wanted" in form.fields)
    page = off.submit().follow()
    assert "We will not ask you again" in page.text
    assert rows(db)[3] == 1
    on = next(form for form in page.forms.values() if "wanted" in form.fields)
    on.submit()
    assert rows(db)[3] == 0


def test_helpful_is_stored_by_a_button_for_messages_of_the_request(db, customer, work, make, ann, token):
    ticket = make.ticket()
    (answer,) = change_ticket(work, ticket, Correspond(plain_message("Try this."))).transactions
    given = {"csrf_token": token(customer), "message": str(answer.id), "helpful": "no"}
    customer.post(f"/portal/request/{ticket.id}/helpful", given, status=303)
    assert db.scalars(select(HelpfulVote.is_helpful)).one() is False
    for wrong in ({"message": "999999"}, {"helpful": "perhaps"}, {"message": "x"}):
        customer.post(f"/portal/request/{ticket.id}/helpful", {**given, **wrong}, status=404)


@pytest.fixture
def rated(solved, ann, acting):
    rate(acting(ann), solved, Given(Score.BAD, "Nobody <called>.", Reason.SLOW))
    return solved


def test_staff_read_ratings_beside_the_ticket_and_make_them_good(browser, enter, rated, jo, db):
    enter(browser, jo)
    page = browser.get(f"/ticket/{rated.id}")
    card = page.html.select("[aria-labelledby=portal-ratings]")[0]
    assert "Nobody <called>." in card.text
    assert "Too slow" in card.text
    form = next(form for form in page.forms.values() if "recovered" in form.fields)
    answer = form.submit("recovered")
    assert answer.location.endswith(f"/ticket/{rated.id}")
    assert db.scalars(select(Rating.recovered)).one() is not None


def test_the_list_shows_figures_words_and_filters(browser, enter, rated, jo):
    enter(browser, jo)
    page = browser.get("/ratings")
    assert "Nobody <called>." in page.html.main.text
    assert "0 % of 1 rating" in " ".join(page.html.select(".portal-sums")[0].text.split())
    assert "Nobody <called>." in browser.get("/ratings?show=open&score=bad&reason=slow&by=month").html.text
    for narrow in ("score=good", "reason=cost", "customer=999", "from=2020-01-01&to=2020-02-01"):
        assert "No rating here" in browser.get(f"/ratings?{narrow}").text


def test_nobody_is_ranked_without_consent(browser, enter, rated, jo, set_):
    enter(browser, jo)
    assert "Person" not in browser.get("/ratings?by=person").html.select(".portal-grouped")[0].text
    set_(people=True)
    groups = browser.get("/ratings?by=person").html.select(".portal-grouped tbody")[0]
    assert "Jo" in groups.text


def test_the_figure_is_in_sight_without_a_query_and_only_for_who_may_see_it(
    app, db, work_of, browser, another, enter, rated, jo, make, query_count
):
    enter(browser, jo)
    bar = browser.get("/").html.select(".portal-figures")[0]
    assert "0 % · 1 of 1" in bar.text
    assert bar.select(".faint"), "one rating is a small sample"
    with query_count() as count:
        request = SimpleNamespace(
            app=app,
            db=db,
            work=work_of("jo"),
            login=SimpleNamespace(user_id=jo.id),
            route_path=lambda name: name,
        )
        assert request.work.rights.system("SeeRatings")
        before = count.total
        assert show_figure(request, None) is not None
    assert count.total == before
    eve = enter(another(), make.staff("eve"))
    assert not eve.get("/").html.select(".portal-figures")
    eve.get("/ratings", status=403)


def test_a_customer_is_asked_more_seldom_by_its_own_number(root, make, db):
    acme = make.organization("Acme")
    page = root.get(f"/organisations/{acme.id}")
    form = next(form for form in page.forms.values() if "percent" in form.fields)
    form["percent"] = "25"
    form.submit()
    assert db.scalars(select(RatingShare.percent)).one() == 25
    form["percent"] = "101"
    assert "from 0 to 100" in form.submit().follow().text
    form["percent"] = ""
    form.submit()
    assert db.scalars(select(RatingShare)).all() == []


def test_the_page_of_a_request_has_the_form_and_asks_below_our_messages(
    customer, work, make, solve, ann, query_count, db
):
    ticket = make.ticket()
    answers = [
        change_ticket(work, ticket, Correspond(plain_message("Try this."))).transactions[0] for _ in range(2)
    ]
    solve(ticket)
    url = f"/portal/request/{ticket.id}"
    page = customer.get(url)
    asked = {each["id"] for each in page.html.select(".portal-helpful")}
    assert asked >= {f"helpful-{each.id}" for each in answers}
    form = next(form for form in page.forms.values() if "score" in form.fields)
    form["score"] = "good"
    form.submit().follow()
    assert db.scalars(select(Rating.via)).one() == "page"
    assert "You said: It went well" in customer.get(url).text
    vote = customer.get(url).forms[f"helpful-{answers[0].id}"]
    answer = vote.submit("helpful", value="yes")
    assert answer.location.endswith(f"{url}#helpful-{answers[0].id}")
    pressed = customer.get(url).html.select(".portal-helpful [aria-pressed=true]")
    assert [each["value"] for each in pressed] == ["yes"]


def test_staff_see_how_many_answers_helped(browser, enter, jo, make, work, acting, ann):
    ticket = make.ticket()
    for is_helpful in (True, False):
        (answer,) = change_ticket(work, ticket, Correspond(plain_message("Try this."))).transactions
        vote_helpful(acting(ann), ticket, answer.id, is_helpful=is_helpful)
    enter(browser, jo)
    shown = " ".join(browser.get("/ratings").html.select(".portal-sums")[0].text.split())
    assert "Answers that helped1 of 2" in shown
    assert "Answers that helped" not in browser.get("/ratings?show=mine").text, "root wrote them"


def test_more_messages_cost_no_more_queries(customer, work, make, ann, query_count):
    ticket = make.ticket()
    url = f"/portal/request/{ticket.id}"

    def answer():
        change_ticket(work, ticket, Correspond(plain_message("Try this.")))

    answer()
    customer.get(url)
    with query_count() as count:
        customer.get(url)
    once = count.total
    answer()
    answer()
    with query_count() as count:
        customer.get(url)
    assert count.total == once
