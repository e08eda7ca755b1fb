"""The sync with a real directory server: nested groups, a tree like Active Directory's, an answer that is cut short."""

from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from rtpy.cli import ldap_import as command
from rtpy.identity.directories.settings import PURPOSE
from rtpy.identity.directory_sync.due import sync_due
from rtpy.identity.directory_sync.lease import make_sync_rows
from rtpy.identity.directory_sync.looking import look_up
from rtpy.identity.directory_sync.runs import start_run
from rtpy.identity.sessions import start_session
from rtpy.models import (
    CustomField,
    CustomFieldContent,
    CustomFieldPlace,
    DirectoryPerson,
    DirectoryRun,
    DirectoryRunLine,
    Group,
    GroupClosure,
    Principal,
    User,
    UserDirectory,
)
from rtpy.sealing import seal

pytestmark = [
    pytest.mark.ldap,
    pytest.mark.databases("sqlite"),  # what differs between databases is tried with directories made of lists
]


@pytest.fixture
def make_row(app, db, directory_server):
    """A directory of that server; it trusts its authority and searches as it may."""

    def make(**values):
        given = {
            "name": "People",
            "urls": [directory_server.url],
            "tls": "starttls",
            "ca": directory_server.authority,
            "bind_dn": directory_server.search_dn,
            "bind_password_sealed": seal(app.config, PURPOSE, directory_server.search_password),
            "base_dn": f"ou=people,{directory_server.base}",
            "person_filter": "(&(objectClass=inetOrgPerson)(!(employeeType=former)))",
            "login_attributes": ["uid"],
            "attributes": {"real_name": "cn", "email_address": "mail", "work_phone": "telephoneNumber"},
            "group_base_dn": f"ou=groups,{directory_server.base}",
            "group_filter": "(objectClass=groupOfNames)",
            "sync_people": True,
            "sync_groups": True,
            "privileged": True,
            "created": app.clock.now(),
        }
        row = UserDirectory(**{**given, **values})
        db.add(row)
        db.commit()
        make_sync_rows(app, {row.id: 60})
        return row

    return make


@pytest.fixture
def corp(make_row, directory_server, app, db):
    field = CustomField(name="Manager", lookup="user", type="Freeform", max_values=1)
    db.add(field)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
    return make_row(
        name="Corp",
        kind="ad",
        base_dn=f"ou=corp,{directory_server.base}",
        group_base_dn=f"ou=corp,{directory_server.base}",
        person_filter="(objectClass=adUser)",
        active_filter="(!(userAccountControl=514))",
        login_attributes=["sAMAccountName"],
        unique_attribute="objectGUID",
        attributes={"real_name": "displayName", "email_address": "mail"},
        group_filter="(objectClass=adGroup)",
        manager_attribute="manager",
        manager_field_id=field.id,
    )


def run_now(app, db, row):
    with app.work() as work:
        run_id = start_run(work, row.id, "page").id
    assert sync_due(app) == 1
    db.expire_all()
    return db.get(DirectoryRun, run_id)


def people_in(db, name):
    query = (
        select(User.name)
        .join(GroupClosure, GroupClosure.member_id == User.id)
        .join(Group, Group.id == GroupClosure.group_id)
    )
    return set(db.scalars(query.where(Group.name == name)))


def lines_of(db, run):
    query = select(DirectoryRunLine.deed, DirectoryRunLine.name, DirectoryRunLine.state)
    return [tuple(row) for row in db.execute(query.where(DirectoryRunLine.run_id == run.id))]


def test_people_and_groups_in_circles_come_from_an_openldap_tree(app, db, make_row):
    row = make_row()
    run = run_now(app, db, row)
    assert (run.state, run.problem) == ("done", "")
    linked = set(db.scalars(select(User.name).join(DirectoryPerson, DirectoryPerson.user_id == User.id)))
    assert {"jane", "bob", "carol", "erin"} <= linked
    assert "dave" not in linked
    assert people_in(db, "everybody") == {"jane", "carol", "bob", "erin"}
    assert people_in(db, "seniors") in ({"carol"}, {"carol", "jane"})
    bob = db.scalar(select(User).where(User.name == "bob"))
    assert bob.real_name == "Bob Öztürk"
    again = run_now(app, db, row)
    assert [line for line in lines_of(db, again) if line[2] != "remark"] == []


def test_a_tree_like_active_directorys_comes_with_nested_groups_and_managers(app, db, corp):
    run = run_now(app, db, corp)
    assert (run.state, [line for line in lines_of(db, run) if line[2] != "done"]) == ("done", [])
    assert people_in(db, "Technik") == {"wendy", "victor"}
    assert people_in(db, "Leitung") == {"victor"}
    assert db.scalar(select(User.id).where(User.name == "ulla")) is None, "disabled there: not made here"
    assert list(db.scalars(select(CustomFieldContent.content))) == ["wendy"]


def test_who_is_disabled_in_active_directory_is_out_at_the_next_look(app, db, corp):
    corp.active_filter = ""
    db.commit()
    run_now(app, db, corp)
    ulla = db.scalar(select(User).where(User.name == "ulla"))
    start_session(db, ulla.id, now=app.clock.now(), days=1)
    corp.active_filter = "(!(userAccountControl=514))"
    db.commit()
    assert look_up(app) == 1
    db.expire_all()
    assert db.get(Principal, ulla.id).disabled


def test_an_answer_that_the_server_cuts_short_disables_nobody(app, db, make_row, directory_server):
    row = make_row()
    run_now(app, db, row)
    row.bind_dn = directory_server.few_dn
    row.bind_password_sealed = seal(app.config, PURPOSE, "secret of few")
    db.commit()
    run = run_now(app, db, row)
    assert (run.state, lines_of(db, run)) == ("failed", [])
    off = (
        select(User.name)
        .join(Principal, Principal.id == User.id)
        .join(DirectoryPerson, DirectoryPerson.user_id == User.id)
    )
    assert list(db.scalars(off.where(Principal.disabled))) == []


def test_the_command_prints_what_it_would_do_and_does_it(app, db, corp, monkeypatch):
    @dataclass
    class Opened:
        def __enter__(self):
            return app

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(command, "open_app", lambda config, **_: Opened())
    monkeypatch.setattr(command, "start_logging", lambda config: None)
    dry = CliRunner().invoke(command.ldap_import, ["--dry-run", "corp"])
    assert (dry.exit_code, db.scalar(select(User.id).where(User.name == "wendy"))) == (0, None)
    assert "create: wendy (name: wendy, real name: Wendy Wong" in dry.output
    assert "put into the group: Technik (person: wendy)" in dry.output
    real = CliRunner().invoke(command.ldap_import, [])
    assert real.exit_code == 0
    assert "Corp: 2 people and 2 groups read" in real.output
    assert db.scalar(select(User.id).where(User.name == "wendy")) is not None
    wrong = CliRunner().invoke(command.ldap_import, ["nowhere"])
    assert "There is no directory nowhere" in str(wrong.exception)
