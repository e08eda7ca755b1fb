"""A small Pyramid site over the renderer, with invented pages and a ticket that takes replies."""

from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNoContent, HTTPSeeOther
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory

from rtpy.web.html import Html, show_avatar
from rtpy.web.shown import Block, Entry
from rtpy.web.times import bind_when
from tests.web.sample_pages import all_pages, frame, ticket_page

POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def make_site(**settings):
    """The WSGI application; `app.registry["said"]` lists what was sent, `["drafts"]` what was kept."""
    with Configurator(settings=settings) as config:
        config.set_session_factory(SignedCookieSessionFactory("not a secret"))
        config.set_default_csrf_options(require_csrf=True)
        config.include("rtpy.web.templating")
        config.registry["said"], config.registry["drafts"] = [], []
        for name in ("nav", "actor", "actor_links", "search_url", "new_ticket_url", "minutes_today"):
            config.add_request_method(lambda request, name=name: frame()[name], name, reify=True)
        config.add_route("sample", "/sample/{name}")
        config.add_route("ticket", "/ticket/1284")
        config.add_route("say", "/ticket/1284/{kind:reply|comment}", request_method="POST")
        config.add_route("draft", "/ticket/1284/draft", request_method="POST")
        config.add_view(show_sample, route_name="sample")
        config.add_view(show_ticket, route_name="ticket", renderer="staff/ticket/display.pt")
        config.add_view(say, route_name="say")
        config.add_view(keep_draft, route_name="draft")
        return config.make_wsgi_app()


def show_sample(request):
    template, values = all_pages(datetime.now(UTC))[request.matchdict["name"]]
    shown = {**frame(request.GET.get("theme", "auto"), datetime.now(UTC)), **values}
    body = request.registry["rtpy.templates"].render(template, shown)
    return Response(body, headers={"Content-Security-Policy": POLICY})


def show_ticket(request):
    request.response.headers["Content-Security-Policy"] = POLICY
    now = datetime.now(UTC)
    said = [
        Entry(900 + place, kind, bind_when(now)(now), "Jonas Weber", show_avatar("Jonas Weber"),
              body=(Block(Html(f"<p>{escape(text)}</p>")),), worked=minutes and f"{minutes} min")
        for place, (kind, text, minutes, _to, _files) in enumerate(request.registry["said"])
    ]  # fmt: skip
    page = ticket_page(now)
    urls = {"reply_url": "/ticket/1284/reply", "comment_url": "/ticket/1284/comment"}
    composer = replace(page["composer"], draft_url="/ticket/1284/draft", **urls)
    return {**page, "composer": composer, "entries": [*page["entries"], *said]}


def say(request):
    form = request.POST
    if "text" not in form:
        return HTTPNoContent()  # only asked who would get it, which a script does after a while
    files = [part.filename for part in form.getall("files") if hasattr(part, "filename")]
    kind = request.matchdict["kind"]
    request.registry["said"].append((kind, form["text"], form.get("minutes", ""), form.getall("to"), files))
    request.session.flash(("ok", f"Your {kind} was added."))
    return HTTPSeeOther("/ticket/1284")


def keep_draft(request):
    request.registry["drafts"].append((request.POST["kind"], request.POST["text"]))
    return HTTPNoContent()
