"""What hostile staff try on the search page and around it: nothing is told that they may not see, nothing breaks."""

import time
from itertools import cycle

import pytest
from sqlalchemy import select

from rtpy.models import (
    CustomField,
    CustomFieldPlace,
    CustomFieldValue,
    CustomRole,
    CustomRolePlace,
    SavedSearch,
)
from rtpy.search.patience import took_too_long


def test_names_with_signs_of_the_languages_in_them_are_offered_and_work(root, make, db):
    make.ticket("One")
    names = ("a}b", "a{b", "a\\b", "a'b", "a__b", "a, b", "a|b", "}", "<b>")
    for name in names:
        field = CustomField(name=name, type="Freeform", lookup="ticket", max_values=1)
        db.add_all((field, CustomRole(name=name, lookup="ticket", max_values=0)))
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
    db.flush()
    page = root.get("/search", {"Query": "id > 0"})
    columns = [each["value"] for each in page.html.select("select[name=column]")[0].select("option")]
    columns = [each for each in columns if each.startswith("CustomField.{")]
    orders = [each["value"] for each in page.html.select("select[name=by_field]")[0].select("option")]
    assert len(columns) == len(names)
    given = [("Query", "id > 0"), *(("column", each) for each in columns)]
    given += [("by_field", each) for each in orders if "CF" in each]
    answer = root.get("/search/columns", given).follow(status=200)
    assert not answer.html.select(".flash-warn")
    titles = [each.text.strip() for each in answer.html.select("#tickets th")]
    assert sorted(titles) == sorted([*names, "Edit"])


def test_choices_of_a_field_that_one_may_not_see_are_not_offered(root, jo, db):
    field = CustomField(name="Secret", type="Select", lookup="ticket", max_values=1)
    db.add(field)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
    db.add(CustomFieldValue(custom_field_id=field.id, name="Canary", sort_order=0))
    db.flush()
    asked = {"Query": "CF.{Secret} = 'x'"}
    assert "Canary" in root.get("/search", asked).text
    assert "Canary" not in jo.get("/search", asked, status=422).text


def test_custom_roles_of_queues_that_one_does_not_see_are_offered_nowhere(root, jo, make, db):
    hidden = make.queue("Board", granted=False)
    for name, queue in (("Canary", hidden), ("Engineer", make.queue())):
        role = CustomRole(name=name, lookup="ticket", max_values=0)
        db.add(role)
        db.flush()
        db.add(CustomRolePlace(custom_role_id=role.id, object_type="queue", object_id=queue.id))
    db.flush()
    for asked in (
        {},
        {"show": "chart"},
        {"Query": "CustomRole.{Canari} = 'x'"},
        {"Format": "CustomRole.{Canari}"},
    ):
        assert "Canary" in root.get("/search", asked, expect_errors=True).text
        page = jo.get("/search", asked, expect_errors=True).text
        assert "Canary" not in page
        assert "Engineer" in page


def test_a_queue_that_one_may_not_know_of_is_not_named_by_its_number(jo, make, token):
    hidden = make.queue("Canary", granted=False)
    given = {"csrf_token": token(jo), "do": "queue", "queue": str(hidden.id), "id": ""}
    assert "Canary" not in jo.post("/search/saved", given).follow().text


@pytest.mark.parametrize("path", ["/search/save", "/search/build", "/search/bulk"])
def test_files_and_nul_in_place_of_texts_are_answered(root, token, db, path):
    given = {
        "csrf_token": token(root),
        "name": "A\x00B",
        "do": "new",
        "id": "1",
        "r.0.field": "id",
        "Query": "id > 0",
    }
    files = [(name, "x.txt", b"x") for name in ("description", "r.0.value", "OrderBy", "GroupBy", "comment")]
    answer = root.post(path, given, upload_files=files, expect_errors=True)
    assert answer.status_int in (200, 303, 422)
    given["Format"], given["description"] = "id\x00", "\x00"
    assert root.post(path, given, expect_errors=True).status_int in (200, 303, 422)
    assert all("\x00" not in row.name for row in db.scalars(select(SavedSearch)))


@pytest.mark.parametrize(
    ("name", "value"), [("Query", "id > "), ("Query", "x" * 70_000), ("Format", "x," * 9000)]
)
def test_what_makes_no_sense_is_not_saved(root, token, db, name, value):
    given = {"csrf_token": token(root), "name": "Mine", "do": "new", "Query": "id > 0", name: value}
    root.post("/search/save", given)
    assert db.scalars(select(SavedSearch)).all() == []


def test_no_kind_of_search_breaks_on_what_makes_no_sense(root, jo, token):
    more = ({}, {"OrderBy": "Nought|CF.{x}"}, {"Format": "Nought, CF.{x}"}, {"show": "board"}, {"edit": "1"})
    queries = (
        "",
        "id = 9999999999999999999999",
        "Nought = 1",
        "Created < 'frog'",
        "CF.{x} = 1",
        "id > 'a\x00b'",
    )
    for kind in ("assets", "articles", "transactions", "RT::Nothing", "\x00"):
        for query, other in zip(queries, cycle(more)):
            asked = {"Class": kind, "Query": query, **other}
            assert jo.get("/search", asked, expect_errors=True).status_int in (200, 422), asked
    given = {"csrf_token": token(root), "Class": "assets", "name": "Mine", "do": "new", "show": "chart"}
    for query in ("id = ", "Requestor = 'x'"):
        root.post("/search/save", {**given, "Query": query}, status=303)


def test_many_groups_of_a_chart_are_read_in_moments(root, token):
    begun = time.process_time()
    root.post("/search/build", {"csrf_token": token(root), "do": "show", "GroupBy": "|" * 60_000})
    assert time.process_time() - begun < 3


def test_a_feed_whose_search_takes_too_long_asks_to_come_again(jo, another, token, monkeypatch):
    page = jo.post("/feeds", {"csrf_token": token(jo), "name": "Mine", "query": "id > 0"})

    def late(*_):
        raise took_too_long(10)

    monkeypatch.setattr("rtpy.web.staff.search.feed.dated", late)
    answer = another().get(page.html.select_one("#made-ics")["value"], status=503)
    assert int(answer.headers["Retry-After"]) > 0
