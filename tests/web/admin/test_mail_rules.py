"""Rules for mail in the browser: made, tried, put in order, deleted; for super-users only."""

import re

import pytest
from sqlalchemy import select

from rtpy.mail.intake import take_in
from rtpy.mail.sorting.saving import save_rule
from rtpy.models import MailRule
from tests.mail.letters import letter


def form_of(page):
    return next(form for form in page.forms.values() if "from_queue" in form.fields)


def words(page):
    return re.sub(r"\s+", " ", page.html.text)


def test_they_are_for_super_users(jo):
    assert [jo.get(f"/admin/mail-rules{page}", status="*").status_int for page in ("", "/create")] == [
        403,
        403,
    ]


def test_a_rule_is_made_tried_changed_and_deleted(root, app, db, make):
    make.queue("Network")
    take_in(app, letter(subject="VPN <b>down</b>"), queue="General")
    form = form_of(root.get("/admin/mail-rules/create"))
    form["name"], form["subject"], form["queue"] = "VPN", "vpn", "Network"
    tried = form.submit("deed", value="try")
    assert "1 of the newest 1 mails fit" in words(tried)
    assert "VPN <b>down</b>" in words(tried)
    assert db.scalar(select(MailRule.id)) is None
    made = form_of(tried).submit("deed", value="save").follow()
    assert "The rule “VPN” is saved." in words(made)
    page = words(root.get("/admin/mail-rules"))
    assert "VPN 1 subject vpn queue Network no" in page
    form = form_of(made)
    assert (form["position"].value, form["subject"].value) == ("1", "vpn")
    form["position"] = "first"
    wrong = form.submit("deed", value="save", status=422)
    assert "Write a whole number" in words(wrong)
    form_of(made).submit("deed", value="delete").follow()
    assert db.scalar(select(MailRule.id)) is None


@pytest.mark.databases("sqlite")  # numbers of statements are the same on both
def test_the_list_costs_a_fixed_number_of_queries(root, work, db, query_count):
    def cost():
        root.get("/admin/mail-rules")
        with query_count() as queries:
            root.get("/admin/mail-rules")
        return queries.total

    save_rule(work, None, {"name": "first", "priority": "1"})
    one = cost()
    for number in range(9):
        save_rule(work, None, {"name": f"rule {number}", "priority": "1", "queue": "General"})
    assert cost() == one
