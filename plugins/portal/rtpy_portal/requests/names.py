"""What customers read of who wrote: their own people by name, ours as the firm wishes."""

from collections.abc import Callable

from rtpy.history.entry import Entry
from rtpy.models import Ticket
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.members import may_see_names
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.requests.settings import NAMES

NameStaff = Callable[[str], str]


def staff_names(work: Work, visitor: Visitor, ticket: Ticket) -> NameStaff:
    """What shows the name of somebody of ours. No query as a rule."""
    return _whole if may_see_names(visitor, ticket.organization_id) else _as_wished(work)


def name_in_mails(work: Work, name: str) -> str:
    """The same for mails, which several customers may get; where a queue speaks (no name) the firm does."""
    return _as_wished(work)(name) if name else theme_of(work.app, work.db).name


def author_of(work: Work, entry: Entry, name_staff: NameStaff) -> tuple[str, bool]:
    """Who wrote an entry, and whether that is one of us: the system speaks as the firm."""
    if entry.creator_id in (work.app.system_user_id(work.db), work.app.nobody_id(work.db)):
        return theme_of(work.app, work.db).name, True
    return (name_staff(entry.creator_name), True) if entry.by_staff else (entry.creator_name, False)


def _as_wished(work: Work) -> NameStaff:
    wish = str(setting(work.app, work.db, NAMES))
    if wish == "full":
        return _whole
    if wish == "first":
        return _first
    team = theme_of(work.app, work.db).name
    return lambda name: team


def _whole(name: str) -> str:
    return name


def _first(name: str) -> str:
    return name.split()[0] if name.split() else name
