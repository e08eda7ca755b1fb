"""The ways in beside a password that the login page offers."""

from pyramid.request import Request

from rtpy.identity.oidc.provider import sign_on_buttons
from rtpy.identity.trusted_header import named_by_proxy
from rtpy.web.shown import Link


def other_ways(request: Request) -> tuple[Link, ...]:
    """Buttons, each a form that is posted: first the proxy's word, then the providers. No query as a rule."""
    app = request.app
    with app.reading_sessions() as db:  # who only looks never takes the writer's turn
        buttons = sign_on_buttons(app, db)
    found = [
        Link(f"Log in by {each.name}", request.route_path("sign_on.start", id=each.id)) for each in buttons
    ]
    name = named_by_proxy(request.environ)
    if name:
        found.insert(0, Link(f"Continue as {name}", request.route_path("sign_on.header")))
    return tuple(found)
