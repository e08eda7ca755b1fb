"""Answering in the browser: to whom it goes, and that nothing typed is ever lost or sent twice."""

import pytest
from sqlalchemy import func, select
from webtest import Upload

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import plain_message
from rtpy.errors import Gone
from rtpy.models import Attachment, Draft, OutgoingMail, OutgoingRecipient, Ticket, Transaction
from rtpy.web.staff.ticket import reply

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def ticket(make):
    return make.ticket("Printer on fire", text="It burns.")


def composer(browser, ticket, kind="reply", query=""):
    return browser.get(f"/ticket/{ticket.id}{query}").forms[kind]


def said(db, kind="Correspond"):
    return db.scalar(select(func.count(Transaction.id)).where(Transaction.type == kind))


def told(db, after=0):
    """Addresses that the newest mails go to."""
    return set(
        db.scalars(
            select(OutgoingRecipient.address)
            .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
            .where(OutgoingMail.transaction_id > after)
        )
    )


def shown_recipients(form):
    return {box._value for box in form.fields.get("to", ()) if box.checked}


def test_a_reply_is_recorded_with_minutes_status_and_file(root, db, ticket):
    form = composer(root, ticket)
    form["text"], form["minutes"], form["status"] = "We come.", "15", "resolved"
    form["files"] = [Upload("plan.csv", b"a;b\r\n\x00\xff", "text/csv")]
    page = form.submit().follow()
    assert "We come." in page.html.select_one(".entry-reply").text
    db.expire_all()
    row = db.get_one(Ticket, ticket.id)
    assert (row.status, row.time_worked) == ("resolved", 15)
    file = db.scalar(select(Attachment).where(Attachment.filename == "plan.csv"))
    assert root.get(f"/ticket/{ticket.id}/attachment/{file.id}/plan.csv").body == b"a;b\r\n\x00\xff"


def test_who_stands_beside_the_button_is_who_gets_the_mail(root, db, make, work, ticket):
    change_ticket(
        work,
        ticket,
        AddWatcher("Cc", make.customer("bo@client.example").id),
        AddWatcher("AdminCc", make.staff("kim").id),
    )
    last = db.scalar(select(func.max(Transaction.id)))
    form = composer(root, ticket)
    promised = shown_recipients(form)
    form["text"] = "We come."
    form.submit()
    assert promised == {"ann@client.example", "bo@client.example", "kim@staff.example"}
    assert told(db, last) == promised


def test_who_is_unticked_is_spared_this_one_mail(root, db, make, ticket):
    last = db.scalar(select(func.max(Transaction.id)))
    form = composer(root, ticket)
    for box in form.fields["to"]:
        box.checked = False
    form["text"], form["cc"] = "Only for the record.", "eve@other.example"
    form.submit()
    assert told(db, last) == {"eve@other.example"}


def test_a_comment_goes_to_staff_only_and_says_so_before(root, db, make, work, ticket):
    change_ticket(work, ticket, AddWatcher("AdminCc", make.staff("kim", real_name="Kim Ash").id))
    last = db.scalar(select(func.max(Transaction.id)))
    page = root.get(f"/ticket/{ticket.id}")
    assert "Kim Ash" in page.html.select_one("#comment .recipients").text
    form = page.forms["comment"]
    form["text"] = "Don't mention the price."
    form.submit()
    assert told(db, last) == {"kim@staff.example"}
    assert said(db, "Comment") == 1


@pytest.mark.parametrize("kind", ["reply", "comment"])
def test_what_could_not_be_sent_comes_back_whole(root, db, ticket, kind):
    form = composer(root, ticket, kind)
    form["text"], form["minutes"] = "Words that took long.", "5000"
    page = form.submit(status=422)
    again = page.forms[kind]
    assert again["text"].value.strip() == "Words that took long."
    assert again["minutes"].value == "5000"
    assert "from 0 to 1440" in page
    again["minutes"] = "50"
    again.submit(status=303)


def test_nothing_at_all_is_not_sent(root, db, ticket):
    page = composer(root, ticket).submit(status=409)
    assert "write something or attach a file" in page
    assert said(db) == 0


def test_what_came_in_meanwhile_is_shown_before_sending(root, db, work_of, make, ticket):
    form = composer(root, ticket)
    make.staff("kim", real_name="Kim Ash")
    change_ticket(work_of("kim"), ticket, Correspond(plain_message("I am on it.")))
    form["text"] = "We come."
    page = form.submit(status=409)
    assert "Kim Ash replied." in page.html.select_one("#reply").text
    assert "I am on it." in page
    again = page.forms["reply"]
    assert again["text"].value.strip() == "We come."
    assert "Send anyway" in page.html.select_one("#reply button[data-send]").text
    again.submit(status=303)
    assert said(db) == 2


