"""Calendar parts of mails as readers see them: what, when by their own clock, where, who asks."""

from collections.abc import Iterable
from datetime import tzinfo
from html import escape

from rtpy.mail.calendar_parts import CalendarEvent, Moment, read_calendar
from rtpy.web.html import Html
from rtpy.web.times import show_day, show_exact

TITLES = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled meeting",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
}
ANSWERS = {"ACCEPTED": "comes", "DECLINED": "does not come", "TENTATIVE": "perhaps comes"}


def show_calendars(parts: Iterable[bytes], zone: tzinfo) -> list[Html]:
    """A list of facts for each event; nothing for a part that holds none."""
    return [_show(event, zone) for part in parts for event in read_calendar(part)]


def _show(event: CalendarEvent, zone: tzinfo) -> Html:
    when = _when(event.starts, zone)
    until = _when(event.ends, zone)
    if until and until != when:
        when = f"{when} to {until}"
    if event.repeats:
        when = f"{when}, and again"
    facts = [
        ("When", when),
        ("Where", escape(event.where)),
        ("Organised by", escape(event.organizer)),
        *((escape(who), escape(ANSWERS.get(word, word.lower()))) for who, word in event.answers),
    ]
    title = f"{TITLES.get(event.method, 'Calendar entry')}: {event.what or '(no title)'}"
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    return Html(
        f'<div class="calendar-part"><p><b>{escape(title)}</b></p><dl class="facts">{rows}</dl>'
        '<p class="meta">Only shown: nothing is answered or entered.</p></div>'
    )


def _when(moment: Moment, zone: tzinfo) -> str:
    if moment.at is not None:
        return escape(show_exact(moment.at, zone))
    return str(show_day(moment.day)) if moment.day is not None else escape(moment.local)
