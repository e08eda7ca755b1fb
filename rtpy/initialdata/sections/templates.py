"""Templates of mails: global ones, a queue's own, and translations."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.templates import (
    TemplateValues,
    create_template,
    describe_template,
    find_template,
    modify_template,
)
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.queues import queue_named
from rtpy.models import Template
from rtpy.scrips.checking import checked_template
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(Template).order_by(func.lower(Template.name), Template.lang, Template.id))
    found = [describe_template(work.db, template) for template in rows]
    return sorted(found, key=lambda entry: str(entry["queue"]))


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    queue_id = queue_named(work, str(entry["queue"])).id if entry["queue"] else None
    values = checked_template(
        work,
        TemplateValues(
            str(entry["name"]),
            queue_id,
            str(entry["lang"]),
            str(entry["description"]),
            str(entry["content"]),
        ),
    )
    template = find_template(work.db, values.name, queue_id, values.lang)
    if template is None:
        create_template(work, values)
    else:
        modify_template(work, template, values)


TEMPLATES = Section(
    "templates",
    ("name", "queue", "lang"),
    {"queue": "", "lang": "", "description": "", "content": ""},
    _dump,
    _save,
)
