"""A52 to A58 through the gateway: what strangers, forgers, floods and other machines reach, and what they do not."""

import mailbox
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.people import create_person
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.changes.ticket.status import SetStatus
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.content.part import plain_message
from rtpy.mail.delivery import deliver_due
from rtpy.mail.intake import take_in
from rtpy.mail.outbox import raw_mail
from rtpy.migrations.run import upgrade
from rtpy.models import (
    IncomingMail,
    OutgoingMail,
    OutgoingRecipient,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy.setup import initialise
from rtpy.testing.fixtures import ROOT_PASSWORD, START
from rtpy.work import Face
from tests.mail.letters import letter

STRANGER = "Mallory <mallory@evil.example>"


@pytest.fixture
def options():
    """Further options of the site."""
    return {}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


def with_options(**options):
    return pytest.mark.parametrize("options", [options])


@pytest.fixture
def ticket(post, db):
    """Ann's ticket, as it came by mail."""
    return db.get_one(Ticket, post(letter("The secret plan.", subject="Plan")).ticket_id)


@pytest.fixture
def sent(app, db):
    """All mails that wait to leave, with their recipients."""

    def sent():
        db.expire_all()
        mails = []
        for row in db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)):
            to = set(db.scalars(select(OutgoingRecipient.address).where(OutgoingRecipient.mail_id == row.id)))
            mails.append((to, message_from_bytes(raw_mail(app, db, row.id), policy=policy.SMTP)))
        return mails

    return sent


def mails_to(sent, address):
    return [mail for to, mail in sent() if address in to]


def words_of(mail):
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def watchers(db, ticket_id):
    rows = db.execute(select(Watcher.role, Watcher.principal_id).where(Watcher.ticket_id == ticket_id))
    return {(role, principal) for role, principal in rows}


def said_on(db, ticket_id):
    query = select(Transaction.type).where(
        Transaction.object_type == "ticket",
        Transaction.object_id == ticket_id,
        Transaction.type.in_(("Create", "Correspond", "Comment")),
    )
    return db.scalars(query.order_by(Transaction.id)).all()


# --- A52, A53: somebody else's ticket ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [
        "[rtpy #{}] Plan",
        "Re: [rtpy #{}]",
        "RE: [RTPY #{}] x",
        "[rtpy #{}][rtpy #{}]",
        "=?utf-8?q?[rtpy_=23{}]?=",
    ],
)
def test_a52_a_strangers_tag_neither_joins_nor_shows_nor_tells(post, db, sent, ticket, subject):
    before = watchers(db, ticket.id)
    row = post(letter("let me in", sender=STRANGER, subject=subject.replace("{}", str(ticket.id))))
    assert (row.state, row.ticket_id != ticket.id) == ("done", True)
    assert (watchers(db, ticket.id), said_on(db, ticket.id)) == (before, ["Create"])
    for mail in mails_to(sent, "mallory@evil.example"):
        assert "secret" not in words_of(mail)
        assert "Plan" not in words_of(mail) + str(mail["Subject"]).replace("Plan", "", subject.count("Plan"))
        assert f"#{ticket.id}]" not in str(mail["Subject"])
    assert len(mails_to(sent, "ann@client.example")) == 1


@with_options(mail__reply_policy="anyone")
def test_a52_where_anyone_may_add_customers_do_not_read_it(post, db, sent, work, ticket):
    change_ticket(work, ticket, AddWatcher("AdminCc", work.actor.user_id))
    db.commit()
    before = len(mails_to(sent, "ann@client.example"))
    row = post(letter("buy pills", sender=STRANGER, subject=f"[rtpy #{ticket.id}]"))
    assert (row.ticket_id, said_on(db, ticket.id)) == (ticket.id, ["Create", "Comment"])
    assert len(mails_to(sent, "ann@client.example")) == before
    assert mails_to(sent, "mallory@evil.example") == []
    assert "buy pills" in words_of(mails_to(sent, "root@localhost")[-1])


