"""Customers read knowledge: books, pages, news; each page at an address that holds."""

from xml.etree import ElementTree

import pytest

from rtpy_portal.models import Book

pytestmark = pytest.mark.databases("sqlite")  # the queries are tried on both by those that say so


ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.databases("sqlite", "postgresql")
def test_everybody_reads_books_and_pages(browser, page):
    row = page("Set up the VPN", "Through the tunnel", "<p>Install <b>it</b>.</p>")
    page("Then connect")
    home = browser.get("/portal/knowledge")
    assert "First steps" in home.html.main.text
    assert "2 pages" in home.html.main.text
    book = home.click(linkid=None, description="First steps")
    shown = book.click("Set up the VPN")
    assert shown.request.path == f"/portal/knowledge/page/{row.id}/set-up-the-vpn"
    assert shown.html.h1.text == "Set up the VPN"
    assert str(shown.html.find(class_="knowledge-text").p) == "<p>Install <b>it</b>.</p>"
    assert shown.html.find("a", rel="next")["href"].endswith("/then-connect")


@pytest.mark.parametrize("end", ["", "/old-words", "/%F0%9F%98%80"])
def test_a_page_is_found_by_its_number_alone(browser, page, end):
    row = page("VPN")
    answer = browser.get(f"/portal/knowledge/page/{row.id}{end}", status=301)
    assert answer.location.endswith(f"/portal/knowledge/page/{row.id}/vpn")


def test_a_page_that_was_withdrawn_says_so_and_offers_a_search(browser, page):
    row = page("VPN", state="withdrawn")
    answer = browser.get(f"/portal/knowledge/page/{row.id}/vpn", status=410)
    assert "no longer here" in answer.html.h1.text
    assert answer.html.find("input", type="search")


def test_a_page_for_others_is_not_there(browser, another, enter, make, page):
    acme = make.organization("Acme", "acme.example")
    rows = [
        page("Firewall canary", audience="organizations", organizations=[acme]),
        page("Staff canary", audience="staff"),
        page("Draft canary", state="draft"),
    ]
    rows.append(page("Withdrawn canary", audience="staff", state="withdrawn"))
    page("For all")
    for row in rows:
        browser.get(f"/portal/knowledge/page/{row.id}", status=404)
        browser.get(f"/portal/knowledge/page/{row.id}/x", status=404)
    for url in ("", "?q=canary", "/first-steps"):
        assert "canary" not in browser.get(f"/portal/knowledge{url}").html.main.text
    assert "canary" not in browser.get("/portal/knowledge/feed.atom").text
    staff = enter(another(), make.staff("jo"))
    assert "Firewall canary" in staff.get("/portal/knowledge").text


@pytest.mark.databases("sqlite", "postgresql")
def test_the_menu_has_knowledge_when_there_is_something_to_read(browser, another, enter, make, page):
    assert "Knowledge" not in browser.get("/portal").html.nav.text
    page("For staff", audience="staff")
    assert "Knowledge" not in browser.get("/portal").html.nav.text
    assert "Knowledge" in enter(another(), make.staff("jo")).get("/portal").html.nav.text
    page("For all")
    start = browser.get("/portal").html
    assert "Knowledge" in start.nav.text
    assert "For all" in start.find(class_="knowledge-start").text


def test_a_book_that_is_switched_off_is_gone(browser, db, page):
    row = page("VPN")
    db.query(Book).filter_by(slug="first-steps").one().disabled = True
    db.flush()
    browser.get("/portal/knowledge/first-steps", status=404)
    browser.get(f"/portal/knowledge/page/{row.id}/vpn", status=404)


@pytest.mark.databases("sqlite", "postgresql")
def test_a_page_is_offered_in_its_other_languages(browser, page):
    original = page("VPN")
    german = page("VPN auf Deutsch", lang="de", original=original)
    shown = browser.get(f"/portal/knowledge/page/{original.id}/vpn").click("Deutsch")
    assert shown.html.article["lang"] == "de"
    english = {"Accept-Language": "de"}
    lines = browser.get("/portal/knowledge/first-steps", headers=english).html.main.text
    assert "VPN auf Deutsch" in lines
    assert shown.request.path.endswith(f"/{german.id}/vpn-auf-deutsch")


def test_news_are_a_feed_of_what_everybody_may_read(browser, enter, make, page):
    row = page("VPN", "Through & through")
    page("For staff", audience="staff")
    enter(browser, make.staff("jo"))
    top = ElementTree.fromstring(browser.get("/portal/knowledge/feed.atom").body)
    (entry,) = top.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "VPN"
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/portal/knowledge/page/{row.id}/vpn")


def test_pages_ask_a_bounded_number_of_questions(browser, page, query_count):
    rows = [page(f"Page {number}") for number in range(12)]
    addresses = {
        "/portal/knowledge": 6,
        "/portal/knowledge/first-steps": 5,
        f"/portal/knowledge/page/{rows[0].id}/page-0": 8,
        "/portal/knowledge?q=page": 6,
    }
    for url in addresses:
        browser.get(url)
    for url, most in addresses.items():
        with query_count() as count:
            browser.get(url)
        assert count.total <= most, (url, count.statements)
