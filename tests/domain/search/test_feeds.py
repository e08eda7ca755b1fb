"""Feeds: calendars by RFC 5545, news by RSS 2.0, and the keys that open them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.changes.feed_keys import (
    MOST,
    feed_keys_of,
    find_feed,
    make_feed_key,
    note_feed_used,
    revoke_feed_key,
)
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.dates import SetDate
from rtpy.errors import Invalid, NotFound, Refused
from rtpy.models import ConfigChange, FeedKey, Principal
from rtpy.rights.names import Right
from rtpy.search.language.parser import parse
from rtpy.search.out.calendar import escape, fold, write_calendar
from rtpy.search.out.entries import FeedEntry, dated, newest
from rtpy.search.out.news import write_news
from rtpy.testing.fixtures import START

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


def entry(**changed):
    values = {
        "id": 7,
        "url": "https://desk.example/ticket/7",
        "subject": "Printer; on, fire",
        "status": "open",
        "queue": "General",
        "owner": "Jo",
        "creator": "Ann & Co <ann>",
        "description": "",
        "created": START,
        "last_updated": START,
        "starts": None,
        "due": None,
    }
    return FeedEntry(**{**values, **changed})


def unfold(data):
    return data.decode().replace("\r\n ", "").split("\r\n")


# --- calendars ---


def test_a_calendar_has_an_event_for_each_date():
    made = write_calendar(
        "Mine",
        [entry(starts=START, due=datetime(2026, 7, 1, 22, tzinfo=UTC)), entry(id=8)],
        site="desk.example",
        zone=BERLIN,
    )
    lines = unfold(made)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert [line for line in lines if line.startswith(("UID", "DTSTART", "DTEND", "SUMMARY", "URL"))] == [
        "UID:ticket-7-starts@desk.example",
        "DTSTART:20260302T090000Z",
        "SUMMARY:Starts: #7 Printer\\; on\\, fire",
        "URL:https://desk.example/ticket/7",
        "UID:ticket-7-due@desk.example",
        "DTSTART;VALUE=DATE:20260702",
        "DTEND;VALUE=DATE:20260703",
        "SUMMARY:Due: #7 Printer\\; on\\, fire",
        "URL:https://desk.example/ticket/7",
    ]


@given(st.text())
def test_any_line_is_folded_at_75_octets_and_no_letter_is_cut(text):
    line = f"SUMMARY:{escape(text)}"
    folded = fold(line)
    assert all(len(piece) <= 75 for piece in folded.split(b"\r\n"))
    assert unfold(folded) == [line, ""]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("a\r\nb\nc", "a\\nb\\nc"),
        ("a\nEND:VEVENT\nb", "a\\nEND:VEVENT\\nb"),
        ("\x00\x07a\tb", "a b"),
    ],
)
def test_texts_are_escaped(text, written):
    assert escape(text) == written


# --- news ---


def test_news_are_xml_with_what_is_public():
    made = write_news(
        "A < B", [entry(subject="x\x0by", description="More")], url="https://desk.example/search"
    )
    assert made.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>A &lt; B</title>'
        "<link>https://desk.example/search</link><description>Tickets: A &lt; B</description>"
        "<item><title>#7 xy</title><link>https://desk.example/ticket/7</link><guid>https://desk.example/ticket/7</guid>"
        "<dc:creator>Ann &amp; Co &lt;ann&gt;</dc:creator><pubDate>Mon, 02 Mar 2026 09:00:00 +0000</pubDate>"
        "<description>More</description></item></channel></rss>"
    )


def test_a_description_in_news_is_text_though_readers_take_it_for_html():
    made = write_news(
        "News", [entry(description="<img src=x onerror=alert(1)> & more")], url="https://desk.example/"
    )
    item = ElementTree.fromstring(made).find("channel/item/description")
    assert item.text == "&lt;img src=x onerror=alert(1)&gt; &amp; more"


def test_feeds_hold_what_their_reader_may_see(work_of, make, clock):
    make.staff("jo")
    old = make.ticket("Old")
    clock.advance(timedelta(hours=1))
    new, hidden = make.ticket("New"), make.ticket("Hidden", queue="Board")
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    for ticket in (old, hidden):
        change_ticket(make.system, ticket, SetDate("Due", START))
    jo = work_of("jo")
    node = parse("Subject LIKE 'd' OR Subject LIKE 'w'").node
    url = "https://desk.example/{}".format
    assert [each.id for each in newest(jo, node, UTC_ZONE, url)] == [new.id, old.id]
    assert [(each.id, each.url) for each in dated(jo, node, UTC_ZONE, url)] == [(old.id, url(old.id))]
    assert [each.id for each in dated(jo, None, UTC_ZONE, url)] == [old.id]


# --- keys ---


@pytest.fixture
def jo(work_of, make):
    make.staff("jo")
    return work_of("jo")


def test_a_key_is_found_until_it_is_revoked_and_only_its_hash_is_kept(jo, db):
    key, row = make_feed_key(jo, "  My   calendar ", "Owner = 'jo'")
    found = find_feed(db, key, jo.now)
    assert (found.id, found.user_name, found.name, found.query) == (
        row.id,
        "jo",
        "My calendar",
        "Owner = 'jo'",
    )
    assert len(key) >= 43
    assert key not in str(vars(db.get(FeedKey, row.id)))
    revoke_feed_key(jo, row.id)
    db.flush()
    assert find_feed(db, key, jo.now) is None
    assert feed_keys_of(db, jo.actor.user_id) == []
    with pytest.raises(NotFound):
        revoke_feed_key(jo, row.id)
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "feed key").order_by(ConfigChange.id)
    ).all()
    assert [(each.action, each.name) for each in noted] == [
        ("create", "My calendar"),
        ("delete", "My calendar"),
    ]
    assert key not in str([(each.before, each.after) for each in noted])


def test_a_key_of_who_is_disabled_or_no_longer_of_the_staff_is_worth_nothing(jo, work, db, make):
    key, _ = make_feed_key(jo, "Mine", "")
    user = db.get(Principal, jo.actor.user_id)
    user.disabled = True
    db.flush()
    assert find_feed(db, key, jo.now) is None
    user.disabled = False
    db.flush()
    assert find_feed(db, key, jo.now) is not None


@pytest.mark.parametrize("key", ["", "x", "ä" * 43, "\ud800", "x" * 5000])
def test_a_senseless_key_is_not_found(db, key):
    assert find_feed(db, key, START) is None


def test_nobody_revokes_what_is_anothers(jo, work):
    _, row = make_feed_key(jo, "Mine", "")
    with pytest.raises(NotFound):
        revoke_feed_key(work, row.id)


def test_the_last_use_is_kept_once_an_hour(jo, db):
    key, row = make_feed_key(jo, "Mine", "")
    assert find_feed(db, key, jo.now).is_use_due
    note_feed_used(jo, row.id)
    assert not find_feed(db, key, jo.now + timedelta(minutes=59)).is_use_due
    assert find_feed(db, key, jo.now + timedelta(minutes=60)).is_use_due


def test_what_makes_no_feed_is_said(jo):
    for name, query, field in (
        ("", "", "name"),
        ("x" * 101, "", "name"),
        ("a\x00", "", "name"),
        ("a", "x" * 20_001, "query"),
    ):
        with pytest.raises(Invalid) as wrong:
            make_feed_key(jo, name, query)
        assert [each.field for each in wrong.value.problems] == [field]
    for number in range(MOST):
        make_feed_key(jo, f"Feed {number}", "")
    with pytest.raises(Refused, match="50 feeds"):
        make_feed_key(jo, "One more", "")
