"""Questions under pages: staff let them through, askers are told, and nobody reads more than they may."""

import re

import pytest
from sqlalchemy import delete, select

from rtpy.mail.sealed_words import open_words
from rtpy.models import Ace, OutgoingMail, User
from rtpy_portal.models import Answer, Question

pytestmark = pytest.mark.databases("sqlite")  # the queries are tried on both by those that say so


@pytest.fixture
def writer(another, enter, make):
    jo = make.staff("jo", real_name="Jo Tech")
    make.grant(jo, "WriteKnowledge")
    return enter(another(), jo)


@pytest.fixture
def ann(another, enter, make):
    return enter(another(), make.customer("ann@client.example", "Ann Example"))


def url(page):
    return f"/portal/knowledge/page/{page.id}/{page.slug}"


def form(answer, word):
    return next(each for each in answer.forms.values() if word in (each.action or ""))


def ask(browser, page, text="Does it work on a Mac?", status=303, **fields):
    asked = form(browser.get(url(page)), "/ask/")
    asked["content"] = text
    for name, value in fields.items():
        asked[name] = value
    return asked.submit(status=status)


def decide(writer, question, deed, **fields):
    address = f"/knowledge/questions/{question.id}"
    shown = writer.get(address)
    values = {"csrf_token": token_of(shown), "deed": deed}
    return writer.post(address, {**values, **fields}, status=303)


def token_of(answer):
    return answer.html.find("input", attrs={"name": "csrf_token"})["value"]


def mails(db, app):
    rows = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    return [
        (row.subject, open_words(app.config, row.body)) for row in rows if "rt-question" in row.message_id
    ]


@pytest.mark.databases("sqlite", "postgresql")
def test_a_question_is_shown_after_staff_let_it_through_and_its_asker_is_told(
    ann, browser, writer, app, db, page
):
    row = page("VPN")
    told = ask(ann, row).follow()
    assert "We look at your question first" in told.html.main.text
    question = db.scalars(select(Question)).one()
    assert "Mac" not in browser.get(url(row)).html.main.text
    assert "One question or answer waits" in writer.get("/").html.main.text
    decide(writer, question, "answer", answer="Yes, also there.", with_name="1")
    shown = browser.get(url(row)).html.find(id="questions").text
    assert "Ann asked" in shown
    assert "Does it work on a Mac?" in shown
    assert "Jo, our team" in shown
    ((subject, body),) = mails(db, app)
    assert subject == "Your question was answered: VPN"
    assert "Yes, also there." in body


def test_who_has_no_account_confirms_by_mail_and_a_get_confirms_nothing(browser, app, db, page):
    row = page("VPN")
    told = ask(browser, row, address="bob@client.example", shown_name="Bob").follow()
    assert "sent you a mail" in told.html.main.text
    question = db.scalars(select(Question)).one()
    ((_, body),) = mails(db, app)
    assert "Mac" not in body
    link = re.search(r"https?://[^/]+(/portal/knowledge/confirm/\S+)", body)[1]
    opened = browser.get(link)
    assert question.state == "unconfirmed"
    confirm = next(each for each in opened.forms.values() if "Yes, that is" in each.text)
    assert "We read your question now" in confirm.submit().html.main.text
    db.refresh(question)
    assert question.state == "waiting"


def test_the_answer_is_the_same_whether_an_address_is_known(browser, make, db, page):
    row = page("VPN")
    make.customer("known@client.example")
    answers = {
        (told.status, re.sub(r"[0-9a-f]{64}", "", told.follow().html.main.text))
        for told in (ask(browser, row, address=f"{who}@client.example") for who in ("known", "unknown"))
    }
    assert len(answers) == 1
    assert db.scalar(select(User.id).where(User.name == "unknown@client.example")) is None


def test_one_leaves_by_a_button_behind_the_link(browser, ann, writer, app, db, page):
    row = page("VPN")
    ask(ann, row)
    question = db.scalars(select(Question)).one()
    decide(writer, question, "answer", answer="Yes.")
    link = re.search(r"https?://[^/]+(/portal/knowledge/leave/\S+)", mails(db, app)[0][1])[1]
    opened = browser.get(link)
    next(each for each in opened.forms.values() if "no more mails" in each.text).submit()
    db.refresh(question)
    assert not question.wants_mail
    decide(writer, question, "answer", answer="And on phones.")
    assert len(mails(db, app)) == 1


