"""Pauses: which share of the time they took and with whom the ball was, and those in which the customer had written."""

from collections import defaultdict

from sqlalchemy import ColumnElement, case, func, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Ball, Target
from rtpy_sla.models import PauseRow
from rtpy_sla.reports.counting import (
    counted,
    customer_names,
    epoch,
    people_names,
    seen,
    sees_all,
    tickets,
)
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, ReportKind, Row, per_mille
from rtpy_sla.reports.words import BALLS, ENDS

MOST = 500
pauses = table_of(PauseRow).c
SHARE = (
    Column("customer", "Customer"),
    Column(
        "tickets", "Tickets", Kind.NUMBER, "Whose clock of the resolution ended or was missed.", adds=True
    ),
    Column("counted", "Counted", Kind.SECONDS, "Time of the resolution clocks that counted.", adds=True),
    Column(
        "paused",
        "Paused",
        Kind.SECONDS,
        "Time that would have counted, had the ball been with us: business hours where the target has them.",
        adds=True,
    ),
    Column("share", "Pause share", Kind.PERCENT, "Paused of counted and paused together."),
    *(
        Column(
            f"with_{ball.value}",
            f"With {BALLS[ball]}".partition(",")[0],
            Kind.SECONDS,
            f"How long the ball of these tickets was with {BALLS[ball]}, by the clock.",
            adds=True,
        )
        for ball in (Ball.CUSTOMER, Ball.THIRD, Ball.SCHEDULED)
    ),
)
WHO = (
    Column("person", "Begun by", says="Who handed the ball on, by the status or by hand."),
    Column("begun", "Pauses", Kind.NUMBER, "Pauses that began in these days.", adds=True),
    Column(
        "answered",
        "Customer had written",
        Kind.NUMBER,
        "In them the customer wrote before anybody of ours moved the ticket on.",
        adds=True,
    ),
    Column("share", "Share", Kind.PERCENT, "Of all pauses that this person began."),
    Column(
        "waited",
        "Still paused afterwards",
        Kind.SECONDS,
        "From the customer's message to the end of the pause, by the clock; nought where the message ended it.",
        adds=True,
    ),
)
EACH = (
    Column("ticket", "Ticket"),
    Column("person", "Begun by"),
    Column("ball", "The ball was with"),
    Column("start", "From", Kind.MOMENT),
    Column("wrote", "The customer wrote", Kind.MOMENT),
    Column("end", "Until", Kind.MOMENT),
    Column("why", "It ended because"),
    Column("reason", "Reason given"),
)


def pause_share(work: Work, asked: Asked) -> Report:
    """By customer, of resolutions that were decided in these days. Three queries."""
    db = work.db
    from_ = counted(work, asked, with_open=False).c
    is_resolution = from_.target == Target.RESOLUTION.value
    found = db.execute(
        select(from_.organization_id, func.count(), func.sum(from_.used), func.sum(from_.paused))
        .where(is_resolution)
        .group_by(from_.organization_id)
    ).all()
    again = counted(work, asked, with_open=False).c
    whose = (
        select(again.organization_id, again.ticket_id)
        .where(again.target == Target.RESOLUTION.value)
        .distinct()
        .subquery()
    )
    length = epoch(db, func.coalesce(pauses.end, work.now)) - epoch(db, pauses.start)
    balls: dict[int | None, dict[str, int]] = defaultdict(dict)
    for organization, ball, seconds in db.execute(
        select(whose.c.organization_id, pauses.ball, func.sum(length))
        .join(table_of(PauseRow), pauses.ticket_id == whose.c.ticket_id)
        .group_by(whose.c.organization_id, pauses.ball)
    ):
        balls[organization][ball] = int(seconds)
    names = customer_names(db, [row[0] for row in found])
    rows = []
    for organization, number, used, paused in sorted(found, key=lambda row: names[row[0]].lower()):
        narrowed = {"target": Target.RESOLUTION.value}
        if organization is not None:
            narrowed["customer"] = str(organization)
        rows.append(
            Row(
                {
                    "customer": names[organization],
                    "tickets": number,
                    "counted": int(used),
                    "paused": int(paused),
                    "share": per_mille(int(paused), int(used) + int(paused)),
                    **{
                        f"with_{ball.value}": balls[organization].get(ball.value, 0)
                        for ball in (Ball.CUSTOMER, Ball.THIRD, Ball.SCHEDULED)
                    },
                },
                {"tickets": Leads(About.CLOCKS, narrowed=narrowed)} if organization is not None else {},
            )
        )
    return Report(SHARE, tuple(rows))


