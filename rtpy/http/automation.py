"""What pages about scrips and templates are about: loaded, and only for who may see them."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request

from rtpy.changes.scrips import queue_ids_of
from rtpy.models import Scrip, Template
from rtpy.rights.names import Right
from rtpy.work import Work

_SEEING = {Right.MODIFY_SCRIPS: Right.SHOW_SCRIPS, Right.MODIFY_TEMPLATE: Right.SHOW_TEMPLATE}


@dataclass(frozen=True, slots=True)
class AutomationResource:
    """Scrips and templates as such: a right that is held on a single queue is enough to look around there."""

    work: Work

    @property
    def what(self) -> str:
        """In words."""
        return "scrips and templates"

    def allows(self, right: str) -> bool:
        """Held anywhere? Who may change may see."""
        return any(not self.work.rights.of(each).nowhere for each in _enough(right))


@dataclass(frozen=True, slots=True)
class ScripResource:
    """One scrip that may be seen; `queue_ids` empty: it applies in every queue."""

    work: Work
    scrip: Scrip
    queue_ids: tuple[int, ...]

    @property
    def what(self) -> str:
        """In words."""
        return f"the scrip “{self.scrip.description}”"

    def allows(self, right: str) -> bool:
        """Seeing: held on one of its queues; changing: on all of them."""
        if right == Right.MODIFY_SCRIPS:
            held = self.work.rights.of(right)
            if not self.queue_ids:
                return held.everywhere
            return all(held.in_queue(each) for each in self.queue_ids)
        return _sees(self.work, right, self.queue_ids)


@dataclass(frozen=True, slots=True)
class TemplateResource:
    """One template that may be seen."""

    work: Work
    template: Template

    @property
    def what(self) -> str:
        """In words."""
        return f"the template “{self.template.name}”"

    def allows(self, right: str) -> bool:
        """Held on its queue, or on the system for a global one."""
        queue_id = self.template.queue_id
        if right == Right.MODIFY_TEMPLATE:
            held = self.work.rights.of(right)
            return held.everywhere if queue_id is None else held.in_queue(queue_id)
        return sees_template(self.work, queue_id)


def automation_resource(request: Request) -> AutomationResource:
    """For lists."""
    return AutomationResource(_work(request))


def scrip_resource(request: Request) -> ScripResource:
    """The scrip `id` of the route, if the reader may see it."""
    work = _work(request)
    scrip = work.db.get(Scrip, int(request.matchdict["id"]))
    queue_ids = queue_ids_of(work.db, scrip) if scrip is not None else ()
    if scrip is None or not _sees(work, Right.SHOW_SCRIPS, queue_ids):
        raise HTTPNotFound()
    return ScripResource(work, scrip, queue_ids)


def template_resource(request: Request) -> TemplateResource:
    """The template `id` of the route, if the reader may see it."""
    work = _work(request)
    template = work.db.get(Template, int(request.matchdict["id"]))
    if template is None or not sees_template(work, template.queue_id):
        raise HTTPNotFound()
    return TemplateResource(work, template)


def sees_scrip(work: Work, queue_ids: tuple[int, ...]) -> bool:
    """May the reader see a scrip of these queues (empty: every queue)?"""
    return _sees(work, Right.SHOW_SCRIPS, queue_ids)


def sees_template(work: Work, queue_id: int | None) -> bool:
    """May the reader see templates of this queue (None: global ones)?"""
    if queue_id is None and work.rights.system(Right.SHOW_GLOBAL_TEMPLATES):
        return True
    return _sees(work, Right.SHOW_TEMPLATE, () if queue_id is None else (queue_id,))


def _sees(work: Work, right: str, queue_ids: tuple[int, ...]) -> bool:
    for each in _enough(right):
        held = work.rights.of(each)
        if held.everywhere or any(held.in_queue(number) for number in queue_ids):
            return True
    return False


def _enough(right: str) -> list[str]:
    return [right, *(more for more, seen in _SEEING.items() if seen == right)]


def _work(request: Request) -> Work:
    if request.login is None:
        raise HTTPForbidden("Please log in.")
    work: Work = request.work
    return work
