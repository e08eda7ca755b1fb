"""Entering and changing an expense, a trip or a part; its receipt."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Conflict, Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import files_of, number_in, problems_of, texts_of
from rtpy_billing.invoicing.expenses import (
    DRAFT,
    KINDS,
    MODES,
    RECEIPT,
    TRAVEL,
    delete_expense,
    save_expense,
    typed_expense,
)
from rtpy_billing.models import Expense
from rtpy_billing.rights import APPROVE_BILLING, LOG_TIME_FOR_OTHERS, SEE_MONEY
from rtpy_billing.setting_up.tax_rates import tax_classes
from rtpy_billing.web.fields import Fields

MOST = 2000
SEEING = (LOG_TIME_FOR_OTHERS, SEE_MONEY, APPROVE_BILLING)


@view_config(
    route_name="billing.expenses.create", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
@view_config(
    route_name="billing.expenses.modify", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def show_expense(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values; for a new one the ticket that the address names."""
    row = _expense(request)
    given = typed_expense(request.work, row)
    if row is None and number_in(request.GET.get("ticket", "")) is not None:
        given["ticket"] = request.GET["ticket"]
    return _form(request, row, given)


@view_config(
    route_name="billing.expenses.create", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
@view_config(
    route_name="billing.expenses.modify", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: save or delete."""
    row, given = _expense(request), texts_of(request)
    back = request.route_path("billing.expenses.list")
    try:
        if row is not None and given.get("deed") == "delete":
            delete_expense(request.work, row)
            request.flash("The expense is gone.")
            return HTTPSeeOther(back)
        files = files_of(request, "receipt")
        receipt = (files[0].filename, files[0].data) if files else None
        version = number_in(request.GET.get("version", ""))
        saved = save_expense(request.work, row, given, receipt, version)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    except (Conflict, Refused) as refused:
        return _form(request, row, given, {"": str(refused)})
    request.flash("The expense is saved.")
    for remark in saved.remarks:
        request.flash(remark, "warn")
    return HTTPSeeOther(back)


@view_config(route_name="billing.expenses.receipt", request_method="GET", permission=STAFF)
def show_receipt(resource: SystemResource, request: Request) -> Response:
    """The receipt as a download; its kind was read from its bytes when it came."""
    row = _expense(request)
    if row is None or row.receipt is None:
        raise HTTPNotFound()
    response = Response(row.receipt, content_type=row.receipt_type)
    response.content_disposition = f'attachment; filename="receipt-{row.id}{_ending(row.receipt_type)}"'
    return response


def _ending(kind: str) -> str:
    return {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}.get(kind, "")


def _expense(request: Request) -> Expense | None:
    if "id" not in request.matchdict:
        return None
    found: Expense | None = request.db.get(Expense, int(request.matchdict["id"]))
    rights = request.work.rights
    own = found is not None and found.user_id == request.work.actor.user_id
    if found is None or not (own or any(rights.system(right) for right in SEEING)):
        raise HTTPNotFound()
    return found


def _form(
    request: Request, row: Expense | None, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    query = {"version": row.version} if row is not None else None
    url = (
        path("billing.expenses.create")
        if row is None
        else path("billing.expenses.modify", id=row.id, _query=query)
    )
    customers = request.db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.disabled.is_(False))
        .order_by(Organization.name)
        .limit(MOST)
    ).all()
    has = f" There is one: {row.receipt_name}." if row is not None and row.receipt_name else ""
    sections = (
        Section(
            "What it was",
            (
                f.choice("kind", "Kind", KINDS),
                f.choice(
                    "travel", "Travel", TRAVEL, "Only for travel. Time on the way is logged as work instead."
                ),
                f.text("ticket", "Ticket", "Its number; the customer is the ticket's.", "number"),
                f.one_of(
                    "organization", "Customer", [(each.id, each.name) for each in customers], "By the ticket"
                ),
                f.text("spent_on", "Day", kind="date", required=True),
                f.area("text", "Text", "The customer reads it.", 2),
                f.text("serial", "Serial number", "Only for parts."),
                f.area("note_internal", "Internal note", "Never leaves the house.", 2),
            ),
        ),
        Section(
            "Money",
            (
                f.text("quantity", "Quantity", "Pieces, kilometres, or 1 for a zone.", required=True),
                f.currency(),
                f.text("cost", "What one cost us", "Without tax."),
                f.text(
                    "price",
                    "Price of one",
                    "Without tax; for distance of a kilometre, for a zone its fee.",
                ),
                f.choice("tax_class", "Tax class", {name: name for name in tax_classes(request.db)}),
                f.choice("charge_mode", "Charge", MODES),
                f.box("reimburse", "I paid it myself and want it back"),
                Field("receipt", "Receipt", kind="file", hint=RECEIPT + has),
            ),
        ),
    )
    may_change = row is None or row.state == DRAFT
    delete = (Button("Delete", "delete", "danger"),) if row is not None else ()
    return {
        **form_values(
            request,
            title="New expense" if row is None else f"Expense {row.id}",
            intro="" if may_change else "It is approved or billed, so nothing of it can be changed here.",
            post_url=url,
            sections=sections,
            problems=problems,
            buttons=(SAVE, *delete) if may_change else (),
        ),
        "crumbs": (Link("Home", path("home")), Link("Expenses", path("billing.expenses.list"))),
    }
