"""Asking a real directory server: who is found, whose bind counts, what is never sent, and what cut answers do."""

import socket

import pytest
from cryptography import x509

pytest.importorskip("ldap", reason="python-ldap is not installed: directories are not asked.")

from rtpy.identity.directories.connecting import bind
from rtpy.identity.directories.directory import DirectoryRefused, DirectoryUnreachable, Entry
from rtpy.identity.directories.ldap_directory import LdapDirectory
from rtpy.identity.directories.person import read_person
from rtpy.identity.directories.settings import Settings
from rtpy.testing.directory import BASE, guid_of, throwaway_directory
from rtpy.testing.servers import throwaway_slapd

pytestmark = pytest.mark.ldap

JANE = f"uid=jane,ou=people,{BASE}"
TECHS = f"cn=techs,ou=groups,{BASE}"
ACTIVE = "(!(userAccountControl:1.2.840.113556.1.4.803:=2))"


@pytest.fixture
def settings(directory_server):
    """Makes settings that are right, but for what is given."""

    def make(**more):
        values = {
            "id": 1,
            "name": "Our people",
            "kind": "openldap",
            "disabled": False,
            "urls": (directory_server.url,),
            "tls": "starttls",
            "plain_ok": False,
            "ca": directory_server.authority,
            "bind_dn": directory_server.search_dn,
            "bind_password_sealed": "",
            "base_dn": f"ou=people,{BASE}",
            "person_filter": "(objectClass=inetOrgPerson)",
            "active_filter": "(!(employeeType=former))",
            "login_attributes": ("uid", "mail"),
            "unique_attribute": "entryUUID",
            "attributes": {
                "real_name": "cn",
                "email_address": "mail",
                "lang": "preferredLanguage",
                "city": "l",
            },
            "required_group_dn": "",
            "group_base_dn": f"ou=groups,{BASE}",
            "group_filter": "(objectClass=groupOfNames)",
            "group_name_attribute": "cn",
            "group_member_attribute": "member",
            "manager_attribute": "manager",
            "organization_id": None,
            "privileged": True,
            "take_over": False,
            "local_fallback": False,
        }
        return Settings(**(values | more))

    return make


@pytest.fixture
def opened(settings, directory_server):
    """Opens a directory, with the settings that are given."""
    made = []

    def make(password=directory_server.search_password, dead=None, **more):
        directory = LdapDirectory(settings(**more), password, {} if dead is None else dead)
        made.append(directory)
        return directory

    yield make
    for directory in made:
        directory.close()


@pytest.fixture
def corp(opened):
    """Opens the tree that looks like Active Directory."""
    values = {
        "base_dn": f"ou=corp,{BASE}",
        "group_base_dn": f"ou=corp,{BASE}",
        "person_filter": "(objectClass=adUser)",
        "active_filter": ACTIVE,
        "login_attributes": ("sAMAccountName", "userPrincipalName"),
        "unique_attribute": "objectGUID",
        "group_filter": "(objectClass=adGroup)",
    }
    return lambda **more: opened(**(values | more))


def logins(entries):
    return sorted(entry.text("uid") or entry.text("sAMAccountName") for entry in entries)


@pytest.mark.parametrize(
    ("login", "dn"),
    [
        ("jane", JANE),
        (" JANE ", JANE),
        ("Jane@Example.com", JANE),
        ("nobody", None),
        ("dave", None),  # does not fit the filter of who is active
        ("", None),
        ("*", None),
        ("j*", None),
        (")(uid=*", None),
        ("*)(uid=jane", None),
        ("jane)(|(uid=*", None),
        ("jane\x00", None),
        ("\x00", None),
        ("jane\n", JANE),
        ("ja\nne", None),
        ("\\2a", None),
        ("a" * 400, None),
        ("\udcff", None),
    ],
)
def test_a_login_finds_exactly_the_one_who_has_it(opened, login, dn):
    found = opened().find_person(login)
    assert (found and found.dn) == dn


def test_a_login_that_two_entries_have_is_nobodys(opened):
    assert opened(login_attributes=("employeeType",)).find_person("staff") is None


