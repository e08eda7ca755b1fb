"""An answer becomes part of its page: it is put under the working copy, for a writer to work in."""

from dataclasses import replace
from html import escape

from rtpy.work import Work
from rtpy_portal.knowledge.moderating import answers_to
from rtpy_portal.knowledge.questions import State
from rtpy_portal.knowledge.writing import change_page, values_of
from rtpy_portal.models import Page, Question


def take_in(work: Work, question: Question) -> Page:
    """Put the question and its shown answers under the text of the page's working copy; readers see none of it yet.

    Needs WriteKnowledge; raises Invalid.
    """
    page = work.db.get_one(Page, question.page_id)
    values = values_of(work, page)
    said = [each.content for each in answers_to(work.db, question) if each.state == State.SHOWN]
    if values.format == "html":
        more = f"<h2>{_broken(question.content)}</h2>\n" + "".join(
            f"<p>{_broken(each)}</p>\n" for each in said
        )
    else:
        heading = " ".join(question.content.split())
        more = f"## {heading}\n\n" + "\n\n".join(said) + "\n"
    change_page(work, page, replace(values, content=f"{values.content.rstrip()}\n\n{more}"))
    return page


def _broken(text: str) -> str:
    return "<br>".join(escape(line) for line in text.strip().splitlines())
