"""The tables of billing: one noun a file, no queries. All begin with `billing_`."""

from rtpy_billing.models.agreement import Agreement, AgreementLine, Consent, MovementRow
from rtpy_billing.models.customer import Customer
from rtpy_billing.models.dismissal import Dismissal, LooseEnd, LooseEndCount, SentReport
from rtpy_billing.models.entry import (
    EntryLine,
    EntryShare,
    Suggestion,
    TicketTerms,
    WorkEntry,
    not_invoiced,
)
from rtpy_billing.models.invoice import (
    Delivery,
    Expense,
    Export,
    ExportedInvoice,
    Invoice,
    InvoiceLine,
    Payment,
    Run,
)
from rtpy_billing.models.rate import RateRow, RoundingRuleRow, SurchargeRow
from rtpy_billing.models.role import CostRate, Role, Worker
from rtpy_billing.models.seller import Seller, Series, TaxRateRow
from rtpy_billing.models.statement import StatementLink, StatementQuestion
from rtpy_billing.models.timer import Timer
from rtpy_billing.models.warning import BalanceWarning
from rtpy_billing.models.work_type import WorkType

__all__ = [
    "Agreement",
    "AgreementLine",
    "BalanceWarning",
    "Consent",
    "CostRate",
    "Customer",
    "Delivery",
    "Dismissal",
    "EntryLine",
    "EntryShare",
    "Expense",
    "Export",
    "ExportedInvoice",
    "Invoice",
    "InvoiceLine",
    "LooseEnd",
    "LooseEndCount",
    "MovementRow",
    "Payment",
    "RateRow",
    "Role",
    "RoundingRuleRow",
    "Run",
    "Seller",
    "SentReport",
    "Series",
    "StatementLink",
    "StatementQuestion",
    "Suggestion",
    "SurchargeRow",
    "TaxRateRow",
    "TicketTerms",
    "Timer",
    "WorkEntry",
    "WorkType",
    "Worker",
    "not_invoiced",
]
