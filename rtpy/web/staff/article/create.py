"""Writing a new article."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPForbidden, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.articles import make_article
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.links import AddLink
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.links.things import article_uri
from rtpy.models import Article, Ticket
from rtpy.rights.names import Right
from rtpy.web.custom_fields.inputs import creation_inputs
from rtpy.web.custom_fields.posted import given_fields
from rtpy.web.staff.article.display import article_crumbs
from rtpy.web.staff.article.form import Typed, article_form, chosen_class, read_typed, text_of
from rtpy.web.staff.article.list import classes_writable
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="article.create", request_method="GET", renderer="staff/article/form.pt", permission=STAFF
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """An empty form; `?class=` chooses a class."""
    return creation_form(request, read_typed(request))


@view_config(
    route_name="article.create", request_method="POST", renderer="staff/article/form.pt", permission=STAFF
)
def create(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it, and go there. `ticket`: from which ticket it comes; that one then says so, where the writer may."""
    work, typed, given = request.work, read_typed(request), texts_of(request)
    try:
        with work.db.begin_nested():
            chosen = chosen_class(request, typed)
            fields = given_fields(request, Lookup.ARTICLE)
            made = make_article(work, chosen, text_of(typed), topics=typed.topics, fields=fields)
    except Invalid as invalid:
        return creation_form(request, typed, problems_of(invalid), given.get("ticket", ""))
    except Refused as refused:
        return creation_form(request, typed, {"": str(refused)}, given.get("ticket", ""))
    _link(request, made, given.get("ticket", ""))
    request.flash(f"The article {made.name} is written.")
    return HTTPSeeOther(request.route_path("article.display", id=made.id))


def creation_form(
    request: Request, typed: Typed, wrong: Mapping[str, str] | None = None, ticket: str = "", note: str = ""
) -> dict[str, object]:
    """The values of staff/article/form.pt for a new article; 403 for who may write none anywhere."""
    classes = classes_writable(request)
    if not classes:
        raise HTTPForbidden("You need the right CreateArticle on a class of articles that is switched on.")
    known = {each.id for each in classes}
    if typed.class_id not in known:
        class_id = classes[0].id
        typed = Typed(typed.name, typed.summary, typed.content, typed.format, class_id, typed.topics)
    return article_form(
        request,
        typed,
        title="New article",
        crumbs=article_crumbs(request),
        post_url=request.route_path("article.create"),
        classes=classes,
        inputs=creation_inputs(request, Lookup.ARTICLE, typed.class_id or 0, wrong),
        wrong=wrong,
        may_topics=request.work.rights.of(Right.MODIFY_ARTICLE_TOPICS).on("class", typed.class_id or 0),
        hidden={"ticket": ticket} if ticket else {},
        note=note,
    )


def _link(request: Request, article: Article, ticket_id: str) -> None:
    """The article refers to the ticket that it was made from, if the writer may change and so link that ticket."""
    if not ticket_id.isascii() or not ticket_id.isdigit() or len(ticket_id) > 18:
        return
    ticket = request.db.get(Ticket, int(ticket_id))
    if ticket is None:
        return
    uri = article_uri(request.app.config.organization, article.id)
    try:
        with request.db.begin_nested():
            change_ticket(request.work, ticket, AddLink("ReferredToBy", uri))
    except Refused:
        request.flash("The ticket does not name the article: linking needs ModifyTicket on it.", "info")
