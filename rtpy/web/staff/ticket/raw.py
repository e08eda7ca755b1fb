"""A mail exactly as it came: its headers to read, its bytes to download."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.content.filenames import content_disposition
from rtpy.http.resources import TransactionResource
from rtpy.mail.trust.words import describe_checks
from rtpy.models import Attachment, IncomingMail
from rtpy.rights.names import Right
from rtpy.web.attachments import SANDBOX
from rtpy.web.shown import Link

SHOWN = 200_000
"""Characters of a mail that a page shows; all of it is in the download."""


@view_config(
    route_name="ticket.raw",
    request_method="GET",
    renderer="staff/ticket/raw.pt",
    permission=Right.SHOW_TICKET,
)
def show_raw(resource: TransactionResource, request: Request) -> dict[str, object] | Response:
    """The page; with `?download=1` the bytes as a plain text. 404 for what did not come by mail."""
    transaction, db, ticket = resource.transaction, request.db, resource.ticket
    stored = db.execute(
        select(IncomingMail.raw, IncomingMail.transport)
        .where(IncomingMail.transaction_id == transaction.id)
        .order_by(IncomingMail.id)
        .limit(1)
    ).first()
    raw = stored.raw if stored is not None else _headers_only(resource)
    if request.GET.get("download") == "1":
        return send_raw(raw, f"mail-{transaction.id}.txt")
    here = request.route_path("ticket.display", id=ticket.id)
    return {
        "crumbs": (
            Link("Home", request.route_path("home")),
            Link(f"#{ticket.id} {ticket.subject}", f"{here}#txn-{transaction.id}"),
        ),
        "title": f"Mail as it came, entry {transaction.id}",
        "download_url": request.route_path(
            "ticket.raw", id=ticket.id, txn=transaction.id, _query={"download": "1"}
        ),
        "checks": describe_checks(stored.transport) if stored is not None else [],
        **read_raw(raw),
    }


def read_raw(raw: bytes) -> dict[str, object]:
    """Header lines as pairs and the rest as text, for a page."""
    text = raw.decode("utf-8", "replace").replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    head, _, body = text.partition("\n\n")
    headers: list[tuple[str, str]] = []
    for line in head.splitlines()[:1000]:
        if line[:1] in " \t" and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}"[:4000])
        elif ":" in line:
            name, _, value = line.partition(":")
            headers.append((name.strip()[:200], value.strip()[:4000]))
        elif line.strip():
            headers.append(("", line[:4000]))
    return {"headers": headers, "body": body[:SHOWN], "is_cut": len(body) > SHOWN, "size": len(raw)}


def send_raw(raw: bytes, name: str) -> Response:
    """The bytes, as a text that no browser runs."""
    response = Response(body=raw, content_type="text/plain", charset="utf-8")
    response.headers["Content-Disposition"] = content_disposition(name, False)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _headers_only(resource: TransactionResource) -> bytes:
    """What is left where the spool was emptied: the headers of the message."""
    headers = resource.work.db.scalar(
        select(Attachment.headers).where(
            Attachment.transaction_id == resource.transaction.id,
            Attachment.position == 0,
            Attachment.headers != "",
        )
    )
    if not headers:
        raise HTTPNotFound()
    return headers.encode("utf-8", "surrogateescape") + b"\n"
