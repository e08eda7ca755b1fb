"""Ways in: by the link of a mail, by a link that one asks for, by an account; and what nobody learns on the way."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.link_keys import link_key
from rtpy.identity.passwords import hash_password
from rtpy.mail.sealed_words import open_words
from rtpy.models import OutgoingMail, WebSession
from rtpy_portal.access.keys import tokens_for
from rtpy_portal.mails.links import mail_wanted_links
from rtpy_portal.models import Key, RequestRow, WantedLink
from rtpy_portal.ratings.rating import wants_to_be_asked

ANN = "ann@client.example"


@pytest.fixture
def ann(make):
    return make.customer(ANN, "Ann Client")


@pytest.fixture
def ticket(make, ann, db):
    made = make.ticket("Printer on fire")
    db.commit()
    return made


@pytest.fixture
def key(work, ticket, ann, db):
    token = tokens_for(work, ticket, (ann.id,))[ann.id]
    db.commit()
    return token


@pytest.fixture
def mailed(app, db):
    """What the worker mails now: (address, text) with the sealed words opened."""

    def work_off():
        last = max(db.scalars(select(OutgoingMail.id)), default=0)
        mail_wanted_links(app)
        db.expire_all()
        mails = db.scalars(select(OutgoingMail).where(OutgoingMail.id > last)).all()
        return [open_words(app.config, mail.body) for mail in mails]

    return work_off


def text_of(page):
    return " ".join(page.html.select_one("main").text.split())


def form_to(page, end):
    return next(each for each in page.forms.values() if (each.action or "").endswith(end))


def test_the_link_of_a_mail_opens_the_request_and_nothing_else(browser, ticket, key, make, db):
    other = make.ticket("Of Ann as well")
    db.commit()
    answer = browser.get(f"/portal/key/{key}", status=303)
    cookie = answer.headers["Set-Cookie"]
    assert re.search(rf"Path=/portal/request/{ticket.id};", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert key not in answer.location
    page = answer.follow()
    assert "It burns." in text_of(page)
    assert "You are reading as Ann Client." in page.text
    for path in (f"/portal/request/{other.id}", "/portal/requests", "/portal/me"):
        assert browser.get(path).status_int == 303, path
    assert db.scalars(select(WebSession)).all() == []


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("?to=rate&score=bad", "/rate?score=bad"),
        ("?to=rate&score=worse&next=//evil.example", "/rate"),
        ("?to=//evil.example", ""),
    ],
)
@pytest.mark.databases("sqlite")  # the address is read before the database
def test_a_key_leads_to_a_closed_list_of_pages(browser, ticket, key, query, leads_to):
    path = f"/portal/request/{ticket.id}{leads_to}"
    assert browser.get(f"/portal/key/{key}{query}", status=303).location.endswith(path)


def withdrawn(db, clock, work):
    db.scalars(select(Key)).one().withdrawn = clock.now()


def hidden(db, clock, work):
    db.add(RequestRow(ticket_id=db.scalars(select(Key.ticket_id)).one(), is_hidden=True))


def test_keys_that_open_nothing_get_one_and_the_same_page(browser, another, key, db, clock, work):
    def said(browser, token):
        page = browser.get(f"/portal/key/{token}", status=410)
        return re.sub(r'value="[^"]{20,}"', "", page.text).replace(token, "")

    unknown, malformed = said(browser, link_key(bytes(32))), said(another(), "x" * 49)
    withdrawn(db, clock, work)
    db.commit()
    assert said(another(), key) == unknown == malformed
    assert "This link does not open anything any more" in unknown


def test_wrong_keys_are_counted_and_good_ones_open_all_the_same(browser, key, monkeypatch):
    monkeypatch.setattr("rtpy_portal.web.access.key.WRONG_IN_AN_HOUR", 1)
    assert [browser.get("/portal/key/nothing", status="*").status_int for _ in range(2)] == [410, 429]
    browser.get(f"/portal/key/{key}", status=303)


def test_a_hidden_request_is_not_opened(browser, key, db, clock, work):
    hidden(db, clock, work)
    db.commit()
    assert browser.get(f"/portal/key/{key}").follow().status_int == 303


def test_who_got_a_forwarded_mail_asks_for_an_own_link_and_the_owner_for_a_new_one(
    browser, another, ticket, key, app, db
):
    browser.get(f"/portal/key/{key}")
    page = browser.get(f"/portal/request/{ticket.id}/mine")
    assert "This link is for Ann Client" in text_of(page)
    assert f"/portal/lost?request={ticket.id}" in page.text
    assert "We have sent it" in text_of(form_to(page, "/renew").submit().follow())
    newest = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    text = open_words(app.config, newest.body)
    assert key not in text
    another().get(f"/portal/key/{key}", status=410)
    another().get(re.search(r"/portal/key/\S+", text)[0], status=303)


@pytest.mark.parametrize(
    ("number", "address", "mails"),
    [
        ("ticket", ANN, 1),
        ("ticket", ANN.upper(), 1),
        ("ticket", "eve@client.example", 0),
        ("ticket", "nobody@nowhere.example", 0),
        (999_999, ANN, 0),
    ],
)
def test_a_lost_link_is_mailed_to_who_takes_part_and_the_answer_is_the_same(
    browser, another, ticket, key, mailed, make, db, number, address, mails
):
    make.customer("eve@client.example")
    db.commit()
    form = form_to(browser.get("/portal/lost"), "/portal/lost")
    form["number"], form["address"] = str(ticket.id if number == "ticket" else number), address
    answer = form.submit()
    assert answer.location.endswith("/portal/lost?done=sent")
    texts = mailed()
    assert len(texts) == mails
    for text in texts:
        assert f"/portal/key/{key}" in text
    assert db.scalars(select(WantedLink)).all() == []


def test_the_form_for_a_lost_link_keeps_what_was_typed_and_has_its_limits(
    browser, monkeypatch, mailed, ticket
):
    form = form_to(browser.get("/portal/lost?request=7"), "/portal/lost")
    assert form["number"].value == "7"
    form["address"] = "ann at client"
    again = form.submit(status=422)
    assert form_to(again, "/portal/lost")["address"].value == "ann at client"
    monkeypatch.setattr("rtpy_portal.access.wanted.BY_PEER", 1)
    form["address"] = ANN
    assert [form.submit(status="*").status_int for _ in range(2)] == [303, 429]


def test_one_person_gets_no_more_than_five_links_an_hour(browser, ticket, mailed, clock):
    form = form_to(browser.get("/portal/lost"), "/portal/lost")
    form["number"], form["address"] = str(ticket.id), ANN
    for _ in range(7):
        form.submit()
    assert len(mailed()) == 5


def test_a_link_to_a_request_that_closed_long_ago_says_so_in_the_mail(
    browser, work_of, ticket, mailed, clock, db
):
    change_ticket(work_of(), ticket, SetStatus("resolved"))
    db.commit()
    clock.advance(timedelta(days=100))
    form = form_to(browser.get("/portal/lost"), "/portal/lost")
    form["number"], form["address"] = str(ticket.id), ANN
    form.submit()
    (text,) = mailed()
    assert "closed a while ago" in text
    assert "/portal/key/" not in text


@pytest.fixture
def login_link(browser, mailed, ann, db):
    """The path that Ann gets by mail when she asks to log in."""

    def ask(address=ANN, leads_to="/portal/me"):
        db.commit()
        form = form_to(browser.get(f"/portal/login?next={leads_to}"), "/portal/login")
        form["address"] = address
        assert form.submit().location.endswith("/portal/login?done=sent")
        found = [re.search(r"/portal/login/key/\S+", text) for text in mailed()]
        return [each[0] if each else None for each in found]

    return ask


def test_a_link_by_mail_logs_in_once_by_its_button_alone(browser, another, login_link):
    (path,) = login_link()
    page = browser.get(path)
    assert "You will be logged in as Ann Client." in text_of(page)
    browser.get("/portal/me", status=303)
    answer = form_to(page, "").submit()
    assert answer.location.endswith("/portal/me")
    assert "Ann Client" in answer.follow().text
    another().get(path, status=410)


@pytest.mark.parametrize("address", ["nobody@nowhere.example", "boss@staff.example"])
def test_no_link_logs_in_who_is_unknown_or_staff(browser, login_link, make, address):
    make.staff("boss")
    assert set(login_link(address)) <= {None}


def test_a_link_to_log_in_ends_with_time_and_with_the_password(browser, login_link, clock, ann, db):
    (path,) = login_link()
    ann.password_hash = hash_password("another one of hers")
    db.commit()
    browser.get(path, status=410)
    (path,) = login_link()
    clock.advance(timedelta(minutes=16))
    browser.get(path, status=410)


def test_who_came_by_a_key_gets_an_account_by_a_mail_to_its_owner(browser, ticket, key, mailed, ann):
    browser.get(f"/portal/key/{key}")
    form_to(browser.get(f"/portal/request/{ticket.id}/mine"), "/mine/account").submit()
    (text,) = mailed()
    page = browser.get(re.search(r"/portal/login/key/\S+", text)[0])
    me = form_to(page, "").submit().follow()
    form = form_to(me, "/portal/me/password")
    assert "old" not in form.fields
    form["password"] = form["again"] = "correct horse battery staple"
    assert "Your password is changed" in text_of(form.submit().follow())
    assert ann.password_hash


@pytest.fixture
def reader(browser, enter, ann, db):
    """A browser with Ann logged in, who has a password."""
    ann.password_hash = hash_password("the old one of hers")
    db.commit()
    return enter(browser, ann)


def test_people_change_their_name_language_and_time_zone(reader, ann, db):
    form = form_to(reader.get("/portal/me"), "/portal/me")
    form["real_name"], form["lang"], form["timezone"] = "Anna", "de", "Europe/Vienna"
    assert "Gespeichert." in text_of(form.submit().follow())
    db.refresh(ann)
    assert (ann.real_name, ann.lang, ann.timezone) == ("Anna", "de", "Europe/Vienna")
    asking = form_to(reader.get("/portal/me"), "/portal/me/asking")
    assert "Wir fragen Sie nicht" in text_of(asking.submit().follow())
    assert not wants_to_be_asked(db, ann.id)


def test_fields_of_the_account_beyond_these_stay_as_they_are(reader, ann, db):
    page = reader.get("/portal/me")
    token = form_to(page, "/portal/me")["csrf_token"].value
    reader.post("/portal/me", {"csrf_token": token, "name": "root2", "email_address": "x@y.example"})
    db.refresh(ann)
    assert (ann.name, ann.email_address) == (ANN, ANN)


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("wrong", "correct horse battery", "correct horse battery", "old"),
        ("the old one of hers", "short", "short", "password"),
        ("the old one of hers", "correct horse battery", "correct house battery", "again"),
    ],
)
def test_a_password_that_may_not_be_says_what_to_do(reader, old, new, again, field):
    form = form_to(reader.get("/portal/me"), "/portal/me/password")
    form["old"], form["password"], form["again"] = old, new, again
    page = form.submit(status=422)
    assert page.html.select_one(f'.problems a[href="#{field}"]')


def test_logging_out_everywhere_else_leaves_this_browser(reader, another, enter, ann, db):
    other = enter(another(), ann)
    db.commit()
    form_to(reader.get("/portal/me"), "/portal/me/end").submit()
    assert other.get("/portal/me").status_int == 303
    assert reader.get("/portal/me").status_int == 200


def test_staff_see_whose_links_open_a_ticket_and_withdraw_them(root, another, ticket, key):
    page = root.get(f"/ticket/{ticket.id}")
    assert "Ann Client" in page.html.select_one("section[aria-labelledby=portal-keys]").text
    form = next(each for each in page.forms.values() if "/keys/" in (each.action or ""))
    assert "The next mail to them has a new one" in form.submit().follow().text
    another().get(f"/portal/key/{key}", status=410)
    assert "portal-keys" not in root.get(f"/ticket/{ticket.id}").text


def test_withdrawing_takes_a_right(browser, enter, make, ticket, key, db):
    boss = make.staff("boss")
    make.revoke("ModifyTicket", ticket.queue)
    db.commit()
    enter(browser, boss)
    page = browser.get(f"/ticket/{ticket.id}")
    assert "portal-keys" not in page.text
    token = form_to(page, "/logout")["csrf_token"].value
    number = db.scalars(select(Key.id)).one()
    browser.post(f"/ticket/{ticket.id}/keys/{number}", {"csrf_token": token}, status=403)


def test_a_key_never_stands_in_the_log_of_requests(browser, key, caplog):
    with caplog.at_level("INFO"):
        browser.get(f"/portal/key/{key}")
    assert key not in caplog.text
    assert "/portal/key/***" in caplog.text


def test_opening_by_a_key_takes_few_queries(browser, key, query_count):
    with query_count() as asked:
        browser.get(f"/portal/key/{key}")
    assert asked.total <= 3
