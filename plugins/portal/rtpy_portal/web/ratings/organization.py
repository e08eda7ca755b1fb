"""Ratings on the page of an organisation: its figure, and how often its people are asked."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.plugin_settings import setting
from rtpy.web.staff.forms import texts_of
from rtpy_portal.models import RatingShare
from rtpy_portal.ratings.figures import ALL, figures_of
from rtpy_portal.ratings.sharing import save_share
from rtpy_portal.rights import ADMIN_PORTAL, SEE_RATINGS


def show_figure(request: Request, organization: Organization) -> Mapping[str, Any] | None:
    """None for who may not see ratings. Three queries."""
    rights = request.work.rights
    if not rights.system(SEE_RATINGS):
        return None
    share = request.db.get(RatingShare, organization.id)
    path = request.route_path
    return {
        "figure": figures_of(request.db, request.work.now, organization.id)[ALL],
        "list_url": path("portal.ratings.list", _query={"customer": str(organization.id)}),
        "percent": "" if share is None else str(share.percent),
        "usual": setting(request.app, request.db, "portal.ratings_percent"),
        "share_url": path("portal.ratings.share", id=organization.id)
        if rights.system(ADMIN_PORTAL)
        else None,
    }


@view_config(route_name="portal.ratings.share", request_method="POST", permission=ADMIN_PORTAL)
def change_share(resource: SystemResource, request: Request) -> Response:
    """Field `percent`: 0 to 100, empty for the usual number."""
    organization = request.db.get(Organization, int(request.matchdict["id"]))
    if organization is None:
        raise HTTPNotFound()
    try:
        save_share(request.work, organization, texts_of(request).get("percent", ""))
    except Invalid as wrong:
        request.flash(str(wrong), "bad")
    else:
        request.flash("How often its people are asked is saved.")
    return HTTPSeeOther(request.route_path("organization.display", id=organization.id))
