"""For staff: words that readers use for the same thing."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import Section, form_values
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_portal.knowledge.synonyms import save_synonyms, synonym_text
from rtpy_portal.rights import WRITE_KNOWLEDGE


@view_config(
    route_name="portal.synonyms.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """All lines in one field."""
    return _form(request, synonym_text(request.db), {})


@view_config(
    route_name="portal.synonyms.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def save(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """They hold for the next search."""
    text = texts_of(request).get("synonyms", "")
    try:
        save_synonyms(request.work, text)
    except Invalid as invalid:
        return _form(request, text, problems_of(invalid))
    request.flash("The synonyms are saved. They hold for the next search.")
    return HTTPSeeOther(request.route_path("portal.synonyms.modify"))


def _form(request: Request, text: str, wrong: Mapping[str, str]) -> Mapping[str, object]:
    field = Field(
        "synonyms",
        "Synonyms",
        text,
        "textarea",
        "One line for each thing, such as “vpn = tunnel, remote access”. Who looks for one of the words finds pages "
        "with any of them. Endings and accents need no line: “printers” finds “printer”.",
        rows=16,
    )
    return form_values(
        request,
        title="Synonyms of knowledge",
        intro="Customers have other words than we have. Lines here let them find pages all the same.",
        post_url=request.route_path("portal.synonyms.modify"),
        sections=[Section("Words for the same thing", (field,))],
        problems=wrong,
        links=[Link("What was looked for in vain", request.route_path("portal.knowledge.report"))],
    )
