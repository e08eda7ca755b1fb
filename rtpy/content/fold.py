"""Where a reply ends and the mail it answers begins: quotations and signatures set apart, no character lost."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

_WINDOW: Final = 5
"""Lines over which a mailer breaks the line `On … wrote:`."""
_MAX_HEADERS: Final = 40
"""Lines `On … wrote:` of one text whose quotation is looked at to its end."""
_LONGEST: Final = 400
"""Characters of a line that are looked at."""


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
    bare = [line[:_LONGEST].strip() for line in lines]
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


_WROTE: Final = re.compile(
    r"(?:wrote|writes|schrieb|schrieben|geschrieben|a écrit|écrit|escribió|escribio|escreveu|ha scritto|scritto|scrisse"
    r"|schreef|geschreven|skrev|skreiv|napsal|napsal\(a\)|napísal\(a\)|napisał|napisał\(a\)|napisała|написал|написал\(а\)"
    r"|написала|написав|пише|пишет|kirjoitti|írta|a scris|yazdı|έγραψε|kirjutas|rakstīja|rašė"
    r"|写道|寫道|のメール|書き込みました"
    r"|作成|님이 작성|said|replied)",
    re.I,
)
_ENDS: Final = (":", "：", "----", "wrote", "schrieb")
_HAS_WHO: Final = re.compile(r"\d|@|you wrote|via ")
_STARTS: Final = re.compile(
    r"(?:[>|\s]*)(?:-{2,}\s?)?(?:on|am|le|el|il|op|den|em|dnia|at|a|dne|dňa|den|på|om|în|u|în data|tarihinde|в|у|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"le|lun|mar|mer|jeu|ven|sam|dim)[.,]?\s.{0,60}\d|^[>|\s]*\d{1,4}[-/. ]",
    re.I,
)
# "On 3 May I wrote the following:" is a sentence; a quotation's header names an address, a time or a year.
_SURE: Final = re.compile(r"@|\d[:.]\d\d|(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d|you wrote")
_TIME: Final = re.compile(r"\d{1,2}[:.]\d\d")
_OPENS: Final = re.compile(r"(?:on|am|le|el|il|op|den|em|dnia)\s", re.I)
_DATED: Final = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\b")
_SEPARATOR: Final = re.compile(
    r"^[*_>\s]*[-_=]{2,}\s?(?:original message|original appointment|ursprüngliche nachricht|originalnachricht"
    r"|reply message|original-nachricht|message d['’]origine|message original|message initial|mensaje original"
    r"|mensagem original|messaggio originale|oorspronkelijk bericht|originalmeddelande|opprinnelig melding"
    r"|oprindelig meddelelse|wiadomość oryginalna|původní zpráva|исходное сообщение|antwort|原始邮件|元のメッセージ)"
    r"\s?[-_=]{2,}[*_\s]*$",
    re.I,
)
_FORWARDED: Final = re.compile(
    r"^[*_>\s]*(?:[-_=]{2,}\s?(?:forwarded (?:message|by)|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|doorgestuurd bericht|messaggio inoltrato|mensagem encaminhada).{0,80}|begin forwarded message:"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail):|début du message (?:réexpédié|transféré) ?:)",
    re.I,
)
_FIELD: Final = re.compile(
    r"^[>\s]*[*_]{0,2}(?P<name>from|von|de|da|van|från|fra|od|от|від|expéditeur|lähettäjä|发件人|差出人|보낸 사람"
    r"|sent|gesendet|envoyé|enviado(?: el| em)?|inviato|verzonden|skickat|sendt|wysłano|отправлено|odesláno|date|datum"
    r"|data|fecha|дата|sendt|lähetetty|发送时间|送信日時|to|an|à|para|a|aan|till|til|do|кому|komu|pour|收件人|宛先"
    r"|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|předmět|aihe|主题|件名"
    r"|cc|kopie|copie|reply-to|antwort an|importance|priority|wichtigkeit|organization)"
    r"\s?[:：][*_]{0,2}(?:\s|$|\S)",
    re.I,
)
_FROM: Final = frozenset(
    ("보낸 사람", *"from von de da van från fra od от від expéditeur lähettäjä 发件人 差出人".split())
)


def _quote_start(bare: list[str]) -> int:
    """The line at which the trailing quotation begins, its own header included; the number of lines if none."""
    total = len(bare)
    forwarded = next((index for index, line in enumerate(bare) if line and _FORWARDED.match(line)), total)
    tries = 0
    for index, line in enumerate(bare[:forwarded]):
        if not line:
            continue
        if _SEPARATOR.match(line) or (_is_field_block(bare, index) and not _is_quoted(line)):
            return _with_rule(bare, index)
        if tries < _MAX_HEADERS and (begin := _wrote_at(bare, index)) >= 0:
            tries += 1
            is_sure = bool(_SURE.search(" ".join(bare[begin : index + 1])))
            if _quotes_to_end(bare, index + 1, unmarked=is_sure):
                return begin
    return _trailing_quotes(bare) if forwarded == total else total


def _is_field_block(bare: list[str], index: int) -> bool:
    """Whether a header as Outlook quotes it begins here: From and two more fields in the next lines."""
    first = _FIELD.match(bare[index])
    if first is None or first["name"].lower() not in _FROM:
        return False
    names = set()
    for line in bare[index + 1 : index + 12]:
        found = _FIELD.match(line)
        if found:
            names.add(found["name"].lower())
    return len(names) >= 2


def _with_rule(bare: list[str], index: int) -> int:
    """A rule or a heading directly above a quoted header belongs to it."""
    above = index - 1
    while above >= 0 and not bare[above]:
        above -= 1
    if above >= 0 and (re.fullmatch(r"[-_=*\s]{5,}", bare[above]) or _SEPARATOR.match(bare[above])):
        return above
    return index


def _wrote_at(bare: list[str], index: int) -> int:
    """Where the line `On … wrote:` that ends at `index` begins; -1 when none ends here."""
    line = bare[index].strip("> |*")
    if "@" in line and bare[index].endswith((">", ">:", ")")) and _DATED.match(line):
        return index
    if not line.endswith(_ENDS):
        return -1
    joined = line
    best = index if _is_wrote(joined) else -1
    for above in range(index - 1, max(index - _WINDOW, -1), -1):
        previous = bare[above].strip("> |*")
        if not previous or len(joined) > _LONGEST:
            break
        joined = f"{previous} {joined}"
        if _STARTS.match(previous) and _is_wrote(joined):
            if best < 0 or not _STARTS.match(bare[best]) or _OPENS.match(previous):
                best = above
            continue
        if best < 0 and _is_wrote(joined) and "@" in joined:
            best = above
    return best


def _is_wrote(joined: str) -> bool:
    if not _HAS_WHO.search(joined):
        return False
    if joined.endswith((">:", ">：")) and "@" in joined and _TIME.search(joined) and _STARTS.match(joined):
        return True
    found = next(reversed(list(_WROTE.finditer(joined))), None)
    if found is None:
        return False
    after = joined[found.end() :].strip()
    is_said = len(after) < 6 or any(sign in after for sign in '@<"') or bool(_STARTS.match(joined))
    return len(after) < 120 and is_said


def _is_quoted(line: str) -> bool:
    return line.startswith((">", "|"))


def _quotes_to_end(bare: list[str], index: int, *, unmarked: bool) -> bool:
    """Whether nothing but quotation follows: marked lines to the end, or (if allowed) a text without any marks."""
    rest = [line for line in bare[index:] if line]
    if not rest:
        return True
    if not _is_quoted(rest[0]):
        return (
            (unmarked
            and not any(_is_quoted(line) and line.startswith(">") for line in rest))
            or not _has_answer(rest)
        )
    return not _has_answer(rest)


def _has_answer(rest: list[str]) -> bool:
    """Whether somebody wrote below or between marked lines: a lone short line is a broken quotation's remainder."""
    seen_quote = False
    loose = 0
    for line in rest:
        if _is_quoted(line):
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
    if above >= 0 and (begin := _wrote_at(bare, above)) >= 0:
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
    for index in range(first, min(first + _WINDOW, len(bare))):
        if _wrote_at(bare, index) == first:
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


