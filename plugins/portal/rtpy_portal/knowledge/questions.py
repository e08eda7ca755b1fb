"""Questions under pages and their answers: nothing is shown to others before staff let it through."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rtpy.errors import Invalid, Problem
from rtpy.mail.header_lines import is_sendable, one_line
from rtpy.work import Work
from rtpy_portal.models import Answer, Question, QuestionKey
from rtpy_portal.words import say_in

LONGEST = 4000
LONGEST_NAME = 60
CONFIRMED_WITHIN = timedelta(days=7)
"""A question by mail address that nobody confirmed is deleted after that."""
MOST_SHOWN = 100


class State(StrEnum):
    """Of a question and of an answer."""

    UNCONFIRMED = "unconfirmed"
    """Its address was not confirmed: nobody reads it, staff neither."""
    WAITING = "waiting"
    SHOWN = "shown"
    DECLINED = "declined"


class Deed(StrEnum):
    """What a key in a mail is good for."""

    CONFIRM = "confirm"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an account, or an address that is to be confirmed; `lang` is the language of mails to them."""

    user_id: int | None
    address: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer as readers see it."""

    content: str
    shown_name: str
    is_staff: bool
    written: datetime


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question as readers see it, with its answers, the oldest first."""

    id: int
    content: str
    shown_name: str
    asked: datetime
    is_in_page: bool
    answers: tuple[AnswerShown, ...]


def ask_question(
    work: Work, page_id: int, asker: Asker, *, content: str, shown_name: str, wants_mail: bool
) -> Question:
    """Keep a question. Of an account it waits for staff; of an address it waits until that is confirmed.

    Raises Invalid in the asker's language.
    """
    problems = _problems(content, shown_name, asker.lang)
    if asker.user_id is None and not is_sendable(asker.address):
        say = say_in(asker.lang)
        problems.append(
            Problem(
                "address", say("Write your mail address, such as name@example.com: we ask you to confirm it.")
            )
        )
    if problems:
        raise Invalid(*problems)
    _forget_unconfirmed(work)
    question = Question(
        page_id=page_id,
        state=State.WAITING if asker.user_id is not None else State.UNCONFIRMED,
        content=content.strip(),
        shown_name=_name(shown_name),
        user_id=asker.user_id,
        address="" if asker.user_id is not None else asker.address,
        lang=asker.lang,
        wants_mail=wants_mail,
        asked=work.now,
    )
    work.db.add(question)
    # its number goes into the key of a mail
    work.db.flush()
    return question


def make_key(work: Work, question: Question, deed: Deed) -> str:
    """A new token for a mail about the question; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    work.db.add(QuestionKey(token_hash=_hash(token), question_id=question.id, deed=deed, made=work.now))
    return token


def find_by_key(db: Session, token: str, deed: Deed) -> Question | None:
    """The question of a token in a mail. One query."""
    return db.scalar(
        select(Question)
        .join(QuestionKey, QuestionKey.question_id == Question.id)
        .where(QuestionKey.token_hash == _hash(token), QuestionKey.deed == deed)
    )


def confirm_question(question: Question) -> None:
    """Its address is the asker's: now it waits for staff. A second time it says nothing new."""
    if question.state == State.UNCONFIRMED:
        question.state = State.WAITING


def leave_question(question: Question) -> None:
    """No more mails about it."""
    question.wants_mail = False


def propose_answer(
    work: Work, question: Question, user_id: int, *, content: str, shown_name: str, lang: str
) -> None:
    """Another reader answers; staff let it through or not. Raises Invalid."""
    problems = _problems(content, shown_name, lang)
    if problems:
        raise Invalid(*problems)
    work.db.add(
        Answer(
            question_id=question.id,
            state=State.WAITING,
            content=content.strip(),
            shown_name=_name(shown_name),
            user_id=user_id,
            written=work.now,
        )
    )


def find_shown(db: Session, question_id: int) -> Question | None:
    """A question that everybody may read who may read its page."""
    return db.scalar(select(Question).where(Question.id == question_id, Question.state == State.SHOWN))


def shown_under(db: Session, page_id: int) -> Sequence[QuestionShown]:
    """What readers see under a page, the oldest question first. Two queries, one without questions."""
    questions = db.scalars(
        select(Question)
        .where(Question.page_id == page_id, Question.state == State.SHOWN)
        .order_by(Question.asked, Question.id)
        .limit(MOST_SHOWN)
    ).all()
    if not questions:
        return ()
    answers = db.scalars(
        select(Answer)
        .where(Answer.question_id.in_([each.id for each in questions]), Answer.state == State.SHOWN)
        .order_by(Answer.written, Answer.id)
    ).all()
    return [
        QuestionShown(
            each.id,
            each.content,
            each.shown_name,
            each.asked,
            each.in_page is not None,
            tuple(
                AnswerShown(a.content, a.shown_name, a.is_staff, a.written)
                for a in answers
                if a.question_id == each.id
            ),
        )
        for each in questions
    ]


def _problems(content: str, shown_name: str, lang: str) -> list[Problem]:
    say, found = say_in(lang), []
    if not content.strip():
        found.append(Problem("content", say("Write a few words first.")))
    elif len(content) > LONGEST:
        found.append(
            Problem("content", say("Please say it in at most ${number} characters.", number=LONGEST))
        )
    if "@" in shown_name:
        found.append(
            Problem("shown_name", say("Everybody reads this name: please leave out the mail address."))
        )
    return found


def _name(shown: str) -> str:
    return one_line(shown, LONGEST_NAME).strip()


def _forget_unconfirmed(work: Work) -> None:
    old = work.now - CONFIRMED_WITHIN
    work.db.execute(delete(Question).where(Question.state == State.UNCONFIRMED, Question.asked < old))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
