"""Making a seller."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Button, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import files_of, problems_of, texts_of
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.sellers import save_seller, typed_seller
from rtpy_billing.web.sellers.form import seller_sections


@view_config(
    route_name="billing.sellers.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    return _form(request, typed_seller(None))


@view_config(
    route_name="billing.sellers.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def make_seller(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The seller, with its logo."""
    given = texts_of(request)
    try:
        files = files_of(request, "logo")
        seller = save_seller(request.work, None, given, files[0].data if files else None)
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    request.flash(f"The seller {seller.name} is there.")
    return HTTPSeeOther(request.route_path("billing.sellers.modify", id=seller.id))


def _form(
    request: Request, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    return form_values(
        request,
        title="New seller",
        post_url=request.route_path("billing.sellers.create"),
        sections=seller_sections(given, has_logo=False),
        problems=problems,
        crumbs=(Link("Sellers", request.route_path("billing.sellers.list")),),
        buttons=(Button("Make the seller", "save", "primary"),),
    )
