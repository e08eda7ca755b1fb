"""Changing a seller; its logo as a picture."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import files_of, problems_of, texts_of
from rtpy_billing.models import Seller
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.sellers import save_seller, typed_seller
from rtpy_billing.web.sellers.form import seller_links, seller_sections


@view_config(
    route_name="billing.sellers.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show_seller(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values."""
    seller = find_seller(request)
    return _form(request, seller, typed_seller(seller))


@view_config(
    route_name="billing.sellers.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """All of it, or nothing."""
    seller = find_seller(request)
    given = {**texts_of(request), "version": request.GET.get("version", "")}
    try:
        files = files_of(request, "logo")
        save_seller(
            request.work,
            seller,
            given,
            files[0].data if files else None,
            without_logo=given.get("without_logo") == "1",
        )
    except Invalid as invalid:
        return _form(request, seller, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, seller, given, {"": str(refused)})
    request.flash(f"The seller {seller.name} is saved.")
    return HTTPSeeOther(request.route_path("billing.sellers.modify", id=seller.id))


@view_config(route_name="billing.sellers.logo", request_method="GET", permission=ADMIN_BILLING)
def show_logo(resource: SystemResource, request: Request) -> Response:
    """The picture, whose kind was read from its bytes when it came."""
    seller = find_seller(request)
    if not seller.logo:
        raise HTTPNotFound()
    return Response(seller.logo, content_type=seller.logo_type, content_disposition="inline")


def find_seller(request: Request) -> Seller:
    """The seller `id` of the route, or 404."""
    found: Seller | None = request.db.get(Seller, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request, seller: Seller, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    return form_values(
        request,
        title=seller.name,
        post_url=request.route_path(
            "billing.sellers.modify", id=seller.id, _query={"version": given.get("version", "")}
        ),
        sections=seller_sections(given, has_logo=bool(seller.logo_type)),
        problems=problems,
        crumbs=(Link("Sellers", request.route_path("billing.sellers.list")),),
        links=seller_links(request, seller),
    )
