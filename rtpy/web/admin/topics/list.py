"""The tree of topics of articles."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes, known_topics
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(route_name="admin.topic.list", request_method="GET", renderer="admin/list.pt", permission=STAFF)
def list_topics(resource: SystemResource, request: Request) -> dict[str, object]:
    """In the order of the tree, each with its whole path. No query as a rule."""
    asked = read_asked(request)
    grants = request.work.rights.of(Right.ADMIN_TOPICS)
    classes = known_classes(request.app, request.db)
    found = [
        each
        for each in known_topics(request.app, request.db).values()
        if (grants.everywhere if each.class_id is None else grants.on("class", each.class_id))
        and all(word.lower() in each.label.lower() for word in asked.words.split())
    ]
    lines = [
        Line(
            each.label,
            request.route_path("admin.topic.modify", id=each.id),
            (classes[each.class_id].name if each.class_id else "all classes",),
        )
        for each in found[asked.offset :][: PER_PAGE + 1]
    ]
    return list_values(
        request,
        asked,
        route="admin.topic.list",
        title="Topics",
        intro="Articles stand under topics, which stand under each other. A topic is of one class or of all.",
        columns=("Topic", "Of which class"),
        lines=lines,
        create_url=None if grants.nowhere else request.route_path("admin.topic.create"),
        create_label="New topic",
        empty="No topics yet.",
        can_be_disabled=False,
    )