@with_options(mail__reply_policy="anyone")
def test_a52_the_strangers_note_is_marked_on_the_page(post, root, ticket):
    post(letter("buy pills", sender=STRANGER, subject=f"[rtpy #{ticket.id}]"))
    note = root.get(f"/ticket/{ticket.id}").html.select(".entry-comment")[-1]
    assert "no participant" in note.select_one(".entry-remark").text


def references(app, ticket):
    """Message-IDs that somebody could guess or make."""
    domain = app.config.organization
    return [
        f"RT-Ticket-{ticket.id}@{domain}",
        f"rt-{ticket.id}-1-1-{'0' * 20}@{domain}",
        f"rt-{ticket.id}@{domain}",
        f"rt-5.0.3-1234-1700000000-99.{ticket.id}-3-0@{domain}",
        f"rt-{ticket.id}-1-1-@{domain}",
        f"rt-{ticket.id}-1-1-{'f' * 64}@{domain}",
        f"RT-TICKET-{ticket.id}@{domain.upper()}",
    ]


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_a53_a_guessed_reference_gives_no_more_than_a_tag(post, app, db, ticket, number, field):
    before = watchers(db, ticket.id)
    row = post(letter("hi", sender=STRANGER, **{field: f"<{references(app, ticket)[number]}>"}))
    assert (row.state, row.ticket_id != ticket.id) == ("done", True)
    assert (watchers(db, ticket.id), said_on(db, ticket.id)) == (before, ["Create"])


@pytest.mark.parametrize("field", ["in_reply_to", "references"])
def test_a53_the_customers_own_message_id_is_no_key_either(post, db, ticket, field):
    known = db.scalar(select(IncomingMail.message_id).where(IncomingMail.ticket_id == ticket.id))
    row = post(letter("hi", sender=STRANGER, **{field: f"<{known}>"}))
    assert row.ticket_id != ticket.id


def test_a53_changing_the_number_in_one_of_our_ids_breaks_it(post, sent, ticket, db):
    own = post(letter("mine", sender=STRANGER, subject="my own")).ticket_id
    (mail,) = mails_to(sent, "mallory@evil.example")
    known = mail["Message-ID"].strip("<>")
    for at in [match.start() for match in re.finditer(rf"(?<=-){own}(?=-)", known)]:
        forged = known[:at] + str(ticket.id) + known[at + len(str(own)) :]
        row = post(letter("hi", sender=STRANGER, in_reply_to=f"<{forged}>"))
        assert row.ticket_id != ticket.id
    assert said_on(db, ticket.id) == ["Create"]


def test_a53_a_true_id_adds_words_and_no_watcher_and_gives_no_history(post, db, sent, ticket):
    (mail,) = mails_to(sent, "ann@client.example")
    before = watchers(db, ticket.id)
    row = post(letter("forwarded to me", sender=STRANGER, in_reply_to=mail["Message-ID"]))
    assert (row.ticket_id, watchers(db, ticket.id)) == (ticket.id, before)
    assert mails_to(sent, "mallory@evil.example") == []


# --- A54: forged staff ------------------------------------------------------------------------------------------

CHECKED = {"mail__authserv_id": "mx.home.example"}


@pytest.fixture
def boss(make, db):
    user = make.staff("boss", real_name="The Boss")
    db.commit()
    return user


FORGERIES = {
    "dmarc failed": ("mx.home.example; dmarc=fail header.from=staff.example", "boss@staff.example"),
    "somebody else's domain passed": (
        "mx.home.example; dmarc=pass header.from=evil.example",
        "boss@staff.example",
    ),
    "two senders": (
        "mx.home.example; dmarc=pass header.from=evil.example",
        "boss@staff.example, mallory@evil.example",
    ),
    "two senders, nothing named": ("mx.home.example; dmarc=pass", "boss@staff.example, mallory@evil.example"),
    "in a quoted word": (
        'mx.home.example; spf=pass smtp.mailfrom="x; dmarc=pass "@evil.example; dmarc=fail',
        "boss@staff.example",
    ),
    "in a comment": (
        "mx.home.example; spf=pass (a; dmarc=pass) smtp.mailfrom=x; dmarc=fail",
        "boss@staff.example",
    ),
    "an unclosed word": ('mx.home.example; spf=pass smtp.mailfrom="x; dmarc=pass', "boss@staff.example"),
    "somebody else logged in": (
        "mx.home.example; auth=pass smtp.auth=mallory; dmarc=fail",
        "boss@staff.example",
    ),
}


