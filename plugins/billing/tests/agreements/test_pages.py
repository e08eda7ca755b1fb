"""The pages of agreements: made, activated, booked into, asked for more, without a script."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rtpy.mail.sealed_words import open_words
from rtpy.models import OutgoingMail
from rtpy_billing.models import Agreement, AgreementLine, Consent, MovementRow, WorkType
from rtpy_billing.repricing.reprice import reprice


@pytest.fixture
def seller(boss, client, make, another, enter):
    """A browser of somebody who may change agreements."""
    sales = make.staff("sales")
    make.grant(sales, "AdminAgreements", "SeeMoney", "ShowConfigTab")
    return enter(another(), sales)


def fill(page, deed="save", **values):
    """The page's main form with these values, sent."""
    form = page.forms[max(page.forms, key=lambda key: len(page.forms[key].fields))]
    for name, value in values.items():
        form[name] = value
    return form.submit("deed", value=deed, status="*")


def test_an_agreement_is_made_given_a_line_and_activated(seller, db, query_count):
    page = fill(
        seller.get("/billing/agreements/create"),
        organization="Client",
        name="Support",
        starts_on="2026-01-01",
    )
    page = page.follow()
    assert "A draft" in page
    agreement = db.scalars(select(Agreement)).one()
    base = f"/billing/agreements/{agreement.id}"
    assert "Block of hours" in seller.get(f"{base}/lines/create")
    line = fill(seller.get(f"{base}/lines/create/block"), name="Ten hours", quantity="10", price="950")
    assert "Ten hours" in line.follow()
    with query_count() as counted:
        shown = seller.get(base)
    assert counted.total <= 22
    form = next(form for form in shown.forms.values() if "Activate" in form.text)
    page = form.submit("deed", value="activate").follow()
    assert "10:00 h left" in page
    assert "Active" in page
    listed = seller.get("/billing/agreements")
    assert "10:00 h left" in listed
    assert "Client" in listed
    assert "Ten hours" in fill(
        seller.get(f"{base}/lines/{db.scalars(select(AgreementLine.id)).one()}"), price="x"
    )


def test_every_kind_of_line_has_a_form_that_saves_itself_again(seller, agree, db):
    for kind, typed in {
        "time_materials": {},
        "block": {"quantity": "10"},
        "recurring_block": {"quantity": "10", "rollover": "some", "rollover_limit": "5h"},
        "retainer": {"quantity": "1000"},
        "incidents": {"quantity": "5"},
        "fixed_fee": {"fair_use": "20h"},
        "fixed_price": {"milestones": "Design; 100.50; 2026-05-01"},
        "per_unit": {"quantity": "3", "unit": "device"},
        "pass_through": {"cost": "10", "margin": "7.5"},
        "discount": {"discount": "5", "price": ""},
    }.items():
        of_work = {} if kind in ("pass_through", "discount") else {"condition.person": "boss"}
        agreement, line = agree(kind, {**of_work, **typed})
        before = {c.name: getattr(line, c.name) for c in line.__table__.columns if c.name != "version"}
        url = f"/billing/agreements/{agreement.id}/lines/{line.id}"
        assert fill(seller.get(url)).status_int == 303, kind
        db.refresh(line)
        after = {c.name: getattr(line, c.name) for c in line.__table__.columns if c.name != "version"}
        assert after == before, kind
        assert "Support" in seller.get(f"/billing/agreements/{agreement.id}")


def test_what_moves_work_is_shown_first_and_done_when_confirmed(seller, agree, log, boss, db):
    agreement, _ = agree("block", {"quantity": "10", "overflow_rate": "100"})
    entry = log("03-02", 120)
    reprice(boss, agreement.organization_id)
    assert entry.covered_seconds == 7200
    form = seller.get(f"/billing/agreements/{agreement.id}/modify")
    shown = fill(form, last_day="2026-02-15")
    assert "Nothing is changed so far" in shown
    assert "2:00 h covered" in shown
    db.expire_all()
    assert (agreement.ends_on, entry.covered_seconds) == (None, 7200)
    done = max(shown.forms.values(), key=lambda form: len(form.fields)).submit().follow()
    assert "is saved" in done
    db.expire_all()
    assert (str(agreement.ends_on), entry.covered_seconds) == ("2026-02-16", 0)


