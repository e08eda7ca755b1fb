"""A ticket's history as the conversation on its page: who said what, and what happened between."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import quote

from pyramid.request import Request

from rtpy.content.filenames import safe_filename, shown_filename
from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.content.show import show_message
from rtpy.history.corrections import apart
from rtpy.history.describing import Names, describe, links_in, names_in
from rtpy.history.entry import Entry
from rtpy.rights.names import Right
from rtpy.web import shown
from rtpy.web.avatars import person_avatar
from rtpy.web.calendars import show_calendars
from rtpy.web.html import Html, show_size
from rtpy.web.staff.things import names_of_things
from rtpy.web.staff.ticket.mails import SentMail, show_mails
from rtpy.web.times import show_exact, show_minutes

TOGETHER = timedelta(minutes=2)
"""Deeds of one person within this time stand in one line."""

ICONS = {
    "Status": "refresh",
    "AddWatcher": "users",
    "DelWatcher": "users",
    "AddLink": "link",
    "DeleteLink": "link",
    "Told": "clock",
    "SystemError": "alert",
    "EmailRecord": "mail",
    "CommentEmailRecord": "mail",
    "Create": "ticket",
}
FIELD_ICONS = {
    "Owner": "user",
    "Due": "calendar",
    "Priority": "flag",
    "Queue": "queue",
    "TimeWorked": "clock",
    "Subject": "pencil",
    "Organization": "building",
}
FACES = {"mail": "by mail", "rest1": "through the interface", "rest2": "through the interface"}


def show_conversation(
    request: Request,
    ticket_id: int,
    entries: Sequence[Entry],
    mails: Mapping[int, Sequence[SentMail]],
) -> list[shown.Entry]:
    """The entries as the template draws them; `mails` are those that each entry sent, as far as they may be seen."""
    things = names_of_things(request, links_in(entries))
    sentences = request.app.named("rtpy_transaction_texts")
    names = replace(names_in(request.db, entries, sentences), things=things)
    here = request.route_path("ticket.display", id=ticket_id)
    told = []
    left, corrections = apart(entries)
    away = request.app.blobs.unreachable(request.db, [file.id for entry in left for file in entry.files])
    for group in _grouped(left):
        first = group[0]
        if _has_words(first):
            sent = mails.get(first.id, ())
            told.append(_message(request, here, _remarked(first, away), sent, corrections.get(first.id, ())))
        else:
            told.append(_event(request, group, names, here, mails))
    return told


def _remarked(entry: Entry, away: Collection[int]) -> Entry:
    """The same entry, with a word on each file that cannot be had just now."""
    if not away:
        return entry
    said = (
        f"{shown_filename(file.filename) or 'A file'} cannot be reached just now; it is not lost. Try again later."
        for file in entry.files
        if file.id in away
    )
    return replace(entry, remarks=(*entry.remarks, *said))


def _grouped(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    for entry in entries:
        if group and (_has_words(entry) or _has_words(group[0]) or not _is_near(group[-1], entry)):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _is_near(one: Entry, other: Entry) -> bool:
    return one.creator_id == other.creator_id and other.created - one.created <= TOGETHER


def _has_words(entry: Entry) -> bool:
    return entry.is_message and bool(entry.parts or entry.files or entry.remarks)


def _message(
    request: Request, here: str, entry: Entry, mails: Sequence[SentMail], corrections: Sequence[Entry]
) -> shown.Entry:
    pictures = tuple(Part("", b"", PartRole.INLINE, content_id=known) for known, _ in entry.inline)
    parts = corrections[-1].parts if corrections else (*entry.parts, *pictures)
    shown_parts = show_message(parts, _picture_url(here, entry))
    blocks = [shown.Block(Html(shown_parts.html))] if shown_parts.html else []
    if shown_parts.hidden_html:
        blocks.append(shown.Block(Html(shown_parts.hidden_html), "Quoted text"))
    if shown_parts.signature_html:
        blocks.append(shown.Block(Html(shown_parts.signature_html), "Signature"))
    blocks += [shown.Block(each) for each in show_calendars(entry.calendars, request.zone)]
    blocks += _earlier(request, here, entry, corrections)
    kind = _kind(entry)
    may_split = not request.work.rights.of(Right.CREATE_TICKET).nowhere
    return shown.Entry(
        entry.id,
        kind,
        request.when(entry.created),
        entry.creator_name,
        person_avatar(request, entry.creator_id, entry.creator_name),
        " ".join(filter(None, (_how(entry), _edited(request, corrections)))),
        body=tuple(blocks),
        files=tuple(file_link(here, file.id, file.filename, file.size) for file in entry.files),
        worked=show_minutes(entry.minutes) if entry.minutes else "",
        mails=show_mails(here, mails),
        raw_url=f"{here}/transaction/{entry.id}/raw" if entry.is_mail else None,
        quote_url=f"{here}?quote={entry.id}#{'comment' if kind == 'comment' else 'reply'}",
        split_url=f"{here}/transaction/{entry.id}/split" if may_split else None,
        correct_url=f"{here}/transaction/{entry.id}/correct" if _may_correct(request, entry) else None,
        remarks=tuple(dict.fromkeys(entry.remarks)),
        opening=entry.type == "Create",
    )


def _earlier(request: Request, here: str, entry: Entry, corrections: Sequence[Entry]) -> list[shown.Block]:
    """What it said before each correction, the newest first."""
    blocks = []
    for before, after in reversed(list(zip((entry, *corrections), corrections, strict=False))):
        words = show_message(before.parts, _picture_url(here, entry))
        until = show_exact(after.created, request.zone)
        blocks.append(shown.Block(Html(words.html), f"What it said until {until}"))
    return blocks


def _edited(request: Request, corrections: Sequence[Entry]) -> str:
    if not corrections:
        return ""
    return f"edited by {corrections[-1].creator_name}, {show_exact(corrections[-1].created, request.zone)}"


def _may_correct(request: Request, entry: Entry) -> bool:
    """Is it worth a link? What exactly may be done is asked there."""
    if not entry.by_staff or entry.is_internal:
        return False
    rights = request.work.rights
    own = entry.creator_id == request.work.actor.user_id and not rights.of(Right.REPLY_TO_TICKET).nowhere
    return own or not rights.of(Right.MODIFY_TICKET).nowhere


def _event(
    request: Request, group: Sequence[Entry], names: Names, here: str, mails: Mapping[int, Sequence[SentMail]]
) -> shown.Entry:
    first = group[0]

    def exact(at: datetime) -> str:
        return show_exact(at, request.zone)

    deeds = list(dict.fromkeys(describe(entry, names, exact) for entry in group))
    said = deeds[0] if len(deeds) == 1 else f"{', '.join(deeds[:-1])} and {deeds[-1]}"
    who = first.creator_name
    sent = [mail for entry in group for mail in mails.get(entry.id, ())]
    return shown.Entry(
        first.id,
        "event",
        request.when(first.created),
        who,
        what=Html(f"<b>{escape(who)}</b> {escape(said)}"),
        icon=FIELD_ICONS.get(first.field, "pencil")
        if first.type == "Set"
        else ICONS.get(first.type, "history"),
        mails=show_mails(here, sent),
    )


def _kind(entry: Entry) -> str:
    if entry.is_internal:
        return "comment"
    return "reply" if entry.by_staff else "customer"


def _how(entry: Entry) -> str:
    words = [FACES.get(entry.face, "")]
    if entry.face == "mail" and entry.creator_address not in ("", entry.creator_name):
        words.append(f"from {entry.creator_address}")
    if entry.copies:
        words.append(f"copy to {entry.copies}")
    if entry.blind_copies:
        words.append(f"blind copy to {entry.blind_copies}")
    return " ".join(filter(None, words))


def _picture_url(here: str, entry: Entry) -> Callable[[str], str]:
    return lambda content_id: f"{here}/transaction/{entry.id}/cid/{quote(content_id, safe='')}"


def file_link(here: str, attachment_id: int, filename: str, size: int) -> shown.FileLink:
    """A file as a chip; the name in its address is only for people."""
    name = safe_filename(filename) if filename else "file"
    url = f"{here}/attachment/{attachment_id}/{quote(name, safe='')}"
    return shown.FileLink(shown_filename(filename) or "file without a name", show_size(size), url)


def quoted(entries: Iterable[Entry], entry_id: int) -> str:
    """What was said in one of the entries, each line behind “> ”; empty when it is not among them."""
    messages, corrections = apart(list(entries))
    for entry in messages:
        if entry.id == entry_id and entry.is_message:
            last = corrections.get(entry.id, ())
            return quote_text(replace(entry, parts=last[-1].parts) if last else entry)
    return ""


def quote_text(entry: Entry) -> str:
    """The words of an entry as a quotation."""
    text = message_text(entry.parts).strip()
    if not text:
        return ""
    lines = "\n".join(f"> {line}".rstrip() for line in text.splitlines()[:500])
    return f"{entry.creator_name} wrote:\n{lines}\n\n"
