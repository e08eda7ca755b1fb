"""Assets: found by words, catalog, status, organisation and person."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.app import App
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import Organization, User
from rtpy.rights.names import Right
from rtpy.search.assets import (
    LONGEST_IN_LIST,
    PER_PAGE,
    AssetFilter,
    AssetRow,
    CatalogKnown,
    known_catalogs,
    list_assets,
)
from rtpy.web.forms import Option
from rtpy.web.html import Html, show_status
from rtpy.web.paging import asked_page, show_numbers
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in

SHOWN = 10


@dataclass(frozen=True, slots=True)
class AssetLine:
    """One asset in a list; `description` is the beginning of it."""

    id: int
    name: str
    url: str
    status: Html
    catalog: str
    organization: str
    holders: str
    updated: Html
    description: str


@view_config(route_name="asset.list", request_method="GET", renderer="staff/asset/list.pt", permission=STAFF)
def show_assets(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?q=`, `?catalog=`, `?status=`, `?organization=`, `?person=`. Deleted ones only when that status is asked for."""
    path, number = request.route_path, asked_page(request)
    wanted = read_filter(request, request.GET)
    page = list_assets(request.work, wanted, number)
    names = ("q", "catalog", "status", "organization", "person")
    kept = {name: request.GET[name] for name in names if request.GET.get(name)}

    def url(to: int) -> str:
        found: str = path("asset.list", _query={**kept, **({"page": to} if to > 1 else {})} or None)
        return found

    return {
        "crumbs": (Link("Home", path("home")),),
        "lines": show_lines(request, page.rows),
        "words": wanted.words,
        "catalogs": catalog_options(catalogs_seen(request), wanted.catalog_id),
        "statuses": tuple(
            Option(status, label, status in wanted.statuses)
            for status, label in statuses_of(request.app).items()
        ),
        "filters": _filters(request, wanted),
        "hidden": [(name, kept[name]) for name in ("organization", "person") if name in kept],
        "clear_url": path("asset.list"),
        "pages": show_numbers(number, PER_PAGE, page.total, url),
        "create_url": path("asset.create") if catalogs_writable(request) else None,
        "is_filtered": bool(kept),
    }


def read_filter(request: Request, given: Mapping[str, str]) -> AssetFilter:
    """What these names and values ask for; what makes no sense is left out."""
    status = given.get("status", "").lower()
    return AssetFilter(
        words=" ".join(given.get("q", "").replace("\x00", "").split())[:200],
        catalog_id=number_in(given.get("catalog", "")),
        statuses=(status,) if status in statuses_of(request.app) else (),
        organization_id=number_in(given.get("organization", "")),
        person_id=number_in(given.get("person", "")),
    )


def show_lines(request: Request, rows: tuple[AssetRow, ...]) -> list[AssetLine]:
    """Rows as the templates draw them. No query."""
    catalogs = known_catalogs(request.app, request.db)
    return [
        AssetLine(
            row.id,
            row.name,
            request.route_path("asset.display", id=row.id),
            asset_badge(request.app, row.status),
            catalogs[row.catalog_id].name,
            row.organization,
            row.holders,
            request.when(row.updated),
            shorten(" ".join(row.description.split()), LONGEST_IN_LIST, placeholder=" …"),
        )
        for row in rows
    ]


def assets_of(
    request: Request, *, person_id: int | None = None, organization_id: int | None = None
) -> dict[str, object]:
    """`assets` and `assets_url` for the page of a person or an organisation. Two queries, none without the right."""
    query = {"person": person_id} if person_id is not None else {"organization": organization_id}
    found: list[AssetLine] = []
    if not request.work.rights.of(Right.SHOW_ASSET).nowhere:
        wanted = AssetFilter(person_id=person_id, organization_id=organization_id)
        page = list_assets(request.work, wanted, per_page=SHOWN, counted=False)
        found = show_lines(request, page.rows)
    return {"assets": found, "assets_url": request.route_path("asset.list", _query=query)}


def asset_badge(app: App, status: str) -> Html:
    """The badge of a status as a lifecycle of assets spells it."""
    for life in app.lifecycles:
        if life.type == ASSET and life.is_valid(status):
            return show_status(life.shown(status), life.category(status).value)
    return show_status(status)


def statuses_of(app: App) -> dict[str, str]:
    """Every status of the lifecycles of assets: lower case, and as it is spelled."""
    lives = [life for life in app.lifecycles if life.type == ASSET]
    return {status.lower(): life.shown(status) for life in lives for status in life.statuses}


def catalogs_seen(request: Request) -> list[CatalogKnown]:
    """The catalogs that the reader may know of; those that are switched off come last."""
    shows = request.work.rights.of(Right.SHOW_CATALOG)
    found = [
        each for each in known_catalogs(request.app, request.db).values() if shows.on("catalog", each.id)
    ]
    return sorted(found, key=lambda each: each.disabled)


def catalogs_writable(request: Request) -> list[CatalogKnown]:
    """The catalogs in which the reader may make new assets."""
    grants = request.work.rights.of(Right.CREATE_ASSET)
    known = known_catalogs(request.app, request.db).values()
    return [each for each in known if not each.disabled and grants.on("catalog", each.id)]


def catalog_options(catalogs: list[CatalogKnown], chosen: int | None) -> tuple[Option, ...]:
    """The choices of a select."""
    return tuple(
        Option(str(each.id), f"{each.name} (switched off)" if each.disabled else each.name, each.id == chosen)
        for each in catalogs
    )


def _filters(request: Request, wanted: AssetFilter) -> list[str]:
    """In words, what the form does not show. One query for each."""
    words = []
    if wanted.organization_id is not None:
        name = request.db.scalar(select(Organization.name).where(Organization.id == wanted.organization_id))
        words.append(f"of {name or 'an organisation that is not there'}")
    if wanted.person_id is not None:
        user = request.db.get(User, wanted.person_id)
        words.append(f"of {user.display_name if user else 'somebody who is not there'}")
    return words
