"""Narrowing a search down: the counts beside a result, their links, and nobody counts what they may not see."""

import re
from html import unescape

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus


@pytest.fixture
def tickets(work, make):
    """Three in General, two of them resolved, and one in Sales; of two people."""
    make.queue("Sales")
    made = [make.ticket(f"t{number}", requestor="ann@client.example") for number in range(3)]
    for each in made[:2]:
        change_ticket(work, each, SetStatus("resolved"))
    return [*made, make.ticket("t3", queue="Sales", requestor="bob@client.example")]


def facets(page):
    """Of each heading the labels with number and address."""
    found = {}
    card = page.text.partition('aria-label="Narrow down"')[2].partition("</section>")[0]
    for block in card.split("<h2>")[1:]:
        links = re.findall(r'<a href="([^"]+)">([^<]+)</a><span class="count">(\d+)<', block)
        found[block.partition("</h2>")[0]] = {
            unescape(label): (int(number), unescape(url)) for url, label, number in links
        }
    return found


def subjects(page):
    return {each for each in ("t0", "t1", "t2", "t3") if f">{each}<" in page.text}


def test_counts_are_made_when_they_are_asked_for(root, tickets):
    page = root.get("/search?Query=id>0")
    assert "Narrow down</a>" in page.text
    assert facets(page) == {}
    found = facets(page.click("Narrow down"))
    assert {label: number for label, (number, _) in found["Status"].items()} == {"resolved": 2, "new": 2}
    assert {label: number for label, (number, _) in found["Queue"].items()} == {"General": 3, "Sales": 1}
    assert "Owner" not in found  # all of them are nobody's


def test_a_number_leads_to_just_these_tickets_and_on(root, tickets):
    query = "/search?Query=Subject LIKE 't' OR Priority > 90&Precedence=sql&narrow=1"
    done = root.get(facets(root.get(query))["Status"]["resolved"][1])
    assert subjects(done) == {"t0", "t1"}
    sales = root.get(facets(root.get(query))["Queue"]["Sales"][1])
    assert (subjects(sales), facets(sales)) == ({"t3"}, {})


def test_a_reader_counts_what_they_may_see(jo, make, tickets):
    make.queue("Hidden", open_to_all=False, granted=False)
    make.ticket("secret", queue="Hidden")
    found = facets(jo.get("/search?Query=id>0&narrow=1"))
    assert {label: number for label, (number, _) in found["Status"].items()} == {"resolved": 2, "new": 2}
    assert "Hidden" not in found["Queue"]


def test_nothing_to_narrow_is_said_or_not_offered(root, make):
    make.ticket("one")
    assert "Narrow down" not in root.get("/search?Query=id>0").text
    make.ticket("two")
    page = root.get("/search?Query=id>0&narrow=1")
    assert "All of them are alike" in page.text
    assert "Narrow down" not in root.get("/search?Query=id>0&Class=assets").text
