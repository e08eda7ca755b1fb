"""Charts over the shop: each number is that of the tickets that its query finds, whoever asks."""

import re
import statistics

import pytest
from sqlalchemy import event

from rtpy.search.charting.charted import charted
from rtpy.search.charting.groupings import offered_groupings
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.printer import show
from rtpy.search.run import Search, asking_of, count
from rtpy.search.saved import ChartChoice
from tests.domain.search.tickets.shop import ACTIVE, BERLIN, LIFECYCLE, NOW, is_found

ALL_PARTS = ("Created", "Due", "People")
SEARCHES = ("", "Status = '__Active__' OR Owner = 'jo'")
PEOPLE_KEYS = (
    "Requestor.EmailAddress",
    "Owner.City",
    "Creator.RealName",
    "Cc.City",
    "LastUpdatedBy.Organization",
)


def chart(shop, *group_by, who="root", query="", measures=("count",)):
    return charted(shop.work(who), shop.search(query), ChartChoice(measures, group_by))


def wrong_cells(shop, found, who):
    """The cells whose query, written and read again, finds another number of tickets than they say.

    Of many cells some of those with tickets, some without, and the last ones.
    """
    cells = [(group.label, cell) for group, row in zip(found.first, found.cells, strict=True) for cell in row]
    full, empty = [each for each in cells if each[1].count], [each for each in cells if not each[1].count]
    wrong = []
    for label, cell in [*full[:4], *full[4:][-3:], *empty[:1]]:
        text = show(cell.node)
        number = count(shop.work(who), Search(node=parse(text, precedence=Precedence.RT).node, zone=BERLIN))
        if number != cell.count:
            wrong.append((label, cell.count, number, text))
    return wrong


def all_groupings(shop):
    offered = offered_groupings(asking_of(shop.work(), shop.search("")))
    names = [name for heading, names in offered for name in names if "." not in name or heading in ALL_PARTS]
    return [
        *names,
        *PEOPLE_KEYS,
        "Starts.Monthly",
        "Started.Quarterly",
        "Told.Weekly",
        "LastUpdated.DayOfWeek",
    ]


