"""Customers cannot have mail sent to anybody they like through REST 2.0."""

import re

from sqlalchemy import func, select

from rtpy.models import OutgoingRecipient, Transaction, User
from tests.rest2.conftest import check_cases

NO = re.compile("(victim@x.example|Somebody whom you name) neither takes part in this request")
NEW = {"Queue": "General", "Subject": "x", "Content": "x", "ContentType": "text/plain"}


def test_a_customer_names_only_theirs(make, customer, root, db):
    make.organization("Client", "client.example")
    make.grant("Requestor", "ShowTicket", "ModifyTicket", queue=make.queue())
    number = make.ticket(cc=("supplier@parts.example",)).id
    counts = [select(func.count(each.id)) for each in (User, Transaction, OutgoingRecipient)]
    before = [db.scalar(each) for each in counts]
    victim, said = "victim@x.example", {"Content": "x", "ContentType": "text/plain"}
    check_cases(
        {"ann": customer, "root": root},
        [
            ("ann", "POST", "ticket", {**NEW, "Requestor": victim}, 400, NO),
            ("ann", "POST", "ticket", {**NEW, "Cc": ["boss@client.example", victim]}, 400, NO),
            ("ann", "POST", "tickets/bulk", [{**NEW, "Requestor": victim}], 201, NO),
        ],
    )
    assert [db.scalar(each) for each in counts] == before
    check_cases(
        {"ann": customer, "root": root},
        [
            ("ann", "PUT", f"ticket/{number}", {"Cc": ["supplier@parts.example", victim]}, 200, NO),
            ("ann", "POST", f"ticket/{number}/correspond", {**said, "Cc": ["supplier@parts.example", victim]}, 201, NO),
            ("ann", "GET", f"ticket/{number}", None, 200,
                lambda got: [each["id"] for each in got.json["Cc"]] == ["supplier@parts.example"]),
            ("ann", "PUT", f"ticket/{number}", {"Cc": ["supplier@parts.example", "boss@client.example"]}, 200,
                ["Added boss@client.example as Cc for this ticket"]),
            ("ann", "POST", "ticket", {**NEW, "Cc": ["boss@client.example"]}, 201, None),
            ("root", "POST", "ticket", {**NEW, "Requestor": victim}, 201, None),
        ],
    )  # fmt: skip
    mailed = select(func.count(OutgoingRecipient.id)).where(OutgoingRecipient.address == victim)
    assert db.scalar(mailed) <= 1  # the automatic answer to what root wrote for them
