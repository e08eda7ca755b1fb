"""The pages of an organisation: for its people, and for staff who say what these see (A23)."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.changes.guard import changing
from rtpy.history.customer_side import CustomerDocument, CustomerFact, CustomerFile
from rtpy_portal.access.grades import Grade
from rtpy_portal.models import MemberRow, RequestRow

pytestmark = pytest.mark.databases("sqlite")  # the clauses behind them are tested on both


@pytest.fixture
def brought(app, monkeypatch):
    """What billing and service levels would bring, with the number of the organisation in it."""

    def document(key, label, organization_id, **is_what):
        def read():
            return CustomerFile("Invoice 1.pdf", "application/pdf", f"of {organization_id}".encode())

        return CustomerDocument(f"{key}-{organization_id}", label, date(2026, 3, 1), read, **is_what)

    def documents(work, organization_id, lang):
        return [
            document("billing.invoice", "Invoice 2026-1", organization_id, is_money=True),
            document("sla.report", "Service report", organization_id, names_requests=True),
        ]

    monkeypatch.setattr("rtpy_portal.web.organizations.display.customer_documents", documents)
    monkeypatch.setattr(
        "rtpy_portal.web.organizations.display.customer_facts",
        lambda work, organization_id, lang: [CustomerFact("Hours left", "12:00 h", is_money=True)],
    )
    monkeypatch.setattr(
        "rtpy_portal.web.organizations.panels.money_facts",
        lambda work, ticket, lang: [CustomerFact("Charged EUR", "95.00", is_money=True)],
    )


def page_of(browser, organization, status=None):
    return browser.get(f"/portal/organization/{organization.id}", status=status)


def test_one_organisation_is_shown_at_once_and_several_are_chosen_from(shop, browser, enter):
    enter(browser, shop.ann)
    assert browser.get("/portal/organization").location.endswith(f"/portal/organization/{shop.acme.id}")
    shop.put(shop.ann, shop.bell)
    page = browser.get("/portal/organization")
    assert [each.text for each in page.html.select(".portal-row strong")] == ["Acme", "Bell"]


def test_who_belongs_to_none_reads_so_and_has_no_line_in_the_menu(browser, enter, make):
    page = enter(browser, make.customer("zoe@free.example")).get("/portal/organization")
    assert "You belong to no organisation here." in page
    assert "My organisation" not in page.html.nav.text


def test_nobody_opens_an_organisation_that_is_not_theirs(shop, browser, enter, brought):
    shop.say(shop.eve, Grade.ALL, shop.bell, sees_money=True, manages=True)
    enter(browser, shop.eve)
    place = f"/portal/organization/{shop.acme.id}"
    for path in ("", f"/person/{shop.bob.id}", "/invite", f"/document/billing.invoice-{shop.acme.id}"):
        assert browser.get(place + path, status=404)
    mine = f"/portal/organization/{shop.bell.id}"
    assert browser.get(f"{mine}/document/billing.invoice-{shop.bell.id}").body == b"of %d" % shop.bell.id
    browser.get(f"{mine}/document/billing.invoice-{shop.acme.id}", status=404)
    browser.get(f"{mine}/person/{shop.bob.id}", status=404)


@pytest.mark.parametrize(
    ("has", "documents", "facts"),
    [
        ({}, [], 0),
        ({"grade": Grade.NOT_PRIVATE}, [], 0),
        ({"grade": Grade.ALL}, ["Service report"], 0),
        ({"grade": Grade.OWN, "sees_money": True}, ["Invoice 2026-1"], 1),
        ({"grade": Grade.ALL, "sees_money": True}, ["Invoice 2026-1", "Service report"], 1),
    ],
)
def test_documents_and_figures_are_for_who_may_read_them(
    shop, browser, enter, brought, has, documents, facts
):
    if has:
        shop.say(shop.ann, **has)
    page = page_of(enter(browser, shop.ann), shop.acme)
    section = page.html.select("section[aria-labelledby=documents] strong")
    assert [each.text for each in section] == documents
    assert len(page.html.select("section[aria-labelledby=standing] dt")) == facts
    found = {
        key: browser.get(
            f"/portal/organization/{shop.acme.id}/document/{key}-{shop.acme.id}", status="*"
        ).status_int
        for key in ("billing.invoice", "sla.report")
    }
    assert (found["billing.invoice"] == 200) is ("Invoice 2026-1" in documents)
    assert (found["sla.report"] == 200) is ("Service report" in documents)


def test_a_document_is_saved_and_no_cache_keeps_it(shop, browser, enter, brought):
    shop.say(shop.ann, sees_money=True)
    url = f"/portal/organization/{shop.acme.id}/document/billing.invoice-{shop.acme.id}"
    answer = enter(browser, shop.ann).get(url)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Invoice-1.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_open_requests_are_those_that_the_grade_shows(shop, browser, enter, make, db):
    for subject, requestor in (
        ("Mine", "ann@acme.example"),
        ("Theirs", "bob@acme.example"),
        ("Secret", "bob@acme.example"),
    ):
        ticket = make.ticket(subject, requestor=requestor)
    db.add(RequestRow(ticket_id=ticket.id, is_private=True))
    shop.say(shop.ann, Grade.NOT_PRIVATE)
    page = page_of(enter(browser, shop.ann), shop.acme)
    subjects = [each.text for each in page.html.select("section[aria-labelledby=requests] strong")]
    assert sorted(subjects) == ["Mine", "Theirs"]


def test_colleagues_are_shown_to_who_has_to_do_with_them(shop, browser, enter, another, db):
    shop.say(shop.ann, Grade.COPIES)
    shop.say(shop.bob, Grade.COPIES, manages=True)
    page = page_of(enter(browser, shop.ann), shop.acme)
    assert "bob@acme.example" not in page
    page = page_of(enter(another(), shop.bob), shop.acme)
    assert "ann@acme.example" in page
    links = [each["href"].rpartition("/")[2] for each in page.html.select(".portal-person a")]
    assert links == [str(shop.ann.id), str(shop.carl.id)]


def test_a_manager_changes_a_colleague_and_reads_what_is_wrong(shop, browser, enter):
    shop.say(shop.ann, Grade.SITE, manages=True, may_raise=True)
    url = f"/portal/organization/{shop.acme.id}/person/{shop.bob.id}"
    page = enter(browser, shop.ann).get(url)
    assert {each["value"] for each in page.html.select("input[type=radio]")} == {"own", "copies", "site"}
    assert [each["name"] for each in page.html.select("input[type=checkbox]")] == [
        "may_raise",
        "manages",
        "is_off",
    ]
    form = page.forms[0]
    form["grade"], form["may_raise"] = "site", True
    assert "What Bob Berg sees and may do is saved." in form.submit().follow()
    assert shop.said(shop.bob) == {"site", "may_raise", "may_copy"}
    form["grade"].force_value("all")
    wrong = form.submit(status=422)
    assert "Please choose one from the list." in wrong
    browser.get(f"/portal/organization/{shop.acme.id}/person/{shop.ann.id}", status=404)


def test_a_colleague_is_invited_and_a_stranger_is_not(shop, browser, enter):
    shop.say(shop.ann, manages=True)
    form = enter(browser, shop.ann).get(f"/portal/organization/{shop.acme.id}/invite").forms[0]
    form["address"], form["name"] = "x@elsewhere.example", "Xaver"
    wrong = form.submit(status=422)
    assert "Please give an address of Acme." in wrong
    assert wrong.forms[0]["name"].value == "Xaver"
    form["address"] = "dora@acme.example"
    assert "Xaver is invited by mail." in form.submit().follow()


def test_who_is_switched_off_has_no_page_of_the_organisation(shop, browser, enter):
    shop.say(shop.ann, Grade.ALL, manages=True, sees_money=True, is_off=True)
    page_of(enter(browser, shop.ann), shop.acme, status=404)


def test_the_page_asks_a_bounded_number_of_queries(shop, browser, enter, make, query_count):
    shop.say(shop.ann, Grade.ALL, manages=True)
    enter(browser, shop.ann)
    page_of(browser, shop.acme)
    counts = []
    for number in range(2):
        make.ticket(requestor="bob@acme.example")
        make.customer(f"p{number}@acme.example")
        with query_count() as counted:
            page_of(browser, shop.acme)
        counts.append(counted.total)
    assert counts[0] == counts[1] <= 16


def test_cost_stands_beside_a_request_for_who_may_see_money(shop, browser, enter, another, make, brought):
    ticket = make.ticket(requestor="bob@acme.example", cc=["ann@acme.example"])
    shop.say(shop.ann, sees_money=True)
    assert "95.00" in enter(browser, shop.ann).get(f"/portal/request/{ticket.id}")
    assert "95.00" not in enter(another(), shop.bob).get(f"/portal/request/{ticket.id}")


def test_money_of_another_organisation_is_never_beside_a_request(shop, browser, enter, make, brought, db):
    ticket = make.ticket(requestor="ann@acme.example")
    with changing(db):
        ticket.organization_id = shop.bell.id
        db.flush()
    shop.say(shop.ann, Grade.ALL, sees_money=True)
    assert "95.00" not in enter(browser, shop.ann).get(f"/portal/request/{ticket.id}")


def test_staff_say_it_on_the_pages_of_the_person_and_of_the_organisation(shop, root, db):
    assert "What they asked for or get copies of" in root.get(f"/people/{shop.bob.id}")
    assert "the usual holds for everybody" in root.get(f"/organisations/{shop.acme.id}")
    page = root.get("/admin/portal/organizations").click("Acme").click("Bob Berg")
    form = next(each for each in page.forms.values() if "grade" in each.fields)
    assert form["grade"].value == ""
    form["grade"], form["manages"], form["may_copy"] = "site", True, False
    assert "What Bob Berg sees and may do for Acme is saved." in form.submit("deed", value="save").follow()
    row = db.scalars(select(MemberRow)).one()
    assert (row.grade, row.manages, row.may_copy) == ("site", True, False)
    assert "said of 1 person" in root.get(f"/organisations/{shop.acme.id}")
    root.get(f"/admin/portal/people/{shop.acme.id}/{shop.eve.id}", status=404)
    root.get("/admin/portal/people?organization=x", status=404)


def test_staff_without_the_right_see_nothing_of_it(shop, browser, enter, make):
    enter(browser, make.staff("kim"))
    for path in (
        "organizations",
        f"people?organization={shop.acme.id}",
        f"people/{shop.acme.id}/{shop.bob.id}",
    ):
        browser.get(f"/admin/portal/{path}", status=403)
    assert "portal-person" not in browser.get(f"/people/{shop.bob.id}")
