"""The administrator's pages: what is open, mail by state, what failed."""

import pytest
from sqlalchemy import select

from rtpy.models import Ace, IncomingMail, OutgoingMail, OutgoingRecipient, ScripRun, Transaction
from rtpy.setup import EVERYONE_MAY

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

PAGES = (
    "/admin",
    "/admin/mail/incoming",
    "/admin/mail/outgoing",
    "/admin/mail/outgoing/1",
    "/admin/mail/outgoing/1/raw",
    "/admin/scrip_failures",
)


@pytest.fixture
def incoming(db, clock):
    """A mail that stopped."""
    mail = IncomingMail(
        raw=b"From: a@b.example\r\nSubject: x\r\nX-Bad: <script>alert(1)</script>\r\n\r\nhello \xff\r\n",
        size=80,
        sender="a@b.example",
        subject="<b>odd</b>",
        state="quarantined",
        reason="It could not be read.",
        queue="General",
        action="correspond",
        ticket="",
        peer="",
        transport={},
        received=clock.now(),
    )
    db.add(mail)
    db.flush()
    return mail


@pytest.fixture
def outgoing(db, make):
    """The autoreply of a new ticket."""
    make.ticket()
    return db.scalars(select(OutgoingMail)).one()


def press(browser, address, ending, button=None):
    """Press the button of the form whose address ends so; the page it leads to."""
    form = next(form for form in browser.get(address).forms.values() if form.action.endswith(ending))
    return (form.submit(button) if button else form.submit()).follow()


def state(db, mail):
    db.expire_all()
    return db.get_one(type(mail), mail.id).state


def test_staff_without_the_right_see_none_of_it(jo, outgoing, token):
    assert {jo.get(page, expect_errors=True).status_int for page in PAGES} == {403}
    values = {"csrf_token": token(jo), "queue": "1", "right": "CreateTicket", "deed": "revoke", "held": "yes"}
    for way in ("/admin/grants", "/admin/mail/outgoing/hold_all", "/admin/mail/outgoing/1/cancel"):
        assert jo.post(way, values, expect_errors=True).status_int == 403
    assert "/admin" not in str(jo.get("/").html.select_one("#rail"))


def test_what_is_open_is_closed_and_opened_again_and_recorded(root, db):
    def granted():
        everybody = select(Ace.right_name).where(Ace.right_name.in_(EVERYONE_MAY), Ace.object_type == "queue")
        return sorted(db.scalars(everybody))

    before = granted()
    page = press(root, "/admin", "/admin/grants", "deed")
    assert "Not everybody has the right CreateTicket in General now." in page
    assert len(granted()) == len(before) - 1
    press(root, "/admin", "/admin/grants", "deed")
    assert granted() == before
    kinds = select(Transaction.type).where(Transaction.object_type == "queue").order_by(Transaction.id)
    assert db.scalars(kinds).all() == ["DeleteRight", "AddRight"]


def test_only_the_two_rights_of_the_page_can_be_granted_by_it(root, token):
    values = {"csrf_token": token(root), "queue": "1", "right": "SuperUser", "deed": "grant"}
    assert root.post("/admin/grants", values, expect_errors=True).status_int == 400


def test_the_first_password_of_root_is_warned_of_until_it_is_changed(root, another, login):
    words = "still has the password of the installation"
    page = root.get("/admin")
    assert words in page
    form = next(form for form in page.click("change it").forms.values() if "password" in form.fields)
    form["password"] = "quite another one"
    form.submit("deed", value="password")
    assert words not in login(another(), "root", "quite another one").get("/admin")


def test_mail_is_listed_by_state_with_counts(root, db, incoming, outgoing):
    page = root.get("/admin/mail/incoming?state=quarantined")
    assert "<b>odd</b>" in page.html.select_one("tbody .subject").text
    assert "It could not be read." in page
    assert "No mail here" in root.get("/admin/mail/incoming?state=junk")
    assert outgoing.subject in root.get("/admin/mail/outgoing?state=queued")
    assert "No mail here" in root.get("/admin/mail/outgoing?state=failed")
    tab = root.get("/admin/mail/outgoing").html.select_one(".tabs a[aria-current]")
    assert tab.text == "All1"


