"""One mailbox: how it goes with it, a test, fetching at once, and what it brought last."""

from datetime import timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.mailboxes.saving import ask_test, fetch_now
from rtpy.models import IncomingMail, Mailbox, MailboxMessage, MailboxState, Queue
from rtpy.rights.names import Right
from rtpy.web.admin.mail.incoming import TONES
from rtpy.web.admin.mailboxes.frame import crumbs_of, going, mailbox_asked, tabs_of
from rtpy.web.html import Html
from rtpy.web.shown import Deed

LAST = 25
BUSY = timedelta(minutes=1)
"""While a test or a fetch was asked for within this time, the page looks again by itself."""
AFTERS = {
    "seen": "marked as read",
    "move": "moved into “{}”",
    "delete": "deleted",
}


@view_config(
    route_name="admin.mailbox.display",
    request_method="GET",
    renderer="admin/mailboxes/display.pt",
    permission=Right.SUPER_USER,
)
def show_mailbox(resource: SystemResource, request: Request) -> dict[str, object]:
    """Its state, and the newest mails. Four queries."""
    row, path, db = mailbox_asked(request), request.route_path, request.db
    state = db.get_one(MailboxState, row.id)
    queue = db.get_one(Queue, row.queue_id)
    brought = db.execute(
        select(
            IncomingMail.id,
            IncomingMail.subject,
            IncomingMail.sender,
            IncomingMail.state,
            IncomingMail.received,
            IncomingMail.ticket_id,
        )
        .join(MailboxMessage, MailboxMessage.mail_id == IncomingMail.id)
        .where(MailboxMessage.mailbox_id == row.id)
        .order_by(IncomingMail.id.desc())
        .limit(LAST)
    )
    how = going(row, state)
    is_busy = _is_busy(request, row, state)
    if is_busy:
        request.response.headers["Refresh"] = "3"
    return {
        "crumbs": crumbs_of(request),
        "title": row.name,
        "tabs": tabs_of(request, row, "admin.mailbox.display"),
        "how": how,
        "deeds": (
            Deed("Test", path("admin.mailbox.test", id=row.id), icon="check"),
            Deed("Fetch now", path("admin.mailbox.fetch", id=row.id), icon="refresh"),
        ),
        "is_busy": is_busy,
        "test": state.test_result if state.test_done and not state.test_asked else "",
        "test_tone": "bad" if state.test_failed else "ok",
        "test_when": request.when(state.test_done) if state.test_done else None,
        "facts": _facts(request, row, state, queue),
        "lines": [
            {
                "url": path("admin.mail.incoming.display", id=each.id),
                "subject": each.subject or "(no subject)",
                "sender": each.sender or "(no sender)",
                "state": each.state,
                "tone": TONES.get(each.state, ""),
                "received": request.when(each.received),
                "ticket_id": each.ticket_id,
                "ticket_url": path("ticket.display", id=each.ticket_id) if each.ticket_id else None,
            }
            for each in brought
        ],
        "delete_url": path("admin.mailbox.delete", id=row.id),
    }


@view_config(route_name="admin.mailbox.test", request_method="POST", permission=Right.SUPER_USER)
def test_mailbox(resource: SystemResource, request: Request) -> Response:
    """Let the worker connect, log in, open the folder and count; nothing is taken."""
    row = mailbox_asked(request)
    ask_test(request.work, row)
    request.flash("The worker tries it within seconds; what it finds stands here then.", "info")
    return HTTPSeeOther(request.route_path("admin.mailbox.display", id=row.id))


@view_config(route_name="admin.mailbox.fetch", request_method="POST", permission=Right.SUPER_USER)
def fetch_it(resource: SystemResource, request: Request) -> Response:
    """Let the worker fetch it at once, also after it had stopped trying."""
    row = mailbox_asked(request)
    if row.disabled:
        request.flash("It is switched off: switch it on in its settings first.", "bad")
    else:
        fetch_now(request.work, row)
        request.flash("The worker fetches it within seconds.", "info")
    return HTTPSeeOther(request.route_path("admin.mailbox.display", id=row.id))


def _is_busy(request: Request, row: Mailbox, state: MailboxState) -> bool:
    now = request.work.now
    if state.test_asked is not None:
        return now - state.test_asked < BUSY
    is_due = not row.disabled and state.next_fetch <= now
    return is_due and now - state.next_fetch < BUSY


def _facts(request: Request, row: Mailbox, state: MailboxState, queue: Queue) -> list[tuple[str, Html | str]]:
    def when(moment: object) -> Html | str:
        found: Html | str = request.when(moment) if moment else "never"
        return found

    encryption = {"tls": "TLS", "starttls": "STARTTLS", "none": "not encrypted"}[row.tls]
    as_comment = ", as comments" if row.action == "comment" else ""
    facts: list[tuple[str, Html | str]] = [
        ("Login", f"{row.login} on {row.host}:{row.port}, {encryption}"),
        ("Folder", row.folder),
        ("Goes into", f"{queue.name}{as_comment}"),
        ("A taken mail is", AFTERS[row.after].format(row.move_to)),
        ("Last good fetch", when(state.last_good)),
        ("Last try", when(state.last_tried)),
        ("Taken", f"{state.taken:,}"),
    ]
    if state.refused:
        facts.append(("Refused", f"{state.refused:,}"))
    if not row.disabled and state.next_fetch > request.work.now and state.login_refusals < 3:
        facts.append(("Next fetch", when(state.next_fetch)))
    return facts
