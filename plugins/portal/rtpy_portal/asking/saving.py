"""Setting topics up: what they ask, where they lead, their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.people import find_person
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem, Refused
from rtpy.fields.definitions import all_fields
from rtpy.models import Organization, Queue, User
from rtpy.remembered import watch
from rtpy.work import Work
from rtpy_portal.asking.questions import (
    plain,
    read_questions,
    read_translation,
    stored,
    write_questions,
    write_translation,
)
from rtpy_portal.models import Topic, TopicOrganization
from rtpy_portal.rights import ADMIN_PORTAL
from rtpy_portal.words import ENGLISH, languages

watch(Topic, TopicOrganization)  # here, since a command may write them that shows none

KIND = "portal_topic"
MOST_FIELDS = 6
OWNER, ADMIN_CC = "owner", "admin_cc"
ICONS: Mapping[str, str] = {
    "comment": "Speech bubble",
    "alert": "Warning",
    "user": "Person",
    "users": "People",
    "lock": "Lock",
    "mail": "Letter",
    "file": "Paper",
    "link": "Link",
    "clock": "Clock",
    "calendar": "Calendar",
    "building": "Building",
    "settings": "Wheel",
    "tag": "Tag",
    "refresh": "Arrows",
    "download": "Download",
    "hand": "Hand",
    "star": "Star",
    "coffee": "Cup",
}
"""Of the sprite what makes a good tile, in words."""


@dataclass(frozen=True, slots=True)
class TopicValues:
    """A topic as somebody gives it: the person by address or login, organisations by name, questions as text.

    `words` are by language: name, hint, promise, questions. `fields` are (id, is an answer asked for).
    """

    name: str
    queue_id: int | None
    hint: str = ""
    promise: str = ""
    icon: str = "comment"
    person: str = ""
    person_role: str = OWNER
    priority: str = ""
    fields: tuple[tuple[int, bool], ...] = ()
    questions: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks_site: bool = False
    for_organizations: bool = False
    organizations: tuple[str, ...] = ()
    disabled: bool = False


def save_topic(work: Work, topic: Topic | None, values: TopicValues) -> Topic:
    """Make a topic or change it. Needs AdminPortal. Raises Invalid with everything that is wrong."""
    need_system(work, ADMIN_PORTAL)
    read = _Reading(work, topic, values)
    if read.problems:
        raise Invalid(*read.problems)
    before = plain_topic(work, topic) if topic is not None else None
    if topic is None:
        last = work.db.scalar(select(func.max(Topic.position))) or 0
        topic = Topic(position=last + 1)
        work.db.add(topic)
    topic.name, topic.hint, topic.promise = read.name, _line(values.hint), values.promise.strip()[:2000]
    topic.icon, topic.queue_id, topic.priority = values.icon, read.queue_id, read.priority
    topic.person_id = read.person.id if read.person is not None else None
    topic.person_role = values.person_role if read.person is not None else ""
    topic.fields = [{"id": number, "required": required} for number, required in read.fields]
    topic.questions, topic.words = plain(read.questions), read.words
    topic.asks_site, topic.for_organizations = values.asks_site, values.for_organizations
    topic.disabled = values.disabled
    work.db.flush()
    work.db.execute(delete(TopicOrganization).where(TopicOrganization.topic_id == topic.id))
    wanted = read.organizations if values.for_organizations else []
    work.db.add_all(TopicOrganization(topic_id=topic.id, organization_id=each) for each in wanted)
    work.db.flush()
    note_configuration(work, KIND, topic.id, topic.name, before, plain_topic(work, topic))
    return topic


def reorder(work: Work, topic_ids: Sequence[int]) -> None:
    """Show the topics in this order; all of them must be named. Needs AdminPortal. Raises Refused."""
    need_system(work, ADMIN_PORTAL)
    rows = {row.id: row for row in work.db.scalars(select(Topic).order_by(Topic.position, Topic.id))}
    if sorted(topic_ids) != sorted(rows):
        raise Refused("There are other topics meanwhile: look at the list again.")
    before = [row.name for row in rows.values()]
    for position, number in enumerate(topic_ids, 1):
        rows[number].position = position
    after = [rows[number].name for number in topic_ids]
    note_configuration(work, KIND, None, "order of topics", {"order": before}, {"order": after})


def plain_topic(work: Work, topic: Topic) -> dict[str, Any]:
    """A topic by names: what the log and set-up files have."""
    queue = work.db.get_one(Queue, topic.queue_id)
    person = work.db.get(User, topic.person_id) if topic.person_id is not None else None
    known = all_fields(work.app, work.db)
    names = work.db.scalars(
        select(Organization.name)
        .join(TopicOrganization, TopicOrganization.organization_id == Organization.id)
        .where(TopicOrganization.topic_id == topic.id)
        .order_by(Organization.name)
    ).all()
    return {
        "name": topic.name,
        "hint": topic.hint,
        "promise": topic.promise,
        "icon": topic.icon,
        "queue": queue.name,
        "person": person.name if person is not None else "",
        "person_role": topic.person_role,
        "priority": "" if topic.priority is None else str(topic.priority),
        "fields": [
            known[each["id"]].name + (" *" if each["required"] else "")
            for each in topic.fields
            if each["id"] in known
        ],
        "questions": write_questions(stored(topic.questions)),
        "words": typed_words(topic),
        "asks_site": bool(topic.asks_site),
        "for_organizations": bool(topic.for_organizations),
        "organizations": list(names),
        "disabled": bool(topic.disabled),
    }


def typed_words(topic: Topic) -> dict[str, dict[str, str]]:
    """The words in other languages as they were typed."""
    return {
        lang: {
            **{name: words[name] for name in ("name", "hint", "promise") if words.get(name)},
            **({"questions": write_translation(words["questions"])} if words.get("questions") else {}),
        }
        for lang, words in topic.words.items()
    }


class _Reading:
    """What somebody gave, read; with everything that is wrong."""

    def __init__(self, work: Work, topic: Topic | None, values: TopicValues) -> None:
        self.problems: list[Problem] = []
        self._work, self._values = work, values
        self.name = self._name(topic)
        self.queue_id = self._queue()
        self.person = self._person()
        self.priority = self._priority()
        self.fields = self._fields()
        self.questions: Any = self._read(lambda: read_questions(values.questions), ())
        self.words = self._words()
        self.organizations = self._organizations()
        if values.icon not in ICONS:
            self._say("icon", "Choose one of the pictures.")

    def _say(self, name: str, sentence: str) -> None:
        self.problems.append(Problem(name, sentence))

    def _read(self, read: Any, otherwise: Any) -> Any:
        try:
            return read()
        except Invalid as invalid:
            self.problems += invalid.problems
            return otherwise

    def _name(self, topic: Topic | None) -> str:
        name = " ".join(self._values.name.split())
        if not 1 <= len(name) <= 100:
            self._say("name", "Give it a name of at most 100 characters, such as “Something is broken”.")
        same = self._work.db.scalar(select(Topic.id).where(func.lower(Topic.name) == name.lower()))
        if same is not None and (topic is None or same != topic.id):
            self._say("name", f"There is a topic named {name} already.")
        return name

    def _queue(self) -> int:
        number = self._values.queue_id
        queue = self._work.db.get(Queue, number) if number is not None else None
        if queue is None or queue.disabled:
            self._say("queue", "Choose the queue that these requests go to.")
            return 0
        return queue.id

    def _person(self) -> User | None:
        given = self._values.person.strip()
        if not given:
            return None
        if self._values.person_role not in (OWNER, ADMIN_CC):
            self._say("person_role", "Choose what the person becomes.")
        found = find_person(self._work.db, given)
        if found is None:
            self._say("person", f"Nobody is known as “{given[:80]}”: write a login name or a mail address.")
        return found

    def _priority(self) -> int | None:
        given = self._values.priority.strip()
        if not given:
            return None
        if not given.removeprefix("-").isdecimal() or len(given) > 6 or not given.isascii():
            self._say("priority", "Write a whole number, or nothing for the queue’s own priority.")
            return None
        return int(given)

    def _fields(self) -> tuple[tuple[int, bool], ...]:
        known, wanted = all_fields(self._work.app, self._work.db), dict(self._values.fields)
        for number in wanted:
            each = known.get(number)
            if each is None or each.lookup != Lookup.TICKET or each.facts.is_file:
                self._say("field1", "Choose fields of tickets; files are sent beside the text.")
            elif self.queue_id and not each.applies(self.queue_id):
                self._say("field1", f"{each.name} does not stand on tickets of this queue.")
        if len(wanted) > MOST_FIELDS:
            self._say("field1", f"Ask for at most {MOST_FIELDS} fields.")
        return tuple(wanted.items())

    def _words(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for lang, given in self._values.words.items():
            if lang == ENGLISH or lang not in languages():
                self._say("name", f"The portal does not speak “{lang[:20]}”.")
                continue
            texts = {
                name: " ".join(given.get(name, "").split())[:most]
                for name, most in (("name", 100), ("hint", 255))
            }
            texts["promise"] = given.get("promise", "").strip()[:2000]
            text, at = given.get("questions", ""), f"questions.{lang}"
            said = self._read(lambda text=text, at=at: read_translation(self.questions, text, at), ())
            words: dict[str, Any] = {name: value for name, value in texts.items() if value}
            if said:
                words["questions"] = [[label, list(choices)] for label, choices in said]
            if words:
                found[lang] = words
        return found

    def _organizations(self) -> list[int]:
        if not self._values.for_organizations:
            return []
        ids = []
        for name in dict.fromkeys(filter(None, (each.strip() for each in self._values.organizations))):
            found = self._work.db.scalar(
                select(Organization.id).where(func.lower(Organization.name) == name.lower())
            )
            if found is None:
                self._say("organizations", f"There is no organisation named “{name[:80]}”.")
            else:
                ids.append(found)
        if not self._values.organizations:
            self._say("organizations", "Name the organisations, one a line.")
        return ids


def _line(text: str) -> str:
    return " ".join(text.split())[:255]
