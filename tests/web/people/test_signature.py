"""The signature below a reply."""

import pytest
from sqlalchemy import select

from rtpy.models import Transaction, User
from rtpy.web.staff.ticket.signature import below, is_only_signature


@pytest.fixture
def signed(jo, db):
    """Jo's browser; Jo has a signature."""
    db.scalar(select(User).where(User.name == "jo")).signature = "Jo Bloggs\nDispatch"
    db.flush()
    return jo


def reply_form(page):
    return next(form for form in page.forms.values() if form.action.endswith("/reply"))


def test_a_new_reply_stands_above_the_signature_and_a_comment_has_none(signed, make):
    page = signed.get(f"/ticket/{make.ticket().id}")
    assert reply_form(page)["text"].value.endswith("-- \nJo Bloggs\nDispatch")
    comment = next(form for form in page.forms.values() if form.action.endswith("/comment"))
    assert "Jo Bloggs" not in comment["text"].value


def test_without_a_signature_the_form_is_empty(jo, make):
    assert reply_form(jo.get(f"/ticket/{make.ticket().id}"))["text"].value.strip() == ""


def test_the_signature_alone_is_no_reply(signed, make, db):
    ticket = make.ticket()
    form = reply_form(signed.get(f"/ticket/{ticket.id}"))
    form.submit(expect_errors=True)
    sent = select(Transaction.id).where(Transaction.object_id == ticket.id, Transaction.type == "Correspond")
    assert db.scalars(sent).all() == []


def test_what_is_kept_as_a_draft_is_not_signed_twice(signed, make, token):
    ticket = make.ticket()
    signed.post(
        f"/ticket/{ticket.id}/draft", {"csrf_token": token(signed), "kind": "reply", "text": "Half\n-- \nJo"}
    )
    assert reply_form(signed.get(f"/ticket/{ticket.id}"))["text"].value.count("-- ") == 1


@pytest.mark.parametrize(
    ("text", "signature", "only"),
    [
        ("\r\n\r\n-- \r\nJo", "Jo", True),
        ("--\nJo", "Jo", True),
        ("Hello\n-- \nJo", "Jo", False),
        ("", "", False),
        ("", "Jo", False),
    ],
)
def test_what_is_only_a_signature(text, signature, only):
    assert is_only_signature(text, signature) is only
    assert below("  ") == ""
