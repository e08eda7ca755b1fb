"""What staff do with questions and answers: let through, decline, answer, take into the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.errors import Invalid, Problem
from rtpy.models.locks import lock_name
from rtpy.remembered import remembered, watch
from rtpy.work import Work
from rtpy_portal.knowledge.questions import LONGEST, State
from rtpy_portal.knowledge.telling import tell_answer, tell_declined
from rtpy_portal.models import Answer, Page, Question

watch(Question, Answer)

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the list of staff: on which page, and what of it waits."""

    question: Question
    page_title: str
    waiting_answers: int
    shown_answers: int

    @property
    def waits(self) -> bool:
        """Must somebody of staff decide something?"""
        return self.question.state == State.WAITING or bool(self.waiting_answers)


def waiting_count(app: App, db: Session) -> int:
    """Questions and answers that wait for staff. No query as a rule."""
    return remembered(app, db, "portal.questions.waiting", _count_waiting)


def questions_for_staff(db: Session, which: str, offset: int, limit: int) -> list[Line]:
    """`which`: waiting, unanswered (shown, without an answer) or all; the oldest that waits first, else the newest."""
    answers = (
        select(
            Answer.question_id,
            func.count().filter(Answer.state == State.WAITING).label("waiting"),
            func.count().filter(Answer.state == State.SHOWN).label("shown"),
        )
        .group_by(Answer.question_id)
        .subquery()
    )
    waiting = func.coalesce(answers.c.waiting, 0)
    shown = func.coalesce(answers.c.shown, 0)
    wanted = (
        select(Question, Page.title, waiting, shown)
        .join(Page, Page.id == Question.page_id)
        .outerjoin(answers, answers.c.question_id == Question.id)
        .where(Question.state != State.UNCONFIRMED)
    )
    if which == "waiting":
        wanted = wanted.where((Question.state == State.WAITING) | (waiting > 0)).order_by(Question.asked)
    elif which == "unanswered":
        wanted = wanted.where(Question.state == State.SHOWN, shown == 0).order_by(Question.asked)
    else:
        wanted = wanted.order_by(Question.asked.desc())
    rows = db.execute(wanted.order_by(Question.id).offset(offset).limit(limit))
    return [Line(*row) for row in rows]


def answers_to(db: Session, question: Question) -> Sequence[Answer]:
    """All answers, also those that wait or were declined."""
    found = select(Answer).where(Answer.question_id == question.id).order_by(Answer.written, Answer.id)
    return db.scalars(found).all()


def let_question(work: Work, question: Question, content: str) -> None:
    """Show it under its page, with the words that staff left of it. Raises Invalid."""
    question.content = _checked(content, "content")
    _decide(work, question, State.SHOWN)


def decline_question(work: Work, question: Question, words: str) -> None:
    """Do not show it; with `words` the asker is told why. Nothing when it is declined already."""
    _hold(work, question)
    if question.state == State.DECLINED:
        return
    _decide(work, question, State.DECLINED)
    if words.strip():
        tell_declined(work, question, _checked(words, "words"))


def answer_question(work: Work, question: Question, content: str, shown_name: str) -> None:
    """Staff answer: a question that waited is shown with it, and the asker is told. Raises Invalid.

    Nothing when the same words stand there already: a form that was sent twice.
    """
    said = _checked(content, "answer")
    _hold(work, question)
    same = (Answer.question_id == question.id, Answer.state == State.SHOWN, Answer.content == said)
    if work.db.scalar(select(Answer.id).where(*same).limit(1)) is not None:
        return
    if question.state != State.SHOWN:
        _decide(work, question, State.SHOWN)
    answer = Answer(
        question_id=question.id,
        content=said,
        shown_name=shown_name,
        is_staff=True,
        user_id=work.actor.user_id,
        written=work.now,
        state=State.SHOWN,
        decided=work.now,
        decided_by_id=work.actor.user_id,
    )
    work.db.add(answer)
    tell_answer(work, question, answer)


def let_answer(work: Work, question: Question, answer: Answer, content: str) -> None:
    """Show another reader's answer, with the words that staff left of it; the asker is told, once. Raises Invalid."""
    said = _checked(content, "content")
    _hold(work, answer)
    was_shown = answer.state == State.SHOWN
    answer.content = said
    _decide(work, answer, State.SHOWN)
    if question.state != State.SHOWN:
        _decide(work, question, State.SHOWN)
    if not was_shown:
        tell_answer(work, question, answer)


def decline_answer(work: Work, answer: Answer) -> None:
    """Do not show it."""
    _decide(work, answer, State.DECLINED)


def mark_in_page(work: Work, question: Question, *, is_in: bool) -> None:
    """Say that the answer is now part of the page, or no longer."""
    question.in_page = work.now if is_in else None


def _hold(work: Work, what: Question | Answer) -> None:
    """Let nobody else decide about it until the transaction ends, and read it anew."""
    lock_name(work.db, f"portal {what.__tablename__} {what.id}")
    work.db.flush()  # or what waits to be written would be forgotten
    work.db.refresh(what)


def _decide(work: Work, what: Question | Answer, state: State) -> None:
    what.state, what.decided, what.decided_by_id = state, work.now, work.actor.user_id


def _checked(content: str, field: str) -> str:
    said = content.strip()
    if not said or len(said) > LONGEST:
        raise Invalid(Problem(field, f"Write something, of at most {LONGEST:,} characters."))
    return said


def _count_waiting(db: Session) -> int:
    both = union_all(
        select(Question.id).where(Question.state == State.WAITING),
        select(Answer.id).where(Answer.state == State.WAITING),
    ).subquery()
    return db.scalar(select(func.count()).select_from(both)) or 0
