"""The ratings of a ticket, beside it; and saying that a bad one was made good."""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import bindparam, select

from rtpy.http.redirects import is_safe_path
from rtpy.http.resources import SystemResource, TicketResource
from rtpy.models import Ticket, User
from rtpy.rights.names import Right
from rtpy.web.staff.forms import texts_of
from rtpy_portal.models import Rating
from rtpy_portal.ratings.following import mark_recovered
from rtpy_portal.ratings.words import FACES, LABELS, REASONS, Reason, Score
from rtpy_portal.rights import SEE_RATINGS
from rtpy_portal.web.ticket_facts import ticket_facts

_RATINGS = (
    select(Rating, User)
    .join(User, User.id == Rating.user_id)
    .where(Rating.ticket_id == bindparam("ticket"))
    .order_by(Rating.id.desc())
)


def show_ratings(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """None for who may not see any, and without a rating: then without a query of its own, else one."""
    if (
        not resource.work.rights.system(SEE_RATINGS)
        or not ticket_facts(request, resource.ticket.id).has_ratings
    ):
        return None
    rows = request.db.execute(_RATINGS, {"ticket": resource.ticket.id}).all()
    return {"lines": [line_of(request, *row) for row in rows]}


def line_of(request: Request, rating: Rating, user: User) -> dict[str, Any]:
    """A rating as staff read it."""
    path, score = request.route_path, Score(rating.score)
    was_bad = rating.lowest == Score.BAD
    return {
        "face": FACES[score],
        "label": LABELS[score],
        "is_bad": score is Score.BAD,
        "reason": REASONS[Reason(rating.reason)] if rating.reason else "",
        "comment": rating.comment,
        "may_quote": rating.may_quote,
        "name": user.display_name,
        "person_url": path("people.display", id=user.id),
        "at": rating.changed or rating.created,
        "is_changed": rating.changed is not None,
        "follow_up_id": rating.follow_up_id,
        "follow_up_url": path("ticket.display", id=rating.follow_up_id) if rating.follow_up_id else None,
        "was_bad": was_bad,
        "recovered": rating.recovered,
        "recovered_url": path("portal.ratings.recovered", id=rating.id) if was_bad else None,
        "here": request.path_qs,
    }


@view_config(route_name="portal.ratings.recovered", request_method="POST", permission=SEE_RATINGS)
def save_recovered(resource: SystemResource, request: Request) -> Response:
    """Fields `recovered` (1 or 0) and `return_to`."""
    rating = request.db.scalar(
        select(Rating)
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .where(Rating.id == int(request.matchdict["id"]), request.work.rights.of(Right.SHOW_TICKET).visible())
    )
    if rating is None:
        raise HTTPNotFound()
    given = texts_of(request)
    is_recovered = given.get("recovered") == "1"
    mark_recovered(request.work, rating, is_recovered=is_recovered)
    request.flash("It counts as made good." if is_recovered else "It does not count as made good any more.")
    back = given.get("return_to", "")
    return HTTPSeeOther(back if is_safe_path(back) else request.route_path("portal.ratings.list"))
