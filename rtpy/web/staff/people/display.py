"""A person's page: how to reach them, their organisation, their tickets; and their account for administrators."""

from collections.abc import Mapping
from html import escape

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select, union

from rtpy.changes.accounts import may_administer
from rtpy.changes.addresses import addresses_of
from rtpy.changes.people import organization_of, system_groups
from rtpy.changes.photos import photo_stamps
from rtpy.customfields.kinds import Lookup
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.identity.password_rules import password_hint
from rtpy.models import (
    DirectoryPerson,
    GroupClosure,
    Organization,
    OrganizationMember,
    OrganizationSite,
    Principal,
    SignOnLink,
    SignOnProvider,
    User,
    UserDirectory,
)
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.search.lists import Sort, TicketFilter, list_tickets
from rtpy.web.avatars import person_avatar
from rtpy.web.custom_fields.things import show_thing_fields
from rtpy.web.forms import Field
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.asset.list import assets_of
from rtpy.web.staff.people.returned import returned_mail
from rtpy.web.staff.rows import show_rows

SHOWN = 10


@view_config(
    route_name="people.display", request_method="GET", renderer="staff/people/display.pt", permission=STAFF
)
def show_person(resource: SystemResource, request: Request) -> dict[str, object]:
    """Everybody of the staff may look somebody up; tickets only as far as they may be seen."""
    return person_page(request, find_user(request))


def find_user(request: Request) -> User:
    """The user `id` of the route; 404 for nobody and for the system itself; a merged one leads to the kept person."""
    user = request.db.get(User, int(request.matchdict["id"]))
    if user is None or user.name in (NOBODY, SYSTEM_USER):
        raise HTTPNotFound()
    if user.merged_into_id is not None:
        raise HTTPFound(request.route_path("people.display", id=user.merged_into_id))
    found: User = user
    return found


