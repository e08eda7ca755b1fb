"""Changing a line of a draft, adding one (number 0), taking one off."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid, NotFound, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.invoicing.line_changes import MANUAL, UNITS, find_line, remove_line, save_line, typed_line
from rtpy_billing.models import Invoice, InvoiceLine
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.setting_up.tax_rates import tax_classes
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.invoices.pages import find_invoice, form_page, version_of


@view_config(
    route_name="billing.invoices.line",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def show_line(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    invoice = _draft(request)
    line = _line(request, invoice)
    return _form(request, invoice, line, typed_line(line, invoice.currency))


@view_config(
    route_name="billing.invoices.line",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed`: save or remove."""
    invoice = find_invoice(request)
    line, given = _line(request, invoice), texts_of(request)
    version = version_of({"version": request.GET.get("version", "")})
    back = request.route_path("billing.invoices.display", id=invoice.id)
    try:
        with request.db.begin_nested():
            if given.get("deed") == "remove" and line is not None:
                remove_line(request.work, invoice, line, version)
            else:
                save_line(request.work, invoice, line, given, version)
    except Invalid as invalid:
        return _form(request, invoice, line, given, problems_of(invalid))
    except (Conflict, Refused) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash("The draft is changed.")
    return HTTPSeeOther(back)


def _draft(request: Request) -> Invoice:
    invoice = find_invoice(request)
    if invoice.state != "draft":
        raise Refused("What is issued is never changed: credit it.")
    return invoice


def _line(request: Request, invoice: Invoice) -> InvoiceLine | None:
    number = int(request.matchdict["line"])
    if not number:
        return None
    try:
        return find_line(request.work, invoice, number)
    except NotFound as gone:
        raise HTTPNotFound() from gone


def _form(
    request: Request,
    invoice: Invoice,
    line: InvoiceLine | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f = Fields(given)
    own = (
        f.text("quantity", "Quantity", required=True),
        f.choice("unit", "Unit", UNITS),
        f.text(
            "unit_price",
            f"Price of one in {invoice.currency}",
            "Below nought takes something off.",
            required=True,
        ),
    )
    classes = {name: name for name in tax_classes(request.db)}
    fields = (
        f.area("text", "Text", "What the customer reads; from the second line on details.", 4),
        f.text("heading", "Heading", "Lines with the same heading stand together."),
        *(own if line is None or line.source == MANUAL else ()),
        f.text("discount", "Discount in percent"),
        f.text("discount_reason", "Reason of the discount"),
        f.choice("tax_class", "Tax class", classes),
    )
    number = 0 if line is None else line.id
    return form_page(
        request,
        title="New line" if line is None else "Change the line",
        intro=""
        if line is None or line.source == MANUAL
        else "Quantity and price come from the work or agreement "
        "behind it: change them there, then gather the draft anew.",
        post_url=request.route_path(
            "billing.invoices.line", id=invoice.id, line=number, _query={"version": invoice.version}
        ),
        sections=(Section("The line", fields),),
        problems=problems,
        buttons=(SAVE,) if line is None else (SAVE, Button("Take it off", "remove", "danger")),
        invoice=invoice,
    )
