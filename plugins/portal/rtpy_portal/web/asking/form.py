"""Asking: the form, and what becomes of it when it is sent."""

from collections.abc import Mapping
from dataclasses import replace

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.exc import IntegrityError

from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.mail.return_address import return_address
from rtpy.web.staff.drafts import forget_draft, read_drafts, save_draft
from rtpy.web.staff.forms import has_files
from rtpy_portal.asking import limits
from rtpy_portal.asking.deflecting import note_answered, note_sent_anyway
from rtpy_portal.asking.holding import hold, names_of, new_secret, take
from rtpy_portal.asking.making import Question, ask, ask_by_address, made_of_form, subject_of
from rtpy_portal.asking.stamps import Stamp, new_stamp, read_number, read_stamp, sign_number
from rtpy_portal.asking.suggesting import Suggestion, suggest
from rtpy_portal.asking.topics import queue_for
from rtpy_portal.issues.linking import link_from_page
from rtpy_portal.web.asking import showing
from rtpy_portal.web.asking.checking import check, check_files, say_refused
from rtpy_portal.web.asking.place import Place, place_of
from rtpy_portal.web.asking.typed import (
    ANSWERED,
    DEFLECTED,
    EDIT,
    FILES,
    FORGET,
    HELD,
    KEEP,
    SEEN,
    SEND,
    STAMP,
    TRAP,
    Typed,
    browser_of,
    read_asked,
    read_typed,
)

DONE, DEFLECTION = "asked", "answered"
"""What numbers in addresses and forms are signed for."""


