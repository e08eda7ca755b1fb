"""Forms of the portal under attack: without their token, from elsewhere, and asked who is known here."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import rtpy_portal
from plugins.portal.tests.attacks.crawling import paths, views
from plugins.portal.tests.attacks.tables import tables_there
from rtpy.mail.sealed_words import open_words
from rtpy.models import OutgoingMail, OutgoingRecipient, Ticket, Watcher
from rtpy_portal.mails.links import mail_wanted_links
from rtpy_portal.web.parts import ADDRESSES

# What a form must carry, and what its answers say, no database changes.
pytestmark = pytest.mark.databases("sqlite")

BY_MAIL_PROGRAMS = {"portal.issues.leave"}
"""RFC 8058: the button of mail programs carries no token of ours, and does nothing but leave."""


def rows(db):
    """How many each table has."""
    tables = (each for each in tables_there(db) if each.name not in ("rate_counters", "hook_days"))
    return {each.name: db.scalar(select(func.count()).select_from(each)) for each in tables}


def form_to(page, end):
    return next(each for each in page.forms.values() if (each.action or "").endswith(end))


def test_no_form_is_taken_without_its_token(wsgi, world, browsers, db):
    posted = [each for each in ADDRESSES if each.name in views(wsgi, "POST") - BY_MAIL_PROGRAMS]
    before, taken = rows(db), []
    given = {
        "text": "x",
        "deed": "save",
        "address": "x@acme.example",
        "score": "good",
        "wanted": "0",
        "name": "x",
    }
    for address in posted:
        for kind in ("own", "staff", "key of requestor"):
            path = next(iter(paths(world, address.name, address.path)))
            for token in ({}, {"csrf_token": "wrong"}):
                answer = browsers[kind].post(path, {**given, **token}, expect_errors=True)
                if answer.status_int not in (403, 404):
                    taken.append((address.name, kind, answer.status_int))
    assert taken == []
    assert len(posted) > 40
    assert rows(db) == before


def same(answer):
    """What an answer says, but for what is another in each form."""
    secret = r'[0-9a-f]{32,}|value="[^"]{20,}"|[A-Za-z0-9_.-]{40,}|\d+\.'
    return (
        answer.status_int,
        re.sub(secret, "", answer.headers.get("Location", "")),
        re.sub(secret, "", answer.text),
    )


@pytest.mark.parametrize("form", ["lost", "login", "join", "question"])
def test_a44_no_answer_says_whom_we_know(world, another, form):
    own = world.accounts["own"].email_address
    shared, board = world.tickets["shared"].id, world.tickets["board"].id
    known = [
        (own, shared),
        ("nobody@nowhere.example", shared),
        (own, board),
        (own, 999_999),
        ("jo@staff.example", shared),
    ]
    said = set()
    for address, number in known:
        browser = another()
        page, end = {
            "lost": ("/portal/lost", "/portal/lost"),
            "login": ("/portal/login", "/portal/login"),
            "join": (f"/portal/issues/{world.issues[0].id}", "/join"),
            "question": (
                f"/portal/knowledge/page/{world.page.id}/{world.page.slug}",
                f"/ask/{world.page.id}",
            ),
        }[form]
        sent = form_to(browser.get(page), end)
        sent["address"] = address
        if form == "lost":
            sent["number"] = str(number)
        if form == "question":
            sent["content"] = "Does it work?"
        answer = sent.submit()
        assert answer.status_int == 303
        said |= {same(answer), same(answer.follow())}
    assert len(said) == 2


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-For", "Forwarded"])
def test_a43_who_asks_does_not_shape_the_links_that_we_mail(world, another, app, db, header):
    last = max(db.scalars(select(OutgoingMail.id)), default=0)
    browser = another()
    form = form_to(browser.get("/portal/login?next=//evil.example/"), "/portal/login")
    form["address"] = world.accounts["own"].email_address
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    form.submit(headers={header: value}, expect_errors=True)
    again = form_to(browser.get("/portal/lost"), "/portal/lost")
    again["address"], again["number"] = world.accounts["own"].email_address, str(world.tickets["shared"].id)
    again.submit(headers={header: value}, expect_errors=True)
    mail_wanted_links(app)
    db.expire_all()
    texts = [
        open_words(app.config, each.body)
        for each in db.scalars(select(OutgoingMail).where(OutgoingMail.id > last))
    ]
    assert texts or header == "Host"
    for text in texts:
        assert "evil" not in text
        assert re.findall(r"https?://[^/\s]+", text) == [app.config.url("").rstrip("/")]


def test_a43_a_link_to_log_in_dies_with_the_address_it_was_mailed_to(world, another, app, db):
    own = world.accounts["own"]
    form = form_to(another().get("/portal/login"), "/portal/login")
    form["address"] = own.email_address
    form.submit()
    mail_wanted_links(app)
    body = db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
    path = re.search(r"/portal/login/key/\S+", open_words(app.config, body))[0]
    own.email_address = "new@acme.example"
    db.commit()
    another().get(path, status=410)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "/\t/evil.example"],
)
@pytest.mark.parametrize("page", ["login", "lost", "key", "start"])
def test_no_page_leads_to_other_sites(world, another, target, page):
    path = {
        "login": "/portal/login",
        "lost": "/portal/lost",
        "key": f"/portal/key/{world.keys['key of copy']}",
        "start": "/portal",
    }[page]
    answer = another().get(path, {"next": target, "to": target, "return_to": target}, expect_errors=True)
    assert answer.headers.get("Location", "http://localhost/").startswith("http://localhost/")
    links = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    assert not [
        each for each in links if "evil" in each and each.startswith(("//", "http", "javascript", "/\\"))
    ]
    for link in links:
        if link.startswith("/login?next="):
            assert "evil" not in link


def test_a55_who_came_by_a_key_adds_nobody(world, browsers, db):
    shared = world.tickets["shared"].id
    before = db.scalar(select(func.count()).select_from(Watcher))
    browser = browsers["key of requestor"]
    page = browser.get(f"/portal/request/{shared}")
    assert "/people/add" not in page.text
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    given = {"csrf_token": token, "address": "eve@bell.example", "person": str(world.accounts["stranger"].id)}
    browser.post(f"/portal/request/{shared}/people/add", given, status=422)
    assert db.scalar(select(func.count()).select_from(Watcher)) == before


def test_a56_whoever_asks_in_anothers_name_sends_them_one_mail_an_hour_and_loses_nothing(
    another, db, clock, make
):
    make.queue()
    sent = 4
    before = db.scalar(select(func.count()).select_from(Ticket))
    for number in range(sent):
        form = another(f"192.0.2.{number + 1}").get("/portal/ask").forms["ask"]
        clock.advance(timedelta(seconds=20))
        form["address"], form["text"] = "victim@elsewhere.example", f"Buy this now, offer {number}"
        form.submit("deed", value="send", status=303)
    assert db.scalar(select(func.count()).select_from(Ticket)) == before + sent
    mails = db.scalars(
        select(OutgoingMail)
        .join(OutgoingRecipient, OutgoingRecipient.mail_id == OutgoingMail.id)
        .where(OutgoingRecipient.address == "victim@elsewhere.example")
    ).all()
    assert len(mails) == 1


def test_a45_and_a46_the_portal_itself_calls_nobody(tmp_path):
    callers = {
        "socket",
        "ssl",
        "http.client",
        "urllib.request",
        "urllib3",
        "httpx",
        "requests",
        "smtplib",
        "subprocess",
    }
    found = []
    for path in Path(rtpy_portal.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [
                (path.name, name) for name in names if name in callers or name.startswith("rtpy.outbound")
            ]
    assert found == []
