"""Classes and articles over REST 2.0; an article's text is what RT keeps in a custom field named Content."""

import re

import pytest

from rtpy.models import Transaction
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

BASE = "http://127.0.0.1:8080/REST/2.0/"
pytestmark = pytest.mark.usefixtures("fresh_numbers")


@pytest.fixture
def programs(root, jo, customer):
    return {"root": root, "jo": jo, "ann": customer}


def content(text):
    """Is that what the article says, as RT shows it and as we do?"""
    return lambda got: (
        got.json["Content"] == text
        and got.json["CustomFields"][0]["name"] == "Content"
        and got.json["CustomFields"][0]["values"] == ([text] if text else [])
    )


def test_classes_are_made_changed_and_switched_off(programs):
    check_cases(
        programs,
        [
            ("root", "POST", "class", {}, 400, "Invalid value for Name"),
            ("root", "POST", "class", {"Name": "x", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            ("root", "POST", "class", {"Name": {"a": 1}}, 400, "Name must be a text"),
            ("jo", "POST", "class", {"Name": "How-to"}, 403, "Forbidden"),
            (
                "root",
                "POST",
                "class",
                {"Name": "How-to"},
                201,
                {"type": "class", "id": "1", "_url": f"{BASE}class/1"},
            ),
            ("root", "POST", "class", {"Name": "HOW-TO"}, 400, "Invalid value for Name"),
            (
                "root",
                "GET",
                "class/how-to",
                None,
                200,
                {
                    "id": 1,
                    "Name": "How-to",
                    "Description": "",
                    "SortOrder": "0",
                    "Disabled": "0",
                    "ArticleCustomFields": [],
                    "Creator": {"id": "root"},
                },
            ),
            (
                "root",
                "GET",
                "class/1",
                None,
                200,
                lambda got: (
                    got.json["_hyperlinks"][-1]
                    == {"ref": "create", "type": "article", "_url": f"{BASE}article?Class=1"}
                ),
            ),
            (
                "root",
                "PUT",
                "class/1",
                {"Description": "d", "Name": "How", "SortOrder": "2", "Foo": 1},
                200,
                [
                    'Class 1: Description changed from (no value) to "d"',
                    'Class 1: Name changed from "How-to" to "How"',
                    'Class 1: SortOrder changed from (no value) to "2"',
                    "Class 1: Unknown field 'Foo'",
                ],
            ),
            ("root", "PUT", "class/1", {"Name": ""}, 200, re.compile("Give the class a name")),
            ("root", "DELETE", "class/1", None, 204, None),
            ("root", "DELETE", "class/1", None, 204, None),
            ("root", "GET", "class/1", None, 200, {"Disabled": "1"}),
            ("root", "GET", "classes/all", None, 200, {"count": 0}),
            (
                "root",
                "GET",
                "classes/all?find_disabled_rows=1&fields=Name",
                None,
                200,
                {"count": 1, "total": 1},
            ),
            ("root", "GET", "classes", None, 200, {"count": 0}),
            (
                "root",
                "POST",
                "classes?find_disabled_rows=1",
                [{"field": "Name", "value": "how"}],
                200,
                {"count": 1},
            ),
            ("jo", "GET", "classes/all", None, 200, {"count": 0, "total": None}),
            ("jo", "GET", "class/1", None, 403, "Forbidden"),
            ("jo", "GET", "class/77", None, 403, "Forbidden"),
            ("root", "GET", "class/77", None, 404, "Not Found"),
            ("root", "GET", "class/1/history", None, 404, None),
            ("root", "GET", "class/1/customfields", None, 200, {"count": 0}),
            ("jo", "GET", "class/1/customfields", None, 403, None),
        ],
    )


def test_articles_are_written_changed_and_switched_off(programs, make, db):
    make.ticket()
    root = programs["root"]
    root("POST", "class", {"Name": "How-to"})
    root("POST", "class", {"Name": "News"})
    root("POST", "class", {"Name": "Old", "Disabled": 1})
    root("POST", "customfield", {"Name": "Level", "Type": "FreeformSingle", "Class": 0})
    both = {"Content": "line\nline 2", "Level": "3"}
    check_cases(
        programs,
        [
            ("root", "POST", "article", {"Name": "Reset"}, 400, "Invalid Class"),
            ("root", "POST", "article", {"Name": "Reset", "Class": "none"}, 403, "Permission Denied"),
            ("root", "POST", "article", {"Name": "Reset", "Class": "Old"}, 403, "Permission Denied"),
            ("jo", "POST", "article", {"Name": "Reset", "Class": 1}, 403, "Permission Denied"),
            ("root", "POST", "article", {"Class": 1}, 400, re.compile("Give the article a name")),
            ("root", "POST", "article", {"Class": 1, "Name": "x", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            (
                "root",
                "POST",
                "article",
                {"Class": 1, "Name": "x", "CustomFields": {"Content": {"a": 1}}},
                400,
                None,
            ),
            (
                "root",
                "POST",
                "article",
                {"Class": 1, "Name": "x", "Format": "word"},
                400,
                re.compile("plain text or HTML"),
            ),
            (
                "root",
                "POST",
                "article",
                {"Class": 1, "Name": "x", "Topics": "none"},
                400,
                "There is no topic none",
            ),
            ("root", "GET", "article", None, 405, None),
            (
                "root",
                "POST",
                "article?Class=How-to",
                {"Name": "Reset", "Summary": "press it", "CustomFields": both, "RefersTo": 1, "SortOrder": 0},
                201,
                {"type": "article", "id": "1"},
            ),
            (
                "root",
                "GET",
                "article/1",
                None,
                200,
                {
                    "id": 1,
                    "Name": "Reset",
                    "Summary": "press it",
                    "Class": {"type": "class", "id": "1", "_url": f"{BASE}class/1"},
                    "Disabled": "0",
                    "Parent": "0",
                    "SortOrder": "0",
                    "Format": "text",
                    "Topics": [],
                    "Creator": {"id": "root"},
                },
            ),
            ("root", "GET", "article/1", None, 200, content("line\nline 2")),
            (
                "root",
                "GET",
                "article/1",
                None,
                200,
                lambda got: (
                    got.json["CustomFields"][1]
                    == {
                        "type": "customfield",
                        "id": "1",
                        "_url": f"{BASE}customfield/1",
                        "name": "Level",
                        "values": ["3"],
                    }
                ),
            ),
            (
                "root",
                "GET",
                "article/1",
                None,
                200,
                lambda got: (
                    [(each["ref"], each["_url"].removeprefix(BASE)) for each in got.json["_hyperlinks"]]
                    == [
                        ("self", "article/1"),
                        ("refers-to", "ticket/1"),
                        ("customfield", "customfield/1"),
                        ("history", "article/1/history"),
                    ]
                ),
            ),
            ("root", "GET", "article/1", None, 200, lambda got: got.json["URI"].endswith("/article/1")),
            (
                "root",
                "PUT",
                "article/1",
                {"Summary": "press longer"},
                200,
                ['Article 1: Summary changed from "press it" to "press longer"'],
            ),
            (
                "root",
                "PUT",
                "article/1",
                {"CustomFields": {"content": ["new"], "Level": "4", "Foo": 1}, "Name": "Restart", "Foo": 1},
                200,
                [
                    'Article 1: Name changed from "Reset" to "Restart"',
                    "Content line\nline 2 changed to new",
                    "Level 3 changed to 4",
                    "Article 1: Unknown custom field 'Foo'",
                    "Article 1: Unknown field 'Foo'",
                ],
            ),
            ("root", "GET", "article/1", None, 200, content("new")),
            (
                "root",
                "PUT",
                "article/1",
                {"CustomFields": {"Content": None}},
                200,
                ["new is no longer a value for custom field Content"],
            ),
            ("root", "PUT", "article/1", {"CustomFields": {"Content": "a"}}, 200, ["Content a added"]),
            (
                "root",
                "PUT",
                "article/1",
                {"Content": "<p>b<script>c</script></p>", "Format": "html"},
                200,
                lambda got: (
                    got.json[0] == 'Article 1: Format changed from "text" to "html"' and len(got.json) == 2
                ),
            ),
            ("root", "GET", "article/1", None, 200, lambda got: "script" not in got.json["Content"]),
            (
                "root",
                "PUT",
                "article/1",
                {"Class": "News"},
                200,
                ['Article 1: Class changed from "How-to" to "News"'],
            ),
            (
                "root",
                "PUT",
                "article/1",
                {"Class": "none", "Topics": ["none"]},
                200,
                ["Article 1: Invalid Class", "Article 1: There is no topic none"],
            ),
            ("root", "PUT", "article/1", {"Class": "Old"}, 200, re.compile("switched off")),
            (
                "root",
                "PUT",
                "article/1",
                {"AddReferredToBy": [1, 99], "RefersTo": []},
                200,
                [
                    "Ticket 1 refers to Article 1.",
                    "Couldn't resolve '99' into a link.",
                    "Article 1 no longer refers to Ticket 1.",
                ],
            ),
            (
                "root",
                "PUT",
                "article/1",
                {"AddRefersTo": "https://x.example/"},
                200,
                re.compile("Articles are linked with tickets"),
            ),
            ("root", "PUT", "article/1", {"Disabled": 1}, 200, ["Article disabled"]),
            ("root", "PUT", "article/1", {"Disabled": "0"}, 200, ["Article enabled"]),
            ("root", "PUT", "article/1", {}, 200, []),
            ("root", "PUT", "article/1", {"CustomFields": [1]}, 400, None),
            (
                "root",
                "POST",
                "article",
                {"Class": 1, "Name": "restart"},
                400,
                re.compile("There is an article"),
            ),
            ("root", "POST", "article/1", {"Class": 1, "Name": "x"}, 409, None),
            ("root", "PUT", "article/77", {}, 404, "Resource does not exist; use POST to create"),
            ("jo", "GET", "article/1", None, 403, "Forbidden"),
            ("jo", "GET", "article/77", None, 404, "Not Found"),
            ("jo", "DELETE", "article/1", None, 403, "Forbidden"),
            ("root", "DELETE", "article/1", None, 204, None),
            ("root", "DELETE", "article/1", None, 204, None),
            ("root", "GET", "article/1", None, 200, {"Disabled": "1"}),
        ],
    )
    history = db.query(Transaction).filter_by(object_type="article", object_id=1).order_by(Transaction.id)
    types = [row.type for row in history]
    assert types[0] == "Create"
    assert types.count("Disabled") == 2


@pytest.mark.databases("sqlite")
def test_who_may_read_articles_may_not_write_them(programs, make):
    root = programs["root"]
    root("POST", "class", {"Name": "How-to"})
    root("POST", "article", {"Class": 1, "Name": "Reset", "CustomFields": {"Content": "x"}})
    make.grant(make.customer("jo@staff.example"), Right.SHOW_ARTICLE)
    check_cases(
        programs,
        [
            ("jo", "GET", "article/1", None, 200, {"Name": "Reset"}),
            (
                "jo",
                "PUT",
                "article/1",
                {"Name": "x", "CustomFields": {"Content": "y"}},
                200,
                ["Article 1: Permission Denied", "Article 1: Permission Denied"],
            ),
            ("jo", "DELETE", "article/1", None, 403, None),
            ("jo", "GET", "article/1", None, 200, {"Name": "Reset", "Content": "x", "Disabled": "0"}),
            ("jo", "GET", "class/1", None, 403, None),
            (
                "jo",
                "GET",
                "article/1?fields[Class]=Name",
                None,
                200,
                {"Class": {"type": "class", "id": "1", "_url": f"{BASE}class/1", "Name": ""}},
            ),
        ],
    )


def test_searches_of_articles(programs):
    root = programs["root"]
    root("POST", "class", {"Name": "How-to"})
    root("POST", "class", {"Name": "News"})
    root("POST", "customfield", {"Name": "Level", "Type": "FreeformSingle", "Class": "How-to"})
    root(
        "POST",
        "article",
        {"Class": 1, "Name": "Reset", "Summary": "s", "CustomFields": {"Content": "press", "Level": "1"}},
    )
    root("POST", "article", {"Class": 1, "Name": "Print", "CustomFields": {"Content": "click"}})
    root("POST", "article", {"Class": 2, "Name": "Party", "CustomFields": {"Content": "come"}})
    root("DELETE", "article/2")

    def names(*wanted):
        return lambda got: [each["Name"] for each in got.json["items"]] == list(wanted)

    def of(*entries, more=""):
        return ("root", "POST", f"articles?fields=Name,Class,Content{more}", list(entries), 200)

    check_cases(
        programs,
        [
            ("root", "GET", "articles", None, 200, {"items": []}),
            (*of({"field": "id", "operator": ">", "value": 0}), names("Party", "Reset")),
            (
                *of({"field": "id", "operator": ">", "value": 0}, more="&find_disabled_rows=1"),
                names("Party", "Print", "Reset"),
            ),
            (*of({"field": "Disabled", "value": 1}), names("Print")),
            (*of({"field": "Class", "value": "News"}), names("Party")),
            (*of({"field": "Class", "value": 1}), names("Reset")),
            (*of({"field": "CF.{Content}", "operator": "LIKE", "value": "OM"}), names("Party")),
            (*of({"field": "Content", "operator": "STARTSWITH", "value": "pre"}), names("Reset")),
            (*of({"field": "CustomField.{Level}", "value": "1"}), names("Reset")),
            (*of({"field": "CF.{Level}", "operator": "!=", "value": "1"}), names("Party")),
            (*of({"field": "Name", "operator": "STARTSWITH", "value": "P"}), names("Party")),
            (
                *of({"field": "Creator", "value": "root"}, more="&orderby=id&order=desc"),
                names("Party", "Reset"),
            ),
            (
                "jo",
                "POST",
                "articles",
                [{"field": "id", "operator": ">", "value": 0}],
                200,
                {"count": 0, "total": None},
            ),
        ],
    )


@pytest.mark.databases("sqlite")
def test_a_custom_field_named_content_is_what_the_name_means(root):
    root("POST", "class", {"Name": "How-to"})
    root("POST", "customfield", {"Name": "Content", "Type": "Text", "Class": "How-to"})
    root(
        "POST",
        "article",
        {"Class": 1, "Name": "Reset", "Content": "own", "CustomFields": {"Content": "field"}},
    )
    shown = root("GET", "article/1").json
    assert shown["Content"] == "own"
    assert [(each["id"], each["values"]) for each in shown["CustomFields"]] == [("1", ["field"])]


@pytest.mark.databases("sqlite")
def test_lists_of_articles_cost_the_same_for_one_and_for_twenty(root, query_count):
    root("POST", "class", {"Name": "How-to"})
    root("POST", "customfield", {"Name": "Level", "Type": "FreeformSingle", "Class": 0})
    fields = (
        "Name,Class,Content,CustomFields,Topics,Creator,_hyperlinks&fields[Class]=Name&fields[Creator]=Name"
    )

    def cost():
        with query_count() as counted:
            found = root("POST", f"articles?per_page=50&fields={fields}", [{"field": "Class", "value": 1}])
        return len(found.json["items"]), counted.total

    root("POST", "article", {"Class": 1, "Name": "A 0", "CustomFields": {"Level": "0"}})
    cost()
    one, few = cost()
    for number in range(1, 20):
        root("POST", "article", {"Class": 1, "Name": f"A {number}", "CustomFields": {"Level": "0"}})
    cost()
    many, more = cost()
    assert (one, many) == (1, 20)
    assert more <= few
