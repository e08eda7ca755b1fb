"""A20, A21 and A26: what a role may not reach does not exist for it, on any route, by any method, in any mail."""

import itertools
import random
import re
import statistics
import time
from email import message_from_bytes, policy
from urllib.parse import unquote

import pytest
from sqlalchemy import select, text
from webtest import Upload

from rtpy.changes.people import find_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.mail.outbox import raw_mail
from rtpy.models import (
    Attachment,
    IncomingMail,
    OutgoingMail,
    OutgoingRecipient,
    Ticket,
    Transaction,
)
from rtpy.rights.names import Right
from rtpy.work import Face
from tests.attacks.hostile import html_mail
from tests.attacks.routes import all_routes, path_of
from tests.mail.letters import letter

CANARY = "cnryhidden"
FILE = Part("application/pdf", f"%PDF {CANARY}".encode(), PartRole.FILE, filename=f"{CANARY}.pdf")


def newest(db, table, where="1 = 1"):
    return db.scalar(text(f"SELECT max(id) FROM {table} WHERE {where}")) or 1


@pytest.fixture
def hidden(make, db, work):
    """A ticket with a reply and a comment in a queue that only root may see, and the numbers of all about it."""
    make.queue("Board", granted=False)
    ticket = make.ticket(
        f"{CANARY} merger", queue="Board", text=f"{CANARY} first", requestor="chair@board.example"
    )
    change_ticket(work, ticket, AddWatcher("AdminCc", work.actor.user_id))
    said = [
        change_ticket(work, ticket, kind(Message((*plain_message(f"{CANARY} said").parts, FILE))))
        .transactions[0]
        .id
        for kind in (Correspond, Comment)
    ]
    db.commit()
    files = db.scalars(
        select(Attachment.id)
        .where(Attachment.transaction_id.in_(said), Attachment.role == "file")
        .order_by(Attachment.id)
    ).all()
    incoming = IncomingMail(
        received=work.now,
        queue="Board",
        action="correspond",
        raw=f"Subject: {CANARY}\n\n{CANARY}".encode(),
        size=40,
        state="done",
        subject=CANARY,
        ticket_id=ticket.id,
    )
    db.add(incoming)
    db.commit()
    return [
        {
            "ticket": ticket.id,
            "queue": ticket.queue_id,
            "people": ticket.creator_id,
            "organization": 1,
            "txn": one,
            "attachment": file,
            "incoming": incoming.id,
            "outgoing": newest(db, "outgoing_mails", f"ticket_id = {ticket.id}"),
            "rt": 1,
        }
        for one, file in zip(said, files, strict=True)
    ]


@pytest.fixture
def roles(another, customer, jo, root, make, login, enter):
    """A browser for each role; Jo and Kim are staff, Kim with no right on any queue."""
    return {
        "anonymous": another(),
        "customer": customer,
        "no rights": enter(another(), make.staff("kim")),
        "staff": jo,
        "root": root,
    }


def body_of(answer):
    page = re.sub(
        r"number [0-9a-f]{16}|[0-9a-f]{16,}|csrf_token\" value=\"[^\"]+\"",
        "",
        answer.text if answer.content_type.startswith("text") else "",
    )
    return unquote(page)


# --- A26: every route, method and role --------------------------------------------------------------------------


@pytest.fixture
def world(make, db, work):
    """Something for every page to be about, which all staff may see."""
    organization = make.organization("Client", "client.example")
    ticket = make.ticket("Seen by all")
    said = change_ticket(
        work,
        ticket,
        Correspond(
            Message((*plain_message("x").parts, Part("text/plain", b"x", PartRole.FILE, filename="x")))
        ),
    )
    db.commit()
    return {
        "ticket": ticket.id,
        "queue": ticket.queue_id,
        "people": ticket.creator_id,
        "organization": organization.id,
        "txn": said.transactions[0].id,
        "attachment": newest(db, "attachments"),
        "incoming": newest(db, "incoming_mails"),
        "outgoing": newest(db, "outgoing_mails"),
        "rt": 1,
    }


