"""Approved work of a customer that stands on no invoice yet, with all that a line of an invoice says about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from rtpy.history.customer_side import kept_among
from rtpy.models import Ticket, User
from rtpy.work import Work
from rtpy_billing.invoicing.unbilled import is_unbilled
from rtpy_billing.models import AgreementLine, EntryLine, Role, SurchargeRow, WorkEntry, WorkType


@dataclass(frozen=True, slots=True)
class Piece:
    """One priced line of an entry, as it can be billed. Nothing internal is in it."""

    line_id: int
    entry_id: int
    agreement_id: int | None
    agreement_line: AgreementLine | None
    day: date
    seconds: int
    rate: int | None
    charged_rate: int | None
    amount: int
    outcome: str
    is_lump: bool
    fee: str
    ticket_id: int | None
    subject: str
    work_type: str
    role: str
    person_id: int
    person: str
    note: str


_PIECES = (
    select(
        EntryLine,
        WorkEntry.ticket_id,
        WorkEntry.worked_by_id,
        WorkEntry.note_customer,
        AgreementLine,
        Ticket.subject,
        WorkType.name.label("work_type"),
        Role.name.label("role"),
        User.real_name,
        User.name.label("login"),
        SurchargeRow.name.label("fee"),
    )
    .join(WorkEntry, WorkEntry.id == EntryLine.entry_id)
    .outerjoin(AgreementLine, AgreementLine.id == EntryLine.line_id)
    .outerjoin(Ticket, Ticket.id == WorkEntry.ticket_id)
    .outerjoin(WorkType, WorkType.id == EntryLine.work_type_id)
    .outerjoin(Role, Role.id == EntryLine.role_id)
    .outerjoin(User, User.id == WorkEntry.worked_by_id)
    .outerjoin(SurchargeRow, SurchargeRow.id == EntryLine.fee_id)
    .where(is_unbilled())
    .order_by(EntryLine.customer_on, EntryLine.entry_id, EntryLine.segment, EntryLine.part)
)


def gather(work: Work, organization_id: int, until: date, currency: str) -> Sequence[Piece]:
    """Everything unbilled that was done before `until` (the customer's date), late work of earlier periods too.

    Two queries. What is kept from customers stands as work without a request. Work that was priced in another currency
    stays where it is: it belongs on an invoice of its own.
    """
    rows = work.db.execute(
        _PIECES.where(
            WorkEntry.organization_id == organization_id,
            EntryLine.customer_on < until,
            EntryLine.currency == currency,
        )
    ).all()
    kept = kept_among(work, {row.ticket_id for row in rows if row.ticket_id is not None})
    return [
        Piece(
            line.id,
            line.entry_id,
            agreement_line.agreement_id if agreement_line else None,
            agreement_line,
            line.customer_on,
            line.billed_seconds,
            line.rate,
            line.charged_rate,
            line.amount,
            line.outcome,
            line.is_lump,
            fee or "",
            None if ticket_id in kept else ticket_id,
            subject or "" if ticket_id not in kept else "",
            work_type or "",
            role or "",
            person_id,
            real_name or login or "",
            note.strip(),
        )
        for line, ticket_id, person_id, note, agreement_line, subject, work_type, role, real_name, login, fee in rows
    ]
