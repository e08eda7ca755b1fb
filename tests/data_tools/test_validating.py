"""The validator finds each kind of fault that is planted, repairs it, and has nothing to say of a sound site."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, text, update

from rtpy.changes.guard import changing
from rtpy.changes.membership import add_member, create_group
from rtpy.changes.opened_history import opened_history
from rtpy.db.base import table_of
from rtpy.demo import load as loading
from rtpy.models import (
    Ace,
    Blob,
    ConfigChange,
    CustomField,
    CustomFieldContent,
    GroupClosure,
    Link,
    ScheduleDone,
    SearchDocument,
    SearchPending,
    Ticket,
    Transaction,
    User,
)
from rtpy.search.text.indexing import index_some
from rtpy.validating.running import check, resolve
from rtpy_billing.models import WorkEntry
from rtpy_portal.models import Rating
from rtpy_sla.models import ClockRow

END = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FEW = 15
_script = loading.script


def faults(app):
    found = list(check(app))
    assert [each.validation.name for each in found if each.problem] == []
    return {each.validation.name: each.found.count for each in found if each.found.count}


@pytest.mark.databases("sqlite")  # the other tests ask the same of PostgreSQL; loading takes seconds
def test_the_sample_consultancy_with_all_plugins_is_sound(committed_app, clock, monkeypatch):
    clock.set(END)
    monkeypatch.setattr(loading, "script", lambda seed, end: list(_script(seed, end))[:FEW])
    loading.load(committed_app, end=END)
    while index_some(committed_app):
        pass
    assert faults(committed_app) == {}


def plant(db, work, make, shop):
    """One fault of each kind that can be planted by statements that no constraint refuses; how often each."""
    run, now = db.connection().execute, work.now
    ticket, other, merged, last = (each.id for each in shop)
    root = work.actor.user_id
    gone = 4711
    run(
        insert(table_of(Transaction)).values(
            object_type="ticket", object_id=gone, type="Create", old_value="", new_value="", data="",
            time_taken=0, face="web", creator_id=root, created=now,
        )
    )  # fmt: skip
    field = CustomField(name="Colour", lookup="ticket", type="line", max_values=1)
    db.add(field)
    db.flush()
    run(
        insert(table_of(CustomFieldContent)).values(
            custom_field_id=field.id, object_type="ticket", object_id=gone, content="red", large_content="",
            content_type="", size=0, sort_order=0, disabled=False, creator_id=root, created=now,
        )
    )  # fmt: skip
    run(insert(table_of(Ace)).values(right_name="SeeQueue", object_type="queue", object_id=gone, role="Cc"))
    run(insert(table_of(Ace)).values(right_name="SeeQueue", object_type="system", object_id=0))
    outer, inner = create_group(work, "Outer", description=""), create_group(work, "Inner", description="")
    add_member(work, outer, inner.id)
    add_member(work, inner, root)
    run(
        delete(table_of(GroupClosure)).where(
            GroupClosure.group_id == outer.id, GroupClosure.member_id == root
        )
    )
    run(insert(table_of(GroupClosure)).values(group_id=inner.id, member_id=outer.id, depth=1))
    tickets = table_of(Ticket)
    run(update(tickets).where(tickets.c.id == last).values(merged_into_id=merged))
    run(update(tickets).where(tickets.c.id == merged).values(merged_into_id=other))
    run(update(tickets).where(tickets.c.id == ticket).values(time_worked=999))
    early = datetime(2020, 1, 1, tzinfo=UTC)
    run(update(tickets).where(tickets.c.id == last).values(last_updated=early))
    stale = make.staff("stale")
    run(update(tickets).where(tickets.c.id == ticket).values(owner_id=stale.id))
    run(update(table_of(User)).where(User.id == stale.id).values(merged_into_id=root))
    uri = f"fsck.com-rt://{work.app.config.organization}/ticket/"
    links = table_of(Link)
    run(
        insert(links).values(
            type="RefersTo", base=f"{uri}{other}", target="https://x.example", local_base_id=ticket
        )
    )
    run(insert(links).values(type="RefersTo", base=f"{uri}{gone}", target="https://x.example"))
    run(insert(table_of(Blob)).values(sha256="0" * 64, size=3, data=b"odd", created=now))
    run(delete(table_of(SearchPending)))
    document = select(SearchDocument.id).where(SearchDocument.origin_id == other).order_by(SearchDocument.id)
    run(
        update(table_of(SearchDocument))
        .where(SearchDocument.id == db.scalar(document.limit(1)))
        .values(origin_id=gone)
    )
    run(update(table_of(WorkEntry)).where(WorkEntry.ticket_id == ticket).values(amount=12345))
    table = table_of(ClockRow)
    run(
        insert(table).values(
            ticket_id=ticket, target="first_response", cycle=1, state="running", started=now, started_by=gone,
            unit="seconds", used=0, paused=0, closed=0, calendar_versions={}, steps=[],
        )
    )  # fmt: skip
    run(
        insert(table_of(Rating)).values(
            ticket_id=ticket, user_id=root, owner_id=root, resolved=now, score=1, lowest=1, comment="",
            reason="", may_quote=False, via="web", created=now, follow_up_id=gone,
        )
    )  # fmt: skip
    run(insert(table_of(ScheduleDone)).values(schedule_id=_schedule(db, now), ticket_id=gone, at=now))


def _schedule(db, now):
    from rtpy.models import Schedule

    row = Schedule(name="Nightly", search={}, condition="", action="", created=now, rule={})
    db.add(row)
    db.flush()
    return row.id


PLANTED = {
    "histories.without_thing",
    "custom_fields.values_without_thing",
    "rights.on_nothing",
    "rights.of_nobody",
    "schedules.done_without_ticket",
    "groups.closure",
    "tickets.merged_in_a_chain",
    "tickets.time_worked",
    "tickets.owner_merged",
    "tickets.last_updated",
    "links.ends",
    "files.damaged",
    "files.unused",
    "search.of_nothing",
    "billing.entry_sums",
    "sla.clocks",
    "portal.follow_ups",
}


def test_planted_faults_are_found_and_repaired_and_noted(app, db, make, work, shop):
    before = faults(app)
    assert before == {}
    with changing(db):
        plant(db, work, make, shop)
    db.commit()
    db.expire_all()
    found = faults(app)
    assert found.keys() == PLANTED
    assert (found["groups.closure"], found["links.ends"], found["tickets.merged_in_a_chain"]) == (2, 2, 1)
    told = list(resolve(app, lambda finding: True))
    assert [each.problem for each in told if each.problem] == []
    db.expire_all()
    assert faults(app) == {}
    ticket = db.get(Ticket, shop[0].id)
    assert (ticket.time_worked, ticket.owner_id) == (5, work.actor.user_id)
    said = select(Transaction.field, Transaction.old_value, Transaction.new_value).where(
        Transaction.object_id == ticket.id, Transaction.field == "TimeWorked", Transaction.type == "Set"
    )
    assert db.execute(said).all() == [("TimeWorked", "999", "5")]
    assert db.get(Ticket, shop[3].id).merged_into_id == shop[1].id
    noted = db.scalars(select(ConfigChange.name).where(ConfigChange.kind == "repaired")).all()
    assert set(noted) == PLANTED - {"files.damaged"}


def test_nothing_is_repaired_without_a_yes_and_what_people_must_do_is_left(app, db, shop):
    with opened_history(db):
        db.connection().execute(text("UPDATE attachments SET blob_sha256 = 'x' WHERE position = 0"))
    db.connection().execute(delete(table_of(Ace)).where(Ace.id < 0))
    db.add(Ace(right_name="SeeQueue", object_type="queue", object_id=4711, role="Cc"))
    db.commit()
    found = {each.validation.name: each for each in resolve(app, lambda finding: False)}
    assert found["rights.on_nothing"].repaired == 0
    assert found["files.without_bytes"].found.count > 3
    assert found["files.without_bytes"].validation.repair is None
    assert db.scalar(select(Ace.id).where(Ace.object_id == 4711)) is not None


@pytest.mark.databases("postgresql")  # SQLite has no such counters
def test_counters_that_stand_behind_go_on_after_the_highest_number(app, db, shop):
    db.execute(text("SELECT setval('tickets_id_seq', 1)"))
    db.commit()
    assert faults(app) == {"tables.counters": 1}
    assert sum(each.repaired for each in resolve(app, lambda finding: True)) == 1
    assert db.scalar(text("SELECT nextval('tickets_id_seq')")) > shop[3].id