@pytest.mark.databases("sqlite", "postgresql")
def test_others_answers_wait_for_staff_too(ann, another, enter, make, browser, writer, db, page):
    row = page("VPN")
    ask(ann, row)
    question = db.scalars(select(Question)).one()
    decide(writer, question, "show", content="Does it work on phones?")
    answered = form(enter(another(), make.customer("bob@client.example", "Bob")).get(url(row)), "/answer/")
    answered["content"] = "It does for me."
    answered.submit()
    assert "It does for me" not in browser.get(url(row)).html.main.text
    answer = db.scalars(select(Answer)).one()
    decide(writer, question, "show_answer", number=str(answer.id), content="It does for me!")
    shown = browser.get(url(row)).html.main.text
    assert "phones" in shown
    assert "It does for me!" in shown
    decide(writer, question, "decline_answer", number=str(answer.id))
    assert "It does for me" not in browser.get(url(row)).html.main.text


def test_an_answer_becomes_part_of_the_page(ann, browser, writer, db, page):
    row = page("VPN")
    ask(ann, row)
    question = db.scalars(select(Question)).one()
    decide(writer, question, "answer", answer="Yes, <b>there</b> too.")
    assert decide(writer, question, "take").location.endswith(f"/knowledge/page/{row.id}/edit")
    edited = writer.get(f"/knowledge/page/{row.id}/edit").text
    assert "Does it work on a Mac?" in edited
    assert "there" not in browser.get(url(row)).html.find(class_="knowledge-text").text
    decide(writer, question, "mark")
    assert "now part of the page" in browser.get(url(row)).html.main.text


def test_a_declined_question_is_never_shown(ann, browser, writer, app, db, page):
    row = page("VPN")
    ask(ann, row)
    decide(writer, db.scalars(select(Question)).one(), "decline", words="That is private, we call you.")
    assert "Mac" not in browser.get(url(row)).html.main.text
    assert "we call you" in mails(db, app)[0][1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"content": " "}, "Write a few words first."),
        ({"content": "x" * 4001}, "at most 4000 characters"),
        ({"address": "nonsense"}, "Write your mail address"),
        ({"shown_name": "bob@client.example"}, "leave out the mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(browser, db, page, fields, sentence):
    asked = form(browser.get(url(page("VPN"))), "/ask/")
    for name, value in {"content": "Why?", "address": "bob@client.example", **fields}.items():
        asked[name] = value
    again = asked.submit(status=422)
    assert sentence in again.html.find(class_="problems").text
    assert form(again, "/ask/")["address"].value == fields.get("address", "bob@client.example")
    assert db.scalars(select(Question)).all() == []


def test_programs_and_floods_are_kept_out(browser, db, page, monkeypatch):
    row = page("VPN")
    ask(browser, row, address="bob@client.example", website="https://spam.example")
    assert db.scalars(select(Question)).all() == []
    monkeypatch.setattr("rtpy_portal.web.knowledge.question.TO_AN_ADDRESS", 1)
    ask(browser, row, address="bob@client.example")
    refused = ask(browser, row, address="Bob@client.example", status=422)
    assert "many questions" in refused.html.main.text
    assert len(db.scalars(select(Question)).all()) == 1


def test_a_question_under_a_page_for_others_finds_no_page(browser, ann, page, db):
    row, secret = page("VPN"), page("Secret", audience="staff")
    asked = form(ann.get(url(row)), "/ask/")
    asked["content"], asked.action = "Why?", f"/portal/knowledge/ask/{secret.id}"
    asked.submit(status=404)
    assert db.scalars(select(Question)).all() == []


def test_an_asker_who_may_no_longer_read_the_page_is_told_nothing(ann, writer, app, db, page):
    row = page("VPN")
    ask(ann, row)
    row.audience = "staff"
    db.flush()
    decide(writer, db.scalars(select(Question)).one(), "answer", answer="A secret.")
    assert mails(db, app) == []


def test_only_who_writes_knowledge_sees_questions(ann, another, enter, make, db, page):
    ask(ann, page("VPN"))
    number = db.scalars(select(Question.id)).one()
    db.execute(delete(Ace).where(Ace.right_name == "WriteKnowledge"))
    reader = enter(another(), make.staff("kim"))
    for address in (
        f"/knowledge/questions/{number}",
        "/knowledge/questions",
        "/knowledge/report",
        "/knowledge/synonyms",
    ):
        reader.get(address, status=403)
        assert ann.get(address, status=303).location.endswith("/portal")
