"""A customer's month: its figures, that nothing internal gets in, that it is frozen and mailed once."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from plugins.sla.tests.reports.made import HOUR, at, put
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.plugin_settings import save_settings
from rtpy.changes.ticket.content import Comment
from rtpy.changes.ticket.people import AddWatcher
from rtpy.content.part import plain_message
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.testing.people import Factory
from rtpy_sla.models import ClockRow, PauseRow, ReportReader
from rtpy_sla.printed.figures import Figures
from rtpy_sla.printed.laid_out import lay_out
from rtpy_sla.printed.pdf import render
from rtpy_sla.printed.words import ENGLISH, GERMAN
from rtpy_sla.reports.mailing import save_readers, send_due_reports, send_now, send_once
from rtpy_sla.reports.service import make_report, report_of

MARCH = date(2026, 3, 1)
SECRET = "Sekret-4711"
alike = pytest.mark.databases("sqlite")
"""For what is put together of statements that other tests run on both."""


def acme_of(month):
    return month[0].organization_id


def leaves(value):
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple):
        yield value
        return
    for each in value:
        yield from leaves(each)


def test_the_figures_of_a_month_are_those_of_the_reports(work, month, query_count):
    put(work.db, month[0], resolved=at("03-03 0"))
    with query_count() as counted:
        figures = report_of(work, acme_of(month), MARCH)
    assert counted.total <= 12
    assert (figures.customer, figures.opened, figures.resolved) == ("Acme", 4, 1)
    numbers = {each.target: (each.met, each.missed, each.excused) for each in figures.targets}
    assert numbers == {"first_response": (1, 1, 1), "resolution": (1, 0, 0), "promise": (1, 1, 0)}
    first = figures.targets[0]
    assert (first.median, first.nine_of_ten) == (5 * HOUR, 6 * HOUR)
    assert [(each.first_response, each.first_verdict) for each in figures.requests] == [
        (HOUR, "met"),
        (5 * HOUR, "missed"),
        (6 * HOUR, "excused"),
        (None, "open"),
    ]
    assert figures.requests[0].resolution == 10 * HOUR
    assert figures.paused == (("customer", 5 * HOUR), ("third", 2 * HOUR))
    assert [each.verdict for each in figures.promises] == ["met", "missed"]
    assert Figures.from_json(json.loads(json.dumps(figures.to_json()))) == figures


@alike
def test_what_staff_keep_among_themselves_is_no_request_of_the_customer(work, month, db, make):
    inner = make.ticket("Offer for the miser", requestor="jo@staff.example")
    put(db, inner, organization_id=acme_of(month), created=at("03-05"))
    put(db, month[1], status="deleted")
    figures = report_of(work, acme_of(month), MARCH)
    assert "miser" not in json.dumps(figures.to_json())
    assert (figures.opened, len(figures.requests)) == (3, 3)


@alike
def test_a_supplier_in_cc_makes_no_request_of_the_customer(work, month, db, make):
    inner = make.ticket("Offer for the miser", requestor="jo@staff.example")
    put(db, inner, organization_id=acme_of(month), created=at("03-05"))
    change_ticket(work, inner, AddWatcher("Cc", make.customer("maker@supplier.example").id))
    assert report_of(work, acme_of(month), MARCH).opened == 4
    change_ticket(work, inner, AddWatcher("Cc", make.customer("boss@sub.acme.example").id))
    assert report_of(work, acme_of(month), MARCH).opened == 5


@alike
def test_reports_are_made_by_who_may_see_all_of_them(work_of, month, make):
    make.grant(make.staff("lee"), "AdminServiceLevels")
    for deed in (make_report, send_now):
        with pytest.raises(Refused):
            deed(work_of("lee"), acme_of(month), MARCH)
    with pytest.raises(Refused):
        save_readers(work_of("lee"), acme_of(month), "ann@acme.example", "")


@alike
def test_no_internal_text_whatever_its_words_gets_in(work, month, db):
    text = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), min_size=12, max_size=40)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
    @given(text)
    def check(secret: str) -> None:
        db.execute(update(ClockRow).values(cause=secret))
        db.execute(update(ClockRow).where(ClockRow.excuse != "").values(excuse=secret))
        db.execute(update(PauseRow).values(reason=secret))
        figures = report_of(work, acme_of(month), MARCH)
        assert figures.requests
        assert all(secret not in str(each) for each in leaves(lay_out(figures)))

    check()
    change_ticket(work, month[0], Comment(plain_message(SECRET)))
    assert SECRET not in json.dumps(report_of(work, acme_of(month), MARCH).to_json())


@alike
def test_reasons_and_queues_are_shown_only_where_the_house_wants_it(work, month):
    assert "Sekret-4711" not in json.dumps(report_of(work, acme_of(month), MARCH).to_json())
    assert {each.queue for each in report_of(work, acme_of(month), MARCH).requests} == {""}
    save_settings(work, "sla", {"sla.report_pauses": "reasons", "sla.report_queues": True})
    figures = report_of(work, acme_of(month), MARCH)
    assert figures.pauses[0].reason == SECRET
    assert {each.queue for each in figures.requests} == {"General"}
    save_settings(work, "sla", {"sla.report_pauses": "none"})
    assert report_of(work, acme_of(month), MARCH).paused == ()


def test_a_report_is_frozen_when_its_month_is_over_and_stays_once_it_was_mailed(
    work_of, month, db, clock, make
):
    with pytest.raises(Conflict):
        make_report(work_of("root"), acme_of(month), MARCH)
    clock.set(at("04-02 8"))
    work = work_of("root")
    make_report(work, acme_of(month), MARCH)
    db.execute(update(ClockRow).values(excuse="All is well"))
    assert report_of(work, acme_of(month), MARCH).targets[0].missed == 2  # one is overdue by now
    make_report(work, acme_of(month), MARCH)
    assert report_of(work, acme_of(month), MARCH).targets[0].missed == 1
    with pytest.raises(Conflict, match="to whom"):
        send_now(work, acme_of(month), MARCH)
    with pytest.raises(Invalid):
        save_readers(work, acme_of(month), "nobody", "en")
    save_readers(work, acme_of(month), "ann@acme.example\nann@acme.example\ncfo@acme.example", "de")
    assert [send_once(work, acme_of(month), MARCH) for _ in range(2)] == [1, 0]
    to = (
        select(OutgoingRecipient.address)
        .join(OutgoingMail)
        .where(OutgoingMail.subject.like("Service report%"))
    )
    assert sorted(db.scalars(to)) == ["ann@acme.example", "cfo@acme.example"]
    with pytest.raises(Conflict):
        make_report(work, acme_of(month), MARCH)


def test_the_worker_mails_from_the_day_on_that_is_set_and_once(committed_app, clock):
    app = committed_app
    app.clock.set(at("04-01 8"))
    with app.work() as work:
        make = Factory(app, work.db)
        acme = make.organization("Acme", "acme.example")
        ticket = make.ticket("Printer", requestor="ann@acme.example")
        put(work.db, ticket, organization_id=acme.id, created=at("03-05"))
        save_readers(work, acme.id, "cfo@acme.example", "en")
    assert send_due_reports(app) == 0
    with app.work() as work:
        save_settings(work, "sla", {"sla.report_day": 3})
    assert send_due_reports(app) == 0
    app.clock.advance(timedelta(days=2))
    assert [send_due_reports(app) for _ in range(2)] == [1, 0]
    with app.work() as work:
        subject = select(OutgoingMail.subject).where(OutgoingMail.subject.like("Service report%"))
        assert work.db.scalars(subject).all() == ["Service report: March 2026"]


@alike
def test_the_pages_show_make_and_mail_it_and_hold_the_right(
    root, month, another, enter, make, clock, token, db
):
    clock.set(at("04-02 8"))
    url = f"/sla/service-reports/{acme_of(month)}/2026-03"
    assert "Acme" in root.get("/sla/service-reports", {"month": "2026-03"})
    page = root.get(url)
    assert "Agreed exceptions" in page
    assert "Storm" not in page
    assert root.get(f"{url}.pdf").body.startswith(b"%PDF")
    sent = {"csrf_token": token(root)}
    assert "is not a mail address" in root.post(url, {**sent, "addresses": "x", "language": "en"}, status=422)
    root.post(url, {**sent, "deed": "readers", "addresses": "cfo@acme.example", "language": "de"}, status=303)
    root.post(url, {**sent, "deed": "make"}, status=303)
    assert "Servicebericht" in root.get(url)
    root.post(url, {**sent, "deed": "send"}, status=303)
    assert "stays as it is" in root.post(url, {**sent, "deed": "make"}, status=409)
    assert db.get(ReportReader, acme_of(month)).language == "de"
    for odd in ("1999-13", "2199-01"):
        root.get(f"/sla/service-reports/{acme_of(month)}/{odd}", status=404)
    root.get("/sla/service-reports/999999/2026-03", status=404)
    jo = enter(another(), make.staff("viewer"))
    jo.get("/sla/service-reports", status=403)
    jo.get(f"{url}.pdf", status=403)


def test_customers_read_request_and_both_languages_say_the_same_things():
    assert set(ENGLISH) == set(GERMAN)
    for words in (ENGLISH, GERMAN):
        assert not [text for text in words.values() if "ticket" in text.lower()]


def test_a_report_with_strange_texts_is_still_printed():
    figures = Figures(
        "#let x = 1", "Nordlicht \N{PILE OF POO}", "2026-03-01", "UTC", "2026-04-01 08:00", 0, 0
    )
    assert render(figures).startswith(b"%PDF")
