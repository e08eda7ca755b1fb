"""Files of events are read as days on which nobody works, whatever made them, and whatever is wrong with them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.calendar_feeds.events import LARGEST, read_events

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def file_of(*events, title=""):
    """A file with these events, each a text of lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    lines += [f"X-WR-CALNAME:{title}"] if title else []
    for number, event in enumerate(events):
        uid = [] if "UID:" in event else [f"UID:{number}@example"]
        lines += ["BEGIN:VEVENT", *uid, *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events, zone="Europe/Berlin", first=FIRST, last=LAST):
    found = read_events(file_of(*events), zone, first, last)
    return {
        str(day): (closing.name, [(span.start, span.end) for span in closing.spans])
        for day, closing in found.days.items()
    }, found.unread


ALL_DAY = [(0, 1440)]
DAY = "DTSTART;VALUE=DATE:"


@pytest.mark.parametrize(
    ("event", "days"),
    [
        (f"{DAY}20261225\nDTEND;VALUE=DATE:20261227", ["2026-12-25", "2026-12-26"]),
        (f"{DAY}20261225", ["2026-12-25"]),
        (f"{DAY}20261225\nDURATION:P1W", [f"2026-12-{day}" for day in range(25, 32)]),
        (f"{DAY}20201224\nRRULE:FREQ=YEARLY", ["2026-12-24", "2027-12-24", "2028-12-24"]),
        (f"{DAY}20201224\nRRULE:FREQ=YEARLY;COUNT=7", ["2026-12-24"]),
        (f"{DAY}20201224\nRRULE:FREQ=YEARLY;UNTIL=20271224", ["2026-12-24", "2027-12-24"]),
        (f"{DAY}20201224\nRRULE:FREQ=YEARLY;INTERVAL=3", ["2026-12-24"]),
        (
            f"{DAY}20200531\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
            ["2026-05-25", "2027-05-31", "2028-05-29"],
        ),
        (
            f"{DAY}20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4",
            ["2026-11-26", "2027-11-25", "2028-11-23"],
        ),
        (f"{DAY}20261224\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271224", ["2026-12-24", "2028-12-24"]),
        (f"{DAY}20261224\nRDATE;VALUE=DATE:20270105,20270106", ["2026-12-24", "2027-01-05", "2027-01-06"]),
        (f"{DAY}20261225\nSTATUS:CANCELLED", []),
        (f"{DAY}20261225\nTRANSP:TRANSPARENT", ["2026-12-25"]),
        (f"{DAY}20250101", []),
        ("SUMMARY:Never", []),
        (f"{DAY}2026", []),
        (f"{DAY}20261225\nDTEND;VALUE=DATE:20261201", []),
    ],
)
def test_days_are_closed(event, days):
    assert read(event) == (dict.fromkeys(days, ("", ALL_DAY)), 0)


@pytest.mark.parametrize(
    ("zone", "event", "found"),
    [
        (
            "Europe/Berlin",
            "DTSTART:20260706T110000Z\nDTEND:20260706T153030Z",
            {"2026-07-06": [(13 * 60, 17 * 60 + 31)]},
        ),
        (
            "Europe/Berlin",
            "DTSTART;TZID=America/New_York:20260706T170000\nDTEND;TZID=America/New_York:20260706T200000",
            {"2026-07-06": [(1380, 1440)], "2026-07-07": [(0, 120)]},
        ),
        (
            "Asia/Kathmandu",
            "DTSTART:20260706T080000\nDURATION:PT1H30M\nRRULE:FREQ=WEEKLY;COUNT=2",
            {"2026-07-06": [(480, 570)], "2026-07-13": [(480, 570)]},
        ),
    ],
)
def test_hours_are_closed_by_the_clock_of_the_zone(zone, event, found):
    assert read(event, zone=zone)[0] == {day: ("", spans) for day, spans in found.items()}


