"""A person's page: how to reach them, their organisation, their tickets; and their account for administrators."""

from collections.abc import Mapping
from html import escape

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.people import organization_of, system_groups
from rtpy.customfields.kinds import Lookup
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import GroupClosure, Organization, OrganizationSite, Principal, User
from rtpy.models.group import PRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.grants import load_rights
from rtpy.rights.names import Right
from rtpy.search.lists import Sort, TicketFilter, list_tickets
from rtpy.web.custom_fields.things import show_thing_fields
from rtpy.web.forms import Field
from rtpy.web.html import Html, show_avatar
from rtpy.web.shown import Link
from rtpy.web.staff.rows import show_rows

SHOWN = 10


@view_config(
    route_name="people.display", request_method="GET", renderer="staff/people/display.pt", permission=STAFF
)
def show_person(resource: SystemResource, request: Request) -> dict[str, object]:
    """Everybody of the staff may look somebody up; tickets only as far as they may be seen."""
    return person_page(request, find_user(request))


def find_user(request: Request) -> User:
    """The user `id` of the route; 404 for nobody and for the system itself."""
    user = request.db.get(User, int(request.matchdict["id"]))
    if user is None or user.name in (NOBODY, SYSTEM_USER):
        raise HTTPNotFound()
    found: User = user
    return found


def may_administer(request: Request, user: User) -> bool:
    """AdminUsers, and nobody but a super-user touches the account of one (A31)."""
    rights = request.work.rights
    if not rights.system(Right.ADMIN_USERS):
        return False
    return bool(rights.super_user) or not load_rights(request.db, user.id).super_user


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
    may = may_administer(request, user)
    return {
        "crumbs": (Link("Home", path("home")), Link("People", path("people.list"))),
        "person_id": user.id,
        "person_name": user.display_name,
        "person_avatar": show_avatar(user.display_name, large=True),
        "is_staff": is_staff,
        "disabled": disabled,
        "facts": _facts(request, user),
        "requested": show_rows(request, requested.rows),
        "requested_url": path("ticket.list", _query={"requestor": user.id, "status": "all"}),
        "owned": show_rows(request, owned.rows) if is_staff else [],
        "owned_url": path("ticket.list", _query={"owner": user.id}),
        "new_url": path("ticket.create", _query={"requestor": user.email_address or user.name}),
        "may": may,
        "modify_url": path("people.modify", id=user.id),
        "form": _fields(user, typed or {}, wrong or {}) if may else {},
        "has_password": user.password_hash is not None,
        "is_me": user.id == work.actor.user_id,
        **show_thing_fields(request, Lookup.USER, user.id),
    }


def _facts(request: Request, user: User) -> list[tuple[str, Html | str]]:
    facts: list[tuple[str, Html | str]] = [("Login name", user.name)]
    if user.email_address:
        facts.append(("Mail address", user.email_address))
    if user.undeliverable:
        facts.append(("Mail", f"was refused {user.undeliverable} times in a row"))
    phones = (("Phone", user.work_phone), ("Mobile", user.mobile_phone))
    facts += [(label, number) for label, number in phones if number]
    belongs = organization_of(request.db, user)
    if belongs is not None:
        organization = request.db.get_one(Organization, belongs[0])
        url = request.route_path("organization.display", id=organization.id)
        facts.append(("Organisation", link(url, organization.name)))
        site = request.db.get(OrganizationSite, belongs[1]) if belongs[1] else None
        if site is not None:
            facts.append(("Site", site.name))
    if user.timezone:
        facts.append(("Time zone", user.timezone))
    facts.append(("Known since", request.when(user.created)))
    if user.comments:
        facts.append(("Note", user.comments))
    return facts


def _fields(user: User, typed: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, Field]:
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
        hint="At least 8 characters. All sessions of this person end.",
        error=wrong.get("password", ""),
        autocomplete="new-password",
    )
    return fields


def link(url: str, label: str) -> Html:
    """A link as HTML."""
    return Html(f'<a href="{escape(url)}">{escape(label)}</a>')