def test_the_ledger_is_booked_into_and_never_changed(seller, agree, db):
    agreement, line = agree("block", {"quantity": "10"})
    url = f"/billing/agreements/{agreement.id}/lines/{line.id}/ledger"

    def book(**values):
        page = seller.get(url)
        form = next(form for form in page.forms.values() if "kind" in form.fields)
        for name, value in values.items():
            form[name] = value
        return form.submit("deed", value="book", status="*")

    assert "15:00 h left" in book(kind="top-up", quantity="5").follow()
    assert "12:30 h left" in book(kind="correction", quantity="-2:30", note="Typed twice").follow()
    assert "8:30 h left" in book(kind="refund", quantity="4").follow()
    for wrong, sentence in (
        ({"kind": "refund", "quantity": "99"}, "more than is left"),
        ({"kind": "correction", "quantity": "-1h"}, "Say why"),
        ({"kind": "top-up", "quantity": "lots"}, "no duration"),
        ({"kind": "top-up", "quantity": "1", "day": "2025-01-01"}, "has not started"),
    ):
        assert sentence in book(**wrong)
    kinds = [row.kind for row in db.scalars(select(MovementRow).order_by(MovementRow.id))]
    assert kinds == ["purchase", "top-up", "correction", "refund"]


def test_hours_move_between_balances_of_one_customer(seller, agree, db):
    agreement, line = agree("block", {"quantity": "10"})
    _, other = agree("block", {"quantity": "1", "name": "Other"})
    url = f"/billing/agreements/{agreement.id}/lines/{line.id}/ledger"
    form = next(form for form in seller.get(url).forms.values() if "kind" in form.fields)
    form["kind"], form["target"], form["quantity"] = "transfer", str(other.id), "4"
    assert "6:00 h left" in form.submit("deed", value="book").follow()
    page = seller.get(f"/billing/agreements/{other.agreement_id}/lines/{other.id}/ledger")
    assert "5:00 h left" in page


def ask(seller, agreement, line):
    page = seller.get(f"/billing/agreements/{agreement.id}/lines/{line.id}/ledger")
    form = next(form for form in page.forms.values() if "more" in form.fields)
    form["more"], form["text"], form["address"] = (
        "3",
        "Finishing the move of your mail.",
        "cfo@client.example",
    )
    form.submit("deed", value="ask").follow()


def link_of(app, db):
    mail = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    return re.search(r"/billing/consent/[A-Za-z0-9_-]{43}", open_words(app.config, mail.body))[0], mail.body


def test_a_customer_agrees_by_a_link_once(app, seller, another, agree, log, boss, db):
    terms = {"quantity": "1", "at_zero": "consent", "overflow_rate": "95"}
    agreement, line = agree("block", terms, notes="INTERNAL-REMARK")
    entry = log("03-02", 150, note_internal="INTERNAL-REMARK")
    reprice(boss, agreement.organization_id)
    assert (entry.blocker, entry.amount) == ("held", 0)
    page_of = f"/billing/agreements/{agreement.id}"
    assert "1:30 h of work since 02 March 2026 wait for the customer's consent" in seller.get(page_of).text
    assert "Nobody is asked at present" in seller.get(page_of)
    ask(seller, agreement, line)
    assert "cfo@client.example was asked on 10 March 2026" in seller.get(page_of)
    link, body = link_of(app, db)
    assert "/billing/consent/" not in body  # sealed: the outbox does not show it
    page = another().get(link)
    assert "At most 3:00 h more, at most 285.00" in page.text.replace("\u00a0", " ")
    assert "INTERNAL-REMARK" not in page
    assert "ticket" not in page.text.lower()
    assert page.form.submit("deed", value="yes", status=422)
    page.form["name"] = "Ina Wolf"
    assert "You agreed on" in page.form.submit("deed", value="yes").follow()
    db.expire_all()
    assert (entry.blocker, entry.amount) == ("", 14_250)
    assert "You agreed on" in page.form.submit("deed", value="no").follow()
    assert db.scalars(select(Consent.state)).all() == ["agreed"]
    assert "Ina Wolf" in seller.get(f"/billing/agreements/{agreement.id}/lines/{line.id}/ledger")


