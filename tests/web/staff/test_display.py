"""The page of a ticket: what was said, by whom, and what may be done."""

import pytest
from sqlalchemy import select, update

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetPriority
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import Take
from rtpy.content.part import Message, Part, PartRole, plain_message
from rtpy.models import OutgoingMail, OutgoingRecipient, Queue, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def page_of(browser, ticket, query=""):
    return browser.get(f"/ticket/{ticket.id}{query}")


def kinds(page):
    classes = {
        "entry-customer": "customer",
        "entry-reply": "reply",
        "entry-comment": "comment",
        "event": "event",
    }
    found = page.html.select("#conversation > *")
    return [classes[next(name for name in each["class"] if name in classes)] for each in found]


@pytest.fixture
def ticket(make):
    return make.ticket("Printer on fire", text="It burns.")


def html_message(html, *, pictures=()):
    parts = [Part("text/html", html.encode(), PartRole.HTML, charset="utf-8")]
    parts += [Part("image/png", b"png", PartRole.INLINE, f"{cid}.png", content_id=cid) for cid in pictures]
    return Message(parts=tuple(parts))


def test_replies_comments_and_events_are_told_apart(root, work, ticket):
    change_ticket(work, ticket, Correspond(plain_message("We come.")))
    change_ticket(work, ticket, Comment(plain_message("Bring water.")))
    change_ticket(work, ticket, SetPriority(75))
    page = page_of(root, ticket)
    assert kinds(page) == ["customer", "reply", "event", "comment", "event"]
    assert "staff only" in page.html.select_one(".entry-comment .entry-head").text
    assert "staff only" not in page.html.select_one(".entry-reply").text


def test_the_oldest_comes_first_and_each_has_an_address(root, work, ticket):
    change_ticket(work, ticket, Comment(plain_message("second")))
    entries = page_of(root, ticket).html.select("article.entry")
    assert ["It burns." in entries[0].text, "second" in entries[1].text] == [True, True]
    assert all(entry.select_one(f'a[href="#{entry["id"]}"]') for entry in entries)


def test_deeds_of_one_person_at_one_time_stand_in_one_line(root, work, ticket):
    change_ticket(work, ticket, Take(), SetPriority(75))
    event = page_of(root, ticket).html.select(".event")[-1].text
    assert "took it and changed the priority from 0 to 75" in event


def test_quotations_and_signatures_are_folded(root, work, ticket):
    said = "Thanks.\n\n-- \nAnn Miller\nClient Ltd\n\nOn Mon, 2 Mar 2026, Jo wrote:\n> please try\n> again\n"
    change_ticket(work, ticket, Correspond(plain_message(said)))
    folded = page_of(root, ticket).html.select(".entry-reply details.fold")
    assert ["again" in folded[0].text, "Client Ltd" in folded[1].text] == [True, True]


def test_files_are_offered_with_their_size(root, work, ticket):
    part = Part("application/pdf", b"x" * 2048, PartRole.FILE, filename="a/plan <1>.pdf")
    change_ticket(work, ticket, Correspond(plain_message("See file.", files=(part,))))
    chip = page_of(root, ticket).html.select_one(".entry-reply .chip")
    assert "a/plan <1>.pdf" in chip.text
    assert "2.0 KB" in chip.text
    assert root.get(chip["href"]).body == b"x" * 2048


def test_pictures_of_the_message_itself_are_shown(root, work, ticket):
    said = (
        '<p>Look <img src="cid:pic@1"> and <img src="cid:other"> <img src="https://evil.example/x.png"></p>'
    )
    change_ticket(work, ticket, Correspond(html_message(said, pictures=("pic@1",))))
    entry = page_of(root, ticket).html.select_one(".entry-reply")
    sources = [image.get("src") for image in entry.select("img")]
    assert [source for source in sources if source and "evil" in source] == []
    mine = next(source for source in sources if source)
    assert root.get(mine).body == b"png"


def test_what_was_wrong_in_a_mail_is_said(root, work, ticket):
    part = Part("text/plain", b"hi", PartRole.BODY, charset="utf-8", remark="A boundary was missing.")
    change_ticket(work, ticket, Correspond(Message(parts=(part,))))
    assert (
        "A boundary was missing." in page_of(root, ticket).html.select_one(".entry-reply .entry-remark").text
    )