def answered(work: Work, asked: Asked) -> Report:
    """By who began the pauses. Two queries. Who may not see reports of all people sees their own line."""
    db = work.db
    waited = epoch(db, func.coalesce(pauses.end, work.now)) - epoch(db, pauses.customer_wrote)
    query = (
        select(
            pauses.by_id,
            func.count(),
            func.count(pauses.customer_wrote),
            func.sum(case((waited > 0, waited), else_=0)),
        )
        .select_from(table_of(PauseRow))
        .join(table_of(Ticket), tickets.id == pauses.ticket_id)
        .where(*_begun(work, asked))
        .group_by(pauses.by_id)
    )
    found = db.execute(query).all()
    names = people_names(db, [row[0] for row in found])
    rows = tuple(
        Row(
            {
                "person": names.get(person, "?"),
                "begun": begun,
                "answered": wrote,
                "share": per_mille(wrote, begun),
                "waited": int(seconds or 0),
            }
        )
        for person, begun, wrote, seconds in sorted(found, key=lambda row: (-row[2], names.get(row[0], "")))
    )
    return Report(WHO, rows)


def each_answered(work: Work, asked: Asked) -> Report:
    """The pauses in which the customer had written, the latest first. Two queries."""
    query = (
        select(*pauses)
        .join(table_of(Ticket), tickets.id == pauses.ticket_id)
        .where(*_begun(work, asked), pauses.customer_wrote.is_not(None))
        .order_by(pauses.start.desc(), pauses.id.desc())
        .limit(MOST + 1)
    )
    found = work.db.execute(query).all()
    names = people_names(work.db, [row.by_id for row in found])
    rows = tuple(
        Row(
            {
                "ticket": f"#{row.ticket_id}",
                "person": names.get(row.by_id, "?"),
                "ball": BALLS[Ball(row.ball)],
                "start": row.start,
                "wrote": row.customer_wrote,
                "end": row.end,
                "why": ENDS.get(row.ended_why, ""),
                "reason": row.reason,
            },
            {"ticket": Leads(About.TICKET, row.ticket_id)},
        )
        for row in found[:MOST]
    )
    more = ((f"These are the latest {MOST}; there are more.", None),) if len(found) > MOST else ()
    return Report(EACH, rows, more)


def _begun(work: Work, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [pauses.start >= asked.start, pauses.start < asked.end, seen(work)]
    if asked.organization_id is not None:
        found.append(tickets.organization_id == asked.organization_id)
    if asked.queue_id is not None:
        found.append(tickets.queue_id == asked.queue_id)
    if not sees_all(work):
        found.append(pauses.by_id == work.actor.user_id)
    return found


ONLY = ("customer", "queue")
KINDS = (
    ReportKind(
        "pauses",
        "Pause share",
        "How much of the time did not count, and who had the ball?",
        pause_share,
        ("customer", "queue", "policy"),
    ),
    ReportKind(
        "answered",
        "Paused although the customer had written",
        "Who lets tickets wait for a customer who has long answered?",
        answered,
        ONLY,
    ),
    ReportKind(
        "answers",
        "Pauses with an answer in them",
        "Which pauses went on, or would have, after the customer had written?",
        each_answered,
        ONLY,
    ),
)
