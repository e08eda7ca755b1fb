"""Making an asset."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.custom_fields.inputs import creation_inputs
from rtpy.web.custom_fields.posted import given_fields
from rtpy.web.shown import Link
from rtpy.web.staff.asset.form import Typed, asset_form, chosen_catalog, owner_in, read_typed
from rtpy.web.staff.asset.list import catalogs_writable
from rtpy.web.staff.asset.people import read_players
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="asset.create", request_method="GET", renderer="staff/asset/form.pt", permission=STAFF
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form; the address may fill fields: `?catalog=`, `?organization=`, `?HeldBy=`."""
    return _form(request, read_typed(request), {})


@view_config(
    route_name="asset.create", request_method="POST", renderer="staff/asset/form.pt", permission=STAFF
)
def create(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, and go there. `deed`=catalog only shows the statuses, roles and fields of the chosen catalog."""
    work = request.work
    typed = read_typed(request)
    if texts_of(request).get("deed") == "catalog":
        return _form(request, typed, {})
    problems: list[Problem] = []
    try:
        with work.db.begin_nested():
            catalog = chosen_catalog(request, typed)
            owner = owner_in(work, typed, problems)
            people = tuple(
                (role, number)
                for role, text in typed.people.items()
                for number in read_players(work, role, text, problems)
            )
            if problems:
                raise Invalid(*problems)
            asset = create_asset(
                work,
                CreateAsset(
                    catalog,
                    typed.name,
                    typed.description,
                    typed.status,
                    owner,
                    typed.organization_id,
                    typed.site_id,
                    people,
                    given_fields(request, Lookup.ASSET),
                ),
            )
    except Invalid as invalid:
        return _form(request, typed, problems_of(invalid))
    except Refused as refused:
        return _form(request, typed, {"": str(refused)})
    request.flash(f"The asset {asset.name} is made. Its number is {asset.id}.")
    return HTTPSeeOther(request.route_path("asset.display", id=asset.id))


def _form(request: Request, typed: Typed, wrong: Mapping[str, str]) -> dict[str, object]:
    catalogs = catalogs_writable(request)
    if not catalogs:
        raise HTTPForbidden("You need the right CreateAsset on a catalog that is switched on.")
    if typed.catalog_id not in {each.id for each in catalogs}:
        typed = replace(typed, catalog_id=catalogs[0].id)
    chosen = next(each for each in catalogs if each.id == typed.catalog_id)
    life = request.app.lifecycles.get(chosen.lifecycle)
    moves = [status.lower() for status in life.statuses if life.may_create(status)]
    if typed.status not in moves:
        typed = replace(typed, status=life.on_create)
    path = request.route_path
    return asset_form(
        request,
        typed,
        title="New asset",
        crumbs=(Link("Home", path("home")), Link("Assets", path("asset.list"))),
        post_url=path("asset.create"),
        catalogs=catalogs,
        moves=moves,
        inputs=creation_inputs(request, Lookup.ASSET, chosen.id, wrong),
        wrong=wrong,
        is_new=True,
    )
