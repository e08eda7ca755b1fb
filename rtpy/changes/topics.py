"""The tree of topics of articles: made, renamed, moved, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import ArticleClass, ArticleTopic, Topic
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 200
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class TopicValues:
    """A topic: its name, under which other one, of which class (None for all), and its place among its neighbours."""

    name: str
    description: str = ""
    parent_id: int | None = None
    class_id: int | None = None
    sort_order: int = 0


def make_topic(work: Work, values: TopicValues) -> Topic:
    """Make a topic. Needs AdminTopics on the system, or on its class; raises Invalid.

    Below another topic it belongs to that one's class.
    """
    parent = _parent(work, values.parent_id)
    class_id = parent.class_id if parent else values.class_id
    if class_id is not None and work.db.get(ArticleClass, class_id) is None:
        raise Invalid(Problem("class_id", "Choose a class of the list."))
    _need(work, class_id)
    _check(work, values, parent, None)
    topic = Topic(
        parent_id=parent.id if parent else None,
        class_id=class_id,
        name=_line(values.name),
        description=_line(values.description),
        sort_order=values.sort_order,
    )
    work.db.add(topic)
    work.db.flush()  # the log names it by its id
    note_configuration(work, "topic", topic.id, topic.name, None, plain_topic(work, topic))
    return topic


def change_topic(work: Work, topic: Topic, values: TopicValues) -> None:
    """Rename it, or move it with all that is below it. Needs AdminTopics; raises Invalid, also for a circle.

    It stays in its class.
    """
    _need(work, topic.class_id)
    parent = _parent(work, values.parent_id)
    if parent is not None and parent.class_id != topic.class_id:
        raise Invalid(Problem("parent_id", f"{parent.name} belongs to another class: choose another topic."))
    _check(work, values, parent, topic)
    before = plain_topic(work, topic)
    topic.name, topic.description = _line(values.name), _line(values.description)
    topic.parent_id, topic.sort_order = (parent.id if parent else None), values.sort_order
    note_configuration(work, "topic", topic.id, topic.name, before, plain_topic(work, topic))


def delete_topic(work: Work, topic: Topic) -> None:
    """Delete it; articles stay. Needs AdminTopics. Raises Refused while there are topics below it."""
    _need(work, topic.class_id)
    below = work.db.scalar(select(func.count()).select_from(Topic).where(Topic.parent_id == topic.id))
    if below:
        raise Refused(f"There are topics below {topic.name}: move or delete them first.")
    before = plain_topic(work, topic)
    for row in work.db.scalars(select(ArticleTopic).where(ArticleTopic.topic_id == topic.id)):
        work.db.delete(row)
    work.db.flush()  # rows that point at it go first
    work.db.delete(topic)
    note_configuration(work, "topic", topic.id, topic.name, before, None)


def topic_path(work: Work, topic: Topic | None) -> tuple[str, ...]:
    """The names from the root to the topic."""
    names: list[str] = []
    while topic is not None and len(names) <= DEEPEST:
        names.append(topic.name)
        topic = work.db.get(Topic, topic.parent_id) if topic.parent_id else None
    return tuple(reversed(names))


def plain_topic(work: Work, topic: Topic) -> Mapping[str, object]:
    """A topic as log and export write it: its parent by the names from the root, its class by name."""
    owner = work.db.get(ArticleClass, topic.class_id) if topic.class_id else None
    return {
        "name": topic.name,
        "description": topic.description,
        "parent": list(topic_path(work, topic)[:-1]),
        "class": owner.name if owner else "",
        "sort_order": topic.sort_order,
    }


def _need(work: Work, class_id: int | None) -> None:
    grants = work.rights.of(Right.ADMIN_TOPICS)
    if not (grants.everywhere if class_id is None else grants.on("class", class_id)):
        where = "the system" if class_id is None else "the class"
        raise Refused(f"You may not change these topics: the right AdminTopics on {where} is needed.")


def _parent(work: Work, parent_id: int | None) -> Topic | None:
    if parent_id is None:
        return None
    parent = work.db.get(Topic, parent_id)
    if parent is None:
        raise Invalid(Problem("parent_id", "Choose a topic of the list."))
    return parent


def _check(work: Work, values: TopicValues, parent: Topic | None, own: Topic | None) -> None:
    name = _line(values.name)
    if not name or len(name) > LONGEST:
        raise Invalid(Problem("name", f"Give the topic a name of up to {LONGEST} letters."))
    steps, above = 1, parent
    while above is not None:
        if own is not None and above.id == own.id:
            raise Invalid(
                Problem("parent_id", f"{own.name} cannot stand below itself: choose another topic.")
            )
        steps += 1
        if steps > DEEPEST:
            raise Invalid(Problem("parent_id", f"Topics are nested {DEEPEST} deep at most."))
        above = work.db.get(Topic, above.parent_id) if above.parent_id else None
    alike = select(Topic.id).where(
        func.lower(Topic.name) == name.lower(),
        Topic.parent_id == parent.id if parent else Topic.parent_id.is_(None),
        Topic.class_id.is_not_distinct_from(
            parent.class_id if parent else own.class_id if own else values.class_id
        ),
    )
    if work.db.scalar(alike.where(Topic.id != own.id) if own else alike) is not None:
        raise Invalid(Problem("name", f"There is a topic {name} here already."))
    if not -1_000_000 < values.sort_order < 1_000_000:
        raise Invalid(Problem("sort_order", "The place among its neighbours is a number up to a million."))


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:255]
