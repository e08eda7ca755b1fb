"""The search page as a chart: the drawing, the numbers with links, the form, saved with the search, nobody else's."""

import re
from html import unescape

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.models import SavedSearch
from rtpy.search.saved import ChartChoice, content_of


@pytest.fixture
def tickets(work, make):
    """Three in General, two of them resolved."""
    made = [make.ticket(f"t{number}", requestor="ann@client.example") for number in range(3)]
    for each in made[:2]:
        change_ticket(work, each, SetStatus("resolved"))
    return made


def links(page):
    """Number and address of each cell of the table."""
    return re.findall(r'<td class="number"><a href="([^"]+)">([^<]+)</a>', page.text)


def test_the_numbers_lead_to_their_tickets_and_stand_in_the_drawing(root, tickets):
    page = root.get("/search?Query=&show=chart")
    found = {number: unescape(url) for url, number in links(page)}
    assert set(found) == {"1", "2"}
    wanted = ["<svg", 'aria-label="resolved: 2"', 'aria-current="page">Chart']
    assert [part for part in wanted if part not in page.text] == []
    behind = root.get(found["2"])
    assert {each for each in ("t0", "t1", "t2") if f">{each}<" in behind.text} == {"t0", "t1"}


PAGES = {
    "GroupBy=Owner&GroupBy=Status": "Tickets by Owner and Status; 3 tickets in all",
    "GroupBy=Created.Daily&Statistic=median&Of=Age": "Median: age of open tickets by Created (days)",
    "GroupBy=Queue&ChartFunction=AVG(Created-Resolved)&ChartStyle=pie%2Btable": "Average: time from created",
    "GroupBy=Requestor": "several values in Requestor",
    "Query=id+%3C+0": "Nothing to draw",
    "GroupBy=Queue&Statistic=sum&Of=&Query=Status!%3D'resolved'": "No ticket that was found has a value",
}
REFUSED = {
    "GroupBy=Foo": "There is no field Foo",
    "GroupBy=Status&ChartFunction=NO(x)": "cannot be measured",
    "Query=Foo+%3D+1": "There is no field Foo",
    "GroupBy=%00%27%22%3Cscript%3E&ChartStyle=%00&ChartFunction=%00": """There is no field '"<script>""",
}


def test_addresses_of_rt_and_of_the_form_are_understood_and_nonsense_is_said(root, tickets):
    for asked, words in PAGES.items():
        assert words in unescape(root.get(f"/search?show=chart&{asked}").text), asked
    for asked, words in REFUSED.items():
        page = root.get(f"/search?show=chart&{asked}", status=422)
        assert words in unescape(page.text), asked
        assert "<script>" not in page.text


def test_a_reader_counts_what_they_may_see(jo, make):
    hidden = make.queue("Hidden", open_to_all=False, granted=False)
    make.ticket("open")
    make.ticket("secret", queue="Hidden")
    page = jo.get("/search?Query=&show=chart&GroupBy=Queue")
    assert ("1 ticket in all" in page.text, hidden.name in page.text) == (True, False)


def test_how_a_search_is_drawn_is_saved_with_it(root, db, tickets):
    address = "/search?Query=&show=chart&GroupBy=Owner&ChartFunction=sum:TimeWorked&ChartStyle=lines"
    form = root.get(address).forms["save"]
    form["name"] = "Work by owner"
    form.submit("do", value="new")
    row = db.query(SavedSearch).filter(SavedSearch.name == "Work by owner").one()
    assert content_of(row.content).chart == ChartChoice(("sum:TimeWorked",), ("Owner",), "lines")
    assert "Sum: time worked by Owner" in root.get(f"/search?saved={row.id}").text
