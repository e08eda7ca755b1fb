"""Whether a mail was written by a person, a machine, a list, a mail server, or ourselves; from its headers only."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final


class AutoKind(StrEnum):
    """Who wrote a mail, as far as answering it automatically is concerned."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    """A program answered or reported: vacation notes, monitoring, other helpdesks."""
    BULK = "bulk"
    """Sent to many: Precedence bulk or junk."""
    LIST = "list"
    """Through a mailing list."""
    BOUNCE = "bounce"
    """A mail server's report about a mail of ours."""
    OWN_LOOP = "own_loop"
    """We sent it ourselves."""

    @property
    def is_answered(self) -> bool:
        """Whether an automatic answer may go to the sender; only people get one (RFC 3834 section 2)."""
        return self is AutoKind.HUMAN


_SERVERS: Final = re.compile(
    r"^(?:mailer[-_.]?daemon|post[-_.]?master|mail[-_.]daemon|mdaemon|mail-?delivery(?:-system|-subsystem)?|bounces?)$",
    re.I,
)
_NAMED_SERVER: Final = re.compile(r"mailer.?daemon|mail (?:delivery|system)|jetmail|delivery system", re.I)
_NO_REPLY: Final = re.compile(r"^(?:no|do[-_.]?not)[-_.]?reply(?:$|[-_.+])", re.I)
# Only openings that no person writes: a vacation note without any header says it in its subject.
_VACATION: Final = re.compile(
    r"^\W{0,3}(?:(?:re|aw|sv|antw|rif|res)\s?:\s?){0,3}\[?(?:"
    r"auto(?:matic|matische|mated|matisch|matyczna)?[ -]?(?:re(?:ply|sponse|sponder)|antwort|antwoord|svar|response)"
    r"|automatische (?:antwort|abwesenheits\w{0,20})|abwesenheits(?:notiz|nachricht|meldung|agent|info)"
    r"|out of (?:the )?office|ooo ?:|away from (?:the )?(?:office|mail)|vacation (?:notice|reply|message|autoreply)"
    r"|i am (?:currently )?out of (?:the )?office|autoreply"
    r"|r[ée]ponse automatique|absence du bureau|message d['’]absence|risposta automatica|fuori (?:sede|ufficio)"
    r"|respuesta autom[aá]tica|fuera de (?:la )?oficina|resposta autom[aá]tica|fora do escrit[oó]rio"
    r"|automatisch antwoord|afwezig(?:heidsbericht)?\s*:|niet aanwezig|autosvar|fr[aå]nvaro|frav[aæ]r"
    r"|automatick[aá] odpov[eě]d|automatyczna odpowied|autoodpowied|poza biurem|automaattinen vastaus"
    r"|автоответ|автоматический ответ|отсутствую|自动回复|自動回覆|自動応答|자동 회신"
    r")",
    re.I,
)
_BOUNCE_SUBJECT: Final = re.compile(
    r"^(?:undeliver(?:ed|able)|undelivered mail returned|delivery status notification|mail delivery (?:failed|failure|"
    r"system)|returned mail|delivery (?:failure|failed|has failed)|failure notice|unzustellbar|nicht zustellbar)",
    re.I,
)


def kind_of(
    header: Callable[[str], str],
    *,
    sender: str = "",
    subject: str = "",
    content_type: str = "",
    report_type: str = "",
    rtname: str = "",
) -> AutoKind:
    """Judge a mail. `header` gives the first field of a lower-case name, empty when missing.

    `sender` is the bare address, `content_type` and `report_type` those of the whole mail, `rtname` our own name.
    """
    if rtname and header("x-rt-loop-prevention").strip().casefold() == rtname.casefold():
        return AutoKind.OWN_LOOP
    if _is_bounce(header, sender, subject, content_type, report_type):
        return AutoKind.BOUNCE
    if _is_automatic(header, sender, subject, report_type):
        return AutoKind.AUTO_REPLY
    precedence = _first_word(header("precedence"))
    if header("list-id") or header("list-post") or header("mailing-list") or precedence == "list":
        return AutoKind.LIST
    if precedence in ("bulk", "junk") or header("list-unsubscribe") or header("feedback-id"):
        return AutoKind.BULK
    return AutoKind.HUMAN


def _is_bounce(
    header: Callable[[str], str], sender: str, subject: str, content_type: str, report_type: str
) -> bool:
    if content_type == "multipart/report" and report_type != "disposition-notification":
        return True
    if _SERVERS.match(sender.partition("@")[0]) or header("x-failed-recipients"):
        return True
    if "<>" in header("from") and _NAMED_SERVER.search(header("from")):
        return True
    is_null_sender = header("return-path").replace(" ", "") == "<>"
    return is_null_sender and (not header("auto-submitted") or bool(_BOUNCE_SUBJECT.match(subject)))


def _is_automatic(header: Callable[[str], str], sender: str, subject: str, report_type: str) -> bool:
    submitted = _first_word(header("auto-submitted"))
    if submitted and submitted != "no":
        return True
    if any(header(name) for name in _AUTOMATIC_IF_THERE) or report_type == "disposition-notification":
        return True
    if any(_first_word(header(name)) in ("yes", "true", "1", "all") for name in _AUTOMATIC_IF_YES):
        return True
    if _first_word(header("precedence")) in ("auto_reply", "auto-reply", "autoreply"):
        return True
    if header("return-path").replace(" ", "") == "<>":
        return True
    # Suppressing other programs' answers is also what programs that answer do; Exchange's people never set "All".
    suppress = header("x-auto-response-suppress").lower()
    if "all" in suppress.replace(",", " ").split() or "autoreply" in suppress:
        return True
    return bool(_VACATION.match(subject[:300]) or _NO_REPLY.match(sender.partition("@")[0][:100]))


_AUTOMATIC_IF_THERE: Final = (
    "x-autoreply-from", "x-autorespond", "x-mail-autoreply", "x-autogenerated", "x-vacation", "x-loop-autoreply",
    "x-rt-loop-prevention", "x-otrs-loop", "x-zammad-send-auto-response-disabled",
)  # fmt: skip
_AUTOMATIC_IF_YES: Final = ("x-autoreply", "x-auto-reply", "x-autoresponder", "x-fc-machinegenerated")


def _first_word(value: str) -> str:
    return value.replace(";", " ").replace(",", " ").lower().split()[0] if value.strip(" \t;,") else ""
