"""An asset: what is known of it, who has to do with it, its links, the tickets about it, and its history."""

from dataclasses import dataclass
from html import escape

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import or_, select

from rtpy.changes.assets.links import TYPES, LinkAsset, UnlinkAsset
from rtpy.changes.assets.pipeline import change_asset, set_asset_fields
from rtpy.changes.assets.status import SetAssetStatus, lifecycle_of
from rtpy.changes.roles import roles_of
from rtpy.content.linkify import paragraphs
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Conflict, Invalid, Refused
from rtpy.fields.allowed import sees
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import all_fields, fields_for
from rtpy.history.things import PER_PAGE, ThingEntry, read_thing_history
from rtpy.http.security import STAFF
from rtpy.http.things import AssetResource
from rtpy.links.things import asset_uri
from rtpy.links.uris import is_allowed_uri
from rtpy.models import Asset, AssetLink, Group, Organization, OrganizationSite, User
from rtpy.rights.names import Right
from rtpy.search.assets import known_catalogs, visible_assets
from rtpy.search.things import tickets_linked_to
from rtpy.web.avatars import person_avatar
from rtpy.web.custom_fields.posted import given_fields, removed_rows
from rtpy.web.custom_fields.values import show_boxes
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Deed, Link, Person
from rtpy.web.staff.asset.list import asset_badge
from rtpy.web.staff.asset.people import people_of, roles_shown
from rtpy.web.staff.forms import number_in, texts_of
from rtpy.web.staff.things import ticket_lines

MOST_TICKETS = 25
LABELS = {"DependsOn": "Depends on", "MemberOf": "Part of", "RefersTo": "Refers to"}
BACK = {"DependsOn": "Needed by", "MemberOf": "Has the part", "RefersTo": "Referred to by"}


@dataclass(frozen=True, slots=True)
class AssetLinkLine:
    """One link of an asset; `link_id` removes it, None where it is the other one's."""

    label: str
    name: str
    url: str | None
    link_id: int | None


@dataclass(frozen=True, slots=True)
class AssetEvent:
    """One change, in words."""

    who: str
    at: Html
    said: str


@view_config(
    route_name="asset.display", request_method="GET", renderer="staff/asset/display.pt", permission=STAFF
)
def show_asset(resource: AssetResource, request: Request) -> dict[str, object]:
    """In a number of queries that does not grow with its history, people, links or tickets."""
    asset, path, db = resource.asset, request.route_path, request.db
    number = asked_page(request)
    entries, people = _entries(resource, request, number), people_of(resource.work, asset.id)
    names = _names(request, entries, [asset.owner_id, *(each for ids in people.values() for each in ids)])
    tickets = tickets_linked_to(
        db, resource.work.rights.of(Right.SHOW_TICKET), asset_uri(asset.id), MOST_TICKETS
    )
    may = resource.allows(Right.MODIFY_ASSET)
    here = path("asset.display", id=asset.id)
    return {
        "crumbs": (Link("Home", path("home")), Link("Assets", path("asset.list"))),
        "number": asset.id,
        "name": asset.name,
        "status": asset_badge(request.app, asset.status),
        "catalog": Link(
            known_catalogs(request.app, db)[asset.catalog_id].name,
            path("asset.list", _query={"catalog": asset.catalog_id}),
        ),
        "description": Html(paragraphs(asset.description)),
        "deeds": _deeds(resource, here),
        "modify_url": path("asset.modify", id=asset.id) if may else None,
        "may": may,
        "post_url": here,
        "place": _place(request, asset),
        "people": _people(resource, request, people, names),
        "field_boxes": _boxes(resource, request),
        "fields_url": here,
        "links": _links(resource, request),
        "link_types": [(each, LABELS[each]) for each in TYPES],
        "tickets": ticket_lines(request, tickets),
        "created": request.when(asset.created),
        "updated": request.when(asset.last_updated),
        "events": [
            AssetEvent(each.who, request.when(each.created), _said(request, each, names))
            for each in entries[:PER_PAGE]
        ],
        "newer_url": path("asset.display", id=asset.id, _query={"page": number - 1}) if number > 1 else None,
        "older_url": path("asset.display", id=asset.id, _query={"page": number + 1})
        if len(entries) > PER_PAGE
        else None,
    }


