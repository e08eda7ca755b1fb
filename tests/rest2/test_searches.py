"""Saved searches, custom roles and the server itself over REST 2.0."""

import re

import pytest

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.groups import make_group, put_into_group
from rtpy.models import Ace, SavedSearch
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def saved(make, work, db, app):
    """Searches of root's, of a group's and of the system's: their numbers."""
    group = make_group(work, name="Night shift")
    kim = make.staff("kim")
    put_into_group(work, group, kim.id)
    content = {
        "query": "Owner = '__CurrentUser__'",
        "columns": "id, Subject",
        "order": [["Priority", "DESC"]],
        "rows": 20,
    }
    now, root = app.clock.now(), work.actor.user_id

    def keep(name, owner, kind="ticket", disabled=False):
        row = SavedSearch(
            kind=kind,
            name=name,
            owner_id=owner,
            content=content,
            creator_id=root,
            created=now,
            last_updated=now,
        )
        row.disabled = disabled
        db.add(row)
        db.flush()
        return row.id

    db.add(
        Ace(
            principal_id=group.id,
            right_name=Right.SEE_GROUP_SAVED_SEARCH,
            object_type="group",
            object_id=group.id,
        )
    )
    return {
        "kim": kim,
        "mine": keep("My tickets", root),
        "group": keep("Ours", group.id),
        "site": keep("Everybody's", None),
        "assets": keep("Laptops", root, "asset"),
        "off": keep("Old", root, disabled=True),
    }


def test_saved_searches(saved, root, jo, customer, stranger, api_of):
    mine, group, site = saved["mine"], saved["group"], saved["site"]
    content = {
        "Query": "Owner = '__CurrentUser__'",
        "Format": "id, Subject",
        "OrderBy": "Priority",
        "Order": "DESC",
        "RowsPerPage": "20",
    }

    def links(*refs):
        return lambda answer: [each["ref"] for each in answer.json["_hyperlinks"]] == list(refs)

    def holds(*ids, but=()):
        return lambda answer: (
            {str(each) for each in ids} <= {each["id"] for each in answer.json["items"]}
            and not {str(each) for each in but} & {each["id"] for each in answer.json["items"]}
        )

    check_cases(
        {"root": root, "kim": api_of(saved["kim"]), "jo": jo, "ann": customer, "nobody": stranger},
        [
            (
                "root",
                "GET",
                f"search/{mine}",
                None,
                200,
                {"id": mine, "Name": "My tickets", "Type": "Ticket"},
            ),
            ("root", "GET", f"search/{mine}", None, 200, {"Content": content, "Disabled": "0"}),
            ("root", "GET", f"search/{mine}", None, 200, links("self", "tickets")),
            ("root", "GET", f"search/{mine}", None, 200, re.compile(f'/tickets.search={mine}"')),
            ("root", "GET", f"search/{saved['assets']}", None, 200, links("self")),
            ("root", "GET", "search/My tickets", None, 200, {"id": mine}),
            ("root", "GET", "search/MY%20TICKETS/", None, 200, {"id": mine}),
            ("root", "HEAD", f"search/{mine}", None, 200, None),
            ("root", "GET", "search/nosuch", None, 404, "Not Found"),
            ("root", "GET", "search/99999999", None, 404, "Not Found"),
            ("root", "GET", "search/99999999999999999999", None, 404, "Not Found"),
            ("root", "GET", f"search/{saved['off']}", None, 404, "Not Found"),
            ("root", "PUT", f"search/{mine}", {"Name": "x"}, 405, None),
            ("root", "POST", f"search/{mine}", {}, 405, None),
            ("root", "DELETE", f"search/{mine}", None, 405, None),
            ("root", "GET", "search", None, 404, "Not Found"),
            ("root", "POST", "search", {}, 405, None),
            ("jo", "GET", f"search/{mine}", None, 404, "Not Found"),
            ("jo", "GET", "search/My tickets", None, 404, "Not Found"),
            ("jo", "GET", f"search/{group}", None, 404, "Not Found"),
            ("kim", "GET", f"search/{group}", None, 200, {"Name": "Ours"}),
            ("kim", "GET", f"search/{mine}", None, 404, "Not Found"),
            ("ann", "GET", f"search/{mine}", None, 404, "Not Found"),
            ("ann", "GET", f"search/{site}", None, 404, "Not Found"),
            ("nobody", "GET", f"search/{mine}", None, 401, "Unauthorized"),
            ("root", "GET", "searches", None, 200, holds(mine, site, but=(saved["off"], group))),
            ("root", "GET", "searches?find_disabled_rows=1", None, 200, holds(saved["off"])),
            (
                "root",
                "GET",
                "searches?fields=Name,Content,_hyperlinks",
                None,
                200,
                re.compile('"RowsPerPage": "20"'),
            ),
            (
                "root",
                "POST",
                "searches",
                [{"field": "Name", "value": "my tickets"}],
                200,
                {"count": 1, "total": 1},
            ),
            (
                "root",
                "POST",
                "searches",
                [{"field": "Type", "value": "Asset"}],
                200,
                holds(saved["assets"], but=(mine,)),
            ),
            ("root", "HEAD", "searches", None, 200, None),
            ("kim", "GET", "searches", None, 200, holds(group, but=(mine,))),
            ("jo", "GET", "searches", None, 200, holds(but=(mine, group))),
            (
                "jo",
                "POST",
                "searches",
                [{"field": "Name", "operator": "LIKE", "value": "My"}],
                200,
                {"count": 0, "total": None},
            ),
            ("ann", "GET", "searches", None, 200, {"count": 0}),
            ("root", "PUT", "searches", {}, 405, None),
        ],
    )
    tag = root("GET", f"search/{mine}").headers["ETag"]
    assert root("GET", f"search/{mine}", headers={"If-None-Match": tag}).status == 304


