"""Reading a set-up file and making it true: what is missing is made, what differs is changed, nothing is deleted."""

import difflib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rtpy.errors import Invalid, Problem, RtpyError
from rtpy.initialdata.section import Entry, Section
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about one entry: `deed` is make, change or keep; `changes` are the keys that differ."""

    section: str
    name: str
    deed: str
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """What of the entry was left out, and why."""


def parse(text: str, sections: Sequence[Section]) -> dict[str, list[Entry]]:
    """The entries by section. Raises Invalid with every unknown section or key, each with the nearest known one."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(Problem("file", f"This is not TOML: {error}.")) from error
    known = {section.name: section for section in sections}
    problems = [
        Problem(name, f"There is no section {name}{_nearest(name, known)}")
        for name in data
        if name not in known
    ]
    for name, section in known.items():
        problems.extend(_problems(section, data.get(name, [])))
    if problems:
        raise Invalid(*problems)
    return {name: data[name] for name in known if name in data}


def load(work: Work, data: dict[str, list[Entry]], sections: Sequence[Section]) -> list[Step]:
    """Make the entries true, section by section in the order of `sections`; commits nothing.

    Keys that an entry leaves out keep their present value; what is made gets the usual ones. Raises Invalid with the
    section and the name of every entry that cannot be made true; the caller then rolls everything back.
    """
    steps: list[Step] = []
    problems: list[Problem] = []
    for section in sections:
        entries = data.get(section.name)
        if not entries:
            continue
        present = {section.key_of(entry): section.whole(entry) for entry in section.dump(work)}
        for entry in entries:
            before = present.get(section.key_of(entry))
            wanted = section.whole({**(before or {}), **entry})
            if before is None:
                step = Step(section.name, section.name_of(wanted), "make")
            else:
                differing = tuple(name for name in section.defaults if wanted[name] != before[name])
                step = Step(
                    section.name, section.name_of(wanted), "change" if differing else "keep", differing
                )
            if step.deed != "keep":
                try:
                    with work.db.begin_nested():
                        step = replace(step, remarks=tuple(section.save(work, wanted, before) or ()))
                except Invalid as wrong:
                    problems.extend(_in(section, wanted, each.field, each.message) for each in wrong.problems)
                except RtpyError as wrong:
                    problems.append(_in(section, wanted, "", str(wrong)))
            present[section.key_of(wanted)] = wanted
            steps.append(step)
    if problems:
        raise Invalid(*problems)
    return steps


def _in(section: Section, entry: Entry, field: str, message: str) -> Problem:
    where = f"{section.name}: {section.name_of(entry)}" + (f", {field}" if field else "")
    return Problem(where, f"{where}: {message}")


def _problems(section: Section, entries: object) -> list[Problem]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return [Problem(section.name, f"{section.name} must be a list of tables: write [[{section.name}]].")]
    problems: list[Problem] = []
    known: dict[str, object] = dict.fromkeys((*section.key, *section.defaults))
    for number, entry in enumerate(entries, start=1):
        where = f"{section.name}: {section.name_of(entry) or f'entry {number}'}"
        problems.extend(
            Problem(where, f"{where}: there is no key {name}{_nearest(name, known)}")
            for name in entry
            if name not in known
        )
        problems.extend(
            Problem(where, f"{where}: the key {name} is missing.")
            for name in section.key
            if name not in entry and name not in section.defaults
        )
        problems.extend(
            Problem(where, f"{where}: {name} must be {_kind(section.defaults[name])}.")
            for name, value in entry.items()
            if name in section.defaults and not _fits(value, section.defaults[name])
        )
    return problems


def _fits(value: object, usual: object) -> bool:
    if usual is None:
        return True
    if isinstance(usual, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(usual, bool)
    return isinstance(value, type(usual))


def _kind(usual: object) -> str:
    kinds = {bool: "true or false", int: "a whole number", str: "a text", list: "a list", dict: "a table"}
    return kinds.get(type(usual), "another kind of value")


def _nearest(name: str, known: dict[str, object] | dict[str, Section]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}."
