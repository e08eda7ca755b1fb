"""Attachments as a kind: stored parts, containers of messages with several parts, and mails that were sent."""

from base64 import encodebytes
from collections.abc import Collection, Mapping, Sequence

from rtpy.content.part import Part, PartRole
from rtpy.rest2.call import Call
from rtpy.rest2.field_kind import FieldKind, column, filled_column, person
from rtpy.rest2.histories.attachments_rows import Piece, load_pieces
from rtpy.rest2.kind import add_kind, expand, self_link
from rtpy.rest2.values import Document, Number, Ref

LONGEST_LISTED = 1_000_000
"""Bytes of a text in a list, which may have a hundred of them; longer ones are read one by one."""


class AttachmentKind(FieldKind):
    """A part of what was said. Content is base64 in a record and text in lists, as in RT."""

    name = "attachment"
    only_asked = frozenset({"ContentLength", "Content", "_hyperlinks"})

    def load(self, call: Call, ids: Collection[int]) -> Mapping[int, Piece]:
        """Those of transactions that the caller may see. One query for each of the three sorts that are asked for."""
        return load_pieces(call, ids)

    def record(self, call: Call, row: Piece) -> Document:
        """A single one, with its bytes."""
        cells = self.cells(call, [row], self.names(call, row))[0]
        cells["TransactionId"] = Ref("transaction", row.transaction_id)
        filled = {name: value for name, value in cells.items() if value is not None}
        body = {"id": row.id, **expand(call, [filled])[0]}
        body["Content"] = None if row.is_container else _base64(row, _bytes_of(call, [row])[row.id])
        return {**body, "_hyperlinks": self.hyperlinks(call, row)}


def _bytes_of(call: Call, rows: Sequence[Piece]) -> Mapping[int, bytes]:
    """Bytes by the number of the piece. One query for all."""
    work = call.work
    found = work.app.blobs.get_many(work.db, [row.sha256 for row in rows if row.sha256])
    return {
        row.id: row.text.encode() if row.text is not None else found.get(row.sha256, b"")
        for row in rows
        if not row.is_container
    }


def _base64(row: Piece, data: bytes) -> str:
    """As MIME writes it; text is UTF-8 inside."""
    if row.is_text and row.charset.lower() not in ("", "utf-8", "utf8", "us-ascii", "ascii"):
        data = _text(row, data).encode()
    return encodebytes(data).decode("ascii")


def _text(row: Piece, data: bytes) -> str:
    return Part(row.content_type, data, PartRole.BODY, charset=row.charset).text()


def _content(call: Call, rows: Sequence[Piece]) -> Sequence[str | None]:
    """Text; nothing for what is none, and for what is too long for a list."""
    found = _bytes_of(call, [row for row in rows if row.is_text and row.size <= LONGEST_LISTED])
    return [_text(row, found[row.id]) if row.id in found else None for row in rows]


def _parent(_call: Call, rows: Sequence[Piece]) -> Sequence[Ref | str]:
    return [Ref("attachment", row.container) if row.container else "0" for row in rows]


def _headers(call: Call, rows: Sequence[Piece]) -> Sequence[str | None]:
    """As they came, or such as a mail of it would have; who is no staff does not read through which servers it came."""
    return [(row.headers or _made_up(row)) if call.login.is_privileged else None for row in rows]


def _made_up(row: Piece) -> str:
    kind = f'{row.content_type}; charset="utf-8"' if row.is_text else row.content_type
    lines = [f"Content-Type: {kind}"]
    if row.subject:
        lines.insert(0, f"Subject: {_line(row.subject)}")
    if row.filename:
        lines.append(f'Content-Disposition: attachment; filename="{_line(row.filename)}"')
    if not row.is_container:
        lines.append(f"Content-Length: {row.size}")
    return "\n".join(["MIME-Version: 1.0", *lines])


def _line(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def _hyperlinks(call: Call, rows: Sequence[Piece]) -> Sequence[list[Document]]:
    return [[{**self_link(call, "attachment", row.id), "id": Number(row.id)}] for row in rows]


AttachmentKind.fields = {
    "TransactionId": column("transaction_id"),
    "Parent": _parent,
    "MessageId": filled_column("message_id"),
    "Subject": filled_column("subject"),
    "Filename": filled_column("filename"),
    "ContentType": column("content_type"),
    "ContentLength": column("size"),
    "Content": _content,
    "Headers": _headers,
    "Creator": person("creator_id"),
    "Created": column("created"),
    "_hyperlinks": _hyperlinks,
}
ATTACHMENT = add_kind(AttachmentKind())
