"""Every face asks for the same rights: what somebody may do in the browser they may do over REST 2.0, REST 1.0 and by
mail, and what they may not do there they may do nowhere."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy.mail.intake import take_in
from rtpy.mail.tags import subject_tag
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from tests.rest1.conftest import Program as Rest1
from tests.rest2.conftest import Program as Rest2
from tests.rest2.conftest import api_of  # noqa: F401
from tests.web.conftest import compiled_templates, make_browser  # noqa: F401

SECRET = "the lift code is 4711"
SEE = (Right.SEE_QUEUE, Right.SHOW_TICKET)
PEOPLE = {
    "outsider": (),
    "reader": SEE,
    "inside": (*SEE, Right.SHOW_TICKET_COMMENTS),
    "answering": (*SEE, Right.REPLY_TO_TICKET),
    "commenting": (*SEE, Right.COMMENT_ON_TICKET, Right.SHOW_TICKET_COMMENTS),
    "taking": (*SEE, Right.OWN_TICKET, Right.TAKE_TICKET),
    "editing": (*SEE, Right.MODIFY_TICKET),
    "making": (Right.CREATE_TICKET, Right.SEE_QUEUE),
}
"""Members of staff by the rights that they hold on the queue."""

NEEDS = {
    "see": {Right.SHOW_TICKET},
    "read a comment": {Right.SHOW_TICKET_COMMENTS},
    "reply": {Right.REPLY_TO_TICKET, Right.MODIFY_TICKET},
    "comment": {Right.COMMENT_ON_TICKET, Right.MODIFY_TICKET},
    "change the subject": {Right.MODIFY_TICKET},
    "take": {Right.TAKE_TICKET},
    "create": {Right.CREATE_TICKET},
}
"""Deeds, and the rights of which one is needed (beside ShowTicket)."""


class Web:
    """A browser."""

    name = "web"

    def __init__(self, site, user):
        self.page = site.enter(make_browser(site.wsgi, "127.0.0.1"), user)
        self.token = self.page.get("/").html.select_one("input[name=csrf_token]")["value"]

    def _post(self, path, **fields):
        self.page.post(path, {"csrf_token": self.token, **fields}, expect_errors=True)

    def read(self, ticket):
        return self.page.get(f"/ticket/{ticket.id}", expect_errors=True).text

    def reply(self, ticket):
        self._post(f"/ticket/{ticket.id}/reply", text="said")

    def comment(self, ticket):
        self._post(f"/ticket/{ticket.id}/comment", text="noted")

    def rename(self, ticket):
        self._post(f"/ticket/{ticket.id}/modify", subject="renamed")

    def take(self, ticket):
        self._post(f"/ticket/{ticket.id}/modify", action="take")

    def create(self, queue):
        self._post(
            "/ticket/create", queue=str(queue.id), subject="made", requestor="ann@client.example", text="x"
        )


class ByRest2:
    """A program that speaks REST 2.0."""

    name = "REST 2.0"

    def __init__(self, site, user):
        self.call = Rest2(site.wsgi, site.token_of(user))

    def read(self, ticket):
        number = ticket.id
        fields = "?fields=Subject,Content,Data,Type"
        paths = (
            f"ticket/{number}",
            f"ticket/{number}/history{fields}",
            f"ticket/{number}/attachments{fields}",
        )
        return "".join(self.call("GET", path).data.decode() for path in paths)

    def reply(self, ticket):
        self.call("POST", f"ticket/{ticket.id}/correspond", {"Content": "said", "ContentType": "text/plain"})

    def comment(self, ticket):
        self.call("POST", f"ticket/{ticket.id}/comment", {"Content": "noted", "ContentType": "text/plain"})

    def rename(self, ticket):
        self.call("PUT", f"ticket/{ticket.id}", {"Subject": "renamed"})

    def take(self, ticket):
        self.call("PUT", f"ticket/{ticket.id}/take", data=b"", type="application/json")

    def create(self, queue):
        self.call("POST", "ticket", {"Queue": queue.id, "Subject": "made", "Requestor": "ann@client.example"})


class ByRest1:
    """A program that speaks REST 1.0."""

    name = "REST 1.0"

    def __init__(self, site, user):
        self.call = Rest1(site.wsgi, site.token_of(user))

    def read(self, ticket):
        paths = (f"ticket/{ticket.id}/show", f"ticket/{ticket.id}/history?format=l")
        return "".join(self.call(path).whole for path in paths)

    def reply(self, ticket):
        self._say(ticket, "correspond", "said")

    def comment(self, ticket):
        self._say(ticket, "comment", "noted")

    def _say(self, ticket, action, text):
        content = f"id: {ticket.id}\nAction: {action}\nText: {text}"
        self.call(f"ticket/{ticket.id}/comment", {"content": content})

    def rename(self, ticket):
        self.call(f"ticket/{ticket.id}/edit", {"content": "Subject: renamed"})

    def take(self, ticket):
        self.call(f"ticket/{ticket.id}/take", {"content": f"Ticket: {ticket.id}\nAction: take"})

    def create(self, queue):
        content = (
            f"id: ticket/new\nQueue: {queue.name}\nSubject: made\nRequestor: ann@client.example\nText: x"
        )
        self.call("ticket/new", {"content": content})


class ByMail:
    """A mail program: it reads nothing, and cannot take or rename."""

    name = "mail"

    def __init__(self, site, user):
        self.app, self.address = site.app, user.email_address

    def reply(self, ticket):
        self._send("correspond", f"{subject_tag(self.app.config.rtname, ticket.id)} again", "said")

    def comment(self, ticket):
        self._send("comment", f"{subject_tag(self.app.config.rtname, ticket.id)} again", "noted")

    def create(self, queue):
        self._send("correspond", "made", "x", queue.name)

    def _send(self, action, subject, text, queue="Desk"):
        self.count = getattr(self, "count", 0) + 1
        raw = (
            f"From: {self.address}\nTo: desk@localhost\nSubject: {subject}\n"
            f"Message-ID: <{self.address}-{id(self)}-{self.count}>\n\n{text}\n"
        )
        take_in(self.app, raw.encode(), queue=queue, action=action)


FACES = (Web, ByRest2, ByRest1, ByMail)


class Site:
    """What the faces need."""

    def __init__(self, app, wsgi, enter, api_of):  # noqa: F811
        self.app, self.wsgi, self.enter = app, wsgi, enter
        self.token_of = lambda user: api_of(user).authorization


@pytest.fixture
def queue(make):
    return make.queue("Desk", granted=False)


def ask(face, deed, ticket, queue, db):
    """Did it happen?"""
    before = db.scalar(select(func.max(Transaction.id))) or 0
    if deed in ("see", "read a comment"):
        wanted = SECRET if deed == "read a comment" else ticket.subject
        return wanted in face.read(ticket)
    if deed == "create":
        face.create(queue)
        made = select(func.count(Ticket.id)).where(Ticket.queue_id == queue.id, Ticket.id > ticket.id)
        return bool(db.scalar(made))
    getattr(face, {"change the subject": "rename"}.get(deed, deed))(ticket)
    kinds = {
        "reply": Transaction.type == "Correspond",
        "comment": Transaction.type == "Comment",
        "change the subject": Transaction.field == "Subject",
        "take": Transaction.field == "Owner",
    }
    done = select(func.count(Transaction.id)).where(
        Transaction.id > before, Transaction.object_id == ticket.id, kinds[deed]
    )
    return bool(db.scalar(done))


def test_a26_every_face_asks_for_the_same_rights(app, db, wsgi, enter, api_of, make, work, queue):  # noqa: F811
    site = Site(app, wsgi, enter, api_of)
    wrong = []
    for person, rights in PEOPLE.items():
        user = make.staff(person)
        make.grant(user, *rights, queue=queue)
        for kind in FACES:
            face = kind(site, user)
            for deed, needed in NEEDS.items():
                if kind is ByMail and deed not in ("reply", "comment", "create"):
                    continue
                ticket = make.ticket(f"about {person}", queue="Desk")
                change_ticket(work, ticket, Comment(plain_message(SECRET)))
                db.flush()
                holds = bool(needed & set(rights))
                sees = Right.SHOW_TICKET in rights or deed == "create"
                expected = holds and (sees or kind is ByMail)
                if ask(face, deed, ticket, queue, db) is not expected:
                    wrong.append(f"{person} by {face.name}: {deed} should be {expected}")
    assert wrong == []
