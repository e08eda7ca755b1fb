"""The files of a document: PDF and electronic invoice, from the frozen snapshot or from a preview."""

from dataclasses import dataclass

from rtpy.errors import Invalid
from rtpy.work import Work
from rtpy_billing.documents import pdf, ubl
from rtpy_billing.documents.electronic import problems
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.previewing import preview
from rtpy_billing.models import Invoice, Seller

PDF, XML = "application/pdf", "application/xml"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """Bytes with a name and a type."""

    name: str
    type: str
    content: bytes


def snapshot_of(work: Work, invoice: Invoice) -> Snapshot:
    """As it was issued; of a draft as it would be issued today, without a number."""
    if invoice.snapshot is not None:
        return Snapshot.from_json(invoice.snapshot)
    return preview(work, invoice).snapshot


def pdf_of(work: Work, invoice: Invoice) -> DocumentFile:
    """The PDF; that of a draft says on each page that it is a preview."""
    seller = work.db.get_one(Seller, invoice.seller_id)
    logo = pdf.Logo(seller.logo) if seller.logo else None
    return DocumentFile(_name(invoice, "pdf"), PDF, pdf.render(snapshot_of(work, invoice), logo))


def ubl_of(work: Work, invoice: Invoice) -> DocumentFile:
    """The electronic invoice (Peppol BIS Billing 3). Raises Invalid for a draft, and for what it lacks."""
    snapshot = snapshot_of(work, invoice)
    lacking = problems(snapshot)
    if lacking:
        raise Invalid(*lacking)
    return DocumentFile(_name(invoice, "xml"), XML, ubl.render(snapshot))


def files_for_mail(work: Work, invoice: Invoice) -> tuple[DocumentFile, ...]:
    """The PDF, and the electronic invoice where nothing is missing for it."""
    files = [pdf_of(work, invoice)]
    if not problems(snapshot_of(work, invoice)):
        files.append(ubl_of(work, invoice))
    return tuple(files)


def _name(invoice: Invoice, ending: str) -> str:
    kind = "invoice" if invoice.kind == "invoice" else "credit-note"
    if invoice.number is None:
        return f"preview-{kind}-{invoice.id}.{ending}"
    return f"{kind}-{''.join(sign if sign.isalnum() else '-' for sign in invoice.number)}.{ending}"
