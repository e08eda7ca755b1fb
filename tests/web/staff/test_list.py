"""Lists of tickets, queues, the start page and the search box."""

from datetime import timedelta

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.dates import SetDate
from rtpy.changes.ticket.owner import Take
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import plain_message
from rtpy.models import User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def subjects(page, where="#tickets"):
    return [link.text for link in page.html.select(f"{where} [data-open-item]")]


@pytest.fixture
def client(make):
    """The organisation of who writes from client.example."""
    return make.organization("Client Ltd", "client.example")


@pytest.fixture
def three(make, work, clock, client):
    """New and mine, resolved, and Bo's in another queue."""
    mine = make.ticket("Mine")
    change_ticket(work, mine, Take())
    clock.advance(timedelta(minutes=1))
    done = make.ticket("Done")
    change_ticket(work, done, SetStatus("resolved"))
    clock.advance(timedelta(minutes=1))
    make.queue("Network")
    bos = make.ticket("Bo's", queue="Network", requestor="bo@other.example")
    return mine, done, bos


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Bo's", "Mine"]),
        ("?status=all", ["Bo's", "Done", "Mine"]),
        ("?status=inactive", ["Done"]),
        ("?status=resolved", ["Done"]),
        ("?owner=me", ["Mine"]),
        ("?owner=nobody", ["Bo's"]),
        ("?queue=Network", ["Bo's"]),
        ("?requestor=bo@other.example", ["Bo's"]),
        ("?requestor=nobody@nowhere.example", []),
        ("?organization={client}&status=all", ["Done", "Mine"]),
        ("?q=min", ["Mine"]),
        ("?sort=subject&order=asc&status=all", ["Bo's", "Done", "Mine"]),
        ("?sort=subject&order=desc&status=all", ["Mine", "Done", "Bo's"]),
        ("?sort=nonsense&page=0&per_page=7&owner=x", ["Bo's", "Mine"]),
    ],
)
def test_a_list_shows_what_its_address_asks_for(root, three, client, query, expected):
    assert subjects(root.get(f"/tickets{query.format(client=client.id)}")) == expected


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_a_list_is_paged(root, make):
    for number in range(30):
        make.ticket(f"Ticket {number:02}")
    page = root.get("/tickets?per_page=25&sort=subject&order=asc")
    assert len(subjects(page)) == 25
    second = page.click("Next page")
    assert subjects(second) == [f"Ticket {number}" for number in range(25, 30)]
    assert "26–30 of 30" in second.html.select_one(".pager").text


def test_headings_sort_both_ways_and_say_so(root, three):
    page = root.get("/tickets?sort=subject&order=asc")
    heading = page.html.select_one("th[aria-sort=ascending]")
    assert "Subject" in heading.text
    assert "order=desc" in heading.a["href"]


def test_nothing_found_says_so(root):
    assert "No tickets here" in root.get("/tickets")


def test_a_list_shows_only_what_the_reader_may_see(jo, make):
    make.queue("Secret", granted=False)
    make.ticket("Hidden", queue="Secret")
    make.ticket("Open to Jo")
    assert subjects(jo.get("/tickets?status=all")) == ["Open to Jo"]
    assert "Secret" not in jo.get("/queue")


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_queues_count_what_waits_in_them(root, three):
    page = root.get("/queue")
    line = next(row for row in page.html.select("tbody tr") if "Network" in row.text)
    assert [cell.text.strip() for cell in line.select("td.number")][-1] == "1"
    assert subjects(page.click("Network", index=0)) == ["Bo's"]


@pytest.mark.parametrize("query", ["1", "#1", " #1 "])
def test_a_number_in_the_search_box_leads_to_the_ticket(root, three, query):
    assert root.get(
        "/search", {"q": f"{query.strip('# ').replace('1', str(three[0].id))}"}
    ).location.endswith(f"/ticket/{three[0].id}")


def test_a_number_that_one_may_not_see_leads_to_a_list(jo, make):
    make.queue("Secret", granted=False)
    hidden = make.ticket("Hidden", queue="Secret")
    page = jo.get("/search", {"q": str(hidden.id)}).follow()
    assert subjects(page) == []


def test_words_in_the_search_box_lead_to_a_list(root, three):
    page = root.get("/search", {"q": "done"}).follow()
    assert subjects(page) == []
    assert subjects(page.click("Look at closed ones too").follow()) == ["Done"]


@pytest.mark.databases("sqlite", "postgresql")  # words of people in a statement
@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "ä" * 300, "\x00"])
def test_odd_words_break_nothing(root, three, words):
    assert subjects(root.get("/tickets", {"q": words, "status": "all"})) in (
        [],
        ["Bo's", "Done", "Mine"],
        ["Bo's"],
    )


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_home_puts_the_most_urgent_first(root, make, work, clock):
    for subject, due, priority in (
        ("later", timedelta(days=9), 0),
        ("important", None, 75),
        ("overdue", timedelta(hours=-1), 0),
        ("today", timedelta(hours=5), 0),
    ):
        at = clock.now() + due if due is not None else None
        change_ticket(work, make.ticket(subject), Take(), SetDate("Due", at), SetPriority(priority))
    page = root.get("/")
    assert subjects(page, "table") == ["overdue", "today", "important", "later"]
    tiles = [tile.text for tile in page.html.select(".tile")]
    assert tiles == [
        "1of mine overdue",
        "1of mine due within a day",
        "4open tickets of mine",
        "0without an owner",
    ]


def test_an_empty_home_says_what_each_part_is_for(root):
    page = root.get("/")
    for words in (
        "Nothing waits for you",
        "Every ticket has an owner",
        "No tickets yet",
        "No time logged today",
    ):
        assert words in page


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_today_counts_by_my_own_calendar(root, db, make, work, clock):
    user = db.get_one(User, work.actor.user_id)
    user.timezone = "Pacific/Auckland"
    db.flush()
    ticket = make.ticket("Worked on")
    change_ticket(work, ticket, Comment(plain_message("yesterday there"), minutes=30))
    clock.advance(timedelta(hours=3))
    work.now = clock.now()
    change_ticket(work, ticket, AddTime(15))
    page = root.get("/")
    assert "15 min" in page.html.select_one(".topbar .today").text
    assert f"#{ticket.id} Worked on" in page
    clock.set(clock.now() + timedelta(days=1))
    assert "0 min" in root.get("/").html.select_one(".topbar .today").text


@pytest.mark.parametrize(("address", "most"), [("/tickets", 9), ("/queue/1", 9), ("/", 14), ("/queue", 8)])
def test_lists_cost_a_fixed_number_of_queries(jo, make, query_count, address, most):
    make.ticket("one")
    jo.get(address)
    with query_count() as few:
        jo.get(address)
    for number in range(20):
        make.ticket(f"more {number}", requestor=f"c{number}@client.example")
    with query_count() as many:
        jo.get(address)
    assert many.total == few.total
    assert many.total <= most
