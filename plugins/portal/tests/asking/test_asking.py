"""Asking: from the first page to the request, with and without an account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.models import (
    Attachment,
    Blob,
    CustomField,
    CustomFieldPlace,
    CustomFieldValue,
    OutgoingRecipient,
    Ticket,
    Transaction,
    User,
    Watcher,
)
from rtpy_portal.models import Asked

ASK = "/portal/ask"


def newest(db):
    return db.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()


def text_of(db, ticket):
    """What was said when the ticket was made."""
    text = db.scalar(
        select(Blob.data)
        .join(Attachment, Attachment.blob_sha256 == Blob.sha256)
        .join(Transaction, Transaction.id == Attachment.transaction_id)
        .where(Transaction.object_id == ticket.id, Transaction.type == "Create", Attachment.role == "body")
    )
    return text.decode()


def test_somebody_without_an_account_asks_and_reads_what_happens_next(browser, db, topic, fill):
    made = topic(
        promise="The support desk reads it within two hours.", questions="Who is affected? * = Me | All"
    )
    page = browser.get("/portal").click(href=f"/portal/ask/{made.id}$")
    form = fill(
        page, name="Ann Miller", address="ann@client.example", text="My printer burns.\nIt smells.", q0="1"
    )
    done = form.submit(status=303).follow()

    ticket = newest(db)
    assert f"Its number is {ticket.id}." in done.text
    assert "The support desk reads it within two hours." in done.text
    assert f"/portal/request/{ticket.id}" not in done.text
    assert ticket.subject == "My printer burns."
    assert "It smells.\n\nWho is affected? All" in text_of(db, ticket)
    ann = db.scalars(select(User).where(User.email_address == "ann@client.example")).one()
    assert (ticket.creator_id, ann.real_name) == (ann.id, "Ann Miller")
    asked = db.get_one(Asked, ticket.id)
    assert (asked.topic_id, asked.is_proved, asked.language) == (made.id, False, "en")
    assert db.scalar(
        select(OutgoingRecipient.address).where(OutgoingRecipient.address == "ann@client.example")
    )


@pytest.mark.databases("sqlite")  # what a page says does not depend on it
def test_a44_an_address_that_is_known_shows_nothing_and_reads_the_same_page(browser, another, db, make, fill):
    make.ticket("Secret project", requestor="known@client.example")
    pages = []
    for who, address in ((browser, "known@client.example"), (another(), "unknown@client.example")):
        form = fill(who.get(ASK), address=address, text="Where is my parcel?")
        pages.append(form.submit("deed", value="send", status=303).follow())
    plain = [
        re.sub(
            r"\d+\.|name=\"csrf_token\" value=\"[^\"]+\"|return_to\" value=\"[^\"]+\"|r(=|%3D)[^\"]+",
            "",
            page.text,
        )
        for page in pages
    ]
    assert plain[0] == plain[1]
    assert "Secret project" not in pages[0].text


@pytest.mark.databases("sqlite")  # what is missing is asked of nobody
def test_what_is_missing_is_said_in_the_readers_language_and_nothing_is_lost(browser, db, topic, fill):
    made = topic(
        questions="Which device? * = Laptop | Printer\nWhich printer? *\n  only if Which device? is Printer",
        words={
            "de": {
                "name": "Etwas geht nicht",
                "questions": "Welches Gerät? = Laptop | Drucker\nWelcher Drucker?",
            }
        },
    )
    german = {"Accept-Language": "de"}
    page = browser.get(f"{ASK}/{made.id}", headers=german)
    assert page.html.h1.text == "Etwas geht nicht"
    form = fill(page, address="ann@client.example", q0="1", subject="Papier")
    wrong = form.submit(status=422, headers=german)
    said = [each.text for each in wrong.html.find(class_="problems").find_all("li")]
    assert len(said) == 2
    assert "Welcher Drucker?" in said[1]
    again = wrong.forms["ask"]
    assert (again["subject"].value, again["q0"].value) == ("Papier", "1")
    again["text"], again["q0"] = "Es geht nicht.", "0"
    again.submit("deed", value="send", status=303, headers=german)
    assert text_of(db, newest(db)).endswith("Es geht nicht.\n\nWelches Gerät? Laptop")
    assert db.scalar(select(User.lang).where(User.email_address == "ann@client.example")) == "de"


def test_a_topic_is_the_permission_for_its_queue_its_fields_and_its_person(
    browser, db, work, make, fill, topic
):
    closed, boss = make.queue("Security", open_to_all=False), make.staff("boss", real_name="The Boss")
    field = CustomField(name="Site", type="Select", lookup="ticket", max_values=1)
    db.add(field)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=field.id, object_id=closed.id))
    db.add_all(CustomFieldValue(custom_field_id=field.id, name=name) for name in ("Berlin", "Graz"))
    db.flush()
    made = topic(
        "Security",
        "Security",
        person="boss",
        person_role="admin_cc",
        priority="80",
        fields=((field.id, True),),
    )
    page = browser.get(f"{ASK}/{made.id}")
    assert "boss" not in page.text.lower()
    fill(page, address="ann@client.example", text="I lost my badge.")
    missing = page.forms["ask"].submit(status=422)
    assert "Please choose an answer: Site" in missing.text
    form = missing.forms["ask"]
    form[f"cf_{field.id}"] = "Graz"
    done = form.submit(status=303).follow()
    assert "boss" not in done.text.lower()
    ticket = newest(db)
    assert (ticket.queue_id, ticket.priority) == (closed.id, 80)
    watchers = db.execute(
        select(Watcher.role, Watcher.principal_id).where(Watcher.ticket_id == ticket.id)
    ).all()
    assert ("AdminCc", boss.id) in {tuple(each) for each in watchers}


def test_a54_nobody_writes_in_the_name_of_staff_without_a_login(browser, db, make, fill):
    tech = make.staff("tech")
    fill(browser.get(ASK), address="tech@staff.example", text="Give me the keys.").submit(status=303)
    ticket = newest(db)
    assert ticket.creator_id != tech.id
    assert db.scalar(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)) == tech.id


def test_who_is_logged_in_asks_for_their_organisation_and_goes_on_to_the_request(
    browser, db, make, enter, fill
):
    organization = make.organization("Client", "client.example")
    ann = make.customer("ann@client.example", "Ann Miller")
    enter(browser, ann)
    page = browser.get(ASK)
    assert "address" not in page.forms["ask"].fields
    done = fill(page, text="My printer burns.").submit(status=303).follow()
    ticket = newest(db)
    assert (ticket.organization_id, ticket.creator_id) == (organization.id, ann.id)
    assert f"/portal/request/{ticket.id}" in done.text
    assert db.get_one(Asked, ticket.id).is_proved


@pytest.mark.databases("sqlite")  # drafts are the core’s
def test_what_is_kept_for_later_is_found_again_until_it_is_sent(browser, make, enter, fill):
    enter(browser, make.customer("ann@client.example"))
    form = fill(browser.get(ASK), text="Half a thought")
    form.submit("deed", value="keep", status=303)
    page = browser.get(ASK)
    assert page.forms["ask"]["text"].value == "Half a thought"
    fill(page).submit(status=303)
    assert browser.get(ASK).forms["ask"]["text"].value == ""


def test_one_form_makes_one_request(browser, db, fill):
    form = fill(browser.get(ASK), address="ann@client.example", text="Once is enough")
    pages = [form.submit(status=303).follow() for _ in range(2)]
    assert pages[0].html.h1.text == pages[1].html.h1.text
    assert db.scalar(select(func.count()).select_from(Asked)) == 1


@pytest.mark.databases("sqlite")  # files are tested on both with robots
def test_files_survive_a_mistake_and_come_along(browser, db, fill):
    form = fill(browser.get(ASK), text="See the picture")
    form["files"] = [("screen.txt", b"blue", "text/plain")]
    wrong = form.submit(status=422)
    assert "screen.txt (4 B)" in " ".join(wrong.html.find(class_="portal-held").text.split())
    again = wrong.forms["ask"]
    again["address"] = "ann@client.example"
    again.submit(status=303)
    names = db.scalars(select(Attachment.filename).where(Attachment.filename != "")).all()
    assert names == ["screen.txt"]


@pytest.mark.databases("sqlite")  # what is read from an address does not depend on it
def test_the_page_after_asking_is_open_for_a_day_and_for_no_other_number(browser, clock, fill):
    done = fill(browser.get(ASK), address="ann@client.example", text="Where?").submit(status=303)
    url = done.headers["Location"]
    number = re.search(r"r=(\d+)\.", url)[1]
    browser.get(url.replace(f"r={number}.", f"r={int(number) - 1}."), status=404)
    browser.get("/portal/ask/done?r=x", status=404)
    browser.get(url)
    clock.advance(timedelta(hours=25))
    browser.get(url, status=404)
