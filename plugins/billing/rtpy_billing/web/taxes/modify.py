"""Making, changing and removing a rate of tax."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.models import TaxRateRow
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.tax_rates import CATEGORIES, remove_tax_rate, save_tax_rate, typed_tax_rate
from rtpy_billing.web.fields import Fields


@view_config(
    route_name="billing.taxes.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.taxes.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show_rate(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = _row(request)
    return _form(request, row, typed_tax_rate(row))


@view_config(
    route_name="billing.taxes.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
@view_config(
    route_name="billing.taxes.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or take it away (`deed`=`remove`)."""
    row, given = _row(request), texts_of(request)
    if row is not None and given.get("deed") == "remove":
        remove_tax_rate(request.work, row)
        request.flash("The rate is gone; what was issued with it stays as it is.")
        return HTTPSeeOther(request.route_path("billing.taxes.list"))
    try:
        save_tax_rate(request.work, row, given)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    request.flash("The rate is saved.")
    return HTTPSeeOther(request.route_path("billing.taxes.list"))


def _row(request: Request) -> TaxRateRow | None:
    if "id" not in request.matchdict:
        return None
    found: TaxRateRow | None = request.db.get(TaxRateRow, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request,
    row: TaxRateRow | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    f, path = Fields(given), request.route_path
    url = path("billing.taxes.create") if row is None else path("billing.taxes.modify", id=row.id)
    fields = (
        f.text("tax_class", "Class", "standard, reduced, or a name of your own.", required=True),
        f.text("place", "Place", "A country such as DE, a region such as US-TX; empty: everywhere."),
        f.choice("category", "What it means", CATEGORIES),
        f.text("rate", "Rate in percent", "Such as 19 or 7.7."),
        f.area("reason", "Why there is no tax", "Stands on the invoice; empty: the usual sentence.", 2),
        f.text("valid_from", "Holds from", kind="date", required=True),
        f.text("valid_until", "Until, not including", "Empty: for ever.", "date"),
    )
    return form_values(
        request,
        title="New tax rate" if row is None else f"Tax rate: {row.tax_class}",
        post_url=url,
        sections=(Section("The rate", fields),),
        problems=problems,
        crumbs=(Link("Tax rates", path("billing.taxes.list")),),
        buttons=(SAVE,) if row is None else (SAVE, Button("Remove", "remove", "danger")),
    )
