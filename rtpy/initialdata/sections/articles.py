"""Classes of articles and topics. The articles themselves are data, not set-up."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import func, select

from rtpy.changes.classes import ClassValues, change_class, make_class, values_of
from rtpy.changes.topics import TopicValues, change_topic, make_topic, plain_topic, topic_path
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import ArticleClass, Queue, Topic
from rtpy.work import Work

EVERYWHERE = "*"
PLAIN = tuple(each for each in fields(ClassValues) if each.name not in ("name", "queues"))


def _dump(work: Work) -> Sequence[Entry]:
    names = {0: EVERYWHERE, **{row.id: row.name for row in work.db.execute(select(Queue.id, Queue.name))}}
    rows = work.db.scalars(select(ArticleClass).order_by(func.lower(ArticleClass.name), ArticleClass.id))
    values = [values_of(work, row) for row in rows]
    return [
        {
            "name": each.name,
            **{field.name: getattr(each, field.name) for field in PLAIN},
            "queues": sorted(names[number] for number in each.queues),
        }
        for each in values
    ]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    wanted = (str(each) for each in entry["queues"])
    queues = frozenset(0 if each == EVERYWHERE else queue_named(work, each).id for each in wanted)
    values = ClassValues(name=name, queues=queues, **{field.name: entry[field.name] for field in PLAIN})
    row = work.db.scalar(select(ArticleClass).where(func.lower(ArticleClass.name) == name.lower()))
    if row is None:
        make_class(work, values)
    else:
        change_class(work, row, values)


def _dump_topics(work: Work) -> Sequence[Entry]:
    found: list[Entry] = []
    for topic in work.db.scalars(select(Topic)):
        plain = dict(plain_topic(work, topic))
        found.append({**plain, "parent": " / ".join(topic_path(work, topic)[:-1])})
    return sorted(found, key=_depth_first)


def _depth_first(entry: Entry) -> tuple[int, str, str, str]:
    """What is above comes before what is below it."""
    parent = str(entry["parent"])
    return len(parent.split(" / ")) if parent else 0, str(entry["class"]), parent, str(entry["name"])


def _save_topic(work: Work, entry: Entry, before: Entry | None) -> None:
    owner = None
    if entry["class"]:
        name = str(entry["class"]).lower()
        owner = work.db.scalar(select(ArticleClass).where(func.lower(ArticleClass.name) == name))
        if owner is None:
            raise Invalid(Problem("class", f"There is no class {entry['class']}: add it under classes."))
    path = [each.strip() for each in str(entry["parent"]).split(" / ") if each.strip()]
    class_id = owner.id if owner else None
    parent = _find(work, path[:-1], path[-1], class_id) if path else None
    if path and parent is None:
        raise Invalid(Problem("parent", f"There is no topic {entry['parent']}: put it before this one."))
    values = TopicValues(
        str(entry["name"]),
        str(entry["description"]),
        parent.id if parent else None,
        class_id,
        int(entry["sort_order"]),
    )
    topic = _find(work, path, values.name, class_id)
    if topic is None:
        make_topic(work, values)
    else:
        change_topic(work, topic, values)


def _find(work: Work, path: Sequence[str], name: str, class_id: int | None) -> Topic | None:
    parent_id = None
    for each in path:
        parent = _below(work, parent_id, each, class_id)
        if parent is None:
            return None
        parent_id = parent.id
    return _below(work, parent_id, name, class_id)


def _below(work: Work, parent_id: int | None, name: str, class_id: int | None) -> Topic | None:
    query = select(Topic).where(func.lower(Topic.name) == name.lower())
    query = query.where(Topic.parent_id.is_(None) if parent_id is None else Topic.parent_id == parent_id)
    query = query.where(Topic.class_id.is_(None) if class_id is None else Topic.class_id == class_id)
    return work.db.scalar(query.order_by(Topic.id))


CLASSES = Section(
    "classes",
    ("name",),
    {**{field.name: field.default for field in PLAIN}, "queues": []},
    _dump,
    _save,
    unordered=frozenset({"queues"}),
)
TOPICS = Section(
    "topics",
    ("class", "parent", "name"),
    {"class": "", "parent": "", "description": "", "sort_order": 0},
    _dump_topics,
    _save_topic,
)
