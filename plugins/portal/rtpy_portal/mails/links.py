"""Mails with a link that somebody asked for: to their request, or to log in without a password."""

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from rtpy.app import App
from rtpy.changes.accounts import is_privileged
from rtpy.changes.people import find_person
from rtpy.identity.login import find_account
from rtpy.jobs.worker import Chore
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import Queue, Ticket, User
from rtpy.notices.writing import Notice, write_notice
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.keys import address_of, is_over, tokens_for
from rtpy_portal.access.settings import LOGIN_LINKS
from rtpy_portal.access.wanted import (
    Wanted,
    WantedKind,
    give_login,
    may_be_mailed,
    sweep,
    take_wanted,
    waiting_links,
)
from rtpy_portal.models import RequestRow, WantedLink
from rtpy_portal.words import Say, say_in, spoken

log = logging.getLogger("rtpy.portal")


def mail_wanted_links(app: App) -> int:
    """One round of the worker: whatever was asked for, each in a transaction of its own; how many."""
    with app.work(reading=True) as work:
        waiting = waiting_links(work.db)
    for number in waiting:
        try:
            with app.work() as work:
                _look(work, number)
        except Exception:
            log.exception("the link number %s could not be mailed", number)
    if waiting:
        with app.work() as work:
            sweep(work.db, work.now)
    return len(waiting)


def mail_key(work: Work, ticket: Ticket, user: User, token: str) -> None:
    """The link to a request, to the person whose key it is."""
    say = _say_to(user)
    lines = (
        say(
            "Here is your link to the request “${subject}” (number ${number}):",
            subject=_subject(ticket, say),
            number=ticket.id,
        ),
        sealed_words(work.app.config, address_of(work.app, token)),
        say("It opens this request without a login. Please do not pass it on: it is yours alone."),
    )
    _write(work, user, say("Your link to request ${number}", number=ticket.id), lines, say)


def _look(work: Work, number: int) -> None:
    taken = take_wanted(work, number)
    if taken is None:
        return
    row, wanted = taken
    if wanted.kind is WantedKind.KEY:
        _look_for_key(work, wanted)
    else:
        _look_for_login(work, row, wanted)


def _look_for_key(work: Work, wanted: Wanted) -> None:
    user = find_person(work.db, wanted.address) if wanted.address else None
    found = work.db.execute(_REQUEST.where(_first.id == wanted.number)).one_or_none()
    if user is None or not user.email_address or found is None:
        return
    ticket, lifecycle = found
    token = tokens_for(work, ticket, (user.id,)).get(user.id)
    if token is None or not may_be_mailed(work, user):
        return
    if not is_over(work.app, work.db, ticket, lifecycle):
        mail_key(work, ticket, user, token)
        return
    say = _say_to(user)
    sentence = say(
        "Your request “${subject}” was closed a while ago, so no link opens it any more. Please write to us again; "
        "name the number ${number}, and we have all of it at hand.",
        subject=_subject(ticket, say),
        number=ticket.id,
    )
    _write(work, user, say("Your link to request ${number}", number=ticket.id), (sentence,), say)


def _look_for_login(work: Work, row: WantedLink, wanted: Wanted) -> None:
    account = find_account(work.app, wanted.address) if wanted.address else None
    user = work.db.get(User, account.user_id) if account is not None else None
    if account is None or user is None or not user.email_address or not may_be_mailed(work, user):
        return
    say, config = _say_to(user), work.app.config
    subject = say("Your link to log in")
    if account.is_linked or is_privileged(work, user.id) or not setting(work.app, work.db, LOGIN_LINKS):
        sentence = say("For your account there are no links to log in by. Please log in here:")
        _write(work, user, subject, (sentence, config.url("/login")), say)
        return
    token = give_login(work, row, user, wanted.leads_to)
    lines = (
        say("With this link you log in without a password:"),
        sealed_words(config, config.url(f"/portal/login/key/{token}")),
        say(
            "It works once, for 15 minutes. If you did not ask for it, please forget this mail: nothing has happened."
        ),
    )
    _write(work, user, subject, lines, say)


def _write(work: Work, user: User, subject: str, lines: tuple[str, ...], say: Say) -> None:
    greeting = say("Hello ${name},", name=user.display_name)
    text = "\n\n".join((greeting, *lines))
    write_notice(work, Notice(subject, text), address=user.email_address or "", name=user.display_name)


def _say_to(user: User) -> Say:
    return say_in(spoken(user.lang))


def _subject(ticket: Ticket, say: Say) -> str:
    return ticket.subject or say("without a subject")


_first, _final = aliased(Ticket), aliased(Ticket)
_REQUEST = (
    select(_final, Queue.lifecycle)
    .select_from(_first)
    .join(_final, _final.id == func.coalesce(_first.merged_into_id, _first.id))
    .join(Queue, Queue.id == _final.queue_id)
    .outerjoin(RequestRow, RequestRow.ticket_id == _final.id)
    .where(
        _final.type == "ticket",
        _final.status != "deleted",
        RequestRow.is_hidden.is_not(True),
    )
)

WANTED_LINKS = Chore("portal links", 2.0, mail_wanted_links)