@view_config(route_name="asset.display", request_method="POST", permission=STAFF)
def change_in_place(resource: AssetResource, request: Request) -> Response:
    """`status` moves it; `remove` takes the link of that number away; `other` with `type` links; else custom fields."""
    asset, work, given = resource.asset, resource.work, texts_of(request)
    try:
        with work.db.begin_nested():
            if given.get("status"):
                change_asset(work, asset, SetAssetStatus(given["status"]))
            elif given.get("remove"):
                change_asset(work, asset, UnlinkAsset(number_in(given["remove"]) or 0))
            elif "other" in given:
                change_asset(work, asset, LinkAsset(given.get("type", ""), given["other"]))
            else:
                fields = given_fields(request, Lookup.ASSET)
                set_asset_fields(work, asset, fields, removed=removed_rows(request))
    except (Invalid, Refused, Conflict) as refused:
        request.flash(str(refused), "bad")
    else:
        request.flash("Saved.")
    return HTTPSeeOther(request.route_path("asset.display", id=asset.id))


def _deeds(resource: AssetResource, here: str) -> list[Deed]:
    life = lifecycle_of(resource.work, resource.asset)
    return [
        Deed(
            f"Set to {life.shown(move.new)}",
            here,
            "status",
            move.new,
            "danger" if move.new == "deleted" else "",
        )
        for move in life.moves_from(resource.asset.status)
        if resource.allows(move.right)
    ]


def _boxes(resource: AssetResource, request: Request) -> list[object]:
    asset = resource.asset
    if not fields_for(request.app, request.db, Lookup.ASSET, asset.catalog_id):
        return []
    held = contents_of(request.db, Lookup.ASSET, asset.id)
    return list(
        show_boxes(request, Lookup.ASSET, asset.id, held, container_id=asset.catalog_id, roles=resource.roles)
    )


def _place(request: Request, asset: Asset) -> tuple[Link | None, str]:
    if asset.organization_id is None:
        return None, ""
    organization = request.db.get_one(Organization, asset.organization_id)
    site = request.db.get(OrganizationSite, asset.site_id) if asset.site_id else None
    url = request.route_path("organization.display", id=organization.id)
    return Link(organization.name, url), site.name if site else ""


def _people(
    resource: AssetResource,
    request: Request,
    people: dict[str, list[int]],
    names: dict[int, tuple[str, bool]],
) -> list[tuple[str, list[Person]]]:
    nobody = resource.work.app.nobody_id(request.db)
    owner = resource.asset.owner_id
    roles = {"Owner": "Owner", **roles_shown(resource.work, resource.asset.catalog_id)}
    people = {"Owner": [] if owner == nobody else [owner], **people}
    return [
        (label, [_person(request, each, *names[each]) for each in people.get(role, ()) if each in names])
        for role, label in roles.items()
    ]


def _person(request: Request, number: int, name: str, is_group: bool) -> Person:
    url = None if is_group else request.route_path("people.display", id=number)
    return Person(name, person_avatar(request, number, name), "group" if is_group else "", url)


def _names(request: Request, entries: list[ThingEntry], more: list[int]) -> dict[int, tuple[str, bool]]:
    """Names of people and groups by id, and whether it is a group. Two queries."""
    spoken = [
        int(value)
        for entry in entries
        if entry.type in ("AddWatcher", "DelWatcher", "SetWatcher") or entry.field == "Owner"
        for value in (entry.old, entry.new)
        if value.isdigit()
    ]
    ids = {*spoken, *more}
    users = request.db.execute(select(User.id, User.real_name, User.name).where(User.id.in_(ids)))
    groups = request.db.execute(select(Group.id, Group.name).where(Group.id.in_(ids)))
    found = {row.id: (row.real_name or row.name, False) for row in users}
    return found | {row.id: (row.name, True) for row in groups}


