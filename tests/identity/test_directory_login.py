"""Logging in through a directory: whose word counts for whom, what becomes of accounts, what when nobody answers."""

import socket

import pytest
from sqlalchemy import func, select

pytest.importorskip("ldap", reason="python-ldap is not installed: directories are not asked.")

from rtpy.changes.accounts import is_privileged
from rtpy.errors import Invalid
from rtpy.identity.accounts import set_disabled
from rtpy.identity.directories import admitting
from rtpy.identity.directories.saving import plain_directory, save_directory
from rtpy.identity.login import DirectoryAway, LoginFailed, TooManyLogins, check_login
from rtpy.identity.logins import How
from rtpy.identity.passwords import hash_password
from rtpy.models import ConfigChange, DirectoryPerson, OrganizationMember, Transaction, User
from rtpy.testing.fixtures import ROOT_PASSWORD
from tests.identity.directory_settings import OURS, TECHS, corp, typed

pytestmark = [pytest.mark.ldap, pytest.mark.databases("sqlite")]  # the questions are SQLAlchemy's, and few

PEER = "192.0.2.7"


@pytest.fixture
def directory(work, directory_server, db):
    """Sets up the directory of our people; `more` goes before."""

    def make(like=typed, /, **more):
        row = save_directory(work, None, like(directory_server, **more))
        db.flush()
        return row

    return make


@pytest.fixture
def come(app, db):
    """Who somebody is after a login with their password of the directory, or another one."""

    def try_it(name, password=None, **more):
        passed = check_login(app, name, password or f"secret of {name.lower()}", peer=PEER, **more)
        db.expire_all()
        return db.get(User, passed.user_id)

    return try_it


def links(db):
    rows = db.execute(select(User.name, DirectoryPerson.dn).join(User, User.id == DirectoryPerson.user_id))
    return dict(rows.all())


def test_the_first_login_makes_an_account_with_what_the_directory_says(directory, come, db, work, app):
    directory(map_home_phone="telephoneNumber", map_country="nothing")
    jane = come("jane")
    assert (jane.name, jane.real_name, jane.email_address) == ("jane", "Jane Doe", "jane@example.com")
    assert (jane.work_phone, jane.home_phone, jane.country) == ("+49 30 1", "+49 30 1", "")
    assert jane.password_hash is None
    assert is_privileged(work, jane.id)
    assert links(db) == {"jane": f"uid=jane,{OURS}"}
    people = db.scalar(select(func.count()).select_from(User))
    history = db.scalar(select(func.count()).select_from(Transaction))
    assert come("JANE@example.com", "secret of jane").id == jane.id
    assert come("jane").id == jane.id
    assert db.scalar(select(func.count()).select_from(User)) == people
    assert db.scalar(select(func.count()).select_from(Transaction)) == history
    assert check_login(app, "jane", "secret of jane", peer=PEER).how == How.DIRECTORY


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("jane", "wrong"),
        ("jane", "secret of bob"),
        ("jane", ""),
        ("jane", "  "),
        ("jane", "secret of jane\x00"),
        ("nobody", "secret of nobody"),
        ("*", "secret of jane"),
        (")(uid=*", "secret of jane"),
        ("jane)(uid=jane", "secret of jane"),
        ("jane\x00", "secret of jane"),
        ("dave", "secret of dave"),  # has left
        ("", ""),
    ],
)
def test_a40_a36_whatever_is_wrong_one_sentence_says_so(directory, come, name, password):
    directory()
    with pytest.raises(LoginFailed, match="do not fit together") as failed:
        come(name, password or " ")
    assert type(failed.value) is LoginFailed


def test_only_members_of_the_required_group_come_in(directory, come):
    directory(required_group_dn=TECHS)
    assert come("carol").name == "carol"  # through a group in it
    with pytest.raises(LoginFailed):
        come("bob")


def test_a_local_account_with_a_password_never_depends_on_a_directory(
    directory, come, make, app, monkeypatch
):
    directory(take_over="1")
    local = make.staff("jane", password="local")
    monkeypatch.setattr(admitting, "open_directory", lambda *_: pytest.fail("nobody asks"))
    assert come("jane", "local").id == local.id
    assert come("root", ROOT_PASSWORD).name == "root"
    with pytest.raises(LoginFailed):
        come("jane")


