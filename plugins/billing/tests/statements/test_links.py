"""A customer reads the statement by the link of its mail, without a login, and asks about its lines."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from plugins.billing.tests.statements.mailed import link_in
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.status import SetStatus
from rtpy.content.part import plain_message
from rtpy.models import Organization, OutgoingMail, OutgoingRecipient, Ticket
from rtpy_billing.models import Customer, StatementLink, StatementQuestion, WorkEntry
from rtpy_billing.periods.period import Period
from rtpy_billing.repricing.reprice import reprice
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.mailing import send_statement
from rtpy_billing.statements.questions import MOST_A_DAY

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
SECRET = "Sekret-4711"


@pytest.fixture
def customer(agree, boss, client, db):
    """Who gets statements with every entry at cfo@client.example; two hours of a block are theirs."""
    agree("block", {"quantity": "2", "overflow_rate": "100"}, notes=SECRET)
    found = db.get(Customer, client.id)
    found.email, found.statement_detail, found.contact = "cfo@client.example", "entries", "Ina Wolf"
    found.notes = SECRET
    return found


@pytest.fixture
def mail(boss, customer, db):
    """Sends the statement of March and gives the path of its link."""

    def send():
        reprice(boss, customer.organization_id)
        db.execute(update(WorkEntry).values(state="approved"))
        db.expire_all()
        send_statement(boss, customer, build_statement(boss, customer.organization_id, MARCH))
        db.flush()
        return link_in(boss.app, db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first())

    return send


@pytest.fixture
def worked(customer, log, make):
    """Work on a request, with much that customers must not read."""
    about = make.ticket("Printer", requestor="ann@client.example")
    change_ticket(make.system, about, Comment(plain_message(SECRET)))
    secrets = {"note_internal": SECRET, "charge_reason": SECRET}
    hidden = log("03-04", 60, charge_mode="hidden", note_customer=SECRET, **secrets)
    return about, log("03-02", 90, ticket_id=about.id, note_customer="Drum changed", **secrets), hidden


def ask(page, entry, question="Why so long?", **more):
    form = page.click(href=f"/ask/entry-{entry.id}$").form
    form["question"] = question
    return form.submit(**more)


def test_the_page_shows_as_much_as_the_switches_say_what_is_left_first(worked, mail, customer, another, db):
    link = mail()
    page = another().get(link)
    text = page.text.replace("\u202f", " ").replace("\xa0", " ")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "0:30 h left" in text
    assert text.index("0:30 h left") < text.index("Drum changed")
    assert "ticket" not in page.html.find("main").text.lower()
    assert another().get(f"{link}.pdf").body.startswith(b"%PDF")
    for detail, has_note, has_request in (("totals", False, True), ("balance", False, False)):
        customer.statement_detail = detail
        db.flush()
        page = another().get(link)
        assert ("Drum changed" in page, "Printer" in page) == (has_note, has_request)
        another().get(f"{link}/ask/entry-{worked[1].id}", status=404)
    customer.statement_detail, customer.language = "totals", "de"
    db.flush()
    page = another().get(link)
    assert page.html.html["lang"] == "de"
    assert "Dazu fragen" in page.text
    assert "Arbeit nach Anfragen" in page.text


def test_a_question_is_a_request_in_the_customers_name_and_open_once(
    worked, mail, another, db, make, boss, enter
):
    about, entry, _ = worked
    link = mail()
    browser = another()
    page = browser.get(link)
    assert "Write in a few words" in ask(page, entry, " ", status=422)
    again = browser.get(link)
    answer = ask(page, entry).follow()
    made = db.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert f"Your question is request #{made.id}; we answer to cfo@client.example." in answer
    assert (made.subject, made.organization_id) == (
        "Question about the work of 2 March 2026",
        about.organization_id,
    )
    assert f"Asked: request #{made.id}" in another().get(link)
    told = select(OutgoingRecipient.address).join(OutgoingMail).where(OutgoingMail.ticket_id == made.id)
    assert "cfo@client.example" in db.scalars(told).all()
    count = db.scalar(select(func.count(Ticket.id)))
    another().get(f"{link}/ask/entry-{entry.id}", status=303)  # it is open: no second one
    form = again.click(href=f"/ask/entry-{entry.id}$", verbose=False)
    assert form.status_int == 303
    assert db.scalar(select(func.count(Ticket.id))) == count
    seller = make.staff("sales")
    make.grant(seller, "SeeMoney", "ShowTicket")
    staff = enter(another(), seller).get(f"/billing/customer/{about.organization_id}/statement")
    assert made.subject in staff
    assert "cfo@client.example" in staff
    change_ticket(make.system, made, SetStatus("resolved"))
    assert "resolved" in enter(another(), seller).get(f"/billing/customer/{about.organization_id}/statement")
    assert "Ask about this" in another().get(link)  # and another one may be asked


def test_with_sums_only_a_question_is_about_the_request(worked, mail, customer, another, db):
    customer.statement_detail = "totals"
    link = mail()
    page = another().get(link).click(href=f"/ask/request-{worked[0].id}$")
    page.form["question"] = "All of that?"
    page.form.submit().follow()
    question = db.scalars(select(StatementQuestion)).one()
    assert (question.about_ticket_id, question.entry_id) == (worked[0].id, None)


def test_only_what_the_statement_shows_can_be_asked_about(worked, mail, another, log, make, db):
    link = mail()
    april = log("04-02", 30, ticket_id=worked[0].id, note_customer="April")
    other = make.ticket("Theirs", requestor="x@other.example")
    db.flush()
    for about in (
        f"entry-{worked[2].id}",
        f"entry-{april.id}",
        "entry-999999",
        "entry-0",
        "entry-999999999999999999",
        f"request-{other.id}",
        "invoice-1",
    ):
        another().get(f"{link}/ask/{about}", status=404)
        page = another().get(f"{link}/ask/entry-{worked[1].id}")
        page.form.action = f"{link}/ask/{about}"
        page.form["question"] = "Why?"
        page.form.submit(status=404)
    assert db.scalars(select(StatementQuestion)).all() == []
    another().get(f"{link}/invoices/1.pdf", status=404)


def test_without_the_forms_token_nothing_is_asked(worked, mail, another, db):
    link = mail()
    another().post(f"{link}/ask/entry-{worked[1].id}", {"question": "x"}, status=(400, 403))
    assert db.scalars(select(StatementQuestion)).all() == []


def test_one_who_has_the_link_cannot_fill_our_queues(worked, mail, another, db, make, boss, customer):
    link = mail()
    held = db.scalars(select(StatementLink)).one()
    old = make.ticket("An old question", requestor="cfo@client.example")
    change_ticket(make.system, old, SetStatus("resolved"))
    for _ in range(MOST_A_DAY):
        db.add(StatementQuestion(link_id=held.id, entry_id=worked[1].id, ticket_id=old.id, asked=boss.now))
    db.flush()
    answer = ask(another().get(link), worked[1], status=422)
    assert "so many of your questions" in answer
    assert "Why so long?" in answer


def test_a_link_opens_nothing_when_it_is_old_withdrawn_or_not_theirs_any_more(
    worked, mail, another, db, customer, make, enter, clock, client, boss
):
    def opens(link):
        db.flush()
        answers = {another().get(each, status="*").status_int for each in (link, f"{link}.pdf")}
        assert len(answers) == 1
        return answers == {200}

    first, second = mail(), mail()
    seller, lead = make.staff("sales"), make.staff("lead")
    make.grant(seller, "SeeMoney")
    make.grant(lead, "SeeMoney", "ApproveBilling")
    url = f"/billing/customer/{client.id}/statement"
    assert "Withdraw" not in [
        button.text for button in enter(another(), seller).get(url).html.find_all("button")
    ]
    page = enter(another(), lead).get(url)
    assert "&lt;" not in page.text
    assert "opens until 9 May 2026" in page.html.find("main").text
    newest = next(form for form in page.forms.values() if form.action.endswith("/withdraw"))
    assert "opens nothing any more" in newest.submit().follow()
    assert [opens(first), opens(second)] == [True, False]
    customer.email = "new@client.example"
    assert not opens(first)
    assert "another address now" in enter(another(), lead).get(url)
    customer.email = "CFO@client.example"
    assert opens(first)
    db.get(Organization, client.id).disabled = True
    assert not opens(first)
    db.get(Organization, client.id).disabled = False
    clock.set(datetime(2026, 5, 10, tzinfo=UTC))
    assert not opens(first)
    gone = another().get(first, status=404)
    assert "opens nothing any more" in gone
    another().get("/billing/statement/" + "x" * 43, status=404)
    another().get(f"/billing/statement/{'x' * 43}/ask/entry-1", status=404)
    another().post(f"{url}/links/999999/withdraw", status="*")
    save_settings(boss.as_system(), "billing", {"billing.statement_link_days": 0})
    with pytest.raises(TypeError):
        mail()  # there is none


@pytest.mark.databases("sqlite")  # what is shown of a note does not depend on it
def test_whatever_we_write_for_ourselves_no_page_of_the_customer_shows_it(
    customer, mail, another, log, make, boss, db
):
    about = make.ticket("Printer", requestor="ann@client.example")
    words = st.text(
        st.characters(min_codepoint=48, max_codepoint=0x2FF, categories=["L", "N"]), min_size=12, max_size=20
    )

    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        max_examples=12,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes here
    )
    @given(
        words,
        st.sampled_from(["billable", "no_charge", "hidden", "undecided"]),
        st.sampled_from(["", "Too slow"]),
        st.sampled_from(["balance", "totals", "entries"]),
        st.booleans(),
        st.sampled_from(["en", "de"]),
    )
    def check(secret, mode, written_off, detail, names, language):
        customer.statement_detail, customer.shows_names, customer.language = detail, names, language
        customer.notes = secret
        private = {"note_internal": secret, "charge_reason": secret, "evidence": {"note": secret}}
        entry = log(
            "03-02",
            60,
            ticket_id=about.id,
            charge_mode=mode,
            note_customer=secret if mode == "hidden" else "Told",
            write_off_reason=written_off and secret,
            **private,
        )
        change_ticket(make.system, about, Comment(plain_message(secret)))
        link = mail()
        browser = another()
        seen = [browser.get(link), browser.get(f"{link}/ask/entry-{entry.id}", status="*")]
        seen.append(browser.get(f"{link}/ask/request-{about.id}", status="*"))
        assert all(secret not in page.text for page in seen)
        if detail != "entries" or mode == "hidden":
            assert seen[1].status_int == 404
        newest = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        assert secret not in newest.body

    check()
