"""Who gets through the door, and what those hear who do not."""

import logging
import secrets

import pytest

from rtpy.models import Principal, User
from rtpy.rights.names import Right

pytestmark = pytest.mark.databases("sqlite")  # the door stands before any statement of a page


@pytest.fixture
def site(extra, wsgi):
    """The application with the views of tests, made in this order."""
    return wsgi


def test_a_missing_right_is_named(site, jo):
    answer = jo.get("/extra/right", expect_errors=True)
    assert answer.status_int == 403
    assert "You need the right AdminQueue on the whole system." in answer.text
    assert "send them the sentence above" in answer.text


def test_a_right_opens_its_page(site, jo, make, db):
    make.grant(db.query(User).filter_by(name="jo").one(), Right.ADMIN_QUEUE)
    assert jo.get("/extra/right").text == "the page"


def test_a_view_without_a_permission_is_for_staff(site, browser, jo, customer):
    assert browser.get("/extra/bare").headers["Location"].endswith("/login?next=%2Fextra%2Fbare")
    assert jo.get("/extra/bare").text == "the page"
    assert customer.get("/extra/bare", expect_errors=True).status_int == 403


@pytest.mark.parametrize("path", ["/extra/bare", "/extra/right"])
def test_a_customer_is_told_to_write_a_mail(site, customer, path, app):
    answer = customer.get(path, expect_errors=True)
    assert answer.status_int == 403
    assert f'href="mailto:{app.config.mail.correspond_address}"' in answer.text
    assert "ticket" not in answer.text.lower()


def test_a_customer_with_a_right_stays_outside_of_the_pages_of_staff(site, customer, make, db):
    make.grant(db.query(User).filter_by(name="ann@client.example").one(), Right.ADMIN_QUEUE)
    assert customer.get("/extra/right", expect_errors=True).status_int == 403


def test_a_page_for_customers_opens_for_them(site, customer, jo):
    assert customer.get("/extra/portal").text == "the page"
    assert jo.get("/extra/portal").text == "the page"


def test_a_ticket_of_staff_is_no_page_for_its_requestor(customer, make):
    make.grant("Requestor", Right.SHOW_TICKET)
    ticket = make.ticket(requestor="ann@client.example")
    answer = customer.get(f"/ticket/{ticket.id}", expect_errors=True)
    assert answer.status_int in (403, 404)
    assert "Printer on fire" not in answer.text


def test_a_customer_can_log_out(site, customer):
    assert customer.get("/extra/bare", expect_errors=True).form.submit().status_int == 303
    assert customer.get("/extra/portal").status_int == 303


def test_a_disabled_group_gives_nothing(site, jo, make, db):
    from rtpy.changes.membership import add_member, create_group
    from rtpy.models import Ace

    group = create_group(make.system, "Leads")
    jo_user = db.query(User).filter_by(name="jo").one()
    add_member(make.system, group, jo_user.id)
    db.add(Ace(principal_id=group.id, right_name=Right.ADMIN_QUEUE))
    db.flush()
    assert jo.get("/extra/right").status_int == 200
    db.get_one(Principal, group.id).disabled = True
    db.flush()
    assert jo.get("/extra/right", expect_errors=True).status_int == 403


def test_a_bug_is_a_page_with_a_number_and_a_line_in_the_log(site, browser, caplog):
    with caplog.at_level(logging.ERROR):
        answer = browser.get("/extra/boom", status=500)
    number = answer.headers["X-Request-Id"]
    assert number in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    records = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(records) == 1
    assert number in records[0].getMessage()
    assert "secret detail" in str(records[0].exc_info[1])


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("refused", 403, "The ticket is &lt;b&gt;closed&lt;/b&gt;."),
        ("missing", 404, "There is no such queue."),
        ("conflict", 409, "Somebody was quicker."),
        ("invalid", 400, "That is no number."),
    ],
)
def test_what_the_domain_refuses_is_said_in_its_words(site, browser, kind, status, sentence):
    answer = browser.get(f"/extra/refuse?kind={kind}", status=status)
    assert sentence in answer.text


def test_the_wrong_method_is_405_with_the_right_ones(browser, root):
    for one in (browser, root):
        answer = one.get("/logout", expect_errors=True)
        assert (answer.status_int, answer.headers["Allow"]) == (405, "POST")
        assert "only answers to POST" in answer.text


@pytest.mark.parametrize("path", ["/x?q=%ff", "/%ff", "/ticket/%fe", "/login?next=%C3%28"])
def test_broken_bytes_in_an_address_are_a_plain_400(browser, path):
    assert browser.get(path, expect_errors=True).status_int in (400, 404)


def test_a_log_line_cannot_be_forged(browser, caplog):
    with caplog.at_level(logging.INFO, logger="rtpy.web"):
        browser.get("/x%0AFAKE line", expect_errors=True)
    assert [record for record in caplog.records if "\n" in record.getMessage()] == []


@pytest.mark.parametrize(
    "path", ["/billing/statement/{}", "/portal/key/{}", "/portal/issues/leave/{}/", "/anything/{}"]
)
def test_a70_a_path_that_is_a_secret_is_in_no_log(browser, caplog, path):
    secret = secrets.token_urlsafe(32)
    with caplog.at_level(logging.DEBUG):
        browser.get(path.format(secret), expect_errors=True)
        browser.get("/ticket/7/attachment/12/the-minutes-of-our-meeting-in-november.pdf", expect_errors=True)
    assert secret not in caplog.text
    assert "/***" in caplog.text
    assert "the-minutes-of-our-meeting-in-november.pdf" in caplog.text
