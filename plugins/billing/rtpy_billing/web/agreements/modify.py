"""Making an agreement and changing it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.agreements.saving import save_agreement
from rtpy_billing.models import Agreement
from rtpy_billing.rights import ADMIN_AGREEMENTS
from rtpy_billing.web.agreements.confirming import confirmation, is_confirmed
from rtpy_billing.web.agreements.fields import agreement_sections, typed_agreement
from rtpy_billing.web.agreements.found import crumbs_of, find_agreement


@view_config(
    route_name="billing.agreements.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
@view_config(
    route_name="billing.agreements.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
def agreement_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or the present terms."""
    agreement = _agreement(request)
    return _form(request, agreement, typed_agreement(request, agreement))


@view_config(
    route_name="billing.agreements.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
@view_config(
    route_name="billing.agreements.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
def agreement_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it; what moves work that was done already is shown first and must be confirmed."""
    agreement = _agreement(request)
    given = {**texts_of(request), "version": request.GET.get("version", "")}
    try:
        saved = save_agreement(request.work, agreement, given, confirmed=is_confirmed(given))
    except Invalid as invalid:
        return _form(request, agreement, given, problems_of(invalid))
    except Conflict as conflict:
        return _form(request, agreement, given, {"": str(conflict)})
    except Unconfirmed as unconfirmed:
        return confirmation(request, agreement, given, unconfirmed, request.path_qs)
    request.flash(f"The agreement {saved.name} is saved.")
    return HTTPSeeOther(request.route_path("billing.agreements.display", id=saved.id))


def _form(
    request: Request,
    agreement: Agreement | None,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path
    if agreement is None:
        title, url = "New agreement", path("billing.agreements.create")
    else:
        title = f"Change {agreement.name}"
        url = path("billing.agreements.modify", id=agreement.id, _query={"version": str(agreement.version)})
    values = form_values(
        request,
        title=title,
        post_url=url,
        sections=agreement_sections(request, agreement, given),
        problems=problems,
        intro="" if agreement else "It is a draft until you activate it; its lines are added on its page.",
    )
    return {**values, "crumbs": crumbs_of(request, agreement, Link(title, request.path))}


def _agreement(request: Request) -> Agreement | None:
    return find_agreement(request) if "id" in request.matchdict else None
