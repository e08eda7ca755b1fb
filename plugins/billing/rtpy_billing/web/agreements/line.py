"""Making a line of an agreement, changing it, deleting one that was never used."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import SAVE, Button, form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_named, texts_of
from rtpy_billing.agreements.conditions import CHOSEN
from rtpy_billing.agreements.effects import Unconfirmed
from rtpy_billing.agreements.saving import delete_line, need_known_kind, save_line
from rtpy_billing.balances.kinds import LineKind
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.rights import ADMIN_AGREEMENTS
from rtpy_billing.web.agreements.confirming import confirmation, is_confirmed
from rtpy_billing.web.agreements.found import crumbs_of, find_agreement, find_line
from rtpy_billing.web.agreements.line_fields import line_sections, typed_line
from rtpy_billing.web.agreements.words import KINDS

DELETE = Button("Delete the line", "delete", "danger")


@view_config(
    route_name="billing.agreements.line.kinds",
    request_method="GET",
    renderer="billing/agreements/kinds.pt",
    permission=ADMIN_AGREEMENTS,
)
def line_kinds(resource: SystemResource, request: Request) -> dict[str, object]:
    """Which kind of line it shall be."""
    agreement = find_agreement(request)
    path = request.route_path
    kinds = [
        (title, text, path("billing.agreements.line.create", id=agreement.id, kind=kind.value))
        for kind, (title, text) in KINDS.items()
    ]
    return {"crumbs": crumbs_of(request, agreement), "title": "What kind of line?", "kinds": kinds}


@view_config(
    route_name="billing.agreements.line.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
@view_config(
    route_name="billing.agreements.line.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
def line_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or that of a line."""
    agreement, line, kind = _found(request)
    return _form(request, agreement, line, kind, typed_line(request, agreement, line, kind))


@view_config(
    route_name="billing.agreements.line.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
@view_config(
    route_name="billing.agreements.line.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_AGREEMENTS,
)
def line_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it or delete it; what moves work that was done already must be confirmed."""
    agreement, line, kind = _found(request)
    given = {**texts_of(request), "version": request.GET.get("version", "")}
    for about in CHOSEN:
        name = f"condition.{about.value}"
        given[name] = ",".join(texts_named(request, name))
    back = HTTPSeeOther(request.route_path("billing.agreements.display", id=agreement.id))
    try:
        if given.get("deed") == "delete" and line is not None:
            delete_line(request.work, agreement, line)
            request.flash(f"The line {line.name} is deleted.")
            return back
        saved = save_line(request.work, agreement, line, kind, given, confirmed=is_confirmed(given))
    except Invalid as invalid:
        return _form(request, agreement, line, kind, given, problems_of(invalid))
    except (Conflict, Refused) as refused:
        return _form(request, agreement, line, kind, given, {"": str(refused)})
    except Unconfirmed as unconfirmed:
        return confirmation(request, agreement, given, unconfirmed, request.path_qs)
    request.flash(f"The line {saved.name} is saved.")
    return back


def _form(
    request: Request,
    agreement: Agreement,
    line: AgreementLine | None,
    kind: LineKind,
    given: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path, (kind_name, sentence) = request.route_path, KINDS[kind]
    if line is None:
        title = f"New line: {kind_name.lower()}"
        url = path("billing.agreements.line.create", id=agreement.id, kind=kind.value)
    else:
        title = f"{kind_name}: {line.name}"
        version = {"version": str(line.version)}
        url = path("billing.agreements.line.modify", id=agreement.id, line=line.id, _query=version)
    values = form_values(
        request,
        title=title,
        post_url=url,
        sections=line_sections(request, agreement, kind, given),
        problems=problems,
        intro=sentence,
        buttons=(SAVE,) if line is None else (SAVE, DELETE),
    )
    return {**values, "crumbs": crumbs_of(request, agreement, Link(title, request.path))}


def _found(request: Request) -> tuple[Agreement, AgreementLine | None, LineKind]:
    agreement = find_agreement(request)
    if "line" in request.matchdict:
        line = find_line(request, agreement)
        return agreement, line, LineKind(line.kind)
    try:
        return agreement, None, need_known_kind(request.matchdict["kind"])
    except Invalid as unknown:
        raise HTTPNotFound() from unknown
