"""What staff see on a ticket: what is owed until when, who has the ball, and why a due moment is what it is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import plain_message
from rtpy.models import OutgoingMail
from rtpy.work import Face
from rtpy_sla.clocks.words import Ball
from rtpy_sla.following.changes import HandBall
from rtpy_sla.following.standing import standing_of

from .conftest import HOUR, NINE, term

HOURS = timedelta(hours=1)


def text_of(node):
    return " ".join(node.get_text().split())


@pytest.mark.databases("sqlite")  # words
def test_a_ticket_says_what_is_owed_in_the_readers_zone_and_where_hours_are_counted(root, ticket, clock):
    clock.set(NINE + 30 * timedelta(minutes=1))
    page = root.get(f"/ticket/{ticket.id}")
    first = text_of(page.html.select(".sla-clocks li")[0])
    assert first == "in time First response · 3 h 30 min left · today 12:00 (13:00 Berlin)"
    clock.set(NINE + 3 * HOURS + timedelta(minutes=30))
    assert text_of(root.get(f"/ticket/{ticket.id}").html.select(".sla-clocks li")[0]).startswith("soon ")
    clock.set(NINE + 5 * HOURS)
    assert "missed First response · over by 1 h" in text_of(
        root.get(f"/ticket/{ticket.id}").html.select(".sla-clocks li")[0]
    )


def test_the_strip_takes_two_queries_and_nothing_is_shown_without_service_levels(
    root, make, ticket, db, query_count, work
):
    other = make.ticket("Nothing agreed")
    root.get(f"/ticket/{other.id}")
    assert not root.get(f"/ticket/{other.id}").html.select(".sla-strip")
    root.get(f"/ticket/{ticket.id}")
    counts = []
    for number in (other.id, ticket.id):
        with query_count() as counted:
            root.get(f"/ticket/{number}")
        counts.append(counted.total)
    assert counts[1] - counts[0] <= 1  # who has a row is asked on every ticket


@pytest.mark.databases("sqlite")  # forms
def test_the_ball_is_handed_over_and_taken_back(root, ticket, clock, work, db, token):
    clock.set(NINE + HOURS)
    page = root.get(f"/ticket/{ticket.id}")
    form = next(form for form in page.forms.values() if form.action.endswith("/ball"))
    form["ball"], form["until"], form["reason"] = "scheduled", "Friday noon", "The part comes on Friday"
    form.submit().follow()
    page = root.get(f"/ticket/{ticket.id}")
    assert "It waits for an agreed moment until Fri 12:00" in text_of(page.html.select_one(".sla-strip"))
    back = next(
        form for form in page.forms.values() if form.action.endswith("/ball") and "reason" not in form.fields
    )
    back.submit("deed").follow()
    assert "We have the ball" in root.get(f"/ticket/{ticket.id}")


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"ball": "moon"}, 400, "Choose one of the list"),
        ({"ball": "customer", "until": "soon"}, 400, "no moment that can be kept"),
        ({"ball": "customer", "until": "2020-01-01 12:00"}, 400, "is past"),
        ({"ball": "scheduled"}, 400, "until when"),
        ({"ball": "customer", "until": "tomorrow noon", "until_at": "2026-03-05T09:00"}, 400, "two moments"),
    ],
)
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_a_ball_that_cannot_be_handed_is_told(root, ticket, token, given, status, sentence):
    page = root.post(f"/sla/tickets/{ticket.id}/ball", {**given, "csrf_token": token(root)}, status=status)
    assert sentence in page


@pytest.mark.databases("sqlite")  # rights
def test_who_may_not_sees_no_forms_and_changes_nothing(browser, enter, make, ticket, token):
    staff = make.staff("ann")
    ann = enter(browser, staff)
    page = ann.get(f"/ticket/{ticket.id}")
    assert page.html.select(".sla-strip")
    assert not [form for form in page.forms.values() if form.action.endswith("/ball")]
    ann.post(f"/sla/tickets/{ticket.id}/ball", {"ball": "customer", "csrf_token": token(ann)}, status=403)
    ann.get(f"/sla/tickets/{ticket.id}/policy", status=403)
    customer = enter(browser, make.customer("ann@client.example"))
    for address in ("clocks", "clocks/first_response/1"):
        customer.get(f"/sla/tickets/{ticket.id}/{address}", status=(403, 404))


def test_the_page_of_a_clock_walks_through_how_its_due_moment_came_about(root, ticket, says, clock):
    says(ticket, NINE + HOURS, Correspond(plain_message("We look at it.")))
    says(ticket, NINE + 2 * HOURS, HandBall(Ball.CUSTOMER, None, "Serial number?"))
    says(ticket, NINE + 4 * HOURS, HandBall(Ball.US))
    clock.set(NINE + 26 * HOURS)
    page = root.get(f"/sla/tickets/{ticket.id}/clocks/resolution/1")
    rows = [text_of(row) for row in page.html.select("table.cards tbody tr")]
    assert "Started" in rows[0]
    assert "16 h of open hours (calendar Berlin office, Gold, version 1)" in rows[0]
    assert "the customer has the ball" in rows[1]
    assert "“Serial number?”" in rows[1]
    assert "2 h counted" in rows[1]
    assert "2 h did not count" in rows[2]
    assert "Runs" in rows[3]
    days = {
        text_of(row.th): [text_of(each) for each in row.select("td.number")]
        for row in page.html.select(".sla-days tbody tr")
    }
    assert days["Mon 2 Mar 2026"] == ["6 h", "2 h", "–"]
    assert days["Tue 3 Mar 2026"] == ["2 h", "–", "6 h"]
    assert page.html.select("svg.sla-bar rect.sla-paused")
    for address in ("resolution/2", "moon/1", "resolution/0"):
        root.get(f"/sla/tickets/{ticket.id}/clocks/{address}", status=404)
    everything = root.get(f"/sla/tickets/{ticket.id}/clocks")
    assert "The customer has the ball" in everything
    assert "Serial number?" in everything


@pytest.mark.databases("sqlite")  # forms
def test_a_miss_is_excused_with_a_reason_which_is_taken_back(root, ticket, clock, says, work):
    says(ticket, NINE + 6 * HOURS, Comment(plain_message("Late.")))
    address = f"/sla/tickets/{ticket.id}/clocks/first_response/1"
    form = next(form for form in root.get(address).forms.values() if "reason" in form.fields)
    assert "Give a reason" in form.submit("deed", status=422)
    form["reason"] = "Snow"
    page = form.submit("deed").follow()
    page = root.get(address)
    assert "“Snow”" in page
    assert "excused" in page.html.select_one("h1 .badge").text
    back = next(form for form in page.forms.values() if "Take the excuse back" in form.text)
    back.submit("deed").follow()
    assert root.get(address).html.select_one("h1 .badge").text == "missed"


@pytest.mark.databases("sqlite")  # reckoning
def test_another_service_level_is_tried_before_it_is_pinned(root, ticket, clock, policy, db, work):
    silver = policy("Silver", 2, first_response=term(8 * HOUR))
    clock.set(NINE + 2 * HOURS)
    page = root.get(f"/sla/tickets/{ticket.id}/policy", {"version": silver.id})
    answers = {each.h3.text: text_of(each.ul) for each in page.html.select(".sla-answer")}
    assert answers["Keep what runs"].startswith("First response: today 12:00")
    assert answers["Count from now"] == "First response: Tue 10:00"
    assert answers["Count from the start"] == "First response: today 16:00"
    form = next(form for form in page.forms.values() if "reason" in form.fields)
    form["reason"] = "Contract of March"
    form.submit("retarget", 1).follow()
    assert standing_of(work, [ticket.id])[ticket.id].policy == "Silver"
    root.get(f"/sla/tickets/{ticket.id}/policy", {"version": "x" * 30})


@pytest.mark.databases("sqlite")  # the offer itself is held in tests/policies
def test_what_fits_now_is_offered_on_the_ticket(root, policy, make, says):
    policy("High", 1, {"priority_from": 50})
    policy("Usual", 2)
    ticket = make.ticket()
    says(ticket, NINE + HOURS, SetPriority(60))
    assert "High fits now: decide" in text_of(root.get(f"/ticket/{ticket.id}").html.select_one(".sla-offer"))
    page = root.get(f"/sla/tickets/{ticket.id}/policy")
    assert "High fits now" in text_of(page.html.select_one("main"))
    next(form for form in page.forms.values() if "reason" in form.fields).submit("retarget", 0).follow()
    page = root.get(f"/ticket/{ticket.id}")
    assert not page.html.select(".sla-offer")
    assert "gave it the service level High, version 1; clocks that run keep their terms" in page


def test_a_reply_promises_and_the_mail_says_so(root, ticket, clock, db, work):
    clock.set(NINE + HOURS)
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"], form["sla.until"], form["sla.promise"] = "We order the part.", "soon", "a new drum"
    again = form.submit(status=422)
    assert "no moment that can be kept" in again
    form = again.forms["reply"]
    assert form["sla.promise"].value == "a new drum"
    form["sla.until"] = "Friday noon"
    form.submit()
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    said = "We promised: a new drum by Fri 6 Mar 2026, 13:00 (Europe/Berlin)"
    assert said in mail.body
    assert said in mail.html_body
    page = root.get(f"/ticket/{ticket.id}")
    assert "Promise: a new drum" in text_of(page.html.select_one(".sla-promise"))
    form = page.forms["reply"]
    form["text"], form["sla.keeps.1"] = "Here it is.", True
    form.submit()
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    assert "We promised" not in mail.body
    assert not root.get(f"/ticket/{ticket.id}").html.select(".sla-promise")


@pytest.mark.databases("sqlite")  # words
def test_the_composer_says_what_an_answer_keeps_and_that_a_comment_does_not(root, ticket, clock):
    clock.set(NINE + 4 * HOURS - timedelta(minutes=12))
    page = root.get(f"/ticket/{ticket.id}")
    reply, comment = (
        page.html.select_one("form#reply .sla-warning"),
        page.html.select_one("form#comment .sla-warning"),
    )
    assert text_of(reply) == "This answers the customer: first response is due in 12 min (today 12:00)."
    assert text_of(comment) == "A comment does not answer: first response is due in 12 min (today 12:00)."


def test_the_composer_says_that_the_customer_wrote_while_it_waits(
    root, ticket, clock, says, make, work_of, app, db
):
    says(ticket, NINE + HOURS, HandBall(Ball.THIRD, None, "The carrier looks"))
    mailed = work_of("ann@client.example", Face.MAIL)
    says(ticket, NINE + 2 * HOURS, Correspond(plain_message("Any news?")), by=mailed)
    clock.set(NINE + 2 * HOURS + timedelta(minutes=3))
    said = [
        text_of(each) for each in root.get(f"/ticket/{ticket.id}").html.select("form#comment .sla-warning")
    ]
    assert said[-1] == "The customer wrote 3 min ago, while a third party has the ball."


def test_a_reply_that_closes_says_why_a_target_was_missed(root, ticket, clock, says, work, db):
    save_settings(work, "sla", {"sla.causes": "Waited for a part\nNobody was there"})
    says(ticket, NINE + 6 * HOURS, Comment(plain_message("Late.")))
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"], form["status"], form["sla.cause"] = "Done.", "resolved", "Nobody was there"
    form.submit()
    causes = {
        clock.target.value: clock.cause
        for clock in standing_of(work, [ticket.id], whole=True)[ticket.id].clocks
    }
    assert causes["first_response"] == "Nobody was there"
    assert "sla.cause" not in root.get(f"/ticket/{ticket.id}").forms["comment"].fields


def test_the_first_page_shows_what_is_about_to_slip(root, ticket, clock, query_count):
    clock.set(NINE + 5 * HOURS)
    row = root.get("/").html.select_one("#sla-slipping").find_parent("section").li
    assert text_of(row.select_one(".badge")) == "missed"
    assert "First response" in text_of(row)


@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_a_moment_is_explained_while_it_is_typed(root, clock):
    clock.set(NINE)
    said = root.get("/sla/moment", {"words": "friday noon"}).json
    assert said == {"ok": True, "says": "That is Fri 6 Mar 2026, 12:00 (UTC)."}
    assert root.get("/sla/moment", {"words": "x\x00" * 60}).json["ok"] is False
