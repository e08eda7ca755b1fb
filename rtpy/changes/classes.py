"""Classes of articles: made, changed, switched off, and where their articles are offered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import ArticleClass, ClassPlace, Queue
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 200
EVERYWHERE = 0
"""Instead of the id of a queue: in all of them."""


@dataclass(frozen=True, slots=True)
class ClassValues:
    """All that is known of a class. `queues` are ids of queues in which its articles are offered, 0 for all."""

    name: str
    description: str = ""
    sort_order: int = 0
    disabled: bool = False
    takes_title: bool = False
    takes_summary: bool = False
    takes_content: bool = True
    takes_fields: bool = False
    links: bool = True
    sets_subject: bool = False
    queues: frozenset[int] = frozenset({EVERYWHERE})


COLUMNS = (
    "name",
    "description",
    "sort_order",
    "disabled",
    "takes_title",
    "takes_summary",
    "takes_content",
    "takes_fields",
    "links",
    "sets_subject",
)


def make_class(work: Work, values: ClassValues) -> ArticleClass:
    """Make a class of articles. Needs AdminClass on the system; raises Invalid."""
    if not work.rights.system(Right.ADMIN_CLASS):
        raise Refused("You may not make classes of articles: the right AdminClass on the system is needed.")
    values = _checked(work, values, None)
    made = ArticleClass(created=work.now, **{name: getattr(values, name) for name in COLUMNS})
    work.db.add(made)
    work.db.flush()  # its places point at it
    _set_places(work, made.id, values.queues)
    note_configuration(work, "class", made.id, made.name, None, plain_class(work, values))
    return made


def change_class(work: Work, article_class: ArticleClass, values: ClassValues) -> None:
    """Let the class be like this. Needs AdminClass on it; raises Invalid."""
    if not work.rights.of(Right.ADMIN_CLASS).on("class", article_class.id):
        raise Refused(f"You may not change the class {article_class.name}: the right AdminClass is needed.")
    values = _checked(work, values, article_class.id)
    before = plain_class(work, values_of(work, article_class))
    for name in COLUMNS:
        setattr(article_class, name, getattr(values, name))
    _set_places(work, article_class.id, values.queues)
    note_configuration(work, "class", article_class.id, article_class.name, before, plain_class(work, values))


def values_of(work: Work, article_class: ArticleClass) -> ClassValues:
    """The class as it is. One query."""
    queues = work.db.scalars(select(ClassPlace.queue_id).where(ClassPlace.class_id == article_class.id))
    return ClassValues(queues=frozenset(queues), **{name: getattr(article_class, name) for name in COLUMNS})


def plain_class(work: Work, values: ClassValues) -> Mapping[str, object]:
    """A class as log and export write it: queues by name, `*` for all."""
    names = work.db.scalars(select(Queue.name).where(Queue.id.in_(values.queues)).order_by(Queue.name))
    taken = ("title", "summary", "content", "fields")
    return {
        "name": values.name,
        "description": values.description,
        "sort_order": values.sort_order,
        "disabled": values.disabled,
        "inserts": [each for each in taken if getattr(values, f"takes_{each}")],
        "links": values.links,
        "sets_subject": values.sets_subject,
        "queues": ["*"] if EVERYWHERE in values.queues else list(names),
    }


def _checked(work: Work, values: ClassValues, own_id: int | None) -> ClassValues:
    name = _line(values.name)
    problems: list[Problem] = []
    if not name or len(name) > LONGEST:
        problems.append(Problem("name", f"Give the class a name of up to {LONGEST} letters."))
    taken = select(ArticleClass.id).where(func.lower(ArticleClass.name) == name.lower())
    if work.db.scalar(taken.where(ArticleClass.id != own_id) if own_id else taken) is not None:
        problems.append(Problem("name", f"There is a class {name} already."))
    if not any((values.takes_title, values.takes_summary, values.takes_content, values.takes_fields)):
        problems.append(Problem("takes_content", "Say what gets into a message: at least one of these."))
    queues = frozenset({EVERYWHERE}) if EVERYWHERE in values.queues else values.queues
    known = set(work.db.scalars(select(Queue.id).where(Queue.id.in_(queues)))) | {EVERYWHERE}
    if queues - known:
        problems.append(Problem("queues", "Choose queues of the list."))
    if not -1_000_000 < values.sort_order < 1_000_000:
        problems.append(Problem("sort_order", "The place in lists is a number up to a million."))
    if problems:
        raise Invalid(*problems)
    return replace(values, name=name, description=_line(values.description), queues=queues)


def _set_places(work: Work, class_id: int, queues: frozenset[int]) -> None:
    rows = {
        row.queue_id: row
        for row in work.db.scalars(select(ClassPlace).where(ClassPlace.class_id == class_id))
    }
    for queue_id in rows.keys() - queues:
        work.db.delete(rows[queue_id])
    work.db.add_all(ClassPlace(class_id=class_id, queue_id=each) for each in sorted(queues - rows.keys()))


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:255]
