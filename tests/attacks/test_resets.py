"""A43 and A36 for new passwords by mail: who asks learns nothing, and only who reads the mail gets in."""

import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.accounts import change_person
from rtpy.identity.accounts import set_password
from rtpy.mail.delivery import deliver_due
from rtpy.models import OutgoingMail, PasswordReset, Principal
from rtpy.notices.resets import forget_resets, tell_resets
from tests.attacks.test_sessions import plain

NEW = "seven tidy walruses hum"
LINK = re.compile(r"http\S+/login/reset\?token=([\w-]{43})")


class Post:
    """A transport that keeps what it is given."""

    def __init__(self):
        self.mails = []

    def deliver(self, envelope_sender, recipients, raw):
        from rtpy.ports import Delivery

        self.mails.append((tuple(recipients), raw.decode().replace("=\r\n", "").replace("=3D", "=")))
        return tuple(Delivery(address, "sent", "250") for address in recipients)


@pytest.fixture
def ask(another):
    def ask(name, peer="192.0.2.9", **headers):
        browser = another(peer)
        form = browser.get("/login/forgot").form
        form["username"] = name
        return form.submit(headers=headers, expect_errors=True)

    return ask


@pytest.fixture
def sent(app):
    def sent():
        post = Post()
        deliver_due(app, transport=post)
        return post.mails

    return sent


@pytest.fixture
def link(ask, app, sent):
    """The link that Jo gets."""

    def link(name="jo"):
        ask(name)
        tell_resets(app)
        (_, raw), *_ = sent()
        return LINK.search(raw)[0]

    return link


@pytest.fixture(autouse=True)
def jo_has_one(make, db, wsgi):
    user = make.staff("jo", password="an old password")
    db.commit()
    return user


def path_of(link):
    return link[link.index("/login/") :]


def choose(browser, link, password=NEW, again=None):
    page = browser.get(path_of(link)).follow(expect_errors=True)
    if page.status_int != 200:
        return page
    page.form["password"], page.form["again"] = password, again or password
    return page.form.submit(expect_errors=True)


def test_a36_asking_says_and_does_the_same_for_everybody(ask, make, db, app, sent, query_count):
    make.customer("bare@client.example")
    gone = make.staff("gone", password="an old password")
    db.get_one(Principal, gone.id).disabled = True
    db.commit()
    names = [
        "jo",
        "jo@staff.example",
        "gone",
        "bare@client.example",
        "nobody-here",
        "Nobody",
        "RT_System",
        "x\0y",
    ]
    ask("to warm up")
    answers, costs = set(), set()
    for at, name in enumerate(names):
        with query_count() as counted:
            answer = ask(name, f"192.0.2.{at}")
        costs.add(counted.total)
        answers.add((answer.status_int, plain(answer.text, name)))
    assert len(answers) == len(costs) == 1
    assert not db.scalar(
        select(func.count())
        .select_from(PasswordReset)
        .where(PasswordReset.asked.in_(names) | PasswordReset.asked.contains("jo@"))
    )
    tell_resets(app)
    assert [to for to, _ in sent()] == [("jo@staff.example",)] * 2
    assert not db.scalars(select(PasswordReset).where(PasswordReset.asked != "")).all()


def test_the_mail_leads_to_a_new_password_and_ends_everything_else(
    link, another, jo_has_one, enter, login, db, sent
):
    old = enter(another(), jo_has_one)
    answer = choose(another(), link())
    assert answer.status_int == 303
    assert "The new password is good" in answer.follow().text
    assert old.get("/", expect_errors=True).status_int in (302, 303)
    login(another(), "jo", NEW)
    ((to, told),) = sent()
    assert to == ("jo@staff.example",)
    assert "password of your account jo was changed." in told


def test_a43_the_link_works_once(link, another):
    address = link()
    assert choose(another(), address).status_int == 303
    page = choose(another(), address)
    assert page.status_int == 410
    assert "works once" in page.text


def die_by_address(work, user, clock):
    change_person(work, user, email_address="jo@elsewhere.example")


def die_by_password(work, user, clock):
    set_password(work, user, "five other quiet birds")


def die_by_time(work, user, clock):
    clock.advance(timedelta(hours=1, seconds=1))


