"""What mailers write above a quotation: `On … wrote:`, Outlook's header, rules; in the languages of our customers."""

import re
from typing import Final

WINDOW: Final = 5
"""Lines over which a mailer breaks the line `On … wrote:`."""
LONGEST: Final = 400
"""Characters of a line that are looked at."""

WROTE: Final = re.compile(
    r"(?:wrote|writes|schrieb|schrieben|geschrieben|a écrit|écrit|escribió|escribio|escreveu|ha scritto|scritto|scrisse"
    r"|schreef|geschreven|skrev|skreiv|napsal|napsal\(a\)|napísal\(a\)|napisał|napisał\(a\)|napisała|написал|написал\(а\)"
    r"|написала|написав|пише|пишет|kirjoitti|írta|a scris|yazdı|έγραψε|kirjutas|rakstīja|rašė"
    r"|写道|寫道|のメール|書き込みました"
    r"|作成|님이 작성|said|replied)",
    re.I,
)
_ENDS: Final = (":", "：", "----", "wrote", "schrieb")
HAS_WHO: Final = re.compile(r"\d|@|you wrote|via ")
_STARTS: Final = re.compile(
    r"(?:[>|\s]*)(?:-{2,}\s?)?(?:on|am|le|el|il|op|den|em|dnia|at|a|dne|dňa|den|på|om|în|u|în data|tarihinde|в|у|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"le|lun|mar|mer|jeu|ven|sam|dim)[.,]?\s.{0,60}\d|^[>|\s]*\d{1,4}[-/. ]",
    re.I,
)
# "On 3 May I wrote the following:" is a sentence; a quotation's header names an address, a time or a year.
SURE: Final = re.compile(r"@|\d[:.]\d\d|(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d|you wrote")
_TIME: Final = re.compile(r"\d{1,2}[:.]\d\d")
_OPENS: Final = re.compile(r"(?:on|am|le|el|il|op|den|em|dnia)\s", re.I)
_DATED: Final = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\b")
# An underscore is both a mark and a rule: nothing is given back, or a line of them is tried in every way.
SEPARATOR: Final = re.compile(
    r"^[*_>\s]*+[-_=]*+(?<=[-_=]{2})\s?(?:original message|original appointment|ursprüngliche nachricht"
    r"|originalnachricht|reply message|original-nachricht|message d['’]origine|message original|message initial"
    r"|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|originalmeddelande"
    r"|opprinnelig melding|oprindelig meddelelse|wiadomość oryginalna|původní zpráva|исходное сообщение|antwort"
    r"|原始邮件|元のメッセージ)\s?[-_=]{2,}+[*_\s]*+$",
    re.I,
)
FORWARDED: Final = re.compile(
    r"^[*_>\s]*+(?:[-_=]*+(?<=[-_=]{2})\s?(?:forwarded (?:message|by)|weitergeleitete nachricht"
    r"|message transféré|mensaje reenviado|doorgestuurd bericht|messaggio inoltrato|mensagem encaminhada).{0,80}"
    r"|begin forwarded message:|anfang der weitergeleiteten (?:nachricht|e-mail):"
    r"|début du message (?:réexpédié|transféré) ?:)",
    re.I,
)
FIELD: Final = re.compile(
    r"^[>\s]*[*_]{0,2}(?P<name>from|von|de|da|van|från|fra|od|от|від|expéditeur|lähettäjä|发件人|差出人|보낸 사람"
    r"|sent|gesendet|envoyé|enviado(?: el| em)?|inviato|verzonden|skickat|sendt|wysłano|отправлено|odesláno|date|datum"
    r"|data|fecha|дата|sendt|lähetetty|发送时间|送信日時|to|an|à|para|a|aan|till|til|do|кому|komu|pour|收件人|宛先"
    r"|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|předmět|aihe|主题|件名"
    r"|cc|kopie|copie|reply-to|antwort an|importance|priority|wichtigkeit|organization)"
    r"\s?[:：][*_]{0,2}(?:\s|$|\S)",
    re.I,
)
FROM: Final = frozenset(
    ("보낸 사람", *"from von de da van från fra od от від expéditeur lähettäjä 发件人 差出人".split())
)


def is_field_block(bare: list[str], index: int) -> bool:
    """Whether a header as Outlook quotes it begins here: From and two more fields in the next lines."""
    first = FIELD.match(bare[index])
    if first is None or first["name"].lower() not in FROM:
        return False
    names = set()
    for line in bare[index + 1 : index + 12]:
        found = FIELD.match(line)
        if found:
            names.add(found["name"].lower())
    return len(names) >= 2


def with_rule(bare: list[str], index: int) -> int:
    """A rule or a heading directly above a quoted header belongs to it."""
    above = index - 1
    while above >= 0 and not bare[above]:
        above -= 1
    if above >= 0 and (re.fullmatch(r"[-_=*\s]{5,}", bare[above]) or SEPARATOR.match(bare[above])):
        return above
    return index


def wrote_at(bare: list[str], index: int) -> int:
    """Where the line `On … wrote:` that ends at `index` begins; -1 when none ends here."""
    line = bare[index].strip("> |*")
    if "@" in line and bare[index].endswith((">", ">:", ")")) and _DATED.match(line):
        return index
    if not line.endswith(_ENDS):
        return -1
    joined = line
    best = index if _is_wrote(joined) else -1
    for above in range(index - 1, max(index - WINDOW, -1), -1):
        previous = bare[above].strip("> |*")
        if not previous or len(joined) > LONGEST:
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
    if not HAS_WHO.search(joined):
        return False
    if joined.endswith((">:", ">：")) and "@" in joined and _TIME.search(joined) and _STARTS.match(joined):
        return True
    found = next(reversed(list(WROTE.finditer(joined))), None)
    if found is None:
        return False
    after = joined[found.end() :].strip()
    is_said = len(after) < 6 or any(sign in after for sign in '@<"') or bool(_STARTS.match(joined))
    return len(after) < 120 and is_said


def is_quoted(line: str) -> bool:
    """Whether a line is marked as quoted."""
    return line.startswith((">", "|"))
