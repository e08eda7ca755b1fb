"""The clocks behind a number: those that a report of the same filters counts, page by page."""

from sqlalchemy import func, select

from rtpy.db.base import table_of
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_sla.clocks.words import Target, Unit, Verdict
from rtpy_sla.reports.counting import counted, customer_names, people_names, tickets
from rtpy_sla.reports.values import About, Asked, Column, Kind, Leads, Report, Row
from rtpy_sla.reports.words import TARGETS, UNITS, VERDICTS

COLUMNS = (
    Column("ticket", "Ticket"),
    Column("subject", "Subject"),
    Column("customer", "Customer"),
    Column("target", "Target"),
    Column("verdict", "Counts as"),
    Column("started", "Started", Kind.MOMENT),
    Column("due", "Due", Kind.MOMENT),
    Column("ended", "Ended", Kind.MOMENT),
    Column(
        "used", "Used", Kind.SECONDS, "Time that counted; of what still runs, when it was last looked at."
    ),
    Column("unit", "Counted in"),
    Column("person", "Ended by"),
    Column("cause", "Reason"),
)


def list_clocks(work: Work, asked: Asked, *, limit: int, offset: int = 0) -> tuple[Report, int]:
    """`limit` of them, the latest first, and how many there are. Four queries.

    Without a verdict those that are met, missed, excused or open; what counts for nothing only where it is asked for.
    """
    db = work.db
    from_ = counted(work, asked, with_open=asked.verdict in (None, Verdict.OPEN)).c
    wanted = [asked.verdict] if asked.verdict else [each for each in Verdict if each is not Verdict.NONE]
    fits = from_.verdict.in_([each.value for each in wanted])
    total = db.scalar(select(func.count()).where(fits)) or 0
    page = db.execute(
        select(*from_, tickets.subject)
        .join(table_of(Ticket), tickets.id == from_.ticket_id)
        .where(fits)
        .order_by(from_.at.desc(), from_.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    customers = customer_names(db, [row.organization_id for row in page])
    people = people_names(db, [row.person_id for row in page])
    rows = tuple(
        Row(
            {
                "ticket": f"#{row.ticket_id}",
                "subject": row.subject,
                "customer": customers[row.organization_id],
                "target": TARGETS[Target(row.target)],
                "verdict": VERDICTS[Verdict(row.verdict)],
                "started": row.started,
                "due": row.due,
                "ended": row.ended,
                "used": row.used,
                "unit": UNITS[Unit(row.unit)],
                "person": people.get(row.person_id, "") if row.person_id else "",
                "cause": row.cause,
            },
            {
                "ticket": Leads(About.TICKET, row.ticket_id),
                "target": Leads(About.CLOCK, row.ticket_id, {"target": row.target, "cycle": str(row.cycle)}),
            },
        )
        for row in page
    )
    return Report(COLUMNS, rows), total
