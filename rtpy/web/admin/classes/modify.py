"""The form of a class of articles: making one, changing one."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.classes import ClassValues, change_class, make_class, values_of
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import ArticleClass
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field, Option
from rtpy.web.shown import Link
from rtpy.web.staff.forms import numbers_named, problems_of, texts_of

TAKES = (
    ("takes_title", "its name"),
    ("takes_summary", "its summary"),
    ("takes_content", "its text"),
    ("takes_fields", "its custom fields, each with its name"),
)


@view_config(
    route_name="admin.class.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CLASS,
)
def show_new(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form."""
    return _form(request, None, ClassValues(""), {})


@view_config(
    route_name="admin.class.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.ADMIN_CLASS,
)
def create(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it."""
    values, wrong = _read(request)
    try:
        if wrong:
            return _form(request, None, values, wrong)
        with request.db.begin_nested():
            made = make_class(request.work, values)
    except Invalid as invalid:
        return _form(request, None, values, problems_of(invalid))
    request.flash(f"The class {made.name} is made. Grant rights on it, so that people can read its articles.")
    return HTTPSeeOther(request.route_path("admin.class.list"))


@view_config(
    route_name="admin.class.modify", request_method="GET", renderer="admin/form.pt", permission=STAFF
)
def show_class(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form with the class as it is."""
    article_class = _find(request)
    return _form(request, article_class, values_of(request.work, article_class), {})


@view_config(
    route_name="admin.class.modify", request_method="POST", renderer="admin/form.pt", permission=STAFF
)
def modify(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Keep it."""
    article_class = _find(request)
    values, wrong = _read(request)
    try:
        if wrong:
            return _form(request, article_class, values, wrong)
        with request.db.begin_nested():
            change_class(request.work, article_class, _keeping_unseen(request, article_class, values))
    except Invalid as invalid:
        return _form(request, article_class, values, problems_of(invalid))
    request.flash(f"The class {article_class.name} is saved.")
    return HTTPSeeOther(request.route_path("admin.class.modify", id=article_class.id))


def _find(request: Request) -> ArticleClass:
    """The class `id` of the route; 404 for one that the reader may not change."""
    number = int(request.matchdict["id"])
    found: ArticleClass | None = request.db.get(ArticleClass, number)
    if found is None or not request.work.rights.of(Right.ADMIN_CLASS).on("class", number):
        raise HTTPNotFound()
    return found


def _keeping_unseen(request: Request, article_class: ArticleClass, values: ClassValues) -> ClassValues:
    """With the queues of the class that the form could not show: who does not see them does not take them away."""
    shown = {0, *(number for number, _ in request.queues_seen)}
    return replace(values, queues=values.queues | (values_of(request.work, article_class).queues - shown))


def _read(request: Request) -> tuple[ClassValues, Mapping[str, str]]:
    given = texts_of(request)
    order = given.get("sort_order", "").strip() or "0"
    digits = order.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 8
    values = ClassValues(
        name=given.get("name", ""),
        description=given.get("description", ""),
        sort_order=int(order) if is_number else 0,
        disabled=given.get("disabled") == "1",
        links=given.get("links") == "1",
        sets_subject=given.get("sets_subject") == "1",
        queues=numbers_named(request, "queues"),
        **{name: given.get(name) == "1" for name, _ in TAKES},
    )
    return values, {} if is_number else {"sort_order": "The place in lists is a number."}


def _form(
    request: Request, article_class: ArticleClass | None, values: ClassValues, wrong: Mapping[str, str]
) -> dict[str, object]:
    path = request.route_path
    options = (
        Option("0", "all queues", 0 in values.queues),
        *(Option(str(number), name, number in values.queues) for number, name in request.queues_seen),
    )
    own = (
        Field("name", "Name", values.name, required=True, autocomplete="off"),
        Field("description", "What it is for", values.description, autocomplete="off"),
        Field("sort_order", "Place in lists", str(values.sort_order), "number", "Small numbers come first."),
        _box("disabled", "Switched off: its articles stay, and are offered nowhere", values.disabled),
    )
    offered = Field(
        "queues",
        "Queues",
        kind="select",
        options=options,
        multiple=True,
        hint="None chosen: they can be read, and are offered in no reply.",
    )
    inserting = (
        *(_box(name, f"A message gets {words}", getattr(values, name)) for name, words in TAKES),
        _box("links", "The ticket refers to the article when the message is sent", values.links),
        _box(
            "sets_subject",
            "The article's summary (its name, if it has none) becomes the subject of the message",
            values.sets_subject,
        ),
    )
    return form_values(
        request,
        title=f"Class {article_class.name}" if article_class else "New class of articles",
        post_url=path("admin.class.modify", id=article_class.id)
        if article_class
        else path("admin.class.create"),
        sections=(
            Section("Class", own),
            Section("Where its articles are offered", (offered,)),
            Section("When an article is inserted into a message", inserting),
        ),
        problems=wrong,
        crumbs=(Link("Article classes", path("admin.class.list")),),
    )


def _box(name: str, label: str, checked: bool) -> Field:
    return Field(name, label, "1", "checkbox", checked=checked)
