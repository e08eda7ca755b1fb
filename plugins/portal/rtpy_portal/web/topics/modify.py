"""Making and changing a topic."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import form_values
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy_portal.asking.saving import MOST_FIELDS, TopicValues, plain_topic, save_topic
from rtpy_portal.models import Topic
from rtpy_portal.rights import ADMIN_PORTAL
from rtpy_portal.web.topics.fields import sections_of
from rtpy_portal.words import ENGLISH, languages

TRANSLATED = ("name", "hint", "promise", "questions")


@view_config(
    route_name="portal.topics.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
@view_config(
    route_name="portal.topics.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form."""
    row = _row(request)
    return _form(request, row, typed_topic(request, row))


@view_config(
    route_name="portal.topics.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
@view_config(
    route_name="portal.topics.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ADMIN_PORTAL,
)
def save(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it."""
    row, given = _row(request), texts_of(request)
    try:
        save_topic(request.work, row, read_topic(given))
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    request.flash("The topic is saved.")
    return HTTPSeeOther(request.route_path("portal.topics.list"))


def read_topic(given: Mapping[str, str]) -> TopicValues:
    """The values of a posted form; what is wrong with them is said when they are saved."""
    fields = {}
    for place in range(1, MOST_FIELDS + 1):
        number = number_in(given.get(f"field{place}", ""))
        if number is not None:
            fields[number] = given.get(f"field{place}.required") == "1"
    return TopicValues(
        given.get("name", ""),
        number_in(given.get("queue", "")),
        given.get("hint", ""),
        given.get("promise", ""),
        given.get("icon", ""),
        given.get("person", ""),
        given.get("person_role", ""),
        given.get("priority", ""),
        tuple(fields.items()),
        given.get("questions", ""),
        {
            lang: {name: given.get(f"{name}.{lang}", "") for name in TRANSLATED}
            for lang in languages()
            if lang != ENGLISH
        },
        given.get("asks_site") == "1",
        given.get("audience") == "organizations",
        tuple(filter(None, (each.strip() for each in given.get("organizations", "").splitlines()))),
        given.get("disabled") == "1",
    )


def typed_topic(request: Request, row: Topic | None) -> dict[str, str]:
    """A topic as the form has it."""
    if row is None:
        return {"icon": "comment", "asks_site": "1"}
    plain = plain_topic(request.work, row)
    typed = {
        name: plain[name]
        for name in ("name", "hint", "promise", "icon", "person", "person_role", "priority", "questions")
    }
    typed["queue"] = str(row.queue_id)
    typed["asks_site"] = "1" if row.asks_site else ""
    typed["disabled"] = "1" if row.disabled else ""
    typed["audience"] = "organizations" if row.for_organizations else ""
    typed["organizations"] = "\n".join(plain["organizations"])
    for place, each in enumerate(row.fields, 1):
        typed[f"field{place}"] = str(each["id"])
        typed[f"field{place}.required"] = "1" if each["required"] else ""
    for lang, words in plain["words"].items():
        typed |= {f"{name}.{lang}": text for name, text in words.items()}
    return typed


def _row(request: Request) -> Topic | None:
    if "id" not in request.matchdict:
        return None
    found: Topic | None = request.db.get(Topic, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _form(
    request: Request, row: Topic | None, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    path = request.route_path
    return form_values(
        request,
        title="New topic" if row is None else f"Topic: {row.name}",
        post_url=path("portal.topics.create") if row is None else path("portal.topics.modify", id=row.id),
        sections=sections_of(request, given),
        problems=problems,
        crumbs=(Link("Topics", path("portal.topics.list")),),
    )
