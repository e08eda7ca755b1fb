"""Words that stand in nearly every page: not all those pages are weighed, and yet everybody finds what they should."""

import pytest

from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge import candidates, searching
from rtpy_portal.knowledge.candidates import weighable
from rtpy_portal.knowledge.query import terms_of
from rtpy_portal.knowledge.searching import search, suggest


def titles(pages):
    return [each.title for each in pages]


@pytest.fixture(autouse=True)
def three_are_many(monkeypatch):
    for module in (candidates, searching):
        monkeypatch.setattr(module, "FREQUENT", 3)


@pytest.fixture
def shelf(page):
    """Six pages that say vpn, one of them in its title, which is neither the first nor the last."""
    for number in range(6):
        page("Set up the VPN" if number == 2 else f"Page {number}", content="<p>Use the vpn.</p>")


def test_counted_is_each_word_for_itself_and_no_further_than_needed(work, page, shelf):
    page("Zebra and tapir")
    page("Tapir")
    terms = terms_of("vpn zebra tapir unicorn ta", {}, is_typing=True)
    pages = {term.phrases[0][0]: count for term, count in weighable(work.db, terms).items()}
    assert pages == {"vpn": 3, "zebra": 1, "tapir": 2, "ta": 2}


@pytest.mark.parametrize("text", ["vpn", "vp"])
def test_of_a_frequent_word_the_pages_where_it_weighs_most_come_first(work, shelf, query_count, text):
    search(work, Reader(), text, 2)
    with query_count() as count:
        found = search(work, Reader(), text, 2)
    assert (found.pages[0].title, len(found.pages), count.total) == ("Set up the VPN", 2, 2)
    assert len(search(work, Reader(), text).pages) == 6


def test_frequent_words_find_the_page_that_has_them_together_where_neither_weighs_much(
    work, page, query_count
):
    page("Two animals", content="<p>A zebra, a tapir.</p>")
    for number in range(4):
        page(f"Zebra {number}")
        page(f"Tapir {number}")
    with query_count() as count:
        found = search(work, Reader(), "zebra tapir")
    assert (titles(found.pages), found.has_all) == (["Two animals"], True)
    assert count.total <= 4  # one reads the synonyms


def test_a_rare_word_decides_among_frequent_ones(work, page, shelf):
    page("Tunnels", content="<p>The vpn and the zebra.</p>")
    assert titles(search(work, Reader(), "vpn zebra").pages) == ["Tunnels"]
    assert titles(suggest(work, Reader(), "My vpn has met a zebra today"))[:1] == ["Tunnels"]


def test_who_reads_few_pages_finds_theirs_and_learns_of_no_others(work, make, page):
    ours = make.organization("Acme")
    page("Everybody's", content="<p>The vpn.</p>")
    page("Ours", content="<p>The vpn.</p>", audience="organizations", organizations=[ours])
    for number in range(5):
        page(f"VPN {number}", audience="staff")
    readers = {"nobody": Reader(), "ours": Reader(frozenset({ours.id}))}
    for ways in (
        lambda reader: search(work, reader, "vpn").pages,
        lambda reader: suggest(work, reader, "vpn"),
    ):
        seen = {who: set(titles(ways(reader))) for who, reader in readers.items()}
        assert seen == {"nobody": {"Everybody's"}, "ours": {"Everybody's", "Ours"}}
    assert len(search(work, Reader(is_staff=True), "vpn").pages) == 7


def test_a_long_text_is_answered_by_its_rarest_words_in_two_questions(
    work, page, shelf, query_count, monkeypatch
):
    monkeypatch.setattr(searching, "MOST_TERMS", 2)
    page("Tapir")
    page("Tapir again")
    page("Toner for the zebra", content="<p>Order it.</p>")
    text = "The vpn and the vpn and page after page by the tapir, but the zebra has no toner"
    suggest(work, Reader(), text)
    with query_count() as count:
        found = suggest(work, Reader(), text)
    assert (titles(found), count.total) == (["Toner for the zebra"], 2)
