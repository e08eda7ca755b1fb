"""Bringing a document to the customer by mail; its files to download."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Button, Section
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.invoicing.delivering import deliver_by_mail, usual_letter
from rtpy_billing.invoicing.files import DocumentFile, pdf_of, ubl_of
from rtpy_billing.models import Invoice
from rtpy_billing.rights import ISSUE_INVOICES, SEE_MONEY
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.invoices.pages import find_invoice, form_page


@view_config(
    route_name="billing.invoices.deliver",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The usual mail in the customer's language, to be changed."""
    invoice = find_invoice(request)
    if invoice.state == "draft":
        raise Refused("A draft is not delivered: issue it first.")
    letter = usual_letter(request.work, invoice)
    return _form(
        request, invoice, {"address": letter.address, "subject": letter.subject, "text": letter.text}
    )


@view_config(
    route_name="billing.invoices.deliver",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def send(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The mail waits to be sent when this answers."""
    invoice, given = find_invoice(request), texts_of(request)
    try:
        with request.db.begin_nested():
            deliver_by_mail(request.work, invoice, given)
    except Invalid as invalid:
        return _form(request, invoice, given, problems_of(invalid))
    request.flash(f"The mail to {given.get('address', '')} is on its way.")
    return HTTPSeeOther(request.route_path("billing.invoices.display", id=invoice.id))


@view_config(route_name="billing.invoices.pdf", request_method="GET", permission=SEE_MONEY)
def download_pdf(resource: SystemResource, request: Request) -> Response:
    """The PDF; of a draft one that says that it is a preview."""
    return _download(pdf_of(request.work, find_invoice(request)))


@view_config(route_name="billing.invoices.xml", request_method="GET", permission=SEE_MONEY)
def download_xml(resource: SystemResource, request: Request) -> Response:
    """The electronic invoice, or what it lacks."""
    try:
        return _download(ubl_of(request.work, find_invoice(request)))
    except Invalid as invalid:
        raise Refused(str(invalid)) from invalid


def _download(file: DocumentFile) -> Response:
    response = Response(file.content, content_type=file.type)
    response.content_disposition = f'attachment; filename="{file.name}"'
    return response


def _form(
    request: Request, invoice: Invoice, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f = Fields(given)
    fields = (
        f.text("address", "To", "Several addresses between commas.", required=True),
        f.text("subject", "Subject", required=True),
        f.area("text", "Text", rows=8),
    )
    return form_page(
        request,
        title=f"Deliver {invoice.number}",
        intro="The PDF goes along, and the electronic invoice where nothing is missing for it.",
        post_url=request.route_path("billing.invoices.deliver", id=invoice.id),
        sections=(Section("The mail", fields),),
        problems=problems,
        buttons=(Button("Send it", "send", "primary"),),
        invoice=invoice,
    )
