"""The topics that are in use, as values kept between requests, and who sees which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.models import Queue
from rtpy.plugin_settings import setting
from rtpy.remembered import remembered
from rtpy_portal.access.reader import Reader
from rtpy_portal.asking.questions import Question, stored
from rtpy_portal.asking.settings import QUEUE
from rtpy_portal.models import Topic, TopicOrganization


@dataclass(frozen=True, slots=True)
class KnownTopic:
    """A topic in use. `organization_ids` None: for everybody; `fields` are (id, is an answer asked for)."""

    id: int
    name: str
    hint: str
    promise: str
    icon: str
    queue_id: int
    person_id: int | None = None
    person_role: str = ""
    priority: int | None = None
    fields: tuple[tuple[int, bool], ...] = ()
    questions: tuple[Question, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    asks_site: bool = False
    organization_ids: frozenset[int] | None = None

    def said_in(self, lang: str) -> "KnownTopic":
        """The same in another language, as far as somebody has translated it."""
        words = self.words.get(lang)
        if not words:
            return self
        said = words.get("questions") or ()
        questions = [
            replace(each, label=label, choices=tuple(choices))
            for each, (label, choices) in zip(self.questions, said, strict=False)
        ]
        return replace(
            self,
            name=words.get("name") or self.name,
            hint=words.get("hint") or self.hint,
            promise=words.get("promise") or self.promise,
            questions=tuple(questions) if len(questions) == len(self.questions) else self.questions,
        )


def topics_of(app: App, db: Session) -> Sequence[KnownTopic]:
    """Those in use, in their order. As a rule nothing is asked of the database."""
    return remembered(app, db, "portal topics", _read)


def topics_for(app: App, db: Session, reader: Reader) -> list[KnownTopic]:
    """What this reader can ask, in their language. No query as a rule."""
    return [each.said_in(reader.lang) for each in topics_of(app, db) if _sees(reader, each)]


def topic_for(app: App, db: Session, reader: Reader, topic_id: int) -> KnownTopic | None:
    """The topic of that number; None when there is none that this reader sees."""
    return next((each for each in topics_for(app, db, reader) if each.id == topic_id), None)


def queue_for(app: App, db: Session, topic: KnownTopic | None) -> Queue | None:
    """Where a request goes: to the queue of its topic, else to that of the setting, else to the first that is open."""
    if topic is not None:
        return db.get(Queue, topic.queue_id)
    named = str(setting(app, db, QUEUE)).strip().lower()
    rows = db.scalars(select(Queue).where(Queue.disabled.is_(False)).order_by(Queue.id)).all()
    return next((row for row in rows if row.name.lower() == named), rows[0] if rows else None)


def _sees(reader: Reader, topic: KnownTopic) -> bool:
    return (
        topic.organization_ids is None
        or reader.is_staff
        or bool(topic.organization_ids & reader.organization_ids)
    )


def _read(db: Session) -> tuple[KnownTopic, ...]:
    rows = db.scalars(
        select(Topic)
        .join(Queue, Queue.id == Topic.queue_id)
        .where(Topic.disabled.is_(False), Queue.disabled.is_(False))
        .order_by(Topic.position, Topic.id)
    ).all()
    readers: dict[int, set[int]] = {}
    for row in db.execute(select(TopicOrganization.topic_id, TopicOrganization.organization_id)):
        readers.setdefault(row.topic_id, set()).add(row.organization_id)
    return tuple(
        KnownTopic(
            row.id,
            row.name,
            row.hint,
            row.promise,
            row.icon,
            row.queue_id,
            row.person_id,
            row.person_role,
            row.priority,
            tuple((each["id"], each["required"]) for each in row.fields),
            stored(row.questions),
            row.words,
            row.asks_site,
            frozenset(readers.get(row.id, ())) if row.for_organizations else None,
        )
        for row in rows
    )
