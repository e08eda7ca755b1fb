"""Pages of the providers of single sign-on: made, tried, changed, and people connected, by super-users only."""

import pytest
from sqlalchemy import select, text

from rtpy.changes.groups import make_group
from rtpy.config.config import Config
from rtpy.identity.oidc.provider import find_provider
from rtpy.models import ConfigChange, SignOnLink, SignOnProvider
from rtpy.testing.provider import running_provider

GOOD = {
    "name": "Acme",
    "issuer": "https://login.acme.example",
    "client_id": "rtpy",
    "client_secret": "s3cret",
}


@pytest.fixture
def config(tmp_path, database_engine):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, sign_on__allow=("127.0.0.1",))


@pytest.fixture
def send(root, token):
    carried = token(root)
    return lambda path, **given: root.post(path, {"csrf_token": carried, **given}, expect_errors=True)


@pytest.fixture
def row(send, db):
    assert send("/admin/sign-on/create", **GOOD).status_int == 303
    return db.scalars(select(SignOnProvider)).one()


def test_a_provider_is_made_shown_changed_and_deleted_and_its_secret_is_never_said(
    root, another, send, row, db, app
):
    path = f"/admin/sign-on/{row.id}"
    page = root.get(path)
    assert f"/sign-on/{row.id}/callback" in page.text
    assert "s3cret" not in page.text
    assert "s3cret" not in repr(db.execute(select(SignOnProvider.__table__)).one())
    assert "Acme" in root.get("/admin/sign-on").text
    assert "Log in by Acme" in another().get("/login").text
    # an empty secret keeps the one there is, another issuer drops it
    assert send(path, **{**GOOD, "client_secret": "", "scopes": "openid email"}).status_int == 303
    db.expire_all()
    assert find_provider(app, db, row.id).client_secret == "s3cret"
    assert send(path, **{**GOOD, "client_secret": "", "issuer": "https://evil.example"}).status_int == 303
    db.expire_all()
    assert find_provider(app, db, row.id).client_secret == ""
    assert send(path + "/delete").status_int == 303
    assert db.scalars(select(SignOnProvider)).all() == []
    of_providers = select(ConfigChange).where(ConfigChange.kind == "sign-on provider")
    noted = db.scalars(of_providers.order_by(ConfigChange.id)).all()
    assert [each.action for each in noted] == ["create", "change", "change", "delete"]
    assert not any("s3cret" in repr((each.before, each.after)) for each in noted)


WRONG = [
    ({"name": ""}, "Give it a name"),
    ({"name": "acme"}, "There is a provider of this name"),
    ({"issuer": ""}, "Give its issuer"),
    ({"issuer": "login.acme.example"}, "begins with https://"),
    ({"issuer": "http://login.acme.example"}, "Only https://"),
    ({"issuer": "https://10.0.0.1"}, "not public"),
    ({"issuer": "https://login.acme.example/?x"}, "no question mark"),
    ({"issuer": "https://a.example/.well-known/openid-configuration"}, "Leave out"),
    ({"client_id": ""}, "Give the client id"),
    ({"scopes": "email"}, "openid must be"),
    ({"domains": "not a domain!"}, "is not a mail domain"),
    ({"organization": "Nobody Ltd"}, "There is no organisation"),
    ({"for_staff": "1"}, "Name the mail domains of your staff"),
    ({"for_staff": "1", "organization": "Client"}, "never speaks for staff"),
    ({"group_map": "a = Nowhere", "group_claim": "groups"}, "There is no group"),
    ({"group_map": "a", "group_claim": "groups"}, "Write lines such as"),
    ({"group_map": "a = Admins"}, "Name the claim"),
    ({"group_map": "a = Admins", "group_claim": "groups"}, "holds SuperUser"),
    ({"group_map": "a = Admins", "group_claim": "g", "organization": "Client"}, "puts nobody into groups"),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(send, row, make, work, db):
    make.organization("Client", "client.example")
    make.grant(make_group(work, name="Admins"), "SuperUser")
    for changes, sentence in WRONG:
        answer = send("/admin/sign-on/create", **{**GOOD, "name": "New", **changes})
        assert (answer.status_int, sentence in answer.text) == (422, True), changes
    assert db.scalars(select(SignOnProvider.name)).all() == ["Acme"]
    assert (
        send("/admin/sign-on/create", **{**GOOD, "name": "Off", "client_id": "", "disabled": "1"}).status_int
        == 303
    )


def test_people_are_connected_and_disconnected_and_it_stands_in_their_history(root, send, row, make, db):
    jo = make.staff("jo", real_name="Jo Bloggs")
    path = f"/admin/sign-on/{row.id}/people"
    assert "Nobody yet" in root.get(path).text
    assert send(path, who="jo", subject="17").status_int == 303
    assert send(path, who="root", subject="").status_int == 303
    for given, sentence in (
        ({"who": ""}, "Say whom"),
        ({"who": "nobody-here"}, "There is nobody named"),
        ({"who": "Nobody"}, "never logs in"),
        ({"who": "root", "subject": "17"}, "Jo Bloggs already"),
        ({"who": "root", "subject": ""}, "already"),
        ({"who": "root", "subject": "x" * 256}, "no subject"),
    ):
        answer = send(path, **given)
        assert (answer.status_int, sentence in answer.text) == (422, True), given
    page = root.get(path + "?q=17")
    assert "Jo Bloggs" in page.text
    assert "at the next login" in root.get(path).text
    link = db.scalars(select(SignOnLink.id).where(SignOnLink.user_id == jo.id)).one()
    assert send(path, drop="999999").status_int == 404
    assert send(path, drop=str(link)).status_int == 303
    said = (
        "SELECT old_value, new_value FROM transactions WHERE field = 'SignOn' AND object_id = :jo ORDER BY id"
    )
    assert [tuple(each) for each in db.execute(text(said), {"jo": jo.id})] == [
        ("", "Acme: 17"),
        ("Acme: 17", ""),
    ]
    assert "Acme: 17" in root.get(f"/admin/users/{jo.id}/history").text


@pytest.mark.databases("sqlite")  # the answers come over the network
def test_the_test_says_what_the_provider_publishes_or_what_is_wrong(root, send, row, db):
    with running_provider() as provider:
        send(f"/admin/sign-on/{row.id}", **{**GOOD, "issuer": provider.issuer, "client_secret": "x"})
        path = f"/admin/sign-on/{row.id}/test"
        page = send(path)
        assert (page.status_int, "what it publishes is in order" in page.text) == (200, True)
        assert f"{provider.issuer}/token" in page.text
        for changes, sentence in (
            ({"metadata_changes": {"issuer": "https://evil.example"}}, "It says that its issuer is"),
            ({"metadata_changes": {"token_endpoint": None}}, "Its token_endpoint is not good"),
            ({"metadata_changes": {"jwks_uri": "file:///etc/passwd"}}, "Its jwks_uri is not good"),
            ({"metadata_changes": {}, "published": {"keys": []}}, "holds none"),
            ({"answers": {"/.well-known/openid-configuration": (500, b"")}}, "it answered 500"),
            (
                {"answers": {"/.well-known/openid-configuration": (200, b"[]")}},
                "not answer with a JSON object",
            ),
        ):
            provider.__dict__.update(changes)
            page = send(path)
            assert (page.status_int, "Nobody can log in by it now" in page.text) == (200, True), changes
            assert sentence in page.text, changes
    assert "Connection refused" in send(path).text
