"""For staff: one question, what is decided about it, and its answers."""

from collections.abc import Callable, Mapping
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.forms import Field
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.web.times import show_day
from rtpy.work import Work
from rtpy_portal.knowledge.moderating import (
    answer_question,
    answers_to,
    decline_answer,
    decline_question,
    let_answer,
    let_question,
    mark_in_page,
)
from rtpy_portal.knowledge.questions import State
from rtpy_portal.knowledge.taking_in import take_in
from rtpy_portal.models import Answer, Page, Question
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.said import knowledge_crumbs, page_link

STATES = {
    State.WAITING: ("warn", "Waits for you"),
    State.SHOWN: ("ok", "Shown"),
    State.DECLINED: ("note", "Declined"),
}


@view_config(
    route_name="portal.questions.display",
    request_method="GET",
    renderer="portal/knowledge/staff/question.pt",
    permission=WRITE_KNOWLEDGE,
)
def display(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """The question, its page, its answers, the forms. Four queries at most."""
    return _values(request, _question(request), {}, {})


@view_config(
    route_name="portal.questions.display",
    request_method="POST",
    renderer="portal/knowledge/staff/question.pt",
    permission=WRITE_KNOWLEDGE,
)
def decide(resource: SystemResource, request: Request) -> Mapping[str, object] | Response:
    """`deed` says what is done."""
    question, given = _question(request), texts_of(request)
    deed = DEEDS.get(given.get("deed", ""))
    if deed is None:
        raise HTTPNotFound()
    try:
        said = deed(request.work, question, given)
    except Invalid as invalid:
        request.response.status_int = 422
        return _values(request, question, given, problems_of(invalid))
    request.flash(said)
    name = "portal.books.edit" if given["deed"] == "take" else "portal.questions.display"
    number = question.page_id if given["deed"] == "take" else question.id
    return HTTPSeeOther(request.route_path(name, id=number))


def _show(work: Work, question: Question, given: Mapping[str, str]) -> str:
    let_question(work, question, given.get("content", ""))
    return "The question is shown under its page."


def _decline(work: Work, question: Question, given: Mapping[str, str]) -> str:
    decline_question(work, question, given.get("words", ""))
    return "The question is not shown."


def _answer(work: Work, question: Question, given: Mapping[str, str]) -> str:
    name = ""
    if given.get("with_name") == "1":
        user = work.db.get(User, work.actor.user_id)
        name = (user.real_name if user else "").split(" ")[0][:60]
    answer_question(work, question, given.get("answer", ""), name)
    return "Your answer is shown, and the asker is told if they want to be."


def _show_answer(work: Work, question: Question, given: Mapping[str, str]) -> str:
    let_answer(work, question, _answer_of(work, question, given), given.get("content", ""))
    return "The answer is shown, and the asker is told if they want to be."


def _decline_answer(work: Work, question: Question, given: Mapping[str, str]) -> str:
    decline_answer(work, _answer_of(work, question, given))
    return "The answer is not shown."


def _take(work: Work, question: Question, given: Mapping[str, str]) -> str:
    take_in(work, question)
    return "The answer stands at the end of the text now. Work it in, then publish the page."


def _mark(work: Work, question: Question, given: Mapping[str, str]) -> str:
    is_in = given.get("deed") == "mark"
    mark_in_page(work, question, is_in=is_in)
    return "Readers see that the answer is part of the page." if is_in else "The mark is gone."


DEEDS: Mapping[str, Callable[[Work, Question, Mapping[str, str]], str]] = {
    "show": _show,
    "decline": _decline,
    "answer": _answer,
    "show_answer": _show_answer,
    "decline_answer": _decline_answer,
    "take": _take,
    "mark": _mark,
    "unmark": _mark,
}


def _question(request: Request) -> Question:
    found: Question | None = request.db.get(Question, int(request.matchdict["id"]))
    if found is None or found.state == State.UNCONFIRMED:
        raise HTTPNotFound()
    return found


def _answer_of(work: Work, question: Question, given: Mapping[str, str]) -> Answer:
    found = work.db.get(Answer, number_in(given.get("number", "")) or 0)
    if found is None or found.question_id != question.id:
        raise HTTPNotFound()
    return found


def _values(
    request: Request, question: Question, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> Mapping[str, Any]:
    page = request.db.get_one(Page, question.page_id)
    path, deed = request.route_path, typed.get("deed", "")
    asker = request.db.get(User, question.user_id) if question.user_id else None
    answers = answers_to(request.db, question)

    def text(name: str, label: str, value: str, hint: str = "", deeds: tuple[str, ...] = ()) -> Field:
        is_again = deed in deeds
        return Field(
            name,
            label,
            typed.get(name, "") if is_again else value,
            "textarea",
            hint,
            wrong.get(name, "") if is_again else "",
        )

    return {
        "crumbs": knowledge_crumbs(request, Link("Questions", path("portal.questions.list"))),
        "question": question,
        "state": STATES[State(question.state)],
        "page_link": page_link(request, page),
        "reader_url": f"{path('portal.knowledge.plain', id=page.id)}",
        "asked_on": show_day(question.asked.astimezone(request.zone).date()),
        "asked_by": asker.real_name or asker.name if asker else question.address,
        "answers": [(each, *STATES[State(each.state)]) for each in answers],
        "has_answer": any(each.state == State.SHOWN for each in answers),
        "content": text(
            "content",
            "The question as readers see it",
            question.content,
            "Take out names, addresses and what only this customer should know.",
            ("show",),
        ),
        "words": text(
            "words", "What the asker is told", "", "Left empty, they are told nothing.", ("decline",)
        ),
        "answer": text(
            "answer",
            "Your answer",
            "",
            "It is shown under the page at once, with the question, and mailed to the asker.",
            ("answer",),
        ),
        "problems": [(None, sentence) for sentence in wrong.values()],
    }
