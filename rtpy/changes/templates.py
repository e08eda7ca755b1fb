"""Templates of mails: made, changed, restored and deleted, each with the right; every text is kept."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, Problem, Refused
from rtpy.models import Queue, Scrip, ScripQueue, Template, TemplateVersion
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 100_000
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True)
class TemplateValues:
    """What a template is to be. `content` is checked and translated by the caller (`rtpy.scrips.templating`)."""

    name: str
    queue_id: int | None
    lang: str
    description: str
    content: str


def create_template(work: Work, values: TemplateValues) -> Template:
    """Make one. Needs ModifyTemplate on the queue, or on the system for one that is global. Raises Invalid."""
    need_template_right(work, values.queue_id)
    name, lang = " ".join(values.name.split()), values.lang.strip()
    problems = _problems(values)
    if not name:
        problems.append(Problem("name", "A name is missing."))
    elif len(name) > 200:
        problems.append(Problem("name", "The name is longer than 200 characters."))
    if lang and not _LANG.fullmatch(lang):
        problems.append(Problem("lang", f"“{lang[:20]}” is no language: write for example de or pt-BR."))
    if values.queue_id is not None and work.db.get(Queue, values.queue_id) is None:
        problems.append(Problem("queue", "There is no such queue."))
    if not problems and find_template(work.db, name, values.queue_id, lang) is not None:
        problems.append(Problem("name", f"There is a template “{name}” here already: change that one."))
    if lang and not problems and find_template(work.db, name, values.queue_id, "") is None:
        problems.append(
            Problem("lang", f"Make the template “{name}” without a language first: others fall back to it.")
        )
    if problems:
        raise Invalid(*problems)
    template = Template(
        queue_id=values.queue_id,
        name=name,
        lang=lang,
        description=values.description.strip()[:255],
        content=values.content,
        version=1,
        updated=work.now,
    )
    work.db.add(template)
    work.db.flush()  # versions point at it
    _keep(work, template, work.actor.user_id)
    note_configuration(work, "template", template.id, name, None, describe_template(work.db, template))
    return template


def modify_template(work: Work, template: Template, values: TemplateValues) -> None:
    """Change its text and description; name, queue and language stay. Needs ModifyTemplate. Raises Invalid."""
    need_template_right(work, template.queue_id)
    problems = _problems(values)
    if problems:
        raise Invalid(*problems)
    if (values.content, values.description.strip()) == (template.content, template.description):
        return
    before = describe_template(work.db, template)
    if not _versions(work.db, template):
        _keep(work, template, None)  # what came with the installation
    template.content = values.content
    template.description = values.description.strip()[:255]
    template.version += 1
    template.updated = work.now
    _keep(work, template, work.actor.user_id)
    work.db.flush()  # so that the next reader of this transaction sees it
    after = describe_template(work.db, template)
    note_configuration(work, "template", template.id, template.name, before, after)


def restore_template(work: Work, template: Template, number: int) -> None:
    """Make an earlier version the present one, as a new version. Needs ModifyTemplate. Raises Refused."""
    old = work.db.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id, TemplateVersion.number == number
        )
    )
    if old is None:
        raise Refused(f"There is no version {number} of this template.")
    values = TemplateValues(
        template.name, template.queue_id, template.lang, old.description or template.description, old.content
    )
    modify_template(work, template, values)


def delete_template(work: Work, template: Template) -> None:
    """Delete it with its versions. Needs ModifyTemplate. Raises Refused for one that a scrip uses."""
    need_template_right(work, template.queue_id)
    users = users_of(work.db, template)
    if users:
        named = ", ".join(f"“{scrip.description}”" for scrip in users[:5])
        raise Refused(f"The template is in use by {named}: give these scrips another one first.")
    if not template.lang:
        others = select(Template.id).where(
            Template.name == template.name, _same_queue(template.queue_id), Template.lang != ""
        )
        if work.db.scalar(others.limit(1)) is not None:
            raise Refused("There are translations of it: delete these first.")
    before = describe_template(work.db, template)
    number = template.id
    work.db.delete(template)
    work.db.flush()  # the versions go with it
    note_configuration(work, "template", number, template.name, before, None)


def users_of(db: Session, template: Template) -> Sequence[Scrip]:
    """The scrips that would be left without a template: none for a translation or for a queue's own of a global one."""
    if template.lang:
        return []
    if template.queue_id is not None and find_template(db, template.name, None, "") is not None:
        return []
    named = json.dumps(template.name, ensure_ascii=False)
    query = (
        select(Scrip)
        .where(
            or_(
                Scrip.template_name == template.name,
                Scrip.action_argument.contains(f'"template": {named}', autoescape=True),
            )
        )
        .order_by(Scrip.id)
    )
    if template.queue_id is not None:
        query = query.join(ScripQueue, ScripQueue.scrip_id == Scrip.id).where(
            or_(ScripQueue.queue_id == template.queue_id, ScripQueue.queue_id.is_(None))
        )
    return db.scalars(query).unique().all()


def find_template(db: Session, name: str, queue_id: int | None, lang: str = "") -> Template | None:
    """The template of exactly that place, in any case of the name."""
    return db.scalar(
        select(Template).where(
            func.lower(Template.name) == name.lower(),
            _same_queue(queue_id),
            func.lower(Template.lang) == lang.lower(),
        )
    )


def need_template_right(work: Work, queue_id: int | None) -> None:
    """Raises Refused unless the actor may change templates there."""
    held = work.rights.of(Right.MODIFY_TEMPLATE)
    if not (held.everywhere if queue_id is None else held.in_queue(queue_id)):
        where = "global templates" if queue_id is None else "templates of this queue"
        raise Refused(f"You may not change {where}: the right ModifyTemplate is needed.")


def describe_template(db: Session, template: Template) -> dict[str, object]:
    """Its plain values by names, for the log and the export."""
    queue = db.get(Queue, template.queue_id) if template.queue_id is not None else None
    return {
        "name": template.name,
        "queue": queue.name if queue else "",
        "lang": template.lang,
        "description": template.description,
        "content": template.content,
    }


def _problems(values: TemplateValues) -> list[Problem]:
    if len(values.content) > LONGEST:
        return [Problem("content", f"The text is longer than {LONGEST} characters.")]
    return []


def _same_queue(queue_id: int | None):  # type: ignore[no-untyped-def]  # a clause
    return Template.queue_id.is_(None) if queue_id is None else Template.queue_id == queue_id


def _versions(db: Session, template: Template) -> int:
    query = select(func.count()).select_from(TemplateVersion)
    return db.scalar(query.where(TemplateVersion.template_id == template.id)) or 0


def _keep(work: Work, template: Template, creator_id: int | None) -> None:
    work.db.add(
        TemplateVersion(
            template_id=template.id,
            number=template.version,
            description=template.description,
            content=template.content,
            creator_id=creator_id,
            created=template.updated or work.now,
        )
    )
