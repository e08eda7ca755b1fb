"""Names for the numbers in accounts of clocks. Two queries, whatever the number of clocks."""

from collections.abc import Sequence

from pyramid.request import Request
from sqlalchemy import func, select

from rtpy.models import Transaction, User
from rtpy.working_hours import offered
from rtpy_sla.clocks.clock import Clock, Pause
from rtpy_sla.following.plans import catalogue_of
from rtpy_sla.web.clocks.account import Names

_NAME = func.coalesce(func.nullif(User.real_name, ""), User.name)


def names_for(request: Request, clocks: Sequence[Clock], pauses: Sequence[Pause] = ()) -> Names:
    """Who did what the steps of these clocks name, and how calendars and policies are called."""
    db, versions = request.db, catalogue_of(request.app, request.db).versions
    numbers = {step.transaction_id for clock in clocks for step in clock.steps} - {0}
    authors = db.execute(
        select(Transaction.id, _NAME.label("name"))
        .join(User, User.id == Transaction.creator_id)
        .where(Transaction.id.in_(numbers))
    )
    used = {each.calendar_id for each in clocks}
    return Names(
        {row.id: row.name for row in authors},
        dict(offered(request.app, db, used)),
        {number: f"{each.name}, version {each.number}" for number, each in versions.items()},
        {each.began_by: each.reason for each in pauses},
    )


def people_of(request: Request, pauses: Sequence[Pause], clocks: Sequence[Clock] = ()) -> dict[int, str]:
    """Names of who began pauses and excused. One query."""
    numbers = {each.by for each in pauses} | {each.excused_by or 0 for each in clocks}
    rows = request.db.execute(select(User.id, _NAME.label("name")).where(User.id.in_(numbers - {0})))
    return {row.id: row.name for row in rows}
