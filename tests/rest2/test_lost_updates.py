"""If-Match keeps two who have read the same from undoing each other, also when both write at the same moment."""

from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import select

from rtpy.changes.articles import ArticleText, change_article, make_article
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.groups import change_group, make_group
from rtpy.changes.queues import change_queue, typed_values
from rtpy.models import Article, Group, Queue, User
from rtpy.work import Face
from rtpy.wsgi import make_wsgi
from tests.rest.tokens import authorization_of
from tests.rest2.conftest import Program


def _change_queue(work, number):
    queue = work.db.get_one(Queue, number)
    change_queue(work, queue, replace(typed_values(queue), description="first"))


def _change_article(work, number):
    change_article(work, work.db.get_one(Article, number), ArticleText("first"))


def _change_group(work, number):
    change_group(work, work.db.get_one(Group, number), name="first", description="")


@pytest.mark.databases("postgresql")  # on SQLite there is one writer at a time
def test_of_two_who_write_at_once_one_is_told(committed_app, compiled_templates):
    app = committed_app
    with app.work() as work:
        root = work.db.scalars(select(User).where(User.name == "root")).one()
        program = Program(
            make_wsgi(app, **{"rtpy.template_cache": compiled_templates}),
            authorization_of(app, work.db, root),
        )
        actor = app.actor_named(work.db, "root", Face.REST2)
        work = app.work_in(work.db, actor)
        article = make_article(work, make_class(work, ClassValues("Answers")), ArticleText("door")).id
        group = make_group(work, name="Movers").id
    wrong = []
    for path, number, change in (
        ("queue", 1, _change_queue),
        ("article", article, _change_article),
        ("group", group, _change_group),
    ):
        tag = program("GET", f"{path}/{number}").headers["ETag"]
        answers = []
        body = {"Name": "second"}

        def put(path=path, number=number, tag=tag, answers=answers, body=body):
            answers.append(program("PUT", f"{path}/{number}", body, headers={"If-Match": tag}))

        with app.work() as work:
            change(app.work_in(work.db, actor), number)
            work.db.flush()
            other = Thread(target=put)
            other.start()
            other.join(0.5)
            waits = other.is_alive()
        other.join(20)
        if not waits or answers[0].status != 412:
            wrong.append((path, waits, [(each.status, each.message) for each in answers]))
    assert not wrong