METHODS = ("GET", "OPTIONS", "PUT", "DELETE", "POST")
FORMS = (
    {},
    {
        "text": "x",
        "kind": "reply",
        "status": "open",
        "role": "Cc",
        "add": "new@client.example",
        "remove": "1",
        "end": "0",
        "deed": "save",
        "name": "n",
        "real_name": "N",
        "email_address": "n@n.example",
        "owner": "nobody",
        "subject": "s",
        "queue": "1",
        "priority": "5",
        "due": "2026-04-01",
        "minutes": "5",
        "to": "ann@client.example",
        "theme": "dark",
    },
    dict.fromkeys(
        "text kind status role add remove end deed name real_name email_address owner subject queue "
        "priority due minutes to cc bcc theme username password next return_to q page sort order "
        "domain site id last_seen token requestor content requestors organization worked starts "
        "started resolved told type link target merge disabled timezone password2".split(),
        "\x00�\u202e'\"<\\%s\r\n" + "9" * 30,
    ),
)


# That every page opens on PostgreSQL is held by tests/web/test_transactions.py; empty forms reach no statement.
ONLY_LITE = pytest.mark.databases("sqlite")
# What SQLite takes as it comes PostgreSQL refuses: numbers beyond its types, NUL, wrong kinds.
ONLY_STRICT = pytest.mark.databases("postgresql")


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(0, id="empty", marks=ONLY_LITE),
        pytest.param(1, id="usual"),
        pytest.param(2, id="hostile", marks=ONLY_STRICT),
    ],
)
def test_a26_no_route_fails_or_shows_a_hidden_ticket(wsgi, roles, hidden, world, form, database_kind):
    """Each route about a hidden and about an open ticket, each method, each role."""
    given = {name: value.encode("utf-8", "replace").decode() for name, value in FORMS[form].items()}
    bad, shown = [], set()
    if database_kind == "postgresql":
        # Whom routes are open to does not depend on the database; what becomes of hostile values in statements does.
        roles = {role: roles[role] for role in ("staff", "root")}
    for role, browser in roles.items():
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/", expect_errors=True).text)
        secret = found[1] if found else ""
        assert bool(secret) == (role != "anonymous")
        asked = set()
        for route, numbers in itertools.product(all_routes(wsgi), (*hidden, world)):
            if route.name in ("logout", "static") or (role == "root" and route.name == "sessions"):
                continue
            path = path_of(route, numbers)
            if path in asked:
                continue  # it is about no ticket: once is enough
            asked.add(path)
            # The other methods are tried on every address, and about one hidden ticket.
            every = form == 0 and role != "root" and numbers is hidden[0]
            for method in METHODS if every else ("GET", "POST"):
                if method == "POST":
                    answer = browser.post(
                        path.partition("?")[0], {**given, "csrf_token": secret}, expect_errors=True
                    )
                else:
                    params = given if form and method == "GET" else None
                    answer = (
                        browser.request(path, method=method, expect_errors=True)
                        if not params
                        else browser.get(path.partition("?")[0], params, expect_errors=True)
                    )
                # health and readiness tell watchers that mail waits; no mail server takes less than a POST.
                if answer.status_int >= 500 and route.name != "ready":
                    bad.append((role, method, path, answer.status_int))
                if role != "root" and CANARY in unquote(str(answer.headers)) + answer.body.decode(
                    "utf-8", "replace"
                ):
                    bad.append((role, method, path, "shows the hidden ticket"))
                elif CANARY in answer.body.decode("utf-8", "replace"):
                    shown.add(route.name)
                if role in ("anonymous", "customer") and answer.status_int == 200 and route.name not in OPEN:
                    bad.append((role, method, path, "is open"))
    assert bad == []
    assert {"ticket.display", "ticket.history", "ticket.attachment", "admin.mail.incoming.display"} <= shown
    assert form or "ticket.list" in shown


OPEN = {
    "login", "sessions", "health", "ready", "metrics", "mail-gateway", "static", "theme", "rest1", "rest1.top",
    "second_factor.overview", "second_factor.set_up", "second_factor.picture", "forgot",
}  # fmt: skip
"""Routes that answer 200 to everybody, or to everybody that is logged in; a new one must be added here by hand.

REST 1.0 writes its status into the body.
"""


# --- A20 --------------------------------------------------------------------------------------------------------