@view_config(
    route_name="portal.asking.form",
    request_method="GET",
    renderer=showing.FORM,
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(
    route_name="portal.asking.topic",
    request_method="GET",
    renderer=showing.FORM,
    permission=NO_PERMISSION_REQUIRED,
)
def show(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The form, with what was kept of it, or with what the address gives."""
    place, typed = place_of(request), read_asked(request)
    kept = ""
    if place.visitor is not None and not typed.text("text"):
        draft = read_drafts(request.db, place.visitor.user_id, [_draft_of(place)]).get(_draft_of(place))
        if draft is not None:
            typed = Typed({**typed.values, **{name: (text,) for name, text in draft.fields.items()}})
            kept = request.portal_say(
                "This is what you kept for later. Files are not kept: choose them again."
            )
    return showing.form_values(request, place, typed, draft=kept)


@view_config(
    route_name="portal.asking.form",
    request_method="POST",
    renderer=showing.FORM,
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(
    route_name="portal.asking.topic",
    request_method="POST",
    renderer=showing.FORM,
    permission=NO_PERMISSION_REQUIRED,
)
def send(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """The request is made, or a page comes first that keeps everything that was typed."""
    place, typed = place_of(request), read_typed(request)
    if place.visitor is not None and typed.deed in (KEEP, FORGET):
        return _keep(request, place, typed)
    stamp = read_stamp(request.app, typed.text(STAMP))
    if typed.deed == EDIT:
        return showing.form_values(request, place, typed, secret=typed.text(HELD), is_human=stamp is not None)
    is_human = place.visitor is not None or _is_human(request, typed, stamp)
    checked = check(request, place, typed)
    if not is_human and not checked.problems:
        return _draw(
            request, showing.AGAIN, showing.again_values(request, place, typed, had_files=has_files(request))
        )
    secret, too_large = _hold(request, place, typed) if is_human else ("", [])
    problems = (*checked.problems, *too_large)
    if problems:
        return showing.form_values(request, place, typed, problems, secret=secret, is_human=is_human)
    if stamp is not None and (made := made_of_form(place.work, stamp.form)) is not None:
        return _done(request, place, made)
    words = f"{typed.text('subject')} {typed.text('text')}"
    if typed.deed != SEND and (typed.deed.startswith(ANSWERED) or typed.text(SEEN) != "1"):
        found = suggest(place.work, place.visitor, place.reader, words)
        chosen = next((each for each in found if f"{ANSWERED}{each.name}" == typed.deed), None)
        if chosen is not None:
            return _answered(request, place, typed, chosen, secret)
        if found:
            values = showing.between_values(request, place, typed, found, secret)
            return _draw(request, showing.BETWEEN, values)
    return _make(request, place, typed, replace(checked.question, form=_form(request, place, stamp)), secret)


def _make(
    request: Request, place: Place, typed: Typed, question: Question, secret: str
) -> Mapping[str, object] | Response:
    work, address = place.work, typed.text("address").strip()
    if not limits.may_ask(work, place.visitor, request.peer, address):
        problem = Problem("text", _by_mail(request, place))
        values = showing.form_values(request, place, typed, [problem], secret=secret, is_human=True)
        request.response.status_int = 429
        return values
    try:
        with work.db.begin_nested():
            question = replace(question, files=take(work, secret, browser_of(request)))
            if place.visitor is not None:
                ticket = ask(work, place.visitor, question)
            else:
                ticket = ask_by_address(work, address, typed.text("name"), question)
    except IntegrityError:
        made = made_of_form(work, question.form)  # the same form, sent twice at once
        if made is None:
            raise
        return _done(request, place, made)
    except (Invalid, Refused) as refused:
        problems = (
            say_refused(request, place, refused)
            if isinstance(refused, Invalid)
            else [Problem("text", _by_mail(request, place))]
        )
        return showing.form_values(request, place, typed, problems, secret=secret, is_human=True)
    is_known = place.visitor is not None
    link_from_page(work, place.reader, ticket, typed.text("page"), is_known=is_known)
    deflection = read_number(request.app, DEFLECTION, typed.text(DEFLECTED), work.now)
    if deflection is not None:
        note_sent_anyway(work, deflection)
    if place.visitor is not None:
        forget_draft(place.visitor.acting(work), _draft_of(place))
    return _done(request, place, ticket.id)


def _answered(
    request: Request, place: Place, typed: Typed, chosen: Suggestion, secret: str
) -> Mapping[str, object] | Response:
    token = ""
    if limits.may_say_answered(place.work, request.peer):
        topic_id = place.topic.id if place.topic else None
        words = typed.text("subject") or subject_of(typed.text("text"))
        row = note_answered(place.work, place.visitor, chosen, words, topic_id)
        token = sign_number(request.app, DEFLECTION, row.id, place.work.now)
    return _draw(request, showing.ANSWERED, showing.answered_values(request, place, typed, secret, token))


def _hold(request: Request, place: Place, typed: Typed) -> tuple[str, list[Problem]]:
    """Keep the files that came with this step, so that no further page loses them."""
    secret, browser = typed.text(HELD)[:100], browser_of(request)
    files, problems = check_files(request, names_of(place.work, secret, browser))
    if files and limits.may_hold(place.work, request.peer):
        secret = secret or new_secret()
        hold(place.work, secret, browser, files)
    elif files:
        problems = [Problem(FILES, _by_mail(request, place))]
    return secret, problems


def _keep(request: Request, place: Place, typed: Typed) -> Response:
    assert place.visitor is not None  # the caller has asked
    acting, say = place.visitor.acting(place.work), request.portal_say
    if typed.deed == KEEP:
        save_draft(acting, _draft_of(place), {name: text for name, text in typed.carried if name != SEEN})
        request.flash(say("It is kept for later. You find it here again."))
    else:
        forget_draft(acting, _draft_of(place))
        request.flash(say("What you had kept is deleted."))
    return HTTPSeeOther(showing.form_url(request, place))


def _is_human(request: Request, typed: Typed, stamp: Stamp | None) -> bool:
    return stamp is not None and stamp.is_human(request.app.clock.now()) and not typed.text(TRAP)


def _form(request: Request, place: Place, stamp: Stamp | None) -> str:
    """How this form is known; who is logged in may send one whose stamp got lost."""
    found = stamp or read_stamp(request.app, new_stamp(request.app, place.work.now))
    assert found is not None  # one that was just made can be read
    return found.form


def _by_mail(request: Request, place: Place) -> str:
    say, queue = request.portal_say, queue_for(request.app, request.db, place.topic)
    address = return_address(request.app, queue, internal=False) if queue is not None else ""
    if not address:
        return say("Nothing more can be sent by this form at the moment. Please try again in an hour.")
    return say(
        "Nothing more can be sent by this form at the moment. Please send it by mail to ${address}; what you wrote "
        "stands below.",
        address=address,
    )


def _done(request: Request, place: Place, ticket_id: int) -> Response:
    number = sign_number(request.app, DONE, ticket_id, place.work.now)
    return HTTPSeeOther(request.route_path("portal.asking.done", _query={"r": number}))


def _draw(request: Request, template: str, values: Mapping[str, object]) -> Mapping[str, object]:
    request.override_renderer = template
    return values


def _draft_of(place: Place) -> str:
    return f"portal:ask:{place.topic.id if place.topic else ''}"
