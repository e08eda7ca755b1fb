"""All versions of a template: who wrote what when, what differs, and going back to one."""

import difflib
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.templates import restore_template
from rtpy.errors import Invalid, Refused
from rtpy.http.automation import TemplateResource
from rtpy.models import TemplateVersion, User
from rtpy.rights.names import Right
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of

MOST = 100


@dataclass(frozen=True, slots=True)
class Version:
    """One version: `lines` are (sign, text) of what differs from the one before; sign is +, - or empty."""

    number: int
    who: str
    at: Html
    is_present: bool
    lines: tuple[tuple[str, str], ...]


@view_config(
    route_name="admin.templates.versions",
    request_method="GET",
    renderer="admin/templates/versions.pt",
    permission=Right.SHOW_TEMPLATE,
)
def list_versions(resource: TemplateResource, request: Request) -> dict[str, object]:
    """Newest first, at most 100. One query."""
    template, path = resource.template, request.route_path
    rows = request.db.execute(
        select(TemplateVersion, User.name, User.real_name)
        .outerjoin(User, User.id == TemplateVersion.creator_id)
        .where(TemplateVersion.template_id == template.id)
        .order_by(TemplateVersion.number.desc())
        .limit(MOST + 1)
    ).all()
    texts = [row[0].content for row in rows]
    versions = [
        Version(
            version.number,
            real_name or name or "the installation",
            request.when(version.created),
            version.number == template.version,
            _differing(texts[position + 1] if position + 1 < len(texts) else "", version.content),
        )
        for position, (version, name, real_name) in enumerate(rows[:MOST])
    ]
    here = path("admin.templates.modify", id=template.id)
    return {
        "crumbs": admin_crumbs(
            request, Link("Templates", path("admin.templates.list")), Link(template.name, here)
        ),
        "name": template.name,
        "versions": versions,
        "post_url": path("admin.templates.versions", id=template.id),
        "template_url": here,
        "may_change": resource.allows(Right.MODIFY_TEMPLATE),
    }


@view_config(route_name="admin.templates.versions", request_method="POST", permission=Right.MODIFY_TEMPLATE)
def restore(resource: TemplateResource, request: Request) -> Response:
    """Make version `number` the present one."""
    number = texts_of(request).get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        request.flash("Choose one of the versions.", "bad")
        return HTTPSeeOther(request.route_path("admin.templates.versions", id=resource.template.id))
    try:
        restore_template(request.work, resource.template, int(number))
    except (Refused, Invalid) as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(request.route_path("admin.templates.versions", id=resource.template.id))
    request.flash(f"Version {number} is the present one again.")
    return HTTPSeeOther(request.route_path("admin.templates.modify", id=resource.template.id))


def _differing(old: str, new: str) -> tuple[tuple[str, str], ...]:
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]
    return tuple((line[:1].strip(), line[1:]) for line in lines if not line.startswith("@@"))[:400]
