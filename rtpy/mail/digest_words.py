"""The words of a digest, as text and as HTML: ticket by ticket what was said, oldest first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rtpy.content.fold import fold
from rtpy.mail.styled.frame import faded, heading
from rtpy.mail.styled.words import words_as_html

LONGEST = 1_500
"""Characters of one mail that stand in a digest; the ticket has the rest."""
RULE = "-" * 60


@dataclass(frozen=True, slots=True)
class Item:
    """One mail that waited: about which ticket, when it was written, and its text."""

    ticket_id: int
    subject: str
    url: str
    created: datetime
    text: str


def digest_text(items: Iterable[Item], timezone: str) -> str:
    """All of it as text."""
    pieces = []
    for first, them in _by_ticket(items):
        pieces.append(f"{RULE}\n#{first.ticket_id} {first.subject}\n{first.url}")
        pieces += [f"{_at(each.created, timezone)}\n\n{_short(each.text)}" for each in them]
    return "\n\n".join(pieces) + "\n"


def digest_html(title: str, items: Iterable[Item], timezone: str) -> str:
    """The same as HTML for the frame of mails."""
    pieces = [heading(title)]
    for first, them in _by_ticket(items):
        link = f'<a href="{escape(first.url)}">#{first.ticket_id} {escape(first.subject)}</a>'
        pieces.append(f'<h2 style="margin:24px 0 8px;font-size:17px">{link}</h2>')
        for each in them:
            pieces.append(faded(f'<p style="margin:0 0 4px">{escape(_at(each.created, timezone))}</p>'))
            pieces.append(words_as_html(_short(each.text)))
    return "\n".join(pieces)


def _by_ticket(items: Iterable[Item]) -> list[tuple[Item, list[Item]]]:
    found: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        found[item.ticket_id].append(item)
    return [(them[0], them) for them in found.values()]


def _short(text: str) -> str:
    folded = fold(text.replace("\x00", ""))
    if folded.lead:  # a template's “Ann replied to ticket 7:” looks like the head of a quotation
        said = (folded.lead + fold(folded.visible).visible).strip("\n")
    else:
        said = folded.visible.strip("\n")
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rstrip()} […]"


def _at(moment: datetime, timezone: str) -> str:
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
