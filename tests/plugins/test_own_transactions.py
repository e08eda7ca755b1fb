"""A plugin's own change of tickets: what histories say of it, and the command by mail that asks for it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, text

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.config import Config
from rtpy.content.part import plain_message
from rtpy.errors import Invalid
from rtpy.mail.commands.brought import brought_commands
from rtpy.mail.intake import take_in
from rtpy.models import OutgoingMail, Transaction
from rtpy.rest.names import read_names
from rtpy.rest.words import describe
from tests.mail.letters import letter


@pytest.fixture
def config(tmp_path, sample, database_engine):
    """The sample, on a site that takes commands by mail."""
    url = database_engine.url.render_as_string(hide_password=False)
    more = {"mail__commands": "proved", "mail__authserv_id": "mx.h", "budget__minutes": 30}
    return Config.for_tests(tmp_path, database__url=url, plugins=["budget"], **more)


@pytest.fixture
def extended(work, make, db):
    """A ticket whose budget was extended."""
    from rtpy_budget.extending import ExtendBudget

    ticket = make.ticket("Mail server")
    change_ticket(work, ticket, ExtendBudget(45))
    db.commit()
    return ticket


def test_rtpy_transaction_texts_are_read_on_pages_and_by_programs(extended, login, work):
    root = login()
    said = "extended the budget by 45 minutes"
    assert said in root.get(f"/ticket/{extended.id}").text
    assert said in root.get(f"/ticket/{extended.id}/history").text
    [told] = work.db.scalars(select(Transaction).where(Transaction.type == "budget.extended"))
    assert describe(told, read_names(work, [told])) == "Extended the budget by 45 minutes by root"


def test_rtpy_transaction_texts_that_fail_take_nothing_else_away(extended, login, monkeypatch, app):
    monkeypatch.setitem(app.named("rtpy_transaction_texts"), "budget.extended", lambda happened, show: 1 / 0)
    assert "did: budget.extended" in login().get(f"/ticket/{extended.id}").text


@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_transaction_texts_of_another_name_stop_the_start(config, monkeypatch):
    monkeypatch.setattr("rtpy_budget.extending.TEXTS", {"Extended": None})
    with pytest.raises(Invalid, match=r"brings Extended \(rtpy_transaction_texts\): it must be budget\.name"):
        App(config, blobs=DatabaseStore())


@pytest.fixture
def order(app, make, db):
    """Jo, who may see budgets, answers a new ticket: `order(text)` gives the types and values it recorded."""

    def send(text, *, may=True):
        jo = make.staff("jo")
        if may:
            make.grant(jo, "SeeBudgets")
        ticket = make.ticket("Printer")
        db.commit()
        raw = letter(
            text,
            sender="jo@staff.example",
            subject=f"Re: [rtpy #{ticket.id}] Printer",
            authentication_results="mx.h; dmarc=pass header.from=staff.example",
        )
        take_in(app, raw, queue="General", peer="test")
        db.expire_all()
        rows = db.scalars(
            select(Transaction)
            .where(Transaction.object_type == "ticket", Transaction.object_id == ticket.id)
            .order_by(Transaction.id)
        )
        return [(each.type, each.new_value) for each in rows if "Record" not in each.type][1:]

    return send


def test_rtpy_mail_commands_become_changes_in_the_bundle_of_the_mail(order):
    done = order("Budget: 1h20\nStatus: stalled\n\nOn my way.")
    assert ("budget.extended", "80") in done
    assert ("Status", "stalled") in done
    assert any(kind == "Correspond" for kind, _ in done)


@pytest.mark.parametrize(
    ("text", "may"),
    [("Budget: many\nStatus: stalled\n\nHi.", True), ("Budget: 5\nStatus: stalled\n\nHi.", False)],
)
def test_rtpy_mail_commands_that_make_no_sense_or_may_not_be_given_undo_all_lines(order, text, may):
    done = order(text, may=may)
    assert [each for each in done if each[0] == "budget.extended" or each[1] == "stalled"] == []
    assert any(kind == "Correspond" for kind, _ in done)


@pytest.mark.parametrize("name", ["status", "addcc", "cf", "My Budget"])
@pytest.mark.databases("sqlite")  # nothing is asked of it
def test_rtpy_mail_commands_of_a_name_that_is_there_stop_the_start(app, monkeypatch, name):
    monkeypatch.setitem(app.caches, "named:rtpy_mail_commands", {name: SimpleNamespace()})
    with pytest.raises(Invalid, match=f"A plugin brings the command by mail {name}"):
        brought_commands(app)


def test_rtpy_public_facts_stand_below_the_mail_of_the_reply_and_nowhere_else(work, make, db, app):
    from rtpy_budget.extending import ExtendBudget

    ticket = make.ticket("Mail server")
    reply, comment = plain_message("We look at it.\n-- \nroot"), plain_message("Between us.")
    for said in (Correspond(reply), Comment(comment)):
        change_ticket(work, ticket, said, ExtendBudget(45))
    mails = {mail.internal: mail for mail in db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))}
    assert "We look at it.\n\nMore time: 45 minutes\n\n-- \nroot" in mails[False].body
    assert "More time: 45 minutes" in mails[False].html_body
    assert not mails.get(True) or "More time" not in mails[True].body


def test_rtpy_public_facts_that_fail_keep_no_mail_back(work, make, db, monkeypatch):
    monkeypatch.setattr("rtpy_budget.extending.tell_customer", lambda work, lang: 1 / 0)
    change_ticket(work, make.ticket("Mail server"), Correspond(plain_message("We look at it.")))
    assert "We look at it." in db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()


def test_rtpy_public_facts_that_the_database_refuses_keep_no_mail_back(work, make, db, monkeypatch):
    monkeypatch.setattr(
        "rtpy_budget.extending.tell_customer", lambda work, lang: work.db.execute(text("SELECT nonsense"))
    )
    change_ticket(work, make.ticket("Mail server"), Correspond(plain_message("We look at it.")))
    assert "We look at it." in db.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
