"""Topics in set-up files, and the first three of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import field_named
from rtpy.initialdata.section import Section
from rtpy.models import Queue
from rtpy.work import Work
from rtpy_portal.asking.saving import TopicValues, plain_topic, save_topic
from rtpy_portal.models import Topic

Entry = dict[str, Any]
FIRST: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    (
        "General question",
        "You want to know something, or how something is done.",
        "comment",
        "",
        {"name": "Allgemeine Frage", "hint": "Sie möchten etwas wissen, oder wie etwas geht."},
    ),
    (
        "Something is broken",
        "It worked before, and now it does not.",
        "alert",
        "Who is affected? = Only me | Several of us | Everybody",
        {
            "name": "Etwas geht nicht",
            "hint": "Es ging vorher, und jetzt nicht mehr.",
            "questions": "Wen betrifft es? = Nur mich | Mehrere von uns | Alle",
        },
    ),
    (
        "New person or device",
        "Somebody begins, leaves or moves; something is to be set up.",
        "user",
        "What is it about? = Somebody begins | Somebody leaves | A new device | Something else",
        {
            "name": "Neue Person oder neues Gerät",
            "hint": "Jemand fängt an, geht oder zieht um; etwas soll eingerichtet werden.",
            "questions": "Worum geht es? = Jemand fängt an | Jemand geht | Ein neues Gerät | Etwas anderes",
        },
    ),
)
"""Name, hint, icon, questions, and the same in German."""


def first_topics(work: Work) -> None:
    """Three topics for the first open queue, so that the portal can be used at once; none where there are any."""
    queue = work.db.scalar(select(Queue.id).where(Queue.disabled.is_(False)).order_by(Queue.id).limit(1))
    if queue is None or work.db.scalar(select(Topic.id).limit(1)) is not None:
        return
    for name, hint, icon, questions, german in FIRST:
        save_topic(
            work, None, TopicValues(name, queue, hint, icon=icon, questions=questions, words={"de": german})
        )


def _dump(work: Work) -> Sequence[Entry]:
    return [
        plain_topic(work, row) for row in work.db.scalars(select(Topic).order_by(Topic.position, Topic.id))
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    queue = work.db.scalar(select(Queue.id).where(func.lower(Queue.name) == str(entry["queue"]).lower()))
    row = work.db.scalar(select(Topic).where(func.lower(Topic.name) == name.lower()))
    fields = []
    for each in entry["fields"]:
        field = field_named(work.app, work.db, "ticket", str(each).removesuffix("*").strip(), queue)
        if field is None:
            raise Invalid(Problem("fields", f"There is no field “{each}”."))
        fields.append((field.id, str(each).endswith("*")))
    plain = ("hint", "promise", "icon", "person", "person_role", "priority", "questions")
    values = TopicValues(
        name,
        queue,
        **{key: str(entry[key]) for key in plain},
        fields=tuple(fields),
        words=entry["words"],
        asks_site=bool(entry["asks_site"]),
        for_organizations=bool(entry["for_organizations"]),
        organizations=tuple(str(each) for each in entry["organizations"]),
        disabled=bool(entry["disabled"]),
    )
    save_topic(work, row, values)


TOPICS = Section(
    "portal_topics",
    ("name",),
    {
        "queue": "",
        "hint": "",
        "promise": "",
        "icon": "comment",
        "person": "",
        "person_role": "",
        "priority": "",
        "fields": [],
        "questions": "",
        "words": {},
        "asks_site": False,
        "for_organizations": False,
        "organizations": [],
        "disabled": False,
    },
    _dump,
    _save,
    unordered=frozenset({"organizations"}),
)
