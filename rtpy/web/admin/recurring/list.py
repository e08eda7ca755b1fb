"""The list of recurring tickets."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from rtpy.content.recurring import describe_rule, rule_of
from rtpy.http.resources import SystemResource
from rtpy.models import Queue, Recurrence, RecurrenceTicket
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.recurring.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_recurrences(resource: SystemResource, request: Request) -> dict[str, object]:
    """By name, with the rule in words, the next time and how the last one went. One query."""
    asked = read_asked(request)
    made = aliased(RecurrenceTicket)
    last = select(func.max(made.moment)).where(made.recurrence_id == Recurrence.id).correlate(Recurrence)
    query = (
        select(Recurrence, Queue.name, RecurrenceTicket.error)
        .join(Queue, Queue.id == Recurrence.queue_id)
        .outerjoin(
            RecurrenceTicket,
            (RecurrenceTicket.recurrence_id == Recurrence.id)
            & (RecurrenceTicket.moment == last.scalar_subquery()),
        )
        .order_by(func.lower(Recurrence.name), Recurrence.id)
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(Recurrence.name.icontains(word, autoescape=True))
    if not asked.with_disabled:
        query = query.where(Recurrence.disabled.is_(False))
    lines = [
        Line(
            row.name,
            request.route_path("admin.recurring.modify", id=row.id),
            (
                queue,
                describe_rule(rule_of(row.rule)),
                request.when(row.next_at) if row.next_at and not row.disabled else "never",
            ),
            "off" if row.disabled else "no ticket last time" if error else "",
        )
        for row, queue, error in request.db.execute(query)
    ]
    return list_values(
        request,
        asked,
        route="admin.recurring.list",
        title="Recurring tickets",
        intro="Tickets that make themselves: patch days, backup checks, renewals.",
        columns=("Name", "Queue", "When", "Next"),
        lines=lines,
        create_url=request.route_path("admin.recurring.create"),
        create_label="New recurring ticket",
        empty="No ticket comes again yet.",
    )
