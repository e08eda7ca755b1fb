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
        ("/Search/Results.html?Query=Status%3D%27new%27", "/tickets"),
    ],
)
def test_an_old_address_leads_to_the_new_one(browser, old, new):
    answer = browser.get(old)
    assert (answer.status_int, answer.headers["Location"]) == (301, f"http://localhost{new}")


@pytest.mark.parametrize("number", ["", "x", "-7", "7;", "9" * 40, "²", "//evil.example"])
def test_a_senseless_number_is_not_found(browser, number):
    assert browser.get("/Ticket/Display.html", {"id": number}, expect_errors=True).status_int == 404


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
