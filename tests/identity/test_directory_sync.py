"""The sync with directories: what is planned, what is held back, what is done, and whom it never touches."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.accounts import is_privileged
from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.organizations import add_organization_member, create_organization
from rtpy.identity.accounts import set_disabled
from rtpy.identity.directory_sync import due, looking, runs
from rtpy.identity.directory_sync.groups import without_circles
from rtpy.identity.directory_sync.lease import leased, make_sync_rows
from rtpy.identity.directory_sync.plan import beyond
from rtpy.identity.directory_sync.runs import agree, start_run
from rtpy.identity.passwords import hash_password
from rtpy.identity.sessions import sessions_of, start_session
from rtpy.models import (
    DirectoryPerson,
    DirectoryRun,
    DirectoryRunLine,
    DirectorySync,
    Group,
    GroupClosure,
    OrganizationMember,
    Principal,
    User,
)
from tests.identity.directory_fakes import FakeDirectory, directory_row, group, person


@pytest.fixture
def corp(app, db):
    row = directory_row(app)
    db.add(row)
    db.commit()
    make_sync_rows(app, {row.id: 60})
    return row


@pytest.fixture
def sync(app, db, corp, monkeypatch):
    """Runs the sync over what is given, and returns the run; `force` agrees to what is held."""

    def go(people=(), groups=(), *, only_plan=False, force=False, breaks_after=None):
        fake = FakeDirectory(people, groups, breaks_after)
        monkeypatch.setattr(runs, "open_directory", lambda app, settings: fake)
        with leased(app, corp.id) as lease:
            with app.work() as work:
                run_id = start_run(work, corp.id, "page", only_plan=only_plan, forced=force).id
            runs.perform(app, run_id, lease)
        db.expire_all()
        return db.get(DirectoryRun, run_id)

    return go


@pytest.fixture
def lines(db):
    def read(run, *states):
        query = select(DirectoryRunLine).where(DirectoryRunLine.run_id == run.id)
        rows = db.scalars(query.order_by(DirectoryRunLine.id)).all()
        return [(row.deed, row.name) for row in rows if not states or row.state in states]

    return read


def user(db, name):
    return db.scalar(select(User).where(User.name == name))


def is_off(db, name):
    return db.get(Principal, user(db, name).id).disabled


def everybody(*names):
    return [person(name) for name in names]


DECIDED_BY_VALUES = pytest.mark.databases("sqlite")
"""Tables of cases that pure functions decide; that both databases give the same values is tried by the other tests."""

MANY = tuple(f"p{number}" for number in range(10))


def test_people_and_nested_groups_come_once_and_then_nothing_is_left_to_do(sync, lines, db, corp):
    people = [person("ann", telephoneNumber="+49 1"), person("bob"), person("cleo", mail="")]
    groups = [
        group("Techs", "ann", "cn=Seniors"),
        group("Seniors", "bob", "cn=Leads"),
        group("Leads", "cn=Techs", "cleo"),
    ]
    first = sync(people, groups)
    assert first.state == "done"
    assert lines(first, "failed", "skipped") == []
    ann = user(db, "ann")
    assert (ann.real_name, ann.email_address, ann.work_phone) == ("Ann", "ann@corp.example", "+49 1")
    assert user(db, "cleo").email_address is None
    inside = (
        select(User.name)
        .join(GroupClosure, GroupClosure.member_id == User.id)
        .join(Group, Group.id == GroupClosure.group_id)
    )
    members = {
        name: set(db.scalars(inside.where(Group.name == name))) for name in ("Techs", "Seniors", "Leads")
    }
    assert [each for each in lines(first) if each[0] == "remark"] == [("remark", "Leads in Seniors")]
    assert members == {"Leads": {"ann", "bob", "cleo"}, "Techs": {"ann", "bob"}, "Seniors": {"bob"}}
    again = sync(people, groups)
    assert (again.state, lines(again, "planned", "done")) == ("done", [])


@DECIDED_BY_VALUES
@pytest.mark.parametrize(
    ("setting", "account", "deed"),
    [
        ({}, {}, "link"),
        ({}, {"password": True}, "remark"),
        ({}, {"staff": True}, "remark"),
        ({"take_over": True}, {"password": True}, "link"),
        ({"take_over": True}, {"staff": True}, "link"),
        ({"take_over": True}, {"super": True}, "remark"),
        ({}, {"off": True}, "remark"),
        ({"sync_people": False}, {}, None),
        ({"clients": True, "take_over": True}, {"staff": True}, "remark"),
        ({"clients": True, "domain": "corp.example"}, {}, "link"),
        ({"clients": True}, {}, "remark"),
        ({"clients": True, "domain": "elsewhere.example"}, {}, "remark"),
        ({"clients": True}, {"of": "Other"}, "remark"),
        ({"clients": True}, {"domain": "corp.example"}, "remark"),
    ],
)
def test_an_account_of_ours_is_taken_over_only_when_that_is_safe(
    sync, lines, db, corp, make, app, work, setting, account, deed
):
    ann = (
        make.staff("ann")
        if account.get("staff") or account.get("super")
        else make.customer("ann@corp.example")
    )
    ann.email_address = "ann@corp.example"
    if account.get("password"):
        ann.password_hash = hash_password("of her own")
    if account.get("super"):
        make.grant(ann, "SuperUser")
    if account.get("off"):
        set_disabled(work, ann, disabled=True)
    if account.get("of") or account.get("domain"):
        other = create_organization(work, "Other", [account["domain"]] if account.get("domain") else [])
        if account.get("of"):
            add_organization_member(work, other, ann)
    row = db.merge(corp)
    if setting.get("clients"):
        domains = [setting["domain"]] if setting.get("domain") else []
        row.organization_id = create_organization(work, "Client", domains).id
    row.take_over, row.sync_people = setting.get("take_over", False), setting.get("sync_people", True)
    db.commit()
    run = sync(everybody("ann"))
    about = {each for each, _ in lines(run) if each in ("link", "remark", "create")}
    assert about - {"create"} == ({deed} if deed else set())
    links = list(db.scalars(select(DirectoryPerson.user_id)))
    assert (ann.id in links) == (deed == "link")


def test_who_is_gone_is_disabled_and_comes_back_but_not_whom_a_person_disabled(sync, lines, db, work, app):
    sync(everybody(*MANY))
    token = start_session(db, user(db, "p1").id, now=app.clock.now(), days=1)
    assert token
    set_disabled(work, user(db, "p2"), disabled=True)
    db.commit()
    gone = sync(everybody(*MANY[2:]))
    assert sorted(lines(gone)) == [("disable", "p0"), ("disable", "p1")]
    assert sessions_of(db, user(db, "p1").id, app.clock.now()) == []
    back = sync(everybody(*MANY))
    assert lines(back) == [("enable", "p0"), ("enable", "p1")]
    assert (is_off(db, "p1"), is_off(db, "p2")) == (False, True)


@DECIDED_BY_VALUES
@pytest.mark.parametrize(
    ("people", "breaks_after", "state"),
    [([], None, "failed"), (everybody(*MANY), 4, "failed"), (everybody(*MANY), 10, "failed")],
    ids=["empty", "cut in the middle", "cut at the end"],
)
def test_an_empty_or_cut_answer_changes_nobody_even_when_forced(sync, lines, db, people, breaks_after, state):
    sync(everybody(*MANY))
    run = sync(people, force=True, breaks_after=breaks_after)
    assert (run.state, lines(run)) == (state, [])
    assert "Nothing was changed" in run.problem or "nothing was changed" in run.problem
    assert not any(is_off(db, name) for name in MANY)


def renamed(*names):
    return [person(name, mail=f"new-{name}@corp.example") if name in names else person(name) for name in MANY]


@DECIDED_BY_VALUES
@pytest.mark.parametrize(
    "people",
    [everybody(*MANY[:5]), everybody("p0"), renamed(*MANY[:5])],
    ids=["half are gone", "nearly all are gone", "half get another address"],
)
def test_too_much_waits_for_a_person_and_is_done_when_one_agrees(sync, lines, db, app, corp, work, people):
    sync(everybody(*MANY))
    run = sync(people)
    assert run.state == "waiting"
    assert "10" in run.problem
    assert lines(run, "done") == []
    assert not any(is_off(db, name) for name in MANY)
    agree(work, run)
    db.commit()
    assert due.sync_due(app) == 1
    db.expire_all()
    assert (run.state, lines(run, "planned", "failed", "skipped")) == ("done", [])


def test_local_accounts_and_break_glass_admins_are_never_touched(sync, lines, db, make, work):
    make.staff("local", password="a password of ours")
    sync(everybody("ann", *MANY))
    ann = user(db, "ann")
    make.grant(ann, "SuperUser")
    ann.password_hash = hash_password("for the day the directory is down")
    db.commit()
    run = sync([person(each, cn="Renamed") for each in MANY])
    assert ("remark", "ann") in lines(run)
    assert not is_off(db, "ann")
    sync([*everybody(*MANY), person("ann", cn="Somebody Else", mail="evil@corp.example")])
    assert (user(db, "ann").real_name, user(db, "ann").email_address) == ("Ann", "ann@corp.example")
    assert not any(is_off(db, each) for each in ("local", "root", "RT_System", "Nobody"))


def test_a_clients_people_become_its_members_and_never_staff(sync, lines, db, corp, work):
    row = db.merge(corp)
    client = create_organization(work, "Client")
    row.organization_id = client.id
    db.commit()
    sync(everybody("ann"), [group("Techs", "ann")])
    ann = user(db, "ann")
    assert not is_privileged(work, ann.id)
    assert list(db.scalars(select(OrganizationMember.user_id))) == [ann.id]
    assert db.scalar(select(Group.id).where(Group.name == "Client: Techs")) is not None


def test_a_clients_directory_cannot_speak_for_another_clients_addresses(sync, lines, db, corp, work):
    db.merge(corp).organization_id = create_organization(work, "Client").id
    create_organization(work, "Other", ["other.example"])
    db.commit()
    people = [person("ann", mail="boss@mail.other.example"), person("bob@other.example", unique_id="id-bob")]
    run = sync(people)
    assert [each for each in lines(run) if each[0] != "create"] == [
        ("remark", "ann"),
        ("remark", "bob@other.example"),
        ("remark", people[1].dn),
    ]
    assert user(db, "ann").email_address is None
    assert user(db, "bob@other.example") is None


def test_what_is_left_as_it_is_is_not_said_each_hour(app, db, corp, clock, make, monkeypatch, lines):
    make.staff("ann")
    fake = FakeDirectory(everybody("ann"))
    monkeypatch.setattr(runs, "open_directory", lambda app, settings: fake)
    for _ in range(2):
        clock.advance(timedelta(minutes=61))
        assert due.sync_due(app) == 1
    first, second = db.scalars(select(DirectoryRun).order_by(DirectoryRun.id)).all()
    assert (lines(first), lines(second)) == ([("remark", "ann")], [])
    assert second.counts == {"remark": 1}


def test_one_bad_line_holds_up_no_other(sync, lines, db, make):
    make.customer("taken@corp.example")
    sync(everybody("ann", "bob"))
    run = sync([person("ann", mail="taken@corp.example", cn="Ann Lee"), person("bob", cn="Bob Lee")])
    assert run.state == "done"
    assert lines(run, "failed") == [("change", "ann")]
    assert (user(db, "ann").real_name, user(db, "bob").real_name) == ("Ann Lee", "Bob Lee")


def test_members_leave_groups_but_those_put_there_by_hand_stay(sync, lines, db, make, work):
    people = everybody("ann", "bob", "cleo")
    sync(people, [group("Techs", "ann", "bob"), group("Sales", "cleo"), group("Odd", "cleo")])
    techs = db.scalar(select(Group).where(Group.name == "Techs"))
    put_into_group(work, techs, make.staff("local").id)
    db.commit()
    run = sync(people, [group("Techs", "ann"), group("Vertrieb", "cleo", unique_id="id-group-Sales")])
    assert lines(run) == [
        ("rename_group", "Sales"),
        ("remove_member", "Odd"),
        ("remove_member", "Techs"),
    ]
    names = select(User.name).join(GroupClosure, GroupClosure.member_id == User.id)
    assert set(db.scalars(names.where(GroupClosure.group_id == techs.id))) == {"ann", "local"}


@pytest.mark.parametrize("take_over", [False, True])
def test_a_group_of_ours_with_the_same_name_is_left_alone_unless_that_is_wanted(
    sync, lines, db, corp, work, make, take_over
):
    make_group(work, name="Techs")
    supers = make_group(work, name="Admins")
    make.grant(supers, "SuperUser")
    db.merge(corp).take_over = take_over
    db.commit()
    run = sync(everybody("ann"), [group("techs", "ann"), group("admins", "ann")])
    about = [each for each in lines(run) if each[0] in ("link_group", "create_group", "remark")]
    first = "link_group" if take_over else "remark"
    assert about == [(first, "techs"), ("remark", "admins")]
    ann = user(db, "ann")
    inside = select(GroupClosure.depth).where(GroupClosure.member_id == ann.id)
    assert db.scalar(inside.where(GroupClosure.group_id == supers.id)) is None


def test_a_plan_alone_changes_nothing_and_grows_old(sync, lines, db, app, clock, work_of):
    run = sync(everybody("ann"), only_plan=True)
    assert (run.state, lines(run)) == ("planned", [("create", "ann")])
    assert user(db, "ann") is None
    clock.advance(timedelta(days=2))
    with pytest.raises(Exception, match="more than a day old"):
        agree(work_of("root"), run)


def test_people_who_are_unchanged_cost_no_statement_each(sync, query_count):
    many = [f"u{number}" for number in range(30)]
    few, all_groups = everybody(*many[:10]), [group("Techs", *many), group("Sales", *many[:9])]
    sync(few, all_groups)
    with query_count() as first:
        sync(few, all_groups)
    sync(everybody(*many), all_groups)
    with query_count() as second:
        sync(everybody(*many), all_groups)
    assert second.total == first.total
    assert first.total < 60


def test_the_clock_starts_runs_and_comes_sooner_after_a_failure(app, db, corp, clock, monkeypatch):
    fake = FakeDirectory(everybody("ann"))
    monkeypatch.setattr(runs, "open_directory", lambda app, settings: fake)
    assert due.sync_due(app) == 0, "the first run leaves time to look at a plan"
    clock.advance(timedelta(minutes=61))
    assert (due.sync_due(app), due.sync_due(app)) == (1, 0)
    assert user(db, "ann") is not None
    fake.breaks_after = 0
    clock.advance(timedelta(minutes=60))
    assert due.sync_due(app) == 1
    clock.advance(timedelta(minutes=5))
    assert due.sync_due(app) == 1
    db.expire_all()
    assert db.get(DirectorySync, corp.id).failures == 2
    clock.advance(timedelta(days=3))
    assert due.sweep_runs(app) == 2, "failed runs without a line are forgotten after two days"


def test_a_run_that_broke_off_is_gone_on_with(sync, app, db, corp, lines, work):
    run = sync(everybody("ann", "bob"), only_plan=True)
    agree(work, run)
    db.commit()
    with app.work() as system:
        system.db.get(DirectorySync, corp.id).lease_until = app.clock.now() + timedelta(minutes=5)
    assert due.sync_due(app) == 0, "another worker has it in hand"
    with app.work() as system:
        system.db.get(DirectorySync, corp.id).lease_until = app.clock.now() - timedelta(seconds=1)
    assert due.sync_due(app) == 1
    db.expire_all()
    assert lines(run, "done") == [("create", "ann"), ("create", "bob")]


def test_a_worker_that_dies_between_two_batches_loses_and_doubles_nothing(
    app, db, corp, lines, monkeypatch, work
):
    points = []

    def die(point):
        points.append(point)
        if points.count("directory-batch") == 2:
            raise KeyboardInterrupt

    fake = FakeDirectory(everybody(*MANY), [group("Techs", *MANY)])
    monkeypatch.setattr(runs, "open_directory", lambda app, settings: fake)
    monkeypatch.setattr(runs, "AT_ONCE", 4)
    monkeypatch.setattr(runs, "reach", die)
    run = start_run(work, corp.id, "page")
    db.commit()
    with pytest.raises(KeyboardInterrupt):
        due.sync_due(app)
    db.expire_all()
    assert (len(lines(run, "done")), run.state) == (8, "applying")
    assert due.sync_due(app) == 1
    db.expire_all()
    assert (len(lines(run, "done")), run.state) == (21, "done")
    assert len(set(db.scalars(select(DirectoryPerson.user_id)))) == 10


def test_a_run_that_no_worker_can_finish_is_given_up(app, db, corp, clock, work_of, monkeypatch):
    def broken(app, settings):
        raise ZeroDivisionError

    monkeypatch.setattr(runs, "open_directory", broken)
    run = start_run(work_of("root"), corp.id, "page")
    db.commit()
    with pytest.raises(ZeroDivisionError):
        due.sync_due(app)
    clock.advance(timedelta(hours=2))
    monkeypatch.setattr(runs, "open_directory", lambda app, settings: FakeDirectory(everybody("ann")))
    assert due.sync_due(app) == 1
    db.expire_all()
    assert run.state == "failed"
    assert user(db, "ann") is not None


def test_who_is_logged_in_and_gone_is_out_within_a_minute(sync, app, db, corp, clock, monkeypatch):
    sync(everybody(*MANY))
    for name in ("p0", "p1"):
        start_session(db, user(db, name).id, now=app.clock.now(), days=1)
    db.commit()
    fake = FakeDirectory(everybody(*MANY[1:]))
    monkeypatch.setattr(looking, "open_directory", lambda app, settings: fake)
    assert looking.look_up(app) == 1
    assert fake.asked == [("id-p0", "id-p1")], "only those who are logged in are asked for"
    db.expire_all()
    assert (is_off(db, "p0"), is_off(db, "p1")) == (True, False)
    assert sessions_of(db, user(db, "p0").id, app.clock.now()) == []
    assert looking.look_up(app) == 0, "another worker has just looked"
    assert len(fake.asked) == 1
    clock.advance(timedelta(seconds=30))
    looking.look_up(app)
    assert fake.asked[1:] == [("id-p1",)]


@DECIDED_BY_VALUES
@pytest.mark.parametrize(
    ("left", "breaks_after", "word"),
    [((), None, "nobody at all"), (MANY, 0, "cannot be reached"), (("p9",), None, "9 of 10")],
)
def test_a_look_that_cannot_be_right_disables_nobody(
    sync, app, db, corp, monkeypatch, left, breaks_after, word
):
    sync(everybody(*MANY))
    for name in MANY:
        start_session(db, user(db, name).id, now=app.clock.now(), days=1)
    db.commit()
    fake = FakeDirectory(everybody(*left), breaks_after=breaks_after)
    monkeypatch.setattr(looking, "open_directory", lambda app, settings: fake)
    assert looking.look_up(app) == 0
    db.expire_all()
    assert not any(is_off(db, name) for name in MANY)
    assert word in db.get(DirectorySync, corp.id).look_problem


@pytest.mark.parametrize(
    ("edges", "cut"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, [("c", "a")]),
        ({"a": {"b"}, "b": {"a"}}, [("b", "a")]),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"a"}}, [("c", "b"), ("d", "a")]),
    ],
)
def test_circles_of_groups_are_cut_where_they_close(edges, cut):
    kept, found = without_circles(edges)
    assert found == cut
    assert sum(map(len, kept.values())) == sum(map(len, edges.values())) - len(cut)


@pytest.mark.parametrize(
    ("many", "base", "held"),
    [
        (0, 0, False),
        (1, 1, False),
        (2, 2, True),
        (4, 10, False),
        (5, 10, True),
        (5, 25, False),
        (21, 100, True),
    ],
)
def test_the_threshold_lets_a_handful_go_and_holds_all(many, base, held):
    assert bool(beyond(20, many, base, "people would be disabled")) is held
