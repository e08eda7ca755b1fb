"""Topics in their order, moved up and down by buttons."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.models import Queue
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.asking.saving import reorder
from rtpy_portal.models import Topic
from rtpy_portal.rights import ADMIN_PORTAL

UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic."""

    id: int
    name: str
    url: str
    icon: str
    hint: str
    queue: str
    asks: str
    audience: str
    disabled: bool
    is_first: bool
    is_last: bool


@view_config(
    route_name="portal.topics.list",
    request_method="GET",
    renderer="portal/topics/list.pt",
    permission=ADMIN_PORTAL,
)
def list_topics(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """All of them, those that are switched off too. One query."""
    rows = request.db.execute(
        select(Topic, Queue.name).join(Queue, Queue.id == Topic.queue_id).order_by(Topic.position, Topic.id)
    ).all()
    return {
        "crumbs": admin_crumbs(request),
        "title": "Topics",
        "rows": [
            TopicRow(
                topic.id,
                topic.name,
                request.route_path("portal.topics.modify", id=topic.id),
                topic.icon,
                topic.hint,
                queue,
                _asks(len(topic.fields) + len(topic.questions)),
                "Some organisations" if topic.for_organizations else "Everybody",
                topic.disabled,
                place == 0,
                place == len(rows) - 1,
            )
            for place, (topic, queue) in enumerate(rows)
        ],
        "list_url": request.route_path("portal.topics.list"),
        "create_url": request.route_path("portal.topics.create"),
        "portal_url": request.route_path("portal.start"),
    }


@view_config(route_name="portal.topics.list", request_method="POST", permission=ADMIN_PORTAL)
def move(resource: SystemResource, request: Request) -> HTTPSeeOther:
    """One topic a place up or down."""
    given = texts_of(request)
    ids = list(request.db.scalars(select(Topic.id).order_by(Topic.position, Topic.id)))
    number, deed = number_in(given.get("topic", "")), given.get("deed", "")
    if number not in ids or deed not in (UP, DOWN):
        raise Invalid(Problem("topic", "Choose a topic of the list, and whether it goes up or down."))
    here = ids.index(number)
    there = here + (1 if deed == DOWN else -1)
    if 0 <= there < len(ids):
        ids[here], ids[there] = ids[there], ids[here]
        reorder(request.work, ids)
        request.flash("The order is changed.")
    return HTTPSeeOther(request.route_path("portal.topics.list"))


def _asks(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions" if number else "the text alone"
