"""A mail's bytes read into a value: who, what, when, text, files, and what was wrong; nothing is stored or answered."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from rtpy.content.part import Message
from rtpy.mail.addresses import Address, parse_addresses
from rtpy.mail.bodies import read_bodies
from rtpy.mail.fingerprint import fingerprint
from rtpy.mail.headers import Header
from rtpy.mail.loops import AutoKind, kind_of
from rtpy.mail.mime import Tree, read_tree
from rtpy.mail.words import to_text

MAX_SUBJECT: Final = 10_000
MAX_HEADERS: Final = 500_000
"""Characters of all header lines together that are kept with the message."""
_MAX_IDS: Final = 500
_MAX_ID: Final = 1_000
_MAX_RECIPIENT_BYTES: Final = 250_000
_MAX_SENDER_BYTES: Final = 20_000


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail as read. `sender` is the first of Reply-To, From, Sender that is an address, as in RT.

    `date` is aware UTC. `dedup_key` is the same for a second delivery of the same mail. `remarks` tell a technician
    in plain words what was wrong. `spoofed_headers_removed` names the fields that only we may set and that came.
    """

    message: Message
    sender: Address | None
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    auto: AutoKind
    remarks: tuple[str, ...]
    dedup_key: str
    spoofed_headers_removed: tuple[str, ...] = ()


def read_mail(raw: bytes, *, rtname: str = "") -> IncomingMail:
    """Read any bytes as a mail; never raises, time and memory linear in the size.

    `rtname` is our own name, to recognise our own mail coming back (X-RT-Loop-Prevention).
    """
    data, remarks = _mended(raw)
    tree = read_tree(data)
    header = tree.root.header
    header.hint = header.hint or _charset_inside(tree)
    bodies = read_bodies(data, tree)
    people = {name: _addresses(header, name) for name in ("from", "reply-to", "sender", "to", "cc")}
    sender = _sender(people)
    subject = header.text("subject")[:MAX_SUBJECT]
    message_id = next(iter(_ids(header.plain("message-id"))), "")
    in_reply_to, references = _ids(header.plain("in-reply-to")), _ids(header.plain("references"))
    auto = _kind(tree, next(iter(people["from"]), sender), subject, rtname)
    kept, spoofed = _honest_headers(header)
    message = Message(
        parts=bodies.parts,
        subject=subject,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        headers=kept,
        squelch=(sender.address,) if sender and auto in _SQUELCHED else (),
        auto_generated=auto is not AutoKind.HUMAN,
    )
    return IncomingMail(
        message=message,
        sender=sender,
        from_=people["from"],
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        subject=subject,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        date=_date(header.plain("date")),
        auto=auto,
        remarks=(*remarks, *_header_remarks(tree, sender, people["from"], spoofed), *bodies.remarks),
        dedup_key=fingerprint(header, message_id, data[tree.root.body :], bodies.parts),
        spoofed_headers_removed=spoofed,
    )


_SQUELCHED: Final = frozenset({AutoKind.AUTO_REPLY, AutoKind.BULK, AutoKind.BOUNCE, AutoKind.OWN_LOOP})
_LONE_CR: Final = re.compile(rb"\r(?!\n)")


def _mended(raw: bytes) -> tuple[bytes, list[str]]:
    """The bytes with a sane beginning and line ends a reader can find; attachments' bytes are not touched."""
    remarks: list[str] = []
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
        remarks.append("The mail came in UTF-16")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    start = raw[:4_000]
    first_cr = start.find(b"\r")
    if first_cr >= 0 and start[first_cr + 1 : first_cr + 2] != b"\n":
        if b"\n" not in start[:first_cr] and start[first_cr : first_cr + 3] == b"\r\r\n":
            raw = raw.replace(b"\r\r\n", b"\r\n")
        elif b"\n" not in start or re.match(rb"[!-9;-~]{1,100}:[^\r\n]*\r[!-9;-~ \t]", start):
            raw = _LONE_CR.sub(b"\n", raw)
            remarks.append("The lines of the mail end in a bare carriage return")
    if raw[:1] in (b"\r", b"\n", b" ", b"\t"):
        stripped = raw.lstrip(b"\r\n \t")
        if re.match(rb"[!-9;-~]{1,100}[ \t]*:", stripped):
            raw = stripped
    return raw, remarks