def test_what_one_may_not_read_does_not_come_in_between(another, login, db, make, work, ticket):
    bob = make.staff("bob", password="bob's password")
    queue = make.queue("Mail", granted=False)
    make.grant(bob, "ShowTicket", "ReplyToTicket", queue=queue)
    hidden = make.ticket(queue="Mail")
    browser = login(another(), "bob", "bob's password")
    form = composer(browser, hidden)
    change_ticket(work, hidden, Comment(plain_message("canary")))
    form["text"] = "Hello"
    form.submit(status=303)


def test_the_same_form_sent_twice_counts_once(root, db, ticket):
    form = composer(root, ticket)
    form["text"], form["minutes"] = "We come.", "5"
    form.submit(status=303)
    page = form.submit(status=303).follow()
    assert "was sent already" in page
    assert said(db) == 1
    db.expire_all()
    assert db.get_one(Ticket, ticket.id).time_worked == 5


def test_a_draft_is_kept_and_comes_back_until_it_is_sent(root, db, ticket, token):
    values = {"csrf_token": token(root), "kind": "reply", "text": "Half a sen"}
    root.post(f"/ticket/{ticket.id}/draft", values, status=204)
    form = composer(root, ticket)
    assert form["text"].value.strip() == "Half a sen"
    form["text"] = "Half a sentence."
    form.submit(status=303)
    assert composer(root, ticket)["text"].value.strip() == ""
    assert db.scalars(select(Draft.place).where(Draft.place.startswith("ticket:"))).all() == []


def test_a_draft_is_nobody_elses_and_no_other_tickets(root, jo, make, token, ticket):
    values = {"csrf_token": token(root), "kind": "comment", "text": "root's own words"}
    root.post(f"/ticket/{ticket.id}/draft", values, status=204)
    assert "root's own words" not in jo.get(f"/ticket/{ticket.id}")
    assert "root's own words" not in root.get(f"/ticket/{make.ticket('other').id}")


def test_an_empty_draft_forgets(root, db, ticket, token):
    for text in ("Some words", "   "):
        root.post(
            f"/ticket/{ticket.id}/draft",
            {"csrf_token": token(root), "kind": "reply", "text": text},
            status=204,
        )
    assert db.scalars(select(Draft)).all() == []


def test_what_was_refused_is_kept_as_a_draft(root, ticket):
    form = composer(root, ticket)
    form["text"], form["minutes"] = "Words that took long.", "x"
    form.submit(status=422)
    assert composer(root, ticket)["text"].value.strip() == "Words that took long."


def test_a39_without_the_token_nothing_is_sent(root, db, ticket):
    for way in ("reply", "comment", "draft", "modify", "people"):
        answer = root.post(f"/ticket/{ticket.id}/{way}", {"text": "x", "kind": "reply"}, expect_errors=True)
        assert answer.status_int == 403, way
    assert said(db) + said(db, "Comment") == 0


def test_a_message_is_quoted_into_the_reply(root, ticket):
    page = root.get(f"/ticket/{ticket.id}")
    quote = page.html.select_one(".entry-customer a[href*=quote]")["href"]
    assert "> It burns." in root.get(quote.split("#")[0]).forms["reply"]["text"].value


def test_a21_a_comment_is_never_quoted_into_a_reply(root, work, ticket):
    change_ticket(work, ticket, Comment(plain_message("canary-in-comment")))
    quote = root.get(f"/ticket/{ticket.id}").html.select_one(".entry-comment a[href*=quote]")["href"]
    page = root.get(quote.split("#")[0])
    assert "canary-in-comment" not in page.forms["reply"]["text"].value
    assert "> canary-in-comment" in page.forms["comment"]["text"].value


def test_without_the_right_there_is_no_form_and_no_way_around(another, login, db, make, token):
    bob = make.staff("bob", password="bob's password")
    queue = make.queue("Looking", granted=False)
    make.grant(bob, "ShowTicket", queue=queue)
    hidden = make.ticket(queue="Looking")
    browser = login(another(), "bob", "bob's password")
    assert browser.get(f"/ticket/{hidden.id}").html.select("#composer") == []
    values = {"csrf_token": token(browser), "text": "let me in"}
    for way in ("reply", "comment"):
        assert browser.post(f"/ticket/{hidden.id}/{way}", values, expect_errors=True).status_int == 403
    assert said(db) == 0


def test_what_was_typed_for_a_ticket_that_was_shredded_meanwhile_can_be_copied(root, ticket, monkeypatch):
    def shredded(*_):
        raise Gone("Ticket #7 was deleted for good meanwhile.")

    form = composer(root, ticket)
    form["text"] = "A long answer to the customer."
    monkeypatch.setattr(reply, "change_ticket", shredded)
    page = form.submit(status=404)
    assert "Ticket #7 was deleted for good meanwhile." in page.text
    assert page.html.find("textarea").text.strip() == "A long answer to the customer."
