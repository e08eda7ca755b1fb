"""Addresses of RT's pages lead to ours."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import Attachment


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/Ticket/Display.html?id=7", "/ticket/7"),
        ("/Ticket/Display.html?id=7#txn-12", "/ticket/7"),
        ("/Ticket/History.html?id=7", "/ticket/7/history"),
        ("/Ticket/Update.html?Action=Comment&id=7", "/ticket/7/comment"),
        ("/Ticket/Update.html?Action=Respond&id=7&DefaultStatus=resolved", "/ticket/7/reply"),
        ("/Ticket/Modify.html?id=7", "/ticket/7/modify"),
        ("/Ticket/ModifyPeople.html?id=7", "/ticket/7/people"),
        ("/Ticket/Create.html?Queue=3", "/ticket/create?queue=3"),
        ("/Ticket/Create.html", "/ticket/create"),
        ("/index.html", "/"),
        ("/index.html?q=toner+empty", "/search?q=toner+empty"),
        ("/Ticket/ModifyLinks.html?id=7", "/ticket/7/links"),
        ("/Ticket/Create.html?Queue=General&Subject=Toner", "/ticket/create?queue=General&subject=Toner"),
        ("/Search/Results.html", "/tickets"),
        (
            "/Search/Results.html?Format=%27__id__%27&Order=DESC%7CASC&OrderBy=id%7C&Query=Status%3D%27new%27&Rows=50"
            "&SavedSearchId=RT%3A%3AUser-14-SavedSearch-8&SavedChartSearchId=new",
            "/search?Format=%27__id__%27&Order=DESC%7CASC&OrderBy=id%7C&Query=Status%3D%27new%27&Rows=50",
        ),
        ("/Search/Edit.html?Query=id+%3E+0", "/search?Query=id+%3E+0"),
        ("/Search/Bulk.html?Query=id+%3E+0&Rows=20", "/search/bulk?Query=id+%3E+0&Rows=20"),
        ("/Search/Simple.html?q=toner", "/search?q=toner"),
        (
            "/Search/Chart.html?Query=id+%3E+0&PrimaryGroupBy=Status",
            "/search?Query=id+%3E+0&GroupBy=Status&show=chart",
        ),
        ("/Asset/Display.html?id=7", "/assets/7"),
        ("/Articles/Article/Display.html?id=7", "/articles/7"),
        ("/User/Summary.html?id=7", "/people/7"),
        ("/m/ticket/show?id=7", "/ticket/7"),
        ("/m/", "/"),
        ("/Dashboards/7/Weekly", "/dashboards"),
        ("/Prefs/Other.html", "/account"),
        ("/Admin/Queues/Modify.html?id=3", "/admin/queues"),
        ("/Admin/index.html", "/admin"),
        ("/NoAuth/Login.html", "/login"),
    ],
)
def test_an_old_address_leads_to_the_new_one(browser, old, new):
    answer = browser.get(old)
    assert (answer.status_int, answer.headers["Location"]) == (301, f"http://localhost{new}")


@pytest.mark.parametrize("number", ["", "x", "-7", "7;", "9" * 40, "²", "//evil.example"])
def test_a_senseless_number_is_not_found(browser, number):
    assert browser.get("/Ticket/Display.html", {"id": number}, expect_errors=True).status_int == 404


@pytest.mark.parametrize(
    "old", ["/Ticket/Bogus.html?id=7", "/Asset/Display.html", "/NoAuth/css/x.css", "/User/x"]
)
def test_what_has_nothing_in_its_place_is_not_found(browser, old):
    assert browser.get(old, expect_errors=True).status_int == 404


def test_a_bookmarked_search_finds_what_it_found(root, make):
    make.ticket(subject="Toner is empty")
    make.ticket(subject="Paper is stuck")
    page = root.get(
        "/Search/Results.html", {"Query": "Subject LIKE 'toner'", "OrderBy": "id", "Order": "DESC"}
    )
    text = page.follow().text
    assert "Toner is empty" in text
    assert "Paper is stuck" not in text
    chart = root.get("/Search/Chart.html", {"Query": "id > 0", "GroupBy": "Status", "ChartFunction": "COUNT"})
    assert chart.follow().status_int == 200


def test_a_new_ticket_from_a_bookmark_is_filled_in(root):
    form = root.get(
        "/Ticket/Create.html", {"Queue": "General", "Subject": "Toner", "Requestors": "a@b.example"}
    )
    page = form.follow().text
    assert 'value="Toner"' in page
    assert 'value="a@b.example"' in page


def test_an_old_attachment_leads_to_its_ticket(root, make, db):
    ticket = make.ticket()
    file = Part("text/plain", b"log", PartRole.FILE, filename="a log.txt", charset="utf-8")
    said = change_ticket(
        make.system, ticket, Correspond(Message((*plain_message("x").parts, file)))
    ).transactions[0]
    number = db.scalar(select(func.max(Attachment.id)).where(Attachment.transaction_id == said.id))
    answer = root.get(f"/Ticket/Attachment/{said.id}/{number}/a%20log.txt")
    assert (
        answer.headers["Location"] == f"http://localhost/ticket/{ticket.id}/attachment/{number}/a%20log.txt"
    )
    assert answer.follow().body == b"log"


def test_an_old_attachment_needs_a_login(browser):
    assert "/login?next=" in browser.get("/Ticket/Attachment/1/2/x").headers["Location"]
