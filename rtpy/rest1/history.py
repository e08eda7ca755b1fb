"""Histories of tickets: short, one line a transaction, and long, one form each."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from rtpy.content.part import PartRole
from rtpy.content.plain import html_to_text
from rtpy.fields.contents import fields_seen
from rtpy.history.entry import Entry
from rtpy.history.public import is_public
from rtpy.history.reading import read_history
from rtpy.models import Attachment, Transaction
from rtpy.rest.names import WireNames, read_names
from rtpy.rest.words import describe
from rtpy.rest1.call import Call
from rtpy.rest1.forms import Form, Value
from rtpy.rest1.frame import Stopped
from rtpy.rest1.objects import Spec, as_number
from rtpy.rest1.tickets import Seen, see_ticket
from rtpy.rights.names import Right

NO_CONTENT = "This transaction appears to have no content"
GROUPS = {
    "links": ("AddLink", "DeleteLink"),
    "watchers": ("AddWatcher", "DelWatcher", "SetWatcher"),
}
"""Words that filter by several types."""
UNSET = ("", "-")


def show_history(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """`history`, `history/id/40`, `history/type/Status`, `history/links` … of each ticket."""
    forms: list[Form] = []
    for spec in specs:
        try:
            seen = see_ticket(call, spec.number)
            forms += _history(seen, spec.arguments)
        except Stopped as stopped:
            forms.append(Form(tuple(stopped.answer.body.splitlines())))
    return forms


def show_transactions(call: Call, specs: Sequence[Spec]) -> list[Form]:
    """`transaction/88`: short, or long."""
    forms: list[Form] = []
    numbers = [spec.number for spec in specs if spec.number is not None]
    rows = call.work.db.execute(
        select(Transaction.id, Transaction.object_id).where(
            Transaction.id.in_(numbers), Transaction.object_type == "ticket"
        )
    )
    tickets = {row.id: row.object_id for row in rows}
    seen: dict[int, Seen | None] = {}
    for spec in specs:
        number = spec.number or 0
        ticket = tickets.get(number)
        if ticket is not None and ticket not in seen:
            seen[ticket] = _see(call, ticket)
        found = seen.get(ticket) if ticket is not None else None
        entries = [entry for entry in read_entries(found) if entry.id == number] if found else []
        if found is None or not entries:
            forms.append(Form((f"# Transaction {spec.id} does not exist.",)))
        elif call.is_long or call.fields:
            forms += _long(found, entries, "", 1)
        else:
            names = read_names(call.work, map(_transaction, entries))
            described = describe(_transaction(entries[0]), names, call.zone)
            forms.append(Form(fields=(("id", str(number)), ("Description", described))))
    return forms


def read_entries(seen: Seen) -> list[Entry]:
    """What the caller may read of a ticket's history, oldest first. Two queries."""
    call, ticket = seen.call, seen.ticket
    entries = read_history(
        call.work.db,
        seen.numbers(),
        comments=seen.allows(Right.SHOW_TICKET_COMMENTS),
        outgoing=seen.allows(Right.SHOW_OUTGOING_EMAIL),
        fields=fields_seen(call.work, (ticket.queue_id,), seen.roles),
    )
    return entries if call.is_staff else [entry for entry in entries if is_public(_transaction(entry))]


def _see(call: Call, number: int) -> Seen | None:
    try:
        return see_ticket(call, number)
    except Stopped:
        return None


def _history(seen: Seen, arguments: Sequence[str]) -> list[Form]:
    call = seen.call
    every = read_entries(seen)
    what = "/".join(arguments)
    if arguments[:1] == ("id",) and len(arguments) > 1:
        number = as_number(arguments[1])
        entries = [entry for entry in every if entry.id == number]
        if not entries:
            return [Form((f"# Transaction {arguments[1]} is not related to Ticket {seen.ticket.id}",))]
        return list(_long(seen, entries, what, len(every)))
    entries = [entry for entry in every if _fits(entry, arguments)]
    if call.is_long or call.fields:
        return list(_long(seen, entries, what, len(every))) or [_counted(0, len(every), what)]
    names = read_names(call.work, map(_transaction, entries))
    lines = "".join(
        f"{entry.id}: {_one_line(describe(_transaction(entry), names, call.zone))}\n" for entry in entries
    )
    return [Form(raw=f"{_counted(len(entries), len(every), what).comments[0]}\n\n{lines}")]


