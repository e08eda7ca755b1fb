"""A firm, a customer and approved work for tests of invoicing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from rtpy.models import Organization, User
from rtpy.work import Work
from rtpy_billing.models import (
    Agreement,
    AgreementLine,
    Customer,
    EntryLine,
    Invoice,
    RateRow,
    Role,
    Seller,
    TaxRateRow,
    WorkEntry,
    WorkType,
)

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
RATE = 9500


class Shop:
    """A firm with one customer, for whom work is done at 95 an hour."""

    def __init__(self, work: Work, make: Any, name: str = "Acme", **of_customer: Any) -> None:
        self.work, self.db, self.make = work, work.db, make
        self.seller = self._seller()
        self.organization: Organization = make.organization(name)
        self.customer = self.known(self.organization, **of_customer)
        self.tech: User = self._tech()
        self.db.flush()

    def _seller(self) -> Seller:
        found = self.db.query(Seller).first()
        if found is not None:
            return found
        seller = Seller(
            name="Nordlicht IT",
            street="Speicherstraße 12",
            postcode="20457",
            city="Hamburg",
            country="DE",
            vat_id="DE123456789",
            registration="HRB 123456",
            email="rechnung@nordlicht.example",
            currency="EUR",
            zone="Europe/Berlin",
            endpoint="DE123456789",
            endpoint_scheme="9930",
            bank_accounts=[{"account": "DE89370400440532013000", "holder": "Nordlicht IT"}],
        )
        rate = TaxRateRow(
            tax_class="standard", place="", category="S", rate=1900, valid_from=date(2020, 1, 1)
        )
        book = RateRow(rung="book", amount=RATE, currency="EUR")
        self.db.add_all([seller, rate, book, WorkType(name="Remote"), Role(name="Engineer")])
        self.db.flush()
        return seller

    def known(self, organization: Organization, **given: Any) -> Customer:
        values: dict[str, Any] = {
            "organization_id": organization.id,
            "currency": "EUR",
            "zone": "Europe/Berlin",
            "seller_id": self.seller.id,
            "street": "Industrieweg 5",
            "postcode": "28195",
            "city": "Bremen",
            "country": "DE",
            "customer_number": "K-1042",
            "email": "rechnungen@acme.example",
            "terms_days": 14,
            "buyer_reference": "R-1",
            "endpoint": "DE987654321",
            "endpoint_scheme": "9930",
        }
        customer = Customer(**{**values, **given})
        self.db.add(customer)
        self.db.flush()
        return customer

    def _tech(self) -> User:
        found = self.db.query(User).filter(User.name == "jo").first()
        return found or self.make.staff("jo", real_name="Jo Fisher")

    def agreement(self, *lines: dict[str, Any], **given: Any) -> Agreement:
        values: dict[str, Any] = {
            "organization_id": self.organization.id,
            "number": f"A-{self.organization.id}-{self.db.query(Agreement).count() + 1}",
            "name": "Care",
            "state": "active",
            "starts_on": date(2026, 3, 1),
            "currency": "EUR",
            "anchor": 1,
            "created": self.work.now,
        }
        agreement = Agreement(**{**values, **given})
        self.db.add(agreement)
        self.db.flush()
        for position, line in enumerate(lines):
            self.db.add(AgreementLine(agreement_id=agreement.id, position=position, **line))
        self.db.flush()
        return agreement

    def entry(
        self,
        minutes: int = 60,
        *,
        day: date = date(2026, 3, 2),
        state: str = "approved",
        outcome: str = "charged",
        rate: int | None = RATE,
        note: str = "",
        ticket_id: int | None = None,
        line: AgreementLine | None = None,
        organization: Organization | None = None,
        **given: Any,
    ) -> WorkEntry:
        """An entry with one priced line, as repricing would have made it."""
        seconds = minutes * 60
        amount = (seconds * (rate or 0) + 1800) // 3600
        entry = WorkEntry(
            organization_id=(organization or self.organization).id,
            worked_by_id=self.tech.id,
            entered_by_id=self.tech.id,
            worked_on=day,
            worked_seconds=seconds,
            billed_seconds=seconds,
            currency="EUR",
            value=amount,
            amount=amount if outcome == "charged" else 0,
            note_customer=note,
            state=state,
            ticket_id=ticket_id,
            agreement_id=line.agreement_id if line else None,
            created=self.work.now,
            updated=self.work.now,
            **given,
        )
        self.db.add(entry)
        self.db.flush()
        self.db.add(
            EntryLine(
                entry_id=entry.id,
                segment=1,
                part=1,
                worked_on=day,
                customer_on=day,
                in_hours=True,
                worked_seconds=seconds,
                billed_seconds=seconds,
                work_type_id=self.db.query(WorkType).first().id,
                role_id=self.db.query(Role).first().id,
                line_id=line.id if line else None,
                rung="book",
                rate=rate,
                charged_rate=rate if outcome == "charged" else None,
                currency="EUR",
                value=amount,
                outcome=outcome,
                amount=amount if outcome == "charged" else 0,
                taken=seconds if outcome == "covered" else 0,
                steps=[],
            )
        )
        self.db.flush()
        return entry


def total(invoices: Iterable[Invoice]) -> str:
    """The total of the only invoice as somebody types it."""
    (invoice,) = invoices
    return f"{invoice.total / 100:.2f}"


def at(day: int, hour: int = 9) -> datetime:
    """An instant in March 2026."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)
