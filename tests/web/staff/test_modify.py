"""Changing a ticket in place, its people, and reading its history and mails."""

import pytest
from sqlalchemy import select

from rtpy.changes.membership import create_group
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import (
    Attachment,
    IncomingMail,
    Organization,
    OrganizationSite,
    OutgoingMail,
    Ticket,
    Transaction,
    User,
    Watcher,
)

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def ticket(make):
    return make.ticket("Printer on fire", text="It burns.")


def edit(browser, ticket, field):
    """The small form of the sidebar that changes this field."""
    forms = browser.get(f"/ticket/{ticket.id}").forms.values()
    return next(form for form in forms if form.action.endswith("/modify") and field in form.fields)


def fresh(db, ticket):
    db.expire_all()
    return db.get_one(Ticket, ticket.id)


@pytest.mark.parametrize(
    ("field", "value", "column", "stored"),
    [
        ("status", "open", "status", "open"),
        ("priority", "75", "priority", 75),
        ("subject", "Printer on ice", "subject", "Printer on ice"),
        ("minutes", "20", "time_worked", 20),
    ],
)
def test_a_field_is_changed_in_place(root, db, ticket, field, value, column, stored):
    form = next(
        form
        for form in root.get(f"/ticket/{ticket.id}").forms.values()
        if form.action.endswith("/modify") and field in form.fields and form.fields[field][0].tag != "button"
    )
    form[field] = value
    page = form.submit().follow()
    assert getattr(fresh(db, ticket), column) == stored
    assert page.html.select_one("#flashes .flash-ok")


def test_a_status_is_set_together_with_the_time_it_took(root, db, ticket):
    form = edit(root, ticket, "minutes")
    form["status"], form["minutes"] = "open", "1h20"
    form.submit()
    assert (fresh(db, ticket).status, fresh(db, ticket).time_worked) == ("open", 80)
    form = edit(root, ticket, "minutes")
    form["status"], form["minutes"] = "stalled", "soon"
    assert "is no duration" in form.submit().follow()
    assert fresh(db, ticket).status == "open"


def test_the_due_date_is_read_by_the_readers_clock(root, db, ticket):
    db.scalar(select(User).where(User.name == "root")).timezone = "Europe/Berlin"
    db.flush()
    form = edit(root, ticket, "due")
    form["due"] = "2026-07-01T12:00"
    form.submit().follow()
    assert fresh(db, ticket).due.isoformat() == "2026-07-01T10:00:00+00:00"
    assert edit(root, ticket, "due")["due"].value == "2026-07-01T12:00"


def test_a_button_takes_and_gives_back(root, db, ticket):
    take = next(form for form in root.get(f"/ticket/{ticket.id}").forms.values() if "action" in form.fields)
    page = take.submit("action").follow()
    assert fresh(db, ticket).owner_id == db.scalar(select(User.id).where(User.name == "root"))
    back = next(form for form in page.forms.values() if "action" in form.fields)
    assert "Take" in back.submit("action").follow().html.select_one("#ticket-head").text


def test_what_is_refused_is_told_and_changes_nothing(root, db, ticket, token):
    values = {"csrf_token": token(root), "status": "no such", "subject": "changed?"}
    page = root.post(f"/ticket/{ticket.id}/modify", values).follow()
    assert "no such" in page.html.select_one("#flashes .flash-bad").text
    assert fresh(db, ticket).subject == "Printer on fire"


def test_moving_a_ticket_out_of_sight_leads_home(jo, db, make, ticket, token):
    queue = make.queue("Elsewhere", granted=False)
    make.grant(db.scalar(select(User).where(User.name == "jo")), "CreateTicket", queue=queue)
    values = {"csrf_token": token(jo), "queue": str(queue.id)}
    page = jo.post(f"/ticket/{ticket.id}/modify", values).follow()
    assert page.request.path == "/"
    assert fresh(db, ticket).queue_id == queue.id


def test_a38_the_way_back_leads_nowhere_else(root, ticket, token):
    values = {"csrf_token": token(root), "priority": "1", "return_to": "//evil.example/"}
    assert "evil" not in root.post(f"/ticket/{ticket.id}/modify", values).location


