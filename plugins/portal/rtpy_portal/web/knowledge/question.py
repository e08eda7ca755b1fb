"""Asking a question under a page, confirming it, answering those of others, and no more mails about it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.http.security import LOGGED_IN
from rtpy.identity.login import network_of
from rtpy.identity.rates import hit
from rtpy.web.staff.forms import number_in, texts_of
from rtpy_portal.knowledge.questions import (
    Asker,
    Deed,
    ask_question,
    confirm_question,
    find_by_key,
    find_shown,
    leave_question,
    propose_answer,
)
from rtpy_portal.knowledge.telling import tell_confirm
from rtpy_portal.models import Question
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.knowledge.display import find_or_leave, page_frame, page_url
from rtpy_portal.web.once import was_sent

HOUR, DAY = 3600, 86400
FROM_A_PEER, FROM_ALL, TO_AN_ADDRESS = 10, 200, 3
"""Questions of a network address in an hour, of all without an account in an hour, of one mail address in a day."""
TRAP = "website"
"""A field that people do not see; who fills it is a program."""


@view_config(
    route_name="portal.knowledge.ask",
    request_method="POST",
    renderer="portal/knowledge/page.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def ask(resource: SystemResource, request: Request) -> Mapping[str, object] | HTTPSeeOther:
    """Without an account a mail asks to confirm it. The answer is the same whatever the address."""
    page = find_or_leave(request)
    if isinstance(page, Mapping):
        return page
    given, account, lang = texts_of(request), request.portal_account, language_of(request)
    work = request.app.work_in(request.db)
    address = "" if account else given.get("address", "").strip()[:255]
    asker = Asker(account.user_id if account else None, address, lang)
    done = "asked" if account else "confirm"
    if given.get(TRAP):
        return HTTPSeeOther(page_url(request, page, "questions", done=done))
    try:
        with request.db.begin_nested():
            if was_sent(request):
                return HTTPSeeOther(page_url(request, page, "questions", done=done))
            question = ask_question(
                work,
                page.page_id,
                asker,
                content=given.get("content", ""),
                shown_name=given.get("shown_name", ""),
                wants_mail=account is None or given.get("wants_mail") == "1",
            )
            _count(request, work.now, address)
            if account is None:
                tell_confirm(work, question)
    except Invalid as invalid:
        return page_frame(request, page, problems=invalid.problems, typed={**given, "form": "question"})
    return HTTPSeeOther(page_url(request, page, "questions", done=done))


@view_config(
    route_name="portal.knowledge.confirm",
    request_method="GET",
    renderer="portal/knowledge/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_confirm(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """What was asked, and a button: opening the link alone confirms nothing."""
    return _mailed(request, Deed.CONFIRM, request.portal_say("Your question"))


@view_config(
    route_name="portal.knowledge.confirm",
    request_method="POST",
    renderer="portal/knowledge/confirm.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def confirm(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """From now on staff read it."""
    values = _mailed(request, Deed.CONFIRM, request.portal_say("Thank you"))
    question = values["question"]
    if isinstance(question, Question):
        confirm_question(question)
    return {**values, "is_done": True}


@view_config(
    route_name="portal.knowledge.leave",
    request_method="GET",
    renderer="portal/knowledge/leave.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def show_leave(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """A button: programs that open all links of a mail end nothing."""
    return _mailed(request, Deed.LEAVE, request.portal_say("No more mails about your question"))


@view_config(
    route_name="portal.knowledge.leave",
    request_method="POST",
    renderer="portal/knowledge/leave.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def leave(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Done at once."""
    values = _mailed(request, Deed.LEAVE, request.portal_say("No more mails about your question"))
    question = values["question"]
    if isinstance(question, Question):
        leave_question(question)
    return {**values, "is_done": True}


@view_config(
    route_name="portal.knowledge.answer",
    request_method="POST",
    renderer="portal/knowledge/page.pt",
    permission=LOGGED_IN,
)
def answer(resource: SystemResource, request: Request) -> Mapping[str, object] | HTTPSeeOther:
    """For people with an account, on a question that they can read; it waits for staff."""
    given, account, lang = texts_of(request), request.portal_account, language_of(request)
    page, work = find_or_leave(request), request.app.work_in(request.db)
    if isinstance(page, Mapping):
        return page
    question = find_shown(request.db, number_in(given.get("question", "")) or 0)
    if question is None or question.page_id != page.page_id:
        raise HTTPNotFound()
    content, name = given.get("content", ""), given.get("shown_name", "")
    back = HTTPSeeOther(page_url(request, page, "questions", done="answered"))
    try:
        with request.db.begin_nested():
            if was_sent(request):
                return back
            propose_answer(work, question, account.user_id, content=content, shown_name=name, lang=lang)
            _count(request, work.now, "")
    except Invalid as invalid:
        return page_frame(request, page, problems=invalid.problems, typed={**given, "form": str(question.id)})
    return back


def _mailed(request: Request, deed: Deed, title: str) -> Mapping[str, object]:
    token = request.matchdict["token"]
    question = find_by_key(request.db, token, deed)
    if question is None:
        request.response.status_int = 404
    return frame(request, title, question=question, is_done=False)


def _count(request: Request, now: datetime, address: str) -> None:
    """Raises Invalid when there were too many; then nothing of this one is kept."""
    db, peer = request.db, network_of(request.peer)
    too_many = hit(db, f"portal:question:{peer}", HOUR, now) > FROM_A_PEER
    if address:
        hashed = sha256(address.casefold().encode()).hexdigest()[:32]
        too_many |= hit(db, f"portal:question:to:{hashed}", DAY, now) > TO_AN_ADDRESS
        too_many |= hit(db, "portal:question:all", HOUR, now) > FROM_ALL
    if too_many:
        say = request.portal_say
        raise Invalid(
            Problem("content", say("There were many questions in a short time. Please try again later."))
        )
