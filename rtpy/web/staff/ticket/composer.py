"""The two forms below a conversation, filled with what was kept, refused, or is to be quoted."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.request import Request

from rtpy.history.entry import Entry
from rtpy.http.resources import TicketResource
from rtpy.rights.names import Right
from rtpy.web.forms import Option
from rtpy.web.html import Html
from rtpy.web.shown import Composer, Statuses
from rtpy.web.staff.article.sending import articles_url, chosen_articles, named_articles
from rtpy.web.staff.drafts import read_drafts
from rtpy.web.staff.forms import has_files, texts_of
from rtpy.web.staff.rows import statuses
from rtpy.web.staff.ticket.audience import audience_of_form, find_audience
from rtpy.web.staff.ticket.choices import allowed_moves
from rtpy.web.staff.ticket.conversation import quoted
from rtpy.web.staff.ticket.signature import below

REPLY, COMMENT = "reply", "comment"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody tried to send and could not: their words, and why."""

    kind: str
    text: str = ""
    minutes: str = ""
    status: str = ""
    cc: str = ""
    bcc: str = ""
    outsiders: bool = False
    error: str = ""
    spared: tuple[str, ...] = ()
    had_files: bool = False
    newer: tuple[str, ...] = ()
    """What came in since the form was loaded, a sentence each."""
    previewed: bool = False
    """It was not to be sent: only who would get it was asked."""
    articles: tuple[int, ...] = ()
    """Articles that were inserted."""

    @property
    def fields(self) -> dict[str, str]:
        """What decides on who gets it."""
        ticked = {"outsiders": "1"} if self.outsiders else {}
        return {"cc": self.cc, "bcc": self.bcc, "status": self.status, **ticked}


def answer_of(
    request: Request,
    kind: str,
    spared: Sequence[str],
    *,
    error: str = "",
    newer: tuple[str, ...] = (),
    previewed: bool = False,
) -> Answer:
    """What stands in the posted form."""
    given = texts_of(request)
    return Answer(
        kind,
        given.get("text", ""),
        given.get("minutes", ""),
        given.get("status", ""),
        given.get("cc", ""),
        given.get("bcc", ""),
        given.get("outsiders") == "1",
        error,
        tuple(spared),
        has_files(request),
        newer,
        previewed,
        chosen_articles(request),
    )


def place_of(ticket_id: int, kind: str) -> str:
    """Where the draft of a form lies."""
    return f"ticket:{ticket_id}:{kind}"


def may_reply(resource: TicketResource) -> bool:
    """May the reader write to the customer?"""
    return resource.allows(Right.REPLY_TO_TICKET) or resource.allows(Right.MODIFY_TICKET)


def may_comment(resource: TicketResource) -> bool:
    """May the reader write internal comments?"""
    return resource.allows(Right.COMMENT_ON_TICKET) or resource.allows(Right.MODIFY_TICKET)


def show_composer(
    request: Request, resource: TicketResource, entries: Sequence[Entry], answer: Answer | None
) -> Composer | None:
    """The forms; None for who may write neither. Two queries beside those for the recipients."""
    reply, comment = may_reply(resource), may_comment(resource)
    if not reply and not comment:
        return None
    ticket, path = resource.ticket, request.route_path
    texts, saved = _texts(request, ticket.id)
    is_new = REPLY not in texts and not answer
    quote = request.GET.get("quote", "")
    mode = answer.kind if answer else REPLY if reply and not texts.get(COMMENT) else COMMENT
    if texts.get(REPLY) and reply and not answer:
        mode = REPLY
    if quote.isdigit():
        mode = _quote(texts, entries, int(quote), mode)
    if is_new:
        texts[REPLY] = texts.get(REPLY, "") + below(request.login.signature)
    if answer:
        texts[answer.kind] = answer.text
    audience = find_audience(resource)
    who = {REPLY: audience.of_reply, COMMENT: audience.of_comment}
    if answer:
        who[answer.kind] = audience_of_form(resource, answer.kind, answer.fields, answer.spared)
    moves = allowed_moves(resource)
    known = statuses(request.app)
    return Composer(
        reply_url=path("ticket.reply", id=ticket.id) if reply else None,
        comment_url=path("ticket.comment", id=ticket.id) if comment else None,
        who=who[REPLY],
        who_of_comment=who[COMMENT],
        preview_url=path("ticket.recipients", id=ticket.id),
        articles_url=articles_url(request, resource),
        articles=named_articles(request, answer.articles if answer else ()),
        previewed=answer.previewed if answer else False,
        statuses=Statuses(
            known.get(ticket.status, (ticket.status, ""))[0],
            tuple(
                Option(
                    move,
                    known.get(move, (move, ""))[0],
                    selected=move == (answer.status if answer else request.GET.get("status", "")),
                )
                for move in moves
            ),
        )
        if moves
        else None,
        mode=_wanted_mode(request, mode, reply=reply, comment=comment) if not answer else mode,
        reply_text=texts.get(REPLY, ""),
        comment_text=texts.get(COMMENT, ""),
        draft_url=path("ticket.draft", id=ticket.id),
        draft_saved=saved,
        error=answer.error if answer else "",
        minutes=answer.minutes if answer else "",
        cc=answer.cc if answer else "",
        bcc=answer.bcc if answer else "",
        outsiders=answer.outsiders if answer else False,
        had_files=answer.had_files if answer else False,
        newer=answer.newer if answer else (),
        token=secrets.token_urlsafe(16),
        last_seen=max((entry.id for entry in entries), default=0),
    )


def _wanted_mode(request: Request, mode: str, *, reply: bool, comment: bool) -> str:
    wanted = request.GET.get("compose", mode)
    return wanted if (wanted == REPLY and reply) or (wanted == COMMENT and comment) else mode


def _texts(request: Request, ticket_id: int) -> tuple[dict[str, str], Html]:
    places = {place_of(ticket_id, kind): kind for kind in (REPLY, COMMENT)}
    drafts = read_drafts(request.db, request.login.user_id, tuple(places))
    texts = {places[place]: draft.fields.get("text", "") for place, draft in drafts.items()}
    newest = max((draft.updated for draft in drafts.values()), default=None)
    return texts, Html(f"Draft saved {request.when(newest)}") if newest else Html()


def _quote(texts: dict[str, str], entries: Sequence[Entry], entry_id: int, mode: str) -> str:
    """A comment is quoted in comments only: it never gets into a reply by a click (A21)."""
    entry = next((entry for entry in entries if entry.id == entry_id), None)
    if entry is None:
        return mode
    kind = COMMENT if entry.is_internal else REPLY
    words = quoted(entries, entry_id)
    if words and words not in texts.get(kind, ""):
        texts[kind] = words + texts.get(kind, "")
    return kind