def die_by_switching_off(work, user, clock):
    user.principal.disabled = True


@pytest.mark.parametrize("dies", [die_by_address, die_by_password, die_by_time, die_by_switching_off])
def test_a43_the_link_dies(dies, link, another, work, jo_has_one, clock, db):
    address = link()
    dies(work, jo_has_one, clock)
    db.commit()
    assert choose(another(), address).status_int == 410


def test_a43_the_host_of_the_request_shapes_no_link(ask, app, sent):
    ask("jo", **{"X-Forwarded-Host": "evil.example"})
    tell_resets(app)
    ((_, raw),) = sent()
    assert LINK.search(raw)[0].startswith(app.config.base_url + "/")
    assert "evil" not in raw


def test_a43_the_token_stands_in_no_row_no_page_no_address_and_no_log(link, root, another, db, caplog):
    caplog.set_level(logging.DEBUG)
    address = link()
    token = LINK.search(address)[1]
    mail = db.scalars(select(OutgoingMail)).one()
    assert token not in mail.body
    raw = root.get(f"/admin/mail/outgoing/{mail.id}/raw").text
    assert token not in raw
    assert "[only the addressee reads this]" in raw
    page = root.get(f"/admin/mail/outgoing/{mail.id}").text
    assert token not in page
    landed = another().get(path_of(address))
    assert landed.location.endswith("/login/reset")
    assert token not in caplog.text


def test_a37_mails_are_few_for_each_account_and_questions_for_each_address(ask, app, sent, clock):
    for at in range(5):
        assert ask("jo", f"192.0.2.{at}").status_int == 200
    tell_resets(app)
    assert len(sent()) == 3
    answers = [ask(f"nobody{at}", "192.0.2.77").status_int for at in range(21)]
    assert answers == [200] * 20 + [429]


def test_who_logs_in_elsewhere_or_never_gets_no_mail(ask, app, sent, make, db):
    make.customer("bare@client.example")
    db.commit()
    ask("bare@client.example")
    tell_resets(app)
    assert sent() == []


def test_a_poor_password_is_refused_and_the_link_stays_good(link, another):
    address, browser = link(), another()
    assert "not the same" in choose(browser, address, NEW, "another").text
    page = choose(browser, address, "short")
    assert page.status_int == 422
    assert "12 to" in page.text
    assert choose(browser, address).status_int == 303


def test_where_it_is_switched_off_there_is_no_such_page(app, browser, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(app, "config", replace(app.config, login=replace(app.config.login, reset=False)))
    assert "Forgotten" not in browser.get("/login").text
    assert browser.get("/login/forgot", expect_errors=True).status_int == 404
    assert browser.get("/login/reset?token=x", expect_errors=True).status_int == 404


def test_old_questions_are_swept(ask, app, db, clock):
    ask("jo")
    tell_resets(app)
    clock.advance(timedelta(days=2))
    forget_resets(app)
    assert db.scalar(select(func.count()).select_from(PasswordReset)) == 0


def test_a_new_mail_address_takes_the_password_and_is_told_to_both(enter, another, jo_has_one, make, sent):
    make.grant(jo_has_one, "ModifySelf")
    jo = enter(another(), jo_has_one)
    form = next(each for each in jo.get("/account").forms.values() if "email_address" in each.fields)
    form["email_address"] = "jo@elsewhere.example"
    refused = form.submit(expect_errors=True)
    assert "not your present password" in refused.text
    form["old"] = "an old password"
    assert form.submit().status_int == 303
    told = sent()
    assert sorted(to for to, _ in told) == [("jo@elsewhere.example",), ("jo@staff.example",)]
    assert all("from jo@staff.example to jo@elsewhere.example" in raw.replace("\r\n", " ") for _, raw in told)


def test_an_administrator_is_named_and_a_first_password_is_told_to_nobody(work, make, sent, jo_has_one, db):
    set_password(work, jo_has_one, NEW)
    fresh = make.staff("fresh")
    fresh.password_hash = None
    db.flush()
    set_password(work, fresh, NEW)
    db.commit()
    told = sent()
    assert [to for to, _ in told] == [("jo@staff.example",)]
    assert "was changed by Root." in told[0][1]
