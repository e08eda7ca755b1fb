"""Links between tickets and merging, by their pages."""

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.time import AddTime
from rtpy.models import Link, Ticket

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def tickets(make):
    return make.ticket("Printer"), make.ticket("Fuse", requestor="bob@client.example")


def add(browser, ticket, kind, other, status=303):
    form = next(
        form for form in browser.get(f"/ticket/{ticket.id}/links").forms.values() if "kind" in form.fields
    )
    form["kind"], form["other"] = kind, other
    return form.submit(status=status)


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("DependsOn", "Depends on", "Needed by"),
        ("DependedOnBy", "Needed by", "Depends on"),
        ("MemberOf", "Part of", "Has the parts"),
        ("HasMember", "Has the parts", "Part of"),
        ("RefersTo", "Refers to", "Referred to by"),
        ("ReferredToBy", "Referred to by", "Refers to"),
    ],
)
def test_a_link_stands_on_both_tickets(root, tickets, kind, here, there):
    one, other = tickets
    page = add(root, one, kind, f"#{other.id}").follow()
    group = page.html.select_one(f"section[aria-labelledby=links-{kind}]").get_text(" ", strip=True)
    assert here in group
    assert f"#{other.id} Fuse" in group
    assert "linked by" in group
    box = root.get(f"/ticket/{other.id}").html.select_one("section[aria-labelledby=links-box]").text
    assert there in box
    assert f"#{one.id} Printer" in box


def test_several_numbers_and_an_address_go_in_at_once_or_not_at_all(root, db, tickets):
    one, other = tickets
    add(root, one, "RefersTo", f"{other.id} https://wiki.example/fuse")
    assert len(db.scalars(select(Link)).all()) == 2
    page = add(root, other, "RefersTo", "https://wiki.example/x 4711", 422)
    assert "no ticket #4711" in page.text
    assert len(db.scalars(select(Link)).all()) == 2


@pytest.mark.parametrize("other", ["javascript:alert(1)", "data:text/html,x", "not-a-number", "", "4711"])
def test_what_cannot_be_linked_is_refused_beside_the_field(root, db, tickets, other):
    page = add(root, tickets[0], "RefersTo", other, 422)
    assert page.html.select_one("#field-other-error") is not None
    assert db.scalars(select(Link)).all() == []


def test_an_address_leads_there_and_nothing_else_does(root, work, tickets):
    change_ticket(work, tickets[0], AddLink("RefersTo", "https://wiki.example/fuse"))
    change_ticket(work, tickets[0], AddLink("RefersTo", "ssh://host.example/x"))
    page = root.get(f"/ticket/{tickets[0].id}")
    links = {a["href"]: a["rel"] for a in page.html.select("section[aria-labelledby=links-box] dd a")}
    assert links == {"https://wiki.example/fuse": ["noreferrer"]}
    assert "ssh://host.example/x" in page.text


def test_a_link_is_removed(root, db, work, tickets):
    change_ticket(work, tickets[0], AddLink("DependsOn", str(tickets[1].id)))
    form = next(
        form for form in root.get(f"/ticket/{tickets[0].id}/links").forms.values() if "remove" in form.fields
    )
    assert "The link is removed" in form.submit("remove").follow().text
    assert db.scalars(select(Link)).all() == []


def test_an_open_dependency_shows_that_it_blocks_and_does(root, work, tickets):
    one, other = tickets
    change_ticket(work, one, AddLink("DependsOn", str(other.id)))
    box = root.get(f"/ticket/{one.id}").html.select_one("section[aria-labelledby=links-box]")
    assert "blocks resolving" in box.text
    assert "cannot be resolved before" in root.get(f"/ticket/{one.id}/links").text
    page = root.get(f"/ticket/{one.id}/recipients?status=resolved")
    form = next(form for form in page.forms.values() if form.action.endswith("/modify"))
    assert f"depends on #{other.id}" in form.submit("status").follow().text


def test_of_a_ticket_one_may_not_see_only_the_number_stands_there(jo, work, make):
    one = make.ticket("Printer")
    hidden = make.ticket("Salaries", queue="Hidden")
    make.revoke("ShowTicket", hidden.queue)
    change_ticket(work, one, AddLink("DependsOn", str(hidden.id)))
    for page in (f"/ticket/{one.id}", f"/ticket/{one.id}/links"):
        text = jo.get(page).text
        assert "Salaries" not in text
        assert f"#{hidden.id}, not for you to see" in text


def test_links_cost_one_query_however_many(root, work, make, tickets, query_count):
    one = tickets[0]
    root.get(f"/ticket/{one.id}")
    with query_count() as few:
        root.get(f"/ticket/{one.id}")
    change_ticket(work, one, *(AddLink("RefersTo", str(make.ticket(f"T{n}").id)) for n in range(5)))
    with query_count() as many:
        root.get(f"/ticket/{one.id}")
    assert many.total == few.total


def test_merging_shows_what_moves_and_keeps_both_numbers(root, db, work, tickets):
    one, other = tickets
    change_ticket(work, one, AddTime(15))
    page = root.get(f"/ticket/{one.id}/merge")
    form = next(form for form in page.forms.values() if "into" in form.fields)
    form["into"] = f"#{other.id}"
    page = form.submit()
    assert "ann@client.example as requestor" in page.text
    assert "15 min of work" in page.text
    assert db.get_one(Ticket, one.id).merged_into_id is None
    form = next(
        form for form in page.forms.values() if form.method.lower() == "post" and "into" in form.fields
    )
    page = form.submit("into").follow()
    assert f"#{one.id} goes on in #{other.id}" in page.text
    assert root.get(f"/ticket/{one.id}", status=302).location.endswith(f"/ticket/{other.id}")


@pytest.mark.parametrize("into", ["4711", "x", "self", "javascript:1", "9" * 30])
def test_what_cannot_be_merged_into_is_refused_beside_the_field(root, tickets, into):
    one = tickets[0]
    into = str(one.id) if into == "self" else into
    page = root.get(f"/ticket/{one.id}/merge", params={"into": into}, status=422)
    assert page.html.select_one("#field-into-error") is not None


def test_merging_takes_the_right_on_both(jo, make, token):
    one, hidden = make.ticket("Printer"), make.ticket("Salaries", queue="Hidden")
    make.revoke("ShowTicket", hidden.queue)
    page = jo.get(f"/ticket/{one.id}/merge", params={"into": hidden.id}, status=422)
    assert "Salaries" not in page.text
    answer = jo.post(f"/ticket/{one.id}/merge", {"into": str(hidden.id), "csrf_token": token(jo)}, status=422)
    assert "that you can see" in answer.text
    make.revoke("ModifyTicket", one.queue)
    jo.get(f"/ticket/{one.id}/merge", status=403)
