"""What a request carries for views: the app, the database, who is logged in, and the work to do."""

import secrets
from dataclasses import replace
from datetime import datetime

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.http.seeing import look_as
from rtpy.http.transactions import SAFE_METHODS, open_session
from rtpy.identity.second_factor.required import lacks_factor
from rtpy.identity.sessions import Login, find_session
from rtpy.logs.facts import note
from rtpy.work import Actor, Face, Work

COOKIE = "rtpy_session"


def includeme(config: Configurator) -> None:
    """`request.app, db, login, actor, work, request_id, peer`; all but the first made at first use."""
    config.add_request_method(find_app, "app", property=True)
    config.add_request_method(open_session, "db", reify=True)
    config.add_request_method(find_login, "login", reify=True)
    config.add_request_method(find_actor, "actor", reify=True)
    config.add_request_method(make_work, "work", reify=True)
    config.add_request_method(make_request_id, "request_id", reify=True)
    config.add_request_method(find_peer, "peer", property=True)


def find_app(request: Request) -> App:
    """The App of this process."""
    app: App = request.registry["rtpy.app"]
    return app


def find_login(request: Request) -> Login | None:
    """The good session that the cookie names. One query, none without a cookie.

    Of an administrator who sees as somebody else it is as that person's (`rtpy.http.seeing`).

    A request that may write asks in a transaction of its own, which reads only: who is not logged in never takes
    the writer's turn.
    """
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    now = request.app.clock.now()
    if request.method in SAFE_METHODS:
        return _find_in(request, request.db, token, now)
    with request.app.reading_sessions() as db:
        return _find_in(request, db, token, now)


def _find_in(request: Request, db: Session, token: str, now: datetime) -> Login | None:
    login = find_session(db.connection(), token, now)
    if login is not None and lacks_factor(request.app, db, login):
        login = replace(login, lacks_second_factor=True)
    if login is not None:
        note(user=login.user_id)
    seen = look_as(db, login) if login else None
    if seen is not None:
        request.__dict__["_real_login"] = login
    return seen or login


def find_actor(request: Request) -> Actor | None:
    """Who acts, through the web; None before the login."""
    login: Login | None = request.login
    return Actor(login.user_id, login.name, Face.WEB) if login else None


def make_work(request: Request) -> Work:
    """The work of whoever is logged in. Raises HTTPForbidden (and so leads to the login) when nobody is."""
    if request.actor is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.app.work_in(request.db, request.actor)
    work.only_queues = request.login.scope.queues
    if request.method in SAFE_METHODS:
        work.standing = request.login.standing  # read in this very transaction
    return work


def make_request_id(_request: Request) -> str:
    """What log and error page call this request."""
    return secrets.token_hex(8)


def find_peer(request: Request) -> str:
    """The client's address as the server knows it; headers that anybody can send do not count."""
    return str(request.remote_addr or "")
