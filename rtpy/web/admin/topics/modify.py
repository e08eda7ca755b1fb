"""The form of a topic: making one, renaming it, moving it, deleting it."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.topics import TopicValues, change_topic, delete_topic, make_topic
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Topic
from rtpy.rights.names import Right
from rtpy.search.articles import known_classes, known_topics, with_all_below
from rtpy.web.admin.editing import SAVE, Button, Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.topic.create", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def show_new(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    return _form(request, None, TopicValues(""), {})


@view_config(
    route_name="admin.topic.create", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def create(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it."""
    values, wrong = _read(request)
    try:
        if wrong:
            return _form(request, None, values, wrong)
        with request.db.begin_nested():
            made = make_topic(request.work, values)
    except Invalid as invalid:
        return _form(request, None, values, problems_of(invalid))
    except Refused as refused:
        return _form(request, None, values, {"": str(refused)})
    request.flash(f"The topic {made.name} is made.")
    return HTTPSeeOther(request.route_path("admin.topic.list"))


@view_config(
    route_name="admin.topic.modify", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def show_topic(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form with the topic as it is."""
    topic = _find(request)
    values = TopicValues(topic.name, topic.description, topic.parent_id, topic.class_id, topic.sort_order)
    return _form(request, topic, values, {})


@view_config(
    route_name="admin.topic.modify", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def modify(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Keep it, or with the deed `delete` delete it."""
    topic = _find(request)
    values, wrong = _read(request)
    deletes = texts_of(request).get("deed") == "delete"
    try:
        if wrong and not deletes:
            return _form(request, topic, values, wrong)
        with request.db.begin_nested():
            if deletes:
                delete_topic(request.work, topic)
            else:
                change_topic(request.work, topic, values)
    except Invalid as invalid:
        return _form(request, topic, values, problems_of(invalid))
    except Refused as refused:
        return _form(request, topic, values, {"": str(refused)})
    request.flash("The topic is deleted." if deletes else "The topic is saved.")
    return HTTPSeeOther(request.route_path("admin.topic.list"))


def _find(request: Request) -> Topic:
    """The topic `id` of the route; 404 for one that the reader may not change."""
    topic: Topic | None = request.db.get(Topic, int(request.matchdict["id"]))
    if topic is None or not _may(request, topic.class_id):
        raise HTTPNotFound()
    return topic


def _may(request: Request, class_id: int | None) -> bool:
    grants = request.work.rights.of(Right.ADMIN_TOPICS)
    return bool(grants.everywhere if class_id is None else grants.on("class", class_id))


def _read(request: Request) -> tuple[TopicValues, Mapping[str, str]]:
    given = texts_of(request)

    def number(name: str) -> int | None:
        text = given.get(name, "").strip()
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 18 else None

    order = number("sort_order")
    values = TopicValues(
        given.get("name", ""),
        given.get("description", ""),
        number("parent_id"),
        number("class_id"),
        order or 0,
    )
    is_wrong = order is None and given.get("sort_order", "").strip()
    return values, {"sort_order": "The place among its neighbours is a number."} if is_wrong else {}


def _form(
    request: Request, topic: Topic | None, values: TopicValues, wrong: Mapping[str, str]
) -> dict[str, object]:
    path, app, db = request.route_path, request.app, request.db
    classes = known_classes(app, db)
    grants = request.work.rights.of(Right.ADMIN_TOPICS)
    if grants.nowhere:
        raise HTTPForbidden("You need the right AdminTopics.")
    below = with_all_below(app, db, topic.id) if topic else frozenset()
    parents = [
        each
        for each in known_topics(app, db).values()
        if each.id not in below
        and _may(request, each.class_id)
        and (topic is None or each.class_id == topic.class_id)
    ]
    fields = [
        Field("name", "Name", values.name, required=True, autocomplete="off"),
        Field("description", "What it is about", values.description, autocomplete="off"),
        Field(
            "parent_id",
            "Below",
            kind="select",
            options=(
                Option("", "no other topic", values.parent_id is None),
                *(Option(str(each.id), each.label, each.id == values.parent_id) for each in parents),
            ),
            hint="It moves with all topics below it.",
        ),
        Field("sort_order", "Place among its neighbours", str(values.sort_order), "number"),
    ]
    if topic is None:
        may = [each for each in classes.values() if grants.on("class", each.id)]
        everywhere = (Option("", "all classes", values.class_id is None),) if grants.everywhere else ()
        choices = tuple(Option(str(each.id), each.name, each.id == values.class_id) for each in may)
        hint = "Below another topic it belongs to that one's class. It cannot be changed later."
        fields.insert(
            3, Field("class_id", "Of which class", kind="select", options=(*everywhere, *choices), hint=hint)
        )
    delete = (Button("Delete the topic", "delete", "danger"),) if topic else ()
    return form_values(
        request,
        title=f"Topic {topic.name}" if topic else "New topic",
        post_url=path("admin.topic.modify", id=topic.id) if topic else path("admin.topic.create"),
        sections=(Section("Topic", tuple(fields)),),
        problems=wrong,
        crumbs=(Link("Topics", path("admin.topic.list")),),
        buttons=(SAVE, *delete),
    )
