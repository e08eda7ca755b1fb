"""Where customers go instead of pages of staff, RT's old addresses, and what customers read on errors."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import Message, Part, PartRole
from rtpy.identity.passwords import hash_password
from rtpy.models import Attachment

pytestmark = pytest.mark.databases("sqlite")  # ways and words, which no database changes


@pytest.fixture
def ann(make, db):
    return make.customer("ann@client.example", "Ann Client")


@pytest.fixture
def reader(browser, enter, ann):
    return enter(browser, ann)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", "/portal"),
        ("/tickets", "/portal/requests"),
        ("/ticket/7", "/portal/request/7"),
        ("/ticket/7/history", "/portal/request/7"),
        ("/admin", "/portal"),
    ],
)
def test_customers_go_from_pages_of_staff_to_their_own(reader, path, leads_to):
    assert reader.get(path, status=303).location == f"http://localhost{leads_to}"


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("", "/portal"),
        ("index.html", "/portal"),
        ("Display.html?id=7", "/portal/request/7"),
        ("Update.html?id=7", "/portal/request/7"),
        ("Display.html?id=seven", "/portal"),
        ("Create.html?Queue=1", "/portal/ask"),
        ("Open.html", "/portal/requests"),
        ("Closed.html", "/portal/requests"),
        ("Prefs.html", "/portal/me"),
        ("Article/Display.html?id=3", "/portal/knowledge"),
        ("Attachment/1/2/secret.txt", "/portal/requests"),
    ],
)
def test_addresses_of_rts_self_service_lead_to_the_portal(browser, page, leads_to):
    assert browser.get(f"/SelfService/{page}", status=302).location == f"http://localhost{leads_to}"


def test_an_old_address_of_a_file_leads_to_it_for_who_may_read_it(reader, another, work, make, db):
    ticket = make.ticket()
    for kind in (Correspond, Comment):
        part = Part("text/plain", b"words", PartRole.FILE, filename="plan.txt", charset="utf-8")
        change_ticket(work, ticket, kind(Message((Part("text/plain", b"Hi", PartRole.BODY), part))))
    public, internal = db.scalars(
        select(Attachment).where(Attachment.filename == "plan.txt").order_by(Attachment.id)
    )
    db.commit()

    def way(browser, file):
        path = f"/SelfService/Attachment/{file.transaction_id}/{file.id}/plan.txt"
        return browser.get(path, status=302).location.removeprefix("http://localhost")

    assert way(reader, public) == f"/portal/request/{ticket.id}/file/{public.id}/plan.txt"
    assert way(reader, internal) == way(another(), public) == "/portal/requests"


def test_errors_of_the_portal_speak_to_customers_in_their_language(browser, reader):
    page = browser.get("/portal/nothing", status=404)
    assert "There is nothing here" in page.text
    assert page.html.select_one("body.portal")
    assert (
        "Hier ist nichts" in browser.get("/portal/none", headers={"Accept-Language": "de"}, status=404).text
    )


def test_what_was_typed_is_not_lost_with_a_form_that_came_too_late(browser):
    text = "A long story that nobody wants to write twice."
    page = browser.post("/portal/lost", {"address": text, "csrf_token": "old"}, status=403)
    assert "This page was too old" in page.text
    assert page.html.select_one("textarea").text.strip() == text


def test_a_page_that_breaks_says_so_without_the_database(browser, monkeypatch, query_count):
    monkeypatch.setattr("rtpy_portal.web.access.lost.lost_values", lambda *_, **__: 1 / 0)
    with query_count() as asked:
        page = browser.get("/portal/lost", status=500)
    assert "Something went wrong on our side" in page.text
    assert asked.total == 0


def test_who_is_not_logged_in_may_ask_for_a_link_whether_there_is_a_request_or_not(browser, make, db):
    ticket = make.ticket()
    db.commit()
    places = [browser.get(f"/portal/request/{number}", status=303).location for number in (ticket.id, 99999)]
    assert [
        each.replace(str(number), "N") for each, number in zip(places, (ticket.id, 99999), strict=True)
    ] == ["http://localhost/portal/lost?request=N&next=%2Fportal%2Frequest%2FN"] * 2


def test_pages_of_the_portal_for_accounts_lead_to_the_login_and_back(browser):
    location = browser.get("/portal/requests", status=303).location
    assert location == "http://localhost/portal/login?next=%2Fportal%2Frequests"


def test_the_login_of_staff_leads_customers_to_a_link_by_mail_and_the_portal_takes_a_password_too(
    browser, make, db, work
):
    page = browser.get("/login?next=/portal/requests", headers={"Accept-Language": "de"})
    way = page.html.find("a", string="Kein Passwort? Anmelden mit einem Link per E-Mail")["href"]
    assert way == "/portal/login?next=%2Fportal%2Frequests"
    form = browser.get(way).forms[1]
    make.customer("ann@client.example").password_hash = hash_password("correct horse battery")
    db.commit()
    form["username"], form["password"] = "ann@client.example", "correct horse battery"
    assert form.submit(status=303).location.endswith("/portal/requests")
    save_settings(work, "portal", {"portal.login_links": False})
    db.commit()
    assert "Kein Passwort" not in browser.get("/login", headers={"Accept-Language": "de"}, status="*")
