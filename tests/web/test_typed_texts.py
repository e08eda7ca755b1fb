"""What somebody wrote into a form is on the page that says why it was not taken, whatever the reason is."""

import pytest

TEXT = "A long reply that took half an hour."

pytestmark = pytest.mark.databases("sqlite")  # what is refused here never reaches a statement


def copied(answer):
    return [area.text.strip() for area in answer.html.find_all("textarea")]


def test_when_something_breaks_on_our_side(extra, root):
    answer = root.post("/extra/boom", {"text": TEXT}, status=500)
    assert copied(answer) == [TEXT]


def test_but_no_secret(extra, root):
    given = dict.fromkeys(("new_password", "bind_Password", "client_secret", "api_key", "code"), "s" * 30)
    assert copied(root.post("/extra/boom", {**given, "text": TEXT}, status=500)) == [TEXT]


def test_when_the_domain_refuses_outside_of_a_form(extra, root):
    answer = root.post("/extra/refuse?kind=refused", {"text": TEXT}, expect_errors=True)
    assert copied(answer) == [TEXT]


def test_when_there_is_no_such_ticket_for_the_writer_any_more(jo, token):
    answer = jo.post("/ticket/9999/reply", {"text": TEXT, "csrf_token": token(jo)}, status=404)
    assert copied(answer) == [TEXT]


def test_nothing_that_another_site_made_the_browser_send(jo):
    answer = jo.post("/nowhere", {"text": TEXT}, headers={"Sec-Fetch-Site": "cross-site"}, status=404)
    assert TEXT not in answer.text


def test_a_form_that_cannot_be_read_still_gets_its_answer(root):
    root.post("/nowhere", b"x" * 20, content_type="multipart/form-data", status=404)
