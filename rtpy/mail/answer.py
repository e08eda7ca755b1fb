"""What the mail server is told when it hands in a mail."""

from dataclasses import dataclass
from enum import StrEnum


class AnswerKind(StrEnum):
    """What the mail server is told."""

    OK = "ok"
    NOT_OK = "not ok"
    TEMPORARY = "temporary failure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a mail: `text` says why not; `mail_id` names its row in the spool, 0 when there is none."""

    kind: AnswerKind
    text: str = ""
    mail_id: int = 0
    ticket_id: int | None = None
