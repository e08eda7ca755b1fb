"""Staff read what was looked for in vain and what helped least; nobody's reading is followed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy_portal.knowledge.statistics import least_helpful, note_search, searches_made, without_result
from rtpy_portal.models import PageVote, Searched


def test_searches_are_counted_by_day_and_told_when_they_find_nothing(work):
    today = work.now.date()
    for words, found in (
        ("Zebra ", 0),
        ("zebra", 0),
        ("ZÉBRA", 0),
        ("vpn", 3),
        ("printer", 0),
        ("printer", 2),
        (" ", 0),
    ):
        note_search(work, words, found)
    assert [(each.words, each.times) for each in without_result(work.db, today)] == [("zebra", 3)]
    assert searches_made(work.db, today) == (6, 3)
    assert {column.name for column in Searched.__table__.c} == {"day", "words", "times", "found"}


def test_old_searches_are_forgotten(work):
    work.db.add(Searched(day=work.now.date() - timedelta(days=500), words="old", times=1, found=0))
    work.db.flush()
    note_search(work, "new", 0)
    assert work.db.scalars(select(Searched.words)).all() == ["new"]


def test_pages_that_helped_the_smallest_part_come_first(work, page):
    good, bad = page("Good"), page("Bad")
    for row, helped, times in ((good, True, 9), (good, False, 1), (bad, True, 1), (bad, False, 3)):
        for number in range(times):
            browser = f"{row.id}{helped}{number}".ljust(64, "0")
            words = {
                "reason": "" if helped else "old",
                "said": f"no {number}" if not helped and number < 2 else "",
            }
            work.db.add(
                PageVote(page_id=row.id, browser_hash=browser, helped=helped, voted=work.now, **words)
            )
    work.db.flush()
    found = [(each.title, each.tally.share, each.reasons) for each in least_helpful(work.db)]
    assert found == [("Bad", 25, (("old", 3),)), ("Good", 90, (("old", 1),))]


def test_a_search_by_the_form_is_counted_and_that_of_an_address_or_of_staff_is_not(
    browser, another, enter, make, db, page
):
    page("VPN")
    form = next(each for each in browser.get("/portal/knowledge").forms.values() if "q" in each.fields)
    form["q"] = "zebra"
    shown = form.submit().follow()
    assert "Nothing was found" in shown.html.main.text
    browser.get("/portal/knowledge?q=lion")
    staff = enter(another(), make.staff("jo"))
    form = next(each for each in staff.get("/portal/knowledge").forms.values() if "q" in each.fields)
    form["q"] = "tiger"
    form.submit(status=303)
    assert db.scalars(select(Searched.words)).all() == ["zebra"]


@pytest.mark.databases("sqlite")  # the queries are tried on both above
def test_the_report_and_synonyms_are_pages_for_writers(root, work, page, query_count):
    page("VPN")
    note_search(work, "tunnel", 0)
    work.db.flush()
    root.get("/knowledge/report")
    with query_count() as count:
        shown = root.get("/knowledge/report")
    assert "tunnel" in shown.html.main.text
    assert count.total <= 14, count.statements
    form = next(each for each in root.get("/knowledge/synonyms").forms.values() if "synonyms" in each.fields)
    form["synonyms"] = "vpn"
    assert "write lines like" in form.submit(status=422).text
    form["synonyms"] = "vpn = tunnel"
    form.submit(status=303)
    assert "VPN" in root.get("/portal/knowledge?q=tunnel").html.main.text
