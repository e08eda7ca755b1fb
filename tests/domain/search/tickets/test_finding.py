"""Around the query: filters that always hold, what readers may know, order, pages, a limit of time."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.tree import Name
from rtpy.search.patience import TookTooLong, patient
from rtpy.search.run import DEEPEST, Order, count, find, find_all
from tests.domain.search.tickets.shop import ACTIVE, CITIES, LIFECYCLE, LOGINS, is_found, may_see


def by(*names):
    """An order by these, `-` before those that are descending."""
    orders = []
    for name in names:
        head, *path = name.removeprefix("-").split(".")
        orders.append(Order(Name(head, tuple(path)), name.startswith("-")))
    return tuple(orders)


# --- filters that always hold ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Subject LIKE 'merged'", set()),
        ("Subject LIKE 'merged' AND EffectiveId > 0", {"merged"}),
        ("Subject LIKE 'reminder'", set()),
        ("Subject LIKE 'reminder' AND Type = 'reminder'", {"reminder"}),
        ("Type IN ('reminder', 'approval')", {"reminder"}),
        ("Type NOT LIKE 'tick'", {"reminder"}),
        ("Subject = 'deleted'", set()),
        ("Subject = 'deleted' AND Status = 'deleted' AND EffectiveId > 0 AND Type = 'ticket'", set()),
    ],
)
def test_merged_and_other_things_are_found_where_the_query_asks_for_them_and_deleted_ones_never(
    shop, query, found
):
    assert set(shop.find(query)) == found


def test_the_effective_number_is_that_of_the_ticket_it_was_merged_into(shop):
    first, merged = shop.names.tickets["t0"], shop.names.tickets["merged"]
    assert set(shop.find(f"EffectiveId = {first}")) == {"t0", "merged"}
    assert set(shop.find(f"EffectiveId IN ({first}, 999999)")) == {"t0", "merged"}
    assert "merged" not in shop.find(f"EffectiveId != {first}")
    assert shop.find(f"EffectiveId = {merged}") == []
    assert shop.find(f"id = {merged}") == []


def test_tickets_are_found_by_their_numbers(shop):
    numbers = shop.names.tickets
    assert shop.find(f"id = {numbers['t3']}") == ["t3"]
    assert shop.find(f"id = {numbers['t3']} OR id = {numbers['t5']}") == ["t3", "t5"]
    assert shop.find(f"id IN ({numbers['t5']}, '{numbers['t3']}')") == ["t3", "t5"]
    assert shop.find(f"id > {numbers['t33']} AND id <= {numbers['t35']}") == ["t34", "t35"]
    assert "t3" not in shop.find(f"id != {numbers['t3']}")
    digits = str(numbers["t3"])[:1]
    expected = {each.key for each in shop.tickets if is_found(each) and str(each.id).startswith(digits)}
    assert set(shop.find(f"id STARTSWITH '{digits}'")) == expected


def test_people_groups_and_queues_are_found_by_their_numbers(shop):
    people, queues = shop.names.people, shop.names.queues
    for query, fits in {
        f"Owner = {people['jo']}": lambda t: t.owner == "jo",
        f"Owner = '{people['jo']}'": lambda t: t.owner == "jo",
        f"Owner.id != {people['jo']}": lambda t: t.owner != "jo",
        f"Owner IN ({people['jo']}, 'kim')": lambda t: t.owner in ("jo", "kim"),
        f"Creator = {people['ann']}": lambda t: t.creator == "ann",
        f"Requestor = {people['bob']}": lambda t: "bob" in t.people("Requestor"),
        f"Requestor.id = {people['bob']}": lambda t: "bob" in t.people("Requestor"),
        f"Requestor SHALLOW = {people['bob']}": lambda t: "bob" in t.play("Requestor"),
        f"Requestor != {people['Clients']}": lambda t: "Clients" not in t.play("Requestor"),
        f"AdminCCGroup = {people['Ops']}": lambda t: t.people("AdminCc") & {"jo", "kim", "max", "Ops"},
        f"Queue = {queues['Sales']}": lambda t: t.queue == "Sales",
        f"Queue = '{queues['Sales']}'": lambda t: t.queue == "Sales",
        f"Queue != {queues['Sales']}": lambda t: t.queue != "Sales",
        f"CustomRole.{{{shop.names.roles['Account manager']}}}.Name = 'max'": lambda t: (
            "max" in t.people("Manager")
        ),
    }.items():
        assert set(shop.find(query)) == shop.expect(fits), query


# --- readers ---


@pytest.mark.parametrize("who", ["jo", "kim", "max", "ann", "bob", "cleo"])
def test_who_asks_finds_what_they_may_see_and_their_own_by_placeholders(shop, who):
    assert set(shop.find("", who)) == shop.expect(lambda _: True, who)
    assert set(shop.find("Owner = '__CurrentUser__'", who)) == shop.expect(lambda t: t.owner == who, who)
    mine = shop.expect(lambda t: who in t.people("Requestor"), who)
    assert set(shop.find("Requestor = '__CurrentUser__'", who)) == mine
    assert shop.count("Requestor = CurrentUser", who) == len(mine)


def test_who_sees_a_ticket_may_ask_for_its_queue_and_of_other_queues_nothing_is_told(shop):
    for who in ("ann", "max", "cleo", "jo"):
        mine = shop.expect(lambda t: t.queue == "Hidden", who)
        for query in ("Queue = 'Hidden'", "Queue LIKE 'hid'", f"Queue = {shop.names.queues['Hidden']}"):
            assert set(shop.find(query, who)) == mine, (who, query)
        assert set(shop.find("Queue != 'Hidden'", who)) == shop.expect(lambda _: True, who) - mine


def test_who_commented_is_known_to_readers_of_comments_only(shop):
    def did(t, *, comments):
        return any(by == "kim" and (comments or kind != "Comment") for by, kind, _ in t.history)

    expected = shop.expect(lambda t: did(t, comments=t.queue == "General"), "jo")
    assert expected < shop.expect(lambda t: did(t, comments=True), "jo")
    assert set(shop.find("UpdatedBy = 'kim'", "jo")) == expected
    assert set(shop.find("UpdatedBy != 'kim'", "jo")) == shop.expect(lambda _: True, "jo") - expected


def test_a_user_that_a_dashboard_selects_stands_for_the_selected_user(shop):
    search = replace(shop.search("Owner = '__SelectedUser__'"), selected_user_id=shop.names.people["kim"])
    by_name = replace(
        shop.search("Owner.Name = '__SelectedUserName__'"), selected_user_id=shop.names.people["kim"]
    )
    work = shop.work()
    assert count(work, search) == count(work, by_name) == len(shop.expect(lambda t: t.owner == "kim"))


# --- order and pages ---


ORDERS = {
    "id": lambda t: t.id,
    "Subject": lambda t: t.subject.lower(),
    "Status": lambda t: t.status,
    "Queue": lambda t: t.queue.lower(),
    "Lifecycle": lambda t: LIFECYCLE[t.queue],
    "Owner": lambda t: t.owner.lower(),
    "Creator": lambda t: LOGINS[t.creator],
    "Priority": lambda t: t.priority,
    "TimeWorked": lambda t: t.worked,
    "Created": lambda t: t.created,
    "LastUpdated": lambda t: t.updated,
    "Custom.Ownership": lambda t: 0 if t.owner == "root" else 1 if t.owner == "Nobody" else 2,
}
MISSING = {
    "Due": lambda t: t.due,
    "Told": lambda t: t.told,
    "Organization": lambda t: t.organization,
    "Requestor.EmailAddress": lambda t: min(
        (f"{who}@" for who in t.play("Requestor") if who in LOGINS), default=None
    ),
}


@pytest.mark.parametrize("name", [*ORDERS, *MISSING])
def test_results_are_sorted_and_what_has_nothing_comes_last(shop, name):
    read = ORDERS.get(name) or MISSING[name]
    tickets = {each.key: each for each in shop.tickets}
    # SQLite folds ASCII only; that is enough to sort by.
    plain = [key for key in shop.find("id > 0") if tickets[key].subject.isascii()]
    for sign, backwards in (("", False), ("-", True)):
        given = [key for key in plain if read(tickets[key]) is not None]
        none = [key for key in plain if read(tickets[key]) is None]
        expected = sorted(given, key=lambda key: (read(tickets[key]), tickets[key].id), reverse=backwards)
        expected += sorted(none, key=lambda key: tickets[key].id, reverse=backwards)
        assert [key for key in shop.find("id > 0", order=by(f"{sign}{name}")) if key in plain] == expected


def test_results_are_sorted_by_several(shop):
    tickets = {each.key: each for each in shop.tickets}
    found = shop.find("id > 0", order=by("Queue", "-Priority", "Custom.Ownership"))
    keys = [
        (tickets[key].queue, -tickets[key].priority, ORDERS["Custom.Ownership"](tickets[key]))
        for key in found
    ]
    assert keys == sorted(keys)
    assert len(found) == len(shop.expect(lambda _: True))


@pytest.mark.parametrize(
    "name",
    ["Nothing", "Subject.foo", "Requestor.foo", "UpdatedBy", "Custom", "CustomRole.{no}", "RequestorGroup"],
)
def test_what_cannot_be_sorted_by_is_said(shop, name):
    with pytest.raises(CannotSearch, match=r"sorted by|no field"):
        shop.find("id > 0", order=by(name))


def test_pages_join_without_gaps_and_say_whether_there_are_more(shop):
    search = shop.search("id > 0", order=by("Priority"))
    work = shop.work()
    total = count(work, search)
    pages = [find(work, search, limit=10, offset=start) for start in range(0, total, 10)]
    assert [number for page in pages for number in page.ids] == find_all(work, search)
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]
    assert find_all(work, search, most=3) == list(pages[0].ids[:3])


def test_pages_reach_only_so_deep(shop):
    with pytest.raises(CannotSearch, match="narrow the search"):
        find(shop.work(), shop.search(""), offset=DEEPEST + 1)


def test_a_page_is_one_query_and_so_is_a_count(shop, request):
    from sqlalchemy import event

    from rtpy.testing.counting import QueryCount

    connection = shop.db.connection()
    counter = QueryCount()
    event.listen(connection, "before_cursor_execute", counter.hear)
    request.addfinalizer(lambda: event.remove(connection, "before_cursor_execute", counter.hear))
    work = shop.work("jo")
    search = shop.search("Status = '__Active__' AND Queue = 'General' AND Priority = 'High' AND Due < 'now'")
    names = shop.search("Owner = 'kim' AND Requestor = 'ann@client.example' AND Organization = 'Acme'")
    count(work, search)
    with counter() as counted:
        find(work, search)
        count(work, search)
    assert counted.total == 2
    with counter() as counted:
        count(work, names)
    assert counted.total == 4  # one more for each exact name


# --- mistakes ---


MISTAKES = [
    ("Status = 'open' AND Statsu = 'new'", 21, "There is no field Statsu. Did you mean Status"),
    ("Requestr.Name = 'x'", 1, "Did you mean Requestor"),
    ("Qwzx = 'x'", 1, "There is no field Qwzx."),
    ("Subject < 'x'", 1, "Subject does not take <; it takes =, !=, LIKE, NOT LIKE, STARTSWITH"),
    ("Priority IS NULL", 1, "Priority does not take IS; it takes"),
    ("Queue > 'General'", 1, "Queue does not take >; it takes =, !=, LIKE"),
    ("Updated != 'today'", 1, "Updated does not take !=; it takes =, <, <=, >, >="),
    ("OwnerGroup LIKE 'x'", 1, "OwnerGroup does not take LIKE; it takes =, !="),
    ("Due LIKE '2026'", 1, "Due does not take LIKE"),
    (
        "Queue = General",
        1,
        "General is read as a field here, and there is none of that name; put values in quotes",
    ),
    ("Subject = Due", 1, r"Subject \(text\) and Due \(date\) cannot be compared with each other"),
    ("Due LIKE Started", 1, "by =, !=, <, <=, > and >=, not by LIKE"),
    ("Subject SHALLOW = 'x'", 1, "SHALLOW goes with roles"),
    ("Subject.Foo = 'x'", 1, "Subject has no parts"),
    (
        "Requestor.Password = 'x'",
        1,
        "“Password” cannot be asked of people; behind Requestor goes one of EmailAddress",
    ),
    ("Owner.EmailAddress.x = 'x'", 1, "cannot be asked of people"),
    ("Created.Century = 20", 1, "“Century” is no part of a date; behind Created goes one of Hour"),
    ("Created.Month = 'Smarch'", 1, "“Smarch” is none of January"),
    ("Created.Hour = 'noon'", 1, "is compared with whole numbers"),
    ("Due < 'the day after never'", 1, "is no date"),
    ("id = 'abc'", 1, "id is compared with whole numbers; “abc” is none"),
    ("TimeWorked > '1.5'", 1, "is compared with whole numbers"),
    ("Priority = 'Huge'", 1, "neither a number nor a word for a priority: Low, Medium"),
    (
        "CustomRole.{Manger} = 'x'",
        1,
        "There is no custom role Manger; there are Account manager, Unused role",
    ),
    ("CustomRole = 'x'", 1, "CustomRole needs the role behind a dot"),
    ("Custom.Ownership = 1", 1, "can be sorted by only"),
    (
        "Owner = 'x' OR (Status = 'open' AND Subject LIKE '" + "x" * 3000 + "')",
        37,
        "may have 2,000 characters",
    ),
]


@pytest.mark.parametrize(("query", "column", "said"), MISTAKES, ids=[each[0][:40] for each in MISTAKES])
def test_a_mistake_is_told_with_its_place(shop, query, column, said):
    with pytest.raises(CannotSearch, match=said) as caught:
        shop.find(query)
    assert caught.value.column == column


# --- a limit of time ---


def test_a_search_that_takes_too_long_is_cut_off_and_the_transaction_goes_on(
    shop, database_kind, monkeypatch
):
    config = replace(shop.app.config, search=replace(shop.app.config.search, seconds=0.2))
    monkeypatch.setattr(shop.app, "config", config)
    work = shop.work()
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    before = _limit(work, database_kind)
    with pytest.raises(TookTooLong, match=r"stopped after 0\.2 seconds\. Narrow it"), patient(work):
        work.db.execute(text(endless if database_kind == "sqlite" else "SELECT pg_sleep(5)"))
    assert _limit(work, database_kind) == before
    assert shop.find("id > 0")


def _limit(work, database_kind):
    return None if database_kind == "sqlite" else work.db.scalar(text("SHOW statement_timeout"))


def test_other_errors_are_not_taken_for_a_lack_of_time(shop):
    with pytest.raises(Exception, match="no_such_table"), shop.db.begin_nested(), patient(shop.work()):
        shop.db.execute(text("SELECT 1 FROM no_such_table"))


def test_the_shop_has_what_the_tests_are_about(shop):
    assert {each.status for each in shop.tickets if each.status not in ACTIVE[LIFECYCLE[each.queue]]} >= {
        "stalled"
    }
    assert all(any(not may_see(who, each) for each in shop.tickets) for who in ("jo", "max", "ann"))
    assert CITIES["jo"] != CITIES["ann"]