def test_a32_reading_changes_nothing(root, db, ticket):
    before = db.scalars(select(Transaction.id)).all()
    for way in ("reply", "comment", "draft", "modify"):
        assert root.get(f"/ticket/{ticket.id}/{way}", expect_errors=True).status_int == 405
    for way in ("?action=take&status=resolved", "/people?role=Cc&add=x@y.example", "/history"):
        root.get(f"/ticket/{ticket.id}{way}")
    assert db.scalars(select(Transaction.id)).all() == before
    assert fresh(db, ticket).status == "new"


def role_form(page, role, field):
    return next(
        form for form in page.forms.values() if field in form.fields and form.fields["role"][0].value == role
    )


def test_people_are_added_and_removed(root, db, ticket):
    page = root.get(f"/ticket/{ticket.id}/people")
    form = role_form(page, "Cc", "add")
    form["add"] = "Bo Dahl <bo@client.example>, root"
    page = form.submit().follow()
    assert "Bo Dahl" in page
    assert len(db.scalars(select(Watcher).where(Watcher.role == "Cc")).all()) == 2
    role_form(page, "Cc", "remove").submit("remove").follow()
    assert len(db.scalars(select(Watcher).where(Watcher.role == "Cc")).all()) == 1


def test_a_wrong_address_comes_back_and_makes_nobody(root, db, ticket):
    form = role_form(root.get(f"/ticket/{ticket.id}/people"), "Requestor", "add")
    form["add"] = "good@new.example, nonsense"
    page = form.submit(status=422)
    assert "nonsense" in page.html.select_one(".field-error").text
    assert role_form(page, "Requestor", "add")["add"].value == "good@new.example, nonsense"
    assert db.scalar(select(User).where(User.email_address == "good@new.example")) is None


def test_the_organisation_is_chosen_beside_the_people(root, db, make, ticket):
    client = make.organization("Client Ltd")
    page = root.get(f"/ticket/{ticket.id}/people")
    form = next(form for form in page.forms.values() if "organization" in form.fields)
    form["organization"] = str(client.id)
    assert "Client Ltd" in form.submit().follow().html.select_one(
        "[aria-labelledby=belongs] option[selected]"
    )
    assert fresh(db, ticket).organization_id == db.scalar(select(Organization.id))


def test_the_history_says_what_each_scrip_did_and_why(root, ticket):
    page = root.get(f"/ticket/{ticket.id}/history")
    log = page.html.select_one(".log").text
    assert "created the ticket" in log
    assert "mail to ann@client.example" in log
    assert "skipped" in log


def test_a_mail_can_be_read_as_it_came(root, db, make, work, ticket, clock):
    raw = b"From: ann@client.example\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nX-Odd: <script>\r\n\r\nraw body\r\n"
    part = Part("text/plain", b"raw body", PartRole.BODY, charset="utf-8")
    said = Message(parts=(part,), headers="From: ann@client.example\n", message_id="m1@client.example")
    made = change_ticket(work, ticket, Correspond(said)).transactions[0]
    spooled = {"queue": "General", "action": "correspond", "ticket": "", "peer": "", "transport": {}}
    db.add(
        IncomingMail(
            raw=raw, size=len(raw), received=clock.now(), state="done", transaction_id=made.id, **spooled
        )
    )
    db.flush()
    page = root.get(f"/ticket/{ticket.id}").click("Mail as it came")
    assert "X-Odd" in page.html.select_one(".headers").text
    assert page.html.select("main script") == []
    download = page.click("Download")
    assert download.body == raw
    assert download.headers["Content-Type"].startswith("text/plain")
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_what_did_not_come_by_mail_has_no_raw_mail(root, work, ticket):
    made = change_ticket(work, ticket, Comment(plain_message("typed"))).transactions[0]
    assert root.get(f"/ticket/{ticket.id}/transaction/{made.id}/raw", expect_errors=True).status_int == 404


def test_a_mail_of_another_ticket_is_not_there(root, db, make, ticket):
    other = make.ticket("Other")
    mail = db.scalar(select(OutgoingMail.id).where(OutgoingMail.ticket_id == other.id))
    assert root.get(f"/ticket/{other.id}/mail/{mail}").status_int == 200
    assert root.get(f"/ticket/{ticket.id}/mail/{mail}", expect_errors=True).status_int == 404


