"""A24, A30, A54: what opens something is long, kept as a hash, and opens that one thing for that one person."""

import base64
import re

import pytest
from sqlalchemy import String, Text, cast, select
from webtest import Upload

from plugins.portal.tests.attacks.crawling import read, secrets_in
from plugins.portal.tests.attacks.tables import tables_there
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.mail.personal import open_own_words
from rtpy.mail.sealed_words import open_words
from rtpy.models import Blob, OutgoingMail, OutgoingRecipient
from rtpy_portal.access.keys import COOKIE
from rtpy_portal.mails.links import mail_wanted_links

ONE = pytest.mark.databases("sqlite")  # tokens are made and compared in Python

TOKEN = re.compile(r"/portal/(?:key|login/key|knowledge/confirm|issues/confirm)/([A-Za-z0-9_=-]+)")


def form_to(page, end):
    return next(each for each in page.forms.values() if (each.action or "").endswith(end))


@pytest.fixture
def tokens(world, another, app, db, work):
    """Every kind of token that the portal mails, as their addressees read them."""
    browser, own = another(), world.accounts["own"]
    places = (
        ("/portal/lost", "/portal/lost", {"number": str(world.tickets["shared"].id)}),
        ("/portal/login", "/portal/login", {}),
        (f"/portal/issues/{world.issues[0].id}", "/join", {}),
        (f"/portal/knowledge/page/{world.page.id}/{world.page.slug}", "", {"content": "Does it work?"}),
    )
    for page, end, more in places:
        form = form_to(browser.get(page), end or f"/ask/{world.page.id}")
        form["address"] = own.email_address
        for name, value in more.items():
            form[name] = value
        form.submit(status=303)
    mail_wanted_links(app)
    change_ticket(work, world.tickets["shared"], Correspond(plain_message("We look at it.")))
    db.expire_all()
    texts = [open_words(app.config, each) for each in db.scalars(select(OutgoingMail.body))]
    for words in db.scalars(select(OutgoingRecipient.own_words).where(OutgoingRecipient.own_words != "")):
        texts += [url for _, url in open_own_words(app.config, words).links]
    return {(found[0].split("/")[2], found[1]) for text in texts for found in TOKEN.finditer(text)}


@ONE
def test_a24_tokens_have_128_bits_and_stand_nowhere_in_the_database(tokens, db):
    assert {kind for kind, _ in tokens} == {"key", "login", "knowledge", "issues"}
    for _, token in tokens:
        plain = token.removeprefix("rtkey-")
        assert len(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))) >= 16
        assert len(set(plain)) > 10
    for table in tables_there(db):
        for column in table.columns:
            if isinstance(column.type, String | Text) or "json" in type(column.type).__name__.lower():
                kept = " ".join(str(each) for each in db.scalars(select(cast(column, Text))) if each)
                assert not [kind for kind, token in tokens if token in kept], f"{table.name}.{column.name}"


@ONE
def test_a24_the_key_of_one_request_opens_no_other_and_no_file_of_another(world, another):
    for key in world.keys.values():
        browser = another()
        browser.set_cookie(COOKIE, key)  # sent to every page, whatever its path says
        allowed = world.tickets["shared"].id
        for name, ticket in world.tickets.items():
            files = [each for each in world.files if each.object_id == ticket.id]
            paths = [f"/portal/request/{ticket.id}", f"/portal/request/{ticket.id}/rate"]
            paths += [f"/portal/request/{ticket.id}/file/{each.id}/x" for each in files]
            for path in paths:
                answer = browser.get(path, expect_errors=True)
                assert ticket.id == allowed or answer.status_int in (303, 404), (name, path)
            for each in files if ticket.id != allowed else ():
                browser.get(f"/portal/request/{allowed}/file/{each.id}/x", status=404)
        for path in ("/portal/requests", "/portal/me", "/portal/organization"):
            browser.get(path, status=303)


@ONE
def test_a24_what_one_browser_holds_opens_nothing_for_another(world, browsers, another):
    browser, shared = browsers["key of requestor"], world.tickets["shared"].id
    kept = browser.cookies[COOKIE]
    stolen = another()
    stolen.set_cookie(COOKIE, kept[:-4] + "AAAA")
    stolen.get(f"/portal/request/{shared}", status=303)


@pytest.mark.parametrize("into", ["shared", "private"])
def test_a30_a_merge_shows_nothing_that_was_not_shown_before(world, browsers, work, db, into):
    first, second = ("private", "shared") if into == "shared" else ("shared", "private")
    change_ticket(work, world.tickets[first], MergeInto(world.tickets[second]))
    db.commit()
    wrong = []
    for kind in (
        "own",
        "copies",
        "site",
        "most",
        "manager",
        "key of requestor",
        "key of copy",
        "stranger",
        "nobody",
    ):
        for name in (first, second):
            path = f"/portal/request/{world.tickets[name].id}"
            answer = browsers[kind].get(path, expect_errors=True)
            while answer.status_int == 303 and "/portal/request/" in answer.location:
                answer = browsers[kind].get(answer.location, expect_errors=True)
            text = read(answer).partition("?request=")[0]
            if kind in ("stranger", "nobody") and secrets_in(text):
                wrong.append((kind, name))
            # The subject of the one that goes on is the request's own now; the words of the other one are not.
            if first == "private" and "private" in secrets_in(text):
                wrong.append((kind, name, "private"))
    assert wrong == []


@ONE
def test_a54_keys_in_what_people_quote_are_kept_nowhere(world, browsers, app, db):
    key = world.keys["key of requestor"]
    south = world.tickets["south"].id
    form = form_to(browsers["own"].get(f"/portal/request/{south}"), "/answer")
    form["text"] = f"Thanks.\n> Read it here: http://localhost/portal/key/{key}\n"
    form["files"] = [Upload("mail.txt", f"See http://localhost/portal/key/{key}".encode(), "text/plain")]
    form.submit(status=303)
    kept = b" ".join(each for each in db.scalars(select(Blob.data)) if each)
    assert b"Thanks." in kept
    assert key.encode() not in kept
