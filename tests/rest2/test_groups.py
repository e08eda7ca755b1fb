"""Groups and members over REST 2.0: rights before existence, RT's sentences, the shorter frame of members."""

import re

import pytest

from rtpy.changes.groups import make_group, put_into_group
from rtpy.models import Ace
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases


@pytest.fixture
def people(make, work, db):
    """Two groups, one in the other, with somebody in each."""
    day, night = (
        make_group(work, name="Day shift", description="by day"),
        make_group(work, name="Night shift"),
    )
    kim, lee = make.staff("kim"), make.staff("lee")
    put_into_group(work, day, kim.id)
    put_into_group(work, night, lee.id)
    put_into_group(work, night, day.id)
    db.flush()
    return day, night, kim, lee


def names(*expected):
    return lambda answer: (
        [each["id"] for each in answer.json["items"]]
        == [each if isinstance(each, str) else each.id for each in expected]
    )


def grant(db, user, right, kind="system", number=0):
    db.add(Ace(principal_id=user.id, right_name=right, object_type=kind, object_id=number))
    db.flush()


def test_groups_are_read_and_kept_in_rts_words(people, root, jo, customer, stranger, make, db, api_of):
    day, night, kim, lee = people
    grant(db, kim, Right.SEE_GROUP, "group", day.id)
    grant(db, lee, Right.ADMIN_GROUP, "group", night.id)
    label = f"Group {day.id}"
    tag = root("GET", f"group/{day.id}").headers["ETag"]
    programs = {
        "root": root,
        "jo": jo,
        "kim": api_of(kim),
        "lee": api_of(lee),
        "ann": customer,
        "nobody": stranger,
    }
    check_cases(
        programs,
        [
            (
                "root",
                "GET",
                f"group/{day.id}",
                None,
                200,
                {"id": day.id, "Name": "Day shift", "Description": "by day"},
            ),
            (
                "root",
                "GET",
                f"group/{day.id}/",
                None,
                200,
                {"Domain": "UserDefined", "Instance": "0", "Disabled": "0"},
            ),
            (
                "root",
                "GET",
                f"group/{day.id}",
                None,
                200,
                lambda a: [m["id"] for m in a.json["Members"]] == ["kim"],
            ),
            (
                "root",
                "GET",
                f"group/{night.id}",
                None,
                200,
                lambda a: {m["type"] for m in a.json["Members"]} == {"user", "group"},
            ),
            ("root", "HEAD", f"group/{day.id}", None, 200, None),
            ("root", "GET", "group/999999", None, 404, "Not Found"),
            ("root", "GET", "group/Day shift", None, 404, None),
            ("root", "GET", f"group/{kim.id}", None, 404, "Not Found"),
            ("jo", "GET", f"group/{day.id}", None, 403, "Forbidden"),
            ("jo", "GET", "group/999999", None, 403, "Forbidden"),
            ("kim", "GET", f"group/{day.id}", None, 200, {"Name": "Day shift"}),
            ("kim", "GET", f"group/{night.id}", None, 403, "Forbidden"),
            ("kim", "PUT", f"group/{day.id}", {"Name": "x"}, 403, "Forbidden"),
            (
                "lee",
                "PUT",
                f"group/{night.id}",
                {"Description": "x"},
                200,
                re.compile("changed from .no value. to 'x' by lee"),
            ),
            ("ann", "GET", f"group/{day.id}", None, 403, "Forbidden"),
            ("nobody", "GET", f"group/{day.id}", None, 401, "Unauthorized"),
            ("root", "GET", "groups?fields=Name&orderby=Name", None, 200, {"total": 5}),
            ("root", "POST", "groups", [{"field": "Domain", "value": "UserDefined"}], 200, {"total": 2}),
            (
                "root",
                "POST",
                "groups?fields=Name",
                [{"field": "Name", "operator": "STARTSWITH", "value": "day"}],
                200,
                names(str(day.id)),
            ),
            ("root", "POST", "groups", [{"field": "Instance", "value": 0}], 200, {"total": 5}),
            ("root", "POST", "groups", [{"field": "Disabled", "value": 1}], 200, {"total": 0}),
            ("kim", "GET", "groups", None, 200, {"count": 1, "total": None, "pages": None}),
            ("jo", "GET", "groups", None, 200, {"count": 0, "total": None}),
            ("ann", "GET", "groups", None, 200, {"count": 0}),
            ("root", "POST", "group", {}, 400, "Name is required"),
            ("root", "POST", "group", {"Name": "day SHIFT"}, 400, "Group name 'day SHIFT' is already in use"),
            (
                "root",
                "POST",
                "group",
                {"Name": "x", "Members": ["kim"], "Domain": "UserDefined"},
                201,
                {"type": "group"},
            ),
            ("root", "POST", "group", {"Name": "y", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            ("root", "POST", "group", {"Name": {"a": 1}}, 400, None),
            ("jo", "POST", "group", {"Name": "z"}, 403, "Forbidden"),
            ("root", "POST", f"group/{day.id}", {}, 409, "Resource already exists; use PUT to update"),
            (
                "root",
                "PUT",
                f"group/{day.id}",
                {"Name": "Day"},
                200,
                [f"{label}: Name changed from 'Day shift' to 'Day' by root"],
            ),
            (
                "root",
                "PUT",
                f"group/{day.id}",
                {"Name": "night shift"},
                200,
                [f"{label}: There is a group night shift already."],
            ),
            ("root", "PUT", f"group/{day.id}", {"Name": "Day", "Members": []}, 200, []),
            ("root", "PUT", f"group/{day.id}", {"Bogus": 1}, 200, [f"{label}: Unknown field 'Bogus'"]),
            ("root", "PUT", f"group/{day.id}", {"Disabled": 1}, 200, ["Group disabled"]),
            ("root", "PUT", f"group/{day.id}", {"Disabled": 1}, 200, ["That is already the current value"]),
            ("root", "GET", "groups", None, 200, {"total": 5}),
            ("root", "GET", "groups?find_disabled_rows=1", None, 200, {"total": 6}),
            ("root", "PUT", f"group/{day.id}", {"Disabled": 0}, 200, ["Group enabled"]),
            ("root", "PUT", "group/999999", {}, 404, "Resource does not exist; use POST to create"),
            ("root", "DELETE", f"group/{day.id}", None, 204, None),
            ("root", "DELETE", f"group/{day.id}", None, 204, None),
            ("root", "GET", f"group/{day.id}", None, 200, {"Disabled": "1"}),
            ("jo", "DELETE", f"group/{day.id}", None, 403, "Forbidden"),
            (
                "root",
                "PUT",
                f"group/{day.id}",
                {"**": {"body": {}, "headers": {"If-Match": tag}}},
                412,
                "Precondition Failed",
            ),
        ],
    )
    everyone = root("POST", "groups", [{"field": "Name", "value": "Everyone"}]).json["items"][0]["id"]
    assert "Members" not in root("GET", f"group/{everyone}").json
    assert "part of rtpy itself" in root("PUT", f"group/{everyone}", {"Name": "x"}).data.decode()


def test_members_come_and_go(people, root, jo, customer, make, db, api_of):
    day, night, kim, lee = people
    grant(db, lee, Right.ADMIN_GROUP_MEMBERSHIP, "group", day.id)
    here, base = f"group/{night.id}/members", root("GET", f"group/{day.id}").json["_hyperlinks"][0]["_url"]
    base = base.rsplit("/", 2)[0]
    frame = {"count": 2, "total": 2, "per_page": 20, "page": 1}
    shorter = lambda answer: answer.json.keys() == {"count", "total", "per_page", "page", "items"}  # noqa: E731
    check_cases(
        {"root": root, "jo": jo, "lee": api_of(lee), "ann": customer},
        [
            ("root", "GET", here, None, 200, frame),
            ("root", "GET", here, None, 200, shorter),
            ("root", "HEAD", here, None, 200, None),
            ("root", "GET", here, None, 200, names(day, lee)),
            ("root", "GET", f"{here}?groups=0", None, 200, names(lee)),
            ("root", "GET", f"{here}?users=0", None, 200, names(day)),
            ("root", "GET", f"{here}?recursively=1", None, 200, names(day, night, kim, lee)),
            (
                "root",
                "GET",
                f"{here}?recursively=1&groups=0&per_page=1&page=2",
                None,
                200,
                {"count": 1, "total": 2, "page": 2},
            ),
            (
                "root",
                "GET",
                f"{here}?users=0",
                None,
                200,
                lambda a: a.json["items"][0]["_url"] == f"{base}/group/{day.id}",
            ),
            ("root", "GET", f"group/{night.id}/member/{lee.id}", None, 200, names(lee)),
            ("root", "GET", "group/999999/members", None, 200, {"count": 0, "total": 0}),
            ("jo", "GET", here, None, 403, "Forbidden"),
            ("jo", "GET", "group/999999/members", None, 403, "Forbidden"),
            ("jo", "PUT", here, [kim.id], 403, "Forbidden"),
            ("ann", "GET", here, None, 403, "Forbidden"),
            ("lee", "GET", here, None, 403, "Forbidden"),
            ("lee", "PUT", f"group/{day.id}/members", [lee.id], 200, ["Member added: lee"]),
            (
                "root",
                "PUT",
                here,
                [kim.id, str(kim.id), 999999, "", None, [], {}, True, "x"],
                200,
                [
                    "Member added: kim",
                    "Group already has member: kim",
                    "Couldn't find that principal",
                    *["You should provide principal id for each member to add"] * 5,
                    "Couldn't find that principal",
                ],
            ),
            (
                "root",
                "PUT",
                f"group/{day.id}/members",
                [night.id, day.id],
                200,
                ["Groups can't be members of their members"] * 2,
            ),
            ("root", "PUT", here, [], 200, []),
            ("root", "PUT", here, {"a": 1}, 400, "JSON object must be a ARRAY"),
            ("root", "PUT", here, {"**": {"data": b"[1]", "type": "text/plain"}}, 415, None),
            ("root", "PUT", here, [10**30], 200, ["Couldn't find that principal"]),
            ("root", "PUT", "group/999999/members", [kim.id], 404, None),
            ("root", "POST", here, [kim.id], 405, None),
            ("root", "DELETE", f"group/{night.id}/member/{kim.id}", None, 204, None),
            ("root", "DELETE", f"group/{night.id}/member/{kim.id}", None, 204, None),
            ("root", "GET", here, None, 200, {"total": 2}),
            ("root", "DELETE", here, None, 204, None),
            ("root", "GET", here, None, 200, {"total": 0}),
            ("root", "DELETE", "group/999999/members", None, 404, None),
        ],
    )
    kinds = [each["Type"] for each in root("GET", f"group/{night.id}/history?fields=Type").json["items"]]
    assert kinds == [
        "Create",
        "AddMember",
        "AddMember",
        "AddMember",
        "DeleteMember",
        "DeleteMember",
        "DeleteMember",
    ]


def test_memberships_of_a_user(people, root, jo, customer, make, db, api_of):
    day, night, kim, _lee = people
    own = make.staff("own")
    grant(db, own, Right.MODIFY_OWN_MEMBERSHIP)
    here = f"user/{kim.id}/groups"
    missing = [0, "You should provide group id for each group user should be added"]
    check_cases(
        {"root": root, "jo": jo, "own": api_of(own), "ann": customer},
        [
            ("root", "GET", here, None, 200, {"count": 2, "total": 2, "per_page": 20, "page": 1}),
            ("root", "GET", "user/kim/groups", None, 200, names(day, night)),
            ("root", "GET", f"user/kim/group/{night.id}", None, 200, names(night)),
            ("root", "HEAD", here, None, 200, None),
            ("root", "GET", "user/nosuch/groups", None, 404, "Not Found"),
            ("jo", "GET", here, None, 403, "Forbidden"),
            ("jo", "GET", "user/jo/groups", None, 403, "Forbidden"),
            ("jo", "GET", "user/nosuch/groups", None, 403, "Forbidden"),
            ("ann", "GET", "user/ann@client.example/groups", None, 403, "Forbidden"),
            ("own", "GET", "user/own/groups", None, 200, {"count": 0}),
            ("own", "GET", here, None, 403, "Forbidden"),
            ("own", "PUT", "user/own/groups", [day.id], 200, [1, "Member added: own"]),
            ("own", "GET", "user/own/groups", None, 200, names(day, night)),
            ("own", "PUT", here, [night.id], 403, "Forbidden"),
            ("own", "DELETE", "user/own/groups", None, 204, None),
            ("own", "GET", "user/own/groups", None, 200, {"count": 0}),
            (
                "root",
                "PUT",
                "user/lee/groups",
                [day.id, str(night.id), 999999, "", None],
                200,
                [
                    1,
                    "Member added: lee",
                    0,
                    "Group already has member: lee",
                    0,
                    "Couldn't find that group",
                    missing,
                    missing,
                ],
            ),
            ("root", "PUT", "user/lee/groups", {}, 400, "JSON object must be a ARRAY"),
            ("root", "DELETE", f"user/lee/group/{day.id}", None, 204, None),
            ("root", "DELETE", f"user/lee/group/{day.id}", None, 204, None),
            ("root", "GET", "user/lee/groups", None, 200, names(night)),
            ("root", "POST", here, [day.id], 405, None),
        ],
    )


def test_lists_of_groups_ask_as_often_for_many_as_for_few(people, root, work, query_count):
    counts = []
    for number in (0, 15):
        for each in range(number):
            put_into_group(work, make_group(work, name=f"Group {each}"), people[2].id)
        path = "groups?per_page=100&fields=Name,Members,Disabled,CustomFields,Creator,Created,_hyperlinks"
        path += "&fields[Members]=RealName"
        root("GET", path)
        with query_count() as count:
            assert root("GET", path).status == 200
        counts.append(count.total)
    assert counts[0] == counts[1]
