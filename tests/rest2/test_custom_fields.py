"""Custom fields and their values over REST 2.0: defined, applied, listed; values that things hold; files of fields."""

import re
from base64 import b64encode

import pytest

from rtpy.models import ConfigChange
from rtpy.rights.names import Right
from tests.rest2.conftest import check_cases

PNG = {"FileName": "p.png", "FileType": "image/png", "FileContent": b64encode(b"PNG").decode()}
BASE = "http://127.0.0.1:8080/REST/2.0/"
TICKETS = "RT::Queue-RT::Ticket"


pytestmark = pytest.mark.usefixtures("fresh_numbers")


@pytest.fixture
def programs(root, jo, customer):
    return {"root": root, "jo": jo, "ann": customer}


def test_custom_fields_are_defined_changed_and_switched_off(programs, db):
    check_cases(
        programs,
        [
            ("root", "POST", "customfield", {}, 400, "Invalid value for Name"),
            ("root", "POST", "customfield", {"Name": "x"}, 400, "Invalid value for Type"),
            ("root", "POST", "customfield", {"Name": "x", "Type": "Bogus"}, 400, "Invalid value for Type"),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "x", "Type": "Text", "LookupType": "RT::X"},
                400,
                "Invalid value for LookupType",
            ),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "x", "Type": "TextMultiple"},
                400,
                re.compile("takes one value only"),
            ),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "x", "Type": "Text", "Queue": "nope"},
                400,
                "Invalid value for Queue",
            ),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "x", "Type": "Text", "BasedOn": "nope"},
                400,
                re.compile("BasedOn"),
            ),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "x", "Type": "Text", "Bogus": 1},
                400,
                "Unknown field 'Bogus'",
            ),
            ("jo", "POST", "customfield", {"Name": "x", "Type": "Text"}, 403, "Forbidden"),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "Site", "Type": "SelectSingle", "LookupType": "RT::User", "Queue": "Helpdesk"},
                400,
                "Invalid value for Queue",
            ),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "Site", "Type": "SelectSingle", "LookupType": "RT::User", "Queue": "general"},
                201,
                {"type": "customfield", "id": "1"},
            ),
            (
                "root",
                "GET",
                "customfield/1",
                None,
                200,
                lambda got: (
                    got.json.items()
                    >= {
                        "id": 1,
                        "Name": "Site",
                        "Type": "Select",
                        "MaxValues": "1",
                        "LookupType": TICKETS,
                        "Disabled": "0",
                        "EntryHint": "Select one value",
                        "UniqueValues": "0",
                        "SortOrder": "0",
                        "Pattern": "",
                    }.items()
                    and not {"Values", "BasedOn"} & got.json.keys()
                    and [each["ref"] for each in got.json["_hyperlinks"]] == ["self", "customfieldvalues"]
                ),
            ),
            ("root", "POST", "customfield/1/value", {"Name": "Oslo", "Category": "north"}, 201, {"id": "1"}),
            ("root", "POST", "customfield/1/value", {"Name": "Rome"}, 201, {"id": "2"}),
            ("root", "GET", "customfield/1", None, 200, {"Values": ["Oslo", "Rome"]}),
            ("root", "GET", "customfield/1?category=North", None, 200, {"Values": ["Oslo"]}),
            ("root", "GET", "customfield/1?category=", None, 200, {"Values": ["Rome"]}),
            ("root", "GET", "customfield/1?category=x", None, 200, lambda got: "Values" not in got.json),
            (
                "root",
                "PUT",
                "customfield/1",
                {
                    "Name": "Sites",
                    "MaxValues": "0",
                    "EntryHint": "Where?",
                    "Values": [],
                    "Type": "Bogus",
                    "Foo": 1,
                },
                200,
                [
                    'CustomField 1: EntryHint changed from (no value) to "Where?"',
                    'CustomField 1: MaxValues changed from "1" to "0"',
                    'CustomField 1: Name changed from "Site" to "Sites"',
                    "CustomField 1: Invalid value for Type",
                    "CustomField 1: Unknown field 'Foo'",
                ],
            ),
            ("root", "PUT", "customfield/1", {"Name": ""}, 200, ["CustomField 1: Invalid value for Name"]),
            ("root", "PUT", "customfield/1", {"Pattern": "("}, 200, re.compile("pattern cannot be used")),
            (
                "root",
                "POST",
                "customfield",
                {"Name": "Room", "Type": "Select", "MaxValues": 1, "Queue": 0, "BasedOn": "Sites"},
                201,
                None,
            ),
            ("root", "GET", "customfield/2", None, 200, {"BasedOn": {"type": "customfield", "id": "1"}}),
            ("root", "PUT", "customfield/2", {"BasedOn": ""}, 200, re.compile("BasedOn changed from")),
            (
                "root",
                "GET",
                "queue/1/customfields?fields=Name",
                None,
                200,
                {"count": 2, "total": 2, "pages": 1},
            ),
            ("root", "DELETE", "customfield/1", None, 204, None),
            ("root", "DELETE", "customfield/1", None, 204, None),
            ("root", "GET", "customfield/1", None, 200, {"Disabled": "1"}),
            ("root", "PUT", "customfield/1", {"Disabled": 0}, 200, ["CustomField enabled"]),
            ("root", "GET", "customfield/Sites", None, 404, "Not Found"),
            ("root", "GET", "customfield/77", None, 404, "Not Found"),
            ("root", "PUT", "customfield/77", {}, 404, "Resource does not exist; use POST to create"),
            ("root", "POST", "customfield/1", {"Name": "x", "Type": "Text"}, 409, None),
            ("jo", "GET", "customfield/1", None, 403, "Forbidden"),
            ("jo", "GET", "customfield/77", None, 403, "Forbidden"),
            ("jo", "PUT", "customfield/1", {"Name": "x"}, 403, "Forbidden"),
            ("root", "GET", "customfields", None, 200, {"count": 0}),
            (
                "root",
                "POST",
                "customfields",
                [{"field": "Name", "operator": "LIKE", "value": "o"}],
                200,
                {"count": 1},
            ),
            (
                "root",
                "POST",
                "customfields",
                [{"field": "LookupType", "value": TICKETS}],
                200,
                {"count": 2, "total": 2},
            ),
            (
                "jo",
                "POST",
                "customfields",
                [{"field": "LookupType", "value": TICKETS}],
                200,
                {"count": 0, "total": None},
            ),
        ],
    )
    assert db.query(ConfigChange).filter_by(kind="custom_field", object_id=1).count() >= 7


