"""One mail for each person and round: all that steps had to say, by urgency, with links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import delete, exists, select

from rtpy.errors import NotFound
from rtpy.models import Organization, Ticket, User
from rtpy.models.locks import lock_name
from rtpy.notices.writing import Notice, write_notice
from rtpy.rights.names import Right
from rtpy.work import Face, Work
from rtpy_sla.clocks.words import State
from rtpy_sla.escalation.people import zone_named
from rtpy_sla.ladder.due import last_of_each
from rtpy_sla.ladder.labels import span_label, target_label
from rtpy_sla.models import ClockRow, WaitingMail

MOST = 2_000
"""Lines that are worked off in one round."""
MOST_LINES = 100
"""Of one mail; how many more there are is said."""
PATIENCE = timedelta(minutes=2)
"""So long mails wait for another worker that is still at the steps of the same round."""


@dataclass(frozen=True, slots=True)
class Line:
    """One clock that a person is to look at."""

    ticket_id: int
    subject: str
    organization: str
    target: str
    due: datetime
    is_missed: bool
    ladder: str


def send_waiting(work: Work) -> int:
    """Write the mails whose time has come, in this transaction; how many lines were worked off.

    A line is left out when its clock has stopped running meanwhile, and when the person may not see the ticket; of
    several lines about one clock the last counts.
    """
    lock_name(work.db, "sla waiting mails")
    if _is_busy(work):
        return 0
    rows = work.db.scalars(
        select(WaitingMail)
        .where(WaitingMail.not_before <= work.now)
        .order_by(WaitingMail.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    numbers = [row.id for row in rows]
    work.db.execute(delete(WaitingMail).where(WaitingMail.id.in_(numbers)))
    by_person: dict[int, list[WaitingMail]] = {}
    for row in rows:
        by_person.setdefault(row.user_id, []).append(row)
    clocks = _clocks(work, {row.ticket_id for row in rows})
    users = {user.id: user for user in work.db.scalars(select(User).where(User.id.in_(by_person)))}
    for user_id, theirs in by_person.items():
        _write(work, users[user_id], theirs, clocks)
    return len(rows)


def mail_text(work: Work, lines: Sequence[Line], zone: tzinfo) -> tuple[str, str]:
    """Subject and text of a mail with these lines, which are in order."""
    missed = [line for line in lines if line.is_missed]
    coming = [line for line in lines if not line.is_missed]
    blocks = []
    for title, some in (("Missed", missed), ("Coming up", coming)):
        if some:
            told = [_told(work, line, zone) for line in some[:MOST_LINES]]
            more = [f"… and {len(some) - MOST_LINES} more"] if len(some) > MOST_LINES else []
            blocks.append("\n\n".join((f"{title} ({len(some)})", *told, *more)))
    ladders = ", ".join(sorted({line.ladder for line in lines}))
    blocks.append(f"Times are those of {zone}. You get this mail because of: {ladders}.")
    return _subject(lines, missed), "\n\n".join(blocks)


def _is_busy(work: Work) -> bool:
    """Is another worker still at steps of this round, so that its lines belong into the same mails?"""
    still_due = work.db.scalar(select(exists(select(ClockRow.id).where(ClockRow.next_step <= work.now))))
    if not still_due:
        return False
    fresh = select(WaitingMail.id).where(
        WaitingMail.not_before <= work.now, WaitingMail.created <= work.now - PATIENCE
    )
    return not work.db.scalar(select(exists(fresh)))


def _clocks(work: Work, ticket_ids: Collection[int]) -> Mapping[tuple[int, str, int], Any]:
    """The clocks of these tickets that still run, with what a line says of the ticket."""
    rows = work.db.execute(
        select(
            ClockRow.ticket_id,
            ClockRow.target,
            ClockRow.cycle,
            ClockRow.due,
            ClockRow.missed,
            Ticket.subject,
            Organization.name.label("organization"),
        )
        .join(Ticket, Ticket.id == ClockRow.ticket_id)
        .join(Organization, Organization.id == Ticket.organization_id, isouter=True)
        .where(
            ClockRow.ticket_id.in_(ticket_ids),
            ClockRow.state == State.RUNNING.value,
            ClockRow.due.is_not(None),
        )
    )
    return {(row.ticket_id, row.target, row.cycle): row for row in rows}


def _write(
    work: Work, user: User, rows: Sequence[WaitingMail], clocks: Mapping[tuple[int, str, int], Any]
) -> None:
    keys = [(row.ticket_id, row.target, row.cycle) for row in rows]
    last = last_of_each(keys)
    seen = _seen(work, user, {row.ticket_id for row in rows})
    lines = []
    for place, (row, key) in enumerate(zip(rows, keys, strict=True)):
        clock = clocks.get(key)
        if place in last and clock is not None and row.ticket_id in seen:
            lines.append(
                Line(
                    row.ticket_id,
                    clock.subject,
                    clock.organization or "",
                    row.target,
                    clock.due,
                    clock.due <= work.now,
                    row.ladder,
                )
            )
    if lines:
        lines.sort(key=lambda line: (line.due, line.ticket_id))
        subject, text = mail_text(work, lines, zone_named(user.timezone))
        write_notice(work, Notice(subject, text), address=user.email_address or "", name=user.display_name)


def _seen(work: Work, user: User, ticket_ids: Collection[int]) -> set[int]:
    """Those of the tickets that this person may see; none for who is disabled."""
    try:
        actor = work.app.actor_named(work.db, user.name, Face.SYSTEM)
    except NotFound:
        return set()
    visible = work.as_actor(actor).rights.of(Right.SHOW_TICKET).visible()
    return set(work.db.scalars(select(Ticket.id).where(Ticket.id.in_(ticket_ids), visible)))


def _subject(lines: Sequence[Line], missed: Sequence[Line]) -> str:
    if len(lines) == 1:
        (line,) = lines
        state = "missed" if line.is_missed else "is due soon"
        return f"#{line.ticket_id} {line.subject}: {target_label(line.target).lower()} {state}"
    tickets = len({line.ticket_id for line in lines})
    counted = "1 ticket needs you" if tickets == 1 else f"{tickets} tickets need you"
    if not missed:
        return f"{counted}: {len(lines)} targets are due soon"
    rest = len(lines) - len(missed)
    said = "1 target missed" if len(missed) == 1 else f"{len(missed)} targets missed"
    return f"{counted}: {said}" + (f", {rest} due soon" if rest else "")


def _told(work: Work, line: Line, zone: tzinfo) -> str:
    named = f"#{line.ticket_id} {line.subject}" + (f" ({line.organization})" if line.organization else "")
    distance = span_label(int(abs((line.due - work.now).total_seconds())))
    local = line.due.astimezone(zone)
    moment = f"{local:%a} {local.day} {local:%b %H:%M}"
    when = f"was due {moment}, {distance} ago" if line.is_missed else f"due {moment}, in {distance}"
    return "\n".join(
        (
            f"* {named}",
            f"  {target_label(line.target)}: {when}",
            f"  {work.app.config.url(f'/ticket/{line.ticket_id}')}",
        )
    )
