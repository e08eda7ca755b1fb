"""Changing an asset: what it is called, its catalog and status, whose it is and who holds it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.assets.people import AddAssetWatcher, DeleteAssetWatcher, SetAssetOwner
from rtpy.changes.assets.pipeline import AssetChange, change_asset
from rtpy.changes.assets.places import SetAssetPlace
from rtpy.changes.assets.status import SetAssetStatus, SetCatalog, lifecycle_of
from rtpy.changes.assets.text import SetAssetText
from rtpy.errors import Conflict, Invalid, Problem, Refused
from rtpy.http.security import STAFF
from rtpy.http.things import AssetResource
from rtpy.rights.names import Right
from rtpy.search.assets import known_catalogs
from rtpy.web.shown import Link
from rtpy.web.staff.asset.form import Typed, asset_form, chosen_catalog, owner_in, read_typed
from rtpy.web.staff.asset.list import catalogs_writable
from rtpy.web.staff.asset.people import is_single, people_of, read_players, typed_people
from rtpy.web.staff.forms import problems_of


@view_config(
    route_name="asset.modify", request_method="GET", renderer="staff/asset/form.pt", permission=STAFF
)
def show_form(resource: AssetResource, request: Request) -> dict[str, object]:
    """The form with the asset as it is."""
    asset, work = resource.asset, resource.work
    owner = "" if asset.owner_id == work.app.nobody_id(work.db) else typed_people(work, [asset.owner_id])
    typed = Typed(
        asset.name,
        asset.description,
        asset.catalog_id,
        asset.status,
        owner,
        asset.organization_id,
        asset.site_id,
        {role: typed_people(work, ids) for role, ids in people_of(work, asset.id).items()},
    )
    return _form(resource, request, typed, {})


@view_config(
    route_name="asset.modify", request_method="POST", renderer="staff/asset/form.pt", permission=STAFF
)
def modify(resource: AssetResource, request: Request) -> dict[str, object] | Response:
    """All that the form changes, or nothing."""
    asset, work = resource.asset, resource.work
    typed = read_typed(request)
    try:
        with work.db.begin_nested():
            change_asset(work, asset, *_changes(request, resource, typed))
    except Invalid as invalid:
        return _form(resource, request, typed, problems_of(invalid))
    except (Refused, Conflict) as refused:
        return _form(resource, request, typed, {"": str(refused)})
    request.flash("The asset is saved.")
    return HTTPSeeOther(request.route_path("asset.display", id=asset.id))


def _changes(request: Request, resource: AssetResource, typed: Typed) -> list[AssetChange]:
    asset, work = resource.asset, resource.work
    problems: list[Problem] = []
    catalog = chosen_catalog(request, typed, asset.catalog_id)
    owner = owner_in(work, typed, problems)
    present = people_of(work, asset.id)
    people: list[AssetChange] = []
    for role, text in typed.people.items():
        wanted, has = read_players(work, role, text, problems), present.get(role, [])
        if not (wanted and is_single(work, role)):  # a role for one person passes on by itself
            people += [DeleteAssetWatcher(role, each) for each in has if each not in wanted]
        people += [AddAssetWatcher(role, each) for each in wanted if each not in has]
    if problems:
        raise Invalid(*problems)
    changes: list[AssetChange] = [SetAssetText(typed.name, typed.description)]
    if typed.status:
        changes.append(SetAssetStatus(typed.status))
    changes += [SetAssetPlace(typed.organization_id, typed.site_id), SetAssetOwner(owner), *people]
    return [*changes, SetCatalog(catalog)]


def _form(
    resource: AssetResource, request: Request, typed: Typed, wrong: Mapping[str, str]
) -> dict[str, object]:
    if not resource.allows(Right.MODIFY_ASSET):
        raise HTTPForbidden(f"You need the right ModifyAsset on {resource.what}.")
    asset, path = resource.asset, request.route_path
    own = known_catalogs(request.app, request.db)[asset.catalog_id]
    life = lifecycle_of(resource.work, asset)
    moves = [move.new for move in life.moves_from(asset.status) if resource.allows(move.right)]
    here = path("asset.display", id=asset.id)
    return asset_form(
        request,
        typed,
        title=f"Edit {asset.name}",
        crumbs=(Link("Home", path("home")), Link("Assets", path("asset.list")), Link(asset.name, here)),
        post_url=path("asset.modify", id=asset.id),
        catalogs=[own, *(each for each in catalogs_writable(request) if each.id != own.id)],
        moves=[asset.status, *(each for each in moves if each != asset.status)],
        wrong=wrong,
    )
