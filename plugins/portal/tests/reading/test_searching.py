"""Pages are found by their words, by the beginning of a word, by synonyms; never by who may not read them."""

import pytest

from rtpy.errors import Invalid
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.searching import search, suggest
from rtpy_portal.knowledge.synonyms import save_synonyms, synonym_text


def titles(results):
    return [each.title for each in results.pages]


@pytest.fixture
def shelf(page):
    page("Set up the VPN", "Work from home through the tunnel", "<p>Install the client, then connect.</p>")
    page("Change your password", "", "<p>Passwords are changed each year, also for the <b>VPN</b>.</p>")
    page("Drucker einrichten", "So drucken Sie", "<p>Die Verbindung zum Drucker.</p>", lang="de")
    page("Remote access to machines", "", "<p>For engineers.</p>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("vpn", ["Set up the VPN", "Change your password"]),
        ("how do I change my passwords?", ["Change your password"]),
        ("passwo", ["Change your password"]),
        ("install VPN", ["Set up the VPN"]),
        ("druckers", ["Drucker einrichten"]),
        ("VERBINDUNGEN", ["Drucker einrichten"]),
        ("tunnel", ["Set up the VPN"]),
        ("zebra", []),
        ("", []),
        ("% _ ' \\ \x00", []),
    ],
)
def test_pages_are_found_by_their_words(work, shelf, text, found):
    assert titles(search(work, Reader(), text)) == found


def test_pages_with_some_of_the_words_are_found_when_none_has_all(work, shelf):
    results = search(work, Reader(), "password zebra")
    assert titles(results) == ["Change your password"]
    assert not results.has_all
    assert search(work, Reader(), "vpn install").has_all


def test_synonyms_find_each_other_and_phrases_too(work, shelf):
    save_synonyms(work, "homeoffice = vpn, remote access\n\n  key   =  password ")
    assert {"Set up the VPN", "Remote access to machines"} <= set(
        titles(search(work, Reader(), "homeoffice"))
    )
    assert "Set up the VPN" in titles(search(work, Reader(), "remote access"))
    assert titles(search(work, Reader(), "keys")) == ["Change your password"]
    assert synonym_text(work.db) == "homeoffice = vpn, remote access\nkey = password"


@pytest.mark.parametrize(
    "line", ["vpn", "vpn =", "= , ", "a b c d e f = x", "vpn = vpns", "x = " + "y" * 300]
)
def test_a_line_of_synonyms_that_says_nothing_is_named(work, line):
    with pytest.raises(Invalid) as wrong:
        save_synonyms(work, f"wifi = wlan\n{line}")
    assert line[:10].strip() in str(wrong.value)
    assert synonym_text(work.db) == ""


def test_pages_are_found_only_by_who_may_read_them(work, make, page):
    ours, others = make.organization("Acme"), make.organization("Globex")
    page("Firewall canary", audience="organizations", organizations=[ours])
    page("Firewall for staff canary", audience="staff")
    page("Firewall draft canary", state="draft")
    readers = {
        "nobody": Reader(),
        "ours": Reader(frozenset({ours.id})),
        "others": Reader(frozenset({others.id})),
        "staff": Reader(is_staff=True),
    }
    seen = {who: len(search(work, reader, "firewall canary").pages) for who, reader in readers.items()}
    assert seen == {"nobody": 0, "ours": 1, "others": 0, "staff": 2}
    told = {who: len(suggest(work, reader, "firewall canary")) for who, reader in readers.items()}
    assert told == seen


def test_of_a_page_and_its_translation_one_is_found_in_the_reader_s_language(work, page):
    original = page("Outlook")
    page("Outlook auf Deutsch", lang="de", original=original)
    assert titles(search(work, Reader(lang="de"), "outlook")) == ["Outlook auf Deutsch"]
    assert titles(search(work, Reader(lang="en"), "outlook")) == ["Outlook"]


def test_a_withdrawn_page_is_found_no_longer(work, page):
    from rtpy_portal.knowledge.indexing import index_page

    row = page("Outlook")
    row.published_version = None
    index_page(work.db, row.id)
    assert search(work, Reader(is_staff=True), "outlook").pages == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, since this morning I cannot connect to the VPN from home, please help", ["Set up the VPN"]),
        ("My cat is ill and I will come to the office tomorrow", []),
        ("", []),
    ],
)
def test_a_long_text_brings_up_pages_that_share_its_rare_words(work, shelf, text, found):
    assert [each.title for each in suggest(work, Reader(), text)][: len(found) or None] == found


def test_a_page_without_summary_shows_its_beginning(work, page):
    page("Outlook", content="<p>Open the <b>settings</b>.</p><p>" + "word " * 300 + "</p>")
    (found,) = search(work, Reader(), "outlook").pages
    assert found.summary.startswith("Open the settings. word")
    assert len(found.summary) <= 201


def test_a_search_asks_two_questions(work, shelf, query_count):
    search(work, Reader(), "vpn")
    with query_count() as count:
        search(work, Reader(), "install vpn client")
    assert count.total <= 2
