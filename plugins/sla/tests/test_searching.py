"""What searches know of clocks: tickets found, sorted, shown and grouped by them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, text

from rtpy.models import Ticket
from rtpy.search.charting.charted import charted
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, find, ids_query
from rtpy.search.saved import ChartChoice
from rtpy_sla.models import Policy, TicketSla
from rtpy_sla.searching import COLUMNS

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(hours):
    return NINE + timedelta(hours=hours)


@pytest.fixture
def shop(make, db, clock):
    """Five tickets at ten: due at noon, past due since half an hour, missed before, paused, without a level."""
    clock.set(NINE)
    gold = Policy(name="Gold", position=1)
    db.add(gold)
    db.flush()
    made = [make.ticket(name) for name in ("Noon", "Past", "Missed", "Paused", "Plain")]
    usual = {"policy_id": gold.id, "played": NINE, "next_target": "first_response"}
    for ticket, values in zip(
        made,
        (
            {"next_due": at(3)},
            {"next_due": at(0.5)},
            {"next_due": at(5), "is_missed": True, "next_target": "resolution"},
            {"ball": "customer", "is_paused": True, "next_target": "resolution"},
        ),
        strict=False,
    ):
        db.add(TicketSla(ticket_id=ticket.id, **{**usual, **values}))
    db.flush()
    clock.set(at(1))
    return made


def found(work, query, *order):
    ids = find(work, Search(node=parse(query).node, order=order)).ids
    return [str(each) for each in ids]


CASES = {
    "SLADue < 'now'": "Past",
    "SLADue IS NULL": "Paused Plain",
    "SLADue IS NOT NULL": "Noon Past Missed",
    "SLABreached = 'yes'": "Past Missed",
    "SLABreached = 'no'": "Noon Paused Plain",
    "SLABreached != 'no'": "Past Missed",
    "SLAPaused = 'yes'": "Paused",
    "SLAPolicy = 'gold'": "Noon Past Missed Paused",
    "SLAPolicy LIKE 'ol'": "Noon Past Missed Paused",
    "SLAPolicy IS NULL": "Plain",
    "SLATarget = 'resolution'": "Missed Paused",
    "BallWith = 'customer'": "Paused",
    "BallWith = 'us' AND SLABreached = 'no'": "Noon",
}


def test_tickets_are_found_and_sorted_by_their_clocks(shop, work_of):
    work = work_of("root")
    named = {str(ticket.id): ticket.subject for ticket in shop}
    for query, expected in CASES.items():
        assert [named[each] for each in found(work, query)] == expected.split(), query
    by_urgency = found(work, "id > 0", Order(Name("SLADue")))
    assert [named[each] for each in by_urgency] == ["Past", "Noon", "Missed", "Paused", "Plain"]


def test_columns_say_the_same_in_one_query_each(shop, work_of, query_count):
    work, ids = work_of("root"), [ticket.id for ticket in shop]
    noon, past, missed, paused, _ = ids
    assert COLUMNS["SLADue"].load(work, ids) == {noon: at(3), past: at(0.5), missed: at(5)}
    assert COLUMNS["SLABreached"].load(work, ids) == {past: "missed", missed: "missed"}
    assert COLUMNS["SLAPaused"].load(work, ids) == {paused: "paused"}
    assert COLUMNS["SLATarget"].load(work, [noon]) == {noon: "first response"}
    with query_count() as count:
        assert COLUMNS["SLAPolicy"].load(work, ids) == dict.fromkeys((noon, past, missed, paused), "Gold")
    assert count.total == 1


def test_customers_learn_nothing_of_clocks(shop, work_of, make):
    make.grant(make.customer("ann@client.example"), "ShowTicket")
    ann = work_of("ann@client.example")
    assert len(found(ann, "id > 0")) == 5
    assert len(found(ann, "SLADue IS NULL")) == 5
    for query in ("SLABreached = 'yes'", "SLAPolicy = 'Gold'", "BallWith = 'customer'", "SLADue < 'now'"):
        assert found(ann, query) == [], query
    assert COLUMNS["SLADue"].load(ann, [ticket.id for ticket in shop]) == {}


def test_charts_group_by_policy_target_and_ball(shop, work_of):
    work = work_of("root")
    for name, expected in {
        "SLAPolicy": {"Gold": 4},
        "BallWith": {"us": 3, "customer": 1},
        "SLATarget": {"first_response": 2, "resolution": 2},
    }.items():
        chart = charted(work, Search(node=parse("id > 0").node), ChartChoice(group_by=(name,)))
        counts = {group.label: cells[0].count for group, cells in zip(chart.first, chart.cells, strict=True)}
        assert {label: number for label, number in counts.items() if label in expected} == expected, name


def test_what_is_due_soon_is_found_by_the_index_of_due_moments(make, work_of, db, clock):
    """Only the rows that are due are looked at, of three thousand."""
    work, first = work_of("root"), make.ticket()
    usual = {
        column.name: getattr(first, column.name) for column in Ticket.__table__.columns if column.name != "id"
    }
    query = insert(Ticket.__table__).returning(Ticket.__table__.c.id)
    made = list(db.connection().scalars(query, [dict(usual) for _ in range(3000)]))
    rows = [{"ticket_id": each, "next_due": at(place), "played": NINE} for place, each in enumerate(made)]
    db.connection().execute(insert(TicketSla.__table__), rows)
    db.execute(text("ANALYZE"))
    search = Search(node=parse("SLADue < '2026-03-02 18:30'").node, order=(Order(Name("SLADue")),))
    statement = ids_query(work, search).limit(51)
    bind = db.get_bind()
    written = str(statement.compile(bind, compile_kwargs={"literal_binds": True})).replace(":", "\\:")
    explain = "EXPLAIN QUERY PLAN " if bind.dialect.name == "sqlite" else "EXPLAIN "
    plan = "\n".join(str(row[-1]) for row in db.execute(text(explain + written)))
    assert "ix_sla_tickets_next_due" in plan, plan
    assert find(work, search).ids == tuple(made[:10])


def many(db, make, clock):
    """Three thousand tickets with a due moment, many with the same, and a hundred without."""
    first = make.ticket()
    usual = {
        column.name: getattr(first, column.name) for column in Ticket.__table__.columns if column.name != "id"
    }
    query = insert(Ticket.__table__).returning(Ticket.__table__.c.id)
    made = list(db.connection().scalars(query, [dict(usual) for _ in range(3100)]))
    rows = [
        {"ticket_id": each, "next_due": at(place * 7 % 900) if place % 31 else None, "played": NINE}
        for place, each in enumerate(made)
    ]
    db.connection().execute(insert(TicketSla.__table__), rows)
    db.execute(text("ANALYZE"))


def test_a_list_by_urgency_is_read_along_the_index_and_misses_nothing(make, work_of, db, clock, connection):
    work = work_of("root")
    many(db, make, clock)
    said = []
    event.listen(connection, "before_cursor_execute", lambda *args: said.append((args[2], args[3])))
    for descending in (False, True):
        search = Search(node=parse("Status = 'new'").node, order=(Order(Name("SLADue"), descending),))
        plain = list(db.connection().scalars(ids_query(work, search)))
        for offset, limit in ((0, 50), (2980, 50), (3000, 50), (3050, 60), (3101, 50), (0, 1000)):
            page = find(work, search, limit=limit, offset=offset)
            assert list(page.ids) == plain[offset : offset + limit], (descending, offset)
            assert page.has_more == (offset + limit < len(plain))
    said.clear()
    find(work, Search(node=parse("Status = 'new'").node, order=(Order(Name("SLADue")),)))
    ((statement, values),) = [each for each in said if each[0].startswith("SELECT tickets")]
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values))
    assert "ix_sla_tickets_next_due" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan.replace("Incremental Sort", ""), plan
