"""The tables that can be made, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables import bundle, datev, iif, own, quickbooks_online, sage, xero
from rtpy_billing.documents.tables.books import Books, Table


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One format: its name, what people call it, and how it is written."""

    name: str
    label: str
    write: Callable[[Sequence[Snapshot], Books], Table]
    media_type: str = "text/csv"


FORMATS = {
    one.name: one
    for one in (
        TableFormat("csv", "CSV (all columns)", own.write),
        TableFormat("xero", "Xero (sales invoices)", xero.write),
        TableFormat("quickbooks", "QuickBooks Online", quickbooks_online.write),
        TableFormat("iif", "QuickBooks Desktop (IIF)", iif.write, "text/plain"),
        TableFormat("sage", "Sage 50 (audit trail)", sage.write),
        TableFormat("datev", "DATEV (EXTF, Buchungsstapel)", datev.write),
        TableFormat("ubl", "Electronic invoices (UBL, zipped)", bundle.write, "application/zip"),
    )
}
