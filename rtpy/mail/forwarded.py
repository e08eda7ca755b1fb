"""What somebody forwarded: whose mail it was, what that person wrote, and what the one who forwarded it wrote above."""

import re
from dataclasses import dataclass, replace
from typing import Final

from rtpy.content.part import Message, Part, PartRole
from rtpy.content.plain import message_text
from rtpy.content.reply_marks import FIELD, FORWARDED, FROM, LONGEST, SEPARATOR, is_field_block
from rtpy.mail.addresses import Address
from rtpy.mail.message import IncomingMail, read_mail

LOOKED_AT: Final = 200_000
"""Characters of the text in which the head of the forwarded mail is looked for."""
_MAX_LINES: Final = 400
_MAX_HEAD: Final = 14

_SUBJECT: Final = re.compile(
    r"^\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|fw|wg|wtrlt|tr|rv|i|enc|vs|vb|doorst|vl|pd|fs|továbbítva|ilt|пер|转发|轉寄)\s*[:：]",
    re.I,
)
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;:'`=*|]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}\.[A-Za-z]{2,63}")
_NO_PERSON: Final = re.compile(
    r"^(?:(?:no|do[-_.]?not)[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?)(?:$|[-_.+@])", re.I
)
_QUOTE: Final = re.compile(r"^> ?")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail of `sender` that somebody else handed on.

    `message` is what the sender wrote; `own` the mail as it came, when there is more in it than what was forwarded:
    that is not for the sender's eyes.
    """

    sender: Address
    message: Message
    own: Message | None = None


def read_forwarded(mail: IncomingMail) -> Forwarded | None:
    """The mail that was forwarded, as an attachment or in the text; None when there is none, or no address in it.

    Never raises; linear in the size.
    """
    parts = mail.message.parts
    carried = [part for part in parts if part.role is PartRole.FILE and part.content_type == "message/rfc822"]
    is_named = bool(_SUBJECT.match(mail.subject[:100]))
    if is_named and len(carried) == 1:
        return _from_attachment(mail, carried[0])
    return _from_text(mail, is_named=is_named)


def _from_attachment(mail: IncomingMail, carried: Part) -> Forwarded | None:
    inner = read_mail(carried.data)
    sender = inner.from_[0] if inner.from_ else inner.sender
    if sender is None or not _is_person(sender.address):
        return None
    others = tuple(part for part in mail.message.parts if part.role is PartRole.FILE and part is not carried)
    message = replace(mail.message, parts=(*inner.message.parts, *others))
    said = tuple(part for part in mail.message.parts if part.role is not PartRole.FILE)
    # A mail without a text of its own is shown with the text of the one that it carries.
    words = message_text(said).strip()
    has_words = bool(words) and words not in message_text(inner.message.parts)
    return Forwarded(sender, message, replace(mail.message, parts=said) if has_words else None)


def _from_text(mail: IncomingMail, *, is_named: bool) -> Forwarded | None:
    text = message_text(mail.message.parts)[:LOOKED_AT]
    lines = text.splitlines()
    bare = [line[:LONGEST].strip() for line in lines]
    begin = _head_at(bare, is_named=is_named)
    if begin is None:
        return None
    mark, head = begin
    sender, after = _read_head(bare, head)
    if sender is None:
        return None
    if not "".join(bare[:mark]).strip():
        return Forwarded(sender, mail.message)
    said = "\n".join(_unquoted(lines[after:])).strip("\n") + "\n"
    body = Part("text/plain", said.encode("utf-8", "replace"), PartRole.BODY, charset="utf-8")
    files = tuple(
        replace(part, role=PartRole.FILE)
        for part in mail.message.parts
        if part.role in (PartRole.FILE, PartRole.INLINE)
    )
    own = tuple(part for part in mail.message.parts if part.role is not PartRole.FILE)
    return Forwarded(sender, replace(mail.message, parts=(body, *files)), replace(mail.message, parts=own))


def _head_at(bare: list[str], *, is_named: bool) -> tuple[int, int] | None:
    """The line with which the forwarded mail is announced, and the one with its From.

    The words “forwarded message” are enough; a head alone, or “original message”, is also how a reply quotes, and
    counts only when the subject says that the mail was forwarded.
    """
    for index, line in enumerate(bare[:_MAX_LINES]):
        is_told = bool(line and FORWARDED.match(line))
        if is_told or (is_named and line and SEPARATOR.match(line)):
            for head in range(index + 1, min(index + 8, len(bare))):
                found = FIELD.match(bare[head])
                if found and found["name"].lower() in FROM:
                    return index, head
            if is_told and not is_named:
                return None
        elif is_named and line and is_field_block(bare, index):
            mark = index
            while mark and FIELD.match(bare[mark - 1]):
                mark -= 1
            return mark, index
    return None


def _read_head(bare: list[str], head: int) -> tuple[Address | None, int]:
    """The sender in the head that begins at a line, and the line at which the text begins."""
    first = FIELD.match(bare[head])
    assert first is not None
    value = bare[head][first.end() - 1 :] if bare[head][first.end() - 1 :].strip(" *_:：") else ""
    if "@" not in value and head + 1 < len(bare) and not FIELD.match(bare[head + 1]):
        value = f"{value} {bare[head + 1]}"
    found = _ADDRESS.search(value)
    sender = None
    if found is not None and _is_person(found[0].removeprefix("mailto:")):
        name = re.sub(r"[<>\[\]()\"*_:]|mailto", " ", value[: found.start()])
        sender = Address(" ".join(name.split()).strip(" '"), found[0])
    after = head + 1
    gaps = 0
    while after < min(head + _MAX_HEAD, len(bare)):
        line = bare[after].strip("> ")
        if FIELD.match(bare[after]):
            gaps = 0
        elif not line:
            gaps += 1
            if not any(FIELD.match(each) for each in bare[after + 1 : after + 2]):
                break
        elif gaps:
            break
        after += 1
    return sender, after


def _unquoted(lines: list[str]) -> list[str]:
    """Without the marks, where every line is marked."""
    if all(line.startswith(">") for line in lines if line.strip()):
        return [_QUOTE.sub("", line) for line in lines]
    return lines


def _is_person(address: str) -> bool:
    return "@" in address and not _NO_PERSON.match(address)
