"""What a delivery failure says: about which mail of ours, for whom, for good or for now (RFC 3464 and others)."""

import re
from dataclasses import dataclass
from typing import Final

from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.mail.addresses import parse_addresses
from rtpy.mail.headers import Header, read_header
from rtpy.mail.loops import AutoKind
from rtpy.mail.message import IncomingMail
from rtpy.mail.words import one_line

MAX_RECIPIENTS: Final = 1_000
_MAX_TEXT: Final = 60_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """A failed (or late) delivery. `message_id` is that of our mail, without brackets, empty when it is not told.

    `recipients` are the addresses that did not get it. `is_permanent` is False for a delay and for what may pass
    (status 4.x.x). `status` is one line for people, with the code when there is one.
    """

    message_id: str
    recipients: tuple[str, ...]
    is_permanent: bool
    status: str


def read_bounce(raw: bytes, mail: IncomingMail) -> Bounce | None:
    """The failure that a mail reports; None when it reports none. Never raises; linear in the size.

    Looks at the delivery-status part first, then at the header of our mail that came back, then at the words.
    """
    if mail.auto is not AutoKind.BOUNCE:
        return None
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    report = _report(mail.message.parts)
    text = message_text(mail.message.parts)[:_MAX_TEXT]
    raw_text = raw[:_MAX_TEXT].decode("utf-8", "replace")
    recipients, status = _from_report(report) if report else ((), "")
    if report and not recipients and _delivered_only(report):
        return None
    recipients = recipients or _failed_header(raw) or _from_words(text, mail)
    status = status or _status_in(text) or _status_in(raw_text)
    if not recipients and not status and not _FAILED.search(f"{mail.subject}\n{text[:5_000]}"):
        return None
    delayed = _is_delayed(report, status, mail.subject, text)
    about = _original_id(mail.message.parts, raw) or next(
        iter((*mail.in_reply_to, *mail.references[-1:])), ""
    )
    return Bounce(about, recipients, not delayed, status[:500])


def _report(parts: tuple[Part, ...]) -> list[Header]:
    """The groups of fields of the delivery-status part: the first about the mail, then one for each recipient."""
    part = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    if part is None:
        return []
    data = part.data[:1_000_000].replace(b"\r\n", b"\n")
    groups: list[Header] = []
    pos = 0
    while pos < len(data) and len(groups) <= MAX_RECIPIENTS:
        header, after = read_header(data, pos, len(data), {})
        if header.fields:
            groups.append(header)
        pos = max(after, data.find(b"\n", pos) + 1 or len(data))
    return groups


_STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")


def _from_report(groups: list[Header]) -> tuple[tuple[str, ...], str]:
    failed: list[str] = []
    status = ""
    for group in groups:
        action = group.plain("action").lower().split(" ")[0].strip(";,")
        if action in ("delivered", "relayed", "expanded"):
            continue
        address = _typed(group.plain("original-recipient")) or _typed(group.plain("final-recipient"))
        final = _typed(group.plain("final-recipient"))
        address = final if "@" in final else address
        if address:
            failed.append(address)
            status = status or _words_of_status(group)
    return tuple(dict.fromkeys(failed)), status


def _typed(value: str) -> str:
    """The address of `rfc822; a@b` without type, brackets and comments."""
    value = value.partition(";")[2] or value
    found = parse_addresses(value.strip()[:1_000])
    return found[0].address if found else ""


def _words_of_status(group: Header) -> str:
    code, diagnostic = group.plain("status"), group.plain("diagnostic-code")
    diagnostic = diagnostic.partition(";")[2].strip() or diagnostic
    code = code.split(" ")[0]
    return one_line(f"{code} {diagnostic}" if code and code not in diagnostic else diagnostic or code)


def _delivered_only(groups: list[Header]) -> bool:
    actions = {group.plain("action").lower().split(" ")[0] for group in groups if group.first("action")}
    return bool(actions) and actions <= {"delivered", "relayed", "expanded"}


_FAILED_FIELD: Final = re.compile(
    rb"^(?:X-Failed-Recipients:|Final-Recipient:[ \t]*rfc822[ \t]*;)[ \t]*([^\r\n]+(?:\r?\n[ \t][^\r\n]+){0,50})",
    re.I | re.M,
)


