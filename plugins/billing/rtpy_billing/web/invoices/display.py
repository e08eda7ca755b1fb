"""One document: a draft that can be changed and issued, or what was issued with its delivery and payments."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Conflict, Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import beside
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.documents.electronic import problems as electronic_problems
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.delivering import deliver_by_hand
from rtpy_billing.invoicing.drafts import discard_draft, refresh_draft
from rtpy_billing.invoicing.issuing import issue, issued_total
from rtpy_billing.invoicing.leaks import leaks_of
from rtpy_billing.invoicing.line_changes import save_head
from rtpy_billing.invoicing.payments import credited_of, note_payment, open_amount
from rtpy_billing.invoicing.previewing import preview
from rtpy_billing.invoicing.remarks import remarks_of
from rtpy_billing.invoicing.staleness import stale_lines
from rtpy_billing.models import Agreement, Invoice
from rtpy_billing.money import plain, shown
from rtpy_billing.rights import ISSUE_INVOICES, SEE_MONEY
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.invoices.pages import crumbs, find_invoice, version_of
from rtpy_billing.web.invoices.rows import state_of, title_of
from rtpy_billing.web.invoices.shown import (
    deliveries_of,
    discount_links,
    facts_of,
    line_row,
    payments_of,
    totals_of,
)


@view_config(
    route_name="billing.invoices.display",
    request_method="GET",
    renderer="billing/invoices/display.pt",
    permission=SEE_MONEY,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """A bounded number of queries, however many lines it has."""
    return _page(request, find_invoice(request), {}, {})


@view_config(
    route_name="billing.invoices.display",
    request_method="POST",
    renderer="billing/invoices/display.pt",
    permission=ISSUE_INVOICES,
)
def change(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: issue, save, refresh, discard; and for what is issued by_hand and pay."""
    invoice, given = find_invoice(request), texts_of(request)
    try:
        with request.db.begin_nested():
            where = _do(request, invoice, given)
    except Invalid as invalid:
        request.db.expire_all()
        request.response.status_int = 422
        return _page(request, find_invoice(request), given, problems_of(invalid))
    except (Conflict, Refused) as refused:
        request.flash(str(refused), "bad")
        where = request.route_path("billing.invoices.list") if "thrown away" in str(refused) else request.path
    return HTTPSeeOther(where)


def _do(request: Request, invoice: Invoice, given: Mapping[str, str]) -> str:
    work, deed, here = request.work, given.get("deed", ""), request.path
    if deed == "issue":
        issue(work, invoice, version_of(given), given.get("confirmed", ""))
        request.flash(f"{title_of(invoice)} is issued. Deliver it now.")
    elif deed == "save":
        save_head(work, invoice, given, version_of(given))
        request.flash("Saved.")
    elif deed == "refresh":
        refresh_draft(work, invoice)
        request.flash("The work was gathered anew.")
    elif deed == "discard":
        discard_draft(work, invoice)
        request.flash("The draft is gone; its work is unbilled again.")
        here = request.route_path("billing.invoices.list")
    elif deed == "by_hand":
        deliver_by_hand(work, invoice, given.get("how", ""))
        request.flash("Noted.")
    elif deed == "pay":
        note_payment(work, invoice, given)
        request.flash("The payment is noted.")
    else:
        raise Refused("That is nothing that can be done here.")
    return here


