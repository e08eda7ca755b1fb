"""The list of mailboxes, with how it goes with each."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.resources import SystemResource
from rtpy.models import Mailbox, MailboxState, Queue
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.admin.mailboxes.frame import going


@view_config(
    route_name="admin.mailbox.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_mailboxes(resource: SystemResource, request: Request) -> dict[str, object]:
    """By name. One query."""
    asked = read_asked(request)
    query = (
        select(Mailbox, MailboxState, Queue.name)
        .join(MailboxState, MailboxState.mailbox_id == Mailbox.id)
        .join(Queue, Queue.id == Mailbox.queue_id)
        .order_by(func.lower(Mailbox.name))
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(Mailbox.name.icontains(word, autoescape=True))
    if not asked.with_disabled:
        query = query.where(Mailbox.disabled.is_(False))
    lines = []
    for row, state, queue in request.db.execute(query):
        how = going(row, state)
        lines.append(
            Line(
                row.name,
                request.route_path("admin.mailbox.display", id=row.id),
                (
                    f"{row.login} on {row.host}",
                    f"{queue} ({row.action})" if row.action != "correspond" else queue,
                    request.when(state.last_good) if state.last_good else "never",
                    f"{state.taken:,}",
                ),
                state="" if how.tone == "ok" else how.word,
            )
        )
    return list_values(
        request,
        asked,
        route="admin.mailbox.list",
        title="Mailboxes",
        intro="Folders on mail servers that the worker fetches by IMAP. Each mail goes into the mailbox's queue, "
        "and is marked in the folder only after it is stored here.",
        columns=("Name", "Login", "Queue", "Last fetched", "Taken"),
        lines=lines,
        create_url=request.route_path("admin.mailbox.create"),
        create_label="New mailbox",
        empty="No mailbox is fetched. Mail may come in through the mail gateway or by LMTP as well.",
    )
