"""Making and changing a recurring ticket, with its next times and the tickets that it has made."""

from collections.abc import Mapping
from html import escape

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.recurrences import plain_recurrence, read_recurrence, save_recurrence
from rtpy.content.recurring import preview, rule_of
from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Recurrence, RecurrenceTicket, Ticket
from rtpy.rights.names import Right
from rtpy.web.admin.by_clock import Pages, card, moments_card, posted, row_asked
from rtpy.web.admin.editing import SAVE, Button
from rtpy.web.admin.recurring.fields import sections
from rtpy.web.staff.forms import problems_of

PAGES = Pages("admin.recurring", "Recurring tickets", "New recurring ticket")
PREVIEW = Button("Show the next times", "preview")
MADE = 20


@view_config(
    route_name="admin.recurring.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.recurring.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def recurrence_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or that of one recurrence."""
    row = row_asked(request, Recurrence)
    given = (
        plain_recurrence(request.work, row) if row is not None else {"queue": request.GET.get("queue", "")}
    )
    return _form(resource, request, row, given)


@view_config(
    route_name="admin.recurring.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.recurring.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def recurrence_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it; or show its next times, or what is wrong."""
    row, given = row_asked(request, Recurrence), posted(request)
    try:
        if given.get("deed") == "preview":
            rule = read_recurrence(request.work, given).rule
            shown = moments_card(preview(rule, request.work.now), rule.zone)
            return _form(resource, request, row, given, shown=shown)
        with request.work.db.begin_nested():
            saved = save_recurrence(request.work, row, given)
    except Invalid as invalid:
        return _form(resource, request, row, given, wrong=problems_of(invalid))
    request.flash(f"“{saved.name}” is saved.")
    return HTTPSeeOther(request.route_path("admin.recurring.modify", id=saved.id))


def _form(
    resource: SystemResource,
    request: Request,
    row: Recurrence | None,
    given: Mapping[str, str],
    *,
    shown: str = "",
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    cards = [shown] if shown else []
    if row is not None:
        rule = rule_of(row.rule)
        if not shown:
            cards.append(moments_card(() if row.disabled else preview(rule, request.work.now), rule.zone))
        cards.append(_made(request, row))
    return PAGES.form(request, row, sections(resource, request, given), (SAVE, PREVIEW), cards, wrong)


def _made(request: Request, row: Recurrence) -> str:
    rows = request.db.execute(
        select(RecurrenceTicket, Ticket.subject)
        .outerjoin(Ticket, Ticket.id == RecurrenceTicket.ticket_id)
        .where(RecurrenceTicket.recurrence_id == row.id)
        .order_by(RecurrenceTicket.moment.desc())
        .limit(MADE)
    )
    items = []
    for made, subject in rows:
        missed = f" · stands for {made.missed} missed before" if made.missed else ""
        meta = f'<span class="meta">{request.when(made.moment)}{missed}</span>'
        if made.ticket_id is None:
            items.append(f'<span class="title">No ticket: {escape(made.error)}</span>{meta}')
        else:
            url = request.route_path("ticket.display", id=made.ticket_id)
            items.append(
                f'<a class="title" href="{escape(url)}">#{made.ticket_id} {escape(subject)}</a>{meta}'
            )
    return card("Tickets made", items, "None yet.")
