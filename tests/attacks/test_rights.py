"""A26 to A31, where they are about rights: what is taken away ends at once, and nothing is got by a side door."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.grants import grant_right, revoke_right
from rtpy.changes.membership import add_member, create_group, remove_member
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.people import AddWatcher, DeleteWatcher
from rtpy.errors import Refused
from rtpy.models import Ace, ConfigChange, CustomRole, CustomRolePlace, Principal, User
from rtpy.rights.holders import Holder, Place


@pytest.fixture
def lab(make):
    """A queue that nobody has a right on."""
    return make.queue("Lab", granted=False)


@pytest.fixture
def tech(make):
    return make.staff("tech")


@pytest.fixture
def ticket(make, lab, db):
    made = make.ticket("Centrifuge", queue="Lab", requestor="root")
    db.commit()
    return made


# --- A28: rights taken away in each way, with a browser whose page is open ----------------------------------------


def by_right(make, work, lab, ticket, tech):
    here = Place("queue", lab.id)
    grant_right(work, Holder(tech.id), "ShowTicket", here)
    return lambda: revoke_right(work, Holder(tech.id), "ShowTicket", here)


def by_group(make, work, lab, ticket, tech):
    group = create_group(make.system, "Support")
    add_member(make.system, group, tech.id)
    grant_right(work, Holder(group.id), "ShowTicket", Place("queue", lab.id))
    return lambda: remove_member(make.system, group, tech.id)


def by_disabled_group(make, work, lab, ticket, tech):
    group = create_group(make.system, "Support")
    add_member(make.system, group, tech.id)
    grant_right(work, Holder(group.id), "ShowTicket", Place("queue", lab.id))

    def disable():
        work.db.get(Principal, group.id).disabled = True

    return disable


def by_nested_group(make, work, lab, ticket, tech):
    outer, inner = create_group(make.system, "All"), create_group(make.system, "Support")
    add_member(make.system, outer, inner.id)
    add_member(make.system, inner, tech.id)
    grant_right(work, Holder(outer.id), "ShowTicket", Place("queue", lab.id))

    def disable():
        work.db.get(Principal, inner.id).disabled = True

    return disable


def by_role(make, work, lab, ticket, tech):
    grant_right(work, Holder(role="AdminCc"), "ShowTicket", Place("queue", lab.id))
    change_ticket(make.system, ticket, AddWatcher("AdminCc", tech.id))
    return lambda: change_ticket(make.system, ticket, DeleteWatcher("AdminCc", tech.id))


def engineer(make, work, lab, ticket, tech):
    role = CustomRole(name="Engineer")
    work.db.add(role)
    work.db.flush()
    place = CustomRolePlace(custom_role_id=role.id, object_type="queue", object_id=lab.id)
    work.db.add(place)
    work.db.flush()
    grant_right(work, Holder(role=role.role), "ShowTicket", Place("queue", lab.id))
    change_ticket(make.system, ticket, AddWatcher(role.role, tech.id))
    return role, place


def by_disabled_custom_role(make, work, lab, ticket, tech):
    role, _ = engineer(make, work, lab, ticket, tech)

    def disable():
        role.disabled = True

    return disable


def by_custom_role_taken_from_the_queue(make, work, lab, ticket, tech):
    _, place = engineer(make, work, lab, ticket, tech)
    return lambda: work.db.delete(place)


def by_disabled_user(make, work, lab, ticket, tech):
    grant_right(work, Holder(tech.id), "ShowTicket", Place("queue", lab.id))

    def disable():
        work.db.get(Principal, tech.id).disabled = True

    return disable


WAYS = (
    by_right,
    by_group,
    by_disabled_group,
    by_nested_group,
    by_role,
    by_disabled_custom_role,
    by_custom_role_taken_from_the_queue,
    by_disabled_user,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a28_what_is_taken_away_ends_at_once(way, another, enter, make, work, db, lab, ticket, tech):
    take_away = way(make, work, lab, ticket, tech)
    db.commit()
    browser = enter(another(), tech)
    assert "Centrifuge" in browser.get(f"/ticket/{ticket.id}")
    assert "Centrifuge" in browser.get("/tickets")

    take_away()
    db.commit()

    page = browser.get(f"/ticket/{ticket.id}", expect_errors=True)
    assert "Centrifuge" not in page
    assert page.status_int in (303, 404)
    assert "Centrifuge" not in browser.get("/tickets")


def test_a28_another_process_sees_it_at_once_too(committed_app):
    """Rights are read anew by every piece of work: nothing is remembered between two."""
    with committed_app.work() as work:
        root = work.db.scalar(select(User).where(User.name == "root"))
        reader = committed_app.actor_named(work.db, "root", "web")
        group = create_group(work, "Support")
        work.db.add(Ace(principal_id=group.id, right_name="SuperUser"))
        group_id, root_id = group.id, root.id
    other = type(committed_app)(committed_app.config, blobs=committed_app.blobs, clock=committed_app.clock)
    try:
        with other.work(reader) as theirs:
            assert theirs.rights.super_user
        with committed_app.work() as work:
            for ace in work.db.scalars(select(Ace).where(Ace.principal_id == root_id)):
                work.db.delete(ace)
        with other.work(reader) as theirs:
            assert not theirs.rights.super_user
    finally:
        other.engine.dispose()
    assert group_id


# --- A29 and A31: forms that say more than their page does --------------------------------------------------------


def test_a29_a_save_takes_nothing_but_rights(another, enter, make, db, lab, tech, token):
    make.grant(tech, "ModifyACL", "ShowTicket", queue=lab)
    db.commit()
    browser = enter(another(), tech)
    change = ("change", f"+p{tech.id}:ShowTicket")
    pairs = [("csrf_token", token(browser)), ("deed", "save"), change, ("super", "1"), ("role", "Cc")]
    pairs += [("kind", "queue"), ("kind", "system"), ("id", str(lab.id)), ("id", "1"), ("object_id", "0")]
    pairs += [("principal_id", "1"), ("Disabled", "1"), ("Privileged", "1"), ("granted", "1")]
    before = db.scalar(select(func.count(Ace.id)).where(Ace.object_type == "system"))

    browser.post("/admin/rights", pairs, expect_errors=True)

    assert db.scalar(select(func.count(Ace.id)).where(Ace.object_type == "system")) == before


@pytest.mark.parametrize(
    "change",
    [
        "+p{tech}:SuperUser",
        "+p{tech}:superuser",
        "+role.Everyone:SuperUser",
        "+role.\x00Cc:SuperUser",
        "+p-1:ShowTicket",
        "+p99999999999999999999:ShowTicket",
        "+p{tech}:" + "S" * 33,
        "p{tech}",
        "",
        "+",
        "\u202e+p{tech}:SuperUser",
    ],
)
def test_a31_no_spelling_of_a_change_gets_past_the_check(change, another, enter, make, db, lab, tech, token):
    make.grant(tech, "ModifyACL", "ShowTicket", "ShowConfigTab")
    db.commit()
    browser = enter(another(), tech)
    given = {
        "csrf_token": token(browser),
        "deed": "save",
        "kind": "system",
        "change": change.format(tech=tech.id),
    }
    before = sorted(db.execute(select(Ace.principal_id, Ace.role, Ace.right_name)).all(), key=str)

    answer = browser.post("/admin/rights", given, expect_errors=True)

    assert answer.status_int in (303, 403, 422)
    db.expire_all()
    assert sorted(db.execute(select(Ace.principal_id, Ace.role, Ace.right_name)).all(), key=str) == before
    assert (
        db.scalars(
            select(ConfigChange.id).where(ConfigChange.kind == "right").order_by(ConfigChange.id)
        ).all()
        == []
    )


@pytest.mark.parametrize("deed", ["look", "leave", ""])
def test_a31_nobody_becomes_somebody_else(deed, another, enter, make, db, tech, token):
    make.grant(tech, "AdminUsers", "ModifyACL", "ShowConfigTab", "ShowACL")
    db.commit()
    browser = enter(another(), tech)
    given = {"csrf_token": token(browser), "deed": deed, "who": "root", "see_as": "1", "user_id": "1"}
    browser.post("/admin/rights/see_as", given, expect_errors=True)
    assert "tech" in browser.get("/").html.select_one(".topbar .menu").text
    assert browser.get("/admin/log", expect_errors=True).status_int == 403


def test_a31_seeing_as_a_super_user_writes_nothing_either(root, make, db, tech, token):
    make.grant(tech, "SuperUser")
    db.commit()
    secret = token(root)
    root.post("/admin/rights/see_as", {"csrf_token": secret, "deed": "look", "who": "tech"})
    given = {"csrf_token": secret, "deed": "look", "who": "root"}
    assert root.post("/admin/rights/see_as", given, expect_errors=True).status_int == 403
    save = {"csrf_token": secret, "kind": "system", "deed": "save", "change": f"-p{tech.id}:SuperUser"}
    assert root.post("/admin/rights", save, expect_errors=True).status_int == 403


# --- A30: merging grants nothing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden_first", [True, False], ids=["hidden into seen", "seen into hidden"])
def test_a30_merging_needs_the_right_on_both_and_shows_nothing(hidden_first, make, db, work_of, ticket, tech):
    seen = make.ticket("Printer")
    db.commit()
    pair = (ticket, seen) if hidden_first else (seen, ticket)
    with pytest.raises(Refused):
        change_ticket(work_of("tech"), pair[0], MergeInto(pair[1]))
    assert (ticket.merged_into_id, seen.merged_into_id) == (None, None)


def test_a30_the_old_number_of_a_merged_ticket_opens_nothing(make, db, work, another, enter, ticket, tech):
    seen = make.ticket("Printer")
    db.commit()
    browser = enter(another(), tech)
    assert "Printer" in browser.get(f"/ticket/{seen.id}")

    change_ticket(work, seen, MergeInto(ticket))
    db.commit()

    assert browser.get(f"/ticket/{seen.id}", expect_errors=True).status_int == 404
    assert "Centrifuge" not in browser.get("/tickets")