@pytest.mark.databases("sqlite")
def test_types_may_be_composite_and_hints_are_rts(root):
    wanted = {
        "FreeformSingle": ("Freeform", "1", "Enter one value"),
        "FreeformMultiple": ("Freeform", "0", "Enter multiple values"),
        "Freeform-1": ("Freeform", "1", "Enter one value"),
        "Autocomplete": ("Autocomplete", "0", "Enter multiple values with autocompletion"),
        "Combobox": ("Combobox", "1", "Combobox: Select or enter one value"),
        "textsingle": ("Text", "1", "Fill in one text area"),
        "HTML": ("HTML", "1", "Fill in one HTML area"),
        "DateTime": ("DateTime", "1", "Select datetime"),
        "IPAddressRange": ("IPAddressRange", "0", "Enter multiple IP address ranges"),
        "ImageMultiple": ("Image", "0", "Upload multiple images"),
    }
    for name, facts in wanted.items():
        made = root("POST", "customfield", {"Name": name, "Type": name}).json
        shown = root("GET", f"customfield/{made['id']}").json
        assert (shown["Type"], shown["MaxValues"], shown["EntryHint"]) == facts
    some = root("POST", "customfield", {"Name": "n", "Type": "Select", "MaxValues": 3}).json
    assert root("GET", f"customfield/{some['id']}").json["EntryHint"] == "Select up to 3 values"


