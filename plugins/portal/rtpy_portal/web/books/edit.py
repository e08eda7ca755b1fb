"""Changing the working copy of a page."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Conflict, Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_portal.knowledge.writing import PageValues, change_page, may_place, stamp_of, values_of
from rtpy_portal.models import Page
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.form import PageForm, check_day, page_form, read_values
from rtpy_portal.web.books.said import find_page_of, knowledge_crumbs, page_link


@view_config(
    route_name="portal.books.edit",
    request_method="GET",
    renderer="portal/books/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The form with what the working copy says now."""
    page = find_page_of(request)
    return _form(request, page, values_of(request.work, page), {})


@view_config(
    route_name="portal.books.edit",
    request_method="POST",
    renderer="portal/books/form.pt",
    permission=WRITE_KNOWLEDGE,
)
def change(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """Keep what was typed. `seen`: what the form was filled from; what somebody changed since is not overwritten."""
    page, given = find_page_of(request), texts_of(request)
    values = read_values(request)
    try:
        check_day(request)
        with request.db.begin_nested():
            change_page(
                request.work,
                page,
                values,
                seen=given.get("seen", ""),
                says_original=given.get("says_original") == "1",
            )
    except Invalid as invalid:
        return _form(request, page, values, problems_of(invalid))
    except Conflict as conflict:
        return _form(request, page, values, {"": str(conflict)})
    request.flash("The draft is kept. Readers see it when it is published.")
    return HTTPSeeOther(request.route_path("portal.books.display", id=page.id))


def _form(request: Request, page: Page, values: PageValues, wrong: Mapping[str, str]) -> Mapping[str, object]:
    original = request.db.get(Page, page.original_id) if page.original_id else None
    form = PageForm(
        f"Edit {page.title}",
        knowledge_crumbs(request, page_link(request, page)),
        request.route_path("portal.books.edit", id=page.id),
        {"seen": stamp_of(request.work, page)},
        may_place=may_place(request.work, page),
        note=""
        if may_place(request.work, page)
        else "Where a published page stands and for whom it is, only those say who may publish.",
        original=page_link(request, original) if original else None,
        may_say_original=original is not None and original.published_version is not None,
    )
    return page_form(request, form, values, wrong)
