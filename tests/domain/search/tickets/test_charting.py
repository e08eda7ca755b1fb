"""Charts over the shop: each number is that of the tickets that its query finds, whoever asks."""

from rtpy.search.charting.charted import charted
from rtpy.search.charting.groupings import offered_groupings
from rtpy.search.language.parser import Precedence, parse
from rtpy.search.language.printer import show
from rtpy.search.run import Search, asking_of, count
from rtpy.search.saved import ChartChoice
from tests.domain.search.tickets.shop import BERLIN

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
