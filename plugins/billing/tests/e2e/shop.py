"""A small firm on the first day of the month that a test plays: people, rates, two customers and their requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.config import Config
from rtpy.identity.sessions import start_session
from rtpy.models import Organization, Ticket
from rtpy.testing.people import Factory
from rtpy.testing.running import RunningSite
from rtpy.work import Face, Work
from rtpy_billing.agreements.states import activate
from rtpy_billing.capture.entries import log_work
from rtpy_billing.capture.submitting import submit_days
from rtpy_billing.capture.values import Given
from rtpy_billing.invoicing.approval import approve_billing, approve_time
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    RateRow,
    Role,
    Seller,
    Series,
    TaxRateRow,
    Worker,
    WorkType,
)
from rtpy_billing.money import plain
from rtpy_billing.periods.period import Period
from rtpy_billing.rights import RIGHTS
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.mailing import send_statement

HOUR = 3600
CLINIC, SCHOOL = "Harbour Clinic", "Meadow School"
SECRET = "xyzzy-never-for-customers"
"""Stands in a note for ourselves and in a comment: no customer may ever read it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the browser needs: session cookies by login, numbers of requests, of customers, of the block."""

    cookies: dict[str, str]
    hot: int
    laptops: int
    advert: int
    clinic: int
    school: int
    agreement: int
    line: int


def open_shop(site: RunningSite) -> Opened:
    """Set everything up in the database of a site that was not started yet."""
    with _work(site) as work:
        return _open(work, Factory(work.app, work.db))


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, the total to type, and the number that comes next in the series of invoices."""

    id: int
    total: str
    next_number: int


def draft_one(site: RunningSite, shop: Opened) -> Drafted:
    """An hour of the lead's for the school, approved and drafted."""
    with _work(site) as system:
        mira = system.app.actor_named(system.db, "mira", Face.WEB)
        work, today = system.as_actor(mira), system.now.date()
        given = Given(
            worked_by_id=mira.user_id,
            worked_on=today,
            seconds=HOUR,
            organization_id=shop.school,
            note_customer="Advice",
        )
        entry = log_work(work, given).entry
        submit_days(work, mira.user_id, today, today + timedelta(days=1))
        work.db.refresh(entry)
        approve_time(work, {entry.id: entry.version})
        approve_billing(work, {entry.id: entry.version})
        school = work.db.get_one(Organization, shop.school)
        (draft,) = prepare_drafts(work, school, today + timedelta(days=1))
        following = work.db.query(Series.next_number).filter_by(kind="invoice", year=today.year).scalar()
        return Drafted(draft.id, plain(draft.total, draft.currency), following)


def mail_statement(site: RunningSite, shop: Opened) -> None:
    """Give the clinic the statement of the last days into the outbox, as its schedule would."""
    with _work(site) as work:
        today = work.now.date()
        days = Period(today - timedelta(days=30), today + timedelta(days=1))
        customer = work.db.get_one(Customer, shop.clinic)
        send_statement(work, customer, build_statement(work, shop.clinic, days))


@contextmanager
def _work(site: RunningSite) -> Iterator[Work]:
    app = App(Config.for_tests(site.home, plugins=["billing"]), blobs=DatabaseStore())
    try:
        with app.work() as work:
            yield work
    finally:
        app.engine.dispose()


def _open(work: Work, make: Factory) -> Opened:
    clinic, school = make.organization(CLINIC, "clinic.example"), make.organization(SCHOOL, "school.example")
    first = work.now.date() - timedelta(days=60)
    seller = _firm(work, first)
    mira = make.staff("mira", real_name="Mira Adler")
    make.grant(mira, *RIGHTS)
    techs = [
        make.staff(name, real_name=full)
        for name, full in (("tom", "Tom Bauer"), ("aylin", "Aylin Demir"), ("jonas", "Jonas Kern"))
    ]
    role = work.db.query(Role).filter(Role.name == "Engineer").one()
    for tech in techs:
        make.grant(tech, "LogTime")
        work.db.add(Worker(user_id=tech.id, role_id=role.id))
    for number, organization in enumerate((clinic, school), 1):
        _customer(work, organization, seller, number, mira.id)
    line = _block(work, clinic, first)
    _by_time(work, school, first)
    hot = _asked(work, make, clinic, "The server room is hot", "ann@clinic.example")
    laptops = _asked(work, make, school, "Laptops of class 4b", "bea@school.example")
    advert = _asked(work, make, school, "Toner at half the price!", "bea@school.example")
    given = {
        "worked_by_id": techs[0].id,
        "worked_on": work.now.date() - timedelta(days=2),
        "seconds": 90 * 60,
        "note_customer": "New fans ordered",
        "note_internal": f"They nearly forgot to pay last time: {SECRET}",
    }
    log_work(work, Given(ticket=hot, **given))
    cookies = {
        person.name: start_session(work.db, person.id, now=work.now, days=1) for person in (mira, *techs)
    }
    return Opened(cookies, hot.id, laptops.id, advert.id, clinic.id, school.id, line.agreement_id, line.id)