def test_a_linked_account_is_its_directorys_alone(directory, come, db):
    row = directory()
    jane = come("jane")
    jane.password_hash = hash_password("a local password")
    db.flush()
    with pytest.raises(LoginFailed):
        come("jane", "a local password")
    assert come("jane").id == jane.id
    row.disabled = True
    db.flush()
    for password in ("secret of jane", "a local password"):
        with pytest.raises(LoginFailed, match="do not fit"):
            come("jane", password)


def test_who_is_switched_off_here_stays_out(directory, come, work, db):
    directory()
    jane = come("jane")
    set_disabled(work, jane, disabled=True)
    db.flush()
    with pytest.raises(LoginFailed, match="do not fit"):
        come("jane")


def test_what_the_directory_changes_is_taken_over_at_the_next_login(directory, come, db, work):
    directory(map_city="employeeType")
    jane = come("jane")
    jane.real_name, jane.city, jane.name, jane.timezone = "Old Name", "Old Town", "j", "Europe/Berlin"
    db.flush()
    come("j", "secret of jane")  # found by the id, whatever they are called
    assert (jane.name, jane.real_name, jane.city, jane.timezone) == (
        "jane",
        "Jane Doe",
        "staff",
        "Europe/Berlin",
    )
    changed = db.scalars(
        select(Transaction.field).where(Transaction.object_id == jane.id, Transaction.type == "Set")
    )
    assert {"RealName", "City", "Name"} <= set(changed)


def test_an_address_that_is_somebody_elses_stays_theirs(directory, come, make):
    directory()
    jane = come("jane")
    jane.email_address = None
    other = make.customer("jane@example.com")
    assert come("jane").email_address is None
    assert other.email_address == "jane@example.com"


def test_a_customer_without_a_password_becomes_the_one_in_the_directory(directory, come, make, work):
    directory()
    wrote = make.customer("jane@example.com", "J.")
    assert come("jane").id == wrote.id
    assert (wrote.name, wrote.real_name) == ("jane", "Jane Doe")
    assert is_privileged(work, wrote.id)


@pytest.mark.parametrize("take_over", ["", "1"])
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("staff", "with take_over"),
        ("customer with a password", "with take_over"),
        ("super-user", "never"),
        ("switched off", "never"),
        ("linked already", "never"),
    ],
)
def test_accounts_that_are_here_already(directory, come, make, db, work, who, may, take_over):
    row = directory(take_over=take_over)
    there = make.staff("her") if who in ("staff", "super-user") else make.customer("her@old.example")
    there.email_address = "jane@example.com"
    if who == "customer with a password":
        there.password_hash = hash_password("her own password")
    if who == "super-user":
        make.grant(there, "SuperUser")
    if who == "switched off":
        there.principal.disabled = True
    if who == "linked already":
        other = DirectoryPerson(directory_id=row.id, unique_id="x", user_id=there.id, dn="", seen=work.now)
        db.add(other)
    db.flush()
    if may == "with take_over" and take_over:
        assert come("jane").id == there.id
    else:
        with pytest.raises(LoginFailed, match="do not fit"):
            come("jane")
        assert "jane" not in links(db)


def test_a_clients_directory_cannot_claim_people_whom_no_client_has(directory, come, make):
    """Somebody who once wrote from a private address has tickets too."""
    ours = make.organization("Client", "client.example")
    directory(organization_id=str(ours.id), privileged="", login_attributes="uid")
    private = make.customer("jane@example.com")
    jane = come("jane")
    assert (jane.id == private.id, jane.email_address) == (False, None)


@pytest.mark.parametrize("claimed", ["jane@example.com", "uid"])
def test_a_clients_directory_cannot_claim_people_of_another_client(directory, come, make, db, claimed):
    """Its administrators write into it what they like."""
    ours = make.organization("Client", "client.example")
    make.organization("Other client", "example.com")
    directory(organization_id=str(ours.id), privileged="", login_attributes="uid")
    boss = make.customer("jane@example.com") if claimed != "uid" else None
    jane = come("jane")
    assert jane is not boss
    assert (jane.email_address, jane.name) == (None, "jane")
    member = select(OrganizationMember.organization_id).where(OrganizationMember.user_id == jane.id)
    assert db.scalars(member).all() == [ours.id]