def test_an_occurrence_that_was_moved_is_not_there_twice():
    every = f"UID:a\n{DAY}20260105\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = f"UID:a\n{DAY}20260113\nRECURRENCE-ID;VALUE=DATE:20260112\nSUMMARY:Moved"
    days, _ = read(every, moved)
    assert days == {
        "2026-01-05": ("", ALL_DAY),
        "2026-01-13": ("Moved", ALL_DAY),
        "2026-01-19": ("", ALL_DAY),
    }


def test_events_of_one_day_are_put_together():
    days, _ = read(
        "SUMMARY:Outing\nDTSTART:20260706T100000\nDTEND:20260706T120000",
        "SUMMARY:Dinner\\, late\nDTSTART:20260706T110000\nDTEND:20260706T230000\nBEGIN:VALARM\nSUMMARY:x\nEND:VALARM",
    )
    assert days == {"2026-07-06": ("Outing, Dinner, late", [(600, 1380)])}
    assert read_events(file_of(title="Days off"), "UTC", FIRST, LAST).name == "Days off"


@pytest.mark.parametrize(
    "rule",
    [
        *("FREQ=SECONDLY", "FREQ=YEARLY;BYYEARDAY=100", "FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=MO"),
        *("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=5,6", "BYDAY=MO", "FREQ=DAILY;BYMONTH=2"),
        *(
            "FREQ=YEARLY;INTERVAL=0",
            "FREQ=YEARLY;COUNT=x",
            "FREQ=YEARLY;UNTIL=99999999",
            "FREQ=WEEKLY;BYDAY=XX",
        ),
        *(
            "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO,2TU",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        ),
    ],
)
def test_an_event_with_a_rule_beyond_us_closes_its_first_day_and_is_counted(rule):
    assert read(f"{DAY}20260331\nRRULE:{rule}") == ({"2026-03-31": ("", ALL_DAY)}, 1)


@pytest.mark.parametrize("moment", ["00010101T000000", "00010101T000000Z", "99991231T235900Z"])
def test_an_event_of_no_time_of_ours_is_left_out_and_the_others_count(moment):
    days, unread = read(f"DTSTART:{moment}", f"{DAY}20260331")
    assert (days, unread) == ({"2026-03-31": ("", ALL_DAY)}, 0)


MANY = [f"{DAY}19500101\nRRULE:FREQ=DAILY"] * 40


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "BEGIN:VCALENDAR"),
        (b"<html>Log in</html>", "BEGIN:VCALENDAR"),
        (b"\x00" * (LARGEST + 1), "megabyte"),
        (file_of(*[f"{DAY}20261225"] * 3001), "3000 events"),
        (file_of(*MANY), "too often"),
        (file_of(f"{DAY}19010101\nDTEND:19020101\nRRULE:FREQ=DAILY"), "too often"),  # a year long, every day
    ],
)
def test_what_is_no_file_of_holidays_is_refused_with_a_sentence(data, said):
    with pytest.raises(ValueError, match=said):
        read_events(data, "UTC", FIRST, LAST)


LINES = st.sampled_from(
    [
        *(
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VALARM",
            "END:VALARM",
            f"{DAY}20260331",
            "DTSTART:20260331T010203Z",
        ),
        *("DTEND:99991231T000000Z", "DTSTART:00010101T000000", "DURATION:P999W", "DURATION:P99999999W"),
        *("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "RRULE:FREQ=DAILY;INTERVAL=9999", "RRULE:", "UID:a"),
        *("EXDATE:20260331,x", "RDATE;VALUE=PERIOD:20260401T000000Z/PT1H", "RECURRENCE-ID:20260331T000000Z"),
        *("SUMMARY:\\n\\,\\", "STATUS:", "DTSTART;TZID=Nowhere:20260331T030000", " folded", "\x00\ud7ff:;="),
    ]
)


@given(st.lists(LINES, max_size=25))
def test_nothing_in_a_file_breaks_the_reading(lines):
    data = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines]).encode()
    found = read_events(data, "Pacific/Apia", FIRST, LAST)
    assert all(FIRST <= day <= LAST and closing.spans for day, closing in found.days.items())