def test_a_password_is_right_when_the_server_says_that_it_is_them(opened):
    directory = opened()
    jane = directory.find_person("jane")
    wrong = ["wrong", "", " ", "\t\n", "secret of jane\x00", "\x00", "secret of bob", "\udcff", "*"]
    assert directory.bind_as(jane, "secret of jane")
    assert [given for given in wrong if directory.bind_as(jane, given)] == []
    assert not directory.bind_as(Entry("", "", {}), "secret of jane")
    assert not directory.bind_as(Entry(" ", "", {}), "secret of jane")
    assert not directory.bind_as(Entry("no dn", "", {}), "secret of jane")


def test_the_server_of_the_tests_says_yes_to_a_name_without_a_password_so_refusing_it_is_ours(opened):
    directory = opened()
    directory.find_person("jane")
    connection = directory._open
    connection.simple_bind_s(JANE, "")
    assert connection.whoami_s() == ""
    assert not directory._is_bound(connection, Entry(JANE, "", {}))
    assert not bind(directory._settings, connection, JANE, "")


def test_somebody_elses_yes_does_not_count(opened):
    directory = opened()
    directory.find_person("jane")
    assert not directory._is_bound(directory._open, Entry(JANE, "", {}))


def test_an_entry_becomes_a_person(opened, settings):
    person = read_person(settings(), opened().find_person("carol"))
    assert (person.name, person.dn, len(person.unique_id)) == ("carol", f"uid=carol,ou=people,{BASE}", 36)
    assert person.fields == {
        "real_name": "Carol Kim",
        "email_address": "carol@example.com",
        "lang": "de",
        "city": "",
    }
    jane = read_person(settings(), opened().find_person("jane"))
    assert jane.manager_dn == person.dn
    assert "email_address" not in read_person(settings(), opened().find_person("erin")).fields


def test_everybody_comes_page_by_page_and_referrals_are_not_followed(opened, monkeypatch):
    monkeypatch.setattr("rtpy.identity.directories.ldap_directory.PAGE", 2)
    directory = opened()
    everybody = list(directory.people())
    assert logins(everybody) == ["bob", "carol", "erin", "few", "jane", "search"]
    assert logins(
        directory.people_with([each.unique_id for each in everybody[2:4]] + ["none", "*"])
    ) == logins(everybody[2:4])


@pytest.mark.parametrize(
    ("group", "inside"),
    [
        (TECHS, ["carol", "jane"]),  # carol through a group in it, which has it as a member in turn
        (f"CN=Techs, OU=groups, {BASE.upper()}", ["carol", "jane"]),
        (f"cn=everybody,ou=groups,{BASE}", ["bob", "carol", "erin", "jane"]),
    ],
)
def test_only_members_of_the_required_group_are_let_in(opened, group, inside):
    directory = opened(required_group_dn=group)
    assert logins(directory.people()) == inside
    found = [login for login in ("jane", "carol", "bob", "erin") if directory.find_person(login)]
    assert sorted(found) == inside


def test_a_required_group_that_is_not_there_lets_nobody_in(opened):
    directory = opened(required_group_dn=f"cn=gone,ou=groups,{BASE}")
    assert directory.find_person("jane") is None
    with pytest.raises(DirectoryRefused, match="has no group"):
        list(directory.people())


def test_active_directorys_ids_are_known_again_and_its_disabled_people_are_not_there(corp):
    directory = corp()
    assert logins(directory.people()) == ["victor", "wendy"]
    assert directory.find_person("wendy@corp.example.com").unique_id == str(guid_of("wendy"))
    ids = [str(guid_of(login)) for login in ("victor", "ulla")]
    assert logins(directory.people_with([*ids, "no uuid"])) == ["victor"]
    assert {each.text("cn"): len(each.texts("member")) for each in directory.groups()} == {
        "Technik": 2,
        "Leitung": 2,
    }
    assert logins(corp(required_group_dn=f"cn=Technik,ou=corp,{BASE}").people()) == ["victor", "wendy"]


def test_with_active_directory_the_server_follows_nested_groups_and_one_that_cannot_lets_nobody_in(corp):
    assert list(corp(kind="ad", required_group_dn=f"cn=Technik,ou=corp,{BASE}").people()) == []