def test_a_question_closes_by_itself(app, seller, another, agree, clock, db):
    agreement, line = agree("block", {"quantity": "1", "at_zero": "consent", "overflow_rate": "95"})
    ask(seller, agreement, line)
    link, _ = link_of(app, db)
    clock.set(datetime(2026, 3, 25, tzinfo=UTC))
    page = another().get(link)
    assert "This question is closed" in page
    assert not page.forms
    another().get("/billing/consent/" + "x" * 43, status=404)


def test_who_lacks_the_right_sees_nothing(agree, make, another, enter):
    agreement, line = agree("block", {"quantity": "1"})
    tech = enter(another(), make.staff("tech"))
    base = f"/billing/agreements/{agreement.id}"
    statement = f"/billing/customer/{agreement.organization_id}/statement"
    for url in (
        "/billing/agreements",
        base,
        f"{base}/modify",
        f"{base}/lines/create",
        f"{base}/lines/{line.id}/ledger",
        statement,
        f"{statement}.pdf",
    ):
        tech.get(url, status=403)


def test_what_is_not_there_is_not_found(seller, agree):
    agreement, _ = agree("block", {"quantity": "1"})
    other, line = agree("fixed_fee", {})
    for url in (
        "/billing/agreements/999999",
        f"/billing/agreements/{agreement.id}/lines/{line.id}",
        f"/billing/agreements/{other.id}/lines/{line.id}/ledger",
        f"/billing/agreements/{agreement.id}/lines/create/nonsense",
        "/billing/customer/999999/statement",
    ):
        seller.get(url, status=404)


def test_prices_rise_and_terms_end_from_the_page(seller, agree, db):
    agreement, _ = agree("recurring_block", {"quantity": "1"}, last_day="2026-12-31", renewal="ask")
    url = f"/billing/agreements/{agreement.id}"

    def do(deed, **values):
        forms = seller.get(url).forms.values()
        form = next(
            each for each in forms if f'value="{deed}"' in each.text and values.keys() <= each.fields.keys()
        )
        for name, value in values.items():
            form[name] = value
        return form.submit("deed", value=deed).follow()

    assert "+3.50 %" in do("rise", rise_on="2026-07-01", rise_percent="3.5")
    assert "+1.52 %" in do("rise", rise_on="2026-08-01", index_before="118.2", index_after="120")
    assert "Give either a percentage or both readings" in do("rise", rise_on="2026-09-01")
    assert "+1.52 %" in do("rise", rise_on="")
    assert "Notice given" in do("notice", noticed_on="2026-03-01")
    assert "is renewed" in do("renew")
    assert "ends after" in do("end", last_day="2026-10-31")
    db.refresh(agreement)
    assert (str(agreement.ends_on), len(agreement.price_rises)) == ("2026-11-01", 2)


def test_each_condition_of_cover_has_a_tick_or_a_cross(seller, agree, log, boss, db):
    remote, travel = WorkType(name="Remote"), WorkType(name="Travel")
    db.add_all([remote, travel])
    db.flush()
    agreement, _ = agree(
        "block", {"quantity": "5", "name": "Remote hours", "condition.work_type": str(remote.id)}
    )
    agree("fixed_fee", {"name": "Ended fee"}, last_day="2026-02-01")
    entry = log("03-02", 60, work_type_id=remote.id)
    other = log("03-02", 60, work_type_id=travel.id)
    reprice(boss, agreement.organization_id)
    page = seller.get(f"/billing/time/{entry.id}/cover")
    assert "covers it" in page
    assert "Kinds of work: Remote" in page
    assert "until 2026-02-02" in page
    other_page = seller.get(f"/billing/time/{other.id}/cover")
    assert "covers it" not in other_page
    assert other_page.text.count(">does not fit<") == 4  # two lines, a condition of each
    seller.get("/billing/time/999999/cover", status=404)
