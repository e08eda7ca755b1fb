"""A41 and A42 against the whole site: single sign-on and the proxy's header, used as meant and every other way."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pyramid_retry import mark_error_retryable
from sqlalchemy import func, select, text

from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.organizations import add_organization_member
from rtpy.config.config import Config
from rtpy.config.options import SignOn as SignOnOptions
from rtpy.http.door import behind_proxy
from rtpy.identity.accounts import set_disabled
from rtpy.identity.oidc.linking import person_of
from rtpy.identity.oidc.saving import connect_person, save_provider
from rtpy.identity.sessions import start_session
from rtpy.identity.trusted_header import ENVIRON_KEY
from rtpy.models import GroupMember, SecondFactor, SignOn, SignOnLink, User, WebSession
from rtpy.testing.provider import CLIENT, SECRET, running_provider, unsigned
from rtpy.web.sign_on import callback
from rtpy.work import Face
from rtpy.wsgi import make_wsgi
from tests.web.conftest import make_browser

BASE = "https://help.example.com"
ONCE = pytest.mark.databases("sqlite")
"""For what never reaches a statement of its own."""


@pytest.fixture(scope="module")
def server():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(server, app):
    """The provider, which tells the site's time and does nothing wrong yet."""
    fresh = type(server)(server.issuer, now=app.clock.now, key=server.key)
    server.__dict__.update(fresh.__dict__)
    return server


@pytest.fixture
def config(tmp_path, database_engine):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(
        tmp_path,
        database__url=url,
        sign_on__allow=("127.0.0.1",),
        web__base_url=BASE,
        web__secure_cookies="no",
        web__login_header="X-Remote-User",
        web__trusted_proxy="10.0.0.7",
    )


