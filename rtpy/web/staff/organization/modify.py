"""Changing an organisation: its name, domains, sites and members."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.organizations import (
    add_organization_member,
    add_site,
    change_organization,
    change_organization_member,
    change_site,
    remove_organization_member,
    remove_site,
    set_domains,
)
from rtpy.changes.reader import Reader
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import Organization, OrganizationSite
from rtpy.rights.names import Right
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.web.staff.organization.display import find_organization, organization_page
from rtpy.work import Work


@view_config(
    route_name="organization.modify",
    request_method="POST",
    renderer="staff/organization/display.pt",
    permission=Right.ADMIN_USERS,
)
def modify_organization(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The field `deed` says what: save, site, change_site, remove_site, member, change_member or remove."""
    organization, given = find_organization(request), texts_of(request)
    deed = DEEDS.get(given.get("deed", ""), _save)
    try:
        with request.work.db.begin_nested():
            said = deed(request.work, organization, given)
    except Invalid as invalid:
        request.response.status_int = 422
        return organization_page(request, organization, given, problems_of(invalid))
    request.flash(said)
    return HTTPSeeOther(request.route_path("organization.display", id=organization.id))


def _save(work: Work, organization: Organization, given: dict[str, str]) -> str:
    change_organization(
        work,
        organization,
        name=given.get("name", ""),
        notes=given.get("notes", ""),
        disabled=given.get("disabled") == "1",
    )
    set_domains(work, organization, given.get("domains", "").replace(",", " ").split())
    return "Saved."


def _add_site(work: Work, organization: Organization, given: dict[str, str]) -> str:
    site = add_site(work, organization, given.get("site", ""), given.get("address", ""))
    return f"The site {site.name} is added."


def _add_member(work: Work, organization: Organization, given: dict[str, str]) -> str:
    reader = Reader(work, given)
    wanted = reader.people("member")
    if not wanted:
        reader.problem("member", "Write a mail address or a login name.")
    reader.done()
    people = reader.make(wanted)
    for user in people:
        add_organization_member(work, organization, user)
    return f"{', '.join(user.display_name for user in people)} belongs to {organization.name} now."


def _change_site(work: Work, organization: Organization, given: dict[str, str]) -> str:
    site = _site(work, organization, given)
    change_site(work, organization, site, name=given.get("site", ""), address=given.get("address", ""))
    return "Saved."


def _remove_site(work: Work, organization: Organization, given: dict[str, str]) -> str:
    site = _site(work, organization, given)
    remove_site(work, organization, site)
    return f"The site {site.name} is removed."


def _change_member(work: Work, organization: Organization, given: dict[str, str]) -> str:
    change_organization_member(
        work,
        organization,
        _number(given, "member_id") or 0,
        site_id=_number(given, "site_id"),
        title=given.get("title", ""),
        is_contact=given.get("is_contact") == "1",
    )
    return "Saved."


def _remove(work: Work, organization: Organization, given: dict[str, str]) -> str:
    number = _number(given, "member_id")
    if number is None:
        raise Invalid(Problem("member", "Choose somebody of the list."))
    remove_organization_member(work, organization, number)
    return f"They belong to {organization.name} no more."


def _site(work: Work, organization: Organization, given: dict[str, str]) -> OrganizationSite:
    site = work.db.get(OrganizationSite, _number(given, "site_id") or 0)
    if site is None or site.organization_id != organization.id:
        raise Invalid(Problem("site", "Choose a site of the list."))
    return site


def _number(given: dict[str, str], name: str) -> int | None:
    typed = given.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


DEEDS = {
    "site": _add_site,
    "change_site": _change_site,
    "remove_site": _remove_site,
    "member": _add_member,
    "change_member": _change_member,
    "remove": _remove,
}