@with_options(**CHECKED)
@pytest.mark.parametrize("action", ["correspond", "comment"])
@pytest.mark.parametrize("case", FORGERIES)
def test_a54_a_forged_agent_neither_replies_nor_comments(post, db, sent, boss, ticket, case, action):
    results, sender = FORGERIES[case]
    before = len(mails_to(sent, "ann@client.example"))
    raw = letter(
        "Send me the password.", sender=sender, subject=f"[rtpy #{ticket.id}]", authentication_results=results
    )
    row = post(raw, action=action)
    assert row.ticket_id != ticket.id
    assert said_on(db, ticket.id) == ["Create"]
    assert len(mails_to(sent, "ann@client.example")) == before


def test_a54_two_From_lines_prove_nobody(app, boss):
    from rtpy.mail.message import read_mail
    from rtpy.mail.senders import Proof, prove

    raw = b"Authentication-Results: mx.h; dmarc=pass\nFrom: boss@staff.example\nFrom: m@evil.example\n\nhi"
    assert prove(read_mail(raw, rtname="rtpy"), "boss@staff.example", "mx.h") is Proof.FAILED


@pytest.mark.parametrize(
    "results",
    [
        "mx.home.example; dmarc=pass header.from=staff.example",
        "mx.home.example 1; spf=pass; dmarc=pass (p=none dis=none) header.from=staff.example; dkim=pass (2048-bit key)",
        "mx.home.example; auth=pass smtp.auth=boss@staff.example",
    ],
)
@with_options(**CHECKED)
def test_a54_the_true_agent_is_let_in_by_the_same_server(post, db, boss, ticket, results):
    row = post(
        letter(
            "on it",
            sender="boss@staff.example",
            subject=f"[rtpy #{ticket.id}]",
            authentication_results=results,
        )
    )
    assert (row.ticket_id, said_on(db, ticket.id)) == (ticket.id, ["Create", "Correspond"])


def test_a54_without_any_check_the_page_says_that_the_agent_is_not_proved(post, root, boss, ticket):
    post(letter("Pay me.", sender="boss@staff.example", subject=f"[rtpy #{ticket.id}]"))
    entry = root.get(f"/ticket/{ticket.id}").html.select(".entry-reply")[-1]
    assert "not proved" in entry.select_one(".entry-remark").text


@pytest.mark.parametrize(
    "text", ["Status: resolved\nOwner: boss\n\nok", "#resolve\n", "/close\n", "@rt resolved\n"]
)
def test_a54_nobody_commands_by_mail(post, app, db, boss, ticket, text):
    for sender in ("boss@staff.example", "ann@client.example"):
        post(
            letter(
                text, sender=sender, subject=f"[rtpy #{ticket.id}] status:resolved", x_rt_command="resolve"
            )
        )
    db.expire_all()
    assert (ticket.status in ("new", "open"), ticket.owner_id) == (True, app.nobody_id(db))


# --- A55: bombs of Ccs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy_name", ["none", "known", "all"])
def test_a55_a_bomb_of_ccs_reaches_at_most_twenty_and_never_the_history(post, db, make, sent, policy_name):
    make.queue("General").cc_policy = policy_name
    db.commit()
    everybody = ", ".join(f"v{number}@victims.example" for number in range(5_000))
    row = post(letter("bomb", to=everybody, cc=everybody))
    ccs = {principal for role, principal in watchers(db, row.ticket_id) if role == "Cc"}
    assert len(ccs) == (20 if policy_name == "all" else 0)
    reached = {address for to, _ in sent() for address in to if address.endswith("victims.example")}
    assert len(reached) <= 20
    assert db.scalar(select(func.count()).select_from(User).where(User.email_address.like("%victims%"))) <= 20
    post(letter("again", cc="late@victims.example", subject=f"[rtpy #{row.ticket_id}]"))
    assert "late@victims.example" not in {address for to, _ in sent() for address in to}


