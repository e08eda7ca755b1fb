"""What somebody should look at on a draft before it is issued: quantities whose source was not asked in time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.invoicing.due import units_of
from rtpy_billing.models import AgreementLine, Invoice, InvoiceLine

PERIOD = "period "


def remarks_of(db: Session, invoice: Invoice) -> tuple[str, ...]:
    """A sentence for each line by the unit whose source was silent: the last good count stands there. One query."""
    rows = db.execute(
        select(AgreementLine, InvoiceLine.bills)
        .join(InvoiceLine, InvoiceLine.agreement_line_id == AgreementLine.id)
        .where(InvoiceLine.invoice_id == invoice.id, AgreementLine.kind == LineKind.PER_UNIT.value)
        .order_by(InvoiceLine.position)
    )
    found = (
        units_of(line, LineKind.PER_UNIT, date.fromisoformat(bills.removeprefix(PERIOD)))[1]
        for line, bills in rows
        if bills.startswith(PERIOD)
    )
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))
