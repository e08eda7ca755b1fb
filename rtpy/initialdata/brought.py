"""What plugins bring to the set-up: their first data, given once, and sections of set-up files."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from rtpy.app import App
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.section import Section
from rtpy.models import Configuration
from rtpy.plugins import brought
from rtpy.setup import is_initialised
from rtpy.work import Work

MARK = "first_data:"
"""Beginning of the configuration row that says: this plugin has given its first data."""


@dataclass(frozen=True, slots=True)
class InitialData:
    """`first` is called once, as RT_System, when the plugin's tables are new here; `sections` are of set-up files.

    Names of sections begin with the plugin's name and an underscore.
    """

    first: Callable[[Work], None] | None = None
    sections: Sequence[Section] = ()


def sections_of(app: App) -> tuple[Section, ...]:
    """All sections of a set-up file: the core's, then those of plugins. Raises Invalid for a name that is there."""
    found = list(SECTIONS)
    for owner, data in brought(app.plugins, "rtpy_initialdata"):
        for section in data.sections:
            if not section.name.startswith(f"{owner}_"):
                raise _misfit(f"Plugin {owner} brings the section {section.name}: it must be {owner}_NAME.")
            found.append(section)
    name, times = Counter(section.name for section in found).most_common(1)[0]
    if times > 1:
        raise _misfit(f"A plugin brings the section {name}, which is there already.")
    return tuple(found)


def give_first_data(app: App) -> list[str]:
    """Let every listed plugin that has not done so give its first data, each in a transaction; says which did.

    To be called when the tables are there. Does nothing to a database that has not its own first data yet.
    """
    with app.reading_sessions() as db:
        if not is_initialised(db):
            return []
        waiting = [
            (owner, data.first)
            for owner, data in brought(app.plugins, "rtpy_initialdata")
            if data.first is not None and db.get(Configuration, MARK + owner) is None
        ]
    return [owner for owner, first in waiting if _give(app, owner, first)]


def _give(app: App, owner: str, first: Callable[[Work], None]) -> bool:
    with app.work() as work:
        try:
            with work.db.begin_nested():
                work.db.add(Configuration(name=MARK + owner, value=True, updated=work.now))
        except IntegrityError:
            return False  # another node was first
        first(work)
    return True


def _misfit(sentence: str) -> Invalid:
    return Invalid(Problem("plugins", sentence))
