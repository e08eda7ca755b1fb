"""A month's run: drafts for 200 customers by the worker, then each issued, with its PDF and electronic invoice.

Run: `python -m benchmarks.invoice_run` (needs the billing plugin). Each customer has a monthly fee and thirty entries,
listed in an annex. Everything goes through the product's own functions, in transactions of their own.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from common import PASSWORD, arguments, kinds
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.clock import SettableClock
from rtpy.config.config import Config
from rtpy.migrations.run import upgrade
from rtpy.models import Organization
from rtpy.setup import initialise
from rtpy.testing.servers import throwaway_postgres
from rtpy.work import Actor, Face
from rtpy_billing.invoicing.files import pdf_of, ubl_of
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.invoicing.runs import go_on, start_run
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    EntryLine,
    Invoice,
    Role,
    Seller,
    TaxRateRow,
    WorkEntry,
    WorkType,
)

CUSTOMERS = 200
ENTRIES = 30
BUDGET_S = 120
NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
UNTIL = date(2026, 4, 1)
RATE = 9500


def main() -> None:
    """Print seconds for each part, and whether all of it is within the budget."""
    for kind in kinds(arguments(__doc__ or "").parse_args().on):
        with _site(kind) as app:
            root = _load(app)
            print(f"A month for {CUSTOMERS} customers with {ENTRIES} entries each, on {kind}:")
            parts = {
                "drafts": _drafts(app, root),
                "issued": _issue(app, root),
                "PDF and UBL": _files(app, root),
            }
            for name, seconds in parts.items():
                print(f"  {name:<14} {seconds:6.1f} s")
            whole = sum(parts.values())
            print(f"  {'all':<14} {whole:6.1f} s ({'within' if whole <= BUDGET_S else 'OVER'} {BUDGET_S} s)")


@contextmanager
def _site(kind: str) -> Iterator[App]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtpy-bench-")))
        url = f"sqlite:///{home}/rtpy.db"
        if kind == "postgresql":
            home.chmod(0o755)
            url = stack.enter_context(throwaway_postgres(home))
        config = Config.for_tests(home, database__url=url, plugins=["billing"])
        app = App(config, blobs=DatabaseStore(), clock=SettableClock(NOW))
        stack.callback(app.engine.dispose)
        upgrade(app.engine, app.lines)
        initialise(app, PASSWORD)
        yield app


def _load(app: App) -> Actor:
    """Customers with a fee and approved work, straight into the tables."""
    with app.work() as work:
        root = app.actor_named(work.db, "root", Face.WEB)
        seller = Seller(name="Nordlicht IT", street="Kai 1", city="Hamburg", country="DE", currency="EUR")
        seller.vat_id, seller.registration, seller.zone = "DE123456789", "HRB 1", "Europe/Berlin"
        seller.endpoint, seller.endpoint_scheme = "DE123456789", "9930"
        seller.bank_accounts = [{"account": "DE89370400440532013000"}]
        kind, role = WorkType(name="Remote"), Role(name="Engineer")
        rate = TaxRateRow(tax_class="standard", category="S", rate=1900, valid_from=date(2020, 1, 1))
        work.db.add_all([seller, kind, role, rate])
        work.db.flush()
        for number in range(CUSTOMERS):
            _customer(work.db, seller, kind.id, role.id, root.user_id, number)
    return root


def _customer(db: Session, seller: Seller, kind: int, role: int, worker: int, number: int) -> None:
    organization = Organization(name=f"Customer {number:03}", created=NOW)
    db.add(organization)
    db.flush()
    known = Customer(
        organization_id=organization.id, currency="EUR", zone="Europe/Berlin", seller_id=seller.id
    )
    known.street, known.city, known.country, known.is_annexed = f"Weg {number}", "Bremen", "DE", True
    known.buyer_reference, known.endpoint, known.endpoint_scheme = "R-1", "DE987654321", "9930"
    known.grouping = "work_type"
    agreement = Agreement(
        organization_id=organization.id,
        number=f"A-{number:03}",
        name="Care",
        state="active",
        starts_on=date(2026, 3, 1),
        currency="EUR",
        anchor=1,
        created=NOW,
    )
    db.add_all([known, agreement])
    db.flush()
    db.add(AgreementLine(agreement_id=agreement.id, kind="fixed_fee", name="Care", price=25_000))
    for at in range(ENTRIES):
        day, seconds = date(2026, 3, 1) + timedelta(days=at % 28), 900 * (1 + at % 5)
        entry = WorkEntry(
            organization_id=organization.id,
            worked_by_id=worker,
            entered_by_id=worker,
            worked_on=day,
            worked_seconds=seconds,
            billed_seconds=seconds,
            note_customer=f"Looked after server {at}",
            state="approved",
            currency="EUR",
            created=NOW,
            updated=NOW,
        )
        db.add(entry)
        db.flush()
        amount = seconds * RATE // 3600
        line = EntryLine(entry_id=entry.id, segment=1, part=1, worked_on=day, customer_on=day, in_hours=True)
        line.worked_seconds = line.billed_seconds = seconds
        line.work_type_id, line.role_id, line.rate, line.charged_rate = kind, role, RATE, RATE
        line.currency, line.value, line.amount, line.outcome, line.steps = (
            "EUR",
            amount,
            amount,
            "charged",
            [],
        )
        db.add(line)


def _drafts(app: App, root: Actor) -> float:
    began = time.perf_counter()
    with app.work(root) as work:
        start_run(work, UNTIL)
    while go_on(app):
        pass
    return time.perf_counter() - began


def _issue(app: App, root: Actor) -> float:
    began = time.perf_counter()
    with app.work(root) as work:
        ids = [row.id for row in work.db.query(Invoice).order_by(Invoice.id)]
    assert len(ids) == CUSTOMERS, f"{len(ids)} drafts"
    for id_ in ids:
        with app.work(root) as work:
            draft = work.db.get_one(Invoice, id_)
            issue(work, draft, draft.version, f"{draft.total / 100:.2f}")
    return time.perf_counter() - began


def _files(app: App, root: Actor) -> float:
    began = time.perf_counter()
    with app.work(root) as work:
        for invoice in work.db.query(Invoice).order_by(Invoice.id):
            assert pdf_of(work, invoice).content.startswith(b"%PDF")
            assert ubl_of(work, invoice).content
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