def test_a21_who_may_not_read_comments_finds_no_trace_of_them(another, login, db, make, work, clock):
    bob = make.staff("bob", password="bob's password")
    kim = make.staff("kim")
    queue = make.queue("Half", granted=False)
    make.grant(bob, "SeeQueue", "ShowTicket", "ReplyToTicket", "ShowOutgoingEmail", queue=queue)
    make.grant(kim, "ShowTicket", "ShowTicketComments", queue=queue)
    ticket = make.ticket("Seen", queue="Half", requestor="ann@client.example")
    change_ticket(work, ticket, AddWatcher("AdminCc", kim.id))
    file = Part("text/plain", b"canary", PartRole.FILE, filename="canary.txt", charset="utf-8")
    made = change_ticket(work, ticket, Comment(plain_message("canary words", files=(file,)))).transactions[0]
    browser = login(another(), "bob", "bob's password")
    ann = make.customer("ann@client.example")
    mails = db.scalars(select(OutgoingMail.id).where(OutgoingMail.transaction_id == made.id)).all()
    assert mails
    for address in (
        f"/ticket/{ticket.id}",
        f"/ticket/{ticket.id}?all=1",
        f"/ticket/{ticket.id}?quote={made.id}",
        f"/ticket/{ticket.id}/history",
        f"/ticket/{ticket.id}/people",
        "/",
        "/tickets?status=all&q=canary",
        f"/queue/{queue.id}",
        f"/people/{ann.id}",
    ):
        page = browser.get(address)
        main = page.html.select_one("main")
        for value in main.select("input[name=q]"):
            value["value"] = ""
        assert "canary words" not in page, address
        assert "canary.txt" not in page, address
        assert f"txn-{made.id}" not in page, address
        assert "commented" not in main.text, address
    counted = browser.get(f"/ticket/{ticket.id}/history").html.select_one(".page-head .meta").text
    lines = browser.get(f"/ticket/{ticket.id}/history").html.select(".log-line")
    assert counted.split()[0] == str(len(lines))
    number = db.scalar(select(Attachment.id).where(Attachment.filename == "canary.txt"))
    for address in (
        f"/ticket/{ticket.id}/attachment/{number}/canary.txt",
        f"/ticket/{ticket.id}/transaction/{made.id}/raw",
        *(f"/ticket/{ticket.id}/mail/{mail}" for mail in mails),
    ):
        assert browser.get(address, expect_errors=True).status_int == 404, address


def test_a_group_can_get_copies(root, db, work, ticket):
    group = create_group(work, "Night shift")
    db.flush()
    form = role_form(root.get(f"/ticket/{ticket.id}/people"), "AdminCc", "add")
    form["add"] = "night shift"
    assert "Night shift" in form.submit().follow().html.select_one("main").text
    assert db.scalar(select(Watcher.principal_id).where(Watcher.role == "AdminCc")) == group.id


def test_a_site_of_another_organisation_does_not_stay(root, db, make, ticket):
    first, second = make.organization("First"), make.organization("Second")
    site = OrganizationSite(organization_id=first.id, name="Harbour", address="")
    db.add(site)
    db.flush()

    def choose(**values):
        page = root.get(f"/ticket/{ticket.id}/people")
        form = next(form for form in page.forms.values() if "organization" in form.fields)
        for name, value in values.items():
            form[name] = str(value)
        form.submit()

    choose(organization=first.id)
    choose(site=site.id)
    assert fresh(db, ticket).site_id == site.id
    choose(organization=second.id)
    row = fresh(db, ticket)
    assert (row.organization_id, row.site_id) == (second.id, None)


def test_who_may_not_see_outgoing_mail_sees_no_mark_of_it(another, login, make):
    bob = make.staff("bob", password="bob's password")
    queue = make.queue("Half", granted=False)
    make.grant(bob, "ShowTicket", "ShowTicketComments", queue=queue)
    ticket = make.ticket(queue="Half")
    browser = login(another(), "bob", "bob's password")
    for address in (f"/ticket/{ticket.id}", f"/ticket/{ticket.id}/history"):
        assert browser.get(address).html.select("a.badge") == []