_QUOTE_TAG: Final = re.compile(
    r"<(?:div|blockquote|span|hr|table|p)(?:\s[^>]*)?\sclass=\"(?:[^\"]*\s)?(?:gmail_quote|gmail_quote_container|yahoo_quoted"
    r"|moz-cite-prefix|protonmail_quote|tutanota_quote|zmail_extra|OutlookMessageHeader|rt-reply-header)(?:\s[^\"]*)?\"[^>]*>"
    r"|<blockquote(?:\s[^>]*)?\stype=\"cite\"[^>]*>",
)
_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_VOID: Final = frozenset(("br", "hr", "img", "col", "wbr"))
_BLOCK_END: Final = re.compile(
    r"<br>|</?(?:p|div|td|tr|table|tbody|blockquote|hr|li|ul|ol|pre|h[1-6])\b[^>]*>"
)


def fold_html(html: str) -> tuple[str, str]:
    """Cut sanitised HTML into what was written and the quotation below it; both are well-formed.

    Marks of mailers first, then the line `On … wrote:` and Outlook's quoted header as text. Nothing is cut when
    text would be left below the quotation (answers between), or when nothing would stay visible.
    """
    for at in _candidates(html):
        visible, quoted = _split(html, at)
        if not _words(visible):
            return html, ""
        return visible, quoted
    return html, ""


