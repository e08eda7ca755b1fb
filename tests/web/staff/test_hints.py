"""What was made of a mail and may be wrong, on the page of its ticket."""

import re

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.mail.intake import take_in
from rtpy.models import MailHint, Ticket
from tests.mail.letters import letter


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


@pytest.fixture
def thanked(app, db, work):
    number = take_in(app, letter(), queue="General").ticket_id
    change_ticket(work, db.get(Ticket, number), SetStatus("resolved"))
    db.commit()
    take_in(app, letter("Thanks!\n", subject=f"Re: [rtpy #{number}] Printer"), queue="General")
    return number


def hint_form(page):
    return next((form for form in page.forms.values() if "hint" in form.fields), None)


@pytest.mark.parametrize(("deed", "status"), [("back", "open"), ("right", "resolved")])
def test_one_click_says_what_is_right_and_the_line_goes(root, thanked, db, deed, status):
    page = root.get(f"/ticket/{thanked}")
    assert "Ann said thanks, and the ticket stayed resolved." in words(page)
    after = hint_form(page).submit("deed", value=deed).follow()
    db.expire_all()
    assert (db.scalar(select(Ticket.status).where(Ticket.id == thanked)), hint_form(after)) == (status, None)
    again = hint_form(page).submit("deed", value=deed).follow()
    assert "Somebody has said so already." in words(again)


@pytest.mark.databases("sqlite")  # a question of rights, not of the database
def test_who_may_not_change_the_ticket_is_not_asked(thanked, another, make, enter, db, token):
    make.revoke("ModifyTicket", make.queue())
    browser = enter(another(), make.staff("reader"))
    page = browser.get(f"/ticket/{thanked}")
    assert hint_form(page) is None
    number = db.scalar(select(MailHint.id))
    given = {"hint": str(number), "deed": "back", "csrf_token": token(browser)}
    assert browser.post(f"/ticket/{thanked}/hint", given, status="*").status_int == 403


@pytest.mark.databases("sqlite")  # the same row by another address
def test_a_hint_of_another_ticket_is_not_found_there(root, thanked, make, db):
    other = make.ticket()
    db.commit()
    form = hint_form(root.get(f"/ticket/{thanked}"))
    form.action = f"/ticket/{other.id}/hint"
    assert "Somebody has said so already." in words(form.submit("deed", value="back").follow())
    assert db.scalar(select(MailHint.settled)) is None
