"""Trying out a template on a ticket: the mail that it would give, made in a process that can be killed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from rtpy.errors import Invalid, Problem
from rtpy.mail.carried import CarriedFile, files_carried, files_said
from rtpy.mail.drops import values_for
from rtpy.mail.occasion import Occasion
from rtpy.mail.render_apart import render_apart
from rtpy.mail.template import names_in
from rtpy.mail.variables import VARIABLES
from rtpy.models import Ticket, Transaction
from rtpy.rights.names import Right
from rtpy.scrips.dry_run import stored_message
from rtpy.work import Work

LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Tried:
    """What a template gives for a ticket. `html` is not sanitised.

    `files` go along with the mail, `too_large` are only named in it; `said` are all files of the message.
    """

    ticket_id: int
    transaction_id: int
    headers: dict[str, str]
    body: str
    html: str
    files: Sequence[CarriedFile]
    too_large: Sequence[CarriedFile]
    said: Sequence[CarriedFile]


def try_template(work: Work, content: str, number: str) -> Tried:
    """Fill it in for the last message of a ticket that the actor may see. Raises Invalid by field."""
    if number and not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Invalid(Problem("ticket", f"“{number[:20]}” is no number of a ticket."))
    occasion = _occasion(work, int(number) if number else None)
    if occasion is None:
        what = (
            f"There is no ticket #{number} that you can see"
            if number
            else "There is no ticket that you can see"
        )
        raise Invalid(Problem("ticket", f"{what}: choose another one."))
    rendered = render_apart(content, values_for(occasion, names_in(content)))
    files, too_large = files_carried(occasion, rendered.headers)
    return Tried(
        occasion.ticket.id,
        occasion.transaction.id,
        rendered.headers,
        rendered.body,
        rendered.html,
        files,
        too_large,
        files_said(occasion),
    )


def values_of_ticket(work: Work, ticket_id: int | None = None) -> tuple[dict[str, str], int | None]:
    """The variables of templates with their present values for a ticket (the newest that the actor may see)."""
    occasion = _occasion(work, ticket_id)
    if occasion is None:
        return {}, None
    tops = frozenset(name.partition(".")[0] for name in VARIABLES)
    values = values_for(occasion, tops)
    return {name: _shown(values, name) for name in VARIABLES}, occasion.ticket.id


def _shown(values: dict[str, Any], name: str) -> str:
    top, _, part = name.partition(".")
    value = values.get(top, "")
    if part:
        value = value.get(part, "") if isinstance(value, dict) else ""
    if isinstance(value, dict):
        value = [f"{key}: {each}" for key, each in value.items()]
    text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _occasion(work: Work, ticket_id: int | None) -> Occasion | None:
    query = (
        select(Ticket, Transaction)
        .join(Transaction, Transaction.object_id == Ticket.id)
        .join(Ticket.queue)
        .where(
            Transaction.object_type == "ticket",
            Transaction.type.in_(("Create", "Correspond")),
            work.rights.of(Right.SHOW_TICKET).visible(),
        )
        .order_by(Transaction.id.desc())
        .limit(1)
        .options(contains_eager(Ticket.queue))
    )
    if ticket_id is not None:
        query = query.where(Ticket.id == ticket_id)
    row = work.db.execute(query).first()
    if row is None:
        return None
    return Occasion(work.as_system(), row.Ticket, row.Transaction, stored_message(work, row.Transaction.id))
