"""Where a reply ends and the mail it answers begins: quotations and signatures set apart, no character lost."""

import re
from dataclasses import dataclass
from typing import Final

from rtpy.content.reply_marks import (
    FORWARDED,
    LONGEST,
    SEPARATOR,
    SURE,
    WINDOW,
    is_field_block,
    is_quoted,
    with_rule,
    wrote_at,
)

_MAX_HEADERS: Final = 40
"""Lines `On … wrote:` of one text whose quotation is looked at to its end."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in pieces: `lead + visible + signature + quoted` is the whole text again.

    `lead` is a quotation above the answer (bottom posting), `quoted` the one below it.
    """

    visible: str
    quoted: str = ""
    signature: str = ""
    lead: str = ""

    @property
    def hidden(self) -> str:
        """Everything that is folded away."""
        return self.lead + self.signature + self.quoted


def fold(text: str) -> Folded:
    """Set apart what was quoted and signed; linear time. A text of quotations only stays visible.

    Answers written between quotations keep those quotations visible; forwarded mails are visible, as they are news.
    """
    lines = text.splitlines(keepends=True)
    bare = [line[:LONGEST].strip() for line in lines]
    cut = _quote_start(bare)
    start = _lead_end(bare, cut)
    end = _signature_start(bare, start, cut)
    visible = "".join(lines[start:end])
    if not visible.strip():
        start = _skip_header(bare)
        if not "".join(lines[start:]).strip():
            return Folded(text)
        return Folded("".join(lines[start:]), lead="".join(lines[:start]))
    return Folded(visible, "".join(lines[cut:]), "".join(lines[end:cut]), "".join(lines[:start]))


def _quote_start(bare: list[str]) -> int:
    """The line at which the trailing quotation begins, its own header included; the number of lines if none."""
    total = len(bare)
    forwarded = next((index for index, line in enumerate(bare) if line and FORWARDED.match(line)), total)
    tries = 0
    for index, line in enumerate(bare[:forwarded]):
        if not line:
            continue
        if SEPARATOR.match(line) or (is_field_block(bare, index) and not is_quoted(line)):
            return with_rule(bare, index)
        if tries < _MAX_HEADERS and (begin := wrote_at(bare, index)) >= 0:
            tries += 1
            is_sure = bool(SURE.search(" ".join(bare[begin : index + 1])))
            if _quotes_to_end(bare, index + 1, unmarked=is_sure):
                return begin
    return _trailing_quotes(bare) if forwarded == total else total


def _quotes_to_end(bare: list[str], index: int, *, unmarked: bool) -> bool:
    """Whether nothing but quotation follows: marked lines to the end, or (if allowed) a text without any marks."""
    rest = [line for line in bare[index:] if line]
    if not rest:
        return True
    if not is_quoted(rest[0]):
        return (
            unmarked and not any(is_quoted(line) and line.startswith(">") for line in rest)
        ) or not _has_answer(rest)
    return not _has_answer(rest)


def _has_answer(rest: list[str]) -> bool:
    """Whether somebody wrote below or between marked lines: a lone short line is a broken quotation's remainder."""
    seen_quote = False
    loose = 0
    for line in rest:
        if is_quoted(line):
            seen_quote = True
            loose = 0
        elif seen_quote:
            if _SIGNATURE.match(line) or _SENT_FROM.match(line):
                return False
            loose += 1
            if loose > 1 or len(line) > 20 or line.endswith((".", "!", "?")):
                return True
    return False


def _trailing_quotes(bare: list[str]) -> int:
    """Marked lines without a header at the end of the text."""
    total = len(bare)
    index = total
    start = total
    while index and (not bare[index - 1] or bare[index - 1].startswith(">")):
        index -= 1
        if bare[index]:
            start = index
    if start == total:
        return total
    above = start - 1
    while above >= 0 and not bare[above]:
        above -= 1
    if above >= 0 and (begin := wrote_at(bare, above)) >= 0:
        return begin
    return start


def _lead_end(bare: list[str], cut: int) -> int:
    """Where the answer begins when it stands below one quotation; 0 when quotations and answers alternate."""
    index = _skip_header(bare[:cut])
    if index == 0 and not (bare[:1] and any(line.startswith(">") for line in bare[:3])):
        return 0
    begin = index
    while index < cut and (not bare[index] or bare[index].startswith(">")):
        index += 1
    if not any(line.startswith(">") for line in bare[begin:index]):
        return 0
    if any(line.startswith(">") for line in bare[index:cut]) or not any(bare[index:cut]):
        return 0
    return index


def _skip_header(bare: list[str]) -> int:
    """The first line after a quotation's header at the very top."""
    first = next((index for index, line in enumerate(bare) if line), 0)
    for index in range(first, min(first + WINDOW, len(bare))):
        if wrote_at(bare, index) == first:
            return index + 1
    return 0


_SIGNATURE: Final = re.compile(r"^(?:--|—|__)$|^--[  ]$")
_SENT_FROM: Final = re.compile(
    r"^\W{0,3}(?:(?:sent|written|posted) (?:from|with|via|using|by|on the go)|from my|get \[?outlook for|從我的"
    r"|envoyé (?:depuis|de|à partir)"
    r"|von mein\w{1,3} \w.{0,40}gesendet|von .{2,40} gesendet$|gesendet (?:von|mit)"
    r"|diese nachricht wurde von .{2,60} gesendet"
    r"|diese nachricht wurde mit|enviado (?:desde|do|de|a partir)|inviato da|sendt fra|skickat från"
    r"|verzonden (?:vanaf|met|via)"
    r"|lähetetty|wysłan[eoy] z|odesláno z|отправлено (?:с|из)|надіслано з|skickades från|iphone(?:'|’)?ból küldve"
    r"|someone from mobile|發自我的|发自我的|iphoneから送信)",
    re.I,
)
_RULE: Final = re.compile(r"^(?:[-_=~*#+]{2,}|ᐧ)$")


def _signature_start(bare: list[str], start: int, cut: int) -> int:
    """Where the signature above `cut` begins: at `-- `, or at the mailer's advertisement; `cut` when there is none."""
    end = cut
    while end > start and (
        not bare[end - 1] or _is_advertisement(bare[end - 1]) or _RULE.match(bare[end - 1])
    ):
        end -= 1
    floor = max(start, cut - 60)
    for index in range(start if start > floor else floor, end):
        if _SIGNATURE.match(bare[index]) and any(bare[start:index]) and _looks_signed(bare[index + 1 : end]):
            return index
    return end if any(bare[end:cut]) else cut


def _is_advertisement(line: str) -> bool:
    return len(line) < 120 and bool(_SENT_FROM.match(line))


def _looks_signed(below: list[str]) -> bool:
    """Signatures are short lines; a text under a rule is not one."""
    return sum(map(len, below)) <= 3_000 and not any(line.startswith(">") for line in below)
