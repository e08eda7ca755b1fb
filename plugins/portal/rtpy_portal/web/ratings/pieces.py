"""Pieces of a request's page: rate it once it is solved; say of a message of ours whether it helped."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from rtpy_portal.ratings.rating import votes_of
from rtpy_portal.web.ratings.rate import form_of
from rtpy_portal.web.visitors import RequestResource


def show_rating(request: Request, resource: RequestResource) -> Mapping[str, Any] | None:
    """The form, or what was said; None while the request is open. Two queries."""
    form = form_of(request, resource, {})
    return None if form is None else {"form": form}


def show_helpful(request: Request, resource: RequestResource) -> Mapping[str, Any] | None:
    """Two small buttons below each message, none for staff who only look; one query for all messages of a page."""
    if not isinstance(request.context, RequestResource):
        return None
    return {
        "votes": votes_of(request.db, resource.ticket.id, resource.visitor.user_id),
        "helpful_url": request.route_path("portal.ratings.helpful", id=request.matchdict["id"]),
    }
