"""Attachments of tickets: the list, one with its headers, and the bytes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from rtpy.content.filenames import served_type
from rtpy.content.part import PartRole
from rtpy.models import Attachment, Transaction
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value
from rtpy.rest1.frame import RawAnswer, Stopped
from rtpy.rest1.history import read_entries, size
from rtpy.rest1.objects import Spec, as_number
from rtpy.rest1.tickets import Seen, see_ticket

LONGEST_SHOWN = 5_000_000
"""Bytes of a text that stand in a form; longer ones are there as content."""


def show_attachments(call: Call, specs: Sequence[Spec]) -> list[Form] | RawAnswer:
    """`ticket/12/attachments`, `…/7`, `…/7/content`."""
    forms: list[Form] = []
    for spec in specs:
        try:
            seen = see_ticket(call, spec.number)
        except Stopped as stopped:
            forms.append(Form(tuple(stopped.answer.body.splitlines())))
            continue
        if not spec.arguments:
            forms += _list(seen)
            continue
        attachment = _find(seen, as_number(spec.arguments[0]))
        if attachment is None:
            forms.append(Form((f"# Invalid attachment id: {spec.arguments[0]}",)))
        elif spec.arguments[1:2] == ("content",):
            return _raw(call, attachment)
        else:
            forms.append(_form(call, attachment, is_single=False))
    return forms


def show_single_attachments(call: Call, specs: Sequence[Spec]) -> list[Form] | RawAnswer:
    """`attachment/7`, `attachment/7/content`."""
    forms: list[Form] = []
    for spec in specs:
        attachment = find_attachment(call, spec.number)
        if attachment is None:
            forms.append(Form((f"# Invalid attachment id: {spec.id}",)))
        elif spec.attribute == "content":
            return _raw(call, attachment)
        else:
            forms.append(_form(call, attachment, is_single=True))
    return forms


def find_attachment(call: Call, number: int | None) -> Attachment | None:
    """The attachment, if the caller may read the transaction that it came with."""
    ticket_id = call.work.db.scalar(
        select(Transaction.object_id)
        .join(Attachment, Attachment.transaction_id == Transaction.id)
        .where(Attachment.id == (number or 0), Transaction.object_type == "ticket")
    )
    if ticket_id is None:
        return None
    try:
        return _find(see_ticket(call, ticket_id), number)
    except Stopped:
        return None


def _list(seen: Seen) -> list[Form]:
    rows = seen.call.work.db.execute(
        select(Attachment.id, Attachment.filename, Attachment.content_type, Attachment.size)
        .where(Attachment.transaction_id.in_([entry.id for entry in read_entries(seen)]))
        .order_by(Attachment.id)
    ).all()
    if not rows:
        return []
    lines = [
        f"{row.id}: {' '.join(row.filename.split()) or '(Unnamed)'} ({row.content_type} / {size(row.size)})"
        for row in rows
    ]
    # A line for each, whatever their length: clients read them so. The first stands in the fourth line or later.
    listed = f"\n{' ' * 13}".join(f"{line}," for line in lines).removesuffix(",")
    return [Form(raw=f"id: ticket/{seen.ticket.id}/attachments\n\nAttachments: {listed}\n\n")]


def _find(seen: Seen, number: int | None) -> Attachment | None:
    """The attachment of this ticket, if its transaction may be read."""
    attachment = seen.call.work.db.get(Attachment, number or 0)
    if attachment is None:
        return None
    readable = {entry.id for entry in read_entries(seen)}
    return attachment if attachment.transaction_id in readable else None


def _raw(call: Call, attachment: Attachment) -> RawAnswer:
    """The bytes; any kind of text goes out as plain text, what a browser might run as bytes."""
    data = call.work.app.blobs.get(call.work.db, attachment.blob_sha256)
    is_text = attachment.content_type.startswith(("text/", "message/"))
    return RawAnswer(data, "text/plain" if is_text else served_type(attachment.content_type))


def _form(call: Call, attachment: Attachment, *, is_single: bool) -> Form:
    row = _row(call, attachment)
    prefix = "attachment/" if is_single else ""
    fields: list[tuple[str, Value]] = [
        ("id", f"{prefix}{attachment.id}"),
        ("Subject", attachment.subject),
        ("Creator", str(row.creator_id)),
        ("Created", row.created.strftime("%Y-%m-%d %H:%M:%S")),
        ("Transaction", str(attachment.transaction_id)),
        ("Parent", f"{prefix}0"),
        ("MessageId", attachment.message_id),
        ("Filename", attachment.filename),
        ("ContentType", attachment.content_type),
        ("ContentEncoding", "none"),
        ("Headers", _headers(attachment, everything=call.is_staff)),
        ("Content", _content(call, attachment, is_single=is_single)),
    ]
    return Form(fields=tuple(fields))


def _row(call: Call, attachment: Attachment) -> Any:  # Any: a row of two columns
    return call.work.db.execute(
        select(Transaction.creator_id, Transaction.created).where(Transaction.id == attachment.transaction_id)
    ).one()


def _headers(attachment: Attachment, *, everything: bool) -> str:
    """The header lines as they came; customers, whom a mail's way to us does not concern, get the type alone."""
    lines = attachment.headers.replace("\r\n", "\n").strip("\n") if everything else ""
    if not lines:
        charset = f'; charset="{attachment.charset}"' if attachment.charset else ""
        lines = f"Content-Type: {attachment.content_type}{charset}"
    return f"{lines}\nContent-Length: {attachment.size}"


def _content(call: Call, attachment: Attachment, *, is_single: bool) -> str:
    is_text = attachment.role in (PartRole.BODY, PartRole.HTML) or attachment.content_type.startswith("text/")
    if not is_text or attachment.size > LONGEST_SHOWN:
        if is_single:
            return f"# not text: read it at attachment/{attachment.id}/content"
        if attachment.size > LONGEST_SHOWN:
            return "# too long: read it at its address with /content behind"
    data = call.work.app.blobs.get(call.work.db, attachment.blob_sha256)
    text = data.decode(attachment.charset or "utf-8", "replace").replace("\r\n", "\n").replace("\x00", "")
    return text
