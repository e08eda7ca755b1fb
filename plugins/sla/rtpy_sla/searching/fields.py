"""Fields of the query language: SLADue, SLABreached, SLAPaused, SLAPolicy, SLATarget, BallWith.

To who is not of the staff every ticket is without a service level.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, null, or_, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.search.compiling.dates import date_field
from rtpy.search.compiling.plain import word_field
from rtpy.search.compiling.text import EQUALITY, TEXT, compare_text
from rtpy.search.compiling.values import need_no_part
from rtpy.search.fields.field import Asking, CannotSearch, Kind, Operand, Ranked, SearchField
from rtpy.search.language.tree import Name, Operator, Term
from rtpy_sla.clocks.words import Ball, Target
from rtpy_sla.models import Policy, TicketSla
from rtpy_sla.searching.seen import sees_clocks

YES, NO = "yes", "no"
PRESENT = (Operator.LESS, Operator.GREATER, Operator.AT_LEAST, Operator.IS_NOT)
"""Operators that no ticket without a due moment fits."""


def _of_ticket(column: Any) -> Any:
    """A value of the ticket's row of ours; NULL for a ticket without one."""
    return select(column).where(TicketSla.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()


def _seen(field: SearchField, without: ColumnElement[Any]) -> SearchField:
    """The same for staff; to others as if it were empty. `without` stands for the value of a ticket that has none."""
    blind = date_field(field.name, without, "") if field.kind is Kind.DATE else None

    def compile_seen(asking: Asking, term: Term) -> ColumnElement[bool]:
        if sees_clocks(asking.work):
            return field.compile(asking, term)
        if blind is not None:
            return blind.compile(asking, term)
        return compare_text(without, term.operator, term.value)

    def order(asking: Asking, path: tuple[str, ...]) -> Sequence[ColumnElement[Any]]:
        if not sees_clocks(asking.work) or field.order is None:
            return ()
        return field.order(asking, path)

    def operand(asking: Asking, name: Name) -> Operand:
        sort = "date" if field.kind is Kind.DATE else "text"
        return Operand(
            field.column if sees_clocks(asking.work) and field.column is not None else without, sort
        )

    def ranked(asking: Asking) -> Ranked | None:
        return field.ranked(asking) if field.ranked is not None and sees_clocks(asking.work) else None

    return SearchField(
        field.name,
        field.kind,
        field.operators,
        compile_seen,
        field.help,
        ranked=ranked if field.ranked is not None else None,
        sub_keys=field.sub_keys,
        choices=field.choices,
        order=order,
        column=field.column,  # charts, which are for staff, group by it
        operand=operand,
    )


def _yes_or_no(name: str, clause: Callable[[Asking], ColumnElement[bool]], help: str) -> SearchField:
    def compile_answer(asking: Asking, term: Term) -> ColumnElement[bool]:
        need_no_part(term)
        asked = term.value if isinstance(term.value, tuple) else (term.value,)
        wanted = {str(each).strip().lower() for each in asked}
        if not wanted <= {YES, NO}:
            raise CannotSearch(f"{name} is “yes” or “no”.")
        holds = clause(asking) if sees_clocks(asking.work) else false()
        answers = [holds] if wanted == {YES} else [~holds] if wanted == {NO} else [or_(holds, ~holds)]
        fits = and_(*answers)
        return ~fits if term.operator in (Operator.DIFFERS, Operator.NOT_IN) else fits

    return SearchField(name, Kind.CHOICE, EQUALITY, compile_answer, help, choices=lambda _asking: (YES, NO))


def _exists(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(TicketSla.ticket_id)
        .where(TicketSla.ticket_id == Ticket.id, *clauses)
        .correlate(Ticket)
        .exists()
    )


def _breached(asking: Asking) -> ColumnElement[bool]:
    """On record, or past due since it was last worked out."""
    now = asking.work.now
    is_past = and_(TicketSla.next_due < now, TicketSla.next_due >= TicketSla.played)
    return _exists(or_(TicketSla.is_missed.is_(True), is_past))


def _due(asking: Asking, term: Term) -> ColumnElement[bool]:
    """By the index of due moments where the operator asks for one that is there."""
    if term.name.path or term.operator not in PRESENT:
        return _WHOLE_DUE.compile(asking, term)
    fits = _ROW_DUE.compile(asking, term)
    return Ticket.id.in_(select(TicketSla.ticket_id).where(TicketSla.next_due.is_not(None), fits))


def _policy(asking: Asking, term: Term) -> ColumnElement[bool]:
    need_no_part(term)
    return compare_text(_POLICY, term.operator, term.value)


def _policies(asking: Asking) -> Sequence[str]:
    query = select(Policy.name).where(Policy.disabled.is_(False)).order_by(Policy.position, Policy.id)
    return tuple(asking.work.db.scalars(query)) if sees_clocks(asking.work) else ()


_POLICY = (
    select(Policy.name)
    .join(TicketSla, TicketSla.policy_id == Policy.id)
    .where(TicketSla.ticket_id == Ticket.id)
    .correlate(Ticket)
    .scalar_subquery()
)
_ROWS = table_of(TicketSla)
_DUE = _of_ticket(TicketSla.next_due)
_TARGET = _of_ticket(TicketSla.next_target)
_BALL = _of_ticket(TicketSla.ball)
_TARGET_TEXT, _BALL_TEXT = func.coalesce(_TARGET, ""), func.coalesce(_BALL, "")

_WHOLE_DUE = date_field("SLADue", _DUE, "When the next target of its service level is due.")
_BY_DUE = Ranked(_ROWS, _ROWS.c.ticket_id, _ROWS.c.next_due)
_ROW_DUE = date_field("SLADue", TicketSla.next_due, "")

FIELDS = {
    field.name: field
    for field in (
        _seen(replace(_WHOLE_DUE, compile=_due, ranked=lambda _asking: _BY_DUE), null()),
        _yes_or_no("SLABreached", _breached, "A target was missed and is not excused, or is past due now."),
        _yes_or_no(
            "SLAPaused", lambda _asking: _exists(TicketSla.is_paused.is_(True)), "Its clocks are paused."
        ),
        _seen(
            SearchField(
                "SLAPolicy",
                Kind.TEXT,
                TEXT,
                _policy,
                "The name of its service level.",
                choices=_policies,
                order=lambda _asking, path: () if path else (func.lower(_POLICY),),
                column=_POLICY,
            ),
            null(),
        ),
        _seen(
            word_field(
                "SLATarget",
                _TARGET_TEXT,
                "Which target is due next.",
                lambda _asking: tuple(map(str, Target)),
            ),
            null(),
        ),
        _seen(
            word_field(
                "BallWith",
                _BALL_TEXT,
                "Who has the next step, where clocks count.",
                lambda _: tuple(map(str, Ball)),
            ),
            null(),
        ),
    )
}
