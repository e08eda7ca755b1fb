"""Sessions that a program begins with a name and a password, as REST 1.0 has them: good for programs, for no page."""

from urllib.parse import urlsplit

from pyramid.request import Request
from pyramid.response import Response

from rtpy.app import App
from rtpy.http.session import set_cookie
from rtpy.identity.logins import Login
from rtpy.identity.sessions import REST_DAYS, SessionKind, end_session, find_session, start_session


def rest_cookie_name(app: App) -> str:
    """RT's name of the cookie, `RT_SID_<rtname>.<port>`, with the port of the address that people type."""
    name: str | None = app.caches.get("rest_cookie_name")
    if name is None:
        base = urlsplit(app.config.base_url)
        port = base.port or (443 if base.scheme == "https" else 80)
        name = app.caches["rest_cookie_name"] = f"RT_SID_{app.config.rtname}.{port}"
    return name


def start_rest_session(request: Request, login: Login) -> str:
    """Begin a session for who has just shown a password; the answer to this request sets its cookie.

    Returns the value, 32 hex digits. When the request brings a good one of the same user it stays that one. A short
    transaction of its own: call it before the request has written anything.
    """
    app, now, name = request.app, request.app.clock.now(), rest_cookie_name(request.app)
    token: str = request.cookies.get(name, "")
    with app.work() as work:
        present = find_session(work.db.connection(), token, now, SessionKind.REST)
        if present is None or present.user_id != login.user_id:
            end_session(work.db, token)
            token = start_session(
                work.db,
                login.user_id,
                now=now,
                days=REST_DAYS,
                peer=request.peer,
                user_agent=request.user_agent or "",
                kind=SessionKind.REST,
            )

    def give_cookie(request: Request, response: Response) -> None:
        set_cookie(request, response, name, token, max_age=None)

    request.add_response_callback(give_cookie)
    return token


def end_rest_session(request: Request) -> None:
    """Log out: the session of this cookie is over, and the cookie goes."""
    app, name = request.app, rest_cookie_name(request.app)
    token = request.cookies.get(name, "")
    if token:
        with app.work() as work:
            end_session(work.db, token)

    def drop_cookie(request: Request, response: Response) -> None:
        response.delete_cookie(name, path=request.script_name + "/")

    request.add_response_callback(drop_cookie)