def test_offered_values_keep_their_numbers(programs, db):
    root = programs["root"]
    root("POST", "customfield", {"Name": "Colour", "Type": "SelectSingle", "Queue": 0})
    root("POST", "customfield", {"Name": "Other", "Type": "SelectSingle", "Queue": 0})
    where = "http://127.0.0.1:8080/REST/2.0/customfield/1/value/"
    check_cases(
        programs,
        [
            ("root", "POST", "customfield/1/value", {}, 400, "Can't add a custom field value without a name"),
            ("root", "POST", "customfield/1/value", {"Name": "x", "Bogus": 1}, 400, "Unknown field 'Bogus'"),
            (
                "root",
                "POST",
                "customfield/1/value",
                {"Name": "blue", "SortOrder": 5, "Description": "B"},
                201,
                lambda got: (
                    got.json == {"type": "customfieldvalue", "id": "1", "_url": f"{where}1"}
                    and got.headers["Location"] == "/REST/2.0/customfield/1/value/1"
                ),
            ),
            ("root", "POST", "customfield/1/value", {"Name": "red", "SortOrder": 1}, 201, {"id": "2"}),
            ("root", "POST", "customfield/1/value", {"Name": "RED"}, 400, "Colour offers RED already."),
            ("root", "POST", "customfield/77/value", {"Name": "x"}, 404, None),
            (
                "root",
                "GET",
                "customfield/1/values",
                None,
                200,
                {
                    "count": 2,
                    "total": 2,
                    "per_page": 20,
                    "page": 1,
                    "items": [
                        {"type": "customfieldvalue", "id": 2, "name": "red", "_url": f"{where}2"},
                        {"type": "customfieldvalue", "id": 1, "name": "blue", "_url": f"{where}1"},
                    ],
                },
            ),
            ("root", "GET", "customfield/1/values", None, 200, lambda got: "pages" not in got.json),
            (
                "root",
                "GET",
                "customfield/1/values?per_page=1&page=2",
                None,
                200,
                {"count": 1, "total": 2, "page": 2},
            ),
            ("root", "POST", "customfield/1/values", [{"field": "Name", "value": "Red"}], 200, {"total": 1}),
            ("root", "GET", "customfield/77/values", None, 404, None),
            (
                "root",
                "GET",
                "customfield/1/value/1",
                None,
                200,
                {
                    "id": 1,
                    "Name": "blue",
                    "Description": "B",
                    "SortOrder": "5",
                    "Category": "",
                    "CustomField": {"type": "customfield", "id": "1"},
                },
            ),
            (
                "root",
                "PUT",
                "customfield/1/value/1",
                {"Name": "navy", "SortOrder": "0", "Bogus": 2},
                200,
                [
                    'CustomFieldValue 1: Name changed from "blue" to "navy"',
                    'CustomFieldValue 1: SortOrder changed from "5" to "0"',
                    "CustomFieldValue 1: Unknown field 'Bogus'",
                ],
            ),
            (
                "root",
                "PUT",
                "customfield/1/value/1",
                {"Name": "red"},
                200,
                ["CustomFieldValue 1: Colour offers red already."],
            ),
            ("root", "GET", "customfield/1", None, 200, {"Values": ["navy", "red"]}),
            ("root", "GET", "customfield/2/value/1", None, 404, None),
            ("root", "DELETE", "customfield/2/value/1", None, 404, None),
            ("jo", "POST", "customfield/1/value", {"Name": "x"}, 403, "Forbidden"),
            ("jo", "GET", "customfield/1/values", None, 403, "Forbidden"),
            ("jo", "DELETE", "customfield/1/value/1", None, 403, "Forbidden"),
            ("root", "DELETE", "customfield/1/value/1", None, 204, None),
            ("root", "DELETE", "customfield/1/value/1", None, 404, None),
        ],
    )
    told = db.query(ConfigChange).filter_by(kind="custom_field", object_id=1).all()
    assert ["values" in each.after for each in told].count(
        True
    ) == 6  # made, two offered, two changed, one struck out


def test_who_sees_a_field_where_it_applies_sees_its_definition(jo, root, make, db):
    root("POST", "customfield", {"Name": "Site", "Type": "SelectSingle", "Queue": "General"})
    root("POST", "customfield", {"Name": "Hidden", "Type": "SelectSingle", "LookupType": TICKETS})
    make.grant(make.customer("jo@staff.example"), Right.SEE_CUSTOM_FIELD, queue=make.queue())
    assert jo("GET", "customfield/1").json["Name"] == "Site"
    assert jo("GET", "customfield/2").status == 403
    assert [each["name"] for each in jo("GET", "queue/1").json["TicketCustomFields"]] == ["Site"]
    assert jo("GET", "queue/1/customfields").json["count"] == 1
    assert jo("PUT", "customfield/1", {"Name": "x"}).status == 403


