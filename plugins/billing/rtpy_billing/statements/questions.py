"""What customers asked by the links of their statements: asked with measure, and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from rtpy.changes.people import person_for_address
from rtpy.errors import NotFound, Refused
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_billing.documents.words import Language
from rtpy_billing.models import Customer, StatementLink, StatementQuestion
from rtpy_billing.periods.period import Period
from rtpy_billing.statements.asking import Line, ask_about, shown_entry, shown_request

MOST_A_DAY = 20
"""Questions of one customer in 24 hours: who has the link must not fill our queues."""
_ABOUT = re.compile(r"(entry|request)-([1-9]\d{0,17})")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the request it became, how that stands, and what it is about."""

    number: int
    subject: str
    status: str
    asked: datetime
    sent_to: str
    is_open: bool


def find_line(work: Work, link: StatementLink, about: str) -> Line:
    """The line that `entry-7` or `request-12` names on the statement of a link. Raises NotFound."""
    found = _ABOUT.fullmatch(about)
    if found is None:
        raise NotFound("There is no such line on your statement.")
    period, number = Period(link.starts_on, link.ends_on), int(found[2])
    find = shown_entry if found[1] == "entry" else shown_request
    return find(work, link.organization_id, number, period)


def ask_by_link(work: Work, link: StatementLink, about: str, question: str) -> Ticket:
    """The request with a question, in the name of who gets the customer's statements; `work` is the system's.

    Only one question about a line is open at a time: the second time it is the request that there is, unchanged.
    Raises NotFound, Invalid without a question, and Refused after MOST_A_DAY within 24 hours.
    """
    customer = work.db.get(
        Customer, link.organization_id, with_for_update=True
    )  # two clicks make one request
    line = find_line(work, link, about)
    there = open_questions(work, link.organization_id).get(about)
    if there is not None:
        return work.db.get_one(Ticket, there)
    say = Language(customer.language if customer is not None else "en")
    if _asked_today(work, link.organization_id) >= MOST_A_DAY:
        raise Refused(say.word("asked_enough"))
    asker = person_for_address(work, link.sent_to, customer.contact if customer is not None else "")
    made = ask_about(work, link.organization_id, line, asker, question)
    work.db.add(
        StatementQuestion(
            link_id=link.id,
            entry_id=line.entry.id if line.entry is not None else None,
            about_ticket_id=line.ticket.id if line.entry is None and line.ticket is not None else None,
            ticket_id=made.id,
            asked=work.now,
        )
    )
    work.db.flush()
    return made


def open_questions(work: Work, organization_id: int) -> Mapping[str, int]:
    """The requests with a question that nobody has closed, by what they are about: `entry-7`. One query."""
    rows = work.db.execute(
        select(StatementQuestion, Ticket.id, Ticket.status)
        .join(StatementLink, StatementLink.id == StatementQuestion.link_id)
        .join(Ticket, Ticket.id == StatementQuestion.ticket_id)
        .where(_is_of(organization_id), Ticket.status.not_in(_closed(work)))
        .order_by(StatementQuestion.id)
    )
    return {
        f"entry-{each.entry_id}" if each.entry_id is not None else f"request-{each.about_ticket_id}": number
        for each, number, _ in rows
    }


def questions_of(work: Work, organization_id: int, most: int = 50) -> list[Asked]:
    """What a customer asked, the newest first, for our eyes. One query."""
    closed = _closed(work)
    rows = work.db.execute(
        select(Ticket.id, Ticket.subject, Ticket.status, StatementQuestion.asked, StatementLink.sent_to)
        .join(StatementQuestion, StatementQuestion.ticket_id == Ticket.id)
        .join(StatementLink, StatementLink.id == StatementQuestion.link_id)
        .where(_is_of(organization_id))
        .order_by(StatementQuestion.id.desc())
        .limit(most)
    )
    return [Asked(*row, is_open=row.status not in closed) for row in rows]


def _asked_today(work: Work, organization_id: int) -> int:
    found = work.db.scalar(
        select(func.count())
        .select_from(StatementQuestion)
        .join(StatementLink, StatementLink.id == StatementQuestion.link_id)
        .where(_is_of(organization_id), StatementQuestion.asked > work.now - timedelta(days=1))
    )
    return found or 0


def _is_of(organization_id: int) -> ColumnElement[bool]:
    return StatementLink.organization_id == organization_id


def _closed(work: Work) -> tuple[str, ...]:
    return work.app.lifecycles.inactive_statuses()
