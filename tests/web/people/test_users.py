"""The pages about users: found, made, changed, merged; and one's own account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.groups import make_group, put_into_group
from rtpy.changes.merging_people.merge import merge_people
from rtpy.identity.passwords import verify_password
from rtpy.identity.sessions import sessions_of, start_session
from rtpy.models import OrganizationMember, Principal, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

TABS = ("", "/groups", "/organisations", "/rights", "/tickets", "/sessions", "/tokens", "/history", "/merge")


def main_form(page, about="/admin/"):
    """The last form of the page that posts to such an address."""
    forms = [form for form in page.forms.values() if form.method.upper() == "POST" and about in form.action]
    return forms[-1]


@pytest.fixture
def ann(make):
    return make.customer("ann@client.example", "Ann Miller")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=mill", True),
        ("?q=client.example", True),
        ("?q=ann+miller", True),
        ("?q=acme", True),
        ("?q=zzz", False),
        ("?kind=customers", True),
        ("?kind=staff", False),
    ],
)
def test_users_are_found_by_words_and_kind(root, make, db, ann, query, found):
    acme = make.organization("Acme Ltd")
    db.add(OrganizationMember(organization_id=acme.id, user_id=ann.id))
    db.flush()
    assert ("Ann Miller" in root.get(f"/admin/users{query}")) is found


def test_who_is_switched_off_is_in_the_list_only_when_asked_for(root, db, ann):
    db.get_one(Principal, ann.id).disabled = True
    db.flush()
    assert "Ann Miller" not in root.get("/admin/users")
    assert "switched off" in root.get("/admin/users?disabled=1")


def test_the_list_of_users_costs_the_same_for_any_number(root, make, query_count):
    root.get("/admin/users")
    with query_count() as few:
        root.get("/admin/users")
    for number in range(60):
        make.customer(f"c{number:02}@client.example")
    with query_count() as many:
        first = root.get("/admin/users?kind=customers")
    assert many.total == few.total
    assert "c00@" in first
    second = first.click("More")
    assert "c59@" in second
    assert "c00@" not in second


def test_an_account_is_made_with_all_fields_in_one_go(root, another, login, db):
    form = main_form(root.get("/admin/users/create"))
    form["name"], form["real_name"], form["email_address"] = "eva", "Eva Stein", "eva@staff.example"
    form["city"], form["signature"], form["password"] = "Bern", "Eva\nStein", "a long enough one"
    form["addresses"] = "eva@home.example"
    assert "Eva Stein has an account now." in form.submit("deed").follow()
    eva = db.scalar(select(User).where(User.name == "eva"))
    assert (eva.city, eva.signature) == ("Bern", "Eva\nStein")
    login(another(), "eva", "a long enough one")


def test_a_bad_account_form_comes_back_with_a_problem_beside_each_field(root, db):
    form = main_form(root.get("/admin/users/create"))
    form["name"], form["timezone"], form["email_address"] = "two words", "Mars", "root@localhost"
    form["city"] = "Bern"
    page = form.submit("deed", status=422)
    for field in ("name", "timezone", "email_address"):
        assert page.html.find(id=f"field-{field}-error"), field
    assert page.html.find("input", {"name": "city"})["value"] == "Bern"
    assert db.scalar(select(User).where(User.city == "Bern")) is None


def test_one_bad_field_stops_all_of_the_form(root, db, ann):
    form = main_form(root.get(f"/admin/users/{ann.id}"))
    form["city"], form["addresses"] = "Bern", "root@localhost"
    page = form.submit("deed", value="save", status=422)
    assert page.html.find(id="field-addresses-error")
    db.expire_all()
    assert db.get_one(User, ann.id).city == ""


def test_an_account_is_switched_off_and_on(root, db, ann):
    page = main_form(root.get(f"/admin/users/{ann.id}")).submit("deed", value="disable").follow()
    assert "This account is switched off" in page
    page = main_form(page).submit("deed", value="enable").follow()
    assert "This account is switched off" not in page


def test_a_customer_becomes_staff(root, db, ann):
    form = main_form(root.get(f"/admin/users/{ann.id}"))
    form["privileged"] = True
    form.submit("deed", value="save").follow()
    assert "Ann Miller" in root.get("/admin/users?kind=staff")


def test_the_last_super_user_learns_why_he_cannot_go(root, db, make, enter, another):
    jo = make.staff("jo")
    make.grant(jo, "SuperUser")
    root_id = db.scalar(select(User.id).where(User.name == "root"))
    chief = enter(another(), jo)
    main_form(chief.get(f"/admin/users/{root_id}")).submit("deed", value="disable").follow()
    page = main_form(chief.get(f"/admin/users/{jo.id}")).submit("deed", value="disable", status=422)
    assert "cannot switch yourself off" in page


def test_a31_every_page_guards_the_accounts_of_super_users(jo, make, db, token):
    make.grant(db.scalar(select(User).where(User.name == "jo")), "AdminUsers")
    root_id = db.scalar(select(User.id).where(User.name == "root"))
    bo = make.customer("bo@client.example")
    start_session(db, root_id, now=bo.created, days=1)
    for path, values in (
        (f"/admin/users/{root_id}", {"deed": "save", "password": "taken over now"}),
        (f"/admin/users/{root_id}", {"deed": "disable"}),
        (f"/admin/users/{root_id}/sessions", {"deed": "all"}),
        (f"/admin/users/{root_id}/merge?other={bo.id}", {"deed": "merge"}),
        (f"/admin/users/{bo.id}/merge?other={root_id}", {"deed": "merge"}),
    ):
        answer = jo.post(path, {"csrf_token": token(jo), **values}, expect_errors=True)
        assert answer.status_int in (403, 422), path
    assert sessions_of(db, root_id, bo.created)
    assert db.get_one(User, bo.id).merged_into_id is None


@pytest.mark.parametrize("tab", TABS)
def test_every_page_about_a_user_is_for_admin_users_alone(root, jo, customer, ann, tab):
    assert "Ann Miller" in root.get(f"/admin/users/{ann.id}{tab}")
    assert jo.get(f"/admin/users/{ann.id}{tab}", expect_errors=True).status_int == 403
    assert customer.get(f"/admin/users/{ann.id}{tab}", expect_errors=True).status_int == 403


def test_groups_are_shown_with_the_way_and_can_be_left(root, work, make, db, ann):
    outer, inner = make_group(work, name="Everything"), make_group(work, name="Printers")
    put_into_group(work, outer, inner.id)
    page = root.get(f"/admin/users/{ann.id}/groups")
    form = main_form(page)
    form["group"] = "printers"
    page = form.submit("deed").follow()
    assert "through Printers" in page
    assert (
        "in the group Printers no more"
        in page.forms[next(key for key, each in page.forms.items() if "item" in each.fields)]
        .submit("deed")
        .follow()
    )


def test_rights_are_shown_with_where_they_come_from(root, work, make, ann):
    group = make_group(work, name="Printers")
    put_into_group(work, group, ann.id)
    make.grant(group, "ShowTicket", queue=make.queue())
    make.grant(ann, "AdminUsers")
    page = root.get(f"/admin/users/{ann.id}/rights")
    assert "through Printers" in page
    assert "granted in person" in page
    assert "queue General" in page
    why = page.click("Why?", index=0, href="ShowTicket")
    assert "is in the group Printers" in why
    assert "See as this user" not in page
    jo = make.staff("jo")
    page = root.get(f"/admin/users/{jo.id}").click("See as this user")
    assert page.html.select_one("#see-who")["value"] == "jo"


def test_logins_are_ended(root, db, ann, work):
    start_session(db, ann.id, now=work.now, days=1)
    page = root.get(f"/admin/users/{ann.id}/sessions")
    main_form(page).submit("deed", value="all").follow()
    assert sessions_of(db, ann.id, work.now) == []


def test_the_history_names_values_and_people(root, work, ann):
    group = make_group(work, name="Printers")
    put_into_group(work, group, ann.id)
    page = root.get(f"/admin/users/{ann.id}")
    form = main_form(page)
    form["city"] = "Bern"
    form.submit("deed", value="save")
    history = root.get(f"/admin/users/{ann.id}/history")
    assert "set the city to “Bern”" in history
    assert "put it into the group Printers" in history


def test_two_are_merged_after_a_look_at_what_would_happen(root, make, db, ann):
    double = make.customer("ann@home.example", "Ann Miller")
    ticket = make.ticket("Old printer", requestor="ann@home.example")
    page = root.get(f"/admin/users/{ann.id}/merge")
    assert "has the same name" in page
    look = next(each for each in page.forms.values() if "item" in each.fields)
    preview = look.submit("deed").follow()
    assert "roles on tickets and queues" in preview
    assert db.get_one(User, double.id).merged_into_id is None
    page = main_form(preview).submit("deed").follow()
    assert "Ann Miller is merged" in page
    assert "Old printer" in root.get(f"/people/{ann.id}")
    assert root.get(f"/people/{double.id}", status=302).location.endswith(f"/people/{ann.id}")
    assert root.get(f"/admin/users/{double.id}", status=302).location.endswith(f"/admin/users/{ann.id}")
    assert root.get(f"/ticket/{ticket.id}").status_int == 200


def test_staff_are_merged_into_a_customer_only_with_the_tick(root, make, db, ann):
    jo = make.staff("jo", real_name="Jo Bloggs")
    preview = root.get(f"/admin/users/{ann.id}/merge?other={jo.id}")
    page = main_form(preview).submit("deed", status=422)
    assert "say that this is meant" in page
    form = main_form(page)
    form["staff_into_customer"] = True
    form.submit("deed", status=303)
    db.expire_all()
    assert db.get_one(User, jo.id).merged_into_id == ann.id


@pytest.mark.parametrize("other", ["nobody@nowhere.example", "RT_System", "ann@client.example", "99999999"])
def test_who_cannot_be_merged_is_said_beside_the_field(root, ann, other):
    page = root.get(f"/admin/users/{ann.id}/merge", {"other": other}, status=422)
    assert page.html.find(id="field-other-error")


def test_conversations_show_the_kept_name(root, work, make, db, ann):
    double = make.staff("jo", real_name="Jo Bloggs")
    ticket = make.ticket()
    page = root.get(f"/people/{double.id}")
    assert page.status_int == 200
    from rtpy.changes.pipeline import change_ticket
    from rtpy.changes.ticket.content import Comment
    from rtpy.content.part import plain_message
    from rtpy.work import Actor, Face

    change_ticket(
        work.as_actor(Actor(double.id, "jo", Face.WEB)), ticket, Comment(plain_message("Look here"))
    )
    merge_people(work, make.staff("joe", real_name="Joseph Bloggs"), double)
    page = root.get(f"/ticket/{ticket.id}")
    assert "Joseph Bloggs" in page
    assert "Jo Bloggs" not in page


def test_ones_own_account_is_changed_with_modify_self(jo, make, db):
    me = db.scalar(select(User).where(User.name == "jo"))
    assert "the right ModifySelf is needed" in jo.get("/account")
    make.grant(me, "ModifySelf")
    form = main_form(jo.get("/account"), "/account")
    form["signature"], form["mobile_phone"] = "Jo\nBloggs", "123"
    assert "Saved." in form.submit("deed").follow()
    db.expire_all()
    assert db.get_one(User, me.id).mobile_phone == "123"
    assert "name" not in form.fields


def test_the_own_account_takes_no_fields_that_are_not_ones_own(jo, make, db, token):
    me = db.scalar(select(User).where(User.name == "jo"))
    make.grant(me, "ModifySelf")
    jo.post("/account", {"csrf_token": token(jo), "name": "chief", "organization": "Other"})
    db.expire_all()
    assert (db.get_one(User, me.id).name, db.get_one(User, me.id).organization) == ("jo", "")


def test_ones_own_password_is_changed_with_the_old_one(another, make, db, enter, work):
    eva = make.staff("eva", password="first password")
    make.grant(eva, "ModifySelf")
    browser = enter(another(), eva)
    start_session(db, eva.id, now=work.now, days=1)
    form = main_form(browser.get("/account/password"), "/account")
    form["old"], form["password"], form["again"] = "wrong", "second password", "second password"
    page = form.submit("deed", status=422)
    assert page.html.find(id="field-old-error")
    form["again"] = "another password"
    assert form.submit("deed", status=422).html.find(id="field-again-error")
    form["old"], form["again"] = "first password", "second password"
    assert "all your other logins have ended" in form.submit("deed").follow()
    db.expire_all()
    assert verify_password("second password", db.get_one(User, eva.id).password_hash)
    assert len(sessions_of(db, eva.id, work.now)) == 1


def test_a37_the_present_password_is_not_guessed_at_an_open_page(another, make, enter, clock, db):
    eva = make.staff("eva", password="first password")
    make.grant(eva, "ModifySelf")
    browser = enter(another(), eva)
    form = main_form(browser.get("/account/password"), "/account")
    form["password"] = form["again"] = "second password"
    for number in range(10):
        form["old"] = f"guess {number}"
        assert "not your present password" in form.submit("deed", status=422)
    form["old"] = "first password"

    page = form.submit("deed", status=429)

    assert "Too many attempts at your password" in page
    assert int(page.headers["Retry-After"]) <= 900
    db.expire_all()
    assert verify_password("first password", db.get_one(User, eva.id).password_hash)
    clock.advance(timedelta(minutes=15))
    assert "all your other logins have ended" in form.submit("deed").follow()
