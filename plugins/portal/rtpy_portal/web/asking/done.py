"""What happens next: the same page whatever address was given."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.history.public_facts import public_facts
from rtpy.http.resources import SystemResource
from rtpy.models import Ticket
from rtpy_portal.access.sight import find_request
from rtpy_portal.asking.stamps import read_number
from rtpy_portal.asking.topics import topics_of
from rtpy_portal.models import Asked
from rtpy_portal.web.asking.form import DONE
from rtpy_portal.web.asking.place import visitor_here
from rtpy_portal.web.frame import frame, language_of


@view_config(
    route_name="portal.asking.done",
    request_method="GET",
    renderer="portal/asking/done.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_done(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """`?r=`: the number of the request with our signature, good for a day.

    Who is not logged in reads its number and what holds for everybody: nothing here tells whether the address is known.
    """
    work, visitor = request.app.work_in(request.db), visitor_here(request)
    number = read_number(request.app, DONE, request.GET.get("r", ""), work.now)
    asked = request.db.get(Asked, number) if number is not None else None
    if asked is None:
        raise HTTPNotFound()
    topics = (each for each in topics_of(request.app, request.db) if each.id == asked.topic_id)
    topic = next((each.said_in(language_of(request)) for each in topics), None)
    mine: Ticket | None = find_request(request.db, visitor, asked.ticket_id) if visitor is not None else None
    facts = public_facts(visitor.acting(work), mine, language_of(request)) if visitor and mine else ()
    return frame(
        request,
        request.portal_say("Thank you, we have your request"),
        number=asked.ticket_id,
        promise=topic.promise if topic else "",
        facts=facts,
        request_url=request.route_path("portal.requests.display", id=asked.ticket_id) if mine else None,
        start_url=request.route_path("portal.start"),
    )