def pages_about(numbers):
    ticket, txn, attachment = numbers["ticket"], numbers["txn"], numbers["attachment"]
    mail = numbers["outgoing"]
    return [
        f"/ticket/{ticket}",
        f"/ticket/{ticket}/history",
        f"/ticket/{ticket}/people",
        f"/ticket/{ticket}?all=1&quote={txn}",
        f"/ticket/{ticket}/attachment/{attachment}/x",
        f"/ticket/{ticket}/attachment/{attachment}/{CANARY}.pdf",
        f"/ticket/{ticket}/transaction/{txn}/raw",
        f"/ticket/{ticket}/transaction/{txn}/raw?download=1",
        f"/ticket/{ticket}/transaction/{txn}/cid/x",
        f"/ticket/{ticket}/mail/{mail}",
        f"/Ticket/Attachment/{txn}/{attachment}/x",
        f"/queue/{numbers['queue']}",
    ]


def like_missing(path):
    """The same address with numbers that stand for nothing."""
    return re.sub(r"\d+", lambda number: str(int(number[0]) + 900_000), path)


@pytest.mark.parametrize("role", ["no rights", "staff"])
def test_a20_what_may_not_be_seen_is_answered_like_what_is_not_there(roles, hidden, role):
    browser = roles[role]
    for numbers in hidden:
        for path in pages_about(numbers):
            answers = [browser.get(one, expect_errors=True) for one in (path, like_missing(path))]
            assert [answer.status_int for answer in answers] == [404, 404], path
            assert body_of(answers[0]).replace(path, "") == body_of(answers[1]).replace(
                like_missing(path), ""
            ), path
            assert sorted(answers[0].headers) == sorted(answers[1].headers)


def test_a20_through_a_ticket_that_one_may_see(jo, hidden, make, db):
    seen = make.ticket("seen")
    db.commit()
    for numbers in hidden:
        for path in pages_about({**numbers, "ticket": seen.id})[4:11]:
            if not path.startswith("/Ticket"):
                assert jo.get(path, expect_errors=True).status_int == 404, path


@pytest.fixture
def half(another, make, enter, db, work):
    """Lee, who may see the tickets of a queue and not their comments; a ticket there with a comment; its numbers."""
    queue = make.queue("Open", granted=False)
    lee = make.staff("lee")
    make.grant(lee, Right.SHOW_TICKET, Right.SHOW_OUTGOING_EMAIL, queue=queue)
    ticket = make.ticket("Half open", queue="Open")
    change_ticket(work, ticket, AddWatcher("AdminCc", work.actor.user_id))
    said = change_ticket(
        work.app.work_in(db), ticket, Comment(Message((*plain_message(CANARY).parts, FILE)))
    ).transactions[0]
    db.commit()
    numbers = {
        "ticket": ticket.id,
        "txn": said.id,
        "queue": queue.id,
        "attachment": newest(db, "attachments", "role = 'file'"),
        "outgoing": newest(db, "outgoing_mails", f"transaction_id = {said.id}"),
    }
    return enter(another(), lee), numbers


def test_a20_a_comment_does_not_exist_for_who_may_not_read_comments(half):
    lee, numbers = half
    assert lee.get(f"/ticket/{numbers['ticket']}").status_int == 200
    missing = {
        **numbers,
        "txn": numbers["txn"] + 900_000,
        "attachment": numbers["attachment"] + 900_000,
        "outgoing": 900_000,
    }
    for path, other in list(zip(pages_about(numbers), pages_about(missing), strict=True))[4:11]:
        answers = [lee.get(one, expect_errors=True) for one in (path, other)]
        assert [answer.status_int for answer in answers] == [404, 404], path
        assert body_of(answers[0]) == body_of(answers[1])


def test_a20_and_nothing_on_the_pages_tells_of_it(half):
    lee, numbers = half
    ticket = numbers["ticket"]
    for path in (
        f"/ticket/{ticket}",
        f"/ticket/{ticket}/history",
        f"/ticket/{ticket}?quote={numbers['txn']}",
        "/",
        "/tickets",
    ):
        page = lee.get(path)
        assert CANARY not in page.text, path
        assert f"/mail/{numbers['outgoing']}" not in page.text
        assert page.html.select(".entry-comment, .compose-comment") == []
    # A search shows what was asked, so it is held against one for a word that is nowhere.
    hidden, nowhere = (
        lee.get("/search", {"q": word}).follow().text.replace(word, "?") for word in (CANARY, "nowhere7x")
    )
    assert hidden == nowhere


