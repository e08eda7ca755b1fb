"""The page on which staff decide about mails of strangers."""

import pytest

from rtpy.models import IncomingMail
from tests.mail.letters import letter


@pytest.fixture
def waiting(make, db, app):
    ticket = make.ticket()
    make.queue("General").reply_policy = "review"
    row = IncomingMail(
        received=app.clock.now(), raw=letter("<b>let me in</b>", subject="Hi"), size=99, queue="General",
        action="correspond", peer="", transport={"checked_by": "mx.h", "dmarc": "fail"}, state="review",
        reason="", sender="mallory@evil.example", subject="Hi", ticket_id=ticket.id,
    )  # fmt: skip
    db.add(row)
    db.flush()
    return ticket, row


def test_the_ticket_leads_to_the_mail_and_a_button_decides(root, db, waiting):
    ticket, row = waiting
    assert "A mail of a stranger waits" in root.get(f"/ticket/{ticket.id}").text
    listed = root.get("/mail/review")
    assert f"/ticket/{ticket.id}/review" in listed.text
    page = root.get(f"/ticket/{ticket.id}/review")
    assert ("mallory@evil.example" in page.text, "&lt;b&gt;let me in" in page.text, "mx.h" in page.text) == (
        True,
        True,
        True,
    )
    form = next(form for form in page.forms.values() if "deed" in form.fields)
    form.submit("deed", value="junk")
    db.expire_all()
    assert (row.state, "waits" in root.get(f"/ticket/{ticket.id}").text) == ("junk", False)


def test_a_customer_reads_nothing_of_it_and_rubbish_is_refused(root, customer, waiting):
    ticket, row = waiting
    assert customer.get(f"/ticket/{ticket.id}/review", expect_errors=True).status_int in (403, 404)
    form = next(
        form for form in root.get(f"/ticket/{ticket.id}/review").forms.values() if "deed" in form.fields
    )
    form["mail"] = "x"
    assert form.submit("deed", value="junk", expect_errors=True).status_int == 404
    assert row.state == "review"
