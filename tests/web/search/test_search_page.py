"""The search page: box, rows and text say the same; columns, order and saved searches; nonsense gets a sentence."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.status import SetStatus
from rtpy.models import CustomField, CustomFieldPlace, SavedSearch

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def three(make, work):
    """A new one, an open one with high priority in Network, and a resolved one."""
    make.queue("Network")
    first = make.ticket("Printer jam", requestor="ann@client.example")
    second = make.ticket("Router down", queue="Network")
    change_ticket(work, second, SetPriority(90), SetStatus("open"))
    third = make.ticket("Old printer")
    change_ticket(work, third, SetStatus("resolved"))
    return first, second, third


def subjects(page):
    return [link.text for link in page.html.select("#tickets [data-open-item]")]


def found(browser, query, **more):
    return subjects(browser.get("/search", {"Query": query, **more}))


def asked(answer):
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}


def builder(page):
    return page.forms["builder"]


def sent(form, do, **changes):
    for name, value in changes.items():
        form[name] = value
    return form.submit("do", value=do)


# --- query, columns, order ---------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_a_query_finds_its_tickets_in_the_order_that_is_asked_for(root, three):
    assert found(root, "id > 0", OrderBy="Priority", Order="DESC")[0] == "Router down"
    assert found(root, "Queue = 'Network' OR Subject LIKE 'jam'", OrderBy="id") == [
        "Printer jam",
        "Router down",
    ]
    assert found(root, "id > 0", OrderBy="Queue|id", Order="DESC|DESC") == [
        "Router down",
        "Old printer",
        "Printer jam",
    ]


@pytest.mark.parametrize(
    ("query", "sentence", "marked"),
    [
        ("Statu = 'new'", "Did you mean Status", "Statu"),
        ("Status = new", "is read as a field", None),
        ("Status = 'new' AND", "a field such as Status was expected", None),
        ("Created > 'the day of the frog'", "frog", None),
        ("(id = 1", "never closed", "(id"),
    ],
)
def test_what_makes_no_sense_is_pointed_at_and_stays_as_it_was_typed(root, query, sentence, marked):
    page = root.get("/search", {"Query": query}, status=422)
    assert sentence in page.html.select_one("#query-problem").text
    assert page.html.select_one("#query").text.strip() == query
    if marked:
        assert page.html.select_one("#query-problem mark").text == marked


def test_columns_are_chosen_and_unknown_ones_named(root, three):
    page = root.get("/search", {"Query": "id > 0", "Format": "id, '__Subject__/TITLE:What', Queue"})
    assert [each.text.strip() for each in page.html.select("#tickets th")] == [
        "#",
        "What",
        "Queue number",
        "Edit",
    ]
    page = root.get("/search", {"Query": "id > 0", "Format": "id, Colour"})
    assert "Colour" in page.html.select_one(".flash-warn").text
    assert "Subject" in page.html.select_one("#tickets thead").text


def test_the_form_of_columns_keeps_titles_and_links_and_leads_to_the_same_search(root, three):
    form = root.get("/search", {"Query": "id > 0"}).forms["columns"]
    places = form.fields["column"]
    places[2].value = "NEWLINE"
    form.fields["by_field"][0].value = "Subject"
    answer = form.submit()
    said = asked(answer)
    assert (said["Query"], said["OrderBy"], said["Order"]) == ("id > 0", "Subject", "DESC")
    assert "__NEWLINE__" in said["Format"]
    page = answer.follow()
    assert subjects(page) == ["Router down", "Printer jam", "Old printer"]
    assert len(page.html.select("#tickets thead tr")) == 2


def test_a_heading_sorts_and_turns_round(root, three):
    page = root.get("/search", {"Query": "id > 0"}).click("^Subject")
    assert subjects(page) == ["Old printer", "Printer jam", "Router down"]
    assert subjects(page.click("^Subject")) == ["Router down", "Printer jam", "Old printer"]


def test_mixed_and_and_or_are_read_as_rt_does_and_the_page_says_so(root, three):
    query = f"id = {three[0].id} OR id = {three[1].id} AND Status = 'open'"
    page = root.get("/search", {"Query": query})
    assert subjects(page) == []
    assert "As in RT" in page.text
    page = page.click("Read it the other way")
    assert sorted(subjects(page)) == ["Printer jam", "Router down"]


def test_a_day_is_picked_where_a_date_is_compared_and_nowhere_else(root, db):
    def has_calendar(query):
        return bool(root.get("/search", {"Query": query}).html.select(".build-day[type=date]"))

    field = CustomField(name="Until", type="Date", lookup="ticket", max_values=1)
    db.add(field)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
    db.flush()
    assert all(map(has_calendar, ("Created > 'yesterday'", "CF.{Until} = '2026-03-05'", "Due != 'today'")))
    no = ("Due IS NULL", "Created.Month = 3", "Subject = 'x'", "Due < Started", "CF.{Until} LIKE '2026'")
    assert not any(map(has_calendar, no))


# --- the box -----------------------------------------------------------------------------------------------------


def test_words_of_the_box_become_a_query_that_is_shown(root, three):
    answer = root.get("/search", {"q": "printer"})
    assert asked(answer)["Query"].startswith("(Subject LIKE 'printer' OR Content LIKE 'printer')")
    page = answer.follow()
    assert subjects(page) == ["Printer jam"]
    assert page.html.select_one("#search")["value"] == "printer"


def test_ticketsql_may_be_typed_into_the_box(root, three):
    assert subjects(root.get("/search", {"q": "Status = 'resolved'"}).follow()) == ["Old printer"]


def test_bookmarks_are_a_list_of_their_own(root, jo, three, make, token):
    one, _, closed = three
    assert "No bookmarks yet" in jo.get("/bookmarks").text
    for ticket in (one, closed):
        jo.post(f"/ticket/{ticket.id}/bookmark", {"csrf_token": token(jo), "bookmark": "1"})
    page = jo.get("/").click(href="/bookmarks$")
    assert sorted(subjects(page)) == ["Old printer", "Printer jam"]
    assert page.html.select_one("h1").text == "Bookmarks"
    make.revoke("ShowTicket", make.queue())
    assert subjects(jo.get("/bookmarks")) == []
    assert subjects(root.get("/bookmarks")) == []


# --- rows --------------------------------------------------------------------------------------------------------


def test_rows_and_text_say_the_same(root, three):
    page = root.get("/search", {"Query": "Queue = 'Network' AND NOT (Status = 'new' OR Due IS NULL)"})
    form = builder(page)
    assert (form["r.0.field"].value, form["r.0.op"].value, form["r.0.value"].value) == (
        "Queue",
        "=",
        "Network",
    )
    assert form["r.1.join"].value == "not any"
    assert form["r.1.1.op"].value == "IS"
    answer = sent(form, "search", **{"r.0.value": "General"})
    assert asked(answer)["Query"] == "Queue = 'General' AND NOT (Status = 'new' OR Due IS NULL)"


def test_rows_come_and_go_without_a_script(root, three):
    page = sent(builder(root.get("/search", {"Query": "id > 0"})), "add:r")
    form = builder(page)
    form["r.1.field"] = "Subject"
    form["r.1.op"] = "LIKE"
    form["r.1.value"] = "it's"
    page = sent(form, "group:r")
    assert page.html.select_one("#query").text.strip() == (
        "id > 0 AND Subject LIKE 'it\\'s' AND (Status = '__Active__')"
    )
    page = sent(builder(page), "remove:r.1")
    assert page.html.select_one("#query").text.strip() == "id > 0 AND (Status = '__Active__')"


def test_text_becomes_rows(root, token):
    page = root.post("/search/build", {"csrf_token": token(root), "do": "read", "Query": "Owner = 'Nobody'"})
    assert builder(page)["r.0.value"].value == "Nobody"


def test_rows_that_make_no_sense_stay_and_are_explained(root):
    form = builder(root.get("/search", {"Query": "Created > 'yesterday'"}))
    form["r.0.value"] = "the day of the frog"
    page = sent(form, "search").follow(status=422)
    assert "frog" in page.html.select_one("#query-problem").text
    assert builder(page)["r.0.value"].value == "the day of the frog"


# --- saved -------------------------------------------------------------------------------------------------------


def test_a_search_is_saved_changed_pinned_and_deleted(jo, db, three):
    page = jo.get("/search", {"Query": "Status = 'open'", "OrderBy": "id", "Order": "DESC"})
    form = page.forms["save"]
    form["name"] = "What is open"
    page = form.submit("do", value="new").follow()
    assert page.html.h1.text == "What is open"
    row = db.scalar(select(SavedSearch))
    assert row.content == {"query": "Status = 'open'", "order": [["id", "DESC"]]}
    page = jo.get("/search", {"saved": row.id, "Query": "Status = 'new'"})
    assert "(changed)" in page.html.h1.text
    page.forms["save"].submit("do", value="change")
    db.refresh(row)
    assert row.content["query"] == "Status = 'new'"
    page = jo.get("/search/saved")
    page = page.forms[f"saved-{row.id}"].submit("do", value="pin").follow()
    assert "What is open" in page.html.select_one("nav.rail").text
    page = page.forms[f"saved-{row.id}"].submit("do", value="delete").follow()
    assert "No saved searches yet" in page.text
    assert jo.get("/search", {"saved": row.id}, status=404)


def test_a_taken_name_is_said_and_the_search_is_not_lost(jo, three):
    for _ in range(2):
        form = jo.get("/search", {"Query": "id = 1"}).forms["save"]
        form["name"] = "Twice"
        answer = form.submit("do", value="new")
    assert asked(answer)["Query"] == "id = 1"
    assert "already" in answer.follow().text


def test_staff_may_save_for_themselves_only_and_see_what_is_for_everybody(root, jo, db):
    form = root.get("/search", {"Query": "id = 1"}).forms["save"]
    form["name"], form["owner"] = "Of us all", "everybody"
    form.submit("do", value="new")
    page = jo.get("/search/saved")
    assert "Of us all" in page.text
    assert not page.html.select("button[value=delete]")
    options = jo.get("/search", {"Query": "id = 1"}).forms["save"]["owner"].options
    assert [value for value, *_ in options] == ["me"]


def test_a_queue_shows_the_search_that_is_chosen_for_it(root, jo, db, three):
    form = root.get("/search", {"Query": "Subject LIKE 'router'"}).forms["save"]
    form["name"], form["owner"] = "Routers", "everybody"
    form.submit("do", value="new")
    row = db.scalar(select(SavedSearch))
    page = root.get("/search/saved")
    form = page.forms["queue-list"]
    form["queue"], form["id"] = str(three[1].queue_id), str(row.id)
    form.submit("do", value="queue")
    assert subjects(root.get(f"/queue/{three[1].queue_id}").follow()) == ["Router down"]
    assert root.get(f"/queue/{three[0].queue_id}").status_int == 200


# --- board and editing in place ----------------------------------------------------------------------------------


def columns(page):
    return {
        column.h2.find(string=True).strip(): [card.text for card in column.select("[data-open-item]")]
        for column in page.html.select(".board-column")
    }


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_a_board_has_a_column_for_each_status_and_cards_move_by_their_form(root, three, db):
    page = root.get("/search", {"Query": "id > 0", "show": "board"})
    found = columns(page)
    assert (found["new"], found["open"], found["resolved"]) == (
        ["Printer jam"],
        ["Router down"],
        ["Old printer"],
    )
    assert found["stalled"] == []
    form = next(each for each in page.forms.values() if each.action.endswith(f"/ticket/{three[0].id}/modify"))
    form["status"] = "stalled"
    page = form.submit().follow()
    assert columns(page)["stalled"] == ["Printer jam"]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("Owner", {"nobody": 3}),
        ("Queue", {"General": 2, "Network": 1}),
        ("Priority", {"from 90": 1, "from 0": 2}),
        ("Nonsense", {"new": 1, "open": 1, "resolved": 1}),
    ],
)
def test_a_board_can_be_laid_out_by_other_things(root, three, by, expected):
    found = columns(root.get("/search", {"Query": "id > 0", "show": "board", "by": by}))
    assert {name: len(cards) for name, cards in found.items() if cards} == expected


def test_a_row_is_edited_in_place(root, three, db):
    page = root.get("/search", {"Query": "id > 0", "OrderBy": "id"}).click(href=f"edit={three[0].id}")
    form = next(each for each in page.forms.values() if each.action.endswith(f"/ticket/{three[0].id}/modify"))
    form["status"], form["priority"], form["due"] = "open", "33", "2026-03-09T17:30"
    page = form.submit().follow()
    assert page.request.path == "/search"
    assert "autofocus" not in page.text
    db.refresh(three[0])
    assert (three[0].status, three[0].priority) == ("open", 33)
    assert three[0].due.isoformat() == "2026-03-09T17:30:00+00:00"


def test_a_row_that_was_not_found_is_not_edited(root, three, make):
    page = root.get("/search", {"Query": f"id = {three[0].id}", "edit": three[1].id})
    assert "Cancel" not in page.text


# --- bounds ------------------------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite", "postgresql")  # nonsense of people in a statement
@pytest.mark.parametrize(
    "parameters",
    [
        {"Query": "x" * 70000},
        {"Query": "\x00"},
        {"Query": "(" * 60},
        {"Query": "id > 0", "Page": "99999999999"},
        {"Query": "id > 0", "Rows": "0"},
        {"Query": "id > 0", "OrderBy": "'; DROP", "Order": "x|y"},
        {"Query": "id > 0", "OrderBy": "Nonsense"},
        {"Query": "id > 0", "Format": "'" * 50},
        {"Query": "id > 0", "Precedence": "?", "show": "?", "by": "?"},
        {"q": "'\"(%_\\"},
        {"q": "x" * 5000},
        {"saved": "99"},
        {"saved": "x" * 50},
    ],
)
def test_nonsense_is_answered(root, parameters):
    assert root.get("/search", parameters, expect_errors=True).status_int in (200, 302, 404, 422)
