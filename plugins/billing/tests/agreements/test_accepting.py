"""Milestones are billed once the customer has accepted them."""

from datetime import date

import pytest

from rtpy.errors import Invalid, Refused
from rtpy_billing.agreements.accepting import accept_milestone
from rtpy_billing.invoicing.due import due_of

PRICE = {"milestones": "Design; 2500; 2026-02-01\nRoll-out; 4000"}
APRIL = date(2026, 4, 1)


def billed(db, agreement):
    return [(each.text, each.unit_price) for each in due_of(db, [agreement], APRIL)]


def test_a_milestone_is_billed_from_the_day_it_was_accepted(agree, boss, work_of, make, db):
    agreement, line = agree("fixed_price", PRICE)
    assert billed(db, agreement) == []
    accept_milestone(boss, agreement, line, "Design", date(2026, 3, 3))
    assert billed(db, agreement) == [("Hours: Design", 250000)]
    accept_milestone(boss, agreement, line, "Design", None)
    assert billed(db, agreement) == []
    with pytest.raises(Invalid, match="still to come"):
        accept_milestone(boss, agreement, line, "Design", date(2026, 3, 11))
    with pytest.raises(Invalid, match="no such milestone"):
        accept_milestone(boss, agreement, line, "Party", date(2026, 3, 3))
    make.staff("jo")
    with pytest.raises(Refused, match="AdminAgreements"):
        accept_milestone(work_of("jo"), agreement, line, "Design", date(2026, 3, 3))


def test_the_page_of_the_agreement_accepts_it(agree, root):
    agreement, _ = agree("fixed_price", PRICE)
    page = root.get(f"/billing/agreements/{agreement.id}")
    form = next(form for form in page.forms.values() if form.fields.get("milestone"))
    form["accepted_on"] = "2026-03-03"
    page = form.submit("deed").follow()
    assert "accepted 03 March 2026" in page
    form = next(form for form in page.forms.values() if form.fields.get("milestone"))
    page = form.submit("deed").follow()
    assert "accepted 03 March 2026" not in page