def _page(
    request: Request, invoice: Invoice, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    work, path = request.work, request.route_path
    is_draft = invoice.state == "draft"
    seen = preview(work, invoice) if is_draft else None
    snapshot = seen.snapshot if seen is not None else Snapshot.from_json(invoice.snapshot or {})
    state, tone = state_of(invoice, work.now.date())
    may = work.rights.system(ISSUE_INVOICES)
    values: dict[str, object] = {
        "crumbs": crumbs(request),
        "title": title_of(invoice),
        "is_draft": is_draft,
        "is_invoice": invoice.kind == "invoice",
        "state": state,
        "tone": tone,
        "customer": snapshot.buyer.name,
        "customer_url": path("billing.customer.display", id=invoice.organization_id),
        "facts": facts_of(request, invoice, snapshot),
        "lines": [
            line_row(request, invoice, snapshot, line, editable=is_draft and may) for line in snapshot.lines
        ],
        "totals": totals_of(snapshot),
        "discounts": discount_links(request, seen.lines if seen else (), invoice, may=may),
        "note": invoice.note,
        "problems": [
            (f"field-{name}" if name in ("confirmed",) else None, text) for name, text in wrong.items()
        ],
        "blocking": [problem.message for problem in seen.problems] if seen else [],
        "warnings": _warnings(request, invoice, snapshot) if is_draft else [],
        "version": invoice.version,
        "may": may,
        "post_url": path("billing.invoices.display", id=invoice.id),
        "pdf_url": path("billing.invoices.pdf", id=invoice.id),
        "xml_url": None if is_draft else path("billing.invoices.xml", id=invoice.id),
        "credits_url": path("billing.invoices.display", id=invoice.credits_id)
        if invoice.credits_id
        else None,
    }
    return {
        **values,
        **(_draft(request, invoice, given, wrong) if is_draft else _issued(request, invoice, given, wrong)),
    }


def _draft(
    request: Request, invoice: Invoice, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    typed = {"note": invoice.note, "purchase_order": invoice.purchase_order, **given}
    f = Fields(typed)
    return {
        "add_url": path("billing.invoices.line", id=invoice.id, line=0),
        "head_fields": (
            f.text("purchase_order", "Purchase order"),
            f.area("note", "Note for the customer", rows=2),
        ),
        "confirmed": Field(
            "confirmed",
            "Type the total to issue it",
            given.get("confirmed", ""),
            hint=f"It is {shown(invoice.total, invoice.currency)}. Then nothing of it can be changed"
            + (", only credited." if invoice.kind == "invoice" else "."),
            error=wrong.get("confirmed", ""),
            required=True,
            autocomplete="off",
        ),
    }


def _issued(
    request: Request, invoice: Invoice, given: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, object]:
    work, path = request.work, request.route_path
    is_invoice = invoice.kind == "invoice"
    left = open_amount(work, invoice) if is_invoice else 0
    typed = {"amount": plain(left, invoice.currency), "paid_on": work.now.date().isoformat(), **given}
    f = Fields(typed)
    fields = (
        f.text("amount", f"Amount in {invoice.currency}", required=True),
        f.text("paid_on", "Came in on", kind="date", required=True),
        f.text("reference", "Reference"),
    )
    notes = request.db.scalars(
        select(Invoice).where(Invoice.credits_id == invoice.id).order_by(Invoice.id)
    ).all()
    return {
        "deliver_url": path("billing.invoices.deliver", id=invoice.id),
        "credit_url": path("billing.invoices.credit", id=invoice.id)
        if is_invoice and invoice.state == "issued"
        else None,
        "deliveries": deliveries_of(request, invoice),
        "payments": payments_of(request, invoice),
        "left": shown(left, invoice.currency) if left > 0 else "",
        "paid": shown(invoice.paid, invoice.currency) if invoice.paid else "",
        "credited": shown(credited_of(work, invoice), invoice.currency) if notes else "",
        "notes": [
            (title_of(note), path("billing.invoices.display", id=note.id), note.state) for note in notes
        ],
        "pay_fields": beside(fields, wrong),
        "lacking": [
            problem.message for problem in electronic_problems(Snapshot.from_json(invoice.snapshot or {}))
        ],
    }


def _warnings(request: Request, invoice: Invoice, snapshot: Snapshot) -> list[str]:
    """What does not keep it from being issued, but should be looked at."""
    work, db = request.work, request.db
    said = [leak.sentence for leak in leaks_of(db, invoice, snapshot)]
    if invoice.kind == "invoice":
        said += remarks_of(db, invoice)
        stale = stale_lines(db, invoice)
        if stale:
            numbers = ", ".join(str(position) for position in stale)
            said.append(f"The work behind line {numbers} is priced otherwise by now: gather the work anew.")
    agreement = db.get(Agreement, invoice.agreement_id) if invoice.agreement_id else None
    limit = agreement.purchase_order_limit if agreement else None
    if limit is not None and invoice.purchase_order and invoice.kind == "invoice":
        billed = issued_total(work, invoice.purchase_order, invoice.organization_id) + snapshot.totals.net
        if billed > limit:
            said.append(
                f"The purchase order {invoice.purchase_order} is good for {shown(limit, invoice.currency)}; with this "
                f"invoice it comes to {shown(billed, invoice.currency)}."
            )
    said += [f"Electronic invoice: {problem.message}" for problem in electronic_problems(snapshot)]
    return said
