"""Mail that came back from somebody's address, on their page, and the button that lets it go there again."""

import re

import pytest
from sqlalchemy import select

from rtpy.models import OutgoingMail, OutgoingRecipient, Transaction

pytestmark = pytest.mark.databases("sqlite")  # a page and one row


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


@pytest.fixture
def ann(make, db):
    ticket = make.ticket()
    row = db.scalars(
        select(OutgoingRecipient)
        .join(OutgoingMail, OutgoingMail.id == OutgoingRecipient.mail_id)
        .where(OutgoingMail.ticket_id == ticket.id, OutgoingRecipient.address == "ann@client.example")
    ).first()
    row.state, row.last_answer = "failed", "came back: 5.1.1 <no> such user"
    ann = make.customer("ann@client.example")
    ann.undeliverable = 2
    db.commit()
    return ann


def test_the_page_tells_of_it_and_anybody_of_the_staff_puts_it_right(jo, ann, db):
    page = jo.get(f"/people/{ann.id}")
    assert "The last 2 mails to ann@client.example came back. Nothing more is sent there." in words(page)
    assert re.search(r"of #\d+: came back: 5\.1\.1 <no> such user", words(page))
    form = next(form for form in page.forms.values() if form.action.endswith("/address"))
    after = form.submit().follow()
    db.expire_all()
    assert (ann.undeliverable, "came back" in words(after)) == (0, False)
    noted = db.scalars(select(Transaction).where(Transaction.object_type == "user")).all()
    assert [(each.field, each.old_value) for each in noted if each.field == "Undeliverable"] == [
        ("Undeliverable", "2")
    ]


def test_a_customer_cannot(customer, ann):
    page = customer.get("/", status="*").text
    given = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}
    assert customer.post(f"/people/{ann.id}/address", given, status="*").status_int == 403
    assert ann.undeliverable == 2
