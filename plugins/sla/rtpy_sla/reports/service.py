"""A customer's month: put together of public parts only, and frozen. Columns with internal words are never read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, not_, or_, select
from sqlalchemy.exc import IntegrityError

from rtpy.changes.allowed import need_system
from rtpy.db.base import table_of
from rtpy.errors import Conflict, NotFound
from rtpy.history.customer_side import kept_from_customers
from rtpy.models import (
    Group,
    GroupClosure,
    Organization,
    OrganizationDomain,
    OrganizationMember,
    Queue,
    Ticket,
    User,
    Watcher,
)
from rtpy.models.group import PRIVILEGED
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_sla.clocks.words import Ball, State, Target, Verdict
from rtpy_sla.models import ClockRow, PauseRow, ReportReader, ServiceReport
from rtpy_sla.printed.figures import Figures, PauseLine, PromiseLine, RequestLine, TargetFigures
from rtpy_sla.reports.counting import clocks, counted, tickets
from rtpy_sla.reports.values import Asked, midnight
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS, SEE_SERVICE_REPORTS

MOST = 500
"""Requests that are listed; the figures are of all."""
ASKED_BY = ("Requestor", "Cc")
TOLD = tuple(each for each in Target if each not in (Target.WAITING, Target.EFFORT))
pauses = table_of(PauseRow).c


def report_of(work: Work, organization_id: int, month: date) -> Figures:
    """The figures of that month: as they were frozen, else as they stand now.

    `month` is its first day. The caller has made sure that the actor may read the reports of this customer. Raises
    NotFound for an organisation that there is not.
    """
    row = stored(work, organization_id, month)
    return Figures.from_json(row.figures) if row is not None else build(work, organization_id, month)


def stored(work: Work, organization_id: int, month: date) -> ServiceReport | None:
    """The report that was made, if one was."""
    return work.db.scalar(
        select(ServiceReport).where(
            ServiceReport.organization_id == organization_id, ServiceReport.month == month
        )
    )


def make_report(work: Work, organization_id: int, month: date) -> ServiceReport:
    """Freeze the figures as they stand now, anew if they were made before and not mailed.

    Needs AdminServiceLevels and SeeServiceReports. Raises Conflict before the month is over, after it was mailed, and
    when somebody else makes it at the same time.
    """
    need_to_change(work)
    zone = zone_of(work)
    if midnight(next_month(month), zone) > work.now:
        raise Conflict("This month is not over: its figures would change.")
    row = stored(work, organization_id, month)
    if row is not None and row.sent is not None:
        raise Conflict("This report was mailed and stays as it is.")
    figures = build(work, organization_id, month).to_json()
    if row is None:
        row = ServiceReport(organization_id=organization_id, month=month, sent_to="")
        row.figures, row.created, row.creator_id = figures, work.now, work.actor.user_id
        try:
            with work.db.begin_nested():
                work.db.add(row)
        except IntegrityError:
            raise Conflict("Somebody else made this report at the same moment: look at it.") from None
    else:
        row.figures, row.created, row.creator_id = figures, work.now, work.actor.user_id
    work.db.flush()
    return row


def need_to_change(work: Work) -> None:
    """Raises Refused but for who sets service levels up and may read the reports of all customers."""
    need_system(work, ADMIN_SERVICE_LEVELS)
    need_system(work, SEE_SERVICE_REPORTS)


def build(work: Work, organization_id: int, month: date) -> Figures:
    """The figures as they stand now; at most nine queries. Raises NotFound."""
    system = work.as_system()
    db, zone = work.db, zone_of(work)
    name = db.scalar(select(Organization.name).where(Organization.id == organization_id))
    if name is None:
        raise NotFound("There is no such organisation.")
    reader = db.get(ReportReader, organization_id)
    asked = Asked(midnight(month, zone), midnight(next_month(month), zone), zone, organization_id)
    mine = [_is_public(), not_(kept_from_customers(work.app)), tickets.organization_id == organization_id]
    from_ = counted(system, asked, with_open=True)
    rows = db.execute(
        select(*from_.c, clocks.label)
        .join(table_of(ClockRow), clocks.id == from_.c.id)
        .join(table_of(Ticket), tickets.id == from_.c.ticket_id)
        .where(*mine)
        .order_by(from_.c.at, from_.c.id)
    ).all()
    decided = [row for row in rows if row.verdict != Verdict.OPEN.value]
    lines, left_out = _requests(system, asked, mine, {row.ticket_id for row in decided})
    shown = str(setting(work.app, db, "sla.report_pauses"))
    each, sums = _pauses(system, asked, mine, shown)
    return Figures(
        name,
        str(setting(work.app, db, "sla.report_sender")) or work.app.config.rtname,
        month.isoformat(),
        zone.key,
        _moment(work.now, zone),
        opened=_number(system, asked, mine, tickets.created),
        resolved=_number(system, asked, mine, tickets.resolved),
        targets=_targets(decided),
        requests=lines,
        left_out=left_out,
        pauses=each,
        paused=sums,
        promises=tuple(
            PromiseLine(row.ticket_id, row.label, _moment(row.due, zone), row.verdict)
            for row in rows
            if row.target == Target.PROMISE.value and row.verdict != Verdict.NONE.value and row.due
        ),
        language=reader.language if reader else "en",
    )


def zone_of(work: Work) -> ZoneInfo:
    """In which months of reports begin and end."""
    return ZoneInfo(str(setting(work.app, work.db, "sla.report_zone")))


def next_month(month: date) -> date:
    """The first day of the one after."""
    return (month + timedelta(days=32)).replace(day=1)


def last_month(work: Work) -> date:
    """The first day of the last whole month."""
    today = work.now.astimezone(zone_of(work)).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _is_public() -> ColumnElement[bool]:
    """Over tickets: people of the customer asked for it or are told of it; what staff keep among themselves is not.

    Theirs are members of the organisation, and whose address is in one of its domains; a supplier in Cc is not.
    """
    watchers, members = table_of(Watcher).c, table_of(OrganizationMember).c
    users, domains = table_of(User).c, table_of(OrganizationDomain).c
    staff = (
        select(GroupClosure.member_id)
        .join(Group, Group.id == GroupClosure.group_id)
        .where(Group.domain == "SystemInternal", Group.name == PRIVILEGED)
    )
    is_member = (
        select(members.user_id)
        .where(members.organization_id == tickets.organization_id, members.user_id == watchers.principal_id)
        .exists()
    )
    address = func.lower(users.email_address)
    has_address = (
        select(users.id)
        .select_from(table_of(User))
        .join(table_of(OrganizationDomain), domains.organization_id == tickets.organization_id)
        .where(
            users.id == watchers.principal_id,
            or_(
                address.endswith(literal("@") + domains.domain),
                address.endswith(literal(".") + domains.domain),
            ),
        )
        .correlate(tickets.id.table, watchers.id.table)
        .exists()
    )
    return (
        select(watchers.id)
        .where(
            watchers.ticket_id == tickets.id,
            watchers.role.in_(ASKED_BY),
            watchers.principal_id.not_in(staff),
            or_(is_member, has_address),
        )
        .exists()
        & (tickets.type == "ticket")
        & (tickets.status != "deleted")
        & tickets.merged_into_id.is_(None)
    )


def _number(work: Work, asked: Asked, mine: Sequence[ColumnElement[bool]], when: Any) -> int:
    found = work.db.scalar(
        select(func.count()).select_from(Ticket).where(*mine, when >= asked.start, when < asked.end)
    )
    return found or 0


def _targets(rows: Iterable[Any]) -> tuple[TargetFigures, ...]:
    by_target: dict[tuple[Target, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.verdict != Verdict.NONE.value and Target(row.target) in TOLD:
            by_target[Target(row.target), row.unit].append(row)
    found = []
    for target, unit in sorted(by_target, key=lambda key: (TOLD.index(key[0]), key[1])):
        there = by_target[target, unit]
        number = {
            verdict: sum(row.verdict == verdict.value for row in there)
            for verdict in (Verdict.MET, Verdict.MISSED, Verdict.EXCUSED)
        }
        used = sorted(row.used for row in there if row.ended is not None and row.state == State.ENDED.value)
        found.append(
            TargetFigures(
                target.value,
                number[Verdict.MET],
                number[Verdict.MISSED],
                number[Verdict.EXCUSED],
                median_low(used) if used else None,
                used[(len(used) * 90 + 99) // 100 - 1] if used else None,
                unit,
            )
        )
    return tuple(found)


def _requests(
    work: Work, asked: Asked, mine: Sequence[ColumnElement[bool]], decided: set[int]
) -> tuple[tuple[RequestLine, ...], int]:
    """Those that were opened, resolved or decided in the month, by number; and how many more there are."""
    db = work.db
    in_month = [(when >= asked.start) & (when < asked.end) for when in (tickets.created, tickets.resolved)]
    found = db.execute(
        select(tickets.id, tickets.subject, tickets.created, Queue.name)
        .join(Queue, Queue.id == tickets.queue_id)
        .where(*mine, or_(*in_month, tickets.id.in_(sorted(decided)[:10_000])))
        .order_by(tickets.id)
        .limit(10_000)
    ).all()
    listed = found[:MOST]
    results: dict[tuple[int, str], tuple[int | None, str]] = {}
    for clock in db.execute(
        select(
            clocks.ticket_id,
            clocks.target,
            clocks.used,
            clocks.state,
            clocks.missed,
            clocks.excuse != "",
            clocks.due,
        )
        .where(
            clocks.ticket_id.in_([row.id for row in listed]),
            clocks.target.in_([Target.FIRST_RESPONSE.value, Target.RESOLUTION.value]),
        )
        .order_by(clocks.ticket_id, clocks.cycle)
    ):
        number, target, used, state, missed, is_excused, due = clock
        is_late = missed is not None or (state == State.RUNNING.value and due is not None and due < work.now)
        verdict = Verdict.EXCUSED if is_late and is_excused else Verdict.MISSED
        if not is_late:
            verdict = Verdict.MET if state == State.ENDED.value else Verdict.OPEN
        if state == State.STOPPED.value and not is_late:
            continue
        results[number, target] = (used if state == State.ENDED.value else None, verdict.value)
    has_queues = bool(setting(work.app, db, "sla.report_queues"))
    lines = tuple(
        RequestLine(
            row.id,
            row.subject,
            _day(row.created, asked.zone),
            row.name if has_queues else "",
            *results.get((row.id, Target.FIRST_RESPONSE.value), (None, "")),
            *results.get((row.id, Target.RESOLUTION.value), (None, "")),
        )
        for row in listed
    )
    return lines, len(found) - len(listed)


def _pauses(
    work: Work, asked: Asked, mine: Sequence[ColumnElement[bool]], shown: str
) -> tuple[tuple[PauseLine, ...], tuple[tuple[str, int], ...]]:
    """The part of each that lies in the month; the words of staff only where the house shows them."""
    if shown == "none":
        return (), ()
    columns = [pauses.ticket_id, pauses.ball, pauses.start, pauses.end]
    if shown == "reasons":
        columns.append(pauses.reason)
    found = work.db.execute(
        select(*columns)
        .join(Ticket, Ticket.id == pauses.ticket_id)
        .where(*mine, pauses.start < asked.end, or_(pauses.end.is_(None), pauses.end > asked.start))
        .order_by(pauses.start, pauses.id)
        .limit(10_000)
    ).all()
    until = min(asked.end, work.now)
    sums: dict[str, int] = defaultdict(int)
    for row in found:
        length = min(row.end or until, until) - max(row.start, asked.start)
        sums[row.ball] += max(int(length.total_seconds()), 0)
    each = tuple(
        PauseLine(
            row.ticket_id,
            row.ball,
            _moment(row.start, asked.zone),
            _moment(row.end, asked.zone) if row.end is not None and row.end <= until else "",
            row.reason,
        )
        for row in (found[:MOST] if shown == "reasons" else ())
    )
    return each, tuple((ball.value, sums[ball.value]) for ball in Ball if sums.get(ball.value))


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d")