def _firm(work: Work, first: date) -> Seller:
    """Who bills, in one currency with one rate and one tax."""
    seller = Seller(
        name="Nordlicht IT",
        legal_name="Nordlicht IT GmbH",
        street="Speicherstraße 12",
        postcode="20457",
        city="Hamburg",
        country="DE",
        vat_id="DE123456788",
        registration="HRB 123456",
        contact="Mira Adler",
        phone="+49 40 555 010",
        email="invoices@nordlicht.example",
        currency="EUR",
        zone="UTC",
        endpoint="DE123456788",
        endpoint_scheme="9930",
        bank_accounts=[{"account": "DE89370400440532013000", "holder": "Nordlicht IT GmbH"}],
    )
    work.db.add(seller)
    work.db.flush()
    for kind, letter in (("invoice", "R"), ("credit_note", "G")):
        for year in (
            work.now.year,
            work.now.year + 1,
        ):  # a test may run at midnight on the last day of the year
            pattern = letter + "-{number:04}"
            work.db.add(Series(seller_id=seller.id, kind=kind, year=year, pattern=pattern, next_number=1))
    work.db.add_all(
        [
            TaxRateRow(
                tax_class="standard", place="DE", category="S", rate=1900, valid_from=date(2020, 1, 1)
            ),
            RateRow(rung="book", amount=9500, currency="EUR"),
            WorkType(name="Remote", sort_order=1),
            WorkType(name="On site", sort_order=2, is_on_site=True),
            Role(name="Engineer", sort_order=1),
        ]
    )
    work.db.flush()
    return seller


def _customer(work: Work, organization: Organization, seller: Seller, number: int, owner_id: int) -> None:
    short = organization.name.split()[1].lower()
    work.db.add(
        Customer(
            organization_id=organization.id,
            currency="EUR",
            zone="UTC",
            seller_id=seller.id,
            customer_number=f"K{number}",
            street=f"Industrieweg {number}",
            postcode="28195",
            city="Bremen",
            country="DE",
            email=f"bills@{short}.example",
            terms_days=14,
            buyer_reference=f"Ref {number}",
            endpoint=f"DE98765432{number}",
            endpoint_scheme="9930",
            account_owner_id=owner_id,
            statement_detail="entries",
        )
    )
    work.db.flush()


def _block(work: Work, organization: Organization, first: date) -> AgreementLine:
    """Two hours that were paid for; more only with the customer's consent, at 120 an hour."""
    agreement = Agreement(
        organization_id=organization.id,
        number="A-1",
        name="Prepaid support",
        starts_on=first,
        currency="EUR",
        anchor=1,
        created=work.now,
    )
    work.db.add(agreement)
    work.db.flush()
    line = AgreementLine(
        agreement_id=agreement.id,
        position=1,
        kind="block",
        name="Two hours",
        price=20000,
        quantity=2 * HOUR,
        overflow_rate=12000,
        at_zero="consent",
        low_water=HOUR // 2,
    )
    work.db.add(line)
    work.db.flush()
    activate(work, agreement, confirmed=True)
    return line


def _by_time(work: Work, organization: Organization, first: date) -> None:
    agreement = Agreement(
        organization_id=organization.id,
        number="A-2",
        name="Work by time",
        starts_on=first,
        currency="EUR",
        anchor=1,
        grouping="entry",
        created=work.now,
    )
    work.db.add(agreement)
    work.db.flush()
    work.db.add(AgreementLine(agreement_id=agreement.id, position=1, kind="time_materials", name="By time"))
    work.db.flush()
    activate(work, agreement, confirmed=True)


def _asked(work: Work, make: Factory, organization: Organization, subject: str, requestor: str) -> Ticket:
    """A request that came yesterday, which nobody has seen yet."""
    ticket = make.ticket(subject, requestor=requestor, text=f"Dear all, {subject.lower()}. Please help.")
    ticket.organization_id = organization.id
    ticket.created -= timedelta(days=1)
    work.db.flush()
    return ticket