def test_a20_both_take_the_same_time(jo, hidden):
    """Ten percent would be noise on a busy machine; a page that looks further first takes several times as long."""
    paths = (
        f"/ticket/{hidden[0]['ticket']}/attachment/{hidden[0]['attachment']}/x",
        "/ticket/900000/attachment/900000/x",
    )
    took = {path: [] for path in paths}
    for _ in range(25):
        for path, times in took.items():
            began = time.thread_time()
            jo.get(path, status=404)
            times.append(time.thread_time() - began)
    first, second = (statistics.median(times) for times in took.values())
    assert max(first, second) < 1.6 * min(first, second)


# --- A21: comments ----------------------------------------------------------------------------------------------

CUSTOMERS = ("ann@client.example", "bob@client.example", "eve@other.example", "adm@client.example")


class Story:
    """A sequence of events on two tickets, by the pages and by mail, with a canary in each comment."""

    def __init__(self, app, db, make, post, staff, customers, token, seed):
        self.app, self.db, self.make, self.post = app, db, make, post
        self.staff, self.customers = staff, customers
        self._token = token(staff)
        self.random = random.Random(seed)
        self.number = 0
        self.canaries = 0
        self.happened = set()
        self.tickets = [
            self.post(letter("It burns.", sender=f"Ann <{CUSTOMERS[0]}>")).ticket_id,
            self.post(
                letter("It is cold.", sender=f"Bob <{CUSTOMERS[1]}>", cc=CUSTOMERS[2], subject="Heating")
            ).ticket_id,
        ]

    def canary(self):
        self.canaries += 1
        return f"cnry{self.canaries}x"

    def any_ticket(self):
        return self.random.choice(self.tickets)

    def submit(self, path, given, **more):
        answer = self.staff.post(path, {**given, "csrf_token": self._token}, expect_errors=True, **more)
        assert answer.status_int < 500, answer.text
        return answer.status_int < 400

    # Each method is an event; it says whether it happened.

    def comment_in_browser(self):
        one = self.canary()
        given = {"text": f"{one} internal", "cc": CUSTOMERS[2] if self.random.random() < 0.3 else ""}
        return self.submit(
            f"/ticket/{self.any_ticket()}/comment",
            {**given, "files": Upload(f"{one}.txt", one.encode(), "text/plain")},
        )

    def comment_by_mail(self):
        one = self.canary()
        raw = html_mail(
            f"<p>{one}</p><img src='cid:{one}'>",
            subject=f"[rtpy #{self.any_ticket()}] {one}",
            sender="jo@staff.example",
            cc=f"{CUSTOMERS[0]}, {CUSTOMERS[2]}",
            x_extra=one,
        )
        raw = raw.replace(b"Message-ID: <", f"Message-ID: <{one}.".encode())
        return self.post(raw, action="comment").state == "done"

    def reply_in_browser(self):
        given = {
            "text": "We look into it.",
            "minutes": "5",
            "status": self.random.choice(["open", "stalled", "resolved", ""]),
        }
        return self.submit(f"/ticket/{self.any_ticket()}/reply", {**given, "cc": CUSTOMERS[2]})

    def reply_quoting_the_last(self):
        """The staff clicks on Quote at every entry, comments too, and sends what is then in the reply's field."""
        ticket = self.any_ticket()
        page = self.staff.get(f"/ticket/{ticket}", expect_errors=True)
        page = page.follow() if page.status_int == 302 else page
        links = re.findall(r'href="(/ticket/\d+\?quote=\d+)', page.text)
        field = self.staff.get(self.random.choice(links)).html.select_one("#reply-text")
        return bool(field) and self.submit(f"/ticket/{ticket}/reply", {"text": field.text.strip() or "ok"})

    def customer_answers_with_everything(self):
        """A customer quotes the whole of the last mail he got, with its headers' references."""
        got = [mail for to, mail in self.outgoing() if set(to) & set(CUSTOMERS)]
        if not got:
            return False
        mail = got[-1]
        quoted = "".join(f"> {line}\n" for line in words_of(mail).splitlines())
        raw = letter(
            f"Thanks\n{quoted}".encode("ascii", "replace").decode(),
            sender=self.random.choice(CUSTOMERS[:2]),
            subject=re.sub(r"[^ -~]", "?", f"Re: {mail['Subject']}"),
            in_reply_to=str(mail["Message-ID"]),
            references=str(mail["References"] or ""),
        )
        return self.post(raw).state in ("done", "duplicate")

    def customer_writes(self):
        self.number += 1
        return (
            self.post(
                letter(f"And {self.number}?", sender=CUSTOMERS[0], subject=f"[rtpy #{self.any_ticket()}]")
            ).state
            == "done"
        )

    def customer_opens_another(self):
        self.number += 1
        row = self.post(
            letter(
                "New.",
                sender=CUSTOMERS[1],
                subject=f"other {'abcdefghijklmnopqrstuvwxyz'[self.number % 26] * 3}",
            )
        )
        return row.state == "done"

    def a_comment_bounces(self):
        rows = self.db.scalars(
            select(OutgoingMail).where(OutgoingMail.internal).order_by(OutgoingMail.id.desc())
        ).all()
        if not rows:
            return False
        self.number += 1
        original = raw_mail(self.app, self.db, rows[0].id)
        raw = (
            (
                "From: MAILER-DAEMON@mx.example\nTo: rt-comment@localhost\nReturn-Path: <>\n"
                "Subject: Undelivered Mail Returned to Sender\n"
                f"Message-ID: <b{self.number}@mx.example>\nMIME-Version: 1.0\n"
                'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
                "--b\n\nnot delivered\n--b\n"
                "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
                "Final-Recipient: rfc822; jo@staff.example\nAction: failed\n"
                "Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
            ).encode()
            + original
            + b"\n--b--\n"
        )
        return self.post(raw).state == "done"

    def modify(self):
        given = self.random.choice(
            [
                {"status": "open"},
                {"status": "resolved"},
                {"status": "stalled"},
                {"owner": "jo"},
                {"owner": "nobody"},
                {"priority": "70"},
                {"queue": "Second"},
                {"subject": "Another name"},
                {"due": "2026-04-01"},
            ]
        )
        return self.submit(f"/ticket/{self.any_ticket()}/modify", given)

    def move(self):
        queue = self.db.scalar(
            text("SELECT id FROM queues WHERE name = :name"),
            {"name": self.random.choice(["Second", "General"])},
        )
        return self.submit(f"/ticket/{self.any_ticket()}/modify", {"queue": str(queue)})

    def add_people(self):
        role = self.random.choice(["Cc", "AdminCc", "Requestor"])
        return self.submit(
            f"/ticket/{self.any_ticket()}/people", {"role": role, "add": self.random.choice(CUSTOMERS)}
        )

    def merge(self):
        from rtpy.changes.ticket.merge import MergeInto

        first, second = (self.db.get_one(Ticket, number) for number in self.random.sample(self.tickets, 2))
        if first.merged_into_id or second.merged_into_id:
            return False
        work = self.app.work_in(self.db, self.app.actor_named(self.db, "root", Face.WEB))
        change_ticket(work, first, MergeInto(second))
        self.db.commit()
        return True

    def outgoing(self):
        """Recipients and mail of everything that ever left."""
        self.db.expire_all()
        found = []
        for number in self.db.scalars(select(OutgoingMail.id).order_by(OutgoingMail.id)).all():
            to = self.db.scalars(
                select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == number)
            ).all()
            found.append((to, message_from_bytes(raw_mail(self.app, self.db, number), policy=policy.SMTP)))
        return found

    def leaks(self):
        """Every place in which a customer could find a canary."""
        found = []
        for to, mail in self.outgoing():
            if all(address.endswith("staff.example") or address == "root@localhost" for address in to):
                continue
            everything = "\n".join(str(value) for part in mail.walk() for value in part.values())
            everything += words_of(mail) + "".join(part.get_filename() or "" for part in mail.walk())
            everything += "".join(
                part.get_payload(decode=True).decode("latin-1")
                for part in mail.walk()
                if part.get_content_disposition() == "attachment"
            )
            if re.search(r"cnry\d", everything):
                found.append(
                    (to, str(mail["Subject"]), re.findall(r".{0,60}cnry\d+x.{0,40}", everything)[:3])
                )
        return found

    def pages(self):
        """Every address about the tickets and all that belongs to them."""
        ids = {}
        for table in ("transactions", "attachments", "outgoing_mails"):
            ids[table] = self.db.scalars(text(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 12")).all()
        for ticket in self.tickets:
            yield from (f"/ticket/{ticket}{more}" for more in ("", "/history", "/people", "?all=1"))
            yield from (f"/ticket/{ticket}/transaction/{one}/raw" for one in ids["transactions"])
            yield from (f"/ticket/{ticket}/attachment/{one}/x" for one in ids["attachments"])
            yield from (f"/ticket/{ticket}/mail/{one}" for one in ids["outgoing_mails"][:5])
        yield from (
            "/",
            "/tickets?status=all&q=cnry",
            "/search?q=cnry1x",
            "/people",
            "/admin/mail/outgoing",
            "/admin/mail/incoming",
        )


def words_of(mail):
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


EVENTS = [
    name
    for name, made in vars(Story).items()
    if callable(made)
    and name not in ("__init__", "canary", "any_ticket", "submit", "outgoing", "leaks", "pages")
]


@pytest.fixture
def story(app, db, make, post, root, another, enter, token):
    """Makes a story; requestors may even see their tickets by right."""
    make.staff("jo", real_name="Jo")
    make.queue("Second")
    queue = make.queue("General")
    queue.cc_policy = "all"
    for name in ("General", "Second"):
        make.grant("Requestor", Right.SHOW_TICKET, queue=make.queue(name))
        make.grant("Cc", Right.SHOW_TICKET, queue=make.queue(name))
        make.grant("AdminCc", Right.SHOW_TICKET, Right.SHOW_TICKET_COMMENTS, queue=make.queue(name))
    for address in CUSTOMERS:
        make.customer(address)
    db.commit()

    def begin(seed):
        customers = [another(), *(enter(another(), find_person(db, address)) for address in CUSTOMERS)]
        work = app.work_in(db, app.actor_named(db, "root", Face.WEB))
        made = Story(app, db, make, post, root, customers, token, seed)
        for ticket in made.tickets:
            change_ticket(work, db.get_one(Ticket, ticket), AddWatcher("AdminCc", find_person(db, "jo").id))
        db.commit()
        return made

    return begin


ONCE = pytest.mark.databases("sqlite")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=ONCE) for seed in (1, 2, 3))])
def test_a21_no_comment_reaches_a_customer_whatever_happens(story, seed):
    """Every event at least once, in a different order for each seed, each after a comment."""
    tale = story(seed)
    order = EVENTS * 2
    tale.random.shuffle(order)
    for number, event in enumerate(["comment_in_browser", "comment_by_mail", *order]):
        if getattr(tale, event)():
            tale.happened.add(event)
        if number % 5 == 4:
            assert tale.leaks() == [], event
            tale.comment_in_browser()
    assert tale.leaks() == []
    assert tale.happened == set(EVENTS)
    assert tale.canaries > 5
    read = 0
    for browser in tale.customers:
        for path in tale.pages():
            answer = browser.get(path, expect_errors=True)
            assert answer.status_int != 200, path
            assert not re.search(r"cnry\d", answer.text.replace("q=cnry1x", "").replace("q%3Dcnry1x", "")), (
                path
            )
            read += 1
    assert read > 200


