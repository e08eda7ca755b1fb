"""Files of strangers: downloaded under a safe name; shown in the browser only if they are plain pictures or text."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.content.filenames import content_disposition, is_inline, served_type
from rtpy.content.part import PartRole
from rtpy.http.resources import AttachmentResource, TransactionResource
from rtpy.models import Attachment
from rtpy.rights.names import Right
from rtpy.work import Work

SANDBOX = "sandbox; default-src 'none'; style-src 'none'; frame-ancestors 'none'"
PRIVATE = "private, max-age=3600"
"""An attachment never changes, but who may read it does."""


@view_config(route_name="ticket.attachment", request_method="GET", permission=Right.SHOW_TICKET)
def send_attachment(resource: AttachmentResource, request: Request) -> Response:
    """The file. The name in the address is for people only; what counts is the number."""
    return send_file(resource.work, resource.attachment)


@view_config(route_name="ticket.inline", request_method="GET", permission=Right.SHOW_TICKET)
def send_inline(resource: TransactionResource, request: Request) -> Response:
    """The picture that the HTML of this very transaction calls `cid:…`; those of other messages are not there (A06)."""
    attachment = resource.work.db.scalar(
        select(Attachment)
        .where(Attachment.transaction_id == resource.transaction.id)
        .where(Attachment.content_id == request.matchdict["cid"].strip("<>").replace("\x00", ""))
        .where(Attachment.content_id != "", Attachment.role.in_((PartRole.INLINE, PartRole.FILE)))
        .order_by(Attachment.position)
        .limit(1)
    )
    if attachment is None or not attachment.content_type.startswith("image/"):
        raise HTTPNotFound()
    return send_file(resource.work, attachment)


def send_file(work: Work, attachment: Attachment) -> Response:
    """The bytes as they came, in headers that keep a browser from running them (A03 to A05)."""
    data = work.app.blobs.get(work.db, attachment.blob_sha256)
    response = Response(body=data)
    response.content_type = served_type(attachment.content_type)
    response.charset = _charset(attachment) if response.content_type == "text/plain" else None
    inline = is_inline(attachment.content_type) and attachment.role != PartRole.HTML
    response.headers["Content-Disposition"] = content_disposition(attachment.filename or "file", inline)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.etag = attachment.blob_sha256
    response.conditional_response = True
    return response


def _charset(attachment: Attachment) -> str:
    known = attachment.charset.lower()
    return known if known in {"us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"} else "utf-8"
