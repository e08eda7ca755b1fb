"""Invoices and credit notes: drafts, what is open, overdue, all."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.forms import Field
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in
from rtpy_billing.models import Invoice
from rtpy_billing.rights import ISSUE_INVOICES, SEE_MONEY
from rtpy_billing.web.invoices.rows import show_invoice

PER_PAGE = 50
TABS = {
    "draft": "Drafts",
    "undelivered": "Not delivered",
    "open": "Open",
    "overdue": "Overdue",
    "all": "All",
}


def is_open() -> ColumnElement[bool]:
    """Issued invoices that are not paid."""
    return and_(Invoice.kind == "invoice", Invoice.state == "issued", Invoice.paid_on.is_(None))


@view_config(
    route_name="billing.invoices.list",
    request_method="GET",
    renderer="billing/invoices/list.pt",
    permission=SEE_MONEY,
)
def list_invoices(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?show=` one of the tabs, `?customer=`, `?q=` words of number or customer. Two queries."""
    given, page = request.GET, asked_page(request)
    today = request.work.now.date()
    clauses = {
        "draft": Invoice.state == "draft",
        "undelivered": and_(Invoice.state != "draft", Invoice.delivery.in_(("", "failed"))),
        "open": is_open(),
        "overdue": and_(is_open(), Invoice.due_on < today),
        "all": true(),
    }
    columns = [func.sum(case((clause, 1), else_=0)) for clause in clauses.values()]
    counts = dict(zip(clauses, request.db.execute(select(*columns)).one(), strict=True))
    asked = given.get("show", "")
    tab = asked if asked in clauses else "all" if given.get("customer") or not counts["draft"] else "draft"
    customer = number_in(given.get("customer", ""))
    words = " ".join(given.get("q", "").replace("\x00", "").split())[:100]
    query = (
        select(Invoice, Organization.name)
        .join(Organization, Organization.id == Invoice.organization_id)
        .where(clauses[tab])
        .order_by(Invoice.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    if customer is not None:
        query = query.where(Invoice.organization_id == customer)
    for word in words.split()[:5]:
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in (Invoice.number, Organization.name)))
        )
    rows = request.db.execute(query).all()
    path = request.route_path
    kept = {"customer": str(customer)} if customer is not None else {}
    may = resource.allows(ISSUE_INVOICES)
    return {
        "crumbs": (Link("Home", path("home")),),
        "tabs": tuple(
            Link(
                label,
                path("billing.invoices.list", _query={**kept, "show": name}),
                name == tab,
                counts[name] or 0,
            )
            for name, label in TABS.items()
        ),
        "show": tab,
        "kept": kept,
        "words": Field("q", "Find", words, "search", required=True),
        "rows": [show_invoice(request, invoice, name) for invoice, name in rows[:PER_PAGE]],
        "list_url": path("billing.invoices.list"),
        "prepare_url": path("billing.invoices.prepare") if may else None,
        "payments_url": path("billing.invoices.payments") if may else None,
        "next_url": path("billing.invoices.list", _query={**given, "page": page + 1})
        if len(rows) > PER_PAGE
        else None,
    }
