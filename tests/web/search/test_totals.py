"""Pages of a result, how many there are in all, and what that costs."""

import pytest

from rtpy.web.staff.search import results

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def subjects(page):
    return [link.text for link in page.html.select("#tickets [data-open-item]")]


@pytest.mark.databases("sqlite", "postgresql")  # a statement of the page's own
def test_pages_and_the_exact_total(root, make):
    for number in range(30):
        make.ticket(f"Number {number:02}")
    page = root.get("/search", {"Query": "Subject LIKE 'Number'", "Rows": "25", "OrderBy": "Subject"})
    assert "1–25 of 30" in page.html.select_one(".pager").text
    assert subjects(page.click(href="Page=2", index=0))[0] == "Number 25"


def test_of_very_many_only_some_are_counted_until_one_asks_for_all(root, make, monkeypatch):
    monkeypatch.setattr(results, "COUNTED", 60)
    for number in range(62):
        make.ticket(f"Number {number:02}")
    asked_for = {"Query": "Subject LIKE 'Number'", "Rows": "25", "OrderBy": "Subject"}
    page = root.get("/search", asked_for)
    assert "1–25 of more than 60" in page.html.select_one(".pager").text
    assert "Change all in one step" in page.text
    last = page.click(href="Page=2", index=0).click(href="Page=3", index=0)
    assert "51–62 of more than 60" in last.html.select_one(".pager").text
    assert not last.html.select("[rel=next]")
    counted = page.click("Count them all")
    assert "1–25 of 62" in counted.html.select_one(".pager").text
    assert "51–62 of 62" in counted.click(href="Page=3", index=0).html.select_one(".pager").text


def test_the_number_of_queries_does_not_grow_with_the_rows(root, make, query_count):
    make.ticket("One")
    url = "/search?Query=id > 0&Format=id, Subject, Requestors, Owner, QueueName, Organization, DependsOn"
    root.get(url)
    with query_count() as few:
        root.get(url)
    for number in range(20):
        make.ticket(f"Another {number}", requestor=f"a{number}@client.example")
    with query_count() as many:
        root.get(url)
    assert many.total <= few.total + 1  # the count, asked for only when a page is not all
