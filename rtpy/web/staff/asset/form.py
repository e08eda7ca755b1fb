"""The form of an asset, for a new one and a present one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pyramid.request import Request
from sqlalchemy import select

from rtpy.changes.assets.people import ROLES
from rtpy.changes.roles import roles_of
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import Catalog, Organization, OrganizationSite, User
from rtpy.search.assets import CatalogKnown
from rtpy.web.custom_fields.inputs import FieldInput, problem_links
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.asset.list import catalog_options, catalogs_writable
from rtpy.web.staff.asset.people import read_people, role_hints, roles_shown
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; `people` are texts by role."""

    name: str = ""
    description: str = ""
    catalog_id: int | None = None
    status: str = ""
    owner: str = ""
    organization_id: int | None = None
    site_id: int | None = None
    people: Mapping[str, str] = field(default_factory=dict)


def read_typed(request: Request) -> Typed:
    """What was posted, or what the address says; of people only the roles that are there."""
    given = texts_of(request) if request.method == "POST" else dict(request.GET)
    custom = (known.role for known in roles_of(request.app, request.db).of_assets())
    return Typed(
        given.get("name", ""),
        given.get("description", "").replace("\r\n", "\n"),
        number_in(given.get("catalog", "")),
        given.get("status", ""),
        given.get("owner", ""),
        number_in(given.get("organization", "")),
        number_in(given.get("site", "")),
        {role: given[role] for role in (*ROLES, *custom) if role in given},
    )


def chosen_catalog(request: Request, typed: Typed, own_id: int | None = None) -> Catalog:
    """The catalog that is typed: one of the list, or the asset's own. Raises Invalid.

    One that the reader may not know is answered like one that is not there (A27).
    """
    known = {each.id for each in catalogs_writable(request)} | {own_id}
    if typed.catalog_id is None or typed.catalog_id not in known:
        raise Invalid(Problem("catalog", "Choose a catalog of the list."))
    found: Catalog = request.db.get_one(Catalog, typed.catalog_id)
    return found


def owner_in(work: Work, typed: Typed, problems: list[Problem]) -> int:
    """Who is to own it; Nobody for an empty field."""
    if not typed.owner.strip():
        return work.app.nobody_id(work.db)
    found = read_people(work, "owner", typed.owner, problems)
    if len(found) > 1:
        problems.append(Problem("owner", "An asset has one owner."))
    if found and work.db.get(User, found[0]) is None:
        problems.append(Problem("owner", "The owner is a person, not a group."))
    return found[0] if found else work.app.nobody_id(work.db)


def asset_form(
    request: Request,
    typed: Typed,
    *,
    title: str,
    crumbs: tuple[Link, ...],
    post_url: str,
    catalogs: list[CatalogKnown],
    moves: Collection[str],
    inputs: Collection[FieldInput] = (),
    wrong: Mapping[str, str] | None = None,
    is_new: bool = False,
) -> dict[str, object]:
    """The values of staff/asset/form.pt; `moves` are the statuses to choose from."""
    wrong = wrong or {}
    if wrong:
        request.response.status_int = 422
    fields = _fields(request, typed, catalogs, moves, wrong)
    ids = {each.name: each.id for each in fields}
    named = {each.name for each in inputs}
    return {
        "crumbs": crumbs,
        "title": title,
        "post_url": post_url,
        "fields": fields,
        "field_inputs": list(inputs),
        "may_choose": is_new and len(catalogs) > 1,
        "problems": [(ids.get(name), said) for name, said in wrong.items() if name not in named]
        + problem_links(inputs, wrong),
    }


def _fields(
    request: Request,
    typed: Typed,
    catalogs: list[CatalogKnown],
    moves: Collection[str],
    wrong: Mapping[str, str],
) -> tuple[Field, ...]:
    def error(name: str) -> str:
        return wrong.get(name, "")

    hints = role_hints(request.work, typed.catalog_id or 0)
    chosen = next((each for each in catalogs if each.id == typed.catalog_id), None)
    try:
        spelled = request.app.lifecycles.get(chosen.lifecycle).shown if chosen else str
    except NotFound:
        spelled = str
    return (
        Field("name", "Name", typed.name, error=error("name"), required=True, autocomplete="off"),
        Field(
            "description", "Description", typed.description, "textarea", error=error("description"), rows=3
        ),
        Field(
            "catalog",
            "Catalog",
            kind="select",
            options=catalog_options(catalogs, typed.catalog_id),
            error=error("catalog"),
            required=True,
        ),
        Field(
            "status",
            "Status",
            kind="select",
            options=tuple(Option(each, spelled(each), each == typed.status) for each in moves),
            error=error("status"),
            required=True,
        ),
        Field(
            "organization",
            "Organisation",
            kind="select",
            options=_organizations(request, typed.organization_id),
            error=error("organization"),
        ),
        Field("site", "Site", kind="select", options=_sites(request, typed), error=error("site")),
        Field("owner", "Owner", typed.owner, hint="One person.", error=error("owner"), autocomplete="off"),
        *(
            Field(
                role,
                label,
                typed.people.get(role, ""),
                hint=hints[role],
                error=error(role),
                autocomplete="off",
            )
            for role, label in roles_shown(request.work, typed.catalog_id or 0).items()
        ),
    )


def _organizations(request: Request, chosen: int | None) -> tuple[Option, ...]:
    rows = request.db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.disabled.is_(False) | (Organization.id == chosen))
        .order_by(Organization.name)
    )
    return (
        Option("", "none", chosen is None),
        *(Option(str(row.id), row.name, row.id == chosen) for row in rows),
    )


def _sites(request: Request, typed: Typed) -> tuple[Option, ...]:
    """All sites under the names of their organisations: without scripts the list cannot follow the choice."""
    rows = request.db.execute(
        select(OrganizationSite.id, OrganizationSite.name, Organization.name.label("owner"))
        .join(Organization, Organization.id == OrganizationSite.organization_id)
        .where(Organization.disabled.is_(False) | (OrganizationSite.id == typed.site_id))
        .order_by(Organization.name, OrganizationSite.name)
        .limit(2_000)
    )
    return (
        Option("", "none", typed.site_id is None),
        *(Option(str(row.id), f"{row.owner}: {row.name}", row.id == typed.site_id) for row in rows),
    )