def _charset_inside(tree: Tree) -> str:
    """The charset of the first text in a multipart: raw 8-bit bytes in the header are most likely in it too."""
    node = tree.root
    while node.children:
        node = node.children[0]
    return node.header.hint


def _addresses(header: Header, name: str) -> tuple[Address, ...]:
    """Of the first field of that name; To and Cc may stand more than once."""
    values = header.all(name)
    if name in ("to", "cc"):
        joined = b", ".join(values[:1_000])[:_MAX_RECIPIENT_BYTES]
        return parse_addresses(to_text(joined, header.hint), header.hint)
    for value in values[:20]:
        if found := parse_addresses(to_text(value, header.hint), header.hint):
            return found
    return ()


def _sender(people: dict[str, tuple[Address, ...]]) -> Address | None:
    for name in ("reply-to", "from", "sender"):
        for address in people[name]:
            if "@" in address.address:
                return address
    return people["from"][0] if people["from"] else None


def _ids(text: str) -> tuple[str, ...]:
    """Message ids of a field, without brackets, each once, in order."""
    text = text[:200_000]
    if "<" in text:
        found = re.findall(r"<([^<>]+)>?", text)
    else:
        found = [word for word in text.split() if "@" in word] or text.split()[:1]
    cleaned = ("".join(one.split())[:_MAX_ID] for one in found)
    return tuple(dict.fromkeys(one for one in cleaned if one))[-_MAX_IDS:]


def _date(text: str) -> datetime | None:
    """The moment of a Date field in UTC; None when it cannot be or is not there."""
    text = text[:200].strip()
    if not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
    return None


def _kind(tree: Tree, sender: Address | None, subject: str, rtname: str) -> AutoKind:
    header, kind = tree.root.header, tree.root.kind
    return kind_of(
        header.plain,
        sender=sender.address if sender else "",
        subject=subject,
        content_type=kind.value,
        report_type=kind.params.get("report-type", "").lower(),
        rtname=rtname,
    )


_OURS: Final = re.compile(rb"(?:rt-[!-9;-~]*|x-rt-(?!loop-prevention)[!-9;-~]*)[ \t]*:", re.I)


def _honest_headers(header: Header) -> tuple[str, tuple[str, ...]]:
    """The header lines without those that only we may set (RT-*, X-RT-*), and the names of what was taken out."""
    raw = header.raw[: MAX_HEADERS * 2]
    spoofed = tuple(dict.fromkeys(name for name, _ in header.fields if _OURS.match(name.encode() + b":")))
    if spoofed:
        kept: list[bytes] = []
        taking = True
        for line in raw.splitlines(keepends=True):
            if line[:1] not in (b" ", b"\t"):
                taking = not _OURS.match(line)
            if taking:
                kept.append(line)
        raw = b"".join(kept)
    return to_text(raw).replace("\x00", "").replace("\r\n", "\n").rstrip("\n")[:MAX_HEADERS], spoofed


def _header_remarks(
    tree: Tree, sender: Address | None, from_: tuple[Address, ...], spoofed: tuple[str, ...]
) -> list[str]:
    header = tree.root.header
    remarks = []
    for name in ("From", "Subject", "Message-ID", "Date", "Content-Type"):
        count = len(header.all(name.lower()))
        if count > 1:
            remarks.append(f"{count} {name} lines: the first was used")
    if len(from_) > 1:
        remarks.append("From names several people: the first was used")
    if sender is None:
        remarks.append("No sender could be read")
    elif "@" not in sender.address:
        remarks.append("The sender’s address has no domain")
    if header.unfinished:
        remarks.append("No blank line stands between the header and the text")
    if header.first("date") is not None and _date(header.plain("date")) is None:
        remarks.append("The Date line cannot be understood")
    if spoofed:
        remarks.append(f"Header lines that only this server may set were ignored: {', '.join(spoofed[:10])}")
    return remarks


__all__ = ["Address", "AutoKind", "IncomingMail", "read_mail"]