def _links(resource: AssetResource, request: Request) -> list[AssetLinkLine]:
    """Both ways; an asset that the reader may not see is only a number. One query."""
    asset = resource.asset
    seen = visible_assets(resource.work.rights.of(Right.SHOW_ASSET))
    rows = request.db.execute(
        select(AssetLink, Asset.id.label("seen"), Asset.name)
        .outerjoin(
            Asset,
            or_(
                (AssetLink.base_id == asset.id) & (Asset.id == AssetLink.target_id),
                (AssetLink.target_id == asset.id) & (Asset.id == AssetLink.base_id),
            )
            & seen,
        )
        .where(or_(AssetLink.base_id == asset.id, AssetLink.target_id == asset.id))
        .order_by(AssetLink.type, AssetLink.id)
        .limit(500)
    )
    found = []
    for link, number, name in rows:
        is_base = link.base_id == asset.id
        label = LABELS[link.type] if is_base else BACK[link.type]
        own = link.id if is_base else None
        other = link.target_id if is_base else link.base_id
        if other is None:
            safe = link.uri.startswith(("https://", "http://", "mailto:")) and is_allowed_uri(link.uri)
            found.append(AssetLinkLine(label, link.uri, link.uri if safe else None, own))
        elif number is None:
            found.append(AssetLinkLine(label, f"asset:{other}, not for you to see", None, own))
        else:
            found.append(AssetLinkLine(label, name, request.route_path("asset.display", id=other), own))
    return found


def _entries(resource: AssetResource, request: Request, number: int) -> list[ThingEntry]:
    known = all_fields(request.app, request.db)
    seen = frozenset(
        each.id
        for each in known.values()
        if each.lookup == Lookup.ASSET
        and sees(resource.work, each, resource.asset.catalog_id, resource.roles)
    )
    return read_thing_history(request.db, "asset", resource.asset.id, number, fields=seen)


def _said(request: Request, entry: ThingEntry, names: dict[int, tuple[str, bool]]) -> str:
    def name(value: str) -> str:
        return names.get(int(value), (value, False))[0] if value.isdigit() else value

    role = {"HeldBy": "holder", "Contact": "contact"}.get(entry.field) or roles_of(
        request.app, request.db
    ).words(entry.field)
    if entry.type == "SetWatcher":
        nobody = entry.new == str(request.app.nobody_id(request.db))
        return f"left the role {role} to nobody" if nobody else f"made {name(entry.new)} {role}"
    if entry.type in ("AddWatcher", "DelWatcher"):
        who = name(entry.new or entry.old)
        return f"added {who} as {role}" if entry.type == "AddWatcher" else f"removed {who} as {role}"
    if entry.type in ("AddLink", "DeleteLink"):
        kind, other = entry.field.removesuffix("-"), entry.new or entry.old
        words = (BACK if entry.field.endswith("-") else LABELS).get(kind, kind).lower()
        return f"{'linked' if entry.type == 'AddLink' else 'unlinked'}: {words} {other}"
    if entry.type == "Create":
        return "made the asset"
    if entry.type in ("Set", "Status", "CustomField"):
        what = entry.field.lower()
        if entry.type == "CustomField":
            definition = all_fields(request.app, request.db).get(number_in(entry.field) or 0)
            what = definition.name if definition else "a field"
        old, new = (name(each) if entry.field == "Owner" else each for each in (entry.old, entry.new))
        if entry.field == "Description":
            return "changed the description"
        if not new:
            return f"cleared {what} (was {old})"
        return f"changed {what} from {old} to {new}" if old else f"set {what} to {new}"
    return f"did: {escape(entry.type)}"
