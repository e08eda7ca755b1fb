"""Is escalation in order: are steps taken in time?"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from rtpy.health import HealthCheck
from rtpy.work import Work
from rtpy_sla.models import ClockRow

OVERDUE = timedelta(minutes=15)
"""A worker that runs takes a step within a minute or two; a ticket that fails is tried again after ten."""


def check_escalation(work: Work) -> Sequence[HealthCheck]:
    """One query by the index of steps."""
    waiting = work.db.scalar(_WAITING.where(ClockRow.next_step < work.now - OVERDUE)) or 0
    sentence = (
        f"{waiting} {'step of escalation is' if waiting == 1 else 'steps of escalation are'} overdue by more than 15 "
        "minutes: see that a worker runs, and its log."
        if waiting
        else "Steps of escalation are taken in time."
    )
    return (HealthCheck("sla escalation", not waiting, sentence),)


_WAITING = select(func.count()).select_from(ClockRow)
