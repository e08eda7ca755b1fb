"""Loose ends by mail: every Monday to whom they belong, every month to the owner of the business."""

from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError

from rtpy.app import App
from rtpy.jobs.worker import Chore
from rtpy.models import Principal, User
from rtpy.notices.writing import Notice, write_notice
from rtpy.plugin_settings import setting
from rtpy.work import Actor, Face, Work
from rtpy_billing.loose_ends.board import BoardPart, read_board
from rtpy_billing.loose_ends.looking import is_loose, look, look_at
from rtpy_billing.models import LooseEnd, LooseEndCount, SentReport

WEEKLY, MONTHLY = "weekly", "monthly"
AT = time(7)
"""So early in the day, where the house is."""
BOARD = "/billing/loose-ends"


def mail_weekly(work: Work) -> int:
    """A mail to everybody who owns loose ends, once for each Monday; how many mails that were."""
    now = look_at(work)
    monday = now.today - timedelta(days=now.today.weekday())
    if not setting(work.app, work.db, "billing.weekly_mail") or not _is_time(work, now.zone, monday):
        return 0
    if not _begin(work, WEEKLY, monday, first_on=now.today == monday):
        return 0
    look(work)
    owners = work.db.scalars(
        select(User)
        .join(Principal, Principal.id == User.id)
        .where(
            Principal.disabled.is_(False),
            User.id.in_(select(LooseEnd.owner_id).where(is_loose(now.today))),
        )
        .order_by(User.id)
    ).all()
    return sum(_mail_owner(work, owner) for owner in owners)


def mail_monthly(work: Work) -> int:
    """A mail to the owner of the business, once for each month: what is loose, and how it went."""
    now = look_at(work)
    first = now.today.replace(day=1)
    name = setting(work.app, work.db, "billing.monthly_reader")
    reader = work.db.scalars(select(User).where(User.name == name)).one_or_none() if name else None
    if reader is None or not _is_time(work, now.zone, first):
        return 0
    if not _begin(work, MONTHLY, first, first_on=True):
        return 0
    look(work)
    parts = read_board(_as(work, reader))
    total = sum(part.number for part in parts)
    before = (
        _total_on(work, first - timedelta(days=1)),
        _total_on(work, (first - timedelta(days=1)).replace(day=1)),
    )
    went = (
        f"At the end of last month there were {before[0]}, at its beginning {before[1]}."
        if any(before)
        else ""
    )
    text = "\n\n".join(
        part for part in (f"{total} loose ends in all. {went}".strip(), _lines(parts), _link(work)) if part
    )
    return _send(work, reader, f"{total} loose ends: the month", text)


def mail_round(app: App) -> int:
    """One round of the worker. Always 0: the next look comes at its time."""
    for deed in (mail_weekly, mail_monthly):
        with app.work() as work:
            deed(work)
    return 0


MAILING = Chore("billing mails about loose ends", 600.0, mail_round)


def _is_time(work: Work, zone: tzinfo, day: date) -> bool:
    return work.now >= datetime.combine(day, AT, tzinfo=zone)


def _begin(work: Work, kind: str, on: date, *, first_on: bool) -> bool:
    """Nobody has sent this one; the first of its kind ever waits for its proper day (`first_on`)."""
    db = work.db
    known = select(exists(select(SentReport.kind).where(SentReport.kind == kind)))
    if db.get(SentReport, (kind, on)) is not None or (not first_on and not db.scalar(known)):
        return False
    try:
        with db.begin_nested():
            db.add(SentReport(kind=kind, on=on))
    except IntegrityError:  # another worker was quicker
        return False
    return True


def _mail_owner(work: Work, owner: User) -> int:
    parts = read_board(_as(work, owner), mine=True)
    total = sum(part.number for part in parts)
    if not total:
        return 0
    said = "1 loose end is yours" if total == 1 else f"{total} loose ends are yours"
    return _send(work, owner, f"{said} this week", f"{said}:\n\n{_lines(parts)}\n\n{_link(work)}")


def _as(work: Work, user: User) -> Work:
    """Work with the eyes of that person."""
    return work.app.work_in(work.db, Actor(user.id, user.name, Face.SYSTEM))


def _lines(parts: tuple[BoardPart, ...]) -> str:
    blocks = []
    for part in parts:
        rows = [f"* {_named(row.ticket_id, row.subject, row.organization, row.detail)}" for row in part.rows]
        more = part.number - len(part.rows)
        if more:
            rows.append(f"* and {more} more")
        blocks.append("\n".join((f"{part.kind.title} ({part.number})", *rows)))
    return "\n\n".join(blocks)


def _named(ticket_id: int | None, subject: str | None, organization: str, detail: str) -> str:
    ticket = f"#{ticket_id} {subject or ''}".strip() if ticket_id else ""
    return " - ".join(part for part in (ticket, organization, detail) if part) or "see the page"


def _link(work: Work) -> str:
    return f"All of them, with what to do: {work.app.config.url(BOARD)}"


def _send(work: Work, user: User, subject: str, text: str) -> int:
    return int(
        write_notice(work, Notice(subject, text), address=user.email_address or "", name=user.display_name)
    )


def _total_on(work: Work, day: date) -> int:
    return work.db.scalar(select(func.sum(LooseEndCount.number)).where(LooseEndCount.on == day)) or 0