def test_custom_roles_are_read_only(root, jo, customer, stranger, work, make, db):
    here = make.queue()
    secret = make.queue("Secret", granted=False)
    manager = create_custom_role(
        work, RoleValues("Manager", "leads", single=True, places=frozenset({here.id}))
    )
    hidden = create_custom_role(work, RoleValues("Auditor", places=frozenset({secret.id})))
    off = create_custom_role(work, RoleValues("Former", disabled=True, places=frozenset({here.id})))
    found = [{"field": "Name", "operator": "LIKE", "value": "%"}]
    every = [{"field": "id", "operator": ">", "value": 0}]
    check_cases(
        {"root": root, "jo": jo, "ann": customer, "nobody": stranger},
        [
            (
                "root",
                "GET",
                f"customrole/{manager.id}",
                None,
                200,
                {"id": manager.id, "Name": "Manager", "MaxValues": "1"},
            ),
            (
                "root",
                "GET",
                f"customrole/{manager.id}",
                None,
                200,
                {"Description": "leads", "EntryHint": "", "Disabled": "0"},
            ),
            (
                "root",
                "GET",
                f"customrole/{hidden.id}",
                None,
                200,
                {"MaxValues": "0", "LookupType": "RT::Queue-RT::Ticket"},
            ),
            ("root", "GET", f"customrole/{off.id}", None, 200, {"Disabled": "1"}),
            ("root", "GET", f"customrole/{manager.id}", None, 200, {"Creator": {"id": "root"}}),
            ("root", "HEAD", f"customrole/{manager.id}", None, 200, None),
            ("root", "GET", "customrole/99999", None, 404, "Not Found"),
            ("root", "GET", "customrole/Manager", None, 404, None),
            ("root", "GET", "customrole", None, 404, "Not Found"),
            ("root", "POST", "customrole", {"Name": "x"}, 405, None),
            ("root", "PUT", f"customrole/{manager.id}", {"Name": "x"}, 405, None),
            ("root", "DELETE", f"customrole/{manager.id}", None, 405, None),
            ("jo", "GET", f"customrole/{manager.id}", None, 200, {"Name": "Manager"}),
            ("jo", "GET", f"customrole/{hidden.id}", None, 403, "Forbidden"),
            ("nobody", "GET", f"customrole/{manager.id}", None, 401, None),
            ("root", "GET", "customroles", None, 200, {"count": 0, "items": []}),
            ("root", "POST", "customroles", every, 200, {"total": 2}),
            ("root", "POST", "customroles?find_disabled_rows=1", every, 200, {"total": 3}),
            (
                "root",
                "POST",
                "customroles?fields=Name,MaxValues",
                [{"field": "Name", "value": "manager"}],
                200,
                {"count": 1},
            ),
            ("root", "POST", "customroles", found, 200, {"count": 0}),
            ("jo", "POST", "customroles", every, 200, {"count": 1, "total": None}),
            ("root", "PUT", "customroles", {}, 405, None),
        ],
    )
    tag = root("GET", f"customrole/{manager.id}").headers["ETag"]
    assert root("GET", f"customrole/{manager.id}", headers={"If-None-Match": tag}).status == 304


def test_the_server_says_which_rt_it_is(root, jo, customer, stranger):
    plain = re.compile(r'"Version": "\d+\.\d+\.\d+"')
    check_cases(
        {"root": root, "jo": jo, "ann": customer, "nobody": stranger},
        [
            ("root", "GET", "rt", None, 200, lambda answer: isinstance(answer.json["Plugins"], list)),
            ("root", "GET", "rt", None, 200, plain),
            ("jo", "GET", "rt", None, 200, lambda answer: "Plugins" not in answer.json),
            ("ann", "GET", "rt", None, 200, plain),
            ("nobody", "GET", "rt", None, 401, "Unauthorized"),
            ("root", "GET", "rt/", None, 404, None),
            ("root", "GET", "r", None, 404, None),
            ("root", "POST", "rt", {}, 405, None),
        ],
    )
