"""A20: what may not be seen is answered like what does not exist, by the same questions to the database."""

import re

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import Attachment
from rtpy.rights.names import Right

FILE = Part("application/pdf", b"%PDF secret", PartRole.FILE, filename="offer.pdf")


@pytest.fixture
def secret(make):
    """A ticket in a queue that only root may see."""
    make.queue("Board", granted=False)
    return make.ticket("Merger", queue="Board", text="We buy Initech.")


def says(change, make, ticket, message):
    """Put `message` on `ticket` and return its first transaction and the numbers of its parts."""
    work = make.system
    said = change_ticket(work, ticket, change(message)).transactions[0]
    parts = select(Attachment.id).where(Attachment.transaction_id == said.id).order_by(Attachment.position)
    return said, list(work.db.scalars(parts))


def page_of(answer):
    """The page without the number of its request."""
    return re.sub(r"number [0-9a-f]{16}", "", answer.text)


def same_as_missing(browser, hidden, missing):
    answers = [browser.get(path, expect_errors=True) for path in (hidden, missing)]
    assert [answer.status_int for answer in answers] == [404, 404]
    assert page_of(answers[0]) == page_of(answers[1])
    return True


def test_a20_a_ticket_that_may_not_be_seen_does_not_exist(jo, secret):
    assert same_as_missing(jo, f"/ticket/{secret.id}", "/ticket/999999")


def test_a20_it_costs_the_same_queries(jo, secret, make, query_count):
    make.grant("Requestor", Right.SHOW_TICKET)
    totals = []
    for number in (secret.id, 999999):
        jo.get(f"/ticket/{number}/history", status=404)
        with query_count() as count:
            jo.get(f"/ticket/{number}/history", status=404)
        totals.append([re.sub(r"\s+", " ", statement) for statement in count.statements])
    assert totals[0] == totals[1]


def test_a20_the_raw_text_and_files_of_a_hidden_ticket_do_not_exist(jo, secret, make):
    said, attachments = says(Correspond, make, secret, Message((*plain_message("x").parts, FILE)))
    seen = make.ticket()
    for path in (
        f"/ticket/{secret.id}/attachment/{attachments[1]}/offer.pdf",
        f"/ticket/{seen.id}/attachment/{attachments[1]}/offer.pdf",
        f"/ticket/{secret.id}/transaction/{said.id}/raw",
        f"/ticket/{seen.id}/transaction/{said.id}/raw",
        f"/Ticket/Attachment/{said.id}/{attachments[1]}/offer.pdf",
    ):
        assert same_as_missing(jo, path, re.sub(r"/\d+/(offer.pdf|raw)$", r"/999999/\1", path))


def test_a20_a_comment_and_its_files_are_hidden_from_who_may_not_read_comments(another, login, make):
    queue = make.queue("Open", granted=False)
    ticket = make.ticket(queue="Open")
    user = make.staff("lee", password="lee's password")
    make.grant(user, Right.SHOW_TICKET, queue=queue)
    lee = login(another(), "lee", "lee's password")
    said, attachments = says(Comment, make, ticket, Message((*plain_message("hush").parts, FILE)))
    assert same_as_missing(
        lee, f"/ticket/{ticket.id}/attachment/{attachments[1]}/x", f"/ticket/{ticket.id}/attachment/999999/x"
    )
    assert same_as_missing(
        lee, f"/ticket/{ticket.id}/transaction/{said.id}/raw", f"/ticket/{ticket.id}/transaction/999999/raw"
    )
    make.grant(user, Right.SHOW_TICKET_COMMENTS, queue=queue)
    assert lee.get(f"/ticket/{ticket.id}/attachment/{attachments[1]}/x").body == b"%PDF secret"


def test_a_ticket_is_seen_through_a_role(another, login, make):
    queue = make.queue("Open", granted=False)
    make.grant("Requestor", Right.SHOW_TICKET, queue=queue)
    make.staff("jo", password="jo's password")
    ticket = make.ticket(queue="Open", requestor="jo@staff.example")
    other = make.ticket(queue="Open")
    jo = login(another(), "jo", "jo's password")
    _, attachments = says(Correspond, make, ticket, Message((*plain_message("x").parts, FILE)))
    assert jo.get(f"/ticket/{ticket.id}/attachment/{attachments[1]}/x").status_int == 200
    assert jo.get(f"/ticket/{other.id}/attachment/{attachments[1]}/x", expect_errors=True).status_int == 404


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 18, "9" * 30, "7.0", "%C2%B2"])
def test_a_senseless_number_is_not_found(root, number):
    assert root.get(f"/ticket/{number}/history", expect_errors=True).status_int == 404


def test_a_merged_number_leads_to_the_other(root, make):
    first, second = make.ticket("One"), make.ticket("Two")
    change_ticket(make.system, first, MergeInto(second))
    answer = root.get(f"/ticket/{first.id}/history?page=2")
    assert (answer.status_int, answer.headers["Location"]) == (
        302,
        f"http://localhost/ticket/{second.id}/history?page=2",
    )


def test_files_of_a_merged_ticket_are_read_from_the_other(root, make):
    first, second = make.ticket("One"), make.ticket("Two")
    _, attachments = says(Correspond, make, first, Message((*plain_message("x").parts, FILE)))
    change_ticket(make.system, first, MergeInto(second))
    answer = root.get(f"/ticket/{first.id}/attachment/{attachments[1]}/offer.pdf").follow()
    assert answer.body == b"%PDF secret"
    assert f"/ticket/{second.id}/" in answer.request.url


def test_a20_a_merged_number_does_not_tell_of_a_hidden_ticket(jo, make, secret):
    first = make.ticket("One")
    change_ticket(make.system, first, MergeInto(secret))
    assert same_as_missing(jo, f"/ticket/{first.id}", "/ticket/999999")


def test_the_door_costs_at_most_five_queries(jo, make, query_count):
    ticket = make.ticket()
    _, attachments = says(Correspond, make, ticket, Message((*plain_message("x").parts, FILE)))
    with query_count() as count:
        jo.get(f"/ticket/{ticket.id}/attachment/{attachments[1]}/offer.pdf")
    # One statement finds the session, whom it belongs to and what groups they are in.
    assert sum("FROM web_sessions" in statement for statement in count.statements) == 1
    assert sum("FROM aces" in statement for statement in count.statements) <= 1
    assert count.total <= 7
