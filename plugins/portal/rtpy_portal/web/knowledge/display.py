"""One page of knowledge, at an address that holds whatever it will be called."""

from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError
from pyramid.httpexceptions import HTTPMovedPermanently, HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Problem
from rtpy.http.resources import SystemResource
from rtpy.web.html import Html
from rtpy_portal.knowledge.questions import shown_under
from rtpy_portal.knowledge.reading import find_page, was_withdrawn
from rtpy_portal.knowledge.values import PageShown
from rtpy_portal.knowledge.votes import vote_of
from rtpy_portal.web.frame import frame
from rtpy_portal.web.knowledge.reader import reader, voter

DONE = frozenset({"thanks", "asked", "confirm", "answered", "often"})
"""What `?done=` may say."""


@view_config(
    route_name="portal.knowledge.display",
    request_method="GET",
    renderer="portal/knowledge/page.pt",
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(
    route_name="portal.knowledge.plain",
    request_method="GET",
    renderer="portal/knowledge/page.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def display(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Wrong or missing words of the address: to the right ones. Eight queries at most."""
    found = find_or_leave(request)
    if isinstance(found, Mapping):
        return found
    if request.matchdict.get("slug", "") != found.page.slug:
        raise HTTPMovedPermanently(page_url(request, found, **request.GET))
    return page_frame(request, found)


def find_or_leave(request: Request) -> PageShown | Mapping[str, object]:
    """The page `id`; of one that was withdrawn the values of a page that says so. Raises HTTPNotFound."""
    number, who = int(request.matchdict["id"]), reader(request)
    found = find_page(request.db, who, number, request.script_name)
    if found is not None:
        return found
    if not was_withdrawn(request.db, who, number):
        raise HTTPNotFound()
    request.override_renderer = "portal/knowledge/gone.pt"
    request.response.status_int = 410
    return frame(request, request.portal_say("This page is no longer here"), words="")


def page_url(request: Request, page: PageShown, anchor: str = "", **query: str) -> str:
    """The address of a page with its words."""
    more = {"_anchor": anchor} if anchor else {}
    url: str = request.route_path(
        "portal.knowledge.display", id=page.page_id, slug=page.page.slug, _query=query or None, **more
    )
    return url


def page_frame(
    request: Request,
    page: PageShown,
    *,
    problems: Sequence[Problem] = (),
    typed: Mapping[str, str] | None = None,
) -> Mapping[str, object]:
    """The values of page.pt; after a form that was wrong with its problems and what was typed."""
    account = request.portal_account
    said = vote_of(request.db, page.page_id, voter(request))
    done = request.GET.get("done", "")
    name = account.name.split()[0] if account and account.name.split() and "@" not in account.name else ""
    return frame(
        request,
        page.title,
        problems=problems,
        page=page,
        content_html=Html(page.content),
        translations=[(each, language_name(each.lang)) for each in page.translations],
        page_lang=page.page.lang,
        vote=said,
        done=done if done in DONE else "",
        questions=shown_under(request.db, page.page_id),
        typed=typed if typed is not None else {"shown_name": name, "wants_mail": "1"},
    )


def language_name(code: str) -> str:
    """A language in its own words: `Deutsch`."""
    try:
        return str(Locale.parse(code.replace("-", "_")).get_display_name() or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code
