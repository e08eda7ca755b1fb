"""The articles and the equipment of the sample consultancy: the same each time, and about what there is."""

from datetime import UTC, date, datetime

import pytest

from rtpy.content.sanitize import clean_html
from rtpy.demo.inventory import KINDS, inventory
from rtpy.demo.knowledge import knowledge
from rtpy.demo.people import consultancy

HOUSE, END = consultancy(42), date(2026, 11, 20)
THINGS = inventory(HOUSE, 42, END)
KNOWN = knowledge(datetime(2026, 8, 22, 7, tzinfo=UTC))


def test_the_same_seed_gives_the_same_things_and_another_one_others():
    assert inventory(HOUSE, 42, END) == THINGS != inventory(HOUSE, 43, END)


def test_some_forty_things_of_every_kind_and_client_stand_at_sites_of_their_client():
    sites = {(site.organization, site.name) for site in HOUSE.sites} | {("", "")}
    assert 38 <= len(THINGS) <= 46
    assert {each.kind for each in THINGS} == set(KINDS)
    assert {each.organization for each in THINGS} == {"", *(each.key for each in HOUSE.organizations)}
    assert {(each.organization, each.site) for each in THINGS} <= sites
    assert len({each.serial for each in THINGS}) == len(THINGS)


@pytest.mark.parametrize(
    ("name", "text", "writer", "meant"),
    [
        ("BLM-FS01", "Nothing works on blm-fs01 today", "", True),
        ("BLM-FS01", "BLM-FS011 is another one", "", False),
        ("FortiGate 60F Leipzig", "the FortiGate 60F is down", "", False),
        ("NB-0412", "my laptop is slow", "s.hoyer@belmont-logistics.example", True),
        ("NB-0412", "my laptop is slow", "k.marsh@belmont-logistics.example", False),
        ("NB-0412", "the coffee is cold", "s.hoyer@belmont-logistics.example", False),
    ],
)
def test_a_text_is_about_what_it_names_and_a_laptop_about_its_holder(name, text, writer, meant):
    thing = next(each for each in THINGS if each.name == name)
    assert thing.is_meant(text, writer) is meant


def test_articles_are_by_staff_under_topics_that_there_are_and_lose_nothing_when_stored():
    topics = {name for parent, below in KNOWN.topics for name in (parent, *below)}
    staff = {each.login for each in HOUSE.staff}
    assert len(KNOWN.articles) == 12
    assert list(KNOWN.articles) == sorted(KNOWN.articles, key=lambda each: each.at)
    for article in KNOWN.articles:
        assert article.topics
        assert set(article.topics) <= topics
        assert article.author in staff
        assert len(article.name) <= 200
        assert len(article.summary) <= 255
        assert clean_html(article.content, images=lambda _: None) == article.content
