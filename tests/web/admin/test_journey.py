"""The page of an incoming mail tells step by step what happened to it."""

import re

import pytest

from rtpy.mail.intake import take_in, work_off
from rtpy.mail.intake_admin import retry
from rtpy.models import IncomingMail, Principal
from tests.mail.letters import letter

pytestmark = pytest.mark.databases("sqlite")  # the page only shows what intake has stored


def steps(page):
    found = {}
    for step in page.html.select(".journey > li"):
        words = re.sub(r"\s+", " ", step.get_text(" ")).strip()
        found[step.strong.text] = words.removeprefix(step.strong.text).strip()
    return found


@pytest.fixture
def journey(app, root, db):
    def journey(raw, **more):
        answer = take_in(app, raw, queue="General", **more)
        db.expire_all()
        return steps(root.get(f"/admin/mail/incoming/{answer.mail_id}")), answer

    return journey


def test_from_the_mailbox_to_the_mails_that_followed(journey, make, app):
    make.staff("helen")
    facts = {"mailbox": "Support", "recipient": "support+vpn@example.com", "extension": "vpn"}
    told, answer = journey(letter(), peer="imap://x@y/INBOX", transport=facts)
    assert list(told) == ["Came in", "Stored", "Read", "Decided", "Taken in", "Mails because of it"]
    assert "fetched from the mailbox “Support”" in told["Came in"]
    assert "Behind the plus: vpn." in told["Came in"]
    assert "A person seems to have written it." in told["Read"]
    assert "by the address ann@client.example, a customer." in told["Decided"]
    assert "It names no ticket. It becomes a new ticket." in told["Decided"]
    assert f"It is a new ticket. Ticket #{answer.ticket_id}" in told["Taken in"]
    assert "ann@client.example: queued" in told["Mails because of it"]


def test_why_it_joined_a_ticket_or_did_not(journey, app):
    first = take_in(app, letter(), queue="General")
    subject = f"[rtpy #{first.ticket_id}] Printer"
    told, _ = journey(letter(subject=subject), peer="127.0.0.1")
    assert "The mail gateway took it from 127.0.0.1." in told["Came in"]
    assert f"It names ticket #{first.ticket_id}, by its subject" in told["Decided"]
    assert "takes part in ticket" in told["Decided"]
    assert "It is a reply." in told["Taken in"]
    told, _ = journey(letter(subject=f"{subject} [rtpy #999]", sender="Eve <eve@evil.example>"))
    assert "takes no part in ticket" in told["Decided"]


def test_what_stopped_it(journey, make, db, app):
    raw = letter()
    first = take_in(app, raw, queue="General")
    told, _ = journey(raw)
    assert f"The same mail as number {first.mail_id}." in told["The same mail was there already"]
    db.get(Principal, make.customer("ann@client.example").id).disabled = True
    db.flush()
    told, _ = journey(letter())
    assert "is disabled" in told["Refused"]
    told, answer = journey(b"Subject: large\r\n\r\n" + b"x" * (app.config.mail.max_size + 10))
    assert "too large" in told["Refused"]
    assert db.get(IncomingMail, answer.mail_id).state == "refused"
    assert "are kept" in told["Stored"]


def test_a_second_attempt_tells_its_own_steps_only(db, app, root, work):
    answer = take_in(app, letter(sender="rt@localhost"), queue="General")
    row = db.get(IncomingMail, answer.mail_id)
    assert (row.state, row.steps) == ("refused", None)
    retry(work, row.id)
    db.flush()
    work_off(app)
    db.expire_all()
    told = steps(root.get(f"/admin/mail/incoming/{row.id}"))
    assert told["Decided"].count("The sender is") == 1
    assert "root let it in by hand." in told["Taken in"]