def test_each_number_is_that_of_the_tickets_behind_it(shop):
    groupings = all_groupings(shop)
    assert len(groupings) > 50
    wrong = {}
    for at, name in enumerate(groupings):
        query, who = SEARCHES[at % 2], ("root", "jo")[at // 2 % 2]
        found = chart(shop, name, who=who, query=query)
        bad = wrong_cells(shop, found, who)
        if bad:
            wrong[name, who] = bad
        if not found.is_many and sum(cell.count for row in found.cells for cell in row) != found.total:
            wrong[name, who, "total"] = found.total
    assert wrong == {}


def numbers(found):
    """Labels with the values of the one measure."""
    return {group.label: row[0].values[0] for group, row in zip(found.first, found.cells, strict=True)}


def test_two_groupings_meet_and_each_number_has_its_query(shop):
    wrong = {}
    for pair in (
        ("Queue", "Status"),
        ("Created.Monthly", "Priority"),
        ("Requestor", "AdminCc"),
        ("Due.Daily", "Cc"),
    ):
        found = chart(shop, *pair, who="jo")
        if bad := wrong_cells(shop, found, "jo"):
            wrong[pair] = bad
    assert wrong == {}


def test_what_does_not_fit_stands_together_and_is_found_together(shop, monkeypatch):
    monkeypatch.setattr("rtpy.search.charting.charted.MOST_FIRST", 3)
    monkeypatch.setattr("rtpy.search.charting.charted.MOST_SECOND", 2)
    wrong = {}
    many = ("Requestor", "AdminCc", "CustomRole.{Account manager}", "Requestor.City")
    for name in (
        *many,
        "Status",
        "Owner",
        "SLA",
        "Priority",
        "Site",
        "TimeWorked",
        "Created.Daily",
        "Due.Hourly",
    ):
        found = chart(shop, name, "Queue")
        if bad := wrong_cells(shop, found, "root"):
            wrong[name] = bad
        if len([each for each in found.first if each.label != "(others)" and not each.is_nothing]) > 3:
            wrong[name, "labels"] = [each.label for each in found.first]
        if name not in many and sum(cell.count for row in found.cells for cell in row) != found.total:
            wrong[name, "total"] = found.total
        if not any("together as others" in note for note in found.notes):
            wrong[name, "notes"] = found.notes
    assert wrong == {}


def test_days_weeks_and_hours_are_those_of_the_reader_without_gaps(shop):
    months = {}
    for each in filter(is_found, shop.tickets):
        local = each.created.astimezone(BERLIN)
        months[local.strftime("%b %Y")] = months.get(local.strftime("%b %Y"), 0) + 1
    found = numbers(chart(shop, "Created.Monthly"))
    assert {label: number for label, number in found.items() if number} == months
    days = numbers(chart(shop, "Created.Daily", query="Created >= '2026-02-20' AND Created < '2026-03-05'"))
    assert list(days) == [f"2026-02-{day}" for day in range(days_from(days), 29)] + [
        f"2026-03-0{day}" for day in range(1, 5)
    ]
    edge = "Subject = 'Edge of the day'"  # half past eleven in Greenwich on the last of February
    labels = {
        "Created.Hourly": "2026-03-01 00:00",
        "Created.Daily": "2026-03-01",
        "Created.Weekly": "2026-W09",
        "Created.Monthly": "Mar 2026",
        "Created.Quarterly": "Q1 2026",
        "Created.Annually": "2026",
        "Created.DayOfWeek": "Sunday",
        "CreatedHour": "00:00",
    }
    said = {
        name: [label for label, number in numbers(chart(shop, name, query=edge)).items() if number]
        for name in labels
    }
    assert said == {name: [label] for name, label in labels.items()}
    assert list(numbers(chart(shop, "Created.DayOfWeek")))[:2] == ["Monday", "Tuesday"]


def days_from(days):
    """The day of the month with which labels begin."""
    return int(next(iter(days)).rpartition("-")[2])


MEASURED = {
    "sum:TimeWorked": lambda tickets: sum(each.worked for each in tickets),
    "AVG(TimeEstimated)": lambda tickets: round(statistics.mean(each.estimated for each in tickets), 6),
    "median:Created-LastUpdated": lambda tickets: statistics.median(seconds(each) for each in tickets),
    "p90:Created-LastUpdated": lambda tickets: sorted(seconds(each) for each in tickets)[
        -(-9 * len(tickets) // 10) - 1
    ],
    "MIN(Created-LastUpdated)": lambda tickets: min(seconds(each) for each in tickets),
    "max:TimeLeft": lambda tickets: max(each.left for each in tickets),
    "average:Created-Started": lambda tickets: mean_or_none(
        [(each.started - each.created).total_seconds() for each in tickets if each.started]
    ),
    "max:Age": lambda tickets: max(
        (
            (NOW - each.created).total_seconds()
            for each in tickets
            if each.status in ACTIVE[LIFECYCLE[each.queue]]
        ),
        default=None,
    ),
    "median:Created-FirstAnswer": lambda tickets: median_or_none(
        [(first - each.created).total_seconds() for each in tickets if (first := first_answer(each))]
    ),
}


def seconds(each):
    """From its creation to its last change."""
    return (each.updated - each.created).total_seconds()


def mean_or_none(values):
    """The mean, if there is any value."""
    return round(statistics.mean(values), 6) if values else None


def median_or_none(values):
    """The median, if there is any value."""
    return statistics.median(values) if values else None


def first_answer(each):
    """When staff first replied who had not asked themselves."""
    staff = {"jo", "kim", "max", "root"} - set(each.requestors)
    return min((at for who, kind, at in each.history if kind == "Correspond" and who in staff), default=None)


@pytest.mark.parametrize("measure", MEASURED)
def test_what_is_measured_is_what_the_records_say(shop, measure):
    expected = {
        queue: MEASURED[measure]([each for each in shop.tickets if is_found(each) and each.queue == queue])
        for queue in LIFECYCLE
    }
    assert numbers(chart(shop, "Queue", measures=(measure,))) == expected


def test_a_reader_measures_what_they_may_see_by_the_queues_that_their_tickets_tell_of(shop):
    found = chart(shop, "Queue", who="ann")
    mine = shop.expect(lambda _: True, "ann")
    queues = {each.queue for each in shop.tickets if is_found(each) and each.key in mine}
    assert {group.label for group in found.first} == queues
    assert found.total == len(mine)
    assert wrong_cells(shop, found, "ann") == []


REFUSED = {
    "nonsense": ("There is no field", "count"),
    "Subject": ("Nothing can be grouped by Subject", "count"),
    "Created.Sometimes": ("behind Created goes one of", "count"),
    "Requestor.Password": ("goes one of", "count"),
    "CustomRole.{None}": ("There is no custom role", "count"),
    "CF.{None}": ("There is no custom field", "count"),
    "": ("Choose one or two fields", "count"),
    "Queue": ("cannot be measured", "sum:Subject"),
    "Status": ("cannot be measured", "drop(tickets)"),
}


def test_what_makes_no_sense_is_refused_with_a_sentence(shop):
    for name, (sentence, measure) in REFUSED.items():
        with pytest.raises(CannotSearch, match=re.escape(sentence)):
            chart(shop, name, measures=(measure,))


STATEMENTS = {
    ("Status",): (("count",), 2),
    ("Owner",): (("count",), 3),
    ("Created.Monthly",): (("count",), 3),
    ("Queue", "Requestor"): (("count",), 3),
    ("Status", "Owner"): (("sum:TimeWorked", "average:Age", "median:TimeWorked", "p90:TimeWorked"), 6),
}
"""With the one that counts all tickets, without the look at what is remembered, which comes once a second."""


def test_a_chart_takes_a_handful_of_statements_however_many_groups(shop):
    work = shop.work()
    charted(work, shop.search(""), ChartChoice(("count",), ("Queue", "Owner")))  # what is remembered is read
    said = {}
    asked: list[str] = []
    event.listen(shop.db.connection(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    for groups, (measures, _) in STATEMENTS.items():
        asked.clear()
        charted(work, shop.search(""), ChartChoice(measures, groups))
        said[groups] = len(
            [each for each in asked if each.startswith("SELECT") and "configurations" not in each]
        )
    assert said == {groups: number for groups, (_, number) in STATEMENTS.items()}