def person_page(
    request: Request,
    user: User,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The values of staff/people/display.pt; `typed` and `wrong` are what could not be saved."""
    db, path, work = request.db, request.route_path, request.work
    show_ticket = work.rights.of(Right.SHOW_TICKET)
    active = request.app.lifecycles.active_statuses()
    disabled = db.scalar(select(Principal.disabled).where(Principal.id == user.id)) or False
    staff_group = system_groups(work, (PRIVILEGED,))[0]
    is_staff = db.get(GroupClosure, (staff_group, user.id)) is not None
    requested = list_tickets(
        db, show_ticket, TicketFilter(requestor_id=user.id), sort=Sort.ID, per_page=SHOWN
    )
    owned = list_tickets(
        db,
        show_ticket,
        TicketFilter(statuses=active, owner_id=user.id),
        sort=Sort.URGENCY,
        per_page=SHOWN,
        now=work.now,
    )
    may = may_administer(work, user)
    return {
        "crumbs": (Link("Home", path("home")), Link("People", path("people.list"))),
        "panel_subject": user,
        "person_id": user.id,
        "person_name": user.display_name,
        "person_avatar": person_avatar(request, user.id, user.display_name, large=True),
        "has_photo": user.id in photo_stamps(request.app, request.db),
        "is_staff": is_staff,
        "disabled": disabled,
        "returned": returned_mail(request, user),
        "facts": _facts(request, user),
        "requested": show_rows(request, requested.rows),
        "requested_url": path("ticket.list", _query={"requestor": user.id, "status": "all"}),
        "owned": show_rows(request, owned.rows) if is_staff else [],
        "owned_url": path("ticket.list", _query={"owner": user.id}),
        "new_url": path("ticket.create", _query={"requestor": user.email_address or user.name}),
        "may": may,
        **assets_of(request, person_id=user.id),
        "modify_url": path("people.modify", id=user.id),
        "account_url": path("admin.users.modify", id=user.id),
        "merge_url": path("admin.users.merge", id=user.id),
        "form": _fields(request, user, typed or {}, wrong or {}) if may else {},
        "ways_in": _ways_in(request, user) if may else "",
        "is_me": user.id == work.actor.user_id,
        **show_thing_fields(request, Lookup.USER, user.id),
    }


def _facts(request: Request, user: User) -> list[tuple[str, Html | str]]:
    facts: list[tuple[str, Html | str]] = [("Login name", user.name)]
    if user.email_address:
        facts.append(("Mail address", user.email_address))
    further = addresses_of(request.db, user.id)
    if further:
        facts.append(("Writes from", ", ".join(further)))
    facts += [(label, getattr(user, column)) for label, column in NUMBERS if getattr(user, column)]
    facts += _memberships(request, user)
    place = (user.address1, user.address2, f"{user.zip} {user.city}".strip(), user.state, user.country)
    written = ", ".join(filter(None, place))
    for label, value in (("Company", user.organization), ("Address", written), ("Time zone", user.timezone)):
        if value:
            facts.append((label, value))
    facts.append(("Known since", request.when(user.created)))
    if user.comments:
        facts.append(("Notes", user.comments))
    return facts


NUMBERS = (
    ("Phone", "work_phone"),
    ("Mobile", "mobile_phone"),
    ("At home", "home_phone"),
    ("Pager", "pager_phone"),
)


def _memberships(request: Request, user: User) -> list[tuple[str, Html | str]]:
    """Every organisation by name, with site and title; without one that of the mail domain."""
    path = request.route_path
    rows = request.db.execute(
        select(
            Organization.id,
            Organization.name,
            OrganizationSite.name.label("site"),
            OrganizationMember.title,
            OrganizationMember.is_contact,
        )
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .outerjoin(OrganizationSite, OrganizationSite.id == OrganizationMember.site_id)
        .where(OrganizationMember.user_id == user.id)
        .order_by(Organization.name)
    ).all()
    facts: list[tuple[str, Html | str]] = []
    for row in rows:
        more = ", ".join(filter(None, (row.title, row.site, "contact" if row.is_contact else "")))
        name = link(path("organization.display", id=row.id), row.name)
        facts.append(("Organisation", Html(f"{name} ({escape(more)})") if more else name))
    belongs = None if rows else organization_of(request.db, user)
    if belongs is not None:
        organization = request.db.get_one(Organization, belongs[0])
        name = link(path("organization.display", id=organization.id), organization.name)
        facts.append(("Organisation", Html(f"{name} (by the mail domain)")))
    return facts


def _ways_in(request: Request, user: User) -> str:
    """By what somebody logs in, in a sentence. One query without a password, none with one."""
    if user.password_hash is not None:
        return "There is a password."
    directories = (
        select(UserDirectory.name)
        .join(DirectoryPerson, DirectoryPerson.directory_id == UserDirectory.id)
        .where(DirectoryPerson.user_id == user.id)
    )
    providers = (
        select(SignOnProvider.name)
        .join(SignOnLink, SignOnLink.provider_id == SignOnProvider.id)
        .where(SignOnLink.user_id == user.id)
    )
    names = sorted(set(request.db.scalars(union(directories, providers))))
    return (
        f"Logs in by {', '.join(names)}: no password here."
        if names
        else "There is no password: no login yet."
    )


def _fields(
    request: Request, user: User, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> dict[str, Field]:
    known = {
        "real_name": ("Name", user.real_name, "text"),
        "email_address": ("Mail address", user.email_address or "", "email"),
        "work_phone": ("Phone", user.work_phone, "text"),
        "timezone": ("Time zone, such as Europe/Berlin", user.timezone, "text"),
    }
    fields = {
        name: Field(name, label, typed.get(name, value), kind, error=wrong.get(name, ""), autocomplete="off")
        for name, (label, value, kind) in known.items()
    }
    fields["password"] = Field(
        "password",
        "New password",
        kind="password",
        required=True,
        hint=password_hint(request.app.config) + " All sessions of this person end.",
        error=wrong.get("password", ""),
        autocomplete="new-password",
    )
    return fields


def link(url: str, label: str) -> Html:
    """A link as HTML."""
    return Html(f'<a href="{escape(url)}">{escape(label)}</a>')