def test_a21_the_staff_do_read_the_comments(story):
    tale = story(0)
    assert tale.comment_in_browser()
    assert tale.comment_by_mail()
    internal = [mail for to, mail in tale.outgoing() if set(to) <= {"jo@staff.example", "root@localhost"}]
    assert any("cnry1x" in words_of(mail) for mail in internal)
    shown = "".join(tale.staff.get(f"/ticket/{ticket}").text for ticket in tale.tickets)
    assert {"cnry1x", "cnry2x"} <= set(re.findall(r"cnry\dx", shown))


def test_a21_a_canary_in_a_reply_would_be_found(story):
    tale = story(0)
    tale.submit(f"/ticket/{tale.tickets[0]}/reply", {"text": "cnry9x is not internal"})
    assert tale.leaks() != []


def test_a21_message_ids_of_comments_are_in_no_thread_of_a_customer(story, db):
    tale = story(0)
    tale.random.choice = lambda options: options[0]
    assert tale.comment_by_mail()
    assert tale.comment_in_browser()
    for event in ("reply_in_browser", "customer_writes", "reply_in_browser"):
        getattr(tale, event)()
    ids = set(db.scalars(select(OutgoingMail.message_id).where(OutgoingMail.internal)))
    kept = db.scalars(
        select(Attachment.message_id)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.type == "Comment")
    )
    ids |= {one for one in kept if one}
    assert len(ids) >= 2
    for to, mail in tale.outgoing():
        if set(to) & set(CUSTOMERS):
            chain = f"{mail['References']} {mail['In-Reply-To']}"
            assert not [one for one in ids if one in chain]
