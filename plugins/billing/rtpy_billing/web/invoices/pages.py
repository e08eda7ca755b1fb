"""What the pages about one document share: finding it, and forms about it."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.web.admin.editing import Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in
from rtpy_billing.models import Invoice
from rtpy_billing.web.invoices.rows import title_of


def find_invoice(request: Request) -> Invoice:
    """The document `id` of the route, or 404."""
    found: Invoice | None = request.db.get(Invoice, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def version_of(given: Mapping[str, str]) -> int:
    """The version that the form was made from; one that no draft has when it says none."""
    number = number_in(given.get("version", ""))
    return -1 if number is None else number


def crumbs(request: Request, invoice: Invoice | None = None) -> tuple[Link, ...]:
    """The way to a document's pages."""
    path = request.route_path
    own = (Link(title_of(invoice), path("billing.invoices.display", id=invoice.id)),) if invoice else ()
    return (Link("Home", path("home")), Link("Invoices", path("billing.invoices.list")), *own)


def form_page(
    request: Request,
    *,
    title: str,
    post_url: str,
    sections: Sequence[Section],
    problems: Mapping[str, str] | None,
    buttons: Sequence[Button],
    intro: str = "",
    invoice: Invoice | None = None,
) -> dict[str, object]:
    """A form of the invoices' pages (admin/form.pt)."""
    values = form_values(
        request,
        title=title,
        intro=intro,
        post_url=post_url,
        sections=sections,
        problems=problems,
        buttons=buttons,
    )
    return {**values, "crumbs": crumbs(request, invoice)}
