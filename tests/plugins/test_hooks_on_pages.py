"""What plugins bring to the pages of the core, proved by the sample."""

import pytest

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.grants import Holder, Place, grant_right
from rtpy.config import Config
from rtpy.errors import Invalid
from rtpy.identity.sessions import start_session
from rtpy.models import Organization
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.wsgi import make_wsgi

HEAD = "from rtpy import hookimpl\n"


@pytest.fixture
def root(browser):
    form = browser.get("/login").forms[0]
    form["username"], form["password"] = "root", ROOT_PASSWORD
    form.submit()
    return browser


def test_rtpy_panels_stand_at_their_place_for_who_may_see_them(root, make, db):
    ticket = make.ticket("Printer")
    page = root.get(f"/ticket/{ticket.id}")
    assert page.html.select_one("#ticket-head .budget-left").text.strip() == "30 min of the budget left"
    assert page.html.select_one("header.topbar .budget-each").text == "30 min each"


def test_a_panel_asks_for_the_right_that_rtpy_rights_brings(browser, work, make, db):
    staff, ticket = make.staff("ann", password=ROOT_PASSWORD), make.ticket("Printer")
    form = browser.get("/login").forms[0]
    form["username"], form["password"] = "ann", ROOT_PASSWORD
    form.submit()
    assert not browser.get(f"/ticket/{ticket.id}").html.select(".budget-left")
    assert "Budgets" not in [h.text for h in browser.get("/").html.select("nav.rail h2")]
    grant_right(work, Holder(staff.id), "SeeBudgets", Place("queue", ticket.queue_id))
    assert browser.get(f"/ticket/{ticket.id}").html.select(".budget-left")
    assert "Budgets" in [h.text for h in browser.get("/").html.select("nav.rail h2")]


def test_rtpy_menu_and_rtpy_admin_pages_lead_to_the_pages_of_the_plugin(root):
    page = root.get("/admin")
    lines = [(a["href"], a.text) for a in page.html.select("nav.rail a") if a["href"].endswith("/budget")]
    assert lines == [("/budget", "Over budget3"), ("/budget", "Over budget")]
    assert "Tickets that took too long." in page


def test_a_panel_that_fails_leaves_the_rest_of_the_page(root, db, work):
    organization = Organization(name="Acme", created=work.now)
    db.add(organization)
    db.flush()
    page = root.get(f"/organisations/{organization.id}")
    assert "A plugin failed here." in page
    assert "Acme" in page


def test_rtpy_form_changes_are_made_with_the_reply_or_nothing_is(root, make, db):
    ticket = make.ticket("Printer")
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"], form["minutes"], form["budget.travel"] = "On my way.", "0:10", "many"
    again = form.submit(status=422)
    assert "Travel must be whole minutes." in again
    form = again.forms["reply"]
    assert form["text"].value.strip() == "On my way."
    assert form["budget.travel"].value == "many"
    form["budget.travel"] = "15"
    form.submit()
    db.expire_all()
    assert ticket.time_worked == 25


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "from rtpy.web.panels import Panel\n@hookimpl\n"
            "def rtpy_panels():\n    return [Panel('no.place', 'x.pt', print)]\n",
            "A plugin brings a panel for no.place: the places are page.head,",
        ),
        (
            "from rtpy.rights.names import *\n@hookimpl\ndef rtpy_rights():\n"
            "    return {'ShowTicket': RightHelp((SYSTEM,), Category.STAFF, 'x')}\n",
            "A plugin brings the right ShowTicket, which rtpy knows already.",
        ),
    ],
)
@pytest.mark.databases("sqlite")
def test_a_panel_or_right_that_cannot_be_stops_the_start(
    tmp_path, install, database_kind, compiled_templates, source, sentence
):
    folder = tmp_path / "modules" / f"rtpy_test_{sentence.split()[3]}_page"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(HEAD + source)
    install("rtpy-test", {"one": folder.name}, folder.parent)

    def start():
        app = App(Config.for_tests(tmp_path, plugins=["one"]), blobs=DatabaseStore())
        make_wsgi(app, **{"rtpy.template_cache": compiled_templates})

    with pytest.raises(Invalid, match=sentence):
        start()


@pytest.fixture
def customer(browser, make, db, app):
    """A browser with a customer logged in."""
    ann = make.customer("ann@client.example")
    browser.set_cookie("rtpy_session", start_session(db, ann.id, now=app.clock.now(), days=1))
    db.commit()
    return browser


def test_rtpy_customer_pages_take_customers_from_pages_of_staff_to_their_own(customer):
    assert customer.get("/tickets", status=303).location.endswith("/budget/mine")
    assert customer.post("/tickets", status="*").status_int != 303


@pytest.mark.parametrize(
    ("path", "said"),
    [("/budget/none/at/all", "No budget here: 404."), ("/admin", "No budget here: customer.")],
)
def test_rtpy_customer_pages_say_what_went_wrong_without_asking_the_database(customer, path, said):
    assert customer.get(path, status=[403, 404]).text == said


def test_rtpy_customer_pages_offer_another_way_in_below_the_login(browser):
    page = browser.get("/login?next=/budget/mine")
    assert page.html.find("a", string="For customers")["href"] == "/budget/login?next=/budget/mine"


def test_rtpy_customer_pages_are_not_for_errors_of_staff(root):
    assert "There is nothing here" in root.get("/nothing", status=404)
    assert root.get("/budget/none/at/all", status=404).text == "No budget here: 404."
