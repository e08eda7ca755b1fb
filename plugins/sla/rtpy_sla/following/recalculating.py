"""Working clocks out again from the histories, to be looked at first and written on demand.

This alone may take back what is on record, for a calendar or a rule that was wrong: so it shows what would change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find_all
from rtpy.work import Work
from rtpy_sla.clocks.clock import Clock
from rtpy_sla.clocks.difference import Difference, differences
from rtpy_sla.clocks.words import State, Target
from rtpy_sla.following.reading import stories
from rtpy_sla.following.recount import played, write_played
from rtpy_sla.following.stored import stored_of
from rtpy_sla.models import ClockRow, TicketSla


@dataclass(frozen=True, slots=True)
class Differing:
    """One clock of one ticket that comes out otherwise than it is on record."""

    ticket_id: int
    difference: Difference


def tickets_to_work_out(
    work: Work, *, closed: bool = False, query: str = "", since: datetime | None = None
) -> list[int]:
    """The tickets that have something to do with service levels: open ones, with `closed` all, those made `since`.

    `query` is TicketSQL. Raises QueryError and CannotSearch.
    """
    asked = select(TicketSla.ticket_id).join(Ticket, Ticket.id == TicketSla.ticket_id)
    if not closed:
        asked = asked.where(Ticket.status.in_(work.app.lifecycles.active_statuses()))
    if since is not None:
        asked = asked.where(Ticket.created >= since)
    found = list(work.db.scalars(asked.order_by(TicketSla.ticket_id)))
    if query:
        named = set(find_all(work, Search(node=parse(query).node)))
        found = [ticket_id for ticket_id in found if ticket_id in named]
    return found


def work_out_again(work: Work, ticket_ids: Sequence[int], *, write: bool = False) -> list[Differing]:
    """What comes out otherwise than it is on record; with `write` it is written too. Some hundred tickets at a time.

    Three queries, however many tickets they are; some more when it is written.
    """
    if write:
        work.db.execute(
            select(Ticket.id).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id).with_for_update()
        ).all()
    before = _on_record(work, ticket_ids)
    told = stories(work, ticket_ids)
    found = {ticket_id: played(work, story) for ticket_id, story in told.items()}
    if write:
        stored = stored_of(work, ticket_ids)
        write_played(work, {each: (found[each], stored[each]) for each in found}, anew=True)
    return [
        Differing(ticket_id, difference)
        for ticket_id in ticket_ids
        if ticket_id in found
        for difference in differences(before[ticket_id], found[ticket_id].timeline.clocks, work.now)
    ]


def _on_record(work: Work, ticket_ids: Sequence[int]) -> dict[int, list[Clock]]:
    """The clocks as reports know them, without what differences do not look at."""
    found: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in ticket_ids}
    for row in work.db.connection().execute(_SHOWN, {"ids": list(ticket_ids)}):
        found[row.ticket_id].append(
            Clock(
                target=Target(row.target),
                cycle=row.cycle,
                state=State(row.state),
                started=row.started,
                started_by=0,
                due=row.due,
                amount=row.amount,
                unit=row.unit,
                used=row.used,
                left=None,
                paused=row.paused,
                ended=row.ended,
                ended_by=None,
                missed=row.missed,
                plan_version_id=0,
                calendar_id=None,
                calendar_versions=(),
                excuse=row.excuse,
            )
        )
    return found


_clock = table_of(ClockRow)
_SHOWN = (
    select(
        *(
            _clock.c[name]
            for name in (
                *(
                    "ticket_id",
                    "target",
                    "cycle",
                    "state",
                    "started",
                    "due",
                    "amount",
                    "unit",
                    "used",
                    "paused",
                ),
                *("ended", "missed", "excuse"),
            )
        )
    )
    .where(_clock.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(_clock.c.ticket_id, _clock.c.id)
)
