"""Tickets over REST 2.0: made, read, changed, taken, merged, deleted, in RT's words."""

import re

from tests.rest2.conftest import check_cases


def test_a_ticket_is_made_read_and_changed(root, jo, customer, stranger, make):
    first = make.ticket().id
    make.staff("kim")
    programs = {"root": root, "jo": jo, "ann": customer, "nobody": stranger}
    made = root("POST", "ticket", {"Queue": "General", "Subject": "no sound", "Content": "since today"})
    n = int(made.json["id"])
    check_cases(
        programs,
        [
            (
                "root",
                "GET",
                f"ticket/{n}",
                None,
                200,
                {"id": n, "Subject": "no sound", "Status": "new", "Requestor": []},
            ),
            ("root", "GET", "ticket/99999", None, 404, "Not Found"),
            ("root", "PUT", f"ticket/{n}", {"Subject": "x", "Status": "open", "Bogus": 1}, 200, None),
            (
                "root",
                "PUT",
                f"ticket/{n}",
                {"RefersTo": first},
                200,
                [f"Ticket {n} refers to Ticket {first}."],
            ),
            ("root", "GET", f"ticket/{first}", None, 200, {"id": first}),
            ("ann", "GET", f"ticket/{n}", None, 403, None),
            (
                "root",
                "GET",
                "tickets?query=id>0&fields=Subject,Owner,Queue&fields[Queue]=Name",
                None,
                200,
                {"total": 2},
            ),
        ],
    )
