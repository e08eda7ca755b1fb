"""Finding commands in a mail: `Name: value` lines at the top of what its writer wrote, and the mail without them.

As RT's CommandByMail, but for where it looks: only above the first blank line of the writer's own plain text. What is
quoted, forwarded, or stands only in HTML is never a command.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rtpy.content.fold import fold
from rtpy.content.part import Message, Part, PartRole

MOST_LINES = 50
LONGEST_LINE = 1_000


class Verb(StrEnum):
    """What is to be done with the values of a list."""

    SET = "set"
    ADD = "add"
    DELETE = "del"


@dataclass(frozen=True, slots=True)
class Order:
    """One line: `name` as in NAMES or EACH or a plugin's (empty when it is none), `of` the name between braces."""

    text: str
    name: str
    value: str
    verb: Verb = Verb.SET
    of: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """The lines, and the mail without them. `is_all`: besides them its writer said nothing."""

    lines: tuple[Order, ...]
    message: Message
    is_all: bool

    @property
    def remark(self) -> str:
        """What the staff reads beside the message, since nobody sees the lines in it."""
        return f"Commands at its top: {'; '.join(order.text for order in self.lines)[:500]}"


SINGLE = frozenset(
    {
        *("queue", "owner", "subject", "status", "priority", "finalpriority"),
        *("time", "timeworked", "timeleft", "timeestimated", "due", "starts", "started", "told"),
    }
)
"""Names that have one value: they are neither added nor deleted."""
NAMES: Mapping[str, str] = {
    **{name: name for name in SINGLE},
    "requestor": "Requestor", "requestors": "Requestor", "cc": "Cc", "ccs": "Cc",
    "admincc": "AdminCc", "adminccs": "AdminCc",
    "dependson": "DependsOn", "dependedonby": "DependedOnBy", "refersto": "RefersTo",
    "referredtoby": "ReferredToBy", "memberof": "MemberOf", "parents": "MemberOf", "parent": "MemberOf",
    "hasmember": "HasMember", "members": "HasMember", "children": "HasMember", "child": "HasMember",
}  # fmt: skip
"""What may stand before the colon, without blanks and in lower case."""
EACH = {"cf": "cf", "customfield": "cf", "customrole": "role"}
"""What may stand before a name in braces: `CF.{Name}`."""


def find_orders(message: Message, brought: Collection[str] = ()) -> Orders | None:
    """The commands of a mail; None when it has none. `brought` are the names of plugins' commands."""
    body = message.parts[0] if message.parts else None
    if body is None or body.role is not PartRole.BODY or body.content_type != "text/plain":
        return None
    text = body.text()
    folded = fold(text[:200_000])
    if folded.lead.strip():
        return None  # it begins with a quotation
    found = _block(text, brought)
    if found is None:
        return None
    lines, end = found
    if end > len(folded.lead) + len(folded.visible):
        return None
    rest = text[end:].lstrip("\r\n")
    own = folded.visible[max(0, end - len(folded.lead)) :]
    files = any(part.role is PartRole.FILE for part in message.parts)
    return Orders(lines, _without(message, body, rest), is_all=not own.strip() and not files)


def _block(text: str, brought: Collection[str]) -> tuple[tuple[Order, ...], int] | None:
    """The lines from the first one with words to the first that is blank or no `Name: value`; and where they end."""
    orders: list[Order] = []
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        match = _LINE.fullmatch(bare) if len(bare) <= LONGEST_LINE else None
        if not bare and not orders:
            at += len(line)
            continue
        if match is None:
            break
        if _FORWARDED.fullmatch(match["key"].strip()):
            return None
        order = _order(bare, match, brought)
        if not orders and not order.name:
            return None  # ordinary words before a colon
        orders.append(order)
        at += len(line)
        if len(orders) > MOST_LINES:
            return None
    return (tuple(orders), at) if orders else None


def _order(line: str, match: re.Match[str], brought: Collection[str]) -> Order:
    key, value = "".join(match["key"].split()).lower(), match["value"].strip()
    verb = Verb.SET
    for each in (Verb.ADD, Verb.DELETE):
        rest = key.removeprefix(each.value)
        if rest != key and (rest in NAMES or rest in EACH):
            key, verb = rest, each
            break
    if match["of"] is not None:
        return Order(line, EACH.get(key.removesuffix("."), ""), value, verb, match["of"].strip())
    return Order(line, NAMES.get(key, key if key in brought else ""), value, verb)


def _without(message: Message, body: Part, rest: str) -> Message:
    """The mail with other text; its HTML says the commands as well, so it goes, and its pictures become files."""
    parts = [replace(body, data=rest.encode("utf-8", "replace"), charset="utf-8")]
    for part in message.parts[1:]:
        if part.role is PartRole.INLINE:
            parts.append(replace(part, role=PartRole.FILE))
        elif part.role is not PartRole.HTML:
            parts.append(part)
    return replace(message, parts=tuple(parts))


_LINE = re.compile(
    r"(?P<key>[^\W\d_][\w .-]{0,40}?)(?:\s?\.?\s?\{(?P<of>[^{}]{1,200})\})?\s*:(?P<value>(?!//).*)"
)
# The header of a mail that was forwarded or quoted without any mark.
_FORWARDED = re.compile(
    r"from|to|sent|date|von|an|gesendet|datum|de|à|envoyé|da|inviato|enviado|para|van|verzonden", re.I
)
