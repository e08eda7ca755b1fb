"""Asking about a line of a statement, by the link that the statement was opened with."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import texts_of
from rtpy.work import Work
from rtpy_billing.documents.words import Language
from rtpy_billing.models import Customer, Seller, StatementLink
from rtpy_billing.statements.questions import ask_by_link, find_line, open_questions
from rtpy_billing.web.statements.open import frame, gone, link_of


@view_config(
    route_name="billing.statements.ask",
    request_method="GET",
    renderer="billing/statements/ask.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_form(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """The line and a box for the question."""
    link = link_of(request)
    return gone(request) if link is None else _page(request, link)


@view_config(
    route_name="billing.statements.ask",
    request_method="POST",
    renderer="billing/statements/ask.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Field `question`. Then the statement says which request it became; a line has one open question at most."""
    link = link_of(request)
    if link is None:
        return gone(request)
    question = texts_of(request).get("question", "")
    system: Work = request.app.work_in(request.db)
    try:
        made = ask_by_link(system, link, request.matchdict["about"], question)
    except (Invalid, Refused) as problem:
        return _page(request, link, str(problem), question)
    return HTTPSeeOther(_statement_path(request, asked=made.id))


def _page(
    request: Request, link: StatementLink, error: str = "", question: str = ""
) -> dict[str, object] | Response:
    work: Work = request.app.work_in(request.db)
    about = request.matchdict["about"]
    line = find_line(work, link, about)
    there = open_questions(work, link.organization_id).get(about)
    if there is not None:
        return HTTPSeeOther(_statement_path(request, asked=there))
    if error:
        request.response.status_int = 422
    customer = work.db.get_one(Customer, link.organization_id)
    say = Language(customer.language)
    seller = work.db.get(Seller, customer.seller_id) if customer.seller_id is not None else None
    return {
        **frame(request, say, say.word("ask_title"), seller.name if seller is not None else ""),
        "gone": "",
        "line": line.text,
        "hint": say.word("ask_hint", address=link.sent_to),
        "question": question,
        "error": error,
        "post_url": request.path,
        "back_url": _statement_path(request),
    }


def _statement_path(request: Request, **query: object) -> str:
    path: str = request.route_path(
        "billing.statements.open", token=request.matchdict["token"], **({"_query": query} if query else {})
    )
    return path
