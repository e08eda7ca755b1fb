"""The pages of the set-up and of a price, in the browser."""

import re

import pytest

from rtpy_billing.models import RateRow, Role, SurchargeRow
from rtpy_billing.repricing.reprice import reprice

pytestmark = pytest.mark.databases("sqlite")  # pages; what they read is tested on both


def form_in(page):
    """The form of the page itself, which goes back to its address."""
    return next(form for form in page.forms.values() if form.action.endswith(page.request.path))


NOUNS = {
    "work-types": {"name": "Remote"},
    "roles": {"name": "Senior"},
    "rates": {"amount": "95"},
    "surcharges": {"name": "Night", "value": "1.5"},
    "rounding": {"name": "Quarters", "increment": "15"},
}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_thing_is_made_listed_and_changed(noun, root):
    url = f"/admin/billing/{noun}"
    assert root.get(url).status_int == 200
    page = root.get(f"{url}/create")
    form = form_in(page)
    for name, value in NOUNS[noun].items():
        form[name] = value
    page = form.submit("deed", value="save", status=303).follow()
    (link,) = set(re.findall(rf'href="([^"]*{url}/\d+)"', page.text))
    page = root.get(link)
    form = form_in(page)
    form[next(iter(NOUNS[noun]))] = ""
    assert "aria-invalid" in form.submit("deed", value="save", status=422)
    root.get(f"{url}/99999", status=404)


def test_people_have_a_page_each(root, work, make):
    jo = make.staff("jo")
    assert "jo" in root.get("/admin/billing/people?q=jo")
    page = root.get(f"/admin/billing/people/{jo.id}")
    form = form_in(page)
    form["day_0"] = "7:30"
    assert "7:30" in form.submit("deed", status=303).follow()
    root.get("/admin/billing/people/99999", status=404)


def test_what_would_move_is_shown_and_then_done(root, work, client, log, db):
    entry = log(60)
    reprice(work, client.id)
    page = root.get("/admin/billing/rates/create")
    form = form_in(page)
    form["rung"], form["customer"], form["amount"] = "customer", str(client.id), "80"
    page = form.submit("deed", value="save", status=200)
    assert "80.00" in page.text
    db.refresh(entry)
    assert entry.amount == 12000
    form_in(page).submit(status=303)
    db.refresh(entry)
    assert entry.amount == 8000


def test_the_pages_are_for_who_may(browser, enter, make, client, log):
    someone = enter(browser, make.staff("jo"))
    entry = log(5)
    for url in (*NOUNS, "people", "cost-rates"):
        someone.get(f"/admin/billing/{url}", status=403)
    someone.get(f"/billing/time/{entry.id}/price", status=403)


def test_an_entry_shows_what_it_comes_to_and_the_whole_ladder(root, work, client, log, db, query_count):
    senior = Role(name="Senior")
    db.add(senior)
    db.add(SurchargeRow(name="Always", rung="book", operation="multiply", value=1500))
    db.add(RateRow(rung="customer", scope_id=client.id, amount=10000, currency="EUR"))
    db.flush()
    entry = log(90, role_id=senior.id, note_internal="nothing here")
    reprice(work, client.id)
    page = root.get(f"/billing/time/{entry.id}/price")
    for words in (
        "Senior, chosen for this entry",
        "Customer is the closest",
        "225.00",
        "Price book",
        "120.00",
        "× 1.5",
    ):
        assert words in page.text
    assert page.text.count("holds</span>") == 1
    assert f"/billing/time/{entry.id}/price" in root.get(f"/billing/time/{entry.id}")
    root.get("/billing/time/99999/price", status=404)
