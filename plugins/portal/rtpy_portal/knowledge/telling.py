"""Mails about questions: to confirm one, that it was answered, that it is not shown."""

import secrets

from sqlalchemy import select

from rtpy.mail.header_lines import is_sendable, mailbox, one_line
from rtpy.mail.sealed_words import sealed_words
from rtpy.models import OutgoingMail, OutgoingRecipient, Principal, User
from rtpy.work import Work
from rtpy_portal.access.members import memberships_of
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.content import page_path
from rtpy_portal.knowledge.questions import Deed, make_key
from rtpy_portal.knowledge.reading import readable
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.models import Answer, Page, PageVersion, Question
from rtpy_portal.words import Say, say_in


def tell_confirm(work: Work, question: Question) -> None:
    """To the address that somebody gave: was it you? What was asked stands on the page behind the link alone.

    So nobody sends words of their own to others through us.
    """
    say = say_in(question.lang)
    token = make_key(work, question, Deed.CONFIRM)
    url = sealed_words(work.app.config, work.app.config.url(f"/portal/knowledge/confirm/{token}"))
    lines = (
        say("Hello,"),
        say("somebody asked a question under one of our pages and gave this address."),
        say("Was it you? Then please confirm it here, so that we may answer:"),
        url,
        say("If it was not you, you need not do anything: the question is deleted after seven days."),
    )
    _send(work, question, question.address, "", say("Please confirm your question"), lines)


def tell_answer(work: Work, question: Question, answer: Answer) -> None:
    """To the asker, unless they want no mail, wrote it themselves, or may not read the page any more."""
    if not question.wants_mail or answer.user_id == question.user_id:
        return
    say = say_in(question.lang)
    whom, page = _asker(work, question), _page(work, question)
    if whom is None or page is None:
        return
    title, slug = page
    lines = (
        say("Hello,"),
        say("your question under the page “${title}” was answered:", title=title),
        answer.content,
        say("You find it here:"),
        work.app.config.url(page_path(question.page_id, slug)),
        _leaving(work, question, say),
    )
    _send(work, question, *whom, say("Your question was answered: ${title}", title=title), lines)


def tell_declined(work: Work, question: Question, words: str) -> None:
    """To the asker, in the words of staff."""
    whom, page = _asker(work, question), _page(work, question)
    if whom is None or page is None:
        return
    say = say_in(question.lang)
    lines = (
        say("Hello,"),
        say("you asked a question under the page “${title}”. We do not show it there:", title=page[0]),
        words,
    )
    _send(work, question, *whom, say("About your question: ${title}", title=page[0]), lines)


def _leaving(work: Work, question: Question, say: Say) -> str:
    token = make_key(work, question, Deed.LEAVE)
    url = sealed_words(work.app.config, work.app.config.url(f"/portal/knowledge/leave/{token}"))
    return f"{say('No more mails about this question:')}\n{url}"


def _asker(work: Work, question: Question) -> tuple[str, str] | None:
    """Address and name; None for who has none any more."""
    if question.user_id is None:
        return (question.address, "") if is_sendable(question.address) else None
    user = work.db.get(User, question.user_id)
    principal = work.db.get(Principal, question.user_id)
    if user is None or principal is None or principal.disabled or not is_sendable(user.email_address or ""):
        return None
    return user.email_address or "", user.real_name


def _page(work: Work, question: Question) -> tuple[str, str] | None:
    """Title and words of the address, as the asker may read them now."""
    row = work.db.execute(
        select(PageVersion.title, Page.slug)
        .join(Page, (Page.id == PageVersion.page_id) & (Page.published_version == PageVersion.number))
        .where(Page.id == question.page_id, readable(_reader(work, question)))
    ).first()
    return None if row is None else (row.title, row.slug)


def _reader(work: Work, question: Question) -> Reader:
    if question.user_id is None:
        return Reader(lang=question.lang)
    known = memberships_of(work.app, work.db, question.user_id)
    mine = frozenset(each.organization_id for each in known if not each.is_off)
    return Reader(mine, lang=question.lang, user_id=question.user_id)


def _send(
    work: Work, question: Question, address: str, name: str, subject: str, lines: tuple[str, ...]
) -> None:
    config = work.app.config
    sender = theme_of(work.app, work.db).name
    mail = OutgoingMail(
        created=work.now,
        internal=False,
        automatic=False,
        message_id=f"rt-question-{question.id}-{secrets.token_hex(12)}@{config.organization}",
        envelope_sender="",
        subject=one_line(subject, 250),
        headers=[
            ("From", mailbox(sender, config.mail.correspond_address)),
            ("Auto-Submitted", "auto-generated"),
        ],
        body="\n\n".join(lines) + "\n",
        html_body="",
        attachments=[],
        not_before=work.now,
    )
    mail.recipients.append(OutgoingRecipient(kind="to", address=address, name=name))
    work.db.add(mail)