def test_an_answer_that_is_cut_short_raises(opened, directory_server):
    with pytest.raises(DirectoryRefused, match=r"[Ss]ize limit"):
        list(opened("secret of few", bind_dn=directory_server.few_dn).people())


def test_an_entry_without_the_unique_attribute_is_refused(opened):
    with pytest.raises(DirectoryRefused, match="objectGUID"):
        opened(unique_attribute="objectGUID").find_person("jane")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"password": "wrong"}, "refuses the name and password"),
        ({"password": ""}, "refuses the name and password"),
        ({"ca": ""}, "TLS .* is not good"),
        ({"urls": (), "tls": "starttls"}, "has no server"),
        ({"tls": "ldaps"}, "does not begin with ldaps"),
        ({"base_dn": "ou=nowhere,dc=example,dc=com"}, "[Nn]o such object"),
        ({"person_filter": "(("}, "refuses what we ask"),
        ({"tls": "none", "urls": ("ldap://192.0.2.1",)}, "in the clear"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said(opened, more, said):
    with pytest.raises(DirectoryRefused, match=said):
        opened(**more).find_person("jane")


def test_tls_is_checked_whichever_way_it_begins(opened, directory_server):
    told = {fact.label: fact.value for fact in opened(tls="ldaps", urls=(directory_server.tls_url,)).facts()}
    assert told["TLS"].startswith("TLS1.")
    assert told["We are"] == directory_server.search_dn
    with pytest.raises(DirectoryRefused, match="TLS"):
        opened(tls="ldaps", urls=(directory_server.tls_url,), ca="").facts()


def test_the_certificate_of_a_server_is_told_to_who_keeps_their_ends(settings, directory_server):
    told = []
    for tls, url in (("starttls", directory_server.url), ("ldaps", directory_server.tls_url)):
        reached = settings(tls=tls, urls=(url,))
        directory = LdapDirectory(
            reached, directory_server.search_password, {}, lambda *found: told.append(found)
        )
        assert directory.find_person("jane")
        directory.close()
    ports = [url.rpartition(":")[2].strip("/") for url in (directory_server.url, directory_server.tls_url)]
    assert [str(port) for _, port, _ in told] == ports
    assert all(x509.load_der_x509_certificate(certificate) for _, _, certificate in told)


def test_a_certificate_of_another_server_is_refused(opened, tmp_path):
    with throwaway_directory(tmp_path / "ldap", certified="192.0.2.1") as other:
        for tls, url in (("starttls", other.url), ("ldaps", other.tls_url)):
            with pytest.raises(DirectoryRefused, match="TLS"):
                opened(tls=tls, urls=(url,), ca=other.authority).facts()


def test_a_server_without_starttls_is_refused_and_hears_no_password(opened, tmp_path):
    """A man in the middle strips StartTLS by saying that there is none."""
    with (
        throwaway_slapd(tmp_path / "ldap") as plain,
        pytest.raises(DirectoryRefused, match="does not begin TLS"),
    ):
        opened(urls=(plain.url,), bind_dn=plain.admin, password=plain.password, base_dn=plain.base).facts()


def test_the_next_server_is_asked_when_one_does_not_answer_and_the_dead_one_is_left_alone(
    opened, directory_server
):
    dead = {}
    urls = ("ldap://127.0.0.1:1", directory_server.url)
    assert opened(urls=urls, dead=dead).find_person("jane").dn == JANE
    assert list(dead) == ["ldap://127.0.0.1:1"]
    with pytest.raises(DirectoryUnreachable, match="does not answer"):
        opened(urls=("ldap://127.0.0.1:9",), dead=dead).find_person("jane")
    with pytest.raises(DirectoryUnreachable, match="a moment ago"):
        opened(urls=("ldap://127.0.0.1:9",), dead=dead).find_person("jane")


def test_a_server_that_takes_the_call_and_says_nothing_is_unreachable(opened, monkeypatch):
    monkeypatch.setattr("rtpy.identity.directories.connecting.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("rtpy.identity.directories.connecting.ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(DirectoryUnreachable):
            opened(urls=(f"ldap://127.0.0.1:{silent.getsockname()[1]}",)).find_person("jane")