def test_a_login_name_that_is_an_address_of_another_client_lets_nobody_in(directory, come, make):
    ours = make.organization("Client", "client.example")
    make.organization("Other client", "example.com")
    directory(organization_id=str(ours.id), privileged="", login_attributes="mail, uid")
    with pytest.raises(LoginFailed):
        come("jane")


def test_people_of_a_clients_directory_are_its_members_and_never_staff(directory, come, make, work, db):
    client = make.organization("Client", "corp.example.com")
    directory(corp, organization_id=str(client.id), privileged="", take_over="1")
    customer = make.customer("wendy@corp.example.com")
    assert come("wendy").id == customer.id
    assert not is_privileged(work, customer.id)
    with pytest.raises(LoginFailed):
        come("ulla")  # disabled in their Active Directory
    staff = make.staff("victor")
    with pytest.raises(LoginFailed):
        come("victor")
    assert "victor" not in links(db)
    assert is_privileged(work, staff.id)
    make.grant(customer, "SuperUser")
    with pytest.raises(LoginFailed):
        come("wendy")


def test_the_first_directory_that_knows_a_name_decides_and_ours_comes_first(
    directory, come, make, db, monkeypatch
):
    client = make.organization("Client")
    directory(name="Client's", organization_id=str(client.id), privileged="", position="1")
    directory(position="900")
    asked = []
    opened = admitting.open_directory
    monkeypatch.setattr(
        admitting,
        "open_directory",
        lambda app, settings: asked.append(settings.name) or opened(app, settings),
    )
    with pytest.raises(LoginFailed):
        come("jane", "wrong")
    assert asked == ["Our people"]
    come("jane")
    assert db.scalar(select(func.count()).select_from(OrganizationMember)) == 0


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"ldap://127.0.0.1:{listener.getsockname()[1]}"


def test_while_nobody_answers_a_plain_sentence_says_so_and_local_accounts_get_in(
    directory, come, db, app, make
):
    row = directory()
    jane = come("jane")
    row.urls = [free_address()]
    db.flush()
    for name in ("jane", "bob", "nobody"):
        with pytest.raises(DirectoryAway, match="directory cannot be reached"):
            come(name)
    assert come("root", ROOT_PASSWORD).name == "root"
    jane.password_hash, row.local_fallback = hash_password("kept here"), True
    db.flush()
    assert come("jane", "kept here").id == jane.id
    with pytest.raises(LoginFailed, match="do not fit"):
        come("jane", "wrong")
    row.urls = ["ldap://127.0.0.1:1"]
    row.bind_password_sealed = ""  # a wrong setting is as good as nobody there
    row.local_fallback = False
    db.flush()
    with pytest.raises(DirectoryAway):
        come("jane")


def test_a_clients_dead_directory_does_not_keep_other_clients_out(directory, come, make, work):
    dead, alive = make.organization("Dead"), make.organization("Alive")
    directory(name="Dead", urls=free_address(), organization_id=str(dead.id), privileged="", position="1")
    directory(name="Alive", organization_id=str(alive.id), privileged="", position="2")
    assert come("jane").name == "jane"
    with pytest.raises(DirectoryAway):
        come("nobody")


def test_guesses_at_a_directorys_passwords_are_counted_like_any_others(directory, come):
    directory()
    come("jane")
    for _ in range(10):
        with pytest.raises(LoginFailed):
            come("jane", "wrong")
    with pytest.raises(TooManyLogins):
        come("jane")


