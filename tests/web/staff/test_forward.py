"""Forwarding a ticket in the browser."""

import pytest
from sqlalchemy import select

from rtpy.models import Transaction

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def form_of(page):
    return next(form for form in page.forms.values() if "bcc" in form.fields)


def test_the_same_form_sent_twice_sends_one_mail(root, make, db):
    ticket = make.ticket()
    form = form_of(root.get(f"/ticket/{ticket.id}/forward"))
    form["to"] = "nonsense"
    form = form_of(form.submit(status=422))
    form["to"] = "help@supplier.example"
    form.submit("deed", value="send", status=303)
    page = form.submit("deed", value="send", status=303).follow()
    assert "This was forwarded already, once." in page.text
    forwards = select(Transaction.id).where(Transaction.type.like("Forward%"))
    assert len(db.scalars(forwards).all()) == 1