def test_long_lists_go_on_on_the_next_page(root, db, clock):
    spooled = {"queue": "General", "action": "correspond", "ticket": "", "peer": "", "transport": {}}
    db.add_all(
        IncomingMail(
            raw=b"x", size=1, subject=f"mail {number:03}", received=clock.now(), state="done", **spooled
        )
        for number in range(55)
    )
    db.flush()
    page = root.get("/admin/mail/incoming?state=done")
    assert ["mail 054" in page, "mail 000" in page] == [True, False]
    older = page.click("Older mails")
    assert ["mail 054" in older, "mail 000" in older, "Older mails" in older] == [False, True, False]


def test_a_mail_is_read_as_it_came_without_running_anything(root, incoming):
    page = root.get(f"/admin/mail/incoming/{incoming.id}")
    assert "<script>alert(1)</script>" in page.html.select_one(".headers").text
    assert page.html.select("main script") == []
    raw = root.get(f"/admin/mail/incoming/{incoming.id}/raw")
    assert raw.body == incoming.raw
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in raw.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("deed", "becomes"), [("retry", "received"), ("ticket", "received"), ("junk", "junk")]
)
def test_a_stopped_mail_is_treated_by_hand(root, db, incoming, deed, becomes):
    press(root, f"/admin/mail/incoming/{incoming.id}", f"/{deed}")
    assert state(db, incoming) == becomes


def test_outgoing_mail_is_held_released_cancelled_and_sent_after_all(root, db, outgoing):
    address = f"/admin/mail/outgoing/{outgoing.id}"
    found = []
    for deed in ("hold", "release", "hold", "cancel", "retry"):
        press(root, address, f"/{deed}")
        found.append(state(db, outgoing))
    assert found == ["held", "queued", "held", "canceled", "queued"]


def test_what_the_worker_did_meanwhile_is_not_undone(root, db, outgoing):
    form = next(
        form
        for form in root.get(f"/admin/mail/outgoing/{outgoing.id}").forms.values()
        if form.action.endswith("/hold")
    )
    outgoing.state = "sent"
    db.flush()
    assert "Nothing changed" in form.submit().follow()
    assert state(db, outgoing) == "sent"


def test_each_recipient_shows_the_servers_words(root, db, outgoing):
    recipient = db.scalars(select(OutgoingRecipient)).first()
    recipient.state, recipient.last_answer, outgoing.state = "failed", "550 no such user", "failed"
    db.flush()
    page = root.get(f"/admin/mail/outgoing/{outgoing.id}")
    assert "550 no such user" in page
    assert "not delivered to" in root.get("/admin/mail/outgoing?state=failed")


def test_all_mail_is_held_and_let_go(root):
    page = press(root, "/admin/mail/outgoing", "/hold_all", "held")
    assert "All mail is held back" in page
    assert "All outgoing mail is held back" in root.get("/admin")
    press(root, "/admin/mail/outgoing", "/hold_all", "held")
    assert "All outgoing mail is held back" not in root.get("/admin")


def test_a_scrip_that_failed_is_named_with_its_reason(root, db, make, clock):
    assert "No scrip has failed" in root.get("/admin/scrip_failures")
    ticket = make.ticket()
    mine = (Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
    made = db.scalar(select(Transaction.id).where(*mine).order_by(Transaction.id).limit(1))
    entry = {"scrip": 1, "description": "Tell the boss", "outcome": "failed", "reason": "no template Boss"}
    db.add(
        ScripRun(
            transaction_id=made,
            ticket_id=ticket.id,
            stage="create",
            entries=[entry],
            failures=1,
            created=clock.now(),
        )
    )
    db.flush()
    page = root.get("/admin/scrip_failures")
    assert "Tell the boss" in page
    assert "no template Boss" in page
    assert "1 failed" in page.click(f"#{ticket.id}")


def test_what_is_not_there_is_not_found(root):
    for address in ("/admin/mail/incoming/999", "/admin/mail/outgoing/999", "/admin/mail/outgoing/999/raw"):
        assert root.get(address, expect_errors=True).status_int == 404
