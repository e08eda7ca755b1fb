"""Rating a request: a page with the choice of the link preselected, and one button. Reading it stores nothing.

All addresses keep the number of this one, also where the request was merged: a key opens no other.
"""

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Problem
from rtpy.http.security import LOGGED_IN
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.models import Rating
from rtpy_portal.ratings.figures import forget_figures
from rtpy_portal.ratings.rating import (
    LONGEST,
    Answer,
    Given,
    can_change,
    find_rating,
    may_rate,
    rate,
    set_asking,
    vote_helpful,
    wants_to_be_asked,
)
from rtpy_portal.ratings.resolution import resolution_of
from rtpy_portal.ratings.words import FACES, SCORES, Reason, Score, say_reason, say_score
from rtpy_portal.web.frame import frame
from rtpy_portal.web.visitors import PersonResource, RequestResource


@view_config(
    route_name="portal.ratings.rate",
    request_method="GET",
    renderer="portal/ratings/rate.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_form(resource: RequestResource, request: Request) -> Mapping[str, object]:
    """`?score=good|fair|bad` is preselected; `?done=` says what was done last."""
    asked = request.GET.get("score", "")
    typed = {"score": asked, "via": "mail"} if asked in SCORES else {}
    return _page(request, resource, typed)


@view_config(
    route_name="portal.ratings.rate",
    request_method="POST",
    renderer="portal/ratings/rate.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def save_rating(resource: RequestResource, request: Request) -> Mapping[str, object] | Response:
    """Store it, then say thanks; what cannot be stored is said with everything that was typed."""
    given, say = texts_of(request), request.portal_say
    score = SCORES.get(given.get("score", ""))
    if score is None:
        problem = Problem("score", say("Please choose one of the three faces."))
        return _page(request, resource, given, (problem,))
    if len(given.get("comment", "")) > LONGEST:
        problem = Problem("comment", say("This is a little long: please write at most 4000 characters."))
        return _page(request, resource, given, (problem,))
    reason = given.get("reason", "")
    answer = rate(
        resource.work,
        resource.ticket,
        Given(
            score,
            given.get("comment", ""),
            Reason(reason) if reason in set(Reason) else None,
            may_quote=given.get("may_quote") == "1",
            via="mail" if given.get("via") == "mail" else "page",
        ),
    )
    forget_figures(request.app)
    query = {"done": "rated"} if answer is Answer.SAVED else None
    return HTTPSeeOther(request.route_path("portal.ratings.rate", id=request.matchdict["id"], _query=query))


@view_config(route_name="portal.ratings.asking", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def change_asking(resource: RequestResource, request: Request) -> Response:
    """Field `wanted`: 0 or 1."""
    wanted = texts_of(request).get("wanted") == "1"
    set_asking(resource.work, wanted=wanted)
    done = "asked" if wanted else "unasked"
    return HTTPSeeOther(
        request.route_path("portal.ratings.rate", id=request.matchdict["id"], _query={"done": done})
    )


@view_config(route_name="portal.ratings.mine", request_method="POST", permission=LOGGED_IN)
def change_own_asking(resource: PersonResource, request: Request) -> Response:
    """The same on the page of one's account."""
    wanted = texts_of(request).get("wanted") == "1"
    set_asking(resource.work, wanted=wanted)
    done = "asked" if wanted else "unasked"
    return HTTPSeeOther(request.route_path("portal.access.me", _query={"done": done}))


@view_config(route_name="portal.ratings.helpful", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def save_vote(resource: RequestResource, request: Request) -> Response:
    """Fields `message` (a transaction) and `helpful`: yes or no."""
    given = texts_of(request)
    number, said = number_in(given.get("message", "")), given.get("helpful", "")
    if (
        number is None
        or said not in ("yes", "no")
        or not vote_helpful(resource.work, resource.ticket, number, is_helpful=said == "yes")
    ):
        raise HTTPNotFound()
    url = request.route_path(
        "portal.requests.display", id=request.matchdict["id"], _anchor=f"helpful-{number}"
    )
    return HTTPSeeOther(url)


def form_of(request: Request, resource: RequestResource, typed: Mapping[str, str]) -> dict[str, Any] | None:
    """The values of the form's macro: what was typed, else the present rating. None: it cannot be rated now."""
    db, ticket = request.db, resource.ticket
    resolved = resolution_of(request.app, db, ticket)
    if resolved is None or not may_rate(db, ticket, resource.visitor.user_id):
        return None
    rating = find_rating(db, ticket, resolved, resource.visitor.user_id)
    say = request.portal_say
    shown = {**_typed(rating), **typed}
    return {
        "rating": rating,
        "can_rate": rating is None or can_change(resource.work, rating),
        "rate_url": request.route_path("portal.ratings.rate", id=request.matchdict["id"]),
        "scores": [
            (word, FACES[score], say_score(say, score), shown.get("score") == word)
            for word, score in SCORES.items()
        ],
        "reasons": [
            (each.value, say_reason(say, each), shown.get("reason") == each.value) for each in Reason
        ],
        "comment": shown.get("comment", ""),
        "may_quote": shown.get("may_quote") == "1",
        "via": shown.get("via", "page"),
        "face": FACES[Score(rating.score)] if rating else "",
        "rated_as": say_score(say, Score(rating.score)) if rating else "",
    }


def _typed(rating: Rating | None) -> dict[str, str]:
    if rating is None:
        return {}
    return {
        "score": Score(rating.score).word,
        "comment": rating.comment,
        "reason": rating.reason,
        "may_quote": "1" if rating.may_quote else "",
    }


def _page(
    request: Request, resource: RequestResource, typed: Mapping[str, str], problems: tuple[Problem, ...] = ()
) -> Mapping[str, object]:
    say, number = request.portal_say, resource.ticket.id
    form = form_of(request, resource, typed)
    return frame(
        request,
        say("How did it go?"),
        problems=problems,
        form=form,
        done=request.GET.get("done", ""),
        subject=resource.ticket.subject,
        number=number,
        request_url=request.route_path("portal.requests.display", id=request.matchdict["id"]),
        asking_url=request.route_path("portal.ratings.asking", id=request.matchdict["id"]),
        is_asked=wants_to_be_asked(request.db, resource.visitor.user_id),
    )
