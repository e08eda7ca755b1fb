"""Following what happens: in order, nothing twice, nothing missed, nothing that may not be seen."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message


def follow(api, after, **params):
    """All items from there on, page by page, and where it ended."""
    items = []
    for _ in range(50):
        query = "&".join(f"{name}={value}" for name, value in {"after": after, **params}.items())
        page = api("GET", f"changes?{query}").json
        items += page["items"]
        after = page["after"]
        if not page["has_more"]:
            return items, after
    raise AssertionError("it does not end")


def test_pages_give_each_entry_once_and_in_order(root, make, work):
    begin = root("GET", "changes?after=now").json
    assert begin["items"] == []
    assert begin["has_more"] is False
    ticket = make.ticket(subject="followed")
    for priority in (1, 2, 3, 4):
        change_ticket(work, ticket, SetPriority(priority))
    at_once, end = follow(root, begin["after"])
    by_two, same_end = follow(root, begin["after"], limit=2)
    assert [item["id"] for item in by_two] == [item["id"] for item in at_once]
    assert end == same_end
    numbers = [int(item["id"]) for item in at_once]
    assert numbers == sorted(set(numbers))
    mine = [item for item in at_once if item["Object"]["id"] == str(ticket.id)]
    assert [item["NewValue"] for item in mine if item["Field"] == "Priority"] == ["1", "2", "3", "4"]
    assert follow(root, end)[0] == []


def test_what_may_not_be_seen_is_passed_over(root, jo, customer, make, work):
    begin = root("GET", "changes?after=now").json["after"]
    make.queue("Secret", granted=False)
    hidden = make.ticket(queue="Secret", subject="hidden")
    shown = make.ticket(subject="shown")
    change_ticket(work, shown, Comment(plain_message("only for staff")))
    seen_by = {
        name: {(item["Object"]["id"], item["Type"]) for item in follow(api, begin)[0]}
        for name, api in (("root", root), ("jo", jo), ("ann", customer))
    }
    assert {(str(hidden.id), "Create"), (str(shown.id), "Comment")} <= seen_by["root"]
    assert not any(number == str(hidden.id) for number, _ in seen_by["jo"])
    assert (str(shown.id), "Comment") in seen_by["jo"]
    assert seen_by["ann"] == set()


def test_fields_are_those_that_were_asked_for(root, make):
    begin = root("GET", "changes?after=now").json["after"]
    make.ticket(subject="x")
    page = root("GET", f"changes?after={begin}&fields=Type,Creator&fields[Creator]=Name").json
    assert page["items"][0]["Creator"]["Name"]
    assert set(page["items"][0]) == {"type", "id", "_url", "Type", "Creator"}
    assert "fields=Type%2CCreator" in page["next_page"]
    assert f"after={page['after']}" in page["next_page"]


@pytest.mark.parametrize("wrong", ["after=x", "after=-1", "after=" + "9" * 30, "limit=many"])
def test_nonsense_is_said(root, wrong):
    answer = root("GET", f"changes?{wrong}")
    assert answer.status == 400
    assert "is no number" in answer.message


def test_a_page_asks_as_much_for_one_entry_as_for_many(root, make, query_count):
    begin = root("GET", "changes?after=now").json["after"]
    make.ticket(subject="x")
    with query_count() as one:
        root("GET", f"changes?after={begin}&limit=1")
    for number in range(8):
        make.ticket(subject=f"x{number}")
    with query_count() as many:
        root("GET", f"changes?after={begin}")
    assert many.total <= one.total