def test_no_transaction_is_open_while_a_directory_is_asked(directory, come, app, monkeypatch):
    directory()
    begun = []
    opened = admitting.open_directory
    real = app.sessions, app.reading_sessions

    def counting(make):
        def session():
            made = make()
            begun.append(made)
            return made

        return session

    monkeypatch.setattr(app, "sessions", counting(real[0]))
    monkeypatch.setattr(app, "reading_sessions", counting(real[1]))

    def look(*args):
        assert begun
        assert not any(session.in_transaction() for session in begun)
        return opened(*args)

    monkeypatch.setattr(admitting, "open_directory", look)
    assert come("jane").name == "jane"


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "nt4"}, "kind"),
        ({"urls": ""}, "urls"),
        ({"urls": "http://ldap.example.com"}, "urls"),
        ({"urls": "ldap://user:pw@ldap.example.com"}, "urls"),
        ({"urls": "ldap://ldap.example.com/ou=people"}, "urls"),
        ({"urls": "ldap://ldap.example.com:port"}, "urls"),
        ({"urls": "ldapi:///"}, "urls"),
        ({"urls": "ldaps://ldap.example.com"}, "urls"),
        ({"tls": "ldaps"}, "urls"),
        ({"tls": "none", "urls": "ldap://ldap.example.com"}, "plain_ok"),
        ({"tls": "maybe"}, "tls"),
        ({"ca": "no certificate"}, "ca"),
        ({"bind_password": ""}, "bind_password"),
        ({"bind_password": "  "}, "bind_password"),
        ({"bind_dn": "", "bind_password": "x"}, "bind_password"),
        ({"bind_dn": "somebody"}, "bind_dn"),
        ({"base_dn": ""}, "base_dn"),
        ({"person_filter": "objectClass=person"}, "person_filter"),
        ({"person_filter": "(a=b))((c=d)"}, "person_filter"),
        ({"active_filter": "(a=b)(c=d)"}, "active_filter"),
        ({"group_filter": "()"}, "group_filter"),
        ({"login_attributes": ""}, "login_attributes"),
        ({"login_attributes": "uid)(x"}, "login_attributes"),
        ({"unique_attribute": ""}, "unique_attribute"),
        ({"map_city": "l)(x"}, "map_city"),
        ({"position": "-1"}, "position"),
        ({"sync_threshold": "0"}, "sync_threshold"),
        ({"sync_minutes": "soon"}, "sync_minutes"),
        ({"organization_id": "999999", "privileged": ""}, "organization_id"),
        ({"organization_id": "x"}, "organization_id"),
        ({"manager_field_id": "999999"}, "manager_field_id"),
    ],
)
def test_settings_that_do_not_hold_together_are_refused_beside_their_field(directory, given, field):
    with pytest.raises(Invalid) as invalid:
        directory(**given)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_clients_people_cannot_be_made_staff_by_a_tick(directory, make):
    with pytest.raises(Invalid, match="never staff"):
        directory(organization_id=str(make.organization("Client").id))


def test_settings_are_kept_as_typed_and_noted_without_the_password(directory, db, work, directory_server):
    row = directory()
    given = typed(directory_server) | {"ca": directory_server.authority.strip()}
    assert {**plain_directory(row), "bind_password": given["bind_password"]}.items() >= given.items()
    assert directory_server.search_password not in row.bind_password_sealed
    kept = row.bind_password_sealed
    save_directory(work, row, {**plain_directory(row), "base_dn": "ou=else,dc=example,dc=com"})
    assert row.bind_password_sealed == kept
    save_directory(work, row, {**plain_directory(row), "bind_password": "another"})
    assert row.bind_password_sealed != kept
    noted = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "directory").order_by(ConfigChange.id)
    ).all()
    assert [change.action for change in noted] == ["create", "change", "change"]
    assert list(noted[1].after) == ["base_dn"]
    assert list(noted[2].after) == ["bind_password"]
    assert "search_password" not in str([change.after for change in noted])
    assert directory_server.search_password not in str([(change.before, change.after) for change in noted])


@pytest.mark.parametrize(
    "changed",
    [
        {"urls": "ldap://evil.example.net"},
        {"tls": "none"},
        {"ca": ""},
        {"bind_dn": "uid=few,ou=people,dc=example,dc=com"},
    ],
)
def test_the_password_is_not_told_to_other_servers_than_it_was_given_for(directory, work, changed):
    row = directory()
    with pytest.raises(Invalid, match="give the password once more"):
        save_directory(work, row, {**plain_directory(row), **changed})
