"""For those who watch over the server: is it alive, is it in order, and numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import Connection, func, select, true
from sqlalchemy.exc import SQLAlchemyError

from rtpy.errors import NotFound
from rtpy.health import findings, troubles
from rtpy.http.resources import SystemResource
from rtpy.mail.answers import answers_by_class
from rtpy.mail.outbox import HOLD_ALL, RESTORED, UNREACHED
from rtpy.migrations.lines import Line
from rtpy.migrations.run import is_current
from rtpy.models import (
    Configuration,
    IncomingMail,
    OutgoingMail,
    ScripRun,
    SearchPending,
    Ticket,
    WebhookDelivery,
    WebSession,
)
from rtpy.setup import is_initialised

TOO_OLD = 900
"""Seconds that mail may wait before the server counts as not in order: is the worker running?"""
INTAKE_WAITING = ("received", "working")
OUTBOX_WAITING = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class State:
    """What was found; ages in seconds of the oldest mail that waits and could go on."""

    migrated: bool
    intake_age: float
    outbox_age: float
    restored: bool = False
    """All mail is held because the database came from a backup."""
    unreached: bool = False
    """Nobody answered at the mail server when the oldest outgoing mail was tried last."""

    @property
    def troubles(self) -> list[str]:
        """What is wrong, as sentences; none when all is in order."""
        found = []
        if not self.migrated:
            found.append("The database is of another version: run `rtpy migrate`.")
        if self.intake_age > TOO_OLD:
            found.append(f"Incoming mail has waited for {self.intake_age:.0f} s: is the worker running?")
        if self.restored:
            found.append(
                "The database was restored from a backup, so all mail is held: cancel what was sent before, then "
                "let mail go again (Administration, Outgoing mail)."
            )
        elif self.outbox_age > TOO_OLD:
            why = "the mail server cannot be reached." if self.unreached else "is the worker running?"
            found.append(f"Outgoing mail has waited for {self.outbox_age:.0f} s: {why}")
        return found


@view_config(route_name="health", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def health(resource: SystemResource, request: Request) -> Response:
    """Alive: it answers. Asks nothing of anything."""
    return _text("ok")


@view_config(route_name="ready", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ready(resource: SystemResource, request: Request) -> Response:
    """200 when database, mail and plugins are in order, else 503 with sentences."""
    try:
        state = look(request.db.connection(), request.app.clock.now(), request.app.lines)
        wrong = state.troubles
        if state.migrated:
            wrong += troubles(request.app.work_in(request.db))
    except SQLAlchemyError:
        return _text("The database cannot be reached.", 503)
    except NotFound as empty:
        return _text(str(empty), 503)
    return _text("\n".join(wrong), 503) if wrong else _text("ready")


@view_config(route_name="metrics", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def metrics(resource: SystemResource, request: Request) -> Response:
    """Numbers for Prometheus; elsewhere than on this machine it is 404 unless web.metrics says otherwise."""
    if request.app.config.web.metrics == "local" and not _is_local(request):
        raise HTTPNotFound()
    numbers = count(request.db.connection(), request.app.clock.now(), request.app.lines)
    in_order = Gauge(
        "rtpy_plugin_in_order", "1 when this check of a plugin is.", ["plugin", "check"], registry=numbers
    )
    for finding in findings(request.app.work_in(request.db)) if is_initialised(request.db) else ():
        in_order.labels(finding.plugin, finding.check.name).set(float(finding.check.ok))
    return Response(body=generate_latest(numbers), content_type="text/plain", charset="utf-8")


def look(connection: Connection, now: datetime, lines: Iterable[Line] = ()) -> State:
    """Database and mail as they are. Mail that waits for its next try or a person counts as in order."""
    intake = select(func.min(func.coalesce(IncomingMail.next_attempt, IncomingMail.received))).where(
        IncomingMail.state.in_(INTAKE_WAITING)
    )
    outbox = (
        select(OutgoingMail.not_before, OutgoingMail.last_answer)
        .where(OutgoingMail.state.in_(OUTBOX_WAITING))
        .order_by(OutgoingMail.not_before)
        .limit(1)
    )
    oldest = connection.execute(outbox).one_or_none()
    held = connection.scalar(select(Configuration.value).where(Configuration.name == HOLD_ALL))
    return State(
        is_current(connection, lines),
        _age(connection.scalar(intake), now),
        _age(oldest.not_before if oldest else None, now),
        held == RESTORED,
        bool(oldest and oldest.last_answer.startswith(UNREACHED)),
    )


def count(connection: Connection, now: datetime, lines: Iterable[Line] = ()) -> CollectorRegistry:
    """A registry of its own for each answer: what several processes count lies in the database."""
    registry = CollectorRegistry()
    state = look(connection, now, lines)
    for name, help_text, value in (
        (
            "rtpy_database_migrated",
            "1 when the database has the tables of this version.",
            float(state.migrated),
        ),
        ("rtpy_intake_age_seconds", "Age of the oldest incoming mail that waits.", state.intake_age),
        ("rtpy_outbox_age_seconds", "Age of the oldest outgoing mail that waits.", state.outbox_age),
        ("rtpy_sessions", "Logins that are good.", _count(connection, WebSession, WebSession.expires > now)),
        (
            "rtpy_scrip_failures",
            "Runs of scrips in which one failed.",
            _count(connection, ScripRun, ScripRun.failures > 0),
        ),
        (
            "rtpy_search_waiting",
            "Changes that search does not find yet.",
            _count(connection, SearchPending, true()),
        ),
    ):
        Gauge(name, help_text, registry=registry).set(value)
    for name, help_text, column in (
        ("rtpy_tickets", "Tickets by status.", Ticket.status),
        ("rtpy_incoming_mails", "Incoming mails by state.", IncomingMail.state),
        ("rtpy_outgoing_mails", "Outgoing mails by state.", OutgoingMail.state),
        ("rtpy_webhook_deliveries", "Deliveries to webhooks by state.", WebhookDelivery.state),
    ):
        gauge = Gauge(name, help_text, [column.key], registry=registry)
        for label, number in connection.execute(select(column, func.count()).group_by(column)):
            gauge.labels(label).set(number)
    answers = Gauge(
        "rtpy_mail_tries_per_minute",
        "Mails handed to the mail server in the last whole minute, by class of its answer.",
        ["answer"],
        registry=registry,
    )
    for label, number in answers_by_class(connection, now).items():
        answers.labels(label).set(number)
    return registry


def _count(connection: Connection, table: type, condition: object) -> float:
    return float(connection.scalar(select(func.count()).select_from(table).where(condition)) or 0)  # type: ignore[arg-type]


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0


def _is_local(request: Request) -> bool:
    """From this machine, and not handed on by a proxy on it."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip")):
        return False
    try:
        return ip_address(request.peer).is_loopback
    except ValueError:
        return False


def _text(text: str, status: int = 200) -> Response:
    return Response(text + "\n", status=status, content_type="text/plain", charset="utf-8")