def test_a01_a10_markup_of_strangers_does_not_run(root, make, work):
    bad = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    ticket = make.ticket(f"Subject {bad}", requestor="ann@client.example", text=f"text {bad}")
    make.customer("ann@client.example").real_name = f"Ann {bad}"
    make.organization(f"Org {bad}", "client.example")
    html = f"<p>{bad}</p><a href='javascript:alert(3)'>x</a><svg onload=alert(4)>"
    change_ticket(work, ticket, Correspond(html_message(html)))
    part = Part("text/plain", b"x", PartRole.FILE, filename=f"{bad}.txt")
    change_ticket(work, ticket, Comment(plain_message("c", files=(part,))))
    ann = make.customer("ann@client.example")
    pages = (
        f"/ticket/{ticket.id}",
        f"/ticket/{ticket.id}/people",
        f"/ticket/{ticket.id}/history",
        f"/ticket/{ticket.id}?quote=1",
        "/",
        "/tickets",
        f"/tickets?q={bad}",
        f"/people/{ann.id}",
        "/people?q=" + bad,
        "/organisations",
        "/admin/mail/outgoing",
    )
    for address in pages:
        page = root.get(address).html
        assert not page.select("script:not([src])"), address
        attributes = {name for tag in page.find_all(True) for name in tag.attrs}
        assert [name for name in attributes if name.startswith("on")] == [], address
        assert not [tag for tag in page.select("[href], [src]") if "javascript:" in str(tag.attrs)], address


def test_mails_that_went_out_show_what_became_of_them(root, db, work, ticket):
    change_ticket(work, ticket, Correspond(plain_message("We come.")))
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    db.execute(
        update(OutgoingRecipient)
        .where(OutgoingRecipient.mail_id == mail.id)
        .values(state="failed", last_answer="550 no such user")
    )
    db.execute(update(OutgoingMail).where(OutgoingMail.id == mail.id).values(state="failed"))
    mark = page_of(root, ticket).html.select_one(".entry-reply a.badge-bad")
    assert "not delivered to ann@client.example" in mark.text
    assert "550 no such user" in root.get(mark["href"])


def test_a_customer_gets_no_page_of_staff(customer, ticket):
    answer = customer.get(f"/ticket/{ticket.id}", expect_errors=True)
    assert answer.status_int in (403, 404)
    assert "Printer on fire" not in answer


def test_a_ticket_that_one_may_not_see_is_not_there(jo, make):
    make.queue("Secret", granted=False)
    hidden = make.ticket(queue="Secret")
    ways = ("", "/people", "/history")
    answers = {jo.get(f"/ticket/{hidden.id}{way}", expect_errors=True).status_int for way in ways}
    answers |= {jo.get(f"/ticket/999999{way}", expect_errors=True).status_int for way in ways}
    assert answers == {404}


def test_a_merged_number_leads_to_the_ticket_it_went_into(root, work, make, ticket):
    other = make.ticket("Smoke in the hall", text="Smoke!")
    change_ticket(work, other, MergeInto(ticket))
    answer = root.get(f"/ticket/{other.id}")
    assert answer.location.endswith(f"/ticket/{ticket.id}")
    assert "Smoke!" in answer.follow()


def test_the_sidebar_names_people_organisation_and_other_requests(root, make):
    make.organization("Client Ltd", "client.example")
    first = make.ticket("First request", requestor="ann@client.example")
    second = make.ticket("Second request", requestor="ann@client.example", cc=("bo@client.example",))
    aside = page_of(root, second).html.select_one("#sidebar").text
    for words in ("ann@client.example", "bo@client.example", "Client Ltd", "First request", f"#{first.id}"):
        assert words in aside
    assert "Second request" not in aside.split("Other requests")[1]


def test_only_the_newest_of_a_long_history_stand_there_at_first(root, work, ticket):
    for number in range(105):
        change_ticket(work, ticket, SetPriority(number + 1), Comment(plain_message(f"note {number}.")))
    page = page_of(root, ticket)
    assert "note 104." in page
    assert "note 0." not in page
    everything = page.click("Show earlier entries")
    assert "note 0." in everything
    assert "It burns." in everything


def test_the_page_costs_a_fixed_number_of_queries(jo, make, work_of, query_count, ticket):
    work = work_of("jo")
    page_of(jo, ticket)

    def talk(rounds):
        for number in range(rounds):
            said = plain_message(
                f"answer {number}", files=(Part("text/csv", b"1", PartRole.FILE, filename="a.csv"),)
            )
            change_ticket(
                work,
                ticket,
                Correspond(said, minutes=1),
                SetPriority(number + 1),
                Comment(plain_message("c")),
            )

    talk(2)
    with query_count() as few:
        page_of(jo, ticket)
    talk(25)
    for number in range(8):
        make.ticket(f"other {number}")
    with query_count() as many:
        page_of(jo, ticket)
    assert many.total == few.total
    assert many.total <= 16


def test_buttons_are_those_that_the_lifecycle_and_the_rights_allow(root, jo, db, make, ticket):
    labels = {
        button.text.strip() for button in page_of(root, ticket).html.select("#ticket-head .actions .button")
    }
    assert {"Take", "Resolve", "Open It", "Delete"} <= labels
    make.queue("Looking", granted=False)
    jos = db.scalar(select(User).where(User.name == "jo"))
    make.grant(jos, "ShowTicket", queue=db.scalar(select(Queue).where(Queue.name == "Looking")))
    page = page_of(jo, make.ticket(queue="Looking"))
    assert page.html.select("#ticket-head .actions .button") == []
    assert page.html.select("#composer, #sidebar form") == []