def test_a55_our_own_addresses_never_become_watchers(post, db, make, app):
    queue = make.queue("General")
    queue.cc_policy, queue.correspond_address, queue.comment_address = (
        "all",
        "help@home.example",
        "int@home.example",
    )
    db.commit()
    ours = "help@home.example, HELP+x@Home.Example, int@home.example, rt@localhost, rt-comment@localhost"
    row = post(letter(to=ours, cc=f"{ours}, friend@client.example"))
    people = db.scalars(
        select(User.email_address)
        .join(Watcher, Watcher.principal_id == User.id)
        .where(Watcher.ticket_id == row.ticket_id)
    )
    assert set(people) == {"ann@client.example", "friend@client.example"}


# --- A56: victims of forged senders -----------------------------------------------------------------------------


def test_a56_a_victim_gets_one_answer_an_hour_whatever_the_forger_varies(post, sent, clock):
    forms = [
        "victim@other.example",
        "VICTIM@other.example",
        '"V" <victim@other.example>',
        "Victim@Other.Example",
    ]
    for number in range(12):
        post(
            letter(f"x{number}", sender=forms[number % 4], subject=f"case {number}"),
            queue=["General", "1"][number % 2],
        )
    assert len([to for to, _ in sent() if any("victim@other" in address.lower() for address in to)]) == 1
    clock.advance(timedelta(hours=30))


def test_a56_a_known_victim_gets_no_more_than_the_cap_a_day(app, post, sent, clock, make, db):
    make.customer("victim@other.example")
    db.commit()
    cap = app.config.mail.autoreply_per_hour
    for hour in range(6):
        clock.advance(timedelta(hours=1, minutes=1))
        for number in range(cap + 2):
            post(
                letter(
                    f"x{hour}{number}",
                    sender="victim@other.example",
                    subject=f"{'abcdefghijklmnop'[number]} {hour} word",
                )
            )
    assert len(mails_to(sent, "victim@other.example")) <= 3 * cap


def test_a56_the_answer_carries_no_words_of_the_forger(post, sent):
    subject = "Win at https://evil.example/x www.evil.example evil.example call 555 " + "now " * 60
    post(letter("Click https://evil.example/body", sender="victim@other.example", subject=subject))
    (mail,) = mails_to(sent, "victim@other.example")
    assert "evil.example" not in words_of(mail) + str(mail["Subject"])
    assert (len(str(mail["Subject"])) < 100, mail["Auto-Submitted"]) == (True, "auto-replied")


# --- A57: floods ------------------------------------------------------------------------------------------------

CAPS = {
    "mail__max_new_tickets_per_hour": 5,
    "mail__max_new_tickets_per_domain_per_hour": 8,
    "mail__max_new_tickets_per_queue_per_hour": 12,
}


@with_options(**CAPS)
def test_a57_a_flood_is_kept_whole_and_bounded(post, db, sent, root, clock):
    rows = [
        post(
            letter(
                f"text {number}",
                sender=f"m{number}@evil{number % 4}.example",
                subject=f"f {number} {chr(97 + number)}",
            )
        )
        for number in range(26)
    ]
    states = [row.state for row in rows]
    assert (states.count("done"), states.count("quarantined")) == (12, 14)
    assert db.scalar(select(func.count()).select_from(Ticket)) == 12
    assert len(sent()) <= 12
    assert all(row.raw and row.reason.startswith("A flood") for row in rows if row.state == "quarantined")
    shown = root.get("/admin/mail/incoming?state=quarantined", expect_errors=True)
    assert (shown.status_int, "A flood" in shown.text) == (200, True)
    clock.advance(timedelta(hours=1))
    assert post(letter("later", sender="honest@client.example", subject="after the flood")).state == "done"


