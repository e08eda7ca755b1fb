"""Double clicks: a form that is sent twice makes one thing, and the second answer is a friendly one."""

import pytest
from sqlalchemy import func, select

from rtpy.models import OutgoingMail, User
from rtpy_portal.access.grades import Grade
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.knowledge.publishing import publish
from rtpy_portal.knowledge.questions import Asker, ask_question
from rtpy_portal.knowledge.writing import PageValues, create_page
from rtpy_portal.models import Answer, Chapter, Issue, IssueUpdate, MemberRow, Page, Question

pytestmark = pytest.mark.databases("sqlite")  # forms; the counter behind them is the core's
COUNTED = (Question, Answer, Issue, IssueUpdate, Page, User, OutgoingMail)


@pytest.fixture
def counts(db):
    """How many rows there are of each kind."""

    def count():
        return [db.scalar(select(func.count()).select_from(each)) for each in COUNTED]

    return count


@pytest.fixture
def ann(make, db):
    """A customer who manages the people of her organisation."""
    acme = make.organization("Acme", "acme.example")
    user = make.customer("ann@acme.example", "Ann")
    db.add(MemberRow(user_id=user.id, organization_id=acme.id, grade=Grade.ALL, manages=True))
    db.commit()
    return user


@pytest.fixture
def page(work, db):
    """A page of knowledge with a question that waits and is not of its readers."""
    chapter = db.scalar(select(Chapter).order_by(Chapter.id))
    made = create_page(work, PageValues("VPN", chapter.id, content="How to."))
    publish(work, made)
    made.question = ask_question(
        work, made.id, Asker(None, "bob@b.example"), content="Why?", shown_name="", wants_mail=True
    )
    made.question.state = "shown"
    db.commit()
    return made


def twice(counts, browser, path, fields):
    """What the form on a page makes when it is sent once, and what more when it is sent again."""
    form = next(
        each
        for each in browser.get(path).forms.values()
        if each.method.upper() == "POST" and all(name in each.fields for name in fields if name != "deed")
    )
    values = [(name, value) for name, value in form.submit_fields() if name not in fields]
    values += [*fields.items()]
    before = counts()
    for _ in range(2):
        answer = browser.post(form.action or path, values)
        assert answer.status_int in (200, 303), answer.text
        yield [now - then for now, then in zip(counts(), before, strict=True)]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/portal/knowledge/page/{page}/vpn", {"content": "Which port?", "shown_name": ""}),
        ("/portal/organization/1/invite", {"address": "new@acme.example", "name": "New"}),
    ],
)
def test_what_customers_send_twice_is_taken_once(browser, enter, ann, page, counts, path, fields):
    first, second = twice(counts, enter(browser, ann), path.format(page=page.id), fields)
    assert any(first)
    assert second == first


def test_a_question_by_mail_address_that_is_sent_twice_writes_one_mail(browser, page, counts):
    fields = {"content": "Which port?", "shown_name": "", "address": "eve@e.example"}
    first, second = twice(counts, browser, f"/portal/knowledge/page/{page.id}/vpn", fields)
    assert second == first
    assert (first[0], first[-1]) == (1, 1)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/known-issues/{issue}", {"text": "We found it.", "stage": "looking"}),
        ("/known-issues/create", {"title": "Mail is late", "text": "Since noon."}),
        ("/knowledge/page/create", {"title": "Printers", "content": "How to."}),
        ("/knowledge/questions/{question}", {"answer": "So.", "deed": "answer"}),
        ("/knowledge/questions/{question}", {"words": "Not here.", "deed": "decline"}),
    ],
)
def test_what_staff_send_twice_is_made_once_and_mailed_once(root, work, db, page, counts, path, fields):
    issue = save_issue(work, None, IssueValues("VPN drops", "It drops.", audience="everyone"))
    db.commit()
    where = path.format(issue=issue.id, question=page.question.id)
    first, second = twice(counts, root, where, fields)
    assert any(first)
    assert second == first
