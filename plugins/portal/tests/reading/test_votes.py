"""Readers say whether a page helped; each once, and what they said last counts."""

import pytest
from sqlalchemy import select

from rtpy_portal.models import PageVote

pytestmark = pytest.mark.databases("sqlite")  # the queries are tried on both by those that say so


def votes(db):
    db.expire_all()
    return [(each.helped, each.reason, each.said) for each in db.scalars(select(PageVote))]


def forms(browser, url):
    return [each for each in browser.get(url).forms.values() if "/vote/" in each.action]


@pytest.mark.databases("sqlite", "postgresql")
def test_a_browser_votes_once_and_may_change_its_mind(browser, another, db, page):
    url = f"/portal/knowledge/page/{page('VPN').id}/vpn"
    assert "Thank you" in forms(browser, url)[0].submit("helped", value="no").follow().html.main.text
    why = forms(browser, url)[1]
    why["reason"], why["said"] = "old", "The button is gone."
    why.submit()
    assert votes(db) == [(False, "old", "The button is gone.")]
    forms(browser, url)[0].submit("helped", value="yes")
    assert votes(db) == [(True, "", "")]
    forms(another(), url)[0].submit("helped", value="no")
    assert len(votes(db)) == 2


def test_an_account_votes_once_in_all_its_browsers(another, enter, make, db, page):
    url = f"/portal/knowledge/page/{page('VPN').id}/vpn"
    ann = make.customer("ann@client.example", "Ann Example")
    for helped in ("no", "yes"):
        forms(enter(another(), ann), url)[0].submit("helped", value=helped)
    assert votes(db) == [(True, "", "")]


@pytest.mark.parametrize("peer", ["192.0.2.1", "2001:db8:1::{}"])
def test_many_votes_from_one_network_are_not_counted(another, db, page, monkeypatch, peer):
    monkeypatch.setattr("rtpy_portal.web.knowledge.vote.IN_AN_HOUR", 2)
    url = f"/portal/knowledge/page/{page('VPN').id}/vpn"
    for number in range(4):
        forms(another(peer.format(number)), url)[0].submit("helped", value="yes", status=303)
    assert len(votes(db)) == 2


def test_a_vote_on_a_page_for_others_finds_no_page(browser, page, db):
    form = forms(browser, f"/portal/knowledge/page/{page('VPN').id}/vpn")[0]
    form.action = f"/portal/knowledge/vote/{page('Secret', audience='staff').id}"
    form.submit("helped", value="yes", status=404)
    assert votes(db) == []


def test_staff_see_on_a_page_whom_it_helped_and_one_line_of_the_menu_is_theirs(root, another, page):
    number = page("VPN").id
    url = f"/portal/knowledge/page/{number}/vpn"
    about = f"/knowledge/page/{number}"
    assert "nobody has said so yet" in root.get(about).text
    for helped in ("yes", "yes", "no"):
        forms(another(), url)[0].submit("helped", value=helped)
    assert "67 % of 3" in root.get(about).text
    current = root.get("/knowledge/questions").html.select("#rail a[aria-current]")
    assert len(current) == 1