def _header_above(html: str, at: int) -> int:
    """Where the line `On … wrote:` directly above a quotation begins; `at` when there is none."""
    text, begin = "", at
    for match in reversed(list(_BLOCK_END.finditer(html, max(0, at - 3_000), at))):
        text = _words(html[match.end() : at])
        begin = match.end()
        if text:
            break
    said = text.endswith((":", "：")) and len(text) <= _LONGEST and bool(_HAS_WHO.search(text))
    return begin if said and ("@" in text or _WROTE.search(text)) else at


def _candidates(html: str) -> list[int]:
    marked = next(
        (m.start() for m in _QUOTE_TAG.finditer(html) if _nothing_below(html, m.start())), len(html)
    )
    if marked == len(html):
        plain = html.rfind("<blockquote>")
        above = _header_above(html, plain) if plain > 0 and _nothing_below(html, plain) else plain
        marked = above if 0 <= above < plain else marked
    else:
        marked = _header_above(html, marked)
    first = min(marked, _written_header(html))
    return [first] if first < len(html) else []


def _nothing_below(html: str, at: int) -> bool:
    """Whether the element at `at` is the last thing of the text; a header element has its quotation below it."""
    opened = html[at : html.find(">", at) + 1]
    if any(
        name in opened
        for name in ("rt-reply-header", "moz-cite-prefix", "OutlookMessageHeader", "gmail_attr")
    ):
        return "moz-cite-prefix" not in opened or not _words_outside_quotes(html, at)
    end = _element_end(html, at)
    return not _words(html[end:]) or len(_words(html[end:])) < 40


def _words_outside_quotes(html: str, at: int) -> bool:
    quote = html.find("<blockquote", at)
    return quote >= 0 and len(_words(html[_element_end(html, quote) :])) > 200


def _element_end(html: str, at: int) -> int:
    depth = 0
    for match in _TAG.finditer(html, at):
        if match[2] in _VOID:
            if depth == 0:
                return match.end()
            continue
        depth += -1 if match[1] else 1
        if depth <= 0:
            return match.end()
    return len(html)


def _written_header(html: str) -> int:
    """Where a quotation's header begins that is only text; its offset in the HTML, or its length."""
    lines: list[str] = []
    starts: list[int] = []
    at = 0
    for match in _BLOCK_END.finditer(html):
        text = _words(html[at : match.start()])
        if text:
            lines.append(text[:_LONGEST])
            starts.append(at)
        at = match.end()
    text = _words(html[at:])
    if text:
        lines.append(text[:_LONGEST])
        starts.append(at)
    cut = _html_quote_start(lines)
    return starts[cut] if cut < len(lines) else len(html)


def _html_quote_start(lines: list[str]) -> int:
    for index, line in enumerate(lines):
        if _FORWARDED.match(line):
            return len(lines)
        if _SEPARATOR.match(line) or _is_field_block(lines, index) or _has_inline_fields(line):
            return index
    return len(lines)


def _has_inline_fields(line: str) -> bool:
    """Outlook's header inside of one block: `From: … Sent: … To: … Subject: …`."""
    first = _FIELD.match(line)
    if first is None or first["name"].lower() not in _FROM:
        return False
    return (
        len(re.findall(r"\b(?:Sent|To|Subject|Gesendet|An|Betreff|Envoyé|À|Objet|Date|Datum): ", line)) >= 2
    )


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _split(html: str, at: int) -> tuple[str, str]:
    """Cut at an offset between elements: open elements are closed in the first half and opened again in the second."""
    opened: list[tuple[str, str]] = []
    for match in _TAG.finditer(html[:at]):
        if match[2] in _VOID:
            continue
        if match[1]:
            if opened and opened[-1][0] == match[2]:
                opened.pop()
        else:
            opened.append((match[2], match[0]))
    closing = "".join(f"</{name}>" for name, _ in reversed(opened))
    again = "".join(tag for _, tag in opened)
    return html[:at] + closing, again + html[at:]