@pytest.fixture
def known(provider, work, db):
    """Makes a row of the provider: `known(domains=…)`."""

    def make_row(**values):
        given = {"name": "Acme", "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
        row = save_provider(work, None, {**given, "makes_people": "1", **values})
        provider.redirect_uris.add(f"{BASE}/sign-on/{row.id}/callback")
        db.flush()
        return row

    return make_row


@pytest.fixture
def lead(provider):
    """Presses the button and logs in at the provider; gives the address that leads back."""

    def go(browser, row, **claims):
        form = browser.get("/login?next=/tickets").forms[1]
        page = form.submit()
        assert page.status_int == 200, page.text
        url = html.unescape(re.search(r'content="0; url=([^"]+)"', page.text)[1])
        provider.claims = {"sub": "s-1", **claims}
        back = provider.authorize(url)
        assert back.startswith(f"{BASE}/sign-on/{row.id}/callback?")
        return back.removeprefix(BASE)

    return go


def come(browser, path):
    return browser.get(path, expect_errors=True)


def person(db, **where):
    db.expire_all()
    return db.scalars(select(User).filter_by(**where)).one_or_none()


def is_in(browser):
    return browser.get("/account", expect_errors=True).status_int == 200


ANN = {
    "email": "ann@client.example",
    "email_verified": True,
    "preferred_username": "ann",
    "name": "Ann Miller",
}


def test_who_logs_in_at_the_provider_is_made_and_known_ever_after(another, known, lead, db, provider):
    row, browser = known(), another()
    answer = come(browser, lead(browser, row, **ANN))
    assert (answer.status_int, urlsplit(answer.headers["Location"]).path) == (303, "/tickets")
    ann = person(db, name="ann")
    assert (ann.email_address, ann.real_name, ann.password_hash) == (ANN["email"], "Ann Miller", None)
    later = another()
    assert come(later, lead(later, row, preferred_username="renamed")).status_int == 303
    assert db.scalars(select(SignOnLink.user_id)).all() == [ann.id]
    assert db.scalar(select(func.count()).select_from(WebSession).where(WebSession.user_id == ann.id)) == 2
    assert db.scalar(select(func.count()).select_from(SignOn)) == 0
    assert "rtpy_sign_on" not in later.cookies
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1


@ONCE
def test_the_browser_is_led_on_by_a_page_of_ours_with_pkce_and_nothing_stored_in_the_clear(
    another, known, provider, db
):
    known()
    browser = another()
    page = browser.get("/login").forms[1].submit()
    url = html.unescape(re.search(r'content="0; url=([^"]+)"', page.text)[1])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{provider.issuer}/authorize?")
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["redirect_uri"] == f"{BASE}/sign-on/{db.scalar(select(SignOn.provider_id))}/callback"
    cookie = browser.cookies["rtpy_sign_on"]
    given = next(each for each in page.headers.getall("Set-Cookie") if each.startswith("rtpy_sign_on="))
    assert all(part in given for part in ("HttpOnly", "Max-Age=600", "SameSite=Lax"))
    stored = repr(db.execute(select(SignOn.__table__)).one())
    assert not any(secret in stored for secret in (asked["state"], asked["nonce"], cookie))
    assert len({asked["state"], asked["nonce"], cookie, asked["code_challenge"]}) == 4


@ONCE
@pytest.mark.parametrize(
    "changes",
    [
        {"state": None},
        {"state": ""},
        {"state": "x" * 43},
        {"state": "x" * 5000},
        {"state": "\x00"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"code": None},
        {"code": ""},
        {"code": "guessed"},
        {"code": "a\r\nb"},
        {"code": "é"},
        {"code": "x" * 5000},
        {"error": "access_denied"},
        {"error": "<script>alert(1)</script>", "error_description": "Your account is <b>locked</b>"},
    ],
)
def test_a42_an_answer_that_was_tampered_with_lets_nobody_in(another, known, lead, changes, db):
    row, browser = known(), another()
    back = lead(browser, row, **ANN)
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    given = {name: value for name, value in {**query, **changes}.items() if value is not None}
    answer = come(browser, f"{urlsplit(back).path}?{urlencode(given)}")
    assert answer.status_int == 403
    assert "rtpy_session" not in browser.cookies
    assert not re.search("alert.1.|locked", answer.text)
    assert person(db, name="ann") is None


def test_a42_a_login_is_good_once_for_ten_minutes_in_the_browser_where_it_began(
    another, known, lead, clock, db
):
    row = known()
    browser, thief, late = another(), another(), another()
    # a foreign browser, without the cookie, which uses nothing up, and with one of its own
    back = lead(browser, row, **ANN)
    assert come(thief, back).status_int == 403
    assert come(browser, back).status_int == 303
    browser = another()
    back = lead(browser, row, **ANN)
    lead(thief, row)
    assert come(thief, back).status_int == 403
    assert come(browser, back).status_int == 403
    # once
    back = lead(browser, row, **ANN)
    cookie = browser.cookies["rtpy_sign_on"]
    assert come(browser, back).status_int == 303
    again = another()
    again.set_cookie("rtpy_sign_on", cookie)
    assert come(again, back).status_int == 403
    # late
    back = lead(late, row, **ANN)
    clock.advance(timedelta(seconds=601))
    assert come(late, back).status_int == 403
    assert not any("rtpy_session" in each.cookies for each in (thief, again, late))


@ONCE
def test_a42_one_provider_never_answers_for_another(another, known, lead, db):
    row = known()
    other = known(name="Zeta", client_id="zeta")
    browser = another()
    back = lead(browser, row, **ANN) if row.id else ""
    assert come(browser, back.replace(f"/{row.id}/", f"/{other.id}/")).status_int == 403
    back = lead(browser, row, **ANN)
    twice = back + "&" + urlencode({"state": "x"})
    assert come(browser, twice).status_int == 403


@ONCE
@pytest.mark.parametrize(
    "wrong",
    [
        "none",
        "hs256",
        "nonce",
        "aud",
        "expired",
        "foreign userinfo",
        "silent",
        "no json",
        "cut",
        "moved",
        "secret",
    ],
)
def test_a42_a_provider_that_proves_nothing_lets_nobody_in(another, known, lead, provider, wrong, db):
    row, browser = known(), another()
    claims = ANN
    if wrong == "none":
        provider.forge = unsigned
    elif wrong == "hs256":
        public = provider.key.as_pem(private=False)
        provider.forge = lambda claims: provider.sign(claims, key=public, alg="HS256", kid=provider.key.kid)
    elif wrong == "nonce":
        provider.token_changes = {"nonce": "of another login"}
    elif wrong == "aud":
        provider.token_changes = {"aud": "another site"}
    elif wrong == "expired":
        provider.token_changes = {"exp": 1}
    elif wrong == "foreign userinfo":
        claims, provider.userinfo = {}, {"sub": "another", **ANN}
    else:
        provider.answers["/token"] = {
            "silent": (503, b"{}"),
            "no json": (200, b"<html>"),
            "cut": (200, b'{"id_token": "' + b"x" * 600_000 + b'"}'),
            "moved": (302, b""),
            "secret": (401, b'{"error": "invalid_client"}'),
        }[wrong]
    answer = come(browser, lead(browser, row, **claims))
    assert answer.status_int == 403
    assert "proves nothing" in answer.text
    assert "rtpy_session" not in browser.cookies


@ONCE
def test_what_only_userinfo_says_counts_when_it_is_about_the_same_person(another, known, lead, provider, db):
    row, browser = known(), another()
    provider.userinfo = {"sub": "s-1", **ANN}
    assert come(browser, lead(browser, row)).status_int == 303
    assert person(db, name="ann").email_address == ANN["email"]


REFUSED = [
    ("not proved", {"email_verified": False}),
    ("not said", {"email_verified": None}),
    ("said in words", {"email_verified": "yes"}),
    ("super-user", {"email": "root@localhost"}),
    ("staff", {"email": "jo@staff.example"}),
    ("disabled", {"email": "off@client.example"}),
    ("known otherwise", {"email": "bo@client.example"}),
]


@pytest.mark.parametrize(("why", "changes"), REFUSED, ids=[each[0] for each in REFUSED])
def test_a42_a_mail_address_alone_takes_over_no_account(another, known, lead, make, db, work, why, changes):
    row = known()
    make.staff("jo")
    make.customer("ann@client.example")
    set_disabled(work, make.customer("off@client.example"), disabled=True)
    connect_person(work, row, make.customer("bo@client.example").name, "somebody else")
    before = db.scalar(select(func.count()).select_from(SignOnLink))
    browser = another()
    claims = {name: value for name, value in {**ANN, "sub": "evil", **changes}.items() if value is not None}
    answer = come(browser, lead(browser, row, **claims))
    taken = person(db, email_address=claims["email"])
    if why in ("not proved", "not said", "said in words"):
        # somebody new, without the address and without a name that would draw its mail
        made = person(db, name="ann")
        assert (answer.status_int, made.email_address, made.id == taken.id) == (303, None, False)
        return
    assert answer.status_int == 403
    assert "rtpy_session" not in browser.cookies
    assert db.scalar(select(func.count()).select_from(SignOnLink)) == before
    assert "evil" in answer.text or why == "disabled"


@pytest.mark.parametrize(
    ("name", "status", "made"),
    [
        ("root@localhost", 403, None),  # as “root” the name is taken
        ("mia@client.example", 303, "mia"),  # else mail of that address would come to this account
        ("root", 403, None),
        ("RT_System", 403, None),
        ("a b", 403, None),
        ("x\x00y", 303, "xy"),
        ("", 403, None),
    ],
)
@ONCE
def test_a42_a_name_that_the_provider_gives_is_never_somebody_elses(
    another, known, lead, db, name, status, made
):
    row, browser = known(), another()
    users = db.scalar(select(func.count()).select_from(User))
    assert come(browser, lead(browser, row, preferred_username=name)).status_int == status
    assert db.scalar(select(func.count()).select_from(User)) == users + (made is not None)
    assert made is None or person(db, name=made).email_address is None


def test_a_proved_address_links_a_customer_and_with_a_tick_staff(another, known, lead, make, db):
    ann, jo = make.customer("ann@client.example"), make.staff("jo")
    row = known(for_staff="1", domains="staff.example client.example", makes_people="")
    first, second, third = another(), another(), another()
    assert come(first, lead(first, row, **ANN)).status_int == 303
    assert (
        come(second, lead(second, row, sub="s-2", email="Jo@Staff.example", email_verified="true")).status_int
        == 303
    )
    assert sorted(db.scalars(select(SignOnLink.user_id))) == sorted([ann.id, jo.id])
    answer = come(third, lead(third, row, sub="s-3", email="x@elsewhere.example", email_verified=True))
    assert (answer.status_int, "elsewhere.example may not log in" in answer.text) == (403, True)
    answer = come(third, lead(third, row, sub="s-3", email="new@staff.example", email_verified=True))
    assert (answer.status_int, "knows you as s-3" in answer.text) == (403, True)


def test_an_administrator_may_connect_anybody_beforehand(another, known, lead, make, db, work):
    row = known(makes_people="")
    connect_person(work, row, "root", "")
    connect_person(work, row, make.staff("jo").name, "s-jo")
    first, second = another(), another()
    assert come(first, lead(first, row, email="root@localhost", email_verified=False)).status_int == 403
    assert come(first, lead(first, row, email="root@localhost", email_verified=True)).status_int == 303
    assert come(second, lead(second, row, sub="s-jo")).status_int == 303
    assert is_in(second)


@ONCE
def test_who_has_a_second_factor_is_asked_for_it_after_the_provider(another, known, lead, make, db, work):
    row, browser = known(), another()
    ann = make.customer("ann@client.example")
    db.add(SecondFactor(user_id=ann.id, secret="sealed", created=work.now, confirmed=work.now))
    db.flush()
    answer = come(browser, lead(browser, row, **ANN))
    assert answer.status_int == 303
    assert ("rtpy_second" in browser.cookies, "rtpy_session" in browser.cookies) == (True, False)
    assert not is_in(browser)


def test_who_is_switched_off_stays_out_and_a_new_issuer_knows_nobody(
    another, known, lead, make, db, work, provider
):
    row = known(makes_people="")
    jo = make.staff("jo")
    connect_person(work, row, "jo", "s-1")
    set_disabled(work, jo, disabled=True)
    browser = another()
    answer = come(browser, lead(browser, row))
    assert (answer.status_int, "switched off" in answer.text) == (403, True)
    set_disabled(work, jo, disabled=False)
    db.execute(text("UPDATE sign_on_links SET issuer = 'https://before.example'"))
    assert come(browser, lead(browser, row)).status_int == 403
    events = db.execute(text("SELECT user_id, how, result FROM login_events ORDER BY id")).all()
    assert (jo.id, "sign-on", "disabled") in [tuple(each) for each in events]


def test_a_clients_provider_speaks_for_its_own_people_only(another, known, lead, make, db, work):
    client, other = make.organization("Client", "client.example"), make.organization("Other", "other.example")
    row = known(organization="Client")
    add_organization_member(work, other, make.customer("guest@client.example"))
    make.staff("jo")
    cases = [
        ("a", "ann@client.example", 303),
        ("b", "bob@other.example", 403),
        ("c", "jo@staff.example", 403),
        ("d", "guest@client.example", 403),
        ("e", "", 403),
    ]
    for subject, address, status in cases:
        browser = another()
        claims = {"email": address, "email_verified": True, "preferred_username": subject}
        assert come(browser, lead(browser, row, sub=subject, **claims)).status_int == status, address
    member = text("SELECT user_id FROM organization_members WHERE organization_id = :id")
    assert db.scalars(member, {"id": client.id}).all() == [person(db, name="a").id]


def test_a_claim_puts_people_into_groups_and_out_of_them_but_never_into_all_rights(
    another, known, lead, make, db, work
):
    support, ops, power = (make_group(work, name=name) for name in ("Support", "Ops", "Power"))
    row = known(
        for_staff="1",
        domains="staff.example",
        group_claim="groups",
        group_map="helpdesk = Support\noperators = Ops\nadmins = Power",
    )
    make.grant(power, "SuperUser")
    jo = make.staff("jo")
    put_into_group(work, ops, jo.id)
    browser = another()
    said = {"email": "jo@staff.example", "email_verified": True}

    def groups():
        mine = select(GroupMember.group_id).where(GroupMember.member_id == jo.id)
        return set(db.scalars(mine)) & {support.id, ops.id, power.id}

    assert come(browser, lead(browser, row, groups=["helpdesk", "admins", "x"], **said)).status_int == 303
    assert groups() == {support.id}
    assert come(another(), lead(another(), row, **said)).status_int == 403  # another browser's cookie
    later = another()
    assert come(later, lead(later, row, **said)).status_int == 303
    assert groups() == {support.id}  # nothing was said
    last = another()
    assert come(last, lead(last, row, groups="operators", **said)).status_int == 303
    assert groups() == {ops.id}


@ONCE
def test_a45_a_provider_in_our_own_network_is_not_asked(another, known, provider, app):
    known()
    provider.metadata_changes = {"token_endpoint": "http://169.254.169.254/token"}
    browser = another()
    answer = browser.get("/login").forms[1].submit(expect_errors=True)
    assert (answer.status_int, "cannot be reached" in answer.text) == (503, True)
    assert "169.254" not in answer.text
    browser.get("/login").forms[1].submit(expect_errors=True)
    assert provider.asked == ["/.well-known/openid-configuration"]  # not again and again


@ONCE
def test_beginning_is_a_post_with_a_token_and_not_without_end(another, known, provider, clock):
    row, browser = known(), another("192.0.2.9")
    path = f"/sign-on/{row.id}"
    assert browser.get(path, expect_errors=True).status_int == 405
    assert browser.post(path, {}, expect_errors=True).status_int == 403
    assert another().post("/sign-on/999999", {}, expect_errors=True).status_int in (403, 404)
    form = browser.get("/login").forms[1]
    statuses = [form.submit(expect_errors=True).status_int for _ in range(101)]
    assert statuses == [200] * 100 + [429]


@ONCE
def test_a_busy_database_asks_the_provider_only_once(another, known, lead, monkeypatch, db):
    row, browser = known(), another()
    turns = []

    def busy_at_first(work, provider, identity):
        turns.append(identity.subject)
        if len(turns) == 1:
            error = RuntimeError("database is locked")
            mark_error_retryable(error)
            raise error
        return person_of(work, provider, identity)

    monkeypatch.setattr(callback, "person_of", busy_at_first)
    assert come(browser, lead(browser, row, **ANN)).status_int == 303
    assert turns == ["s-1", "s-1"]


@ONCE  # what is counted are connections of the pool
def test_no_transaction_is_open_while_a_provider_is_asked(
    committed_app, compiled_templates, server, lead, provider
):
    app = committed_app
    given = {
        "sign_on": SignOnOptions(allow=("127.0.0.1",)),
        "web": replace(app.config.web, base_url=BASE, secure_cookies="no"),
    }
    app.config = replace(app.config, **given)
    with app.reading_sessions() as reading:
        actor = app.actor_named(reading, "root", Face.CLI)
    with app.work(actor) as work:
        values = {"name": "Acme", "issuer": server.issuer, "client_id": CLIENT, "client_secret": SECRET}
        row = save_provider(work, None, {**values, "makes_people": "1"})
        token = start_session(work.db, work.actor.user_id, now=work.now, days=1)
        server.redirect_uris.add(f"{BASE}/sign-on/{row.id}/callback")
    served = make_wsgi(app, **{"rtpy.template_cache": compiled_templates})
    open_now = []
    server.watch = lambda path: open_now.append((path, app.engine.pool.checkedout()))
    browser, root = make_browser(served, "127.0.0.1"), make_browser(served, "127.0.0.1")
    assert come(browser, lead(browser, row, **ANN)).status_int == 303
    root.set_cookie("rtpy_session", token)
    page = root.get(f"/admin/sign-on/{row.id}")
    next(form for form in page.forms.values() if form.action.endswith("/test")).submit()
    assert [path for path, _ in open_now] == [
        "/.well-known/openid-configuration",
        "/token",
        "/keys",
        "/.well-known/openid-configuration",
        "/keys",
    ]
    assert {count for _, count in open_now} == {0}


# --- A41 --------------------------------------------------------------------------------------------------------


@pytest.fixture
def front(wsgi, app):
    """A browser whose requests come from an address of the network, through all that stands before the site."""
    whole = behind_proxy(wsgi, app.config)

    def browser(peer):
        return make_browser(whole, peer)

    return browser


@ONCE
def test_a41_the_header_of_the_named_proxy_logs_in_by_a_button(front, make, db):
    make.staff("jo", real_name="Jo Bloggs")
    browser = front("10.0.0.7")
    headers = {"X-Remote-User": "jo"}
    assert browser.get("/tickets", headers=headers).status_int == 303  # by itself it opens nothing
    page = browser.get("/login", headers=headers)
    assert "Continue as jo" in page.text
    assert page.forms[1].submit(headers=headers).status_int == 303
    assert is_in(browser)
    stranger = front("10.0.0.7")
    page = stranger.get("/login", headers={"X-Remote-User": "zoe"})
    answer = page.forms[1].submit(headers={"X-Remote-User": "zoe"}, expect_errors=True)
    assert (answer.status_int, person(db, name="zoe")) == (403, None)


@ONCE
@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.8", "127.0.0.1", "::ffff:10.0.0.7", ""])
def test_a41_from_anybody_else_the_header_is_dropped(front, make, peer):
    make.staff("jo")
    browser = front(peer)
    environ = {"REMOTE_USER": "jo", ENVIRON_KEY: "jo", "HTTP_REMOTE_USER": "jo"}
    headers = {"X-Remote-User": "jo", "X-Forwarded-For": "10.0.0.7"}
    page = browser.get("/login", headers=headers, extra_environ=environ)
    assert "Continue as" not in page.text
    token = page.forms[0]["csrf_token"].value
    answer = browser.post(
        "/sign-on/header", {"csrf_token": token}, headers=headers, extra_environ=environ, expect_errors=True
    )
    assert answer.status_int == 403
    assert "rtpy_session" not in browser.cookies


@ONCE
@pytest.mark.parametrize(
    "value", ["jo, root", "jo,", "", " ", "j o", "x" * 201, "jo\x00", "RT_System", "Nobody"]
)
def test_a41_what_is_no_name_logs_nobody_in(front, make, value):
    make.staff("jo")
    browser = front("10.0.0.7")
    environ = {"HTTP_X_REMOTE_USER": value}
    page = browser.get("/login", extra_environ=environ)
    token = page.forms[0]["csrf_token"].value
    answer = browser.post("/sign-on/header", {"csrf_token": token}, extra_environ=environ, expect_errors=True)
    assert answer.status_int == 403
    assert "rtpy_session" not in browser.cookies