@with_options(**CAPS)
def test_a57_replies_of_customers_come_through_the_flood(post, db, ticket):
    for number in range(15):
        post(letter(f"t{number}", sender=f"m{number}@evil{number}.example", subject=f"f {chr(97 + number)}"))
    assert post(letter("still here", subject=f"[rtpy #{ticket.id}]")).ticket_id == ticket.id


# --- A58: loops -------------------------------------------------------------------------------------------------


class Desk:
    """A whole installation with an address, a clock of its own and mails that leave into a maildir."""

    def __init__(self, folder, domain, clock, **options):
        home = folder / domain
        home.mkdir()
        self.address = f"help@{domain}"
        config = Config.for_tests(
            home,
            database__url=f"sqlite:///{home}/rtpy.db",
            organization=domain,
            mail__correspond_address=self.address,
            mail__comment_address=f"comment@{domain}",
            rtname=domain.split(".")[0],
            **options,
        )
        self.app = App(config, blobs=DatabaseStore(), clock=clock)
        upgrade(self.app.engine)
        initialise(self.app, ROOT_PASSWORD)
        self._home = home
        self._seen = set()

    def receive(self, raw):
        return take_in(self.app, raw, queue="General")

    def send(self):
        """What leaves now, as (recipients, bytes)."""
        while deliver_due(self.app):
            pass
        folder = self._home / "mail"
        if not folder.is_dir():
            return []
        box = mailbox.Maildir(folder, create=False)
        fresh = [(key, box.get_bytes(key)) for key in box.keys() if key not in self._seen]
        box.close()
        self._seen |= {key for key, _ in fresh}
        return [raw for _, raw in fresh]

    def count(self, model, *where):
        with self.app.reading_sessions() as db:
            return db.scalar(select(func.count()).select_from(model).where(*where))


@pytest.fixture
def two_desks(tmp_path):
    made = []

    def make(**options):
        clock = SettableClock(START)
        made.extend(Desk(tmp_path, domain, clock, **options) for domain in ("one.example", "two.example"))
        return made[0], made[1], clock

    yield make
    for desk in made:
        desk.app.engine.dispose()


def exchange(one, two, *, change=lambda raw: raw, rounds=20):
    """Carry mail between the two until nothing moves; how many rounds that took."""
    for number in range(rounds):
        moved = 0
        for source, target in ((one, two), (two, one)):
            for raw in source.send():
                mail = message_from_bytes(raw, policy=policy.SMTP)
                named = f"{mail['To']} {mail['Cc']} {mail['X-Envelope-To'] or ''}"
                if target.address in named:
                    target.receive(change(raw))
                    moved += 1
        if not moved:
            return number
    return rounds


def stripped(raw):
    """As a forwarder does that keeps From, To, Subject and text only, under a new Message-ID."""
    mail = message_from_bytes(raw, policy=policy.SMTP)
    text = words_of(mail)
    stripped.number += 1
    return letter(
        text,
        sender=str(mail["From"]),
        subject=re.sub(r"[^\x20-\x7e]", "?", str(mail["Subject"])),
        message_id=f"<s{stripped.number}@forwarder.example>",
    )


stripped.number = 0


@pytest.mark.parametrize("change", [lambda raw: raw, stripped], ids=["as sent", "headers stripped"])
@pytest.mark.parametrize("old_friends", [False, True])
def test_a58_two_helpdesks_stop_within_three_rounds(two_desks, change, old_friends):
    one, two, clock = two_desks()
    if old_friends:
        for desk, other in ((one, two), (two, one)):
            desk.receive(letter("hello", sender=other.address, subject="first contact"))
            desk.send()
        clock.advance(timedelta(days=2))
    one.receive(letter("My printer", sender=two.address, subject="Printer"))
    assert 1 <= exchange(one, two, change=change) <= 3
    assert one.count(Ticket) + two.count(Ticket) <= 8
    for desk in (one, two):
        assert desk.count(IncomingMail, IncomingMail.state.in_(("received", "working"))) == 0


