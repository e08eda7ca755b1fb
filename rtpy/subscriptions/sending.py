"""The chore that writes dashboards as mails: each at its time, once, however many workers there are."""

import logging
from hashlib import sha256
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from rtpy.app import App
from rtpy.changes.subscriptions import next_time
from rtpy.errors import NotFound
from rtpy.jobs.worker import Chore
from rtpy.mail.header_lines import encoded, is_sendable, mailbox, one_line
from rtpy.mail.styled.frame import on_white
from rtpy.models import DashboardSubscription, OutgoingMail, OutgoingRecipient, User
from rtpy.rights.names import Right
from rtpy.search.dashboards import open_dashboard
from rtpy.subscriptions.writing import write_dashboard
from rtpy.work import Face, Work

log = logging.getLogger("rtpy.subscriptions")

AT_ONCE = 20


def send_due(app: App) -> int:
    """Write what is due; says how many subscriptions were worked off. One that was missed is sent once, late."""
    with app.work(reading=True) as work:
        due = work.db.scalars(
            select(DashboardSubscription.id)
            .where(DashboardSubscription.next_at <= work.now, DashboardSubscription.disabled.is_(False))
            .order_by(DashboardSubscription.next_at)
            .limit(AT_ONCE)
        ).all()
    return sum(_send(app, number) for number in due)


DASHBOARDS = Chore("dashboards", 30.0, send_due)


def _send(app: App, number: int) -> int:
    """One in a transaction of its own; 0 when another worker has taken it."""
    try:
        with app.work() as work:
            return _take(work, number, write=True)
    except Exception as error:
        log.error("dashboard subscription %s was not sent: %s", number, error, exc_info=True)
    with app.work() as work:
        return _take(work, number, write=False)


def _take(work: Work, number: int, *, write: bool) -> int:
    """Move it on to its next time, if nobody has, and write the mail."""
    row = work.db.get(DashboardSubscription, number)
    if row is None or row.next_at > work.now or row.disabled:
        return 0
    user = work.db.get_one(User, row.user_id)
    taken = work.db.execute(
        update(DashboardSubscription)
        .where(DashboardSubscription.id == number, DashboardSubscription.next_at == row.next_at)
        .values(next_at=next_time(row, user.timezone, work.now), **({"last_sent": work.now} if write else {}))
        .execution_options(synchronize_session=False)
    )
    if not isinstance(taken, CursorResult) or not taken.rowcount:
        return 0
    if write:
        _write(work, row, user)
    return 1


def _write(work: Work, row: DashboardSubscription, user: User) -> None:
    """The mail, with the rights that the reader has now; none for who may not get it any more."""
    try:
        reader = work.as_actor(work.app.actor_named(work.db, user.name, Face.SYSTEM))
        known = open_dashboard(reader, row.dashboard_id)
    except NotFound as gone:
        log.info("dashboard subscription %s sends nothing: %s", row.id, gone)
        return
    if not reader.rights.system(Right.SUBSCRIBE_DASHBOARD) or not is_sendable(user.email_address or ""):
        return
    written = write_dashboard(reader, known, row.rows or 10, _zone(user.timezone))
    if written.is_empty and not row.even_if_empty:
        return
    config = work.app.config
    address = config.mail.correspond_address
    told = f"{row.id} {work.now.isoformat()}"
    mail = OutgoingMail(
        created=work.now,
        internal=True,
        automatic=False,
        message_id=f"rt-dashboard-{sha256(told.encode()).hexdigest()[:40]}@{config.organization}",
        envelope_sender="",
        subject=one_line(f"[{config.rtname}] {known.name}", 250),
        headers=[
            ("From", mailbox(config.rtname, address)),
            ("X-RT-Loop-Prevention", encoded(config.rtname)),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
        ],
        body=written.text.replace("\x00", ""),
        html_body=on_white(written.html.replace("\x00", "")),
        not_before=work.now,
    )
    mail.recipients.append(
        OutgoingRecipient(kind="to", address=user.email_address, name=one_line(user.display_name, 120))
    )
    work.db.add(mail)
    work.db.flush()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