def _failed_header(raw: bytes) -> tuple[str, ...]:
    """Exim and Gmail name the recipients in a field of their own; broken reports still have theirs somewhere."""
    found = _FAILED_FIELD.search(raw[:100_000])
    if found is None:
        return ()
    return tuple(a.address for a in parse_addresses(found[1].decode("utf-8", "replace")) if "@" in a.address)


_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:'`=]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_FAILED: Final = re.compile(
    r"undeliver|not be delivered|could ?n[o']t be delivered|delivery (?:failed|failure|error|problem|has failed|to the)"
    r"|returned (?:mail|to sender)|unable to deliver|failure notice|unknown user|user unknown|no such user"
    r"|mailbox (?:full|un)"
    r"|nicht zugestellt|unzustellbar|remise|配信|送信できません|не доставлен",
    re.I,
)
_LONG_LINE: Final = 2_000


def _from_words(text: str, mail: IncomingMail) -> tuple[str, ...]:
    """Addresses in the words before our own mail is quoted, those first that stand beside a failure."""
    own = {address.address.casefold() for address in (*mail.to, *mail.from_, *mail.cc)}
    near: list[str] = []
    seen: list[str] = []
    for line in text.splitlines()[:400]:
        if _QUOTED.match(line.strip()[:200]):
            break
        if len(line) > _LONG_LINE:
            continue
        found = [
            one for one in _ADDRESS.findall(line) if one.casefold() not in own and not _SERVER.match(one)
        ]
        if line.lstrip().startswith("<") or _CODE.search(line) or _FAILED.search(line):
            near += found
        seen += found
    return tuple(dict.fromkeys(near[:50] or seen[:1]))


_QUOTED: Final = re.compile(
    r"-{2,}.{0,20}(?:original|copy of|returned|unsent|undelivered|message header|below this line).{0,60}"
    r"|(?:Return-Path|Received|Message-I[Dd]|Message headers follow):"
    r"|.{0,40}(?:headers? of (?:the )?message|message follows)",
    re.I,
)
_SERVER: Final = re.compile(r"(?:mailer-daemon|postmaster|[\w.-]*abuse)@", re.I)
_CODE: Final = re.compile(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])|(?<![\d.])([45][0-5]\d)[ \-:]")


def _status_in(text: str) -> str:
    """The first line of a text that holds an SMTP answer."""
    for line in text.splitlines()[:600]:
        if _CODE.search(line[:_LONG_LINE]) and not re.match(
            r"\s*(?:received|date|message-id|x-|\()", line[:20], re.I
        ):
            return one_line(line[:500])
    return ""


def _is_delayed(report: list[Header], status: str, subject: str, text: str) -> bool:
    actions = {group.plain("action").lower().split(" ")[0] for group in report}
    if "failed" in actions:
        failed = [group for group in report if group.plain("action").lower().startswith("failed")]
        codes = [group.plain("status")[:1] for group in failed if group.first("status")]
        return bool(codes) and all(code == "4" for code in codes)
    if "delayed" in actions:
        return True
    if found := _CODE.search(status):
        return (found[1] or found[2]).startswith("4")
    return bool(_DELAYED.search(f"{subject}\n{text[:3_000]}"))


_DELAYED: Final = re.compile(
    r"delayed|will (?:keep|continue) (?:trying|to try)|will be retried|do not need to resend|warning: could not send"
    r"|over quota|quota exceeded|mailbox (?:is )?full|temporarily",
    re.I,
)
_ID_FIELD: Final = re.compile(
    rb"^[> \t]{0,8}Message-Id:[ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{3,990})>?", re.I | re.M
)


def _original_id(parts: tuple[Part, ...], raw: bytes) -> str:
    """The Message-ID of the mail that came back: in the carried mail or its header, else in the words."""
    for part in parts:
        if part.role is PartRole.FILE and part.content_type in _CARRIERS and (found := _id_in(part.data)):
            return found
    ids = _ID_FIELD.findall(raw[:2_000_000])
    return _id_text(ids[1]) if len(ids) > 1 else ""


_CARRIERS: Final = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")


def _id_in(data: bytes) -> str:
    found = _ID_FIELD.search(data[:200_000])
    return _id_text(found[1]) if found else ""


def _id_text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip("<>")
