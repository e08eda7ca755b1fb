"""Searching tickets over REST 2.0: TicketSQL, simple words, saved searches, pages and fields."""

import re

from rtpy.changes.saved_searches import save_search
from rtpy.models import User
from tests.rest2.conftest import check_cases


def subjects(*wanted):
    return lambda answer: [each["Subject"] for each in answer.json["items"]] == list(wanted)


def test_tickets_are_searched(root, jo, customer, make, work):
    for number in range(1, 6):
        make.ticket(f"Printer {number}", cc=["cy@x.example"])
    saved = save_search(
        work,
        name="Printers",
        content={
            "query": "Subject LIKE 'Printer'",
            "order": [["id", "DESC"]],
            "rows": 2,
            "columns": "id, Subject",
        },
        owner_id=None,
    )
    hidden = make.queue("Hidden", granted=False)
    make.ticket("secret", queue=hidden.name)
    check_cases(
        {"root": root, "jo": jo, "ann": customer},
        [
            ("root", "GET", "tickets", None, 200, {"items": [], "total": 0, "count": 0, "page": 1, "per_page": 20}),
            ("root", "GET", "tickets?query=id>0", None, 200, {"total": 6, "count": 6, "pages": 1}),
            ("jo", "GET", "tickets?query=id>0", None, 200, {"total": 5}),
            ("ann", "GET", "tickets?query=id>0", None, 200, {"total": 0}),
            ("root", "GET", "tickets?query=Subject='Printer 2'", None, 200,
                lambda answer: set(answer.json["items"][0]) == {"type", "id", "_url"}),
            ("root", "GET", "tickets?query=id>0&fields=Subject&orderby=Subject&order=DESC&per_page=2", None, 200,
                subjects("secret", "Printer 5")),
            ("root", "GET", "tickets?query=id>0&fields=Subject&orderby=id&per_page=2&page=2", None, 200,
                subjects("Printer 3", "Printer 4")),
            ("root", "GET", "tickets?query=id>0&per_page=2&page=2", None, 200, {"pages": 3, "page": 2}),
            ("root", "GET", "tickets?query=id>0&per_page=2&page=99", None, 200, {"page": 3, "count": 2}),
            ("root", "GET", "tickets?query=id>0&per_page=0&page=0", None, 200, {"page": 1, "per_page": 20}),
            ("root", "GET", "tickets?query=id>0&per_page=10000", None, 200, {"per_page": 100}),
            ("root", "GET", "tickets?query=id>0&per_page=x&page=-1", None, 200, {"page": 1, "per_page": 20}),
            ("root", "GET", "tickets?query=id>0&page=9999999999999999999999", None, 200, {"page": 1}),
            ("root", "HEAD", "tickets?query=id>0", None, 200, lambda answer: answer.data == b""),
            ("root", "GET", "tickets?query=Nope=1", None, 400, None),
            ("root", "GET", "tickets?query=id>", None, 400, None),
            ("root", "GET", "tickets?query=id>0&orderby=Nope", None, 400, re.compile("Nope")),
            ("root", "GET", "tickets?simple=1;query=printer;fields=Subject;per_page=1", None, 200,
                subjects("Printer 1")),
            ("root", "GET", "tickets?simple=1&query=secret", None, 200, {"total": 1}),
            ("root", "POST", "tickets", {"**": {"form": {"query": "Subject = 'secret'", "fields": "Subject"}}},
                200, subjects("secret")),
            ("root", "POST", "tickets?query=Subject='secret'&fields=Subject", [{"field": "id", "value": 1}],
                200, subjects("secret")),
            ("root", "POST", "tickets", [{"field": "id", "value": 1}], 200, {"total": 0}),
            ("root", "POST", "tickets", {"**": {"data": b"{nope", "type": "application/json"}}, 200, {"total": 0}),
            ("root", "GET", f"tickets?search={saved.id}", None, 200, subjects("Printer 5", "Printer 4")),
            ("root", "GET", "tickets?search=printers&per_page=3&fields=Subject,Status", None, 200,
                lambda answer: answer.json["per_page"] == 3 and answer.json["items"][0]["Status"] == "new"),
            ("root", "GET", f"tickets?search={saved.id}&query=id>0", None, 200, {"total": 6, "per_page": 2}),
            ("root", "GET", "tickets?search=nope", None, 200, {"total": 0, "items": []}),
            ("root", "GET", "tickets?search=99999", None, 200, {"total": 0}),
            ("root", "PUT", "tickets", {}, 405, None),
        ],
    )  # fmt: skip


