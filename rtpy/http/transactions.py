"""One database transaction for each request: begun at the first query, ended by pyramid_tm, repeated on a conflict.

A view returns a response: committed. It raises anything, a redirect too: undone. Nobody else commits. GET, HEAD and
OPTIONS get a session in which the database refuses writes.
"""

from typing import Any

import transaction
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid_retry import BeforeRetry, mark_error_retryable
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from rtpy.app import App
from rtpy.changes.guard import install_guard
from rtpy.db.replica import Replica
from rtpy.db.session import make_sessions, read_only
from rtpy.identity.logins import Login

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ATTEMPTS = 3
CONFLICTS = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock."""


def includeme(config: Configurator) -> None:
    """pyramid_tm and pyramid_retry, and the two factories of sessions that follow them."""
    app: App = config.registry["rtpy.app"]
    config.add_settings(
        {
            "retry.attempts": ATTEMPTS,
            "retry.activate_hook": read_body_twice,
            "tm.manager_hook": transaction_manager,
            "tm.annotate_user": False,
        }
    )
    config.registry["rtpy.reports"] = set()
    config.add_directive("read_from_replica", read_from_replica)
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    join_sessions(config.registry, app)
    config.add_subscriber(forget_form, BeforeRetry)


def join_sessions(registry: Any, app: App) -> None:
    """Let requests work in sessions of this app, which follow the transaction of the request."""
    factories = [make_sessions(made.kw["bind"]) for made in (app.sessions, app.reading_sessions)]
    for factory in factories:
        # 'changed', or what is written without the unit of work is lost silently
        zope.sqlalchemy.register(factory, initial_state="changed", transaction_manager=transaction.manager)
    registry["rtpy.app"] = app
    registry["rtpy.sessions"] = tuple(factories)
    if not event.contains(app.engine, "handle_error", _mark_conflict):
        event.listen(app.engine, "handle_error", _mark_conflict)
    registry["rtpy.replica_sessions"] = _join_replica(app.replica) if app.replica else None


def _join_replica(replica: Replica) -> sessionmaker[Session]:
    """Sessions of requests on the replica; what fails there is asked again, and then of the primary."""

    def give_way(context: Any) -> None:
        state = getattr(context.original_exception, "sqlstate", None)
        if context.sqlalchemy_exception is not None and (context.is_disconnect or state in CONFLICTS):
            replica.rest("broke off an answer")
            mark_error_retryable(context.sqlalchemy_exception)

    factory = make_sessions(read_only(replica.engine))
    zope.sqlalchemy.register(factory, initial_state="changed", transaction_manager=transaction.manager)
    event.listen(replica.engine, "handle_error", give_way)
    return factory


def read_from_replica(config: Configurator, *routes: str) -> None:
    """Directive: pages of these routes may be answered by a replica of the database, when they are asked by GET.

    It shows all that was committed before the question, so they need no care.
    """
    config.registry["rtpy.reports"].update(routes)


def guard_sessions(registry: Any) -> None:
    """Put the guard against unrecorded writes on the sessions of requests; for tests and debug mode."""
    for factory in registry["rtpy.sessions"]:
        install_guard(factory)


def transaction_manager(_request: Request) -> Any:
    """This thread's manager, in explicit mode, which holds only for the thread that sets it."""
    transaction.manager.explicit = True
    return transaction.manager


def read_body_twice(request: Request) -> int | None:
    """How often to try (None: as usual). On the way it tells WebOb where the server's own buffer can be read again,
    so that mails are not copied once more."""
    if hasattr(request.environ["wsgi.input"], "seek"):
        request.is_body_seekable = True
    return None


def forget_form(retry: BeforeRetry) -> None:
    """The next attempt parses the body anew: files of this one were read to their end."""
    retry.environ.pop("webob._parsed_post_vars", None)


def open_session(request: Request) -> Session:
    """A session inside the request's transaction; it must not be committed or closed by hand.

    Of a login that may only read it refuses writes whatever the method: a search by POST is answered in it.
    Reports and searches may be on the replica.
    """
    if request.method in SAFE_METHODS and _is_report(request):
        return open_reporting_session(request)
    factories: tuple[sessionmaker[Session], sessionmaker[Session]] = request.registry["rtpy.sessions"]
    writing, reading = factories
    login: Login | None = request.__dict__.get("login")
    reads_only = request.method in SAFE_METHODS or (login is not None and not login.scope.writes)
    return reading() if reads_only else writing()


def open_writing_session(request: Request) -> Session:
    """The same for what writes although it is asked by GET: where a login over another site comes back to us."""
    factories: tuple[sessionmaker[Session], sessionmaker[Session]] = request.registry["rtpy.sessions"]
    return factories[0]()


def open_reading_session(request: Request) -> Session:
    """The same for a request that only asks, whatever its method: the database refuses writes in it."""
    factories: tuple[sessionmaker[Session], sessionmaker[Session]] = request.registry["rtpy.sessions"]
    return factories[1]()


def open_reporting_session(request: Request) -> Session:
    """The same for searches and reports: on the replica, if there is one that shows all that was written before."""
    factory: sessionmaker[Session] | None = request.registry["rtpy.replica_sessions"]
    if factory is not None and request.app.replica.is_ready():
        return factory()
    return open_reading_session(request)


def _is_report(request: Request) -> bool:
    route = getattr(request, "matched_route", None)
    return "reports" in request.__dict__ or (
        route is not None and route.name in request.registry["rtpy.reports"]
    )


def let_go(request: Request) -> None:
    """End the request's transaction, in which only was read, before somebody else's server is asked.

    On SQLite it would keep all other writers waiting. What is asked of the database later is in a new one.
    """
    request.tm.abort()
    request.tm.begin()


def _mark_conflict(context: Any) -> None:
    """Let pyramid_retry repeat a request that met another one in the database."""
    error = context.sqlalchemy_exception
    if error is None:
        return
    original = context.original_exception
    if getattr(original, "sqlstate", None) in CONFLICTS or "database is locked" in str(original):
        mark_error_retryable(error)