def _fits(entry: Entry, arguments: Sequence[str]) -> bool:
    wanted = arguments[1:] if arguments[:1] == ("type",) else arguments
    if not wanted:
        return True
    kinds = GROUPS.get(wanted[0].lower(), (wanted[0],))
    return entry.type.lower() in [kind.lower() for kind in kinds]


def _counted(shown: int, every: int, what: str) -> Form:
    return Form((f"# {shown}/{every} ({what}/total)",))


def _long(seen: Seen, entries: Sequence[Entry], what: str, every: int) -> Iterator[Form]:
    call = seen.call
    names = read_names(call.work, map(_transaction, entries))
    files = _files(call, [entry.id for entry in entries])
    comments = _counted(len(entries), every, what).comments
    for entry in entries:
        yield Form(comments, tuple(_fields(seen, entry, names, files.get(entry.id, ()))))


def _fields(seen: Seen, entry: Entry, names: WireNames, files: Sequence[str]) -> Iterator[tuple[str, Value]]:
    call = seen.call
    yield "id", str(entry.id)
    yield "Ticket", str(entry.ticket_id)
    yield "TimeTaken", str(entry.minutes if call.is_staff else 0)
    yield "Type", entry.type
    yield "Field", entry.field
    yield "OldValue", entry.old_value
    yield "NewValue", entry.new_value
    yield "Data", entry.data
    yield "Description", _one_line(describe(_transaction(entry), names, call.zone))
    yield "Content", content_of(entry) or NO_CONTENT
    yield "Creator", names.users.get(entry.creator_id, str(entry.creator_id))
    yield "Created", entry.created.strftime("%Y-%m-%d %H:%M:%S")
    yield "Attachments", "".join(f"\n{line}" for line in files)


def content_of(entry: Entry) -> str:
    """What was said, as text: the plain body, else the words of the HTML one."""
    for role in (PartRole.BODY, PartRole.HTML):
        for part in entry.parts:
            if part.role is role and (text := part.text().strip()):
                text = text if role is PartRole.BODY else html_to_text(text).strip()
                return text.replace("\r\n", "\n").replace("\r", "\n")
    return ""


def _transaction(entry: Entry) -> Transaction:
    """The entry as RT's sentences want it; a value, never stored."""
    return Transaction(
        id=entry.id,
        object_type="ticket",
        object_id=entry.ticket_id,
        type=entry.type,
        field=entry.field,
        old_value=entry.old_value,
        new_value=entry.new_value,
        data=entry.data,
        time_taken=entry.minutes,
        creator_id=entry.creator_id,
    )


def _files(call: Call, ids: Sequence[int]) -> dict[int, list[str]]:
    """Lines about the attachments of these transactions. One query."""
    found: dict[int, list[str]] = {}
    rows = call.work.db.execute(
        select(Attachment.id, Attachment.transaction_id, Attachment.filename, Attachment.size)
        .where(Attachment.transaction_id.in_(ids))
        .order_by(Attachment.transaction_id, Attachment.position)
    )
    for row in rows:
        name = _one_line(row.filename) or "untitled"
        found.setdefault(row.transaction_id, []).append(f"{row.id}: {name} ({size(row.size)})")
    return found


def size(number: int) -> str:
    """A size as RT writes it: `5b`, from 1025 on `1.2k`."""
    return f"{number}b" if number <= 1024 else f"{number / 1024:.1f}k"


def _one_line(text: str) -> str:
    return " ".join(text.split())
