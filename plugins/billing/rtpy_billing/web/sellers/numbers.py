"""How a seller's invoices and credit notes are numbered."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.models import Seller
from rtpy_billing.periods.period import day_of
from rtpy_billing.rights import ADMIN_BILLING
from rtpy_billing.setting_up.series import KINDS, numbering_of, save_numbering, written
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.sellers.modify import find_seller
from rtpy_billing.web.zones import zone_of


@view_config(
    route_name="billing.sellers.numbers",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def show_numbers(resource: SystemResource, request: Request) -> dict[str, object]:
    """How it is now."""
    seller, given = find_seller(request), {}
    for kind in KINDS:
        now = numbering_of(request.db, seller.id, kind, _year(request, seller))
        given[f"{kind}.pattern"], given[f"{kind}.next"] = now.pattern, str(now.next_number)
        given[f"{kind}.yearly"] = "1" if now.is_yearly else ""
    return _form(request, seller, given)


@view_config(
    route_name="billing.sellers.numbers",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_BILLING,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Both kinds, or none."""
    seller, given = find_seller(request), texts_of(request)
    try:
        with request.db.begin_nested():
            for kind in KINDS:
                save_numbering(request.work, seller, kind, _year(request, seller), given)
    except Invalid as invalid:
        return _form(request, seller, given, problems_of(invalid))
    request.flash(f"The numbers of {seller.name} are saved.")
    return HTTPSeeOther(request.route_path("billing.sellers.numbers", id=seller.id))


def _year(request: Request, seller: Seller) -> int:
    return day_of(request.work.now, zone_of(seller.zone)).year


def _form(
    request: Request, seller: Seller, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f, year = Fields(given), _year(request, seller)
    sections = tuple(
        Section(
            label,
            (
                f.text(
                    f"{kind}.pattern",
                    "Pattern",
                    "{number:04} is the number with at least four digits, {year} the year, {yy} its last two digits.",
                    required=True,
                ),
                f.box(f"{kind}.yearly", "Begin with 1 each year"),
                f.text(
                    f"{kind}.next",
                    "Next number",
                    "It can grow, for example after a move; never shrink.",
                    "number",
                ),
            ),
            help=_example(given, kind, year),
        )
        for kind, label in KINDS.items()
    )
    return form_values(
        request,
        title=f"Numbers of {seller.name}",
        intro="Numbers are given without gaps, in the moment in which a document is issued.",
        post_url=request.route_path("billing.sellers.numbers", id=seller.id),
        sections=sections,
        problems=problems,
        crumbs=(
            Link("Sellers", request.route_path("billing.sellers.list")),
            Link(seller.name, request.route_path("billing.sellers.modify", id=seller.id)),
        ),
    )


def _example(given: Mapping[str, str], kind: str, year: int) -> str:
    typed = given.get(f"{kind}.next", "")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 12:
        return ""
    return f"The next one is {written(given.get(f'{kind}.pattern', ''), year, int(typed))}."
