"""Payments from a bank's file."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Button, Section
from rtpy.web.forms import Field
from rtpy.web.staff.forms import files_of, problems_of
from rtpy_billing.invoicing.payments import import_payments
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.web.invoices.pages import form_page

SHOWN = 8


@view_config(
    route_name="billing.invoices.payments",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    return _form(request, {})


@view_config(
    route_name="billing.invoices.payments",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def read_file(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Note what it holds; what could not be read is told."""
    try:
        files = files_of(request, "file")
        if not files:
            raise Invalid(Problem("file", "Choose a file."))
        with request.db.begin_nested():
            done = import_payments(request.work, files[0].data)
    except Invalid as invalid:
        return _form(request, dict(problems_of(invalid)))
    request.flash(f"{done.noted} payments noted, {done.known} were known already.")
    for sentence in done.problems[:SHOWN]:
        request.flash(sentence, "warn")
    if len(done.problems) > SHOWN:
        request.flash(f"{len(done.problems) - SHOWN} further rows could not be read.", "warn")
    return HTTPSeeOther(request.route_path("billing.invoices.list", _query={"show": "open"}))


def _form(request: Request, problems: dict[str, str]) -> dict[str, object]:
    file = Field(
        "file", "CSV file", kind="file", required=True, hint="Columns: number, amount, date, reference."
    )
    return form_page(
        request,
        title="Import payments",
        intro="A file from the bank or the books, its first row naming the columns. A row that was imported before is "
        "left out.",
        post_url=request.route_path("billing.invoices.payments"),
        sections=(Section("The file", (file,)),),
        problems=problems,
        buttons=(Button("Import", "import", "primary"),),
    )
