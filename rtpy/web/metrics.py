"""Numbers for Prometheus: what is in the database, the same from each process, and this process's own durations."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import Connection, func, select, true

from rtpy.health import findings
from rtpy.http.door import is_handed_on
from rtpy.http.durations import durations_of
from rtpy.http.kept import kept_answer
from rtpy.http.resources import SystemResource
from rtpy.mail.answers import answers_by_class
from rtpy.migrations.run import is_current
from rtpy.models import (
    IncomingMail,
    Mailbox,
    MailboxState,
    OutgoingMail,
    ScripRun,
    SearchPending,
    ServerCertificate,
    Ticket,
    WebhookDelivery,
    WebSession,
)
from rtpy.setup import is_initialised
from rtpy.wellbeing.looking import signs, worst
from rtpy.wellbeing.mails import look_at_mail
from rtpy.wellbeing.sign import Grade
from rtpy.wellbeing.workers import look_at_workers
from rtpy.work import Work

KEPT = 5.0
"""Seconds for which what the database says is given again; who may ask can be anybody (`web.metrics`)."""

Labelled = Iterable[tuple[tuple[str, ...], float]]


@view_config(route_name="metrics", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def metrics(resource: SystemResource, request: Request) -> Response:
    """Numbers for Prometheus; elsewhere than on this machine it is 404 unless web.metrics says otherwise."""
    if request.app.config.web.metrics == "local" and not _is_local(request):
        raise HTTPNotFound()
    body = kept_answer(request.app, "metrics", KEPT, lambda: _of_the_database(request))
    body += generate_latest(durations_of(request.app).registry)
    return Response(body=body, content_type="text/plain", charset="utf-8")


def _of_the_database(request: Request) -> bytes:
    connection = request.db.connection()
    registry = CollectorRegistry()
    fits = is_current(connection, request.app.lines)
    _one(
        registry, "rtpy_database_migrated", "1 when the database has the tables of this version.", float(fits)
    )
    if fits:
        count(registry, connection, request.app.clock.now())
        if is_initialised(request.db):
            judge(registry, request.app.work_in(request.db))
    return generate_latest(registry)


def count(registry: CollectorRegistry, connection: Connection, now: datetime) -> None:
    """What is in the database, by state and age."""
    mail = look_at_mail(connection, now)
    for name, help_text, value in (
        ("rtpy_intake_age_seconds", "Age of the oldest incoming mail that waits.", mail.incoming_age),
        ("rtpy_outbox_age_seconds", "Age of the oldest outgoing mail that waits.", mail.outgoing_age),
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
        _one(registry, name, help_text, value)
    for name, help_text, column in (
        ("rtpy_tickets", "Tickets by status.", Ticket.status),
        ("rtpy_incoming_mails", "Incoming mails by state.", IncomingMail.state),
        ("rtpy_outgoing_mails", "Outgoing mails by state.", OutgoingMail.state),
        ("rtpy_webhook_deliveries", "Deliveries to webhooks by state.", WebhookDelivery.state),
    ):
        counted = connection.execute(select(column, func.count()).group_by(column).order_by(column))
        _many(registry, name, help_text, (column.key,), (((label,), number) for label, number in counted))
    _many(
        registry,
        "rtpy_mail_tries_per_minute",
        "Mails handed to the mail server in the last whole minute, by class of its answer.",
        ("answer",),
        (((label,), number) for label, number in answers_by_class(connection, now).items()),
    )


def judge(registry: CollectorRegistry, work: Work) -> None:
    """What is in order, how it goes with the workers, and when things happened last."""
    judged = worst(signs(work))
    _many(
        registry,
        "rtpy_in_order",
        "0 when something about this does not happen that people rely on; the start page says what to do.",
        ("about",),
        (((about,), float(grade is not Grade.BAD)) for about, grade in judged.items()),
    )
    _many(
        registry,
        "rtpy_plugin_in_order",
        "1 when this check of a plugin is.",
        ("plugin", "check"),
        (((found.plugin, found.check.name), float(found.check.ok)) for found in findings(work)),
    )
    seen = look_at_workers(work.db, work.now)
    chores = seen.chores
    nodes = {node: moment for node, moment in seen.nodes.items() if node in seen.alive}
    _moments(registry, "rtpy_worker_seen", "Last sign of life of each worker that lives.", "node", nodes)
    last = {chore.name: chore.ran for chore in chores}
    _moments(registry, "rtpy_chore_last_run", "When a chore's last round began or ended.", "chore", last)
    good = {chore.name: chore.good for chore in chores}
    _moments(registry, "rtpy_chore_last_good", "When a chore's last good round ended.", "chore", good)
    _many(
        registry,
        "rtpy_chore_failures_in_a_row",
        "Rounds of a chore that failed one after the other; 0 when the last one did not.",
        ("chore",),
        (((chore.name,), chore.failures) for chore in chores),
    )
    days = {name: datetime.combine(day, time(), UTC) for name, day in seen.days.items()}
    _moments(registry, "rtpy_daily_job_done", "The day for which a daily job was done last.", "job", days)
    fetched = work.db.execute(
        select(Mailbox.name, MailboxState.last_good)
        .join(MailboxState, MailboxState.mailbox_id == Mailbox.id)
        .where(Mailbox.disabled.is_(False))
        .order_by(Mailbox.name)
    )
    _moments(
        registry,
        "rtpy_mailbox_last_good",
        "When a mailbox was fetched last.",
        "mailbox",
        {row.name: row.last_good for row in fetched},
    )
    ends = work.db.execute(
        select(ServerCertificate.place, ServerCertificate.ends).order_by(ServerCertificate.place)
    )
    _moments(
        registry,
        "rtpy_certificate_end",
        "When the certificate of a server ends.",
        "place",
        {row.place: row.ends for row in ends},
    )


def _one(registry: CollectorRegistry, name: str, help_text: str, value: float) -> None:
    Gauge(name, help_text, registry=registry).set(value)


def _many(
    registry: CollectorRegistry, name: str, help_text: str, labels: tuple[str, ...], values: Labelled
) -> None:
    gauge = Gauge(name, help_text, labels, registry=registry)
    for named, value in values:
        gauge.labels(*named).set(value)


def _moments(
    registry: CollectorRegistry,
    name: str,
    help_text: str,
    label: str,
    moments: Mapping[str, datetime | None],
) -> None:
    known = (((of,), moment.timestamp()) for of, moment in moments.items() if moment)
    _many(registry, f"{name}_timestamp_seconds", help_text, (label,), known)


def _count(connection: Connection, table: type, condition: object) -> float:
    return float(connection.scalar(select(func.count()).select_from(table).where(condition)) or 0)  # type: ignore[arg-type]


def _is_local(request: Request) -> bool:
    """From this machine, and not handed on by a proxy on it."""
    if is_handed_on(request.environ):
        return False
    try:
        return ip_address(request.peer).is_loopback
    except ValueError:
        return False
