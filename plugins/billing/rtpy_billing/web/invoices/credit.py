"""Crediting an invoice: all of it, or quantities of its lines."""

from collections.abc import Mapping
from fractions import Fraction

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Button, Section
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.invoicing.crediting import credit_invoice
from rtpy_billing.invoicing.line_changes import read_quantity
from rtpy_billing.models import Invoice
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.typed import Typed
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.invoices.pages import find_invoice, form_page
from rtpy_billing.web.invoices.shown import show_quantity


@view_config(
    route_name="billing.invoices.credit",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """All of it, unless quantities are typed."""
    invoice = _issued(request)
    return _form(request, invoice, {"releases": "1"})


@view_config(
    route_name="billing.invoices.credit",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def draft_note(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The note as a draft, to be looked at and issued."""
    invoice, given = _issued(request), texts_of(request)
    try:
        with request.db.begin_nested():
            note = credit_invoice(
                request.work,
                invoice,
                given.get("reason", ""),
                _quantities(given),
                releases=given.get("releases") == "1",
            )
    except Invalid as invalid:
        return _form(request, invoice, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, invoice, given, {"reason": str(refused)})
    return HTTPSeeOther(request.route_path("billing.invoices.display", id=note.id))


def _issued(request: Request) -> Invoice:
    invoice = find_invoice(request)
    if invoice.snapshot is None or invoice.kind != "invoice":
        raise Refused("Only an issued invoice can be credited.")
    return invoice


def _quantities(given: Mapping[str, str]) -> dict[int, Fraction] | None:
    """By position; None where nothing is typed: all that is left."""
    typed, found = Typed(given), {}
    for name in given:
        position = name.removeprefix("quantity.")
        if (
            position != name
            and position.isascii()
            and position.isdigit()
            and len(position) < 6
            and given[name].strip()
        ):
            found[int(position)] = read_quantity(typed, name)
    typed.check()
    return found or None


def _form(
    request: Request, invoice: Invoice, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f = Fields(given)
    document = Snapshot.from_json(invoice.snapshot or {})
    lines = tuple(
        f.text(
            f"quantity.{line.position}", f"{line.position}. {line.text[:80]}", f"Of {show_quantity(line)}."
        )
        for line in document.lines
        if line.net
    )
    return form_page(
        request,
        title=f"Credit {invoice.number}",
        intro="A credit note takes the invoice back, wholly or in part. You see it before it is issued.",
        post_url=request.route_path("billing.invoices.credit", id=invoice.id),
        sections=(
            Section(
                "Why",
                (
                    f.text("reason", "Reason", "The customer reads it.", required=True),
                    f.box(
                        "releases",
                        "Release the work",
                        "It is approved and unbilled again, for the next draft. Fees of periods only as a whole.",
                    ),
                ),
            ),
            Section("Only a part", lines, help="Leave all of it empty to credit everything that is left."),
        ),
        problems=problems,
        buttons=(Button("Draft the credit note", "draft", "primary"),),
        invoice=invoice,
    )