def test_a58_a_ticket_with_another_desk_as_cc_does_not_ring_for_ever(two_desks):
    one, two, _ = two_desks()
    ticket = one.receive(letter("My printer", subject="Printer")).ticket_id
    with one.app.sessions() as db:
        work = one.app.work_in(db)
        desk = create_person(work, name="desk", email_address=two.address)
        row = db.get_one(Ticket, ticket)
        change_ticket(work, row, AddWatcher("Cc", desk.id))
        db.commit()
    one.send()
    for text in ("first", "second"):
        with one.app.sessions() as db:
            work = one.app.work_in(db, one.app.actor_named(db, "root", Face.WEB))
            change_ticket(work, db.get_one(Ticket, ticket), Correspond(plain_message(text)))
            db.commit()
        assert 1 <= exchange(one, two) <= 3


def test_a58_our_own_mail_that_comes_back_is_kept_listed_and_goes_no_further(
    post, app, db, sent, root, ticket
):
    (mail,) = mails_to(sent, "ann@client.example")
    before = (db.scalar(select(func.count()).select_from(Ticket)), len(sent()))
    for raw in (mail.as_bytes(), b"Received: by forwarder.example\nDelivered-To: x@y\n" + mail.as_bytes()):
        row = post(raw)
        assert (row.state in ("refused", "duplicate"), bytes(row.raw) == raw) == (True, True)
    assert (db.scalar(select(func.count()).select_from(Ticket)), len(sent())) == before
    listed = root.get("/admin/mail/incoming?state=refused")
    assert "loop" in listed.text.lower()


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Out of Office: Plan"},
        {"subject": "Abwesenheitsnotiz: Plan"},
        {"subject": "Automatic reply: Plan"},
        {"auto_submitted": "auto-replied"},
        {"x_autoreply": "yes"},
        {"precedence": "bulk"},
        {"list_id": "<l.example>"},
        {"x_auto_response_suppress": "All"},
        {"return_path": "<>"},
        {"x_loop": "help@other.example", "precedence": "junk"},
    ],
    ids=lambda fields: next(iter(fields)) + "=" + next(iter(fields.values()))[:12],
)
def test_a58_what_machines_answer_gets_no_answer_back(post, sent, fields):
    for number in range(4):
        post(
            letter(
                f"I am away {number}",
                **{"sender": "away@client.example", "subject": f"Re: {number}", **fields},
            )
        )
    assert mails_to(sent, "away@client.example") == []


def test_a58_a_vacation_note_without_any_mark_stops_within_three_rounds(post, sent, clock, make, db):
    """Each answer of ours brings one note under a new Message-ID, without our tag."""
    make.customer("away@client.example")
    db.commit()
    clock.advance(timedelta(hours=2))
    post(letter("hello", sender="away@client.example", subject="Plan"))
    answered = 0
    for number in range(10):
        now = len(mails_to(sent, "away@client.example"))
        if now == answered:
            break
        answered = now
        clock.advance(timedelta(minutes=1))
        post(letter(f"I am on holiday. {number}", sender="away@client.example", subject="Ich bin nicht da"))
    assert answered <= 4


def test_a58_a_vacation_note_with_our_tag_is_not_answered_at_all(post, sent, db, work, ticket):
    change_ticket(work, ticket, SetStatus("resolved"))
    db.commit()
    before = len(sent())
    for number in range(5):
        post(letter(f"away {number}", subject=f"Out of office: [rtpy #{ticket.id}] Plan"))
    db.expire_all()
    assert (len(sent()), ticket.status) == (before, "resolved")


def test_a58_a_mailing_list_with_us_as_member_gets_no_answers(post, sent):
    for number in range(5):
        post(
            letter(
                f"post {number}",
                sender=f"p{number}@lists.example",
                list_id="<all.lists.example>",
                precedence="list",
            )
        )
    assert sent() == []