def test_links_to_pages_repeat_what_was_asked_but_no_token(root, make):
    for number in range(3):
        make.ticket(f"T {number}")
    answer = root("GET", "tickets?page=2&query=id>0&fields=Subject&per_page=1&token=x")
    base = "http://localhost/REST/2.0/tickets?query=id%3E0&fields=Subject&per_page=1"
    assert answer.json["next_page"] == f"{base}&page=3"
    assert answer.json["prev_page"] == f"{base}&page=1"
    assert root("GET", answer.json["next_page"].removeprefix("http://localhost")).json["page"] == 3


def test_fields_of_a_list_are_those_of_the_record(root, make, field):
    field("Site")
    number = make.ticket(cc=["cy@x.example"]).id
    root("PUT", f"ticket/{number}", {"CustomFields": {"Site": "Oslo"}, "RefersTo": ["https://x.example/"]})
    names = (
        "id,Subject,Queue,Owner,Requestor,Cc,Priority,Created,Told,EffectiveId,CustomFields,CustomRoles,Nope"
    )
    whole = root("GET", f"ticket/{number}").json
    nested = "fields[Queue]=Name,Nope&fields[Queue][Creator]=Name&fields[Requestor]=EmailAddress&fields[Owner]=id,Name"
    item = root("GET", f"tickets?query=id={number}&fields={names},RefersTo,_hyperlinks&{nested}").json[
        "items"
    ][0]
    same = ("Subject", "Priority", "Created", "CustomFields", "_hyperlinks", "Cc")
    assert {name: item[name] for name in same} == {name: whole[name] for name in same}
    assert item["id"] == number
    assert (item["Told"], item["Nope"], item["EffectiveId"], item["CustomRoles"]) == ("", "", str(number), {})
    assert (item["Queue"]["Name"], item["Queue"]["Nope"]) == ("General", "")
    assert item["Requestor"][0]["EmailAddress"] == "ann@client.example"
    assert item["Owner"]["Name"] == "Nobody"
    assert isinstance(item["Owner"]["id"], int)
    assert item["RefersTo"] == [{"type": "external", "_url": "https://x.example/"}]


FIELDS = (
    "Subject,Queue,Owner,Requestor,CustomFields,Status,Due,RefersTo&fields[Queue]=Name&fields[Requestor]=Name"
)


def test_no_question_is_asked_for_each_row(root, make, field, query_count, db):
    field("Site")
    for number in range(20):
        make.ticket(f"T {number}", requestor=f"r{number}@x.example")
    counts = []
    for most in (1, 20):
        root("GET", f"tickets?query=id>0&per_page={most}&fields={FIELDS}")
        db.expire_all()
        with query_count() as count:
            assert root("GET", f"tickets?query=id>0&per_page={most}&fields={FIELDS}").json["count"] == most
        counts.append(count.total)
    assert counts[0] == counts[1] <= 12


def test_reading_and_writing_a_ticket_takes_few_questions(root, make, query_count, db, work):
    number = make.ticket().id
    root("GET", f"ticket/{number}")
    with query_count() as count:
        root("GET", f"ticket/{number}")
    assert count.total <= 6, count
    root("PUT", f"ticket/{number}", {"Subject": "a"})
    with query_count() as count:
        root("PUT", f"ticket/{number}", {"Subject": "b"})
    assert count.total <= 10, count
    made = {"Queue": "General", "Subject": "x", "Content": "x", "Requestor": "ann@client.example"}
    root("POST", "ticket", made)
    with query_count() as count:
        root("POST", "ticket", made)
    assert count.total <= 20, count
    assert db.get(User, 1) is not None