def test_files_of_fields_are_kept_replaced_and_downloaded(programs):
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    root("POST", "customfield", {"Name": "Plan", "Type": "ImageMultiple", "Catalog": "Laptops"})
    root("POST", "customfield", {"Name": "Tag", "Type": "FreeformSingle", "Catalog": 0})
    root("POST", "customfield", {"Name": "Page", "Type": "BinarySingle", "Catalog": 0})
    second = {**PNG, "FileName": "q.png"}
    upload = [("f1", "z.png", "image/png", b"zz")]
    page = {"FileName": "a.html", "FileType": "text/html", "FileContent": b64encode(b"<b>x").decode()}

    def names(*wanted):
        return lambda got: (
            [each["filename"] for each in got.json["CustomFields"][0]["values"]] == list(wanted)
        )

    check_cases(
        programs,
        [
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "L", "CustomFields": {"Plan": PNG, "Tag": "t", "Page": page, "No": 1}},
                201,
                None,
            ),
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "L", "CustomFields": {"Plan": {"FileType": "image/png"}}},
                400,
                "FileName is a required field for Image/Binary ObjectCustomFieldValue",
            ),
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "L", "CustomFields": {"Plan": {**PNG, "FileContent": "%"}}},
                400,
                re.compile("is not base64"),
            ),
            (
                "root",
                "GET",
                "asset/1",
                None,
                200,
                lambda got: (
                    got.json["CustomFields"][0]
                    == {
                        "type": "customfield",
                        "id": "1",
                        "_url": f"{BASE}customfield/1",
                        "name": "Plan",
                        "values": [
                            {"content_type": "image/png", "filename": "p.png", "_url": f"{BASE}download/cf/1"}
                        ],
                    }
                ),
            ),
            ("root", "GET", "asset/1", None, 200, names("p.png")),
            (
                "root",
                "GET",
                "download/cf/1",
                None,
                200,
                lambda got: (got.data, got.headers["Content-Type"]) == (b"PNG", "image/png"),
            ),
            ("root", "GET", "download/cf/1", {"**": {"headers": {"Accept": "image/*"}}}, 200, None),
            (
                "root",
                "GET",
                "download/cf/1",
                {"**": {"headers": {"Accept": "application/json"}}},
                406,
                "Not Acceptable",
            ),
            ("root", "HEAD", "download/cf/1", None, 200, None),
            ("root", "POST", "download/cf/1", {}, 405, None),
            (
                "root",
                "GET",
                "download/cf/2",
                None,
                400,
                "Only Image and Binary CustomFields can be downloaded",
            ),
            (
                "root",
                "GET",
                "download/cf/3",
                None,
                200,
                lambda got: (
                    got.headers["Content-Type"].startswith("text/plain")
                    and got.headers["X-Content-Type-Options"] == "nosniff"
                ),
            ),
            ("root", "GET", "download/cf/99", None, 403, "Forbidden"),
            ("jo", "GET", "download/cf/1", None, 403, "Forbidden"),
            ("ann", "GET", "download/cf/1", None, 403, "Forbidden"),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Plan": ["p.png", second], "Tag": ["x", "y"]}},
                200,
                ["q.png added as a value for Plan", "Tag t changed to x"],
            ),
            ("root", "GET", "asset/1", None, 200, names("p.png", "q.png")),
            (
                "root",
                "PUT",
                "asset/1",
                {
                    "**": {
                        "document": {"CustomFields": {"Plan": ["q.png", {"UploadField": "f1"}]}},
                        "files": upload,
                    }
                },
                200,
                ["z.png added as a value for Plan", "p.png is no longer a value for custom field Plan"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"**": {"document": {"CustomFields": {"Plan": [{"UploadField": "f2"}]}}, "files": upload}},
                200,
                re.compile("There is no part f2"),
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Plan": [{"FileName": "q.png"}], "Tag": None}},
                200,
                [
                    "FileType is a required field for Image/Binary ObjectCustomFieldValue",
                    "x is no longer a value for custom field Tag",
                ],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Plan": "no-such.png"}},
                200,
                [
                    "q.png is no longer a value for custom field Plan",
                    "z.png is no longer a value for custom field Plan",
                ],
            ),
            ("root", "GET", "asset/1", None, 200, names()),
        ],
    )


@pytest.mark.databases("sqlite")
def test_values_that_do_not_fit_are_told_in_rts_words(programs):
    root = programs["root"]
    root("POST", "catalog", {"Name": "Laptops"})
    for body in (
        {"Name": "Serial", "Type": "FreeformSingle", "Pattern": "^(a.*)?$", "Catalog": 0},
        {"Name": "Tags", "Type": "FreeformMultiple", "Pattern": "^(a.*)?$", "Catalog": 0},
        {"Name": "Kind", "Type": "SelectSingle", "Catalog": 0},
        {"Name": "Bought", "Type": "Date", "Catalog": 0},
        {"Name": "Must", "Type": "FreeformSingle", "Pattern": "(?#Mandatory).", "Catalog": 0},
    ):
        root("POST", "customfield", body)
    root("POST", "customfield/3/value", {"Name": "High"})
    check_cases(
        programs,
        [
            ("root", "POST", "asset", {"Catalog": 1, "Name": "L"}, 400, re.compile("Must is needed")),
            (
                "root",
                "POST",
                "asset",
                {"Catalog": 1, "Name": "L", "CustomFields": {"Must": "x", "Kind": "none"}},
                201,
                None,
            ),
            ("root", "PUT", "asset/1", {"CustomFields": {"Kind": "high"}}, 200, ["Kind High added"]),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Kind": "low", "Bought": "2031-02-03"}},
                200,
                ["Invalid value for custom field", "Bought 2031-02-03 added"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Serial": "b"}},
                200,
                ["Could not add a new value to custom field 'Serial': Input must match ^(a.*)?$"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Tags": ["a1", "b"]}},
                200,
                ["Could not add new custom field value: Input must match ^(a.*)?$"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Must": None}},
                200,
                ["Input must match [Mandatory]"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Tags": ["a2", "a1", "a2"]}},
                200,
                ["a2 added as a value for Tags", "a1 added as a value for Tags"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Tags": "a1"}},
                200,
                ["a2 is no longer a value for custom field Tags"],
            ),
            (
                "root",
                "PUT",
                "asset/1",
                {"CustomFields": {"Tags": []}},
                200,
                ["a1 is no longer a value for custom field Tags"],
            ),
        ],
    )
